"""One line of the benchmark table."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True)
class Row:
    """What was measured against what, in the same run; ``ratio`` above 1 is better than the peer or limit."""

    work: str
    measured: str
    against: str
    ratio: float

    def as_line(self) -> str:
        return f"| {self.work} | {self.measured} | {self.against} | {self.ratio:.2f} |"


def beside(work: str, ours: Callable[[], object], peer: str, theirs: Callable[[], object], times: int = 1) -> Row:
    """Both in turn, round by round, in processor time: the middle of the ratios, with the lowest and the highest."""
    ours(), theirs()  # the first of each compiles and opens
    pairs = [(_seconds(ours, times), _seconds(theirs, times)) for _ in range(ROUNDS)]
    ratios = sorted(theirs / ours for ours, theirs in pairs)
    mine, other = (median(pair[side] for pair in pairs) * 1000 / times for side in (0, 1))
    return Row(work, f"{mine:.2f} ms", f"{peer} {other:.2f} ms; {ratios[0]:.2f} to {ratios[-1]:.2f}", median(ratios))


def _seconds(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - began
