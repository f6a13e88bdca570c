"""The people who get mail: their subscriptions, what each was told already, what each follows and refused."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial

from pydantic import ValidationError
from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from db.models import Call, Crawl, Delivery, Follow, Revision, Run, Subscription, Told, User, Verdict
from db.queries import CallFilter, Viewer, live_ids, named
from db.search import Translations, read_translations
from db.vocabulary import UNTOLD_STATES, Cadence, MailKind, Say
from notifications.catalogue import Catalogue
from notifications.digest import SubscriptionQuery
from notifications.message import Addressee
from notifications.news import Memory, Tell
from notifications.outbox import address_hash, silent_addresses
from tracker.people.absences import Replacement, replacements_on
from tracker.rights import viewer_of

FIRST = "digest:first"  # the Run that says that a subscription had its first digest; its slot is the subscription


@dataclass(frozen=True)
class ActiveSubscription:
    """A subscription as it was read; ``mark`` changes with anything a person can change."""

    id: int
    every: Cadence
    weekday: int
    created_at: datetime
    query: SubscriptionQuery
    mark: str
    had_first: bool
    due_since: datetime  # since when its first digest is due: since it is there and something was gathered

    def described(self, catalogue: Catalogue) -> "ActiveSubscription":
        """The same with a name: its own, or those of its opgaven."""
        return replace(self, query=replace(self.query, name=self.query.describe(catalogue)))


@dataclass(frozen=True)
class Recipient:
    """A person with active subscriptions."""

    to: Addressee
    viewer: Viewer
    subscriptions: tuple[ActiveSubscription, ...]

    @property
    def participant_id(self) -> str:
        """Of which organisation."""
        return self.viewer.participant_id or ""

    @property
    def id(self) -> int:
        """The user's number."""
        return self.to.user_id

    @property
    def queries(self) -> list[SubscriptionQuery]:
        """What all of the subscriptions ask for."""
        return [subscription.query for subscription in self.subscriptions]

    def described(self, catalogue: Catalogue) -> "Recipient":
        """The same with a name for each subscription: its own, or those of its opgaven."""
        return replace(self, subscriptions=tuple(each.described(catalogue) for each in self.subscriptions))


def read_recipients(session: Session, now: datetime, only: Iterable[int] | None = None) -> list[Recipient]:
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
    gathered = session.exec(select(func.min(Crawl.finished_at))).one()
    by_words = cache(partial(_found_by_words, session, cache(partial(read_translations, session))))
    for user, row in session.exec(query):
        if address_hash(user.email) in silent:
            continue
        with suppress(ValidationError):
            subscription = _active(row, firsts.get(str(row.id)), by_words, gathered)
            people.setdefault(user.id, (user, []))[1].append(subscription)
    return [
        Recipient(Addressee(number, user.name, user.email), viewer_of(user), tuple(subscriptions))
        for number, (user, subscriptions) in people.items()
    ]


def found_by_words(session: Session, wanted: CallFilter) -> frozenset[int] | None:
    """The calls that the words of one filter find; None where it has none."""
    return _found_by_words(session, partial(read_translations, session), wanted)


def _found_by_words(
    session: Session, translations: Callable[[], Translations], wanted: CallFilter
) -> frozenset[int] | None:
    """The calls that the words and programmes of a filter find, as on its page; None where it has none.

    ``translations``: asked only where there are words; the lists of words take a second to unpack.
    """
    conditions = list(named(wanted, translations())) if wanted.text.strip() or wanted.programmes else []
    return frozenset(session.exec(select(Call.id).where(*conditions))) if conditions else None


def _active(
    row: Subscription, first: datetime | None, found_by_words: Callable[[CallFilter], frozenset[int] | None],
    gathered: datetime | None,
) -> ActiveSubscription:  # fmt: skip
    wanted = CallFilter.model_validate(row.filter)
    query = SubscriptionQuery(row.id, row.name, wanted, row.most, row.nothing_new, found_by_words(wanted))
    since = min(row.created_at, first or row.created_at)  # a clock set back (--now) may have told before it was made
    return ActiveSubscription(
        row.id, Cadence(row.every), row.weekday, since, query, mark_of(row), first is not None,
        max(row.created_at, gathered or row.created_at),
    )  # fmt: skip


def mark_of(row: Subscription) -> str:
    """Changes with everything about a subscription that a digest depends on."""
    return repr((row.filter, row.every, row.weekday, row.most, row.nothing_new, row.ended_at, row.name))


def active_marks(session: Session, people: Iterable[int]) -> dict[int, str]:
    """The marks of the subscriptions that these people have now, by subscription; none of who has left."""
    query = select(Subscription).join(User, col(User.id) == col(Subscription.user_id))
    query = query.where(col(Subscription.user_id).in_(list(people)), col(Subscription.ended_at).is_(None))
    return {row.id: mark_of(row) for row in session.exec(query.where(col(User.deactivated_at).is_(None)))}


def read_memories(session: Session, recipients: Iterable[Recipient]) -> dict[int, Memory]:
    """What each of these people was told by mails that did not fail, what they follow and refused."""
    people = {recipient.id: recipient for recipient in recipients}
    memories = told_memories(session, people)
    for number, follows in read_follows(session, people).items():
        memories[number].follows = follows
    for number, at in _last_digests(session, people).items():
        memories[number].since = at
    for number, later in _put_off(session, people).items():
        memories[number].later = frozenset(later)
    for number, refused in _refusals(session, people).items():
        memories[number].refused = frozenset(pair for pair in refused if pair[0] not in memories[number].follows)
    return memories


def told_memories(session: Session, people: Iterable[int]) -> dict[int, Memory]:
    """What each of these people was told by mails that did not fail."""
    memories = {number: Memory() for number in people}
    told = select(Delivery.planned_at, Told.user_id, Told.call_id, Told.version, Told.kind, Told.detail)  # type: ignore[call-overload]
    told = told.join(Delivery, col(Delivery.id) == col(Told.delivery_id)).where(col(Told.user_id).in_(list(memories)))
    merged = _merged(session)
    for at, number, call, *tell in session.exec(told.where(col(Delivery.state).not_in(UNTOLD_STATES))):
        memories[number].learn([_as_live(merged, call, *tell)], at)
    return memories


def _last_digests(session: Session, people: Iterable[int]) -> dict[int, datetime]:
    """When the last digest of each of these people was written that told something."""
    last = select(Delivery.user_id, func.max(Delivery.planned_at)).where(
        Delivery.kind == MailKind.DIGEST, col(Delivery.state).not_in(UNTOLD_STATES),
        col(Delivery.user_id).in_(list(people)),
    )  # fmt: skip
    return {user: at for user, at in session.exec(last.group_by(col(Delivery.user_id))) if user is not None}


def _merged(session: Session) -> dict[int, tuple[int, int]]:
    """Each merged call -> the one it is in, and the version that one had when something was merged into it last."""
    into = live_ids(session)
    if not into:
        return {}
    notes = select(Revision.call_id, func.max(Revision.version)).where(Revision.field == "joined")
    versions = dict(session.exec(notes.group_by(col(Revision.call_id))).all())
    return {call: (live, versions.get(live, 0)) for call, live in into.items()}


def _as_live(merged: Mapping[int, tuple[int, int]], call: int, version: int, kind: str, detail: str) -> Tell:
    """What was told of a call counts for the one it was merged into: as it was then, with no date of its own."""
    return (*merged[call], kind, "") if call in merged else (call, version, kind, detail)


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


def read_follows_for(
    session: Session, people: Iterable[int], today: date
) -> tuple[dict[int, dict[int, datetime]], dict[tuple[int, int], Replacement]]:
    """What each of these people is reminded of: the calls they follow, and those of who they stand in for today.

    Beside it, per person and call, whom a call that they do not follow themselves belongs to.
    """
    numbers = set(people)
    standing_in = [r for of_one in replacements_on(session, today).values() for r in of_one if r.user_id in numbers]
    own = read_follows(session, numbers | {each.absent_id for each in standing_in})
    follows = {number: dict(own[number]) for number in numbers if number in own}
    instead: dict[tuple[int, int], Replacement] = {}
    for each in standing_in:
        for call, since in own.get(each.absent_id, {}).items():
            if call not in follows.setdefault(each.user_id, {}):
                follows[each.user_id][call], instead[each.user_id, call] = since, each
    return follows, instead


def _put_off(session: Session, people: Iterable[int]) -> dict[int, set[int]]:
    """Per person the calls they judged "later"."""
    later: dict[int, set[int]] = defaultdict(set)
    rows = select(Verdict.user_id, Verdict.call_id).where(Verdict.say == Say.LATER, col(Verdict.undone_at).is_(None))
    for number, call in session.exec(rows.where(col(Verdict.user_id).in_(list(people)))):
        later[number].add(call)
    return later


def _refusals(session: Session, people: Mapping[int, Recipient]) -> dict[int, set[tuple[int, str | None]]]:
    """Calls found "niet voor ons": by the person, or by a colleague for the whole team of their participant."""
    no = select(Verdict).where(Verdict.say == Say.NO, col(Verdict.undone_at).is_(None))
    participants = {recipient.participant_id for recipient in people.values()}
    by_team = col(Verdict.team) & col(Verdict.participant_id).in_(participants)
    refused: dict[int, set[tuple[int, str | None]]] = defaultdict(set)
    for verdict in session.exec(no.where(or_(col(Verdict.user_id).in_(list(people)), by_team))):
        for number, person in people.items():
            if verdict.user_id == number or (verdict.team and verdict.participant_id == person.participant_id):
                refused[number].add((verdict.call_id, verdict.challenge_id))
    return refused
