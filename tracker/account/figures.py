"""Figures of an account from its rows: counts, sums in euros, and how often a funder said yes. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.vocabulary_account import IN_EUROS, Figure
from db.vocabulary_lobby import ApplicationStage
from tracker.account.facts import Fact
from tracker.applications.cofunding import HitRate, hit_rates


@dataclass(frozen=True)
class Figures:
    """How many of each, what they sum to in euros, and the hit rate where enough was decided to speak of one."""

    counts: Mapping[Figure, int]
    sums: Mapping[Figure, Decimal]
    hits: HitRate | None = None


def figures(rows: Iterable[Fact], seen: int = 0) -> Figures:
    """A call that several organisations judged is one call; ``seen``: of how many calls a source gave notice."""
    by_figure: dict[Figure, list[Fact]] = {figure: [] for figure in Figure}
    for row in rows:
        by_figure[row.figure].append(row)
    counts = {figure: len(found) for figure, found in by_figure.items()}
    counts[Figure.SEEN] = seen
    counts[Figure.JUDGED] = len({row.address for row in by_figure[Figure.JUDGED]})
    sums = {
        figure: sum((row.amount or Decimal(0) for row in by_figure[figure]), Decimal(0))
        for figure in Figure
        if figure in IN_EUROS
    }
    return Figures(counts, sums, hits_of(counts[Figure.WON], counts[Figure.LOST]))


def hits_of(won: int, lost: int) -> HitRate | None:
    """How often a funder said yes, where enough was decided to speak of a rate."""
    cases = [("", ApplicationStage.AWARDED)] * won + [("", ApplicationStage.REJECTED)] * lost
    rated = hit_rates(cases)
    return rated[0] if rated and rated[0].rate is not None else None


def serving(rows: Iterable[Fact], opgaven: Collection[str]) -> list[Fact]:
    """The rows of an opgave and what lies under it."""
    wanted = frozenset(opgaven)
    return [row for row in rows if row.opgaven & wanted]


def by_opgave(rows: Iterable[Fact], above: Mapping[str, Collection[str]]) -> dict[str, list[Fact]]:
    """Opgave -> its rows and those of what lies under it; ``above``: an opgave -> itself and all that it lies under."""
    found: dict[str, list[Fact]] = {}
    for row in rows:
        for opgave in {higher for own in row.opgaven for higher in above.get(own, ())}:
            found.setdefault(opgave, []).append(row)
    return found


def carried_by(rows: Iterable[Fact], participants: Collection[str]) -> list[Fact]:
    """The rows of these participants; what sources name is nobody's."""
    return [row for row in rows if row.carrier in participants]


def without_amount(rows: Sequence[Fact]) -> int:
    """Of how many applications that went in the amount was not written down, or only later."""
    return sum(row.figure == Figure.APPLIED and row.amount is None for row in rows)
