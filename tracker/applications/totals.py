"""What is asked, awarded and received over the applications that one may see, by opgave and by participant. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from db.vocabulary_lobby import NOT_YET_IN, ApplicationStage

S = ApplicationStage
OPEN = NOT_YET_IN | {S.SUBMITTED, S.RESERVE}
GIVEN_UP = frozenset({S.REJECTED, S.DROPPED})  # an award that was not taken up is none


@dataclass(frozen=True)
class Sum:
    """EUR of one group of applications, and how many they are."""

    name: str
    count: int = 0
    asked: Decimal = Decimal(0)
    awarded: Decimal = Decimal(0)
    received: Decimal = Decimal(0)


@dataclass(frozen=True)
class Counted:
    """One application as it counts: ``asked`` while no answer came, EUR."""

    groups: tuple[str, ...]
    stage: str
    requested: Decimal | None
    granted: Decimal | None
    received: Decimal = Decimal(0)


def sums(rows: Iterable[Counted]) -> list[Sum]:
    """A row a group, by name; an application of two groups counts in both, so the rows do not add up to a whole."""
    found: dict[str, Sum] = {}
    for row in rows:
        asked = row.requested or Decimal(0) if row.stage in OPEN else Decimal(0)
        granted = row.granted or Decimal(0) if row.stage not in GIVEN_UP else Decimal(0)
        for name in row.groups:
            so_far = found.get(name, Sum(name))
            found[name] = Sum(
                name, so_far.count + 1, so_far.asked + asked, so_far.awarded + granted,
                so_far.received + row.received,
            )  # fmt: skip
    return [found[name] for name in sorted(found)]
