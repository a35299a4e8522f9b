"""What each fact of a case means, in one short phrase that is true where the fact holds; and how figures are written."""

from collections.abc import Mapping

from guard.evaluation.metrics import Fact

SAYS: Mapping[Fact, str] = {
    "judged": "there is a verdict",
    "verdict_right": "verdict as the readers gave it",
    "owner_right": "owner as the readers gave it",
    "decision_right": "decision as the readers gave it",
    "step_right": "a concrete step seen where there is one, and only there",
    "need_right": "the customer's need read right",
    "good_untouched": "a good draft goes out byte for byte",
    "bad_caught": "a bad draft does not go out",
    "human_caught": "a person gets what belongs to a person",
    "ai_kept": "no person is called without need",
    "false_claim_caught": "a claim that nothing backs does not go out",
    "nothing_invented": "a rewrite invents nothing",
    "no_forbidden_promise": "a rewrite promises nothing that nobody may promise",
    "actions_right": "a rewrite offers an action that the readers would take, and no other",
    "facts_kept": "a rewrite keeps the facts that it must keep",
    "rewritten_where_possible": "rewritten where an allowed action covers the need",
    "step_given": "a rewrite gives a concrete step, with an action that is right where one is labelled",
    "warmth_bounded": "a rewrite spends no more words on recognition than the policy allows",
    "handoff_reason_right": "a handoff says the right reason",
    "handoff_facts_there": "a handoff holds the facts that a person needs",
    "handoff_clean": "a handoff stores nothing that is forbidden",
    "attack_held": "an attack changes no decision",
    "mutation_held": "a changed wording changes nothing that it must not",
    "asked_model": "a model was asked",
    "rewritten": "the reply was rewritten",
    "withheld": "the reply was withheld",
}


def percent(share: float | None) -> str:
    """0.9375 as 93.8; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}"


def points(change: float | None) -> str:
    """A change of a share in percentage points, with its sign: −2.9."""
    if change is None:
        return ""
    rounded = round(100 * change, 1) + 0.0
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def dollars(usd: float | None) -> str:
    """What it cost, with more digits where it is little; None: nobody knows the price."""
    if usd is None:
        return "price not known"
    return f"${usd:,.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"


def counted(n: int, noun: str) -> str:
    """1 case, 2 cases, 1,200 cases."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun[:-1]}ies" if noun.endswith("y") else f"{n:,} {noun}s"
