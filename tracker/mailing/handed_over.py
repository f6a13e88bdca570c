"""What a colleague handed over: told once to who got it, in the mail of the next working day, also where it is late."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import Session, col, select

from db.models import AuditEntry, User
from db.vocabulary_audit import Action
from notifications.due_today import AgendaLine
from notifications.wording import short_day
from tracker.clock import Now
from tracker.lobby.due import LobbyDue, lobby_due
from tracker.lobby.giving import audited_as, held_by, holder_of
from tracker.lobby.worklist import AHEAD
from tracker.mailing.periods import LOOK_BACK

WHY = "U krijgt dit omdat een collega dit aan u overdroeg."


def handed_over(session: Session, now: Now) -> Iterator[tuple[AuditEntry, LobbyDue, AgendaLine]]:
    """What was given of late to who has it now, and is still open: by which deed, what, and the line that tells it.

    Nothing that somebody took over by their own hand. The line names what it is, with whom and until when.
    """
    deeds = _deeds(session, now)
    for item in lobby_due(session, now.today, AHEAD) if deeds else ():
        held = held_by(item)
        deed = deeds.get(audited_as(held)) if held is not None else None
        if held is None or deed is None or item.replacing or item.user_id != holder_of(held):
            continue
        giver = session.get(User, int(deed.actor.removeprefix("user ")))
        if giver is not None and giver.id != item.user_id:
            what = f"{giver.name} droeg aan u over: {item.title}, uiterlijk {short_day(item.due)}"
            yield deed, item, AgendaLine(now.today, what, "", item.link, why=WHY)


def _deeds(session: Session, now: Now) -> dict[str, AuditEntry]:
    """What was given in the days that a mail looks back on, each by its last giving."""
    since = now.instant - LOOK_BACK - timedelta(days=1)
    given = select(AuditEntry).where(
        AuditEntry.at > since, AuditEntry.action == Action.OPEN_MATTER_GIVEN, col(AuditEntry.actor).startswith("user ")
    )
    return {deed.object: deed for deed in session.exec(given.order_by(col(AuditEntry.id)))}
