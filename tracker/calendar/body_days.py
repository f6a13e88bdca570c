"""What bodies bring to the calendar: meetings, the days on which papers for them must be in, holidays and recess."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, select

from db.models import Body, ClosedPeriod
from db.queries import DAYS, PARTICIPANT, Viewer
from db.vocabulary_calendar import EntryKind
from notifications.wording import day as in_words
from tracker.calendar.bodies import BodyCalendar
from tracker.calendar.entries import Entry
from tracker.calendar.meetings import MeetingDay
from tracker.calendar.papers import AHEAD


def bodies_of(data: BodyCalendar, viewer: Viewer) -> list[Body]:
    """The region's tables and those of the viewer's own organisation."""
    return [body for body in data.bodies.values() if body.participant_id in (None, "", viewer.participant_id)]


def meeting_entries(data: BodyCalendar, viewer: Viewer, since: date, until: date) -> list[Entry]:
    """Meetings on their days."""
    return [
        _of_body(EntryKind.MEETING, body, meeting, meeting.day, f"stukken uiterlijk {in_words(meeting.papers_on)}")
        for body in bodies_of(data, viewer)
        for meeting in data.meetings(body.id, since, until)
    ]


def paper_entries(data: BodyCalendar, viewer: Viewer, today: date, since: date, until: date) -> Iterator[Entry]:
    """The last day on which each meeting takes papers; once it is past the entry says so, unless it is only assumed."""
    for body in bodies_of(data, viewer):
        for meeting in data.meetings(body.id, since, until + AHEAD):
            if since <= meeting.papers_on <= until:
                note, past = f"voor {in_words(meeting.day)}", meeting.papers_on < today and not meeting.assumed
                yield _of_body(EntryKind.PAPERS, body, meeting, meeting.papers_on, note, past)


def _of_body(kind: EntryKind, body: Body, meeting: MeetingDay, day: date, note: str, past: bool = False) -> Entry:
    what = "vergadering" if kind == EntryKind.MEETING else "stukken uiterlijk"
    return Entry(
        kind=kind,
        day=day,
        what=what,
        title=body.name,
        href=f"/kalender/vergaderingen/{body.id}",
        note=note,
        rhythm=meeting.assumed,
        past=past,
        anchor=f"{kind}-{body.id}-{meeting.day.isoformat()}",
        participant=body.participant_id or "",
    )


def closed_entries(session: Session, viewer: Viewer, since: date, until: date) -> list[Entry]:
    """Holidays and recess that touch these days: the ground on which all else stands."""
    days = {"since": since, "until": until, "participant": viewer.participant_id or ""}
    rows = session.connection().execute(_CLOSED, days)
    return [
        Entry(
            kind=EntryKind.CLOSED,
            day=row.first_day,
            until=row.last_day,
            what=row.name,
            title="",
            note="voorbeeld" if row.example else "",
        )
        for row in rows
    ]


_PERIOD = col(ClosedPeriod.first_day), col(ClosedPeriod.last_day), col(ClosedPeriod.name), col(ClosedPeriod.example)
_CLOSED = (
    select(*_PERIOD)
    .where(_PERIOD[0] <= DAYS[1], _PERIOD[1] >= DAYS[0])
    .where(col(ClosedPeriod.participant_id).in_(("", PARTICIPANT)))
    .order_by(_PERIOD[0])
)  # said once: putting a question together takes longer than its answer
