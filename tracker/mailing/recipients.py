"""The people who read: their subscriptions, what each was told already, what each follows and refused."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from db.models import Call, Delivery, Follow, Revision, Run, Subscription, Told, User, Verdict
from db.queries import CallFilter, live_ids
from db.search import matching
from db.vocabulary import UNTOLD_STATES, Cadence, Say
from notifications.catalogue import Catalogue
from notifications.digest import Memory, SubscriptionQuery, Tell
from notifications.letter import Addressee
from notifications.outbox import address_hash, silent_addresses

FIRST = "digest:first"  # the Run that says that a subscription had its first digest; its slot is the subscription


@dataclass(frozen=True)
class ActiveSubscription:
    """A subscription as it stood when it was read; ``mark`` changes with anything a person can change."""

    id: int
    every: Cadence
    weekday: int
    created_at: datetime
    wish: SubscriptionQuery
    mark: str
    had_first: bool


@dataclass(frozen=True)
class Recipient:
    """A person with standing subscriptions."""

    to: Addressee
    participant_id: str
    standing: tuple[ActiveSubscription, ...]

    @property
    def marks(self) -> dict[int, str]:
        """What must still hold when the mail is put in the outbox."""
        return {one.id: one.mark for one in self.standing}


def read_recipients(
    session: Session, catalogue: Catalogue | None, now: datetime, only: Iterable[int] | None = None
) -> list[Recipient]:
    """Everybody who may get mail and has a subscription; ``only`` limits it to some people.

    The suppressed and those who left are not among them. A filter that cannot be read counts as broken: its
    subscription is left out, and the others of its person go on.
    """
    query = select(User, Subscription).join(Subscription, col(Subscription.user_id) == col(User.id))
    query = query.where(col(User.deactivated_at).is_(None), col(Subscription.ended_at).is_(None))
    query = query.order_by(col(User.id), col(Subscription.id))
    if only is not None:
        query = query.where(col(User.id).in_(list(only)))
    firsts: dict[str, datetime] = dict(session.exec(select(Run.slot, Run.started_at).where(Run.job == FIRST)).all())
    silent = silent_addresses(session, now)
    people: dict[int, tuple[User, list[ActiveSubscription]]] = {}
    words = _Words(session)
    for user, row in session.exec(query):
        if address_hash(user.email) in silent or user.id is None:
            continue
        standing = _standing(row, firsts, catalogue, words)
        if standing is not None:
            people.setdefault(user.id, (user, []))[1].append(standing)
    return [
        Recipient(Addressee(number, user.name, user.email), user.participant_id, tuple(standing))
        for number, (user, standing) in people.items()
    ]


class _Words:
    """Which calls the words of a filter find, asked once for each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[str, frozenset[int]] = {}

    def found(self, text: str) -> frozenset[int] | None:
        if not text.strip():
            return None
        if text not in self.known:
            ids = self.session.exec(select(Call.id).where(matching(text)))
            self.known[text] = frozenset(one for one in ids if one is not None)
        return self.known[text]


def _standing(
    row: Subscription, firsts: Mapping[str, datetime], catalogue: Catalogue | None, words: _Words
) -> ActiveSubscription | None:
    try:
        wanted = CallFilter.model_validate(row.filter)
    except ValidationError:
        return None
    wish = SubscriptionQuery(row.id, row.name, wanted, row.most, row.nothing_new, words.found(wanted.text))
    if catalogue is not None:
        wish = SubscriptionQuery(wish.id, wish.describe(catalogue), wanted, row.most, row.nothing_new, wish.with_words)
    first = firsts.get(str(row.id))
    since = min(row.created_at, first or row.created_at)  # a clock set back (--now) may have told before it was made
    return ActiveSubscription(row.id, Cadence(row.every), row.weekday, since, wish, mark_of(row), first is not None)


def mark_of(row: Subscription) -> str:
    """Changes with everything about a subscription that a digest depends on."""
    return repr((row.filter, row.every, row.weekday, row.most, row.nothing_new, row.ended_at, row.name))


def active_marks(session: Session, people: Iterable[int]) -> dict[int, dict[int, str]]:
    """Per person the marks of the subscriptions that stand now; nobody who has left."""
    query = select(Subscription).join(User, col(User.id) == col(Subscription.user_id))
    query = query.where(col(Subscription.user_id).in_(list(people)), col(Subscription.ended_at).is_(None))
    marks: dict[int, dict[int, str]] = defaultdict(dict)
    for row in session.exec(query.where(col(User.deactivated_at).is_(None))):
        marks[row.user_id][row.id] = mark_of(row)
    return marks


def read_memories(session: Session, people: Iterable[Recipient]) -> dict[int, Memory]:
    """What each of these people was told by mails that did not fail, what they follow and refused."""
    recipients = {recipient.to.user_id: recipient for recipient in people}
    memories = {number: Memory() for number in recipients}
    told = select(Told.user_id, Told.call_id, Told.version, Told.kind, Told.detail)  # type: ignore[call-overload]
    told = told.join(Delivery, col(Delivery.id) == col(Told.delivery_id)).where(col(Told.user_id).in_(list(recipients)))
    joined = _joined(session)
    for number, call, *tell in session.exec(told.where(col(Delivery.state).not_in([s.value for s in UNTOLD_STATES]))):
        memories[number].learn([_as_live(joined, call, *tell)])
    for number, follows in read_follows(session, recipients).items():
        memories[number].follows = follows
    for number, refused in _refusals(session, recipients).items():
        memories[number].refused = frozenset(pair for pair in refused if pair[0] not in memories[number].follows)
    return memories


def _joined(session: Session) -> dict[int, tuple[int, int]]:
    """Each joined call -> the one it is in, and the version that one had when something was joined into it last."""
    into = live_ids(session)
    if not into:
        return {}
    notes = select(Revision.call_id, func.max(Revision.version)).where(Revision.field == "joined")
    versions = dict(session.exec(notes.group_by(col(Revision.call_id))).all())
    return {one: (other, versions.get(other, 0)) for one, other in into.items()}


def _as_live(joined: Mapping[int, tuple[int, int]], call: int, version: int, kind: str, detail: str) -> Tell:
    """What was told of a call counts for the one it was joined into: as it was then, with no date of its own."""
    if call not in joined:
        return call, version, kind, detail
    return *joined[call], kind, ""


def read_follows(session: Session, people: Iterable[int]) -> dict[int, dict[int, datetime]]:
    """Per person the calls they follow and since when: by asking for it, or by finding the call relevant."""
    numbers = list(people)
    follows: dict[int, dict[int, datetime]] = defaultdict(dict)
    liked = select(Verdict.user_id, Verdict.call_id, Verdict.at).where(
        col(Verdict.user_id).in_(numbers), Verdict.say == Say.YES, col(Verdict.undone_at).is_(None)
    )
    asked = select(Follow.user_id, Follow.call_id, Follow.at).where(col(Follow.user_id).in_(numbers))
    for query in (liked, asked):
        for number, call, at in session.exec(query):
            follows[number][call] = min(at, follows[number].get(call, at))
    return follows


def _refusals(session: Session, recipients: dict[int, Recipient]) -> dict[int, set[tuple[int, str | None]]]:
    """Calls found "niet voor ons": by the person, or by a colleague for the whole team of their participant."""
    no = select(Verdict).where(Verdict.say == Say.NO, col(Verdict.undone_at).is_(None))
    participants = {recipient.participant_id for recipient in recipients.values()}
    mine = or_(
        col(Verdict.user_id).in_(list(recipients)), col(Verdict.team) & col(Verdict.participant_id).in_(participants)
    )
    refused: dict[int, set[tuple[int, str | None]]] = defaultdict(set)
    for verdict in session.exec(no.where(mine)):
        for number, recipient in recipients.items():
            if verdict.user_id == number or (verdict.team and verdict.participant_id == recipient.participant_id):
                refused[number].add((verdict.call_id, verdict.challenge_id))
    return refused
