"""Activities of the network on the calendar and in feeds: one's own and those shared with the region, on each day."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import NetworkActivity
from db.queries import DAYS, Viewer
from db.rights import MADE, visible
from db.vocabulary import Visibility
from db.vocabulary_calendar import EntryKind
from db.vocabulary_network import ActivityKind
from notifications.wording import short_day
from tracker.calendar.entries import Entry

EACH_DAY = 7  # one that lasts longer stands on its first and last day


def activity_entries(session: Session, viewer: Viewer, since: date, until: date) -> list[Entry]:
    """What touches these days, both inclusive; what is off stands there struck out."""
    rows = session.exec(_touching(viewer), params={"since": since, "until": until})
    return [entry for row in rows for entry in _entries(row) if since <= entry.day <= until]


@lru_cache(maxsize=MADE)
def _touching(viewer: Viewer) -> SelectOfScalar[NetworkActivity]:
    last, (since, until) = func.coalesce(NetworkActivity.last_day, NetworkActivity.day), DAYS
    seen = visible(viewer, NetworkActivity), last >= since, col(NetworkActivity.day) <= until
    return select(NetworkActivity).where(*seen).order_by(col(NetworkActivity.day), col(NetworkActivity.id))


def _entries(row: NetworkActivity) -> Iterator[Entry]:
    days = days_of(row.day, row.last_day)
    for number, day in enumerate(days):
        yield Entry(
            kind=EntryKind.ACTIVITY,
            day=day,
            what=ActivityKind(row.kind).label,
            title=row.title,
            href=f"/netwerk/activiteiten/{row.id}",
            note=_note(row),
            cancelled=row.off_at is not None,
            ended="gaat niet door" if row.off_at else "",
            was=row.was_on if number == 0 else None,
            anchor=f"activiteit-{row.id}" + (f"-{number}" if number else ""),
            people=(row.added_by,),
            participant=row.participant_id,
            for_region=row.visibility != Visibility.OWN,
            challenge_id=row.challenge_id,
            version=row.version,
        )


def days_of(first: date, last: date | None) -> list[date]:
    """The days on which it stands."""
    if last is None or last <= first:
        return [first]
    if (last - first).days >= EACH_DAY:
        return [first, last]
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _note(row: NetworkActivity) -> str:
    lasts = f"{short_day(row.day)} t/m {short_day(row.last_day)}" if row.last_day and row.last_day > row.day else ""
    return ", ".join(filter(None, (row.place, row.subregion, lasts)))
