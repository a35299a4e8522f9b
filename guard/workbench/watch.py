"""Show a prompt again after every save, until somebody stops it. A broken edit leaves the last good version in sight."""

from collections.abc import Callable

from guard.errors import GuardError
from guard.prompts import Prompt


def watch(state: Callable[[], object], draw: Callable[[], None], wait: Callable[[], None]) -> None:
    """Call `draw` whenever `state` tells something new; `wait` between two looks. It ends when one of them raises."""
    last: object = None
    while True:
        now = state()
        if now != last:
            last = now
            draw()
        wait()


def last_good(
    load: Callable[[], Prompt], show: Callable[[Prompt], None], tell: Callable[[GuardError], None]
) -> Callable[[], None]:
    """What `watch` draws: the prompt as it is now; or what is wrong with it, and below the last that was good."""
    good: list[Prompt] = []

    def draw() -> None:
        try:
            good[:] = [load()]
        except GuardError as error:
            tell(error)
        for prompt in good:
            try:
                show(prompt)
            except GuardError as error:  # the case, which may be edited too
                tell(error)

    return draw
