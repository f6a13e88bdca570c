"""Mail about what is broken: once when it begins and once when it is over, to who can decide, naming the calls.

What is mailed, to whom and in which words stands on one table, tracker/watch/kinds.py. A person who was not told that
it began is not told that it is over.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Alert, Call, Delivery, Sighting, User
from db.queries import newest_crawls
from db.rights import RANK
from db.session import reading
from db.vocabulary import UNTOLD_STATES, DeadlineKind, DeliveryState, MailKind, Role
from notifications import outbox, wording
from notifications.alerts import end_alert, raise_alert, recent_alerts
from notifications.call_card import FIELD_NAMES
from notifications.claims import URGENT_LANE
from notifications.letter import AlertLine
from notifications.message import Addressee
from notifications.outbox import QUEUED, Mail, address_hash, silent_addresses
from tracker.calls.floods import release_due
from tracker.mailing.planning_run import PlanningRun
from tracker.sources.alerts import DIFFERENT, HELD, SHRUNK, note_held
from tracker.watch.kinds import TroubleKind, kind_of, what_of

UNMATCHED = "unmatched"
LANE = 4
MOST_NAMED = 20
LIFE = timedelta(days=2)


@dataclass(frozen=True)
class AlertMail:
    """One mail that is due: the alert, whether it is over, and to whom."""

    alert: Alert
    over: bool
    to: Addressee

    @property
    def key(self) -> str:
        """Unique by alert, person, and whether it is over."""
        return keys_of(self.alert, self.over, self.to.user_id)[0]


def keys_of(alert: Alert, over: bool, user: int) -> tuple[str, str]:
    """The key of a mail in the outbox, and the one it had in version 1.0.

    An alert's number comes back after a restore, for another alert; when it began does not. Under the number alone,
    what machines sent before the restore (sent_before.py) would be taken for a mail that never left.
    """
    what, begin = "over" if over else "began", alert.since.astimezone(UTC)
    return f"alert:{alert.id}:{begin:%Y%m%dT%H%M%SZ}:{what}:{user}", f"alert:{alert.id}:{what}:{user}"


def held_lines(session: Session, source: str) -> tuple[AlertLine, ...]:
    """The held calls of a source, at most twenty, and how many more."""
    of_source = col(Call.id).in_(select(Sighting.call_id).where(Sighting.source == source))
    held = session.exec(select(Call).where(col(Call.held), of_source).order_by(col(Call.id))).all()
    lines = [AlertLine(call.title, call.held_why.rstrip("."), f"/regelingen/{call.id}") for call in held[:MOST_NAMED]]
    more = len(held) - len(lines)
    return (*lines, AlertLine(f"en nog {more} andere")) if more else tuple(lines)


def lost_lines(session: Session, source: str) -> tuple[AlertLine, ...]:
    """The fields that the source no longer names."""
    newest = newest_crawls(session).get(source)
    return tuple(AlertLine(_field(name), name) for name in (newest.lost if newest else ()))


def size_lines(session: Session, source: str) -> tuple[AlertLine, ...]:
    """How many calls the source showed, and how many were expected."""
    newest = newest_crawls(session).get(source)
    return (AlertLine(f"{newest.seen} gezien, {newest.expected} verwacht"),) if newest else ()


def note_unmatched(session: Session, unmatched: int, now: datetime) -> None:
    """Note that digests were planned though so many calls were unmatched; with none, that this is over."""
    if unmatched:
        count = wording.count(unmatched, "regeling", "regelingen")
        line = f"overzichten gepland zonder {count}: nog niet met de opgaven vergeleken"
        raise_alert(session, UNMATCHED, line, now)
    else:
        end_alert(session, UNMATCHED, now)


def _field(name: str) -> str:
    return DeadlineKind(name).label if name in set(DeadlineKind) else FIELD_NAMES.get(name, name)


NAMED: dict[str, Callable[[Session, str], tuple[AlertLine, ...]]] = {
    HELD: held_lines,
    DIFFERENT: lost_lines,
    SHRUNK: size_lines,
}  # what a mail names; of the others the alert's own line


def plan_alerts(run: PlanningRun, ours_only: bool = False) -> int:
    """Let go what waited long enough, and put in the outbox what began or ended; return how many mails are new.

    ``ours_only``: only of our own troubles, while the time is in doubt; then nothing is let go.
    """
    if not ours_only:
        _release_held(run)
    with reading(run.engine) as session:
        due, moot = _due(session, run.now, ours_only)
        mails = [_mail(run, session, each) for each in due]
    if not (mails or moot):
        return 0
    with run.writing() as session:
        outbox.withdraw(session, moot, "it is over", run.now)
        return run.put(session, mails)


def _release_held(run: PlanningRun) -> None:
    with run.writing() as session:
        release_due(session, run.now)
        for alert, _ in _alerts(session, run.now):
            kind, _, source = alert.key.partition(":")
            if kind == HELD and alert.ended_at is None:
                note_held(session, source, run.now)


def _alerts(session: Session, now: datetime) -> list[tuple[Alert, TroubleKind]]:
    """Those whose kind is mailed, and that stand or ended not long ago."""
    return [(alert, kind) for alert in recent_alerts(session, now) if (kind := kind_of(alert.key)) is not None]


def _due(session: Session, now: datetime, ours_only: bool) -> tuple[list[AlertMail], list[int]]:
    """The mails that are due, and the queued ones about what is over meanwhile."""
    alerts = [(alert, kind) for alert, kind in _alerts(session, now) if kind.urgent or not ours_only]
    planned = {mail.key: mail for mail in session.exec(select(Delivery).where(Delivery.kind == MailKind.ALERT))}
    due: list[AlertMail] = []
    moot: list[int] = []
    for alert, kind in alerts:
        for to in _people(session, kind.role, now):
            began = _planned(planned, alert, False, to.user_id)
            if alert.ended_at is None:
                due += [AlertMail(alert, False, to)] if began is None else []
            elif began is not None and DeliveryState(began.state) in QUEUED:
                moot += [] if kind.late else [began.id]
            elif began is not None and began.state not in UNTOLD_STATES:
                due += [AlertMail(alert, True, to)] if _planned(planned, alert, True, to.user_id) is None else []
    return due, moot


def _planned(mails: Mapping[str, Delivery], alert: Alert, over: bool, user: int) -> Delivery | None:
    return next((mails[key] for key in keys_of(alert, over, user) if key in mails), None)


def _people(session: Session, role: Role, now: datetime) -> Iterator[Addressee]:
    """Who has that role or a higher one, and whose address takes mail."""
    silent = silent_addresses(session, now)
    for user in session.exec(select(User).where(col(User.deactivated_at).is_(None)).order_by(col(User.id))):
        if RANK[Role(user.role)] >= RANK[role] and address_hash(user.email) not in silent:
            yield Addressee(user.id, user.name, user.email)


def _mail(run: PlanningRun, session: Session, due: AlertMail) -> Mail:
    kind, what = kind_of(due.alert.key), what_of(due.alert.key)
    assert kind is not None
    subject = kind.over_with(what) if due.over else kind.began_with(what)
    explanation = "U hoeft niets meer te doen." if due.over else kind.explanation
    named = NAMED.get(kind.name)
    lines = () if due.over else named(session, what) if named else (AlertLine(due.alert.line),)
    letter = run.writer.alert(subject, explanation, lines, kind.page_of(what), due.to)
    lane = URGENT_LANE if kind.urgent else LANE
    return Mail.of(letter, due.to, due.key, MailKind.ALERT, run.now, run.now + LIFE, lane=lane)
