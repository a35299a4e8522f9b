"""Everything that is wrong or doubtful about a directory of templates, over all of its brands and locales."""

from collections.abc import Iterator
from pathlib import Path

from guard.errors import PromptError
from guard.prompts.budget import OverBudgetError
from guard.prompts.faults import Fault, FaultyError, fault_of
from guard.prompts.lock import NAME, Lock, key
from guard.prompts.overlap import copied, gate_runs
from guard.prompts.parse import Parsed, parse
from guard.prompts.template import Prompt, load
from guard.prompts.tree import Tree, overlays
from guard.workbench.directory import gone, lock_of, strays
from guard.workbench.drift import drift
from guard.workbench.shots import shots
from guard.workbench.values import of_hostile
from guard.workbench.wording import left_behind, written_in
from guard.workbench.words import line_of_key

_NEAR = 0.8
"""Share of the budget that an example may take before somebody should know."""


def faults(place: Path) -> list[Fault]:
    """Each fault once, in the order of files and lines."""
    lock, broken = lock_of(place)
    found = {*strays(place), *broken, *gone(place, lock)}
    gate = gate_runs(sorted((place.parent / "evals" / "release").glob("*.jsonl")))
    for brand, locale in overlays(place):
        tree = Tree(place, brand, locale)
        for id in tree.ids():
            found |= {*_of_one(tree, id, lock, gate)}
    return sorted(found, key=lambda f: (str(f.path), f.line, f.code, f.what))


def _of_one(tree: Tree, id: str, lock: Lock | None, gate: dict[str, str]) -> Iterator[Fault]:
    try:
        prompt = load(tree, id)
    except FaultyError as error:
        yield from error.faults
        return
    except OverBudgetError as error:
        yield fault_of(error, tree.place / f"{id}.md", "E102")
        return
    except PromptError as error:
        yield fault_of(error, tree.place / f"{id}.md", "E101")
        return
    yield from prompt.warnings
    base = tree.place / f"{id}.md"
    if prompt.roles:
        yield from _sizes(prompt, base)
    if lock is not None and lock.pins(tree.brand, tree.locale).get(id) != prompt.version:
        where = f" for {key(tree.brand, tree.locale)}" if tree.brand or tree.locale else ""
        yield Fault("W206", base, 1, f"{prompt.version} is not in {NAME}{where}; bless it with prompts lock.")
    top = tree.find(f"{id}.md")
    if top is not None:
        _, parsed = parse(tree, top)
        yield from copied(parsed.sources, gate)
        yield from written_in(parsed)
        yield from left_behind(parsed)
        yield from _left_to_chance(prompt, parsed)
        yield from drift(prompt, parsed)
        yield from shots(prompt, parsed)


def _sizes(prompt: Prompt, base: Path) -> Iterator[Fault]:
    """Its example has room, and the worst that a customer could write leaves no fence."""
    try:
        prompt.render(of_hostile(prompt, "lint"), "lint")
        rendered = prompt.render(prompt.example(), "lint")
    except OverBudgetError as error:
        yield Fault("W202", base, 1, str(error))
        return
    except FaultyError as error:
        yield from error.faults
        return
    except PromptError as error:
        yield fault_of(error, base, "E102")
        return
    budget = prompt.header.budget
    if budget and rendered.tokens > _NEAR * (budget.tokens - budget.reply):
        told = (
            f"its example alone takes {rendered.tokens:,} tokens of {budget.tokens - budget.reply:,}; "
            "a real conversation is longer."
        )
        yield Fault("W202", base, 1, told)


def _left_to_chance(prompt: Prompt, parsed: Parsed) -> Iterator[Fault]:
    """The same case should get the same answer. Nothing in the language of templates differs from render to render, so
    the model is what is left; one that reasons takes no temperature, and there the header cannot do more.

    A seed is not asked for: endpoints promise nothing by it, and not all of them take one.
    """
    asked = prompt.header.parameters
    if prompt.header.output == "text" or asked.temperature == 0 or asked.reasoning_effort is not None:
        return
    source = parsed.sources[parsed.chain[-1]]
    told = "no temperature is set" if asked.temperature is None else f"temperature is {asked.temperature:g}"
    what = f"{told}, so the same case gets another answer the next time. Write temperature: 0 (or reasoning_effort)."
    yield Fault("W203", source.path, line_of_key(source, "temperature", "parameters"), what)
