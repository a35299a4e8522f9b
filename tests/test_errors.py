"""Errors as data."""

import pickle

from guard import EscalationError, Guard, Withheld
from guard.client import NotStoredCallError, WithheldCallError
from tests.cases import EMPTY_SORRY, case


def test_an_error_keeps_its_data_on_the_way_to_another_process(guard: Guard) -> None:
    outcome = guard.review(case("I want to speak to a manager.", EMPTY_SORRY))
    assert isinstance(outcome, Withheld)

    for error in (EscalationError, NotStoredCallError):
        stored = pickle.loads(pickle.dumps(error("down", case_id="c", draft="d")))
        assert (type(stored), str(stored), stored.case_id, stored.draft) == (error, "down", "c", "d")
    withheld = pickle.loads(pickle.dumps(WithheldCallError("no JSON", outcome=outcome)))
    assert withheld.outcome == outcome
