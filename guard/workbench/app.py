"""The commands of `compassion-guard prompts`. Exit codes: 0 done, 1 something was bad and is named, 2 wrong usage."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.errors import GuardError, PromptError
from guard.prompts import Prompt
from guard.prompts.lock import NAME, current, read_lock, written
from guard.prompts.template import load
from guard.prompts.tree import Tree, shipped
from guard.report import dumps
from guard.settings import Settings

if TYPE_CHECKING:
    from guard.workbench.show import Prices

workbench = typer.Typer(
    help="The templates that the guard asks its model with: look at them, change them, compare, bless.",
    no_args_is_help=True,
)

PlaceOption = Annotated[
    Path | None,
    typer.Option(
        "--prompts",
        metavar="DIR",
        help="A directory of templates; else those of COMPASSION_GUARD_PROMPTS, or the shipped ones.",
        exists=True,
        file_okay=False,
    ),
]
BrandOption = Annotated[str | None, typer.Option("--brand", help="With the overlays of this brand.")]
LocaleOption = Annotated[str | None, typer.Option("--locale", help="With the overlays of this locale.")]
CaseOption = Annotated[
    str | None,
    typer.Option("--case", metavar="FILE:ID", help="With a case of a file instead of the example."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]
InOption = Annotated[
    float | None,
    typer.Option(
        "--usd-in", min=0, help="Dollars for a million tokens asked; else the policy's model.usd_in."
    ),
]
OutOption = Annotated[
    float | None,
    typer.Option("--usd-out", min=0, help="Dollars for a million tokens answered; else model.usd_out."),
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As in the list: judge, rewrite, …")]


@workbench.command("list")
def list_(
    place: PlaceOption = None,
    brand: BrandOption = None,
    locale: LocaleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every prompt: its version, its model, and how much of its budget the example takes."""
    from guard.workbench.listing import rows, table

    found = rows(Tree(_place(place), brand, locale))
    if as_json:
        for row in found:
            typer.echo(dumps(asdict(row)))
    else:
        from guard.terminal import console

        console().print(table(found))


@workbench.command()
def lint(
    place: PlaceOption = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="text|github|json", help="For people, for GitHub's checks, for machines."
        ),
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count too.")] = False,
) -> None:
    """What is wrong (E…) and what is doubtful (W…) with the templates, over all brands and locales."""
    from guard.workbench.lines import line
    from guard.workbench.lint import faults

    if form not in ("text", "github", "json"):
        raise typer.BadParameter(f"--format {form!r} is text, github or json.")
    found = faults(_place(place))
    for fault in found:
        _say(line(fault, form))
    if not found and form == "text":
        _say("No fault in the prompts.")
    raise typer.Exit(1 if any(strict or fault.code.startswith("E") for fault in found) else 0)


@workbench.command()
def render(  # noqa: PLR0913, PLR0917 - options of a command
    id: IdArgument,
    place: PlaceOption = None,
    brand: BrandOption = None,
    locale: LocaleOption = None,
    case: CaseOption = None,
    example: Annotated[
        bool, typer.Option("--example", help="With the header's example: the default.")
    ] = False,
    hostile: Annotated[
        bool, typer.Option("--hostile", help="With texts that try to leave their fence.")
    ] = False,
    usd_in: InOption = None,
    usd_out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Each message as it would be sent, what it takes and what it costs."""
    from guard.terminal import console
    from guard.workbench.show import SEED, as_object, draw
    from guard.workbench.values import of_hostile

    if (case is not None) + example + hostile > 1:
        raise typer.BadParameter("--case, --example and --hostile exclude each other; give one.")
    prices = _prices(usd_in, usd_out)
    prompt = load(Tree(_place(place), brand, locale), id)
    values = of_hostile(prompt, SEED) if hostile else _values(prompt, case)
    if as_json:
        typer.echo(dumps(as_object(prompt, values, prices)))
    else:
        draw(console(), prompt, values, prices)


@workbench.command()
def diff(  # noqa: PLR0913, PLR0917 - options of a command
    before: Annotated[str, typer.Argument(metavar="A", help="A directory, a file, or a commit: git:main.")],
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Likewise; else the templates as they are now.")
    ] = None,
    place: PlaceOption = None,
    brand: BrandOption = None,
    locale: LocaleOption = None,
    case: CaseOption = None,
    usd_in: InOption = None,
    usd_out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """What an edit changes in the messages that are sent, and in their tokens and cost."""
    from guard.prompts.places import side
    from guard.workbench.difference import changes, paint

    prices = _prices(usd_in, usd_out)
    here = _place(place)
    with side(before, here) as old, side(after or str(here), here) as new:
        found = tuple(changes(old, new, brand, locale, lambda prompt: _values(prompt, case)))
    if as_json:
        for one in found:
            typer.echo(dumps(one.as_object(prices)))
        return
    from guard.terminal import console

    for one in found:
        paint(console(), one, prices)
    if not found:
        _say("The same messages on both sides.")


@workbench.command()
def lock(
    place: PlaceOption = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; tell what differs.")] = False,
) -> None:
    """Bless the versions as they are: write prompts.lock. The guard can then be told to refuse any other."""
    from guard.workbench.blessing import differing

    here = _place(place)
    path, now = here / NAME, current(here)
    if not check:
        try:
            path.write_text(written(now), encoding="utf-8")
        except OSError as error:
            raise PromptError(f"{path}: cannot be written ({error.strerror}).") from None
        _say(f"{path}: {sum(map(len, now.versions.values()))} versions.")
        return
    found = differing(read_lock(path), now)
    for line in found:
        _say(line)
    raise typer.Exit(1 if found else 0)


@workbench.command()
def watch(  # noqa: PLR0913, PLR0917 - options of a command
    id: IdArgument,
    place: PlaceOption = None,
    brand: BrandOption = None,
    locale: LocaleOption = None,
    case: CaseOption = None,
    usd_in: InOption = None,
    usd_out: OutOption = None,
) -> None:
    """Render again after every save. A broken edit is named, and the last good version stays in sight. Ctrl-C ends it."""
    from guard.terminal import console, shown
    from guard.workbench.show import draw
    from guard.workbench.watch import last_good
    from guard.workbench.watch import watch as watched

    tree, prices = Tree(_place(place), brand, locale), _prices(usd_in, usd_out)
    out, err = console(), console(stderr=True)

    def show(prompt: Prompt) -> None:
        draw(out, prompt, _values(prompt, case), prices)

    def tell(error: GuardError) -> None:
        err.print(shown(str(error)), style="red", markup=False, soft_wrap=True)

    again = last_good(lambda: load(tree, id), show, tell)

    def anew() -> None:
        if out.is_terminal:
            out.clear()
        again()

    with suppress(KeyboardInterrupt):
        watched(tree.state, anew, lambda: time.sleep(0.3))


def _place(place: Path | None) -> Path:
    """The directory that was named, here or by COMPASSION_GUARD_PROMPTS; else the shipped one."""
    from guard.prompts.places import with_templates

    return with_templates(place or Settings.from_env().prompts or shipped())


def _values(prompt: Prompt, case: str | None) -> Mapping[str, object]:
    from guard.workbench.values import find_case, of_case

    return prompt.example() if case is None else of_case(prompt, find_case(case))


def _prices(usd_in: float | None, usd_out: float | None) -> "Prices | None":
    """Those that were given, else those of the policy; None where nobody knows them."""
    from guard import policy
    from guard.workbench.show import Prices

    if (usd_in is None) != (usd_out is None):
        raise typer.BadParameter("--usd-in and --usd-out belong together; give both.")
    if usd_in is None:
        file = Settings.from_env().policy
        model = (policy.load(file) if file else policy.shipped()).model
        usd_in, usd_out = model.usd_in, model.usd_out
    return None if usd_in is None or usd_out is None else Prices(usd_in, usd_out)


def _say(text: str) -> None:
    from guard.terminal import shown

    typer.echo(shown(text))
