"""People and what they asked for: add a person, subscribe, leave. Every door calls these."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, select

from db.models import REMINDER_DAYS, Challenge, Delivery, Participant, Subscription, User
from db.queries import USER, CallFilter
from db.vocabulary import WAITING_STATES, Cadence, MailKind, Role
from notifications import outbox
from notifications.message import one_line
from tracker.clock import Now
from tracker.errors import NotPossible
from tracker.people.participants import takes_part

FARTHEST = 365


def folded(address: str) -> str:
    """Addresses compare in NFC and lower case."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def normal_address(email: str) -> str:
    """One spelling for one mailbox: NFC, lower case, checked. Raises NotPossible."""
    try:
        plain = unicodedata.normalize("NFC", email.strip())
        address = validate_email(plain, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotPossible(f"{email!r} is no mail address: {error}") from error
    return address.normalized.lower()


# Calls told in full in one mail, unless a person chose a number; a fundraiser judges about that many with care.
MOST_IN_FULL = {Cadence.WEEK: 6, Cadence.DAY: 3, Cadence.URGENT: 6}


def add_user(session: Session, email: str, name: str, role: Role, participant: str, now: Now) -> User:
    """A new person. Raises NotPossible when the address is known, or the participant is not or not on that day."""
    address, called = normal_address(email), one_line(name, 200)
    if not called:
        raise NotPossible("a person needs a name")
    home = session.get(Participant, participant)
    if home is None:
        there = ", ".join(session.exec(select(Participant.id).order_by(col(Participant.id))))
        raise NotPossible(
            f"no participant {participant!r}; there are {there}" if there else "no participants; run 'init'"
        )
    if not takes_part(home, now.today):
        heir = f"; it is part of {home.merged_into!r} now" if home.merged_into else ""
        raise NotPossible(f"{home.name} is no participant on {now.today}{heir}")
    if session.exec(select(User).where(User.email == address)).first() is not None:
        raise NotPossible(f"{address} is there already")
    user = User(email=address, name=called, role=role.value, participant_id=participant, created_at=now.instant)
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, email: str) -> User:
    """A person by address. Raises NotPossible."""
    user = session.exec(select(User).where(User.email == normal_address(email))).first()
    if user is None or user.deactivated_at is not None:
        raise NotPossible(f"no user {email}; add one with 'user add'")
    return user


def gets_digests(session: Session, user_id: int) -> bool:
    """Whether any subscription of this person runs."""
    return session.exec(_RUNNING, params={"user": user_id}).first() is not None


_RUNNING = select(Subscription.id).where(Subscription.user_id == USER, col(Subscription.ended_at).is_(None)).limit(1)


def subscribe(
    session: Session, user: User, opgaven: tuple[str, ...], every: Cadence, now: datetime,
    weekday: int = 0, most: int | None = None, nothing_new: bool | None = None, name: str = "",
) -> tuple[Subscription, bool]:  # fmt: skip
    """A subscription on these opgaven (none: all), and whether it is new: asking twice gives one.

    ``most`` and ``nothing_new`` also change one that is there; None leaves them (a new one: 6 a week or 3 a day, no).
    """
    unknown = [subscription for subscription in opgaven if session.get(Challenge, subscription) is None]
    if unknown:
        raise NotPossible(f"no opgave {unknown[0]!r}")
    stored_filter = CallFilter(challenges=tuple(sorted(opgaven))).model_dump(mode="json", exclude_defaults=True)
    active = select(Subscription).where(Subscription.user_id == user.id, col(Subscription.ended_at).is_(None))
    for subscription in session.exec(active.where(Subscription.every == every)):
        if subscription.filter == stored_filter and subscription.weekday == weekday:
            subscription.most = subscription.most if most is None else most
            subscription.nothing_new = subscription.nothing_new if nothing_new is None else nothing_new
            write_anew(session, subscription, now)
            return subscription, False
    subscription = Subscription(
        user_id=user.id, participant_id=user.participant_id, filter=stored_filter, every=every.value, weekday=weekday,
        most=MOST_IN_FULL[every] if most is None else most, nothing_new=bool(nothing_new), name=name, created_at=now,
    )  # fmt: skip
    session.add(subscription)
    session.flush()
    return subscription, True


def write_anew(session: Session, changed: Subscription, now: datetime) -> None:
    """Take back the digests for this subscription that certainly never left: it asks for something else now."""
    queued = _waiting(session, changed.user_id, [MailKind.DIGEST])
    outbox.take_back(session, [mail.id for mail in queued if changed.id in mail.subscriptions], now)


def leave(session: Session, user_id: int, subscriptions: tuple[int, ...] | None, now: datetime) -> int:
    """End these subscriptions of this person (none: all), at once and for queued mail too; returns how many ended."""
    query = select(Subscription).where(Subscription.user_id == user_id, col(Subscription.ended_at).is_(None))
    if subscriptions is not None:
        query = query.where(col(Subscription.id).in_(subscriptions))
    ending = list(session.exec(query))
    for subscription in ending:
        subscription.ended_at = now
        session.add(subscription)
    ended = {subscription.id for subscription in ending}
    queued = _waiting(session, user_id, [MailKind.DIGEST])
    withdrawn = [mail.id for mail in queued if mail.id and ended.intersection(mail.subscriptions)]
    outbox.withdraw(session, withdrawn, "unsubscribed", now)
    return len(ending)


def take_up(session: Session, user_id: int, subscriptions: tuple[int, ...] | None) -> int:
    """Let these ended subscriptions of this person run again (none: those that ended last, together); how many do.

    What they told stays told; what came meanwhile comes by name.
    """
    ended = select(Subscription).where(Subscription.user_id == user_id, col(Subscription.ended_at).is_not(None))
    rows = list(session.exec(ended))
    last = max((row.ended_at for row in rows if row.ended_at), default=None)
    wanted = [row for row in rows if (row.id in subscriptions if subscriptions is not None else row.ended_at == last)]
    for row in wanted:
        row.ended_at = None
        session.add(row)
    return len(wanted)


def take_up_reminders(session: Session, user_id: int) -> None:
    """Reminders again, at the days that were chosen before."""
    user = session.get(User, user_id)
    if user is not None:
        user.reminders, user.reminder_days = True, user.reminder_days or list(REMINDER_DAYS)
        session.add(user)


def leave_reminders(session: Session, user_id: int, now: datetime) -> None:
    """No reminders any more, also none that are queued; what the person follows stays on the pages."""
    user = session.get(User, user_id)
    if user is not None:
        user.reminders = False
        session.add(user)
    queued = _waiting(session, user_id, [MailKind.REMINDER, MailKind.MOVED])
    outbox.withdraw(session, [mail.id for mail in queued if mail.id], "unsubscribed", now)


def choose_reminders(session: Session, user: User, days: Iterable[int], now: datetime) -> None:
    """How many days before a date this person is reminded; no days is no reminders. Raises NotPossible."""
    chosen = sorted(set(days), reverse=True)
    if any(not 0 <= day <= FARTHEST for day in chosen):
        raise NotPossible(f"a reminder comes 0 to {FARTHEST} days before a date")
    if not chosen:
        leave_reminders(session, user.id, now)
        return
    user.reminders, user.reminder_days = True, chosen
    session.add(user)


def _waiting(session: Session, user_id: int, kinds: list[MailKind]) -> list[Delivery]:
    query = select(Delivery).where(Delivery.user_id == user_id, col(Delivery.finished_at).is_(None))
    states, names = [state.value for state in WAITING_STATES], [kind.value for kind in kinds]
    return list(session.exec(query.where(col(Delivery.state).in_(states), col(Delivery.kind).in_(names))))
