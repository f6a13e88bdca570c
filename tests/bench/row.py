"""One line of the benchmark table: the middle of several ratios of one run, with the lowest and the highest."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 7
FEWEST = 5


@dataclass(frozen=True)
class Row:
    """What was measured against what, in the same run; a higher ratio is better. ``aim``: what it is to reach."""

    work: str
    measured: str
    against: str
    ratio: float
    lowest: float | None = None
    highest: float | None = None
    aim: float | None = 1.0

    def as_line(self) -> str:
        """A line of a table; a ratio that falls short is bold."""
        short = self.aim is not None and self.ratio < self.aim
        ratio = f"**{self.ratio:.2f}**" if short else f"{self.ratio:.2f}"
        spread = f" ({self.lowest:.2f} to {self.highest:.2f})" if self.lowest is not None else " (one run)"
        aim = "" if self.aim is None else f"{self.aim:g}"
        return f"| {self.work} | {self.measured} | {self.against} | {ratio}{spread} | {aim} |"


def of_ratios(work: str, measured: str, against: str, ratios: Iterable[float], aim: float | None = 1.0) -> Row:
    """The row of these ratios."""
    ordered = sorted(ratios)
    return Row(work, measured, against, median(ordered), ordered[0], ordered[-1], aim)


def within(work: str, values: Sequence[float], limit: float, unit: str, note: str = "", aim: float = 1.0) -> Row:
    """What must stay below a limit, measured several times."""
    measured = f"{_plain(median(values))} {unit}{note}"
    return of_ratios(work, measured, f"{limit:g} {unit}", (limit / value for value in values), aim)


def at_least(work: str, values: Sequence[float], limit: float, unit: str) -> Row:
    """What must be above a limit, measured several times."""
    measured = f"{_plain(median(values))}{unit}"
    return of_ratios(work, measured, f"{limit:g}{unit}", (value / limit for value in values))


def beside(
    work: str, ours: Callable[[], object], peer: str, theirs: Callable[[], object], times: int = 1,
    aim: float | None = None,
) -> Row:  # fmt: skip
    """Both in turn, round by round, in processor time: the middle of the ratios, with the lowest and the highest."""
    ours(), theirs()  # the first of each compiles and opens
    pairs = [(seconds(ours, times), seconds(theirs, times)) for _ in range(ROUNDS)]
    mine, other = (_plain(median(pair[side] for pair in pairs) * 1000 / times) for side in (0, 1))
    return of_ratios(work, f"{mine} ms", f"{peer} {other} ms", (theirs / ours for ours, theirs in pairs), aim)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Processor time of doing it so many times."""
    began = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - began


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
