"""Prompts that people may edit, and that no customer can: templates with a header, checked before they are used.

`store` finds them, `tree` says which files make one, `header` what is declared, `parse`, `shape` and `check` what is
wrong, `others` names text that is never ours, `untrusted` keeps it apart, `running` renders, `budget` fits the request
to its tokens, `overlap` finds words that were copied from a case.
"""

from guard.prompts.budget import OverBudgetError, Rendered
from guard.prompts.faults import Fault, FaultyError
from guard.prompts.lock import Lock, read_lock
from guard.prompts.roles import Message
from guard.prompts.store import Prompts
from guard.prompts.template import Prompt
from guard.prompts.untrusted import Untrusted

__all__ = [
    "Fault",
    "FaultyError",
    "Lock",
    "Message",
    "OverBudgetError",
    "Prompt",
    "Prompts",
    "Rendered",
    "Untrusted",
    "read_lock",
]
