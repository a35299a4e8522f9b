"""The local rewriter: what stays of a draft, the step that is added, and the form that the customer likes."""

from dataclasses import replace

from guard import Action, Authority, Preferences
from guard.assessment import Assessment, Claim, Customer, Move, Sentence, Span
from guard.judging.sentences import split
from guard.rewriting.check import inventions, unfounded
from guard.rewriting.compose import rewrite
from tests.cases import EMPTY_SORRY, REFUND, REPLACE, case

SORRY_AND_NEWS = "I am sorry that your lamp came broken. It left Utrecht on Monday."
ONE = case("My lamp from order #48213 came broken.", SORRY_AND_NEWS, may=(REPLACE,))
NOBODY = Authority()


def seen(draft: str, *moves: Move) -> Assessment:
    """What a judge would say of a draft with these moves, none of which moves the need."""
    return Assessment(
        Customer("action"), tuple(Sentence(s, m) for s, m in zip(split(draft), moves, strict=True))
    )


def test_the_facts_of_the_draft_stay_and_the_step_follows() -> None:
    reply = rewrite(ONE, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert reply.startswith(SORRY_AND_NEWS)
    assert reply.endswith("I can send a replacement for a damaged item. Shall I do that now?")


def test_a_customer_who_likes_tables_gets_what_is_what() -> None:
    one = replace(ONE, preferences=Preferences(format="table"))

    reply = rewrite(one, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert "| What we know | It left Utrecht on Monday. |" in reply
    assert "| What I can do | I can send a replacement for a damaged item. Shall I do that now? |" in reply


def test_a_customer_who_likes_it_short_gets_no_recognition() -> None:
    one = replace(ONE, preferences=Preferences(length="short"))

    reply = rewrite(one, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert "sorry" not in reply


def test_recognition_above_the_budget_goes() -> None:
    reply = rewrite(ONE, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 3)

    assert reply is not None
    assert "sorry" not in reply


def test_nothing_is_written_where_no_action_covers_the_need() -> None:
    one = case("My lamp came broken.", EMPTY_SORRY, may=(REFUND,))

    assert rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18) is None


def test_an_action_above_whose_limit_the_customer_asks_covers_nothing() -> None:
    one = case("I want my $400 money back.", EMPTY_SORRY, may=(REFUND,))

    assert rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18) is None


def test_an_amount_a_date_an_id_and_a_link_that_nobody_knows_are_inventions() -> None:
    reply = "I can refund $75 on 2026-03-04 for AB-1234, see https://example.org/x."

    invented = inventions(reply, case("Broken.", "x"), NOBODY)

    assert set(invented) >= {"$75", "2026-03-04", "AB-1234", "https://example.org/x"}
    known = case(reply, "x")
    assert inventions(reply, known, NOBODY) == ()


def test_a_fact_of_the_authority_is_no_invention() -> None:
    may = Authority((Action("fee", "refund up to $75"),))

    assert inventions("I can refund up to $75.", case("Broken.", "x"), may) == ()


def test_a_promise_that_only_the_rewrite_makes_is_unfounded() -> None:
    said = Claim("promised", "refund", Span("We will refund you.", 0, 19))

    assert unfounded((said,), "We are sorry.") == (said,)
    assert unfounded((said,), "Sorry. We will refund you.") == ()
    assert unfounded((replace(said, standing="verified"),), "We are sorry.") == ()
