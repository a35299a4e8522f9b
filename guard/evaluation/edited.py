"""What was evaluated is what may be blessed: prompts that were edited since the run are refused."""

from collections.abc import Mapping

from guard.errors import EvalError
from guard.evaluation.results import Run
from guard.prompts.lock import Lock


def refuse_others(run: Run, now: Lock, brand: str | None, locale: str | None) -> None:
    """Raises `EvalError` where a prompt was edited after the run: nobody has evaluated that."""
    there: Mapping[str, str] = now.pins(brand, locale)
    others = [name for name, version in run.head.prompts.items() if there.get(name) != version]
    if others:
        raise EvalError(
            f"prompts were edited since the run ({', '.join(others)}). Run the suite again, then bless that run."
        )
