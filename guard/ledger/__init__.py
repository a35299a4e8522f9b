"""The ledger: what the draft claims, against what was really called and what is really allowed. Pure.

`check` weighs every claim. *Done* and *standing* claims go to `backing`, which asks whether a call
did this act, worked, and was about the same thing (`objects`). *Promised* and *offered* acts go to `permission`, which
asks whether an action of the authority covers them within its limits. Below them: `evidence` reads calls, `results`
whether they worked, `authority` what a sentence grants, `known` whether a fact that an action needs was given, `amounts`
money and times, `acts` the words of all of these. The rewriter reads grants, facts and amounts here too, so that what it
offers and what it is held to are one.

What nobody told us about stays `unknown`: no evidence (`actions: null`) proves nothing, and no stated authority
forbids nothing.
"""
