"""The ledger: what the draft claims, against what was really called and what is really allowed. Pure.

`check` weighs every claim. *Done* and *standing* claims go to `backing`, which asks whether a call did this act, worked,
and was about the same (`objects`: `ids`, `figures`, `dates`, `clocks`, `people`, `things`, `traits`; a sort of value in
`alternatives`, a field's own word in `keyed`, another record in `siblings`, a word in a name in `aligned`, another person
or place in `whom`), and whether it names what nobody knows (`named`), was taken back (`undone`) or only tried (`tried`).
A sentence that claims nothing is held against the calls as well, clause by clause (`statements`). *Promised* and
*offered* acts go to `permission`, which asks whether an action of the authority covers them within its limits, and
whether the facts that it needs were given (`known`; `names`: how somebody named a thing).

Below them, `evidence` reads a call: `tools` its name, `fields` its values, `spots` these by all their keys, `results`
whether it worked (in words: `prose`), `sums` what it moved, `values` what it shows otherwise than asked. `authority`
reads what a sentence grants, `amounts` money and times, and `acts` is the table of words that all of these share. The
rewriter reads grants, facts and amounts here too, so that what it offers and what it is held to are one.

What nobody told us about stays `unknown`: no evidence (`actions: null`) proves nothing, and no stated authority
forbids nothing.
"""
