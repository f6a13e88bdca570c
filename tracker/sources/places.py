"""How many sources are read at a time; a slow one gives its place to the next and is read on."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore, Timer


class Places:
    """So many places; whoever has one longer than ``seconds`` has it no more, though nobody is told to stop."""

    def __init__(self, places: int, seconds: float) -> None:
        self.free, self.seconds = Semaphore(places), seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a place and keep it while the block runs, if that is not too long."""
        self.free.acquire()
        place = _Place(self.free)
        clock = Timer(self.seconds, place.give_back)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
            place.give_back()


class _Place:
    """One place, given back once: by its clock or by its holder, whoever is first."""

    def __init__(self, free: Semaphore) -> None:
        self.free, self.lock, self.held = free, Lock(), True

    def give_back(self) -> None:
        with self.lock:
            if self.held:
                self.held = False
                self.free.release()
