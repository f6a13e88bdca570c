"""Developments of a year from the radar's own data: money by theme, white spots, lead times, and how often we won.

    calls that appeared in the year, with the opgaven they fit -> by theme: number and money, beside four years before
                                                               -> opgaven that nothing fitted: white spots
    of those with a day of publication and of closing          -> days between, by source
    applications that were decided in it, as far as one sees   -> won of decided, as a rate only where enough were

A theme is the top of an agenda. What fits two themes counts for both. A pot that topics of one call share counts once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from db.models import Call, Challenge, Match, Sighting
from db.queries import Viewer, shared_budgets
from db.status import IS_CALL
from notifications.wording import local_day, start_of_day
from tracker.account.facts import Fact, decided
from tracker.account.figures import by_opgave, figures
from tracker.account.report import hit_rate, year_span
from tracker.challenges.agenda import above_all
from tracker.matching import DIGEST_THRESHOLD

YEARS = 5  # beside each other
ENOUGH = 10  # calls of a source from which a median is told


class CallRow(NamedTuple):
    """A call in the year it appeared: the day its source published it, or else the day we first saw it.

    A tuple: five years hold thousands of them, and one is made in a third of the time of a frozen dataclass.
    """

    number: int
    title: str
    day: date
    published: bool
    closes: date | None
    budget: Decimal | None
    pot: str  # whose topics share one budget; empty where it has its own
    source: str
    opgaven: frozenset[str] = frozenset()

    @property
    def days(self) -> int | None:
        """From publication to closing, where both are known."""
        known = self.published and self.closes is not None and self.closes >= self.day
        return (self.closes - self.day).days if known and self.closes else None


@dataclass(frozen=True)
class Lead:
    """Days from publication to closing, of the calls of one source."""

    source: str
    number: int
    shortest: int
    longest: int
    middle: int | None  # none where too few are known


@dataclass(frozen=True)
class Theme:
    """A theme with its numbers by year, and what was decided on applications for it in the year itself."""

    challenge: Challenge
    counts: Mapping[int, int]
    money: Mapping[int, Decimal]
    decided: Sequence[Fact] = ()
    said: str = ""


@dataclass(frozen=True)
class Trends:
    """All that the page of a year tells, with the rows behind it."""

    year: int
    years: Sequence[int]
    themes: Sequence[Theme]
    spots: Sequence[Challenge]
    leads: Sequence[Lead]
    rows: Mapping[int, Sequence[CallRow]]
    decided: Sequence[Fact]
    said: str
    above: Mapping[str, Collection[str]] = field(default_factory=dict)

    def calls(self, year: int, theme: str = "", source: str = "") -> list[CallRow]:
        """The calls that appeared in a year, of a theme or source."""
        found = (row for row in self.rows.get(year, ()) if not source or row.source == source)
        return [row for row in found if not theme or _serves(row.opgaven, theme, self.above)]

    def outcomes(self, theme: str = "") -> list[Fact]:
        """The decisions of the year, on a theme."""
        return [row for row in self.decided if not theme or _serves(row.opgaven, theme, self.above)]

    @property
    def without_budget(self) -> int:
        """Of how many calls of the year no budget is known."""
        return sum(row.budget is None for row in self.rows.get(self.year, ()))


def _serves(opgaven: Iterable[str], theme: str, above: Mapping[str, Collection[str]]) -> bool:
    return any(theme in above.get(own, ()) for own in opgaven)


def trends(session: Session, viewer: Viewer, year: int, today: date) -> Trends:
    """What the year brought, beside the four before it."""
    years = list(range(year - YEARS + 1, year + 1))
    rows, above = _calls(session, years), above_all(session)
    agenda = list(session.exec(select(Challenge).order_by(col(Challenge.agenda_id), col(Challenge.position))))
    agenda = _in_use(agenda, rows)
    span = year_span(year, today, today)
    outcomes = decided(session, viewer, span)
    themes = _themes(agenda, years, rows, outcomes, above)
    told = Trends(
        year, years, themes, _spots(agenda, rows.get(year, [])), leads_of(rows.get(year, [])), rows, outcomes,
        hit_rate(figures(outcomes)), above,
    )  # fmt: skip
    shown = [n for n in years if n == year or told.rows.get(n)]
    return Trends(**{**vars(told), "years": shown})


def _in_use(agenda: Sequence[Challenge], rows: Mapping[int, Sequence[CallRow]]) -> list[Challenge]:
    """The agendas that calls are held against; where nothing was matched yet, all."""
    of = {challenge.id: challenge.agenda_id for challenge in agenda}
    used = {of[own] for of_year in rows.values() for row in of_year for own in row.opgaven if own in of}
    return [challenge for challenge in agenda if not used or challenge.agenda_id in used]


def _calls(session: Session, years: Sequence[int]) -> dict[int, list[CallRow]]:
    shared = {title for title, _ in session.exec(shared_budgets(start_of_day(date(years[0], 1, 1))))}
    fits = _opgaven(session)
    source = select(Sighting.call_id, func.min(Sighting.source)).group_by(col(Sighting.call_id))
    sources = dict(session.exec(source).all())
    found: dict[int, list[CallRow]] = {}
    day_of = cache(local_day)  # sources name and close many at one moment
    told = (Call.id, Call.title, Call.published_on, Call.first_seen, Call.closes_at, Call.budget, Call.call_title)
    query: Any = columns(*(col(each) for each in told)).where(IS_CALL, col(Call.joined_into).is_(None))
    for number, title, published, seen, closes, budget, call_title in session.connection().execute(query).all():
        row = CallRow(
            number, title, published or day_of(seen), published is not None, day_of(closes) if closes else None,
            budget, call_title if call_title in shared else "", sources.get(number, ""), fits.get(number, frozenset()),
        )  # fmt: skip
        if years[0] <= row.day.year <= years[-1]:
            found.setdefault(row.day.year, []).append(row)
    return {year: sorted(rows, key=attrgetter("day", "number")) for year, rows in found.items()}


def _opgaven(session: Session) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    pairs = select(Match.call_id, Match.challenge_id).where(Match.score >= DIGEST_THRESHOLD)
    for call, challenge in session.exec(pairs):
        found.setdefault(call, set()).add(challenge)
    return {call: frozenset(opgaven) for call, opgaven in found.items()}


def amounts(rows: Iterable[CallRow]) -> list[tuple[CallRow, Decimal | None]]:
    """Each row with what it adds to a sum: of a pot that several share only the first one, the others nothing."""
    told: set[str] = set()
    found = []
    for row in rows:
        found.append((row, None if row.pot in told else row.budget))
        if row.pot:
            told.add(row.pot)
    return found


def summed(rows: Iterable[CallRow]) -> Decimal:
    """What is to be divided in them together, EUR."""
    return sum((amount for _, amount in amounts(rows) if amount is not None), Decimal(0))


def _themes(
    agenda: Sequence[Challenge], years: Sequence[int], rows: Mapping[int, Sequence[CallRow]], decided: Sequence[Fact],
    above: Mapping[str, Collection[str]],
) -> list[Theme]:  # fmt: skip
    outcomes, of_theme = by_opgave(decided, above), _by_theme(rows, above)
    found = []
    for top in (challenge for challenge in agenda if challenge.parent_id is None and challenge.name):
        own = {year: of_theme.get((top.id, year), []) for year in years}
        counts = {year: len(of_year) for year, of_year in own.items()}
        money = {year: summed(of_year) for year, of_year in own.items()}
        known = outcomes.get(top.id, [])
        found.append(Theme(top, counts, money, known, hit_rate(figures(known))))
    return found


def _by_theme(
    rows: Mapping[int, Sequence[CallRow]], above: Mapping[str, Collection[str]]
) -> dict[tuple[str, int], list[CallRow]]:
    """The calls of an opgave with all that lies under it in a year, each once and in their order."""
    found: dict[tuple[str, int], list[CallRow]] = {}
    for year, of_year in rows.items():
        for row in of_year:
            for theme in {higher for own in row.opgaven for higher in above.get(own, ())}:
                found.setdefault((theme, year), []).append(row)
    return found


def _spots(agenda: Sequence[Challenge], rows: Sequence[CallRow]) -> list[Challenge]:
    """The opgaven, as fine as the agenda has them, that no call of the year fitted."""
    parents = {challenge.parent_id for challenge in agenda}
    fitted = {own for row in rows for own in row.opgaven}
    return [c for c in agenda if c.name and c.id not in parents and c.id not in fitted]


def leads_of(rows: Iterable[CallRow]) -> list[Lead]:
    """By source, the one with most calls first; the last line is all of them."""
    days: dict[str, list[int]] = {}
    for row in rows:
        if row.days is not None:
            days.setdefault(row.source, []).append(row.days)
    lines = [_lead(source, found) for source, found in days.items()]
    everything = [day for found in days.values() for day in found]
    lines.sort(key=lambda line: (-line.number, line.source))
    return [*lines, _lead("", everything)] if everything else []


def _lead(source: str, days: Sequence[int]) -> Lead:
    middle = round(median(days)) if len(days) >= ENOUGH else None
    return Lead(source, len(days), min(days), max(days), middle)
