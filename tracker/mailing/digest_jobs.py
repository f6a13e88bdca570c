"""Which digests a person is due: a first one for new subscriptions, an urgent one, and one a day at most. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db.vocabulary import Cadence
from notifications.wording import local_day
from tracker.mailing.mailer import Mailer
from tracker.mailing.outdated_mail import OutdatedDigest, is_at_once
from tracker.mailing.periods import DigestPeriod, next_due
from tracker.mailing.recipients import ActiveSubscription, Recipient

LEAST_LIFE = timedelta(hours=2)
URGENT_LIFE = timedelta(hours=48)
LANES = {"first": 5, "urgent": 4, "regular": 5}


@dataclass(frozen=True)
class DigestJob:
    """One mail to compose for one person; it ``replaces`` digests that waited and were taken back."""

    kind: str
    key: str
    subscriptions: tuple[ActiveSubscription, ...]
    expires_at: datetime
    replaces: tuple[OutdatedDigest, ...] = ()

    @property
    def first(self) -> bool:
        """Whether it is the first mail of these subscriptions."""
        return self.kind == "first"


def digest_jobs(
    recipient: Recipient, due: Sequence[DigestPeriod], now: datetime, matching_since: datetime | None = None,
    outdated: Sequence[OutdatedDigest] = (), outdated_only: bool = False,
) -> list[DigestJob]:  # fmt: skip
    """The mails this person is due: a regular one first, which holds what is due today; a first one; an urgent one.

    Daily and weekly on one morning are one mail. While calls are matched, since ``matching_since``, a first one waits
    where its subscription is newer than that. What was taken back goes along in the mail of its kind.
    """
    regular = [each for each in outdated if not is_at_once(each.key)]
    jobs = [_regular(recipient, due, now, regular), *_firsts(recipient, now, matching_since), _urgent(recipient, now)]
    jobs += [_again(recipient, each, now) for each in outdated if is_at_once(each.key)]
    return [job for job in jobs if job is not None and (job.replaces or not outdated_only)]


def naming_until(mailer: Mailer, next_at: datetime) -> date:
    """What closes by then is named now: in the next digest, at ``next_at``, too little time to decide is left."""
    return local_day(next_at) + timedelta(days=mailer.named_before)


def _regular(
    recipient: Recipient, due: Iterable[DigestPeriod], now: datetime, outdated: list[OutdatedDigest]
) -> DigestJob | None:
    fitting: dict[int, ActiveSubscription] = {}
    slots, ends = [], [each.expires_at for each in outdated]
    for period in {each.job: each for each in due}.values():
        of_period = {each.id: each for each in recipient.subscriptions if _belongs(each, period)}
        if of_period:
            weekday = "" if period.weekday is None else f":{period.weekday}"
            slots.append(f"{period.cadence.value}:{period.slot}{weekday}")
            ends.append(_expiry(period.cadence, period.weekday or 0, now))
        fitting |= of_period
    again = {number for each in outdated for number in each.subscriptions}
    fitting |= {each.id: each for each in recipient.subscriptions if each.id in again}
    if not fitting:
        return None
    key = f"digest:{recipient.id}:{'+'.join(slots)}" if slots else _again_key(outdated[0], now)
    subscriptions = tuple(fitting[number] for number in sorted(fitting))
    return DigestJob("regular", key, subscriptions, max(ends), tuple(outdated))


def _firsts(recipient: Recipient, now: datetime, matching_since: datetime | None) -> Iterable[DigestJob]:
    fresh = [each for each in recipient.subscriptions if not (each.had_first or _waits(each, matching_since))]
    for cadence in Cadence:
        new = tuple(each for each in fresh if each.every is cadence)
        if new:
            numbers = "+".join(str(each.id) for each in new)
            key = f"digest:{recipient.id}:{cadence.value}:first:{numbers}"
            yield DigestJob("first", key, new, _expiry(cadence, new[0].weekday, now))


def _urgent(recipient: Recipient, now: datetime) -> DigestJob | None:
    urgent = tuple(each for each in recipient.subscriptions if each.every is Cadence.URGENT and each.had_first)
    key = f"digest:{recipient.id}:urgent:{now:%Y%m%dT%H%M%S}"
    return DigestJob("urgent", key, urgent, now + URGENT_LIFE) if urgent else None


def _again(recipient: Recipient, outdated: OutdatedDigest, now: datetime) -> DigestJob | None:
    kind = "first" if ":first:" in outdated.key else "urgent"
    fitting = tuple(each for each in recipient.subscriptions if each.id in outdated.subscriptions)
    key = _again_key(outdated, now)
    return DigestJob(kind, key, fitting, outdated.expires_at, (outdated,)) if fitting else None


def _again_key(outdated: OutdatedDigest, now: datetime) -> str:
    return f"{outdated.key.partition('@')[0]}@{now:%Y%m%dT%H%M%S}"


def _waits(subscription: ActiveSubscription, matching_since: datetime | None) -> bool:
    return matching_since is not None and subscription.due_since >= matching_since


def _belongs(subscription: ActiveSubscription, period: DigestPeriod) -> bool:
    same_day = period.weekday is None or subscription.weekday == period.weekday
    before = subscription.had_first and subscription.created_at < period.due
    return subscription.every is period.cadence and same_day and before


def _expiry(cadence: Cadence, weekday: int, now: datetime) -> datetime:
    """A digest lives until the next one of its cadence, which then tells what it did not."""
    return now + URGENT_LIFE if cadence is Cadence.URGENT else next_due(cadence, weekday, now + LEAST_LIFE)
