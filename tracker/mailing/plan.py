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
from tracker.mailing.digest_context import Surroundings, read_surroundings
from tracker.mailing.lobby_reminders import plan_lobby_reminders
from tracker.mailing.mailer import Desk
from tracker.mailing.periods import Period, next_due, periods
from tracker.mailing.recipients import FIRST, Reader, Standing, read_memories, read_readers, standing_marks
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
class Planned:
    """What a round put in the outbox, or why it did nothing."""

    digests: int = 0
    reminders: int = 0
    expired: int = 0
    parked: int = 0
    refused: str = ""


@dataclass(frozen=True)
class Job:
    """One mail to compose for one person."""

    kind: str
    key: str
    standing: tuple[Standing, ...]
    expires_at: datetime

    @property
    def first(self) -> bool:
        """Whether it is the first mail of these subscriptions."""
        return self.kind == "first"


@dataclass
class Round:
    """One round of planning: everything that stays the same during it."""

    engine: Engine
    desk: Desk
    now: datetime
    epoch: int
    catalogue: Catalogue
    coverage: Coverage
    writer: Writer
    due: list[Period]
    around: Surroundings
    result: Planned = field(default_factory=Planned)


def plan(engine: Engine, desk: Desk, now: datetime, threshold: float, compare_clocks: bool = True) -> Planned:
    """Put every due digest and reminder in the outbox; a second call finds nothing left to do.

    ``threshold``: the score (0-1) from which a match is worth a mail. Raises PlannerBusy when another process is
    planning, LeaseLost when one took over.
    """
    refused = clock_trouble(engine, now) if compare_clocks else ""
    if refused:
        return Planned(refused=refused)
    with writing(engine) as session:
        epoch = take(session, LEASE, this_process())
        if epoch is not None:
            outbox.expire(session, now)
    if epoch is None:
        raise PlannerBusy("another process is planning")
    try:
        return _round(engine, desk, now, threshold, epoch)
    finally:
        with writing(engine) as session:
            release(session, LEASE, epoch)


def _round(engine: Engine, desk: Desk, now: datetime, threshold: float, epoch: int) -> Planned:
    result = Planned()
    writer = desk.writer(now)
    reminded = plan_reminders(engine, desk, writer, now, lambda session: _check(session, epoch))
    result.reminders, result.expired = reminded
    result.reminders += plan_agenda(engine, desk, writer, now, lambda session: _check(session, epoch))
    result.reminders += plan_lobby_reminders(engine, desk, writer, now, lambda session: _check(session, epoch))
    with reading(engine) as session:
        due = _unplanned(session, now)
        busy = [reader.to.user_id for reader in read_readers(session, None, now) if jobs_for(reader, due, now)]
    if busy:
        with reading(engine) as session:
            catalogue = read_catalogue(session, now, threshold)
            readers = read_readers(session, catalogue, now, only=busy)
            coverage = read_coverage(session, catalogue)
            around = read_surroundings(session, catalogue.calls, now)
        _plan_digests(Round(engine, desk, now, epoch, catalogue, coverage, writer, due, around, result), readers)
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


def _unplanned(session: Session, now: datetime) -> list[Period]:
    """The periods of the last seven days that have no finished run, oldest first."""
    weekly = select(Subscription.weekday).where(Subscription.every == Cadence.WEEK).distinct()
    found = periods(now, set(session.exec(weekly)) | {0})
    runs = select(Run.job, Run.slot).where(col(Run.finished_at).is_not(None), col(Run.job).startswith("digest:"))
    done = set(session.exec(runs).all())
    return [period for period in found if (period.job, period.slot) not in done]


def _finish(session: Session, due: list[Period], epoch: int, now: datetime) -> None:
    """Note each period as planned; an older one went along in the newest of its kind."""
    newest = {period.job: period.slot for period in due}
    for period in due:
        run = session.exec(select(Run).where(Run.job == period.job, Run.slot == period.slot)).one_or_none()
        run = run or Run(job=period.job, slot=period.slot, started_at=now)
        run.epoch, run.finished_at = epoch, now
        run.outcome = "planned" if newest[period.job] == period.slot else f"went along in {newest[period.job]}"
        session.add(run)


def jobs_for(reader: Reader, due: list[Period], now: datetime) -> list[Job]:
    """The mails this person is due: a first one per cadence for new subscriptions, then urgent, daily, weekly."""
    jobs = []
    person = reader.to.user_id
    for cadence in Cadence:
        new = tuple(one for one in reader.standing if one.every is cadence and not one.had_first)
        if new:
            numbers = "+".join(str(one.id) for one in new)
            key = f"digest:{person}:{cadence.value}:first:{numbers}"
            jobs.append(Job("first", key, new, _expiry(cadence, new[0].weekday, now)))
    urgent = tuple(one for one in reader.standing if one.every is Cadence.URGENT and one.had_first)
    if urgent:
        jobs.append(Job("urgent", f"digest:{person}:urgent:{now:%Y%m%dT%H%M%S}", urgent, now + URGENT_LIFE))
    for period in {one.job: one for one in due}.values():
        mine = tuple(one for one in reader.standing if _belongs(one, period))
        if mine:
            weekday = "" if period.weekday is None else f":{period.weekday}"
            key = f"digest:{person}:{period.cadence.value}:{period.slot}{weekday}"
            jobs.append(Job("regular", key, mine, _expiry(period.cadence, period.weekday or 0, now)))
    return jobs


def _belongs(one: Standing, period: Period) -> bool:
    same_day = period.weekday is None or one.weekday == period.weekday
    return one.every is period.cadence and same_day and one.had_first and one.created_at < period.due


def _expiry(cadence: Cadence, weekday: int, now: datetime) -> datetime:
    """A digest lives until the next one of its cadence, which then tells what it did not."""
    return now + URGENT_LIFE if cadence is Cadence.URGENT else next_due(cadence, weekday, now + LEAST_LIFE)


def _plan_digests(this: Round, readers: list[Reader]) -> None:
    """Fifty people a commit; who changed a subscription meanwhile is read and composed anew."""
    for some in batched(readers, BATCH):
        again = _plan_batch(this, some)
        for _ in range(3):
            if not again:
                break
            with reading(this.engine) as session:
                some = read_readers(session, this.catalogue, this.now, only=again)
            again = _plan_batch(this, some)


def batched(readers: Iterable[Reader], size: int) -> Iterator[list[Reader]]:
    """Readers in lists of at most this size."""
    rest = iter(readers)
    while some := list(islice(rest, size)):
        yield some


def _plan_batch(this: Round, readers: list[Reader]) -> list[int]:
    """Compose and write outside any transaction, then commit; returns who has to be done again."""
    jobs = {reader.to.user_id: jobs_for(reader, this.due, this.now) for reader in readers}
    with reading(this.engine) as session:
        memories = read_memories(session, readers)
        keys = [job.key for of_reader in jobs.values() for job in of_reader]
        done = set(session.exec(select(Delivery.key).where(col(Delivery.key).in_(keys))))
    mails: dict[int, list[Mail]] = {}
    for reader in readers:
        memory = memories[reader.to.user_id]
        wanted = [job for job in jobs[reader.to.user_id] if job.key not in done]
        written = [write(this, reader, job, memory) for job in wanted]
        mails[reader.to.user_id] = [mail for mail in written if mail is not None]
    return _commit(this, readers, jobs, mails)


def write(this: Round, reader: Reader, job: Job, memory: Memory) -> Mail | None:
    """The mail of a job, or none when there is nothing to say. What it tells is learned by ``memory``."""
    wishes = [one.wish for one in job.standing]
    digest = compose(
        this.catalogue, wishes, memory, this.coverage, this.now, first=job.first, urgent=job.kind == "urgent"
    )
    beside = this.around.beside(reader.to.user_id)
    if digest.empty and not beside.in_doubt and (job.kind != "regular" or not any(wish.nothing_new for wish in wishes)):
        return None
    try:
        letter = this.writer.digest(this.around.warned(digest, reader.participant_id), reader.to, beside)
    except UNWRITABLE as error:
        return _mail(this, reader, job, state=DeliveryState.HELD, remark=f"could not be written: {error}"[:300])
    memory.learn(digest.tells)
    return _mail(
        this, reader, job, subject=letter.subject, text=letter.text, html=letter.html, headers=letter.headers,
        tells=digest.tells,
    )  # fmt: skip


def _mail(this: Round, reader: Reader, job: Job, **said: object) -> Mail:
    given = {
        "key": job.key, "kind": MailKind.DIGEST, "user_id": reader.to.user_id, "address": reader.to.email,
        "subject": "", "text": "", "html": "", "headers": {}, "planned_at": this.now, "expires_at": job.expires_at,
        "lane": LANES[job.kind], "subscriptions": tuple(one.id for one in job.standing),
    }  # fmt: skip
    return Mail(**(given | said))  # type: ignore[arg-type]


def _commit(this: Round, readers: list[Reader], jobs: dict[int, list[Job]], mails: dict[int, list[Mail]]) -> list[int]:
    with writing(this.engine) as session:
        _check(session, this.epoch)
        stands = standing_marks(session, mails)
        same = [one for one in readers if _stands(one, stands.get(one.to.user_id, {}))]
        ready = [mail for reader in same for mail in mails[reader.to.user_id]]
        parked = [mail for mail in ready if mail.state is DeliveryState.HELD]
        this.result.digests += outbox.put(session, ready, this.desk.key, this.desk.domain) - len(parked)
        this.result.parked += len(parked)
        if this.catalogue.by_challenge:  # before anything is gathered and matched no first digest can be given
            firsts = [job for reader in same for job in jobs[reader.to.user_id] if job.first]
            _note_firsts(session, this, [one for job in firsts for one in job.standing])
        for mail in parked:
            raise_alert(session, f"parked:{mail.key}", f"mail {mail.key} {mail.remark}", this.now)
    return [reader.to.user_id for reader in readers if reader not in same]


def _stands(reader: Reader, marks: dict[int, str]) -> bool:
    """Whether the person changed nothing since the subscriptions were read."""
    return all(marks.get(one) == mark for one, mark in reader.marks.items())


def _note_firsts(session: Session, this: Round, standing: list[Standing]) -> None:
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
