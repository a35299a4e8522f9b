"""Options that several commands share, and their words made into closed types."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from guard.evaluation.results import RunMode
from guard.policy import By

SuiteArgument = Annotated[str, typer.Argument(metavar="[SUITE]", help="A name in evals/suites, or a file.")]
EvalsOption = Annotated[
    Path, typer.Option("--evals", metavar="DIR", help="Suites, cases, recordings and baselines.")
]
RunsOption = Annotated[Path, typer.Option("--runs", metavar="DIR", help="Where the folders of runs are.")]
RunOption = Annotated[
    str | None,
    typer.Option("--run", metavar="R", help="A run's folder or its name; else the newest of the suite."),
]
ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="local|replay|record-missing|live",
        help="Whether a model is asked: never; its recordings only; where one is missing; always. "
        "Else local, or replay where the policy asks a model.",
    ),
]
JudgeOption = Annotated[
    str | None,
    typer.Option(
        "--judge", metavar="local|llm|cascade", help="Who reads the drafts, whatever the policy says."
    ),
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="A policy.yaml instead of the shipped one.")
]
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
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]
RELEASE = "release"
EVALS = Path("evals")
RUNS = Path(".guard/runs")


def mode_of(told: str | None) -> RunMode | None:
    """One of the four, or none."""
    match told:
        case None | "local" | "replay" | "record-missing" | "live":
            return told
        case _:
            raise typer.BadParameter(f"--mode {told!r} is one of {', '.join(get_args(RunMode))}.")


def judge_of(told: str | None) -> By | None:
    """One of the three, or none."""
    match told:
        case None | "local" | "llm" | "cascade":
            return told
        case _:
            raise typer.BadParameter(f"--judge {told!r} is one of {', '.join(get_args(By))}.")


def usd_of(usd_in: float | None, usd_out: float | None) -> tuple[float, float] | None:
    """Both prices, or none."""
    if usd_in is None and usd_out is None:
        return None
    if usd_in is None or usd_out is None:
        raise typer.BadParameter("--usd-in and --usd-out belong together; give both.")
    return usd_in, usd_out


def where_of(told: list[str]) -> dict[str, str]:
    """slice=value, several with commas between or the option again."""
    found: dict[str, str] = {}
    for part in (p for text in told for p in text.split(",")):
        name, is_, value = (word.strip() for word in part.partition("="))
        if not name or not is_ or not value:
            raise typer.BadParameter(f"--where {part!r} is written slice=value, like language=es.")
        if name in found:
            raise typer.BadParameter(f"--where names {name} twice; a case lies in one of both.")
        found[name] = value
    return found
