"""Plan and send as a person or the scheduler asks for it: one function each, behind every door."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from db.session import reading, writing
from notifications.dispatcher import send_due
from notifications.outbox import SendTally
from tracker.clock import Clock
from tracker.errors import CommandFailed
from tracker.mailing.brief_mail import BRIEF, rewrite_briefs
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.mailing.mailer import Mailer, open_mailer, sending_rules, transport_of
from tracker.mailing.minutes_mail import MINUTES, rewrite_minutes
from tracker.mailing.outdated_mail import hidden_since, past_midnight
from tracker.mailing.personal import waiting_of
from tracker.mailing.plan import PlannerBusy, PlanResult, plan, plan_slice
from tracker.mailing.planning_run import LeaseLost, Part, PlanningRun, Spread, nobody
from tracker.mailing.release_mail import RELEASE, rewrite_releases
from tracker.settings import Settings
from tracker.sources.clock_skew import clock_trouble

PATIENCE = 100  # seconds; a lease of somebody who hangs is over by then


def plan_now(
    settings: Settings, engine: Engine, clock: Clock, patience: float = PATIENCE, matching: bool = False,
    alerts_only: bool = False, spread: Spread | None = None,
) -> PlanResult:  # fmt: skip
    """Plan once; wait for another planner to finish. CommandFailed says why nothing was planned.

    While ``matching`` goes on, a digest waits for it, WAIT_FOR_MATCHING minutes at most. ``alerts_only`` and
    ``spread``: as in plan().
    """
    from tracker.matching import DIGEST_THRESHOLD

    transport_of(settings)  # what could not leave is not written: its links would be frozen
    mailer, waited = open_mailer(settings, engine), 0.0
    while True:
        try:
            now = clock.now().instant
            since = now - timedelta(minutes=settings.wait_for_matching) if matching else None
            how: dict[str, Any] = {"alerts_only": alerts_only, "spread": spread}
            return plan(engine, mailer, now, DIGEST_THRESHOLD, not clock.is_set, since, **how)
        except PlannerBusy as error:
            if waited >= patience:
                raise CommandFailed(f"{error}; try again later") from error
            waited += 1
            time.sleep(1)
        except LeaseLost as error:
            raise CommandFailed(str(error)) from error


def plan_slice_now(
    settings: Settings, engine: Engine, part: Part, now: datetime, epoch: int, matching_since: datetime | None
) -> int:
    """Plan one slice of people beside the planner with this number; how many digests. Nothing once that one is done."""
    from tracker.matching import DIGEST_THRESHOLD

    run = PlanningRun(engine, open_mailer(settings, engine), now, epoch, nobody)
    try:
        return plan_slice(run, part, DIGEST_THRESHOLD, matching_since)
    except LeaseLost:
        return 0


def send_now(
    settings: Settings, engine: Engine, clock: Clock, stopping: Callable[[], bool] = lambda: False, doubt: str = ""
) -> SendTally:
    """Empty the outbox of what is due; only of sign-in mail while the time is in ``doubt`` or the sources say another.

    CommandFailed where a setting is wrong or the data folder cannot be written.
    """
    transport = transport_of(settings)
    mailer = open_mailer(settings, engine)
    guard = partial(guard_against_copies, settings, engine, clock, trial=bool(settings.mail_allow))
    guard()
    halted = doubt or ("" if clock.is_set else clock_trouble(engine, clock.now().instant))
    if not halted:
        rewrite_outdated(engine, mailer, clock)
    rules = sending_rules(settings, clock, transport, mailer, halted)
    tally = asyncio.run(send_due(engine, transport, rules, mailer.envelope, stopping))
    guard()
    return tally


def rewrite_outdated(engine: Engine, mailer: Mailer, clock: Clock) -> None:
    """What waited past midnight, or names what is hidden now, is written anew before it leaves.

    Where another process plans, that one does it.
    """
    from tracker.matching import DIGEST_THRESHOLD

    now = clock.now()
    with reading(engine) as session:
        shared = any(waiting_of(session, what) for what in (BRIEF, MINUTES, RELEASE))
    if shared:
        with writing(engine) as session:
            rewrite_briefs(session, mailer, now.instant)
            rewrite_minutes(session, mailer, now.instant)
            rewrite_releases(session, mailer, now.instant)
    with reading(engine) as session:
        if not past_midnight(session, now) and not hidden_since(session, mailer.links):
            return
    with suppress(PlannerBusy, LeaseLost):
        plan(engine, mailer, now.instant, DIGEST_THRESHOLD, compare_clocks=False, outdated_only=True)


def guard_against_copies(settings: Settings, engine: Engine, clock: Clock, trial: bool = False) -> None:
    """Pause sending where this database may be a copy of another. CommandFailed where DATA_DIR cannot be written."""
    try:
        with writing(engine) as session:
            check_not_a_copy(session, settings.data_dir, clock.now().instant, trial)
    except OSError as error:
        raise CommandFailed(f"cannot write in {settings.data_dir}: {error.strerror or error}") from error


def tally_as_json(tally: SendTally) -> dict[str, Any]:
    """What sending came to; what the relay refused for good, for whatever reason, counts as failed."""
    names = ("accepted", "deferred", "ambiguous", "held", "expired", "cancelled", "stopped")
    return {name: getattr(tally, name) for name in names} | {"failed": tally.failed + tally.held}
