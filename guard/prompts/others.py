"""Whose words the guard puts into its own prompts: code says it, for code puts them there, and no header says otherwise.

A header that trusts them would let a customer speak with our voice.
"""

from collections.abc import Mapping

UNTRUSTED: Mapping[str, frozenset[str]] = {
    "judge": frozenset({"turns", "draft", "calls"}),
    "rewrite": frozenset({"turns", "draft", "calls", "preferences", "why"}),
    "handoff": frozenset({"turns", "calls"}),
    "holding": frozenset(),
}
"""By the prompt's id: inputs that a customer, a model or a tool may have written."""
