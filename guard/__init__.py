"""Compassion Guard: between an LLM and the customer, replies that act instead of only sounding as if they cared.

Names load when they are first used, so `import guard` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guard.assemble import Guard
    from guard.assessment import Assessment, Unjudged
    from guard.case import Action, Authority, Case, Preferences, ToolCall, Turn
    from guard.errors import (
        CaseError,
        EscalationError,
        GuardError,
        PolicyError,
        SettingsError,
        UnguardedError,
    )
    from guard.outcome import Handoff, Outcome, Receipt, Rewritten, Sent, Withheld

__all__ = [
    "Action",
    "Assessment",
    "Authority",
    "Case",
    "CaseError",
    "EscalationError",
    "Guard",
    "GuardError",
    "Handoff",
    "Outcome",
    "PolicyError",
    "Preferences",
    "Receipt",
    "Rewritten",
    "Sent",
    "SettingsError",
    "ToolCall",
    "Turn",
    "UnguardedError",
    "Unjudged",
    "Withheld",
]

_HOME = {
    "guard.assemble": ("Guard",),
    "guard.assessment": ("Assessment", "Unjudged"),
    "guard.case": ("Action", "Authority", "Case", "Preferences", "ToolCall", "Turn"),
    "guard.errors": (
        "CaseError",
        "EscalationError",
        "GuardError",
        "PolicyError",
        "SettingsError",
        "UnguardedError",
    ),
    "guard.outcome": ("Handoff", "Outcome", "Receipt", "Rewritten", "Sent", "Withheld"),
}


def __getattr__(name: str) -> object:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'guard' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
