"""From a template and its values to what the model is asked."""

from collections.abc import Mapping
from hashlib import sha256

from guard.case import Case
from guard.effects import Complete
from guard.prompts import Prompt


def asked(
    prompt: Prompt, values: Mapping[str, object], case: Case, name: str, schema: Mapping[str, object]
) -> Complete:
    """The same case, values and template give the same bytes, so that an answer can be recorded.

    name, schema: what the answer must look like. Raises `OverBudgetError` when the messages are too long.
    """
    rendered = prompt.render(values, seed=_seed(case))
    return Complete(
        prompt.version,
        tuple((m.role, m.text) for m in rendered.messages),
        name,
        schema,
        prompt.header.model,
        prompt.header.parameters.sent(),
    )


def _seed(case: Case) -> str:
    """Of what the marks around the customer's words are made: nobody who writes them can know it."""
    return sha256(f"{case.moment()}\x1f{case.draft}".encode("utf-8", "surrogatepass")).hexdigest()
