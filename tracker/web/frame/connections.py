"""Connections that cannot hold the pages: who sends or reads byte by byte is let go, and makes room for who does not.

uvicorn gives a request that never ends all the time it wants, and answers 503 to everybody once so many wait.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 500
HEADERS_SECONDS = 15.0  # for a whole request to begin, from connecting or from the answer before
READING_SECONDS = 30.0  # for taking in a part of what we wrote
PART = 64 * 1024  # bytes
FULL = 0.8  # of the most connections: from here on the one that waits longest goes


class BoundedConnection(H11Protocol):
    """A connection with an end: to its silence between requests, and to an answer that nobody reads.

    A body that dribbles has its own end, where forms are read.
    """

    headers_seconds = HEADERS_SECONDS
    reading_seconds = READING_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._left = 0  # bytes that were unread when that timer began
        self.since = self.loop.time()

    @property
    def idle(self) -> bool:
        """Whether it only takes up room: no whole request came that is still to be answered."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait, and make room where it is full."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > FULL * (self.limit_concurrency or MOST_CONNECTIONS):
            self._make_room()

    def _make_room(self) -> None:
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, BoundedConnection) and connection is not self and connection.idle
        ]
        if idle:
            longest = min(idle, key=lambda connection: connection.since)
            longest.transport.abort()
            self.connections.discard(longest)  # at once: whoever comes next counts what is left

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._forget()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request has its own time."""
        self._wait()
        super().on_response_complete()

    def _wait(self) -> None:
        self.since = self.loop.time()
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(self.headers_seconds, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            return  # a request came; the end of its answer begins a new wait
        if self._unread is not None:  # the answer is complete, and is still taken in: that has its own end
            self._waiting = self.loop.call_later(self.headers_seconds, self._give_up)
            return
        if self.transport.is_closing():
            self.transport.abort()  # nobody takes in what is left
            return
        self.transport.close()
        self._waiting = self.loop.call_later(self.reading_seconds, self.transport.abort)

    def pause_writing(self) -> None:
        """Too much is unread: a part of it is read in time, and the next, or nothing more."""
        super().pause_writing()
        self._watch_reading()

    def _watch_reading(self) -> None:
        self._left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.reading_seconds, self._see_what_was_read)

    def _see_what_was_read(self) -> None:
        """A large answer is written at once, and a slow line may take minutes for it: that is no reason to cut it."""
        if self._left - self.transport.get_write_buffer_size() < PART:
            self.transport.abort()
        else:
            self._watch_reading()

    def resume_writing(self) -> None:
        """It was read."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _forget(self) -> None:
        for timer in (self._waiting, self._unread):
            if timer is not None:
                timer.cancel()
