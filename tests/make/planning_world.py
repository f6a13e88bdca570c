"""A small world for the calendar's tests: participants with bodies, people, and a call with deadlines."""

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from db.models import Call, Deadline, User
from db.vocabulary import DeadlineKind, Role
from scrapers.listing import DOOR_KINDS
from tests.make.pages import make_participant, make_user
from tracker.calendar.load_bodies import load_bodies

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BRUSSELS_17 = datetime(2027, 3, 30, 15, 0, tzinfo=UTC)  # two days after the clocks went forward


def settle_world(session: Session) -> dict[str, User]:
    """Two participants with their bodies, the MRA's tables, holidays, and four people."""
    make_participant(session, "amsterdam", "Amsterdam")
    make_participant(session, "haarlem", "Haarlem")
    load_bodies(session)
    return {
        "coordinator": make_user(session, NOW, Role.COORDINATOR),
        "fundraiser": make_user(session, NOW, Role.FUNDRAISER),
        "reader": make_user(session, NOW, Role.READER),
        "haarlem": make_user(session, NOW, Role.FUNDRAISER, "haarlem"),
    }


def add_call(session: Session, title: str = "Warmte in de wijk", **fields: object) -> Call:
    """A call that a gemeente can apply for, without dates."""
    usual = {
        "eligible": "self",
        "language": "nl",
        "url": "https://bron.example/1",
        "publisher": "RVO",
        "first_seen": NOW,
        "last_seen": NOW,
    }
    call = Call(**{"title": title, **usual, **fields})
    session.add(call)
    session.flush()
    return call


def add_deadline(session: Session, call: Call, at: datetime | None = None, **fields: object) -> Deadline:
    """A closing of a call: a moment, or with ``day`` a bare day."""
    usual = {
        "kind": DeadlineKind.CLOSES,
        "modified_at": NOW,
        "zone": "Europe/Brussels",
        "day": at.date() if at else None,
    }
    last = at or datetime.combine(fields.get("day") or date(2027, 1, 1), datetime.min.time(), UTC)  # type: ignore[arg-type]
    gate = last + timedelta(days=not at) if fields.get("kind", "closes") in DOOR_KINDS else None
    row = Deadline(**{"call_id": call.id, "at": at, "gate_at": gate, **usual, **fields})
    session.add(row)
    call.first_gate_at = min(call.first_gate_at or last, last)
    call.closes_at = max(call.closes_at or last, last)
    session.flush()
    return row
