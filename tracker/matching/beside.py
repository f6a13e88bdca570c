"""Something that is computed in a process of its own: pages that ask for it carry neither model nor numpy after it.

The child ends when nobody asked for a while, and with its parent, however that ends; the next question begins another.
"""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Said = TypeVar("Said")
IDLE = 60.0  # seconds without a question until it ends


class ProcessBeside(Generic[Asked, Said]):
    """A function that computes elsewhere; one caller at a time. ``command``: of the child, and its end of the line."""

    def __init__(self, *command: str) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._line: Connection | None = None

    def __call__(self, question: Asked) -> Said:
        """What the child says; RuntimeError where it could not."""
        if self._line is not None:
            with contextlib.suppress(EOFError, OSError):  # it ended for idleness
                return self._ask(self._line, question)
        self._line = self._begin()
        try:
            return self._ask(self._line, question)
        except (EOFError, OSError) as error:
            self._line = None
            raise RuntimeError("the process that computes ended before it answered") from error

    def close(self) -> None:
        """Let the child end, and see it end."""
        self._line = None
        if self.process is not None:
            self.process.wait()

    def _ask(self, line: Connection, question: Asked) -> Said:
        line.send(question)
        return cast(Said, line.recv())

    def _begin(self) -> Connection:
        """A new child; one that ended before is waited for, so that none is left as a zombie."""
        if self.process is not None:
            self.process.wait()
        ours, theirs = Pipe()
        end = theirs.fileno()
        self.process = subprocess.Popen((*self._command, str(end)), pass_fds=[end])  # noqa: S603
        theirs.close()
        return ours


def module(name: str) -> tuple[str, ...]:
    """The command of a child that is a module of ours."""
    return (sys.executable, "-m", name)


def answer(line: Connection, compute: Callable[[Asked], Said], idle: float = IDLE) -> None:
    """Compute what comes over the line, until nothing comes for so many seconds or the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, whose end is ours
    with contextlib.suppress(EOFError, OSError):
        while line.poll(idle):
            line.send(compute(line.recv()))
