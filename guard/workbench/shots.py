"""Few-shot examples: each a right answer, and together not all of one kind, because a model leans to what it sees most."""

from collections import Counter
from collections.abc import Iterator

from jinja2 import nodes
from pydantic import BaseModel, ValidationError

from guard.judging.wire import Reading
from guard.prompts import Fault, Prompt
from guard.prompts.parse import Parsed
from guard.prompts.running import messages
from guard.prompts.values import seen
from guard.rewriting.wire import Written
from guard.workbench.expected import EXPECTED, model_of
from guard.workbench.words import SHOT

_AT_MOST = 3
"""To one of the other kind. One label alone has no share: a prompt with a single example is not told of it."""


def shots(prompt: Prompt, parsed: Parsed) -> Iterator[Fault]:
    """Answers that code could not read, and labels that lean to one side."""
    model = model_of(EXPECTED.get(prompt.id, prompt.header.output))
    if model is None:
        return
    answers: list[BaseModel] = []
    places: list[tuple[str, int]] = []
    for role in prompt.roles:
        if not SHOT.fullmatch(role) or not role.startswith("assistant"):
            continue
        name, line = _place(parsed, role)
        try:
            answers.append(model.model_validate_json(_text(prompt, role)))
            places.append((name, line))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"])) or "the answer"
            what = f"{role} is no answer that code could read: {where}: {fault['msg']}."
            yield parsed.fault("E108", name, line, what)
    for what, counts in _weighty(answers):
        (most, n), *others = counts.most_common()
        if counts.total() > 1 and n > _AT_MOST * (counts.total() - n):
            rest = "".join(f", {m} {other}" for other, m in others) or ", and no other"
            told = f"the examples lean to one side: of {what}, {n} {most}{rest}. Beyond {_AT_MOST} to 1, add others."
            yield parsed.fault("W205", *places[0], told)


def _place(parsed: Parsed, role: str) -> tuple[str, int]:
    return next(
        (name, block.lineno)
        for name in parsed.chain
        for block in parsed.trees[name].find_all(nodes.Block)
        if block.name == role
    )


def _text(prompt: Prompt, role: str) -> str:
    told = messages(prompt.template, (role,), seen(prompt.header, prompt.example(), ""))
    return told[0].text if told else ""


def _weighty(answers: list[BaseModel]) -> Iterator[tuple[str, Counter[str]]]:
    """Labels that turn a verdict, counted: nobody need act, a sentence is the step, a claim is backed; a rewrite is possible."""
    read = [one for one in answers if isinstance(one, Reading)]
    need = Counter("none" if one.need == "none" else "open" for one in read)
    steps = Counter(f"moves_need {s.moves_need}".lower() for one in read for s in one.sentences)
    shown = Counter(
        "shown_by null" if claim.shown_by is None else "shown"
        for one in read
        for claim in one.claims
        if claim.kind in ("done", "standing")
    )
    possible = Counter(f"possible {one.possible}".lower() for one in answers if isinstance(one, Written))
    told = {"needs": need, "sentences": steps, "claims of what is done": shown, "rewrites": possible}
    yield from ((what, counts) for what, counts in told.items() if counts)
