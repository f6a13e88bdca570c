"""Plan: what is due and not yet planned goes into the outbox, once, whatever happens meanwhile.

One planner at a time, by a lease whose number only grows. Reading, composing and writing happen outside any
transaction; each commit checks the lease, that the subscriptions still stand as they were read, and that the keys are
new. A crash leaves all or nothing of a mail, and the next run completes the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.bulk import uncollected
from db.leases import release, take, this_turn
from db.models import Delivery, Run, Subscription
from db.session import reading, writing
from db.vocabulary import Cadence, DeliveryState, MailKind
from notifications import outbox
from notifications.alerts import raise_alert
from notifications.catalogue import Catalogue, read_catalogue
from notifications.digest import Coverage, compose
from notifications.due_today import NOTHING_DUE
from notifications.message import Letter
from notifications.news import Memory
from notifications.outbox import Mail
from notifications.reasons import in_dutch
from tracker.calls.duplicate_pairs import unjudged_partners
from tracker.clock import Now
from tracker.mailing.alerts import note_unmatched, plan_alerts
from tracker.mailing.coverage import read_coverage
from tracker.mailing.day_mail import UNWRITABLE, DayDue, plan_day_mails, read_day, take_back_untrue
from tracker.mailing.digest_context import DigestContext, read_digest_context
from tracker.mailing.digest_jobs import LANES, DigestJob, digest_jobs, naming_until
from tracker.mailing.due_lines import inside_due
from tracker.mailing.leanings import for_reader
from tracker.mailing.mailer import Mailer
from tracker.mailing.outdated_mail import OutdatedDigest, note_written, read_outdated, take_back_of, taken_back_at
from tracker.mailing.periods import DigestPeriod, periods
from tracker.mailing.planning_run import LEASE, Part, PlanningRun, Spread
from tracker.mailing.recipients import (
    FIRST,
    Recipient,
    active_marks,
    read_memories,
    read_recipients,
)
from tracker.mailing.round_mail import plan_round_reminders
from tracker.matching.ranking import leanings_of
from tracker.sources.clock_skew import clock_trouble

BATCH = 200
TRIES = 4  # to plan for somebody who changes a subscription at that moment


class PlannerBusy(Exception):
    """Another process is planning now."""


@dataclass
class PlanResult:
    """What a run put in the outbox, or why it did nothing."""

    digests: int = 0
    reminders: int = 0
    alerts: int = 0
    expired: int = 0
    parked: int = 0
    refused: str = ""


@dataclass
class Draft:
    """What one person is to get: the mails that are due, and those of them that say something."""

    recipient: Recipient
    jobs: list[DigestJob]
    mails: list[Mail] = field(default_factory=list)


@dataclass(frozen=True)
class DigestRun:
    """What all digests of one planning run share."""

    run: PlanningRun
    due: list[DigestPeriod]
    catalogue: Catalogue
    coverage: Coverage
    context: DigestContext
    result: PlanResult
    matching_since: datetime | None
    outdated: Mapping[int, list[OutdatedDigest]]
    day: DayDue
    threshold: float
    outdated_only: bool = False

    def jobs(self, recipient: Recipient) -> list[DigestJob]:
        """The mails that a person is due in this run."""
        outdated = self.outdated.get(recipient.id, ())
        return digest_jobs(recipient, self.due, self.run.now, self.matching_since, outdated, self.outdated_only)


def plan(
    engine: Engine, mailer: Mailer, now: datetime, threshold: float, compare_clocks: bool = True,
    matching_since: datetime | None = None, outdated_only: bool = False, alerts_only: bool = False,
    spread: Spread | None = None,
) -> PlanResult:  # fmt: skip
    """Put every due digest and reminder in the outbox; a second call finds nothing left to do.

    ``threshold``: the score (0-1) from which a match is worth a mail. ``matching_since``: while calls are still being
    matched, only digests that were due before that moment are planned. ``outdated_only``: plan nothing new, only write
    anew what waits and is no longer true. ``alerts_only``: only say what is broken here, also while the time is in
    doubt. ``spread`` asks others to plan slices of people beside this process. Raises PlannerBusy when another process
    is planning, LeaseLost when one took over.
    """
    refused = clock_trouble(engine, now) if compare_clocks and not alerts_only else ""
    alerts_only = alerts_only or bool(refused)
    with writing(engine) as session:
        epoch = take(session, LEASE, this_turn())
        if epoch is None:
            raise PlannerBusy("another process is planning")
        if not alerts_only:
            outbox.expire(session, now)
    run = PlanningRun(engine, mailer, now, epoch, spread)
    try:
        if alerts_only:
            return PlanResult(alerts=plan_alerts(run, ours_only=True), refused=refused)
        return _rewrite(run, threshold) if outdated_only else _plan_all(run, threshold, matching_since)
    finally:
        with writing(engine) as session:
            release(session, LEASE, run.epoch)


def _plan_all(run: PlanningRun, threshold: float, matching_since: datetime | None) -> PlanResult:
    result = PlanResult(alerts=plan_alerts(run))
    inside, anew = take_back_untrue(run)
    day = read_day(run, inside, anew)
    with reading(run.engine) as session:
        unplanned = _unplanned(session, run.now)
        everybody = read_recipients(session, run.now)
    due = [each for each in unplanned if matching_since is None or each.due < matching_since]
    later = [each for each in unplanned if each not in due]
    if again := take_back_of(run, day.of.keys() | _with_digest(everybody, due, run)):
        day = read_day(run, inside, anew | again)
    _plan_all_digests(run, everybody, due, day, result, threshold, matching_since)
    day.taken |= run.gather()
    result.reminders, result.expired = plan_day_mails(run, day, _with_digest(everybody, later, run))
    result.reminders += plan_round_reminders(run)
    if due:
        with run.writing() as session:
            _finish(session, due, run)
    return result


def _rewrite(run: PlanningRun, threshold: float) -> PlanResult:
    """Write anew what was taken back, and nothing else."""
    result = PlanResult()
    inside, anew = take_back_untrue(run)
    day = read_day(run, inside, anew, anew_only=True)
    with reading(run.engine) as session:
        people = read_recipients(session, run.now, only=read_outdated(session, run.now))
    _plan_all_digests(run, people, [], day, result, threshold, run.now, outdated_only=True)
    result.reminders, result.expired = plan_day_mails(run, day, ())
    return result


def _with_digest(people: Iterable[Recipient], due: list[DigestPeriod], run: PlanningRun) -> set[int]:
    """Who is due a regular digest of these periods."""
    return {each.id for each in people if due and any(j.kind == "regular" for j in digest_jobs(each, due, run.now))}


def _plan_all_digests(
    run: PlanningRun, everybody: Iterable[Recipient], due: list[DigestPeriod], day: DayDue, result: PlanResult,
    threshold: float, matching_since: datetime | None, outdated_only: bool = False,
) -> None:  # fmt: skip
    """Every digest that is due to one of these people, and every one that was taken back."""
    with reading(run.engine) as session:
        outdated = read_outdated(session, run.now)
        people = [
            each
            for each in everybody
            if digest_jobs(each, due, run.now, matching_since, outdated.get(each.id, ()), outdated_only)
        ]
        if not people:
            return
        run.spread_over(len(people), matching_since)
        catalogue = read_catalogue(session, run.now, threshold)
        catalogue.doubles = unjudged_partners(session, run.now)
        coverage = read_coverage(session, run.mailer.sources_on, run.now)
        context = read_digest_context(session, catalogue.calls, Now(run.now))
    digests = DigestRun(
        run, due, catalogue, coverage, context, result, matching_since, outdated, day, threshold, outdated_only
    )  # fmt: skip
    _plan_digests(digests, [each.described(catalogue) for each in people])
    with run.writing() as session:
        note_unmatched(session, coverage.unmatched, run.now)


def _unplanned(session: Session, now: datetime) -> list[DigestPeriod]:
    """The periods of the last seven days that have no finished run, oldest first."""
    weekly = select(Subscription.weekday).where(Subscription.every == Cadence.WEEK).distinct()
    runs = select(Run.job, Run.slot).where(col(Run.finished_at).is_not(None), col(Run.job).startswith("digest:"))
    done = set(session.exec(runs).all())
    return [each for each in periods(now, {0, *session.exec(weekly)}) if (each.job, each.slot) not in done]


def _finish(session: Session, due: list[DigestPeriod], run: PlanningRun) -> None:
    """Note each period as planned; an older one went along in the newest of its kind."""
    newest = {period.job: period.slot for period in due}
    for period in due:
        row = session.exec(select(Run).where(Run.job == period.job, Run.slot == period.slot)).one_or_none()
        row = row or Run(job=period.job, slot=period.slot, started_at=run.now)
        row.epoch, row.finished_at = run.epoch, run.now
        row.outcome = "planned" if newest[period.job] == period.slot else f"went along in {newest[period.job]}"
        session.add(row)


def _plan_digests(digests: DigestRun, recipients: list[Recipient]) -> None:
    """Two hundred people a commit; who changed a subscription meanwhile is read and composed anew."""
    for start in range(0, len(recipients), BATCH):
        batch = recipients[start : start + BATCH]
        for _ in range(TRIES):
            changed = _plan_batch(digests, batch)
            if not changed:
                break
            with reading(digests.run.engine) as session:
                again = read_recipients(session, digests.run.now, only=changed)
            batch = [each.described(digests.catalogue) for each in again]


@uncollected()
def _plan_batch(digests: DigestRun, recipients: list[Recipient]) -> list[int]:
    """Compose and write outside any transaction, then commit; return who has to be done again."""
    drafts = [Draft(each, digests.jobs(each)) for each in recipients]
    with reading(digests.run.engine) as session:
        keys = [job.key for draft in drafts for job in draft.jobs]
        planned_at = select(Delivery.key, Delivery.planned_at).where(col(Delivery.key).in_(keys))
        planned = dict(session.exec(planned_at).all())
        drafts = [draft for draft in drafts if not _done_in_a_slice(digests.run, draft, planned)]
        people = [draft.recipient for draft in drafts]
        memories, leanings = read_memories(session, people), leanings_of(session, [each.id for each in people])
    for draft in drafts:
        memory = memories[draft.recipient.id]
        catalogue = for_reader(digests.catalogue, leanings.get(draft.recipient.id, ()), digests.threshold)
        own = replace(digests, catalogue=catalogue)
        written = [write(own, draft.recipient, job, memory) for job in draft.jobs if job.key not in planned]
        draft.mails = [mail for mail in written if mail is not None]
    return _commit(digests, drafts)


def _done_in_a_slice(run: PlanningRun, draft: Draft, planned: Mapping[str, datetime]) -> bool:
    """Whether somebody else planned all of this person's mails in this very run."""
    return run.spread is not None and all(planned.get(job.key) == run.now for job in draft.jobs)


def write(digests: DigestRun, recipient: Recipient, job: DigestJob, memory: Memory) -> Mail | None:
    """The mail of a job, or none when there is nothing to say. What it tells is learned by ``memory``.

    It holds what is due today; where it would name no call, that leaves as the mail of the day instead.
    """
    run, queries = digests.run, [each.query for each in job.subscriptions]
    due = digests.day.for_digest(recipient.id) if job.kind != "urgent" else NOTHING_DUE
    memory.learn(due.tells, run.now)
    composed = compose(
        digests.catalogue, queries, memory, digests.coverage, run.now, first=job.first, urgent=job.kind == "urgent",
        windows=digests.context.windows(recipient.viewer), until=naming_until(run.mailer, job.expires_at),
    )  # fmt: skip
    filters = [query.filter.challenges for query in queries] if job.kind != "urgent" else []
    extras = digests.context.extras(recipient.viewer, due, filters)
    even_empty = job.kind == "regular" and not due and any(query.nothing_new for query in queries)
    if composed.empty and not extras.speaks and not even_empty:
        return None
    fields: dict[str, Any]
    try:
        digest = run.writer.fitted(composed, extras)
        letter = run.writer.digest(digest, recipient.to, extras)
    except UNWRITABLE as error:
        letter = Letter("")
        remark = f"could not be written: {error}"[:300]
        fields = {"tells": composed.tells, "state": DeliveryState.HELD, "remark": remark}
    else:
        told = (*due.tells, *digest.tells)
        fields = {"tells": told, "reminds": due.reminds, "waiting": tuple(sorted(digest.waiting))}
        memory.learn(digest.tells, run.now)
        digests.day.taken |= {recipient.id} if due else set()
    return Mail.of(
        letter, recipient.to, job.key, MailKind.DIGEST, run.now, job.expires_at, lane=LANES[job.kind],
        subscriptions=tuple(each.id for each in job.subscriptions), **fields,
    )  # fmt: skip


def _commit(digests: DigestRun, drafts: Sequence[Draft]) -> list[int]:
    run, result = digests.run, digests.result
    with run.writing() as session:
        marks = active_marks(session, [draft.recipient.id for draft in drafts])
        good = [draft for draft in drafts if _unchanged(draft.recipient, marks)]
        mails = [mail for draft in good for mail in draft.mails]
        parked = [mail for mail in mails if mail.state is DeliveryState.HELD]
        result.digests += run.put(session, mails) - len(parked)
        result.parked += len(parked)
        if digests.catalogue.by_challenge:  # before anything is gathered and matched no first digest can be given
            firsts = [each for draft in good for job in draft.jobs if job.first for each in job.subscriptions]
            _note_firsts(session, [str(each.id) for each in firsts if not each.had_first], run)
        note_written(session, [each for draft in good for job in draft.jobs for each in job.replaces])
        for mail in parked:
            raise_alert(session, f"parked:{mail.key}", f"een mail ({mail.key}): {in_dutch(mail.remark)}", run.now)
    return [draft.recipient.id for draft in drafts if not _unchanged(draft.recipient, marks)]


def _note_firsts(session: Session, subscriptions: Sequence[str], run: PlanningRun) -> None:
    """That these had their first digest; some may have had it of a slice meanwhile."""
    if not subscriptions:
        return
    noted = select(Run.slot).where(Run.job == FIRST, col(Run.slot).in_(subscriptions))
    new = set(subscriptions).difference(session.exec(noted).all())
    session.add_all(Run.done(FIRST, each, run.now, epoch=run.epoch) for each in sorted(new))


def plan_slice(run: PlanningRun, part: Part, threshold: float, matching_since: datetime | None) -> int:
    """The digests of one part of the people, for the planner with this number; how many. Raises LeaseLost.

    From the last to the first, while the planner goes through everybody from the first on: who is planned already is
    passed over, so it makes no difference which slices were done. Whose mail was taken back is left to the planner.
    """
    with reading(run.engine) as session:
        inside = inside_due(session, Now(run.now))
        taken_back = read_outdated(session, run.now).keys() | taken_back_at(session, run.now)
        everybody = read_recipients(session, run.now)
        due = [e for e in _unplanned(session, run.now) if matching_since is None or e.due < matching_since]
    mine = [each for each in everybody[part[0] - 1 :: part[1]] if each.id not in taken_back]
    result = PlanResult()
    _plan_all_digests(run, mine[::-1], due, read_day(run, inside, ()), result, threshold, matching_since)
    return result.digests


def _unchanged(recipient: Recipient, marks: dict[int, str]) -> bool:
    """Whether the person changed nothing since the subscriptions were read."""
    return all(marks.get(each.id) == each.mark for each in recipient.subscriptions)
