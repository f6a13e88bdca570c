"""An entry of the calendar page as an event for calendar programs: the same words, a whole day, a name of its own."""

from datetime import UTC, datetime, time

from db.vocabulary_calendar import EntryKind, MilestoneState
from notifications.ical import Event, uid_of
from tracker.calendar.entries import NO_DAY, Entry
from tracker.calendar.meetings import BY_RHYTHM
from tracker.clock import Now

# What was typed of a talk leaves to no calendar program: the kind and the day do, with a link to the rest.
UNSAID = frozenset({EntryKind.FOLLOW_UP, EntryKind.COMMITMENT})


def entry_event(entry: Entry, base_url: str, now: Now) -> Event:
    """It counts as changed at the last midnight in UTC; its sequence, which programs go by, grows with its row."""
    address = base_url.rstrip("/") + entry.href
    about = [
        f"{entry.note[:1].upper()}{entry.note[1:]}." if entry.note else "",
        f"Door {entry.who}." if entry.who else "",
        "Gedaan." if entry.state == MilestoneState.DONE else "",
        "Aangenomen ritme: de dag is niet nagekeken." if entry.rhythm else "",
        f"In Kansenradar: {address}" if entry.href else "",
    ]
    what = f"{entry.what[:1].upper()}{entry.what[1:]}"
    unsure = BY_RHYTHM if entry.rhythm else f" ({NO_DAY})" if entry.unknown_day else ""
    return Event(
        uid=uid_of(entry.anchor, base_url),
        summary=f"{what if entry.kind in UNSAID else f'{what}: {entry.title}'}{unsure}",
        start=entry.day,
        modified_at=datetime.combine(now.instant.date(), time(), UTC),
        sequence=entry.version,
        description="\n".join(filter(None, about)),
        url=address if entry.href else "",
        category=entry.kind.label,
        cancelled=entry.kind == EntryKind.ACTIVITY and entry.off,
    )
