"""Every error of the library, in one tree.

    GuardError
      ├─ CaseError         a case that cannot be read: what is wrong and where
      ├─ PolicyError       a policy file that must not be used: file, line, what to do
      ├─ SettingsError     an environment variable that means nothing
      ├─ EscalationError   the store of handoffs could not be used; nothing was said to the customer
      ├─ PromptError       a template that must not be used: broken, not the pinned one, or failing the guard's own judge
      ├─ EvalError         a suite, a case or a run that proves nothing as it stands
      └─ UnguardedError    a way to get a reply that the guard does not cover yet

The wrapped client raises children of these that are `openai.OpenAIError` too: see `guard/client.py`.

An error is never turned into prose for a customer. Each survives pickling, so it crosses process borders.
"""

from functools import partial


class GuardError(Exception):
    """Anything that Compassion Guard itself raises."""


class CaseError(GuardError):
    """A case, or a line of a case file, cannot be read."""


class PolicyError(GuardError):
    """The policy is not usable, so the guard refuses to start with it."""


class SettingsError(GuardError):
    """A setting from the environment has no meaning."""


class EscalationError(GuardError):
    """The handoff could not be stored, so no text for the customer exists.

    `draft` is the reply that was held back and `case_id` the conversation: data to retry
    with, kept out of the message because messages end up in logs.
    """

    def __init__(self, message: str, *, case_id: str, draft: str) -> None:
        super().__init__(message)
        self.case_id = case_id
        self.draft = draft

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), case_id=self.case_id, draft=self.draft), self.args


class PromptError(GuardError):
    """A template of `prompts/` cannot be used, or says what the guard may not say; the handoff, if there is one, is stored."""


class EvalError(GuardError):
    """A suite, an eval case, a recording or a run cannot be used: what is wrong, where, what to do."""


class UnguardedError(GuardError):
    """A reply in a form that the guard cannot judge yet: not asked for, or, where only the answer showed it, not shown."""
