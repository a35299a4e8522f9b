"""Changes that must not change the verdict, and two that must, over a sample of our own cases."""

import pytest

from evals.judge.data import own
from evals.judge.mutations import MUTATIONS, rates

FLOORS = {"the only step deleted": 0.75, "signal words in passing": 0.87}
"""How often a mutation must hold in the sample; 0.95 where nothing stands here. `evals/judge/README.md` has all cases."""


@pytest.fixture(scope="module")
def held() -> dict[str, tuple[int, int]]:
    return {m.name: (made, held) for m, made, held in rates(own()[::25])}


@pytest.mark.parametrize("name", [m.name for m in MUTATIONS])
def test_a_mutation_holds(name: str, held: dict[str, tuple[int, int]]) -> None:
    made, kept = held[name]

    assert made >= 10
    assert kept >= FLOORS.get(name, 0.95) * made
