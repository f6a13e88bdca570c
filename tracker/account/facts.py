"""The rows behind the figures of an account, as far as its reader may see them and as they were known on a day.

All but those of calls that sources named: see ``seen``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from db.models import (
    Application,
    Call,
    Cofunding,
    Commitment,
    Dossier,
    DossierChallenge,
    Instalment,
    LogEntry,
    Match,
    Outcome,
    Verdict,
)
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_account import Figure
from db.vocabulary_lobby import ApplicationStage, CommitmentState, LogKind
from notifications.wording import local_day, start_of_day
from tracker.matching import DIGEST_THRESHOLD

S = ApplicationStage
ORDER = {figure: place for place, figure in enumerate(Figure)}
ASKED = "Gevraagd: "  # begins the line in which an application's amount is logged
DECIDED = (Figure.WON, Figure.LOST)
RESULTS = {CommitmentState.KEPT: Figure.KEPT, CommitmentState.BROKEN: Figure.BROKEN}


class Fact(NamedTuple):
    """One row that a figure counts. ``carrier``: the participant whose it is, none of a call. ``amount``: EUR.

    A tuple, as there are thousands of calls seen: one is made in a third of the time of a frozen dataclass.
    """

    figure: Figure
    what: str
    day: date
    address: str
    carrier: str = ""
    opgaven: frozenset[str] = frozenset()
    amount: Decimal | None = None


@dataclass(frozen=True)
class Span:
    """Calendar days from and to which things happened, in Amsterdam; only what was written down by ``known_on``."""

    first: date
    last: date
    known_on: date
    today: date

    @property
    def limit(self) -> datetime:
        """The instant before which a thing must have been written down."""
        return start_of_day(self.known_on + timedelta(days=1))

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """From which instant until before which what was seen counts."""
        return start_of_day(self.first), min(start_of_day(self.last + timedelta(days=1)), self.limit)

    @property
    def looks_back(self) -> bool:
        """Whether it asks for less than is known now."""
        return self.known_on < self.today

    @property
    def whole_years(self) -> bool:
        """Whether it is one calendar year, or several."""
        return (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31)

    def holds_money_of(self, year: int, agreed: date | None) -> bool:
        """Whether own money for a budget year counts: by that year, and in a part of a year by the day of the yes."""
        if self.whole_years:
            return self.first.year <= year <= self.last.year
        return agreed is not None and self.first <= agreed <= self.last

    def holds(self, day: date | None, written: datetime | None) -> bool:
        """Whether it counts; of what carries no moment of writing nobody can say that it was known before."""
        known = not self.looks_back if written is None else written < self.limit
        return day is not None and self.first <= day <= self.last and known


class Ledger:
    """What a viewer may see of all that an account counts, examples left out: read once for all spans of a page."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.session, self.viewer = session, viewer

    def visible(self, model: Any, *conditions: Any) -> list[Any]:
        """Rows of a kind that the viewer may see."""
        return list(self.session.exec(select(model).where(visible(self.viewer, model), *conditions)))

    @cached_property
    def dossiers(self) -> dict[int, Dossier]:
        """By number."""
        return {dossier.id: dossier for dossier in self.visible(Dossier, col(Dossier.example).is_(False))}

    @cached_property
    def opgaven(self) -> dict[int, frozenset[str]]:
        """Those of each dossier."""
        return _grouped(self.session.exec(select(DossierChallenge.dossier_id, DossierChallenge.challenge_id)))

    @cached_property
    def verdicts(self) -> list[tuple[Verdict, str]]:
        """In the order of their moments, each with the title of its call."""
        rows = select(Verdict, Call.title).where(Verdict.call_id == Call.id, visible(self.viewer, Verdict))
        return list(self.session.exec(rows.order_by(col(Verdict.at), col(Verdict.id))))

    @cached_property
    def fits(self) -> dict[int, frozenset[str]]:
        """Which opgaven the calls with a verdict fit."""
        return _grouped(self.session.connection().execute(fitting({verdict.call_id for verdict, _ in self.verdicts})))

    @cached_property
    def written(self) -> "_Written":
        """When steps and amounts were written down."""
        return _written(self.session)

    @cached_property
    def applications(self) -> dict[int, Application]:
        """By dossier, where that may be seen, too."""
        return {row.dossier_id: row for row in self.visible(Application) if row.dossier_id in self.dossiers}

    @cached_property
    def instalments(self) -> list[Instalment]:
        """What was received, of whatever application."""
        return list(self.session.exec(select(Instalment).where(col(Instalment.received).is_not(None))))

    @cached_property
    def promised(self) -> list[Cofunding]:
        """Own money that was agreed to."""
        return self.visible(Cofunding, col(Cofunding.agreed_on).is_not(None))

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What came of a lobby."""
        return self.visible(Outcome)

    @cached_property
    def settled(self) -> list[Commitment]:
        """Promises that were kept or broken."""
        return self.visible(Commitment, col(Commitment.state).in_(list(RESULTS)))


def facts(ledger: Ledger, span: Span) -> list[Fact]:
    """Every row of the span."""
    parts = (_judged, _of_applications, _outcomes, _promises)
    return _sorted([fact for part in parts for fact in part(ledger, span)])


def decided(session: Session, viewer: Viewer, span: Span) -> list[Fact]:
    """Of those rows the ones of applications on which a funder said yes or no."""
    return _sorted([fact for fact in _of_applications(Ledger(session, viewer), span) if fact.figure in DECIDED])


def fitting(calls: Any = None) -> Select[int, str]:
    """A call and an opgave that it fits, as matched now; ``calls``: only these."""
    pairs = columns(col(Match.call_id), col(Match.challenge_id)).where(col(Match.score) >= DIGEST_THRESHOLD)
    return pairs if calls is None else pairs.where(col(Match.call_id).in_(calls))


def _sorted(found: list[Fact]) -> list[Fact]:
    return sorted(found, key=lambda fact: (ORDER[fact.figure], fact.day, fact.what, fact.carrier))


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _judged(ledger: Ledger, span: Span) -> Iterator[Fact]:
    """Calls with a verdict that stood; a word on a call as a whole counts for each opgave that the call fits."""
    rows = [
        (verdict, title)
        for verdict, title in ledger.verdicts
        if span.holds(local_day(verdict.at), verdict.at)
        and (verdict.undone_at is None or verdict.undone_at >= span.limit)
    ]
    opgaven: dict[tuple[int, str], frozenset[str]] = {}
    first: dict[tuple[int, str], tuple[str, date]] = {}
    for verdict, title in rows:
        key = (verdict.call_id, verdict.participant_id)
        of_call = ledger.fits.get(verdict.call_id, frozenset())
        fits = frozenset({verdict.challenge_id}) if verdict.challenge_id else of_call
        opgaven[key] = opgaven.get(key, frozenset()) | fits
        first.setdefault(key, (title, local_day(verdict.at)))
    for (call, carrier), (title, day) in first.items():
        yield Fact(Figure.JUDGED, title, day, f"/regelingen/{call}", carrier, opgaven[call, carrier])


@dataclass(frozen=True)
class _Written:
    """When steps of applications and their amounts were last written down: dossier -> moment."""

    steps: Mapping[tuple[int, str | None], datetime]
    amounts: Mapping[int, datetime]


def _written(session: Session) -> _Written:
    newest = func.max(LogEntry.at)
    moved = select(LogEntry.dossier_id, LogEntry.to_stage, newest).where(LogEntry.kind == LogKind.MOVED)
    steps = session.exec(moved.group_by(col(LogEntry.dossier_id), col(LogEntry.to_stage)))
    asked = select(LogEntry.dossier_id, newest).where(
        LogEntry.kind == LogKind.MONEY, col(LogEntry.text).startswith(ASKED)
    )
    amounts = session.exec(asked.group_by(col(LogEntry.dossier_id)))
    return _Written({(dossier, stage): at for dossier, stage, at in steps}, dict(amounts.all()))


def _of_applications(ledger: Ledger, span: Span) -> Iterator[Fact]:
    dossiers, opgaven, written, shown = ledger.dossiers, ledger.opgaven, ledger.written, ledger.applications
    carriers = {number: row.lead_id or dossiers[number].participant_id for number, row in shown.items()}

    def fact(figure: Figure, number: int, day: date | None, amount: Decimal | None, carrier: str = "") -> Fact:
        assert day is not None
        whose, fits = carrier or carriers[number], opgaven.get(number, frozenset())
        return Fact(figure, dossiers[number].title, day, f"/aanvragen/{number}", whose, fits, amount)

    for number, row in shown.items():
        if span.holds(row.submitted_on, written.steps.get((number, S.SUBMITTED))):
            later = span.looks_back and written.amounts.get(number, span.limit) >= span.limit
            yield fact(Figure.APPLIED, number, row.submitted_on, None if later else row.requested)
        if row.granted is not None and span.holds(row.decided_on, written.steps.get((number, S.AWARDED))):
            yield fact(Figure.WON, number, row.decided_on, row.granted)
        rejected = dossiers[number].stage == S.REJECTED
        if rejected and span.holds(row.decided_on, written.steps.get((number, S.REJECTED))):
            yield fact(Figure.LOST, number, row.decided_on, None)
    for paid in ledger.instalments:
        if paid.dossier_id in shown and span.holds(paid.received_on, paid.recorded_at):
            yield fact(Figure.RECEIVED, paid.dossier_id, paid.received_on, paid.received)
    for own in ledger.promised:
        agreed = own.agreed_on and own.agreed_on <= span.known_on
        if own.dossier_id in shown and agreed and span.holds_money_of(own.year, own.agreed_on):
            yield fact(Figure.OWN_MONEY, own.dossier_id, own.agreed_on, own.amount, own.participant_id)


def _outcomes(ledger: Ledger, span: Span) -> Iterator[Fact]:
    dossiers, opgaven = ledger.dossiers, ledger.opgaven
    for row in ledger.outcomes:
        if row.dossier_id in dossiers and span.holds(row.day, row.recorded_at):
            carrier, fits = dossiers[row.dossier_id].participant_id, opgaven.get(row.dossier_id, frozenset())
            yield Fact(Figure(row.result), row.request, row.day, f"/dossiers/{row.dossier_id}", carrier, fits)


def _promises(ledger: Ledger, span: Span) -> Iterator[Fact]:
    dossiers, opgaven = ledger.dossiers, ledger.opgaven
    for row in ledger.settled:
        day = local_day(row.closed_at) if row.closed_at else None
        hangs_well = row.dossier_id is None or row.dossier_id in dossiers
        if hangs_well and day and span.holds(day, row.closed_at):
            address = f"/contacten/{row.contact_id}" if row.contact_id else f"/dossiers/{row.dossier_id}"
            fits = opgaven.get(row.dossier_id or 0, frozenset())
            yield Fact(RESULTS[CommitmentState(row.state)], row.text, day, address, row.participant_id, fits)
