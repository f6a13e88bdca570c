"""How much calls are like judged ones, by their vectors: what verdicts on some say of others.

numpy computes it: here where it is loaded already, else in a process beside this one, since pages carry no numpy.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock

from tracker.matching.beside import ProcessBeside, answer, module

ALIKE_FROM, ALIKE_FULLY = 0.45, 0.8  # cosines: unrelated calls stay below the first, rewritten ones reach the second


@dataclass(frozen=True)
class Compared:
    """Calls and judged calls, each as its vector is stored or none; and how many half-lives ago each was judged."""

    calls: Sequence[bytes | None]
    judged: Sequence[bytes | None]
    half_lives: Sequence[float]


_TURN, _BESIDE = Lock(), ProcessBeside[Compared, bytes](*module("tracker.matching.likeness"))


def likeness(question: Compared) -> list[Sequence[float]]:
    """A row a call: how much it is like each judged one, 0 to 1, the less the longer ago that was judged."""
    if not question.calls or not question.judged:
        return [() for _ in question.calls]
    found, wide = memoryview(array("d", _computed(question))), len(question.judged)
    return [found[at : at + wide] for at in range(0, len(found), wide)]


def _computed(question: Compared) -> bytes:
    if "numpy" in sys.modules:
        return compute(question)
    with _TURN:
        return _BESIDE(question)


def compute(question: Compared) -> bytes:
    """The rows behind each other, as double floats."""
    import numpy as np

    from tracker.matching.vectors import SIZE, unpacked_rows

    def stacked(vectors: Sequence[bytes | None]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return unpacked_rows(b"".join(vector or b"\0" * 2 * SIZE for vector in vectors))

    cosines = stacked(question.calls) @ stacked(question.judged).T
    near = np.clip((cosines - ALIKE_FROM) / (ALIKE_FULLY - ALIKE_FROM), 0, 1)
    rows: bytes = np.asarray(near * 0.5 ** np.array(question.half_lives), np.float64).tobytes()
    return rows


if __name__ == "__main__":
    answer(Connection(int(sys.argv[1])), compute)
