"""Any number of processes on one PostgreSQL database: procrastinate hands each job of the table to one of them.

What the engine does is not done here: who takes a job, that only one does, which process no longer lives, that a tick
is asked for once however many clocks go. What is due stays in our own tables, as for the clock of one process, so that
a job that is lost or done twice changes nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from procrastinate.jobs import Job, Status
from procrastinate.periodic import PeriodicDeferrer, PeriodicRegistry, TaskAtTime
from psycopg import Error as DatabaseGone
from psycopg_pool import PoolTimeout
from sqlalchemy import Engine, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from db.leases import beat, this_process
from db.models import Crawl
from db.session import reading, writing
from tracker.errors import CommandFailed
from tracker.mailing.run import plan_slice_now
from tracker.operations.jobs import TABLE, TIME, JobKind, Jobs
from tracker.operations.scheduler import LEASE
from tracker.sources.crawl import crawlable

ON_THE_QUEUE = (
    JobKind("source", "bronnen ophalen", every=0, lane="long", tries=3),
    JobKind("shard", "vergelijken met de opgaven", every=0, lane="long", tries=3),
    JobKind("opinions", "de tweede lezer vragen", every=0, lane="long"),
    JobKind("slice", "mail plannen", every=0),
    JobKind("revive", "werk van een gestopt proces hervatten"),
)
KINDS = {kind.name: kind for kind in (*TABLE, *ON_THE_QUEUE)}
LANES = {"clock": 3, "mail": 1, "long": 2}  # jobs at once in one process: what is long holds up nothing that is due
MINUTES = "*/{every} * * * *"  # in UTC and the same in every zone: no rule of ours names an hour
BEAT, SILENT = 10, 30  # seconds between two signs of life, and after which a process counts as gone
STOPS_WITHIN = 15  # seconds; what is not done by then is begun again by another
AGAIN = 5  # seconds after which a database that was gone is tried again
SLICES = 3  # of the people whose mail is planned, beside the planner that goes through all
FEW, SHARDS = 200, 4  # calls that wait to be matched and are one job; at most so many jobs
KEPT_HOURS = 7 * 24  # what failed, to be looked at
LONG_AGO = datetime.fromtimestamp(0, UTC)  # at once, whatever our clock says
LOG = logging.getLogger("kansenradar.clock")


class JobFailed(Exception):
    """Told already, by an alert; the engine hears it, to try again."""


class Ticks(PeriodicDeferrer):
    """Remembers no tick: the database refuses a second one, and a wall clock that jumps leaves no gap and no flood."""

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        """The last tick of each job before ``at``, in seconds since 1970."""
        self.last_defers.clear()
        return super().get_previous_tasks(at)


@dataclass
class QueuedJobs(Jobs):
    """One process among many: does jobs of the queue, and asks for those that follow from them."""

    patience: float = 30  # another planner may be a sender that writes anew what waited past midnight
    app: App = field(init=False)
    _first_crawl: int = field(init=False)
    _looked: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.app = App(connector=PsycopgConnector(conninfo=_conninfo(self.engine), min_size=1, max_size=6))
        for kind in KINDS.values():
            self._register(kind)
        self._first_crawl = self._newest_crawl()

    def _register(self, kind: JobKind) -> None:
        async def work(**arguments: Any) -> None:
            arguments.pop("timestamp", None)  # of the tick; what is due is up to the moment at which it is done
            await self.work(kind, arguments)

        self.app.task(
            name=kind.name, queue=kind.lane, lock=_lock(kind, kind.name), queueing_lock=kind.name,
            retry=RetryStrategy(max_attempts=kind.tries - 1, wait=60) if kind.tries > 1 else False,
        )(work)  # fmt: skip

    async def work(self, kind: JobKind, arguments: dict[str, Any]) -> None:
        """One job that the queue handed to this process. JobFailed where it failed and no later one would do it."""
        if self.schema.trouble():
            raise JobFailed("the database is of another version")
        await self._look_at_the_clock()
        failed = await self.do(kind, **arguments)
        if failed and kind.tries > 1:
            raise JobFailed(failed)

    async def _look_at_the_clock(self) -> None:
        """Only who was in doubt itself says that it is over: another machine's clock may still be wrong."""
        was_sure, self._looked = self._looked and self.skew.sure, True
        with contextlib.suppress(CommandFailed, SQLAlchemyError):
            await self.tell_the_time()
        if not (was_sure and self.skew.sure):
            await self.guarded("time", TIME, self.tell_the_time)

    async def ask(self, job: str, which: str = "", **arguments: Any) -> None:
        """Ask for a job, unless it waits already; ``which`` tells it from others of its kind."""
        key = f"{job} {which}".rstrip()
        with contextlib.suppress(AlreadyEnqueued):
            await self.app.configure_task(job, lock=_lock(KINDS[job], key), queueing_lock=key).defer_async(**arguments)

    async def _unfinished(self, name: str) -> set[str]:
        """The jobs of a kind that wait or are being done."""
        states = (Status.TODO.value, Status.DOING.value)
        lists = [await self.app.job_manager.list_jobs_async(task=name, status=state) for state in states]
        return {job.queueing_lock or "" for jobs in lists for job in jobs}

    def _newest_crawl(self) -> int:
        with reading(self.engine) as session:
            return session.exec(select(func.max(Crawl.id))).one() or 0

    def has_asked(self) -> bool:
        """Whether some source was asked since this process began, by whichever."""
        return not crawlable(self.settings) or self._newest_crawl() > self._first_crawl

    async def ask_sources(self, names: list[str]) -> None:
        """A job each."""
        since, busy = self.round_since(self.clock.now().instant).isoformat(), await self._unfinished("source")
        for name in names:
            if f"source {name}" not in busy:
                await self.ask("source", name, name=name, since=since)

    async def source(self, name: str, since: str) -> None:
        """Crawl one source, in a process of its own; what it brought is matched by whoever is free."""
        await self.child("crawl", name, "--since", since, "--queued")
        await self.match()

    async def ask_matching(self, waiting: int) -> None:
        """In shards where much waits; none while others are at it, since theirs may be cut otherwise."""
        if not await self._unfinished("shard"):
            shards = min(SHARDS, -(-waiting // FEW))
            for number in range(1, shards + 1):
                await self.ask("shard", f"{number}/{shards}", part=f"{number}/{shards}")

    async def shard(self, part: str) -> None:
        """Match one part of the calls that wait, in a process of its own."""
        await self.child("match", "--shard", part, quiet=True)
        if self.settings.reader_url and self.settings.reader_model:
            await self.ask("opinions")

    async def plan(self) -> None:
        """The same, and where many people are due, others take slices of them."""
        loop = asyncio.get_running_loop()

        def spread(now: datetime, epoch: int, matching_since: datetime | None) -> None:
            since = matching_since.isoformat() if matching_since else ""
            asked = self._ask_slices(now.isoformat(), epoch, since)
            asyncio.run_coroutine_threadsafe(asked, loop).result(STOPS_WITHIN)

        self.spread = spread
        await super().plan()

    async def _ask_slices(self, now: str, epoch: int, since: str) -> None:
        for number in range(1, SLICES + 1):
            await self.ask("slice", f"{number}/{SLICES}", number=number, now=now, epoch=epoch, since=since)

    async def slice(self, number: int, now: str, epoch: int, since: str) -> None:
        """Plan one slice of people, for the planner with this number."""
        moments = [datetime.fromisoformat(each) if each else None for each in (now, since)]
        part = number, SLICES
        planned = await asyncio.to_thread(
            plan_slice_now, self.settings, self.engine, part, moments[0] or LONG_AGO, epoch, moments[1]
        )
        if planned:
            self.say(f"planned {planned} digests in slice {number}")

    async def opinions(self) -> None:
        """Ask the second reader what the first left open."""
        await self.child("read-questions", quiet=True)

    async def revive(self) -> None:
        """Say that the clock goes, begin anew what a dead process had in hand, and forget what failed long ago."""
        await asyncio.to_thread(self._beat)
        for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
            await self._begin_anew(job)
        await self.app.job_manager.delete_old_jobs(KEPT_HOURS, include_failed=True, include_aborted=True)

    def _beat(self) -> None:
        with writing(self.engine) as session:
            beat(session, LEASE, this_process())

    async def _begin_anew(self, job: Job) -> None:
        """Where the same job waits already, that one will do it; a row that another freed meanwhile is left."""
        self.say(f"{job.task_name} {job.task_kwargs or ''} of a process that is gone is begun again")
        try:
            await self.app.job_manager.retry_job(job, retry_at=LONG_AGO)
        except ProcrastinateException:
            with contextlib.suppress(ProcrastinateException):
                await self.app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    async def run(self, ticks: bool) -> None:
        """Do jobs until stopped, and with ``ticks`` ask for those of each minute; a lost database is found again."""
        while not self.stopping:
            if await asyncio.to_thread(self.is_outdated):
                await asyncio.sleep(AGAIN)
                continue
            try:
                async with self.app.open_async():
                    await self._work_until_something_ends(ticks)
            except (ProcrastinateException, DatabaseGone, PoolTimeout) as error:
                LOG.warning("the queue cannot be reached: %s", type(error).__name__)
            await asyncio.sleep(0 if self.stopping else AGAIN)

    async def _work_until_something_ends(self, ticks: bool) -> None:
        lanes = [asyncio.create_task(self._lane(name, most)) for name, most in LANES.items()]
        beside = [asyncio.create_task(self._until_outdated())]
        beside += [asyncio.create_task(self._ticks().worker())] if ticks else []
        try:
            done, _ = await asyncio.wait([*lanes, *beside], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (*beside, *lanes):
                task.cancel()
            await asyncio.gather(*beside, *lanes, return_exceptions=True)

    async def _lane(self, name: str, most: int) -> None:
        await self.app.run_worker_async(
            queues=[name], name=name, concurrency=most, install_signal_handlers=False, delete_jobs="successful",
            update_heartbeat_interval=BEAT, stalled_worker_timeout=SILENT, shutdown_graceful_timeout=STOPS_WITHIN,
        )  # fmt: skip

    def _ticks(self) -> Ticks:
        registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
        for kind in KINDS.values():
            if kind.every:
                task = self.app.tasks[kind.name]
                registry.register_task(task, MINUTES.format(every=kind.every), "", {})
        return Ticks(registry)

    async def _until_outdated(self) -> None:
        """Ends when the database goes on to a version that this process does not know."""
        while not await asyncio.to_thread(self.schema.trouble):
            await asyncio.sleep(AGAIN)


def _lock(kind: JobKind, key: str) -> str | None:
    """What is held while a job is done: its own name, what it shares with others, or nothing."""
    return key if kind.lock is None else kind.lock or None


def _conninfo(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def working(jobs: QueuedJobs, ticks: bool) -> AsyncIterator[None]:
    """Jobs are done from now until the block ends; what is in hand then is finished, or given back to the queue."""
    going = asyncio.create_task(jobs.run(ticks))
    try:
        yield
    finally:
        jobs.stopping = True
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
