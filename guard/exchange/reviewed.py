"""The drafts of one answer, each reviewed, and the words that stand in their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from guard.assessment import Unjudged
from guard.case import Case
from guard.errors import GuardError
from guard.exchange import structured
from guard.exchange.asked import Asked
from guard.exchange.drafts import Draft
from guard.exchange.memory import Shown
from guard.exchange.steps import Beginnings, Manner, NotForProseError, Read, Review, Show, Steps
from guard.outcome import Judgement, Outcome, Sent, Withheld
from guard.records import Json, clean

_SHOWN_BESIDE_CALLS = ("ok", "no_action", "synthetic_empathy")
"""Verdicts with which words may stand beside a call: the call is the step that they lack; a claim it cannot back.
Whose the moment is, the reply settles that follows."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An answer whose drafts were reviewed: `replies` are other words by place, `outcome` the first that was not sent.

    `names` are those by which the outcome is found again, `mark` what the answer says of it.
    """

    answer: dict[str, Json]
    replies: dict[int, str]
    outcome: Outcome | None
    names: tuple[str, ...]
    mark: Mapping[str, Json] | None


def reviewed(asked: Asked, answer: dict[str, Json], manner: Manner) -> Steps[Reviewed]:
    """Review every draft of the answer, and put what may be shown in its place. Only `enforce` changes anything."""
    enforced = manner.policy.mode == "enforce"
    outcomes: dict[int, Outcome] = {}
    replies: dict[int, str] = {}
    wrong: NotForProseError | None = None
    for draft in asked.dialect.drafts(answer):
        match draft.kind:
            case "broken_off":
                replies[draft.place] = ""
            case "beside_calls":
                if not _may_stand((yield Read(_case(asked, draft, answer)))):
                    replies[draft.place] = (yield from _kept(asked, draft, manner)) if enforced else ""
            case "reply" if (known := _known(asked, draft)) is not None:
                if known != draft.text:
                    replies[draft.place] = _again(asked, draft, known, manner)
            case "reply":
                outcome, reply = yield from _outcome(asked, draft, answer, manner)
                outcomes[draft.place] = outcome
                match reply:
                    case str():
                        replies[draft.place] = reply
                    case NotForProseError():
                        wrong = wrong or reply
                    case None:
                        pass
    replies = replies if enforced else {}
    names = yield from remembered(asked, answer, outcomes, manner)
    if wrong:
        raise wrong
    told = next((o for o in outcomes.values() if not isinstance(o, Sent)), None) or next(
        iter(outcomes.values()), None
    )
    changed = asked.dialect.with_replies(answer, replies) if replies else answer
    return Reviewed(changed, replies, told, names, _mark(names[0], told) if told else None)


def _outcome(
    asked: Asked, draft: Draft, answer: dict[str, Json], manner: Manner
) -> Steps[tuple[Outcome, str | NotForProseError | None]]:
    """The outcome of a reply, and the words in place of it, or why there are none; None where it stays."""
    pointer = manner.policy.exchange.reply_field if asked.said.structured else None
    inner = structured.find(draft.text, pointer) if pointer else None
    case = _case(asked, draft if inner is None else replace(draft, text=inner), answer)
    outcome = yield from _of(Review(case))
    if isinstance(outcome, Sent):
        return outcome, None
    if isinstance(outcome, Withheld) and manner.raises:
        return outcome, _as_error(outcome)
    if not asked.said.structured:
        return outcome, outcome.reply
    if inner is None or pointer is None:
        return outcome, _no_json(outcome)
    return outcome, structured.put(draft.text, pointer, outcome.reply)


def standing(asked: Asked, words: str, ends: Sequence[int], beginnings: Beginnings) -> Steps[int | None]:
    """The last of these places up to which the draft so far could be sent by itself, 0 where there is none.

    None: the moment is not the assistant's. That is read from the conversation, so no further word changes it.
    """
    case = _case(asked, Draft(0, words), {})
    for end in reversed(ends):
        beginning = case.with_draft(words[:end])
        read = yield Read(beginning)
        if not isinstance(read, Judgement) or read.owner != "ai":
            return None
        if beginnings.stands(beginning, read):
            return end
    return 0


def _kept(asked: Asked, draft: Draft, manner: Manner) -> Steps[str]:
    """Of words beside a call that may not stay, the longest beginning that stands by itself.

    As in `pipeline.shortened`: an early stream has shown it, for a call comes after it.
    """
    if manner.beginnings is None or manner.policy.judging.by != "local":
        return ""
    ends = manner.beginnings.cuts(draft.text)
    return draft.text[: (yield from standing(asked, draft.text, ends, manner.beginnings)) or 0]


def without_draft(asked: Asked, why: Unjudged, manner: Manner, shown: str = "") -> Steps[Outcome]:
    """What becomes of a case whose draft nobody waited for.

    Where the customer has seen its beginning, what is said now follows as a paragraph of its own, and whoever takes the
    case over finds that beginning as the draft.
    """
    if shown:
        why = replace(why, detail=f"{why.detail}; the customer has seen the words of it that stand here")
    outcome = yield from _of(Review(_case(asked, Draft(0, shown), {}), why))
    if shown and isinstance(outcome, Withheld):
        outcome = replace(outcome, reply=f"{shown}\n\n{outcome.reply}")
    if isinstance(outcome, Withheld) and manner.raises:
        raise _as_error(outcome)
    if asked.said.structured:
        raise _no_json(outcome)
    return outcome


def _as_error(outcome: Withheld) -> NotForProseError:
    """Some apps want an error where a reply was withheld, and show what they like."""
    return NotForProseError(
        f"the reply was withheld and handed over as {outcome.receipt.id}. The error's `outcome.reply` is what the "
        "customer may see.",
        outcome,
    )


def _no_json(outcome: Outcome) -> NotForProseError:
    return NotForProseError(
        "JSON was asked for, and the reply in it may not go out as drafted: words in its place would be no JSON. "
        "The error's `outcome.reply` is what the customer may see; `exchange.reply_field` of the policy names the "
        "field that holds the reply.",
        outcome,
    )


def _case(asked: Asked, draft: Draft, answer: Mapping[str, Json]) -> Case:
    ran = asked.dialect.done(answer) if answer else []
    return Case.from_record(
        {
            "id": asked.said.conversation,
            "messages": [*asked.said.messages, *ran],
            "draft": draft.text,
            # An answer that calls shows that there are tools, whether the request declared them or not.
            "tools": asked.said.tools or ([{}] if draft.kind == "beside_calls" else None),
        }
    )


def _of(step: Review) -> Steps[Outcome]:
    outcome = yield step
    assert isinstance(outcome, Outcome)  # noqa: S101 - a Review is answered by an outcome
    return outcome


def _may_stand(read: Outcome | Judgement | None) -> bool:
    return isinstance(read, Judgement) and read.verdict in _SHOWN_BESIDE_CALLS


def _known(asked: Asked, draft: Draft) -> str | None:
    """What was shown of an answer that is read again: judged once, and handed over once."""
    said = asked.said
    return said.reply if said.reply is not None and (said.replaced or said.reply == draft.text) else None


def _again(asked: Asked, draft: Draft, known: str, manner: Manner) -> str:
    """What was shown before, in the form that was asked for."""
    pointer = manner.policy.exchange.reply_field
    if asked.said.structured and pointer and structured.find(draft.text, pointer) is not None:
        return structured.put(draft.text, pointer, known)
    if asked.said.structured or manner.raises:
        raise GuardError(
            "this reply did not go out as drafted, which was an error when it was first asked for. "
            "`guard.last_reply(conversation)` is what the customer may see."
        )
    return known


def remembered(
    asked: Asked, answer: Mapping[str, Json], outcomes: Mapping[int, Outcome], manner: Manner
) -> Steps[tuple[str, ...]]:
    """Keep what the next turn goes on from. The names by which the outcome is asked for: ours, and the server's."""
    outcome = outcomes.get(0)
    said = replace(asked.said, ran=tuple(asked.dialect.called(answer)))
    if outcome is not None:
        said = replace(said, reply=outcome.reply, replaced=not isinstance(outcome, Sent))
        manner.memory.reply(said.conversation, outcome.reply)
    if id := asked.dialect.kept(answer):
        ids = tuple(clean(name) for name in (id, said.kept_as) if name)
        if outcome is not None and said.replaced:  # and not each time that it is read again
            yield Show(ids, Shown(said.conversation, outcome.reply))
        elif asked.body is not None and said.kept_as:  # this request has told the model
            yield Show((said.kept_as,), None)
        manner.memory.keep(ids, said)
    servers = answer.get("id")
    return (uuid4().hex, *((f"response {servers}",) if servers else ()))


def _mark(name: str, outcome: Outcome) -> Mapping[str, Json]:
    """What the answer says of it. The tokens of our own model stand here: `usage` stays that of the app's."""
    mark: dict[str, Json] = {
        "id": name,
        "outcome": type(outcome).__name__.lower(),
        "verdict": outcome.judgement.verdict,
        "decision": outcome.judgement.decision,
    }
    spent = outcome.spent
    if spent.calls:
        mark |= {"input_tokens": spent.input_tokens, "output_tokens": spent.output_tokens, "usd": spent.usd}
    return mark
