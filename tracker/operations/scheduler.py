"""The scheduler: once a minute it looks in our own tables for what is due, and does what a person would type.

APScheduler is an alarm clock and nothing more: nothing is in its job store, and a tick that was missed costs a minute.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from db.leases import release, renew, take, this_process
from db.models import Delivery
from db.session import reading, writing
from db.vocabulary import WAITING_STATES
from notifications.alerts import end_alert, raise_alert, standing_alerts
from notifications.reasons import in_dutch
from notifications.wording import AMSTERDAM, local_day
from tracker.clock import Clock
from tracker.errors import CommandFailed
from tracker.knowledge.texts import read_waiting
from tracker.mailing.bounces import read_bounces
from tracker.mailing.run import plan_now, send_now
from tracker.operations.upkeep import tidy_once_a_day
from tracker.people.data_register import days_set
from tracker.settings import Settings
from tracker.sources.clock_skew import DOUBT, SkewMonitor
from tracker.sources.crawl import crawlable
from tracker.sources.health import LONGEST_REST, resting_until
from tracker.sources.history import past_crawls
from tracker.watch.note import note, watched_of
from tracker.watch.schema import SchemaWatch
from tracker.watch.webhook import Webhook, post_due

LEASE = "clock"
TICK, RENEW, LETTERBOX = 60, 30, 2  # seconds
LAST_TICK = 15  # seconds that stopping waits for a tick to end by itself
ROUNDS = (time(1), time(7), time(13), time(19))  # local; 07:00 so that the digests of 07:30 are fresh
EPOCH = datetime.fromtimestamp(0, UTC)
BOUNCES_EVERY = 300  # seconds between two looks into the mailbox where bounces arrive
CERTIFICATE_EVERY = 3600  # seconds between two looks at the certificate of our own site
ASK_AGAIN = timedelta(minutes=10)  # while it is not known what time it is
JOBS = {
    "time": "weten hoe laat het is",
    "crawl": "bronnen ophalen",
    "match": "vergelijken met de opgaven",
    "plan": "mail plannen",
    "bounces": "teruggekomen mail lezen",
    "texts": "teksten van publicaties lezen",
    "watch": "kijken wat er stuk is",
    "send": "mail versturen",
    "tidy": "opruimen",
}
Say = Callable[[str], None]


def last_round(now: datetime) -> datetime:
    """The newest moment, up to now, at which every source was due, in UTC. No round in the hour clocks change."""
    day = local_day(now)
    starts = [datetime.combine(near, at, AMSTERDAM) for near in (day - timedelta(days=1), day) for at in ROUNDS]
    return max(start.astimezone(UTC) for start in starts if start <= now)


@dataclass
class Scheduler:
    """What runs in the scheduler's process; everything it does can be typed as a command."""

    settings: Settings
    engine: Engine
    clock: Clock
    say: Say
    stopping: bool = False
    crawling: asyncio.subprocess.Process | None = None
    matching: asyncio.subprocess.Process | None = None
    epoch: int | None = None
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _skew: SkewMonitor = field(init=False)
    _schema: SchemaWatch = field(init=False)
    _asked_certificate: float = float("-inf")
    _read_bounces_at: float = float("-inf")
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._schema = SchemaWatch(self.engine)
        self._skew = SkewMonitor(self.engine, lambda: bool(crawlable(self.settings)), self._has_asked)

    async def tick(self) -> None:
        """Crawl, plan and send what is due; nothing while another process is the clock."""
        async with self._ticking:
            await self._tick()

    async def _tick(self) -> None:
        if self.stopping or await asyncio.to_thread(self._is_outdated):
            return
        self.epoch = await asyncio.to_thread(self._take)
        if self.epoch is None:
            return
        await self._guarded("time", self._tell_the_time)
        await self._guarded("crawl", self._crawl)
        if self._skew.sure:
            await self._guarded("match", self._match)
            await self._guarded("plan", self._plan)
        await self._guarded("bounces", self._read_bounces)
        await self._guarded("texts", self._read_texts)
        await self._guarded("watch", self._watch)
        await self._guarded("send", self._send)
        if self._skew.sure:
            await self._guarded("tidy", self._tidy)

    def _is_outdated(self) -> bool:
        """Whether the database went on to a schema that this process does not know: then it does nothing any more."""
        line = self._schema.trouble()
        if line:
            with contextlib.suppress(SQLAlchemyError):
                self._release()
                with writing(self.engine) as session:
                    raise_alert(session, f"schema:{this_process()}", line, self.clock.now().instant)
        return bool(line)

    def _take(self) -> int | None:
        with writing(self.engine) as session:
            return take(session, LEASE, this_process())

    async def _tell_the_time(self) -> None:
        """See whether it can be as late as our clock says; where that is in doubt, sources are asked first."""
        count = asyncio.get_running_loop().time()
        line = await asyncio.to_thread(self._skew.doubt, self.clock.now().instant, count)
        if line:
            raise CommandFailed(line)

    def _has_asked(self) -> bool:
        """Whether every source that can be was asked since this process began; one that only sends asks none."""
        if self.epoch is None or not crawlable(self.settings):
            return True
        return self.crawling is not None and self.crawling.returncode is not None

    async def _guarded(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """One part that fails does not stop the others; it is told once, until it works again."""
        line = ""
        try:
            await work()
        except (CommandFailed, SQLAlchemyError, OSError) as error:
            line = (str(error) or type(error).__name__).splitlines()[0]
        with contextlib.suppress(SQLAlchemyError):
            await asyncio.to_thread(self._note, name, line)

    def _note(self, name: str, line: str) -> None:
        key = f"clock:{name}"
        with reading(self.engine) as session:  # the usual case takes no lock that others wait for
            known = any(alert.key == key for alert in standing_alerts(session))
        if not line and not known:
            return
        with writing(self.engine) as session:
            if not line:
                end_alert(session, key, self.clock.now().instant)
            else:
                told = f"{JOBS[name]}: {in_dutch(line)}"
                raise_alert(session, key, told, self.clock.now().instant, f"{name}: {line}")

    async def _crawl(self) -> None:
        if self.crawling is not None and self.crawling.returncode is None:
            return
        due = await asyncio.to_thread(self._due_sources)
        if due:
            self.say(f"crawl {' '.join(due)}")
            since = ("--since", self._round_since(self.clock.now().instant).isoformat())
            command = (sys.executable, "-m", "tracker", "crawl", *due, *since)
            self.crawling = await asyncio.create_subprocess_exec(*command)
            task = asyncio.create_task(self._wait(self.crawling))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _wait(self, crawling: asyncio.subprocess.Process) -> None:
        code = await crawling.wait()
        self.say(f"crawl ended, exit code {code}")

    def _round_since(self, now: datetime) -> datetime:
        """When the round began that is to be served now."""
        doubted = self._skew.doubted_at
        return max(doubted, now - ASK_AGAIN) if doubted is not None else last_round(now)

    def _due_sources(self) -> list[str]:
        """What was not begun since its last round; a moment still to come was noted by a clock that was wrong."""
        now = self.clock.now().instant
        since = self._round_since(now)
        with reading(self.engine) as session:
            past = past_crawls(session)
        begun = {name: crawls[0].started_at for name, crawls in past.items()}
        rests = {name: resting_until(crawls) or now for name, crawls in past.items()}
        due = [name for name in crawlable(self.settings) if not since <= begun.get(name, EPOCH) <= now]
        return [name for name in due if not now < rests.get(name, now) <= now + 2 * LONGEST_REST]

    async def _match(self) -> None:
        """Match what people added or changed; what a crawl brought is matched by the crawl itself."""
        busy = (process for process in (self.crawling, self.matching) if process is not None)
        if any(process.returncode is None for process in busy) or not await asyncio.to_thread(self._unmatched):
            return
        failed = self.matching.returncode if self.matching is not None else 0
        self.matching = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tracker", "match", stdout=asyncio.subprocess.DEVNULL
        )
        if failed:
            raise CommandFailed(f"match ended with exit code {failed}; it is tried again")

    def _unmatched(self) -> int:
        from tracker.matching.run import waiting_calls  # numpy comes with it

        with reading(self.engine) as session:
            return waiting_calls(session)

    async def _plan(self) -> None:
        """Digests wait for the matching of what they should know, an hour at most; reminders do not."""
        matching = bool(await asyncio.to_thread(self._unmatched))
        planned = await asyncio.to_thread(plan_now, self.settings, self.engine, self.clock, 0, matching)
        if planned.refused:
            raise CommandFailed(planned.refused)
        if planned.digests or planned.reminders or planned.alerts:
            self.say(f"planned {planned.digests} digests, {planned.reminders} reminders, {planned.alerts} alerts")

    async def _watch(self) -> None:
        """See what is broken, and tell who can do something about it, by webhook and by mail."""
        now, count = self.clock.now().instant, asyncio.get_running_loop().time()
        asks = count - self._asked_certificate > CERTIFICATE_EVERY
        self._asked_certificate = count if asks else self._asked_certificate
        watched = await asyncio.to_thread(watched_of, self.settings, asks)
        await asyncio.to_thread(note, self.engine, now, watched)
        where = self.settings, self.engine, self.clock
        await asyncio.to_thread(plan_now, *where, 0, alerts_only=True)
        if webhook := Webhook.of(self.settings):
            await asyncio.to_thread(post_due, self.engine, webhook, self.settings.base_url, now)

    async def _read_texts(self) -> None:
        """Files of the KennisHuis that nobody read yet become findable by their words."""
        read = await asyncio.to_thread(read_waiting, self.engine)
        if read:
            self.say(f"read {read} files of publications")

    async def _read_bounces(self) -> None:
        """Every five minutes: what came back counts against its address."""
        count = asyncio.get_running_loop().time()
        if count - self._read_bounces_at > BOUNCES_EVERY:
            self._read_bounces_at = count
            await asyncio.to_thread(read_bounces, self.settings, self.engine, self.clock.now().instant)

    async def _send(self) -> None:
        async with self._sending:
            doubt = "" if self._skew.sure else DOUBT
            where = self.settings, self.engine, self.clock
            tally = await asyncio.to_thread(send_now, *where, lambda: self.stopping, doubt)
        counts = {
            "accepted": tally.accepted, "deferred": tally.deferred, "failed": tally.failed + tally.held,
            "ambiguous": tally.ambiguous,
        }  # fmt: skip
        if any(counts.values()):
            self.say(f"sent: {', '.join(f'{name} {number}' for name, number in counts.items())}")

    async def _tidy(self) -> None:
        line = await asyncio.to_thread(tidy_once_a_day, self.engine, days_set(self.settings), self.clock.now())
        if line:
            self.say(line)

    async def send_beside(self, stopped: asyncio.Event) -> None:
        """Send what is due until there is nothing or it is asked to stop; what it holds is handed over first."""
        asked = asyncio.create_task(self._stop_when(stopped))
        if not await asyncio.to_thread(self._is_outdated):
            with contextlib.suppress(CommandFailed, SQLAlchemyError):
                await self._tell_the_time()
            await self._guarded("send", self._send)
        asked.cancel()

    async def _stop_when(self, stopped: asyncio.Event) -> None:
        await stopped.wait()
        self.stopping = True

    async def letterbox(self) -> None:
        """Urgent mail, such as a link to sign in, does not wait for the tick."""
        while not self.stopping:
            with contextlib.suppress(SQLAlchemyError):
                free = not self._sending.locked() and not await asyncio.to_thread(self._schema.trouble)
                if free and await asyncio.to_thread(self._urgent):
                    await self._guarded("send", self._send)
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
        for process in (self.crawling, self.matching):
            if process is not None and process.returncode is None:
                process.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 10)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ticking.acquire(), LAST_TICK)
        async with self._sending:
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
    stopped = _asked_to_stop()
    async with ticking(scheduler):
        await stopped.wait()
        scheduler.stopping = True


async def send_until_stopped(scheduler: Scheduler) -> None:
    """Empty the outbox beside other processes until SIGTERM or Ctrl-C; plans and crawls nothing, so needs no lease."""
    stopped = _asked_to_stop()
    while not stopped.is_set():
        await scheduler.send_beside(stopped)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), LETTERBOX)


def _asked_to_stop() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
