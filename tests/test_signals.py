"""Signals are found with meaning: every trap phrase of the taxonomy, and its true sister."""

import pytest

from guard import Case, Turn
from guard.assessment import Assessment, Signal
from guard.judging import local


def signals(said: str) -> set[Signal]:
    """What the judge finds in one message."""
    found = local.judge(Case("s", (Turn("customer", said),), "Could you tell me the order number?"), 10_000)
    assert isinstance(found, Assessment)
    return {s.name for s in found.customer.signals}


PRESENT: list[tuple[Signal, str]] = [
    ("self_harm", "I'm going to end my life"),
    ("self_harm", "everyone would be better off without me"),
    ("self_harm", "I don't want to be here any more, there's no point"),
    ("self_harm", "I just want to die"),
    ("safety_risk", "I'll come to your store with a bat"),
    ("safety_risk", "I smell gas"),
    ("safety_risk", "the battery is smoking"),
    ("safety_risk", "my oxygen machine needs power and it's off"),
    ("safety_risk", "he reads my emails, please don't write to me, he'll hurt me"),
    ("safety_risk", "there are sparks coming from the charger"),
    ("minor_involved", "I'm 13"),
    ("minor_involved", "my daughter was contacted by a stranger through your app"),
    ("bereavement", "my mother passed away last week"),
    ("bereavement", "my husband died and the account is in his name"),
    ("medical", "I start chemo Monday and the delivery is late"),
    ("medical", "my insulin is late"),
    ("financial_hardship", "I can't feed the kids this week"),
    ("financial_hardship", "I lost my job and can't pay the rent"),
    ("vulnerable_customer", "my dad has dementia and keeps ordering"),
    ("accessibility", "I can't read this, I'm blind"),
    ("accessibility", "I need large print"),
    ("fraud_or_identity_theft", "they're transferring my money out right now, someone is in my account"),
    ("fraud_or_identity_theft", "I didn't make this payment"),
    ("fraud_or_identity_theft", "someone opened an account in my name"),
    ("data_breach", "I can see someone else's bill in my account"),
    ("legal_threat", "my solicitor will be in touch"),
    ("legal_threat", "I will sue you"),
    ("regulator_or_media", "I'm filing with the CFPB"),
    ("regulator_or_media", "I'm a journalist and I'm posting this"),
    ("regulator_or_media", "I'll go to the ombudsman"),
    ("asks_for_human", "agent"),
    ("asks_for_human", "let me talk to a person"),
    ("asks_for_human", "is anyone real there?"),
    ("asks_for_human", "get me your supervisor"),
    ("asks_for_human", "I want a human"),
    ("repeat_failure", "this is the third time I'm writing about the same thing"),
    ("discrimination_or_harassment", "your man on the phone refused me because of my accent"),
    ("employee_misconduct", "your driver pushed me"),
    ("employee_misconduct", "the technician stole my watch"),
    ("churn_threat", "cancel everything, after this I'm done with you"),
    ("policy_exception", "could you make an exception, please"),
    ("life_event_deadline", "my flight leaves in 2 hours"),
    ("life_event_deadline", "the wedding is on Saturday and the dress is not here"),
]
PASSING: list[tuple[Signal, str]] = [
    ("self_harm", "I'm dying to know when it ships"),
    ("self_harm", "this app kills me"),
    ("self_harm", "how do I kill the process?"),
    ("self_harm", "kms lol my order's late"),
    ("self_harm", "I want to end my contract"),
    ("self_harm", "I'm done with you people"),
    ("self_harm", "I can't do this anymore, this form keeps failing"),
    ("safety_risk", "I'll kill it in the review"),
    ("safety_risk", "heads will roll if it's late"),
    ("safety_risk", "a smoking deal"),
    ("safety_risk", "is the fire sale still on?"),
    ("safety_risk", "your new song is on fire"),
    ("safety_risk", "abusive pricing"),
    ("safety_risk", "I have a toxic relationship with your app"),
    ("medical", "I want a refund for the insulin pump case"),
    ("medical", "medicine for my cat is late"),
    ("minor_involved", "where is my kid's order"),
    ("minor_involved", "I need size 13"),
    ("bereavement", "the deal is dead then"),
    ("bereavement", "it passed away the time nicely"),
    ("bereavement", "my phone died"),
    ("bereavement", "it was dead on arrival"),
    ("financial_hardship", "I'm broke after this purchase :)"),
    ("fraud_or_identity_theft", "your fees are a scam"),
    ("data_breach", "delete my cart history"),
    ("legal_threat", "this should be illegal"),
    ("legal_threat", "I'm a lawyer by trade and would like to book a room"),
    ("legal_threat", "my lawyer friend recommended you"),
    ("asks_for_human", "my user agent is Firefox"),
    ("asks_for_human", "I'm a real estate agent and need an invoice"),
    ("asks_for_human", "I like to talk to people about your tea"),
    ("asks_for_human", "I work in human resources, can you send an invoice"),
    ("repeat_failure", "the third item in my order is blue"),
    ("discrimination_or_harassment", "you sell to people of discriminating taste"),
    ("employee_misconduct", "the update pushed me out of the app"),
    ("churn_threat", "I'm moving house, please cancel my plan from June"),
    ("policy_exception", "I get an exception with a stack trace when I log in"),
    ("life_event_deadline", "I need this ASAP"),
    ("regulator_or_media", "which post office do you use? I'll go there to post this"),
]


@pytest.mark.parametrize(("name", "said"), PRESENT)
def test_a_signal_is_found_in_plain_and_in_quiet_words(name: Signal, said: str) -> None:
    assert name in signals(said)


@pytest.mark.parametrize(("name", "said"), PASSING)
def test_words_in_passing_are_no_signal(name: Signal, said: str) -> None:
    assert name not in signals(said)
