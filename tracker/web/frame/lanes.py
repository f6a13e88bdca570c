"""How much is answered at once: on few processors more at a time is not sooner, and every answer holds memory."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import current_default_thread_limiter, run_sync

from tracker.web.frame.safety import SAFE_METHODS

# Answering takes processor time, of which one thread at a time has its share: a second page uses what the database and
# the network leave, and a third only holds memory.
PAGES, FORMS, FILES = 2, 8, 1
# Made whole in memory; a calendar feed is small, kept, and asked for by programs that soon give up.
WHOLE = re.compile(r"^(?!/kalender/feed/).*[./](\{form:file\}|atom|excel|ics|jsonld|pdf|ttl|word|xlsx|zip)$")
T = TypeVar("T")


@dataclass
class Lanes:
    """One for pages, one for forms, which may wait for a file to be read or a site to answer, one for whole files."""

    pages: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(PAGES))
    forms: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(FORMS))
    files: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(FILES))

    def of(self, method: str, path: str) -> CapacityLimiter:
        """By the pattern of an address."""
        if method not in SAFE_METHODS:
            return self.forms
        return self.files if WHOLE.search(path) else self.pages


_lanes: RunVar[Lanes] = RunVar("lanes")  # of one loop: limits cannot be shared between two


async def in_lane(method: str, path: str, answer: Callable[[], T]) -> T:
    """What ``answer`` gives, in a thread, once there is room."""
    lanes = _lanes.get(None)
    if lanes is None:
        lanes = Lanes()
        _lanes.set(lanes)
        current_default_thread_limiter().total_tokens = PAGES  # of the API and static files
    return await run_sync(answer, limiter=lanes.of(method, path))
