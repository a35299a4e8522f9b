"""Everything that is wrong or doubtful about a directory of templates, over all of its brands and locales."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import nodes

from guard.errors import PromptError
from guard.prompts.budget import OverBudgetError
from guard.prompts.faults import Code, Fault, FaultyError
from guard.prompts.lock import NAME, Lock, key, read_lock
from guard.prompts.parse import Parsed, parse
from guard.prompts.roles import is_role
from guard.prompts.template import Prompt, load
from guard.prompts.tree import Tree, overlays
from guard.text import AMOUNT, LINK, fold
from guard.workbench.values import of_hostile

_PLACE = re.compile(r"(.+?):(\d+): (.*)", re.DOTALL)
_WORD = re.compile(r"\w+")
_SAME_WORDS = 8
"""So many words in a row are no accident."""
_NEAR = 0.8
"""Share of the budget that an example may take before somebody should know."""
_EXAMPLE = re.compile(r"(?:user|assistant)_\d+")


def faults(place: Path) -> list[Fault]:
    """Each fault once, in the order of files and lines."""
    found = {*_strays(place)}
    lock, broken = _lock(place)
    gate = _gate_words(place.parent / "evals" / "release")
    found |= {*broken}
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
    except PromptError as error:
        yield _told(str(error), tree.place / f"{id}.md", "E101")
        return
    yield from prompt.warnings
    base = tree.place / f"{id}.md"
    if prompt.roles:
        yield from _sizes(prompt, base)
    if lock is not None and lock.pins(tree.brand, tree.locale).get(id) != prompt.version:
        where = key(tree.brand, tree.locale)
        yield Fault(
            "W206", base, 1, f"{prompt.version} is not in {NAME} for {where}; bless it with prompts lock."
        )
    top = tree.find(f"{id}.md")
    if top is not None:
        _, parsed = parse(tree, top)
        yield from _contaminated(parsed, gate)
        yield from _written_in(parsed)


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
        yield _told(str(error), base, "E102")
        return
    budget = prompt.header.budget
    if budget and rendered.tokens > _NEAR * (budget.tokens - budget.reply):
        told = (
            f"its example alone takes {rendered.tokens:,} tokens of {budget.tokens - budget.reply:,}; "
            "a real conversation is longer."
        )
        yield Fault("W202", base, 1, told)


def _contaminated(parsed: Parsed, gate: dict[str, str]) -> Iterator[Fault]:
    """A model that has seen the answer proves nothing at the gate."""
    for name, _, text, line in _literal(parsed, examples=True):
        words = [(found.group(), found.start()) for found in _WORD.finditer(fold(text))]
        for n in range(len(words) - _SAME_WORDS + 1):
            run = " ".join(word for word, _ in words[n : n + _SAME_WORDS])
            if run in gate:
                at = line + text.count("\n", 0, words[n][1])
                yield parsed.fault(
                    "E110", name, at, f'"{run}…" stands in {gate[run]}; write another example.'
                )
                break


def _written_in(parsed: Parsed) -> Iterator[Fault]:
    """What a policy or a case should say, and a template says for every customer."""
    for name, _, text, line in _literal(parsed, examples=False):
        for form in (AMOUNT, LINK):
            for found in form.finditer(text):
                at = line + text.count("\n", 0, found.start())
                told = f"{found.group()!r} is written into the prompt; pass it in, or let the policy say it."
                yield parsed.fault("W204", name, at, told)


def _literal(parsed: Parsed, *, examples: bool) -> Iterator[tuple[str, str, str, int]]:
    """The template's own words: those of its few-shot examples, or all others. Name, block, text, line."""
    for name, tree in parsed.trees.items():
        inside = {
            id(data): block.name
            for block in tree.find_all(nodes.Block)
            if is_role(block.name)
            for data in block.find_all(nodes.TemplateData)
        }
        for data in tree.find_all(nodes.TemplateData):
            block = inside.get(id(data), "")
            if examples == bool(_EXAMPLE.fullmatch(block)):
                yield name, block, data.data, data.lineno


def _gate_words(release: Path) -> dict[str, str]:
    """Every run of words of the gate's cases, and the case that it is from; nothing outside of a checkout."""
    runs: dict[str, str] = {}
    for file in sorted(release.glob("*.jsonl")) if release.is_dir() else ():
        for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
            where, said = _gate_case(text)
            words = _WORD.findall(fold(said))
            for n in range(len(words) - _SAME_WORDS + 1):
                runs.setdefault(" ".join(words[n : n + _SAME_WORDS]), f"{file.name}:{where}")
    return runs


def _gate_case(line: str) -> tuple[str, str]:
    """Its id and all that is said in it; nothing where the line is no case of the gate, which is for others to mend."""
    try:
        case = json.loads(line)
        if case["split"] != "gate":
            return "", ""
        return str(case["id"]), "\n".join((case["draft"], *(turn["content"] for turn in case["context"])))
    except (ValueError, LookupError, TypeError):
        return "", ""


def _strays(place: Path) -> Iterator[Fault]:
    """Overlays of prompts that the base does not have: nobody would ever see them."""
    for path in sorted((place / "overlays").rglob("*.md")):
        if not path.name.startswith("_") and not (place / path.name).is_file():
            yield Fault("E109", path, 1, f"the base has no prompt {path.stem!r}, so this overlays nothing.")


def _lock(place: Path) -> tuple[Lock | None, tuple[Fault, ...]]:
    path = place / NAME
    if not path.is_file():
        return None, ()
    try:
        return read_lock(path), ()
    except PromptError as error:
        return None, (_told(str(error), path, "E101"),)


def _told(message: str, path: Path, code: Code) -> Fault:
    """An error that names its place, as a fault."""
    found = _PLACE.fullmatch(message)
    if found is None:
        return Fault(code, path, 1, message.removeprefix(f"{path}: "))
    return Fault(code, Path(found[1]), int(found[2]), found[3])
