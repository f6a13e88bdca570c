"""Reminders of the lobby: the outbox of all mail, one mail a thing and distance: what, with which office, by when."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import Delivery
from db.session import reading
from db.vocabulary import MailKind
from notifications import outbox
from notifications.message import Addressee
from notifications.outbox import QUEUED, Mail
from tracker.clock import Now
from tracker.lobby.due import DISTANCES, LobbyDue, lobby_due
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.reminders import LANE, people_to_remind

PREFIX = "lobby:"


def distance_due(item: LobbyDue, now: Now) -> int | None:
    """The nearest distance whose moment, 07:30 local, came in the last seven days and after the thing was known.

    Of several that were missed only the nearest is told, with the true days left; after the day itself none is.
    """
    if item.due < now.today:
        return None
    passed = [
        d for d in DISTANCES[item.kind] if now.instant - LOOK_BACK < at_half_past_seven(_day(item, d)) <= now.instant
    ]
    return min((distance for distance in passed if _day(item, distance) > item.since), default=None)


def _day(item: LobbyDue, distance: int) -> date:
    return item.due - timedelta(days=distance)


def plan_lobby_reminders(run: PlanningRun) -> int:
    """Put what is due in the outbox, withdraw what is done or moved; return how many are new."""
    with reading(run.engine) as session:
        items = lobby_due(session, run.today)
        people = people_to_remind(session, run.now)
        moot = _moot(session, items)
    mails = [
        _mail(run, item, distance, people[item.user_id])
        for item in items
        if item.user_id in people and (distance := distance_due(item, Now(run.now))) is not None
    ]
    if not (mails or moot):
        return 0
    with run.writing() as session:
        outbox.withdraw(session, moot, "it is done, off or moved", run.now)
        return run.put(session, mails)


def _key(item: LobbyDue) -> str:
    return f"{PREFIX}{item.user_id}:{item.key}:"


def _mail(run: PlanningRun, item: LobbyDue, distance: int, to: Addressee) -> Mail:
    letter = run.writer.lobby_due(item.title, item.due, item.link, to, item.why)
    expires_at = at_half_past_seven(item.due + timedelta(days=1))
    return Mail.of(letter, to, f"{_key(item)}{distance}", MailKind.REMINDER, run.now, expires_at, lane=LANE)


def _moot(session: Session, items: list[LobbyDue]) -> list[int]:
    """Queued mails about what is no longer due for that person on that day."""
    still_due = {_key(item) for item in items}
    queued = select(Delivery).where(col(Delivery.key).startswith(PREFIX), col(Delivery.state).in_(QUEUED))
    return [mail.id for mail in session.exec(queued) if mail.key.rpartition(":")[0] + ":" not in still_due]
