"""The encoder in a process of its own: pages that try words do not carry a model from then on.

The child ends when nobody asked for a while, and with its parent, however that ends; the next question begins another.
"""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from tracker.matching.texts import Embedder, Vectors
from tracker.matching.vectors import embedder, installed

IDLE = 60.0  # seconds without a question until it ends
COMMAND = (sys.executable, "-m", "tracker.matching.encoder_process")  # and its end of the line


class EncoderProcess:
    """An Embedder that computes elsewhere; one caller at a time."""

    def __init__(self, name: str, command: Sequence[str] = COMMAND) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._line: Connection | None = None

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors, a row a text; RuntimeError where the child could not compute them."""
        if self._line is not None:
            with contextlib.suppress(EOFError, OSError):  # it ended for idleness
                return self._ask(self._line, texts)
        self._line = self._begin()
        try:
            return self._ask(self._line, texts)
        except (EOFError, OSError) as error:
            self._line = None
            raise RuntimeError("the encoder's process ended before it answered") from error

    def close(self) -> None:
        """Let the child end, and see it end."""
        self._line = None
        if self.process is not None:
            self.process.wait()

    def _ask(self, line: Connection, texts: list[str]) -> Vectors:
        line.send(texts)
        vectors: Vectors = line.recv()
        return vectors

    def _begin(self) -> Connection:
        """A new child; one that ended before is waited for, so that none is left as a zombie."""
        if self.process is not None:
            self.process.wait()
        ours, theirs = Pipe()
        end = theirs.fileno()
        self.process = subprocess.Popen((*self._command, str(end)), pass_fds=[end])  # noqa: S603
        theirs.close()
        return ours


def answer(line: Connection, encoder: Embedder, idle: float = IDLE) -> None:
    """Encode what comes over the line, until nothing comes for so many seconds or the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, whose end is ours
    with contextlib.suppress(EOFError, OSError):
        while line.poll(idle):
            line.send(encoder.encode(line.recv()))


def encoder_beside() -> Embedder | None:
    """The encoder, not in this process; None where it is not installed."""
    name = installed()
    return EncoderProcess(name) if name is not None else None


if __name__ == "__main__":
    if (loaded := embedder()) is not None:
        answer(Connection(int(sys.argv[1])), loaded)
