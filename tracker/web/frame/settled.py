"""Memory that stays: looked through again and again for what may go, it cost every tenth page a tenth of a second."""

import gc
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

ENOUGH = 60  # answers, after which most templates, statements and modules have come in
YOUNG, MIDDLE, OLD = 10_000, 20, 5  # a page makes some ten thousand objects, nearly all gone with its answer


def settle() -> None:
    """Set aside what is there now, some 350,000 objects, and look at what comes after less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


class Settled:
    """The application; once, after so many answers, what it keeps is set aside."""

    def __init__(self, app: ASGIApp, set_aside: Callable[[], None] = settle) -> None:
        self.app, self.set_aside, self.answers = app, set_aside, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count."""
        await self.app(scope, receive, send)
        self.answers += scope["type"] == "http"
        if self.answers == ENOUGH:
            self.answers += 1  # whoever comes in meanwhile does not set aside again
            self.set_aside()
