"""The clock of one process: once a minute it goes by the table of jobs, and does what a person would type.

APScheduler is an alarm clock and nothing more: nothing is in its job store, and a tick that was missed costs a minute.
On PostgreSQL the queue does this instead: tracker/operations/workers.py.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from db.leases import release, renew, take, this_process
from db.models import Delivery
from db.session import reading, writing
from db.vocabulary import WAITING_STATES
from tracker.errors import CommandFailed
from tracker.operations.jobs import TABLE, TIME, JobKind, Jobs

LEASE = "clock"
TICK, RENEW, LETTERBOX = 60, 30, 2  # seconds
LAST_TICK = 15  # seconds that stopping waits for a tick to end by itself
SENDING = next(kind for kind in TABLE if kind.name == "send")
Child = asyncio.Task[None]


@dataclass
class Scheduler(Jobs):
    """The one process that is the clock: a lease says so."""

    crawling: Child | None = None
    matching: Child | None = None
    epoch: int | None = None
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _done_at: dict[str, float] = field(default_factory=dict)

    async def tick(self) -> None:
        """Crawl, plan and send what is due; nothing while another process is the clock."""
        async with self._ticking:
            await self._tick()

    async def _tick(self) -> None:
        if self.stopping or await asyncio.to_thread(self.is_outdated):
            return
        self.epoch = await asyncio.to_thread(self._take)
        if self.epoch is None:
            return
        await self.guarded("time", TIME, self.tell_the_time)
        for kind in TABLE:
            if self._is_its_minute(kind):
                await self.do(kind)

    def _is_its_minute(self, kind: JobKind) -> bool:
        """What is done less often than each tick goes by a count that no setting of the clock changes."""
        count = asyncio.get_running_loop().time()
        if kind.every > 1 and count - self._done_at.get(kind.name, float("-inf")) <= kind.every * 60:
            return False
        self._done_at[kind.name] = count
        return True

    def is_outdated(self) -> bool:
        """The same, and then somebody else may be the clock at once."""
        outdated = super().is_outdated()
        if outdated:
            with contextlib.suppress(SQLAlchemyError):
                self._release()
        return outdated

    def _take(self) -> int | None:
        with writing(self.engine) as session:
            return take(session, LEASE, this_process())

    def has_asked(self) -> bool:
        """Whether a round of asking ended; one that only sends asks none."""
        return self.epoch is None or (self.crawling is not None and self.crawling.done())

    async def ask_sources(self, names: list[str]) -> None:
        """In a process of its own, one at a time however long it takes; it matches what it brought, too."""
        if self.crawling is not None and not self.crawling.done():
            return
        self.say(f"crawl {' '.join(names)}")
        since = self.round_since(self.clock.now().instant).isoformat()
        self.crawling = asyncio.create_task(self._crawled(*names, "--since", since))

    async def _crawled(self, *arguments: str) -> None:
        with contextlib.suppress(CommandFailed):  # said already, and what was not asked is due again
            await self.child("crawl", *arguments)

    async def ask_matching(self, waiting: int) -> None:
        """In a process of its own, beside no crawl. CommandFailed where the last one failed; it is tried again."""
        if any(child is not None and not child.done() for child in (self.crawling, self.matching)):
            return
        failed = self.matching.exception() if self.matching is not None else None
        self.matching = asyncio.create_task(self.child("match", quiet=True))
        if failed is not None:
            raise failed

    async def send_beside(self, stopped: asyncio.Event) -> None:
        """Send what is due until there is nothing or it is asked to stop; what it holds is handed over first."""
        asked = asyncio.create_task(self._stop_when(stopped))
        if not await asyncio.to_thread(self.is_outdated):
            with contextlib.suppress(CommandFailed, SQLAlchemyError):
                await self.tell_the_time()
            await self.do(SENDING)
        asked.cancel()

    async def _stop_when(self, stopped: asyncio.Event) -> None:
        await stopped.wait()
        self.stopping = True

    async def letterbox(self) -> None:
        """Urgent mail, such as a link to sign in, does not wait for the tick."""
        while not self.stopping:
            with contextlib.suppress(SQLAlchemyError):
                free = not self.sending.locked() and not await asyncio.to_thread(self.schema.trouble)
                if free and await asyncio.to_thread(self._urgent):
                    await self.do(SENDING)
            await asyncio.sleep(LETTERBOX)

    def _urgent(self) -> bool:
        with reading(self.engine) as session:
            waiting = select(Delivery.id).where(
                col(Delivery.state).in_([state.value for state in WAITING_STATES]), Delivery.lane == 0,
                Delivery.next_attempt_at <= self.clock.now().instant, col(Delivery.finished_at).is_(None),
            )  # fmt: skip
            return session.exec(waiting.limit(1)).first() is not None

    async def keep(self) -> None:
        """Hold on to the lease while a tick takes long."""
        while not self.stopping:
            await asyncio.sleep(RENEW)
            with contextlib.suppress(SQLAlchemyError):
                await asyncio.to_thread(self._renew)

    def _renew(self) -> None:
        if self.epoch is not None:
            with writing(self.engine) as session:
                renew(session, LEASE, self.epoch)

    async def close(self) -> None:
        """End the crawl that runs, finish the mail that is being handed over, give the lease back."""
        self.stopping = True
        children = [child for child in (self.crawling, self.matching) if child is not None]
        for child in children:
            child.cancel()
        await asyncio.gather(*children, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ticking.acquire(), LAST_TICK)
        async with self.sending:
            await asyncio.to_thread(self._release)

    def _release(self) -> None:
        if self.epoch is not None:
            with writing(self.engine) as session:
                release(session, LEASE, self.epoch)
            self.epoch = None


@contextlib.asynccontextmanager
async def ticking(scheduler: Scheduler) -> AsyncIterator[None]:
    """The clock goes from now until the block ends."""
    alarm = AsyncIOScheduler(timezone=UTC)
    first = scheduler.clock.now().instant + timedelta(seconds=1)
    job = alarm.add_job(
        scheduler.tick, "interval", seconds=TICK, coalesce=True, max_instances=1, next_run_time=first,
        misfire_grace_time=None,
    )  # fmt: skip
    alarm.start()
    beside = [asyncio.create_task(work) for work in (scheduler.letterbox(), scheduler.keep(), wind(job, scheduler))]
    try:
        yield
    finally:
        alarm.pause()
        await scheduler.close()
        alarm.shutdown(wait=False)  # would cut off a tick that still runs
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def wind(job: Job, scheduler: Scheduler) -> None:
    """Bring the next tick near after the wall clock was set back: it would wait until it is that late once more."""
    while not scheduler.stopping:
        await asyncio.sleep(TICK)
        now = scheduler.clock.now().instant
        if job.next_run_time is not None and job.next_run_time > now + timedelta(seconds=2 * TICK):
            job.modify(next_run_time=now)


async def run_until_stopped(scheduler: Scheduler) -> None:
    """Tick until SIGTERM or Ctrl-C."""
    stopped = asked_to_stop()
    async with ticking(scheduler):
        await stopped.wait()
        scheduler.stopping = True


async def send_until_stopped(scheduler: Scheduler) -> None:
    """Empty the outbox beside other processes until SIGTERM or Ctrl-C; plans and crawls nothing, so needs no lease."""
    stopped = asked_to_stop()
    while not stopped.is_set():
        await scheduler.send_beside(stopped)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), LETTERBOX)


def asked_to_stop() -> asyncio.Event:
    """Set when somebody asks this process to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
