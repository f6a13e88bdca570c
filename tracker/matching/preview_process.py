"""The scorer of edited opgaven in a process of its own: pages that try words carry neither model nor numpy after it.

The child ends when nobody asked for a while, and with its parent, however that ends; the next question begins another.
"""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from tracker.matching.preview_scores import Answerer, Question, Scorer

IDLE = 60.0  # seconds without a question until it ends
COMMAND = (sys.executable, "-m", "tracker.matching.preview_process")  # and its end of the line


class ScoringProcess:
    """An Answerer that computes elsewhere; one caller at a time."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._line: Connection | None = None

    def __call__(self, question: Question) -> dict[int, float]:
        """Call -> score; RuntimeError where the child could not compute them."""
        if self._line is not None:
            with contextlib.suppress(EOFError, OSError):  # it ended for idleness
                return self._ask(self._line, question)
        self._line = self._begin()
        try:
            return self._ask(self._line, question)
        except (EOFError, OSError) as error:
            self._line = None
            raise RuntimeError("the process that scores ended before it answered") from error

    def close(self) -> None:
        """Let the child end, and see it end."""
        self._line = None
        if self.process is not None:
            self.process.wait()

    def _ask(self, line: Connection, question: Question) -> dict[int, float]:
        line.send(question)
        scores: dict[int, float] = line.recv()
        return scores

    def _begin(self) -> Connection:
        """A new child; one that ended before is waited for, so that none is left as a zombie."""
        if self.process is not None:
            self.process.wait()
        ours, theirs = Pipe()
        end = theirs.fileno()
        self.process = subprocess.Popen((*self._command, str(end)), pass_fds=[end])  # noqa: S603
        theirs.close()
        return ours


def answer(line: Connection, scorer: Answerer, idle: float = IDLE) -> None:
    """Score what comes over the line, until nothing comes for so many seconds or the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, whose end is ours
    with contextlib.suppress(EOFError, OSError):
        while line.poll(idle):
            line.send(scorer(line.recv()))


if __name__ == "__main__":
    from tracker.matching.vectors import embedder

    answer(Connection(int(sys.argv[1])), Scorer(embedder()))
