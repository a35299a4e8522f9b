"""Two sets of prompts that one model answers: those that are there, and beside them those of a commit.

Nothing is compared across models, so no blessed baseline is needed. Where recordings answer the prompts that are there,
nobody is asked; else the model answers both anew, and recordings are neither used nor made.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import assert_never

from guard.errors import EvalError
from guard.evaluation.case import EvalCase
from guard.evaluation.echo import Echo, through
from guard.evaluation.needed import Needed, needed
from guard.evaluation.prepare import Asked, Prepared, can_ask, prepared
from guard.evaluation.recording import Recorder
from guard.evaluation.reviewing import asked_offline
from guard.evaluation.run import RECORD
from guard.prompts.places import side
from guard.prompts.tree import shipped
from guard.settings import Settings

Left = Callable[[Prepared], Sequence[EvalCase]]
Told = Callable[[], None]
_COMMIT = 12
"""Digits that name it."""
_MODEL = "COMPASSION_GUARD_MODEL_URL and COMPASSION_GUARD_MODEL_KEY"


@dataclass(frozen=True, slots=True)
class Sides:
    """What is run. other: the same with the other prompts. needed: of one of them, where a model is to be asked.

    advice: how to get what no recording answers.
    """

    ready: Prepared
    other: Prepared | None = None
    needed: Needed | None = None
    advice: str = f"{RECORD} ({_MODEL})"

    @property
    def requests(self) -> int:
        """Those that are known before, of both sides."""
        if self.needed is None:
            return 0
        one = self.needed.missing if self.ready.head.mode == "record-missing" else self.needed.requests
        return one * self.ready.head.epochs * (2 if self.other else 1)


@dataclass(frozen=True, slots=True)
class _Prompts:
    """Prompts of another state. What `prompts lock` blessed are those of now, so it says nothing of these."""

    name: str
    settings: Settings

    def prepared(self, asked: Asked) -> Prepared:
        """A run with them."""
        return prepared(asked, self.settings, prompts_of=self.name)


@contextmanager
def sides(asked: Asked, left: Left, told: Told) -> Iterator[Sides]:
    """What a command asks for, ready to be run. Raises what `prepared` raises.

    left: the cases that have no result yet. told: hears of each that is looked at before.
    """
    if asked.against is None:
        ready = prepared(asked)
        asks = ready.head.mode in ("live", "record-missing")
        yield Sides(ready, needed=needed(ready, left(ready), told) if asks else None)
        return
    if asked.mode == "record-missing":
        raise EvalError(
            "--against lets one model answer both prompts, and recordings may be another one's. Leave --mode "
            "record-missing out."
        )
    with _prompts(asked.against) as old:
        yield _against(asked, asked.against, old, left, told)


def _against(asked: Asked, name: str, old: _Prompts, left: Left, told: Told) -> Sides:
    ready, other = _beside(prepared(asked), old), old.prepared(asked)
    match ready.head.mode:
        case "local":
            return Sides(ready, other)
        case "live" | "record-missing":
            return Sides(ready, other, needed(ready, left(ready), told))
        case "replay":
            echo, recorder = Echo(), Recorder("replay", other.recorder.tape)
            asked_offline(through(echo.learn, other.offline), recorder, left(other), told)
            ready = replace(ready, make=through(echo.as_before, ready.make))
            found = needed(replace(ready, offline=through(echo.as_before, ready.offline)), left(ready), told)
            if asked.mode == "replay" or not found.missing:
                return Sides(ready, other, advice=f"--mode live asks a model for both ({_MODEL})")
            if not can_ask(Settings.from_env()):
                return Sides(prepared(asked), advice=_nobody(name))
            live = replace(asked, mode="live")
            return Sides(_beside(prepared(live), old), old.prepared(live), found)
        case _:
            assert_never(ready.head.mode)


def _beside(ready: Prepared, old: _Prompts) -> Prepared:
    """Its head says that there was another one, so that nobody overlooks that it is gone."""
    return replace(ready, head=ready.head.model_copy(update={"against": old.name}))


@contextmanager
def _prompts(against: str) -> Iterator[_Prompts]:
    settings = Settings.from_env()
    with side(against, settings.prompts or shipped()) as old:
        name = f"git:{old.commit[:_COMMIT]}" if old.commit else old.name
        yield _Prompts(name, replace(settings, prompts=old.place, prompts_lock=None))


def _nobody(against: str) -> str:
    return (
        f"no model has answered these prompts, so nothing can be said of them. Set {_MODEL}, and the same command asks "
        f"that model with them and with those of {against} beside them, each of the two"
    )
