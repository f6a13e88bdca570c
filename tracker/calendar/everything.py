"""Everything with a day, in one place for pages and feeds: what is asked for, for whom, and what of it one may see."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, literal_column, or_, true
from sqlmodel import Session, col, func, not_, select

from db.bulk import among
from db.models import Assignment, Call, Deadline, DossierChallenge
from db.queries import CallFilter, Viewer
from db.reach import ANYWHERE, Reach, reach_of
from db.rights import visible
from db.status import standing
from db.vocabulary import DeadlineKind, Nature
from db.vocabulary_calendar import CalendarScope, EntryKind, MilestoneState
from tracker.calendar.activity_days import activity_entries
from tracker.calendar.application_days import payment_entries, task_entries
from tracker.calendar.at_work import FOR_PUBLIC, AtWork, of_organisation, of_person, ours, usable
from tracker.calendar.bodies import body_calendar
from tracker.calendar.body_days import closed_entries, meeting_entries, paper_entries
from tracker.calendar.deadline_days import deadline_days, deadline_entries
from tracker.calendar.entries import Entry, milestone_entries, moment_entries
from tracker.calendar.events import filtered
from tracker.calendar.lobby_days import KINDS, lobby_entries
from tracker.challenges.agenda import below
from tracker.clock import Now

LOBBY = frozenset(KINDS.values())


@dataclass(frozen=True)
class Wanted:
    """What is asked for; nothing asked is everything that a public body can use or that we work on.

    Of what nobody knows who may apply for, what seldom is for a public body and what lands elsewhere than where the
    reader works, only the number is told.
    """

    kinds: frozenset[EntryKind] = frozenset()
    scope: CalendarScope = CalendarScope.USABLE
    person: int | None = None
    participant: str = ""
    calls: CallFilter = field(default_factory=CallFilter)

    @property
    def leaves_out(self) -> bool:
        """Whether calls stand outside only because of who may apply."""
        everybodys = self.person is None and not self.participant and self.scope == CalendarScope.USABLE
        return everybodys and not self.calls.eligible and self.shows(EntryKind.DEADLINE)

    def shows(self, *kinds: EntryKind) -> bool:
        """Whether any of these kinds is asked for; without a choice, all are."""
        return not self.kinds or not self.kinds.isdisjoint(kinds)


@dataclass(frozen=True)
class DatesAsked:
    """Which dates of calls are asked for, as clauses; what we work on, whatever is asked for; and of which calls."""

    where: Sequence[ColumnElement[bool]]
    ours: AtWork
    calls: Sequence[ColumnElement[bool]]
    reach: Reach = ANYWHERE


def dates_asked(session: Session, viewer: Viewer, now: Now, wanted: Wanted) -> DatesAsked:
    """What one page or feed asks of dates, put together once for all of its questions."""
    own, reach = ours(session, viewer), reach_of(viewer, now.today)
    whose, calls = _whose(session, viewer, wanted, own, reach), filtered(session, wanted.calls, now.instant)
    return DatesAsked([*_of_kinds(wanted), whose, *calls], own, calls, reach)


def _of_kinds(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Dates of applying, or of moments; who wants both is asked nothing, which the database would ask of each date."""
    moments = or_(col(Deadline.kind) == DeadlineKind.CONSULTATION, col(Call.nature) == Nature.MOMENT)
    if not wanted.shows(EntryKind.MOMENT):
        yield ~moments
    if not wanted.shows(EntryKind.DEADLINE):
        yield moments


def left_out(session: Session, now: Now, asked: DatesAsked) -> dict[str, int]:
    """How many calls stand outside by who may apply: nobody knows, seldom a public body, or one of another area."""
    counted = select(Call.eligible, func.count()).where(*_outside(session, now, asked)).group_by(col(Call.eligible))
    found = Counter[str]()
    for eligible, many in session.exec(counted):  # by a column of the index: half of what grouping by a rule takes
        found["elsewhere" if eligible in FOR_PUBLIC else eligible] += many
    return dict(found)


def calls_left_out(session: Session, now: Now, asked: DatesAsked, why: str) -> list[Call]:
    """The calls that ``left_out`` counts under one of its words, by title."""
    found = select(Call).where(*_outside(session, now, asked), why == _WHY_OUTSIDE)
    return list(session.exec(found.order_by(col(Call.title), col(Call.id))))


def _outside(session: Session, now: Now, asked: DatesAsked) -> list[ColumnElement[bool]]:
    others: ColumnElement[bool] = not_(among(session, col(Call.id), sorted(asked.ours.calls)))
    return [standing(now.instant), not_(usable(asked.reach)), others, *asked.calls]


# What is for public bodies and yet cannot be used lands elsewhere.
_WHY_OUTSIDE: ColumnElement[str] = case(
    (col(Call.eligible).in_(FOR_PUBLIC), literal_column("'elsewhere'")), else_=col(Call.eligible)
)


def _whose(session: Session, viewer: Viewer, wanted: Wanted, own: AtWork, reach: Reach) -> ColumnElement[bool]:
    if wanted.person is not None:
        return of_person(session, viewer, wanted.person).clause(session)
    if wanted.participant:
        return of_organisation(session, viewer, wanted.participant).clause(session)
    if wanted.scope == CalendarScope.ALL:
        return true()
    mine = own.clause(session)
    if wanted.scope == CalendarScope.OURS:
        return mine
    if wanted.calls.eligible:  # who asks for it by who may apply means those
        return or_(not_(reach.outside), mine) if reach.limits else true()
    return or_(usable(reach), mine)


def given_dates(session: Session, viewer: Viewer, now: Now, since: date, until: date, asked: DatesAsked) -> list[Entry]:
    """Of these dates the ones that were given to somebody who has not ticked them yet."""
    given = select(Assignment.deadline_id).where(
        visible(viewer, Assignment), Assignment.state == MilestoneState.PLANNED
    )
    days = deadline_days(session, now, since, until, [col(Deadline.id).in_(given), *asked.where])
    return deadline_entries(session, viewer, now, days) if days else []


def planned(session: Session, viewer: Viewer, now: Now, since: date, until: date, wanted: Wanted) -> list[Entry]:
    """All else with a day, both days inclusive: what people have to do, and what it stands among."""
    about = session, viewer, now, since, until, wanted
    return [*to_do(*about), *around(*about)]


def to_do(session: Session, viewer: Viewer, now: Now, since: date, until: date, wanted: Wanted) -> list[Entry]:
    """What somebody has to do on these days: steps, applications, the lobby. Nothing else can be late."""
    today, days, listed = now.today, (since, until), list[Entry]()
    if wanted.shows(EntryKind.MILESTONE):
        listed += milestone_entries(session, viewer, today, *days)
    if wanted.shows(EntryKind.APPLICATION):
        listed += task_entries(session, viewer, today, *days)
        listed += payment_entries(session, viewer, today, *days)
    if wanted.shows(*LOBBY):
        listed += lobby_entries(session, viewer, today, *days)
    return _narrowed(session, viewer, now, listed, wanted)


def around(session: Session, viewer: Viewer, now: Now, since: date, until: date, wanted: Wanted) -> list[Entry]:
    """Outside moments, meetings and the days of their papers; and holidays and recess, whatever else is asked for.

    What comes each year stands once in these days, on its first day of them.
    """
    listed = list[Entry]()
    if wanted.shows(EntryKind.MOMENT):
        listed += moment_entries(session, viewer, since, until)
    if wanted.shows(EntryKind.ACTIVITY):
        listed += activity_entries(session, viewer, since, until)
    if wanted.shows(EntryKind.MEETING, EntryKind.PAPERS):
        data = body_calendar(session)
        listed += meeting_entries(data, viewer, since, until)
        listed += paper_entries(data, viewer, now.today, since, until)
    closed = closed_entries(session, viewer, since, until) if wanted.shows(EntryKind.CLOSED) else []
    return [*_narrowed(session, viewer, now, listed, wanted), *closed]


def _narrowed(session: Session, viewer: Viewer, now: Now, entries: list[Entry], wanted: Wanted) -> list[Entry]:
    """Those of the kinds, person, organisation, opgave, words and calls that are asked for."""
    entries = [entry for entry in entries if wanted.shows(entry.kind)]
    if wanted.person is not None:
        entries = [entry for entry in entries if wanted.person in entry.people]
    elif wanted.participant:
        entries = [entry for entry in entries if _is_of(entry, viewer, wanted.participant)]
    if wanted.calls == CallFilter():
        return entries
    calls, opgaven = _calls(session, now, entries, wanted.calls), below(session, wanted.calls.challenges)
    dossiers, words = _dossiers(session, opgaven), wanted.calls.text.casefold().split()
    return [entry for entry in entries if _is_about(entry, calls, dossiers, opgaven, words)]


def _is_of(entry: Entry, viewer: Viewer, participant: str) -> bool:
    """Whether it is that organisation's; what is the whole region's is that of one's own organisation too."""
    table = entry.kind in (EntryKind.MEETING, EntryKind.PAPERS) and not entry.participant
    return entry.participant == participant or ((table or entry.for_region) and participant == viewer.participant_id)


def _calls(session: Session, now: Now, entries: Iterable[Entry], wanted: CallFilter) -> set[int]:
    """Which calls of these entries the filter means."""
    ids = {entry.call_id for entry in entries} - {None}
    query = select(Call.id).where(col(Call.id).in_(ids), *filtered(session, wanted, now.instant))
    return set(session.exec(query)) if ids else set()


def _dossiers(session: Session, opgaven: Collection[str]) -> set[int] | None:
    """Which dossiers serve the opgaven that are asked for; none where none is."""
    if not opgaven:
        return None
    serving = col(DossierChallenge.challenge_id).in_(opgaven)
    return set(session.exec(select(DossierChallenge.dossier_id).where(serving)))


def _is_about(
    entry: Entry, calls: set[int], dossiers: set[int] | None, opgaven: Collection[str], words: list[str]
) -> bool:
    """A step before a date goes by its call; all else by its opgave or those of its dossier, and the words on it."""
    if entry.call_id is not None:
        return entry.call_id in calls
    said = f"{entry.what} {entry.title} {entry.who}".casefold()
    serves = dossiers is None or entry.dossier_id in dossiers or entry.challenge_id in opgaven
    return serves and all(word in said for word in words)
