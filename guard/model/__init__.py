"""The guard's own model: any OpenAI-compatible endpoint, asked with a deadline, in a line, behind a circuit breaker.

`asker` asks it, `answer` is what is read of its answers, `bounded` says how big they may be and `breaker` when it is left
alone; `background` is the event loop on which all calls live.
"""

from guard.model.asker import Asker

__all__ = ["Asker"]
