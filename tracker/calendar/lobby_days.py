"""What is open in the lobby, on the calendar and in feeds: the list of *Openstaand*, for who may see each matter."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from db.models import User
from db.queries import Viewer
from db.vocabulary_calendar import EntryKind
from tracker.calendar.entries import Entry
from tracker.lobby.due import lobby_due
from tracker.lobby.worklist import Matter, open_matters

KINDS = {
    "position_review": EntryKind.POSITION,
    "mandate": EntryKind.POSITION,
    "to_confirm": EntryKind.POSITION,
    "commitment": EntryKind.COMMITMENT,
    "follow_up": EntryKind.FOLLOW_UP,
    "sign_off": EntryKind.SIGN_OFF,
    "own_round": EntryKind.SIGN_OFF,
    "moment": EntryKind.MOMENT,
}  # what was decided is news, and nothing to be done on a day
ROUND = "Afstemronde"


def lobby_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """What is open and falls on these days, both inclusive, with the people who have it."""
    ahead = max(until - today, timedelta(0))
    due = [item for item in lobby_due(session, today, ahead, since) if item.kind in KINDS and item.due <= until]
    matters: dict[str, list[Matter]] = {}
    for matter in open_matters(session, viewer, due, today):
        matters.setdefault(_name(matter), []).append(matter)
    return [_entry(name, of_one) for name, of_one in matters.items()]


def _name(matter: Matter) -> str:
    """The same for who asked in a round and who is asked: it is one matter; without its day, so that it can move."""
    kind, _, number = matter.due.key.rpartition(":")[0].partition(":")
    return f"{KINDS[kind]}-{number}" if KINDS[kind] == EntryKind.SIGN_OFF else f"{kind}-{number}"


def _entry(name: str, matters: Sequence[Matter]) -> Entry:
    due, holders = matters[0].due, _holders(matters)
    kind = KINDS[due.kind]
    return Entry(
        kind=kind,
        day=due.due,
        what=ROUND if kind == EntryKind.SIGN_OFF else due.what,
        title=due.about,
        href=due.link,
        who=", ".join(user.name for user in holders),
        overdue=matters[0].late,
        anchor=name.replace(":", "-"),
        people=tuple(user.id for user in holders),
        participant=due.owned.participant_id if due.owned else "",
        dossier_id=due.dossier_id,
        version=due.version,
    )


def _holders(matters: Iterable[Matter]) -> list[User]:
    return list({user.id: user for matter in matters for user in matter.people}.values())
