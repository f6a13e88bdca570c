"""One line of the benchmark table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured against what, in the same run; ``ratio`` above 1 is better than the peer or limit."""

    work: str
    measured: str
    against: str
    ratio: float

    def as_line(self) -> str:
        return f"| {self.work} | {self.measured} | {self.against} | {self.ratio:.2f} |"
