"""How much is answered at once: on few processors more at a time is not sooner, and every answer holds memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import current_default_thread_limiter, run_sync

from tracker.web.frame.safety import SAFE_METHODS

PAGES, FORMS, FILES = 4, 8, 1  # twenty people at once took 150 MiB more where nothing held them (2026-12-01)
T = TypeVar("T")


@dataclass
class Lanes:
    """One for pages, one for forms, which may wait for a file to be read or a site to answer, one for whole lists."""

    pages: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(PAGES))
    forms: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(FORMS))
    files: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(FILES))

    def of(self, method: str, path: str) -> CapacityLimiter:
        """By the pattern of an address."""
        if method not in SAFE_METHODS:
            return self.forms
        return self.files if path.endswith("{form:file}") else self.pages


_lanes: RunVar[Lanes] = RunVar("lanes")  # of one loop: limits cannot be shared between two


async def in_lane(method: str, path: str, answer: Callable[[], T]) -> T:
    """What ``answer`` gives, in a thread, once there is room."""
    lanes = _lanes.get(None)
    if lanes is None:
        lanes = Lanes()
        _lanes.set(lanes)
        current_default_thread_limiter().total_tokens = FORMS  # the API and static files
    return await run_sync(answer, limiter=lanes.of(method, path))
