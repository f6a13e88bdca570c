"""Plan: what is due and not yet planned goes into the outbox, once, whatever happens meanwhile.

One planner at a time, by a lease whose number only grows. Reading, composing and writing happen outside any
transaction; each commit checks the lease, that the subscriptions still stand as they were read, and that the keys are
new. A crash leaves all or nothing of a mail, and the next round completes the rest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.leases import release, renew, take, this_process
from db.models import Delivery, Run, Subscription
from db.queries import newest_crawls
from db.session import reading, writing
from db.vocabulary import Cadence, DeliveryState, MailKind
from notifications import outbox
from notifications.alerts import raise_alert
from notifications.catalogue import Catalogue, read_catalogue
from notifications.digest import Coverage, Memory, compose
from notifications.letter import Writer
from notifications.outbox import Mail
from tracker.mailing.agenda_reminders import plan_agenda
from tracker.mailing.digest_context import DigestContext, read_digest_context
from tracker.mailing.lobby_reminders import plan_lobby_reminders
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import DigestPeriod, next_due, periods
from tracker.mailing.recipients import (
    FIRST,
    ActiveSubscription,
    Recipient,
    active_marks,
    read_memories,
    read_recipients,
)
from tracker.mailing.reminders import UNWRITABLE, plan_reminders
from tracker.sources.clock_skew import clock_trouble

LEASE = "planner"
BATCH = 50
LEAST_LIFE = timedelta(hours=2)
URGENT_LIFE = timedelta(hours=48)
LANES = {"first": 5, "urgent": 4, "regular": 5}


class PlannerBusy(Exception):
    """Another process is planning now."""


class LeaseLost(Exception):
    """Another process took over; what was put in the outbox stands, the rest is the other's."""


@dataclass
class PlanResult:
    """What a round put in the outbox, or why it did nothing."""

    digests: int = 0
    reminders: int = 0
    expired: int = 0
    parked: int = 0
    refused: str = ""


@dataclass(frozen=True)
class DigestJob:
    """One mail to compose for one person."""

    kind: str
    key: str
    standing: tuple[ActiveSubscription, ...]
    expires_at: datetime

    @property
    def first(self) -> bool:
        """Whether it is the first mail of these subscriptions."""
        return self.kind == "first"


@dataclass
class PlanningRun:
    """One round of planning: everything that stays the same during it."""

    engine: Engine
    mailer: Mailer
    now: datetime
    epoch: int
    catalogue: Catalogue
    coverage: Coverage
    writer: Writer
    due: list[DigestPeriod]
    around: DigestContext
    result: PlanResult = field(default_factory=PlanResult)


def plan(engine: Engine, mailer: Mailer, now: datetime, threshold: float, compare_clocks: bool = True) -> PlanResult:
    """Put every due digest and reminder in the outbox; a second call finds nothing left to do.

    ``threshold``: the score (0-1) from which a match is worth a mail. Raises PlannerBusy when another process is
    planning, LeaseLost when one took over.
    """
    refused = clock_trouble(engine, now) if compare_clocks else ""
    if refused:
        return PlanResult(refused=refused)
    with writing(engine) as session:
        epoch = take(session, LEASE, this_process())
        if epoch is not None:
            outbox.expire(session, now)
    if epoch is None:
        raise PlannerBusy("another process is planning")
    try:
        return _round(engine, mailer, now, threshold, epoch)
    finally:
        with writing(engine) as session:
            release(session, LEASE, epoch)


def _round(engine: Engine, mailer: Mailer, now: datetime, threshold: float, epoch: int) -> PlanResult:
    result = PlanResult()
    writer = mailer.writer(now)
    reminded = plan_reminders(engine, mailer, writer, now, lambda session: _check(session, epoch))
    result.reminders, result.expired = reminded
    result.reminders += plan_agenda(engine, mailer, writer, now, lambda session: _check(session, epoch))
    result.reminders += plan_lobby_reminders(engine, mailer, writer, now, lambda session: _check(session, epoch))
    with reading(engine) as session:
        due = _unplanned(session, now)
        busy = [
            recipient.to.user_id
            for recipient in read_recipients(session, None, now)
            if digest_jobs(recipient, due, now)
        ]
    if busy:
        with reading(engine) as session:
            catalogue = read_catalogue(session, now, threshold)
            recipients = read_recipients(session, catalogue, now, only=busy)
            coverage = read_coverage(session, catalogue)
            around = read_digest_context(session, catalogue.calls, now)
        _plan_digests(
            PlanningRun(engine, mailer, now, epoch, catalogue, coverage, writer, due, around, result), recipients
        )
    if due:
        with writing(engine) as session:
            _check(session, epoch)
            _finish(session, due, epoch, now)
    return result


def _check(session: Session, epoch: int) -> None:
    if not renew(session, LEASE, epoch):
        raise LeaseLost("another process took over planning")


def read_coverage(session: Session, catalogue: Catalogue) -> Coverage:
    """How complete the last round of crawls was."""
    crawls = newest_crawls(session)
    return Coverage(
        sources=len(crawls),
        complete=sum(crawl.complete for crawl in crawls.values()),
        incomplete=tuple(sorted(name for name, crawl in crawls.items() if not crawl.complete))[:6],
        last_round=max((crawl.finished_at for crawl in crawls.values()), default=None),
        waiting=catalogue.waiting,
    )


def _unplanned(session: Session, now: datetime) -> list[DigestPeriod]:
    """The periods of the last seven days that have no finished run, oldest first."""
    weekly = select(Subscription.weekday).where(Subscription.every == Cadence.WEEK).distinct()
    found = periods(now, set(session.exec(weekly)) | {0})
    runs = select(Run.job, Run.slot).where(col(Run.finished_at).is_not(None), col(Run.job).startswith("digest:"))
    done = set(session.exec(runs).all())
    return [period for period in found if (period.job, period.slot) not in done]


def _finish(session: Session, due: list[DigestPeriod], epoch: int, now: datetime) -> None:
    """Note each period as planned; an older one went along in the newest of its kind."""
    newest = {period.job: period.slot for period in due}
    for period in due:
        run = session.exec(select(Run).where(Run.job == period.job, Run.slot == period.slot)).one_or_none()
        run = run or Run(job=period.job, slot=period.slot, started_at=now)
        run.epoch, run.finished_at = epoch, now
        run.outcome = "planned" if newest[period.job] == period.slot else f"went along in {newest[period.job]}"
        session.add(run)


def digest_jobs(recipient: Recipient, due: list[DigestPeriod], now: datetime) -> list[DigestJob]:
    """The mails this person is due: a first one per cadence for new subscriptions, then urgent, daily, weekly."""
    jobs = []
    person = recipient.to.user_id
    for cadence in Cadence:
        new = tuple(one for one in recipient.standing if one.every is cadence and not one.had_first)
        if new:
            numbers = "+".join(str(one.id) for one in new)
            key = f"digest:{person}:{cadence.value}:first:{numbers}"
            jobs.append(DigestJob("first", key, new, _expiry(cadence, new[0].weekday, now)))
    urgent = tuple(one for one in recipient.standing if one.every is Cadence.URGENT and one.had_first)
    if urgent:
        jobs.append(DigestJob("urgent", f"digest:{person}:urgent:{now:%Y%m%dT%H%M%S}", urgent, now + URGENT_LIFE))
    for period in {one.job: one for one in due}.values():
        mine = tuple(one for one in recipient.standing if _belongs(one, period))
        if mine:
            weekday = "" if period.weekday is None else f":{period.weekday}"
            key = f"digest:{person}:{period.cadence.value}:{period.slot}{weekday}"
            jobs.append(DigestJob("regular", key, mine, _expiry(period.cadence, period.weekday or 0, now)))
    return jobs


def _belongs(one: ActiveSubscription, period: DigestPeriod) -> bool:
    same_day = period.weekday is None or one.weekday == period.weekday
    return one.every is period.cadence and same_day and one.had_first and one.created_at < period.due


def _expiry(cadence: Cadence, weekday: int, now: datetime) -> datetime:
    """A digest lives until the next one of its cadence, which then tells what it did not."""
    return now + URGENT_LIFE if cadence is Cadence.URGENT else next_due(cadence, weekday, now + LEAST_LIFE)


def _plan_digests(this: PlanningRun, recipients: list[Recipient]) -> None:
    """Fifty people a commit; who changed a subscription meanwhile is read and composed anew."""
    for some in batched(recipients, BATCH):
        again = _plan_batch(this, some)
        for _ in range(3):
            if not again:
                break
            with reading(this.engine) as session:
                some = read_recipients(session, this.catalogue, this.now, only=again)
            again = _plan_batch(this, some)


def batched(recipients: Iterable[Recipient], size: int) -> Iterator[list[Recipient]]:
    """Readers in lists of at most this size."""
    rest = iter(recipients)
    while some := list(islice(rest, size)):
        yield some


def _plan_batch(this: PlanningRun, recipients: list[Recipient]) -> list[int]:
    """Compose and write outside any transaction, then commit; returns who has to be done again."""
    jobs = {recipient.to.user_id: digest_jobs(recipient, this.due, this.now) for recipient in recipients}
    with reading(this.engine) as session:
        memories = read_memories(session, recipients)
        keys = [job.key for of_reader in jobs.values() for job in of_reader]
        done = set(session.exec(select(Delivery.key).where(col(Delivery.key).in_(keys))))
    mails: dict[int, list[Mail]] = {}
    for recipient in recipients:
        memory = memories[recipient.to.user_id]
        wanted = [job for job in jobs[recipient.to.user_id] if job.key not in done]
        written = [write(this, recipient, job, memory) for job in wanted]
        mails[recipient.to.user_id] = [mail for mail in written if mail is not None]
    return _commit(this, recipients, jobs, mails)


def write(this: PlanningRun, recipient: Recipient, job: DigestJob, memory: Memory) -> Mail | None:
    """The mail of a job, or none when there is nothing to say. What it tells is learned by ``memory``."""
    wishes = [one.wish for one in job.standing]
    digest = compose(
        this.catalogue, wishes, memory, this.coverage, this.now, first=job.first, urgent=job.kind == "urgent"
    )
    beside = this.around.beside(recipient.to.user_id)
    if digest.empty and not beside.in_doubt and (job.kind != "regular" or not any(wish.nothing_new for wish in wishes)):
        return None
    try:
        letter = this.writer.digest(this.around.warned(digest, recipient.participant_id), recipient.to, beside)
    except UNWRITABLE as error:
        return _mail(this, recipient, job, state=DeliveryState.HELD, remark=f"could not be written: {error}"[:300])
    memory.learn(digest.tells)
    return _mail(
        this, recipient, job, subject=letter.subject, text=letter.text, html=letter.html, headers=letter.headers,
        tells=digest.tells,
    )  # fmt: skip


def _mail(this: PlanningRun, recipient: Recipient, job: DigestJob, **said: object) -> Mail:
    given = {
        "key": job.key, "kind": MailKind.DIGEST, "user_id": recipient.to.user_id, "address": recipient.to.email,
        "subject": "", "text": "", "html": "", "headers": {}, "planned_at": this.now, "expires_at": job.expires_at,
        "lane": LANES[job.kind], "subscriptions": tuple(one.id for one in job.standing),
    }  # fmt: skip
    return Mail(**(given | said))  # type: ignore[arg-type]


def _commit(
    this: PlanningRun, recipients: list[Recipient], jobs: dict[int, list[DigestJob]], mails: dict[int, list[Mail]]
) -> list[int]:
    with writing(this.engine) as session:
        _check(session, this.epoch)
        stands = active_marks(session, mails)
        same = [one for one in recipients if _stands(one, stands.get(one.to.user_id, {}))]
        ready = [mail for recipient in same for mail in mails[recipient.to.user_id]]
        parked = [mail for mail in ready if mail.state is DeliveryState.HELD]
        this.result.digests += outbox.put(session, ready, this.mailer.key, this.mailer.domain) - len(parked)
        this.result.parked += len(parked)
        if this.catalogue.by_challenge:  # before anything is gathered and matched no first digest can be given
            firsts = [job for recipient in same for job in jobs[recipient.to.user_id] if job.first]
            _note_firsts(session, this, [one for job in firsts for one in job.standing])
        for mail in parked:
            raise_alert(session, f"parked:{mail.key}", f"mail {mail.key} {mail.remark}", this.now)
    return [recipient.to.user_id for recipient in recipients if recipient not in same]


def _stands(recipient: Recipient, marks: dict[int, str]) -> bool:
    """Whether the person changed nothing since the subscriptions were read."""
    return all(marks.get(one) == mark for one, mark in recipient.marks.items())


def _note_firsts(session: Session, this: PlanningRun, standing: list[ActiveSubscription]) -> None:
    for one in standing:
        session.add(
            Run(
                job=FIRST,
                slot=str(one.id),
                epoch=this.epoch,
                started_at=this.now,
                finished_at=this.now,
                outcome="planned",
            )
        )
