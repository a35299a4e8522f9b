"""The guard's own model: any OpenAI-compatible endpoint, asked with a deadline, in a line, behind a circuit breaker.

`asker` asks it, `breaker` says when it is left alone, `background` is the event loop on which all calls live.
"""

from guard.model.asker import Asker

__all__ = ["Asker"]
