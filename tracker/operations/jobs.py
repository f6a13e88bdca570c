"""What is to be done again and again, on one table; the clock of one process and the queue of many both go by it.

Each job looks in our own tables for what is due, and does what a person would type; done twice it finds nothing.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.queries import last_crawls
from db.session import reading, writing
from notifications.alerts import end_alert, raise_alert, standing_alerts
from notifications.reasons import in_dutch
from notifications.wording import AMSTERDAM, local_day
from tracker.clock import Clock
from tracker.errors import DONE, INCOMPLETE, CommandFailed
from tracker.knowledge.texts import read_waiting
from tracker.mailing.bounces import read_bounces
from tracker.mailing.planning_run import Spread
from tracker.mailing.run import plan_now, send_now
from tracker.operations.upkeep import old_letters, tidy_once_a_day
from tracker.people.data_register import days_set
from tracker.settings import Settings
from tracker.sources.clock_skew import DOUBT, SkewMonitor
from tracker.sources.crawl import crawlable
from tracker.sources.health import LONGEST_REST, resting_until
from tracker.watch.note import note, watched_of
from tracker.watch.schema import SchemaWatch, tell_of_another_schema
from tracker.watch.webhook import post_by_setting

ROUNDS = (time(1), time(7), time(13), time(19))  # local; 07:00 so that the digests of 07:30 are fresh
EPOCH = datetime.fromtimestamp(0, UTC)
CERTIFICATE_EVERY = 3600  # seconds between two looks at the certificate of our own site
CRAWLS_OF_A_REST = 12  # more failures in a row than this make no rest longer
ASK_AGAIN = timedelta(minutes=10)  # while it is not known what time it is
LAST_WORDS = 10  # seconds that a child has to end in
LOG = logging.getLogger("kansenradar.clock")
Say = Callable[[str], None]


@dataclass(frozen=True)
class JobKind:
    """A job by the name of its function in Jobs; ``told``: what fails, in Dutch, where it fails.

    ``sure``: not while it is in doubt what time it is. ``every``: so many minutes; 0 is when asked for. The rest is for
    the queue. ``lane``: who does it; ``lock``: never at once with another of that lock, else of that name, or as often
    as asked where it is empty; ``tries``: in all, where no later one would do it.
    """

    name: str
    told: str
    sure: bool = False
    every: int = 1
    lane: str = "clock"
    lock: str | None = None
    tries: int = 1


TABLE = (
    JobKind("crawl", "bronnen ophalen"),
    JobKind("match", "vergelijken met de opgaven", sure=True),
    JobKind("plan", "mail plannen", sure=True, lock="planner"),
    JobKind("bounces", "teruggekomen mail lezen", every=5),
    JobKind("texts", "teksten van publicaties lezen"),
    JobKind("watch", "kijken wat er stuk is", lock="planner"),
    JobKind("send", "mail versturen", lane="mail", lock=""),
    JobKind("tidy", "opruimen", sure=True),
)  # in the order in which one process does them
TIME = "weten hoe laat het is"  # what goes before every job


def last_round(now: datetime) -> datetime:
    """The newest moment, up to now, at which every source was due, in UTC. No round in the hour clocks change."""
    day = local_day(now)
    starts = [datetime.combine(near, at, AMSTERDAM) for near in (day - timedelta(days=1), day) for at in ROUNDS]
    return max(start.astimezone(UTC) for start in starts if start <= now)


@dataclass
class Jobs:
    """What a process needs to do any job of the table; everything they do can be typed as a command."""

    settings: Settings
    engine: Engine
    clock: Clock
    say: Say
    spread: Spread | None = None  # asks others for slices of a plan, where there are others
    patience: float = 0  # seconds that planning waits for another planner
    stopping: bool = False
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    skew: SkewMonitor = field(init=False)
    schema: SchemaWatch = field(init=False)
    _asked_certificate: float = float("-inf")

    def __post_init__(self) -> None:
        self.schema = SchemaWatch(self.engine)
        self.skew = SkewMonitor(self.engine, lambda: bool(crawlable(self.settings)), self.has_asked)

    def has_asked(self) -> bool:
        """Whether every source that can be was asked since this process began."""
        raise NotImplementedError

    async def ask_sources(self, names: list[str]) -> None:
        """See to it that these sources are crawled."""
        raise NotImplementedError

    async def ask_matching(self, waiting: int) -> None:
        """See to it that so many calls are matched."""
        raise NotImplementedError

    def is_outdated(self) -> bool:
        """Whether the database went on to a schema that this process does not know: then it does nothing any more."""
        line = self.schema.trouble()
        if line:
            tell_of_another_schema(self.settings, self.engine, line, self.clock.now().instant)
        return bool(line)

    async def tell_the_time(self) -> None:
        """See whether it can be as late as our clock says; where that is in doubt, sources are asked first."""
        count = asyncio.get_running_loop().time()
        line = await asyncio.to_thread(self.skew.doubt, self.clock.now().instant, count)
        if line:
            raise CommandFailed(line)

    async def do(self, kind: JobKind, **arguments: str) -> str:
        """One job, unless it would have to know the time and that is in doubt. Gives why it failed, or nothing."""
        if kind.sure and not self.skew.sure:
            return ""
        name, work = f"{kind.name} {arguments.get('name', '')}".rstrip(), getattr(self, kind.name)
        return await self.guarded(name, kind.told, partial(work, **arguments))

    async def guarded(self, name: str, told: str, work: Callable[[], Awaitable[None]]) -> str:
        """One part that fails does not stop the others; it is told once, until it works again. Gives why it failed."""
        line = ""
        try:
            await work()
        except (CommandFailed, SQLAlchemyError, OSError) as error:
            line = (str(error) or type(error).__name__).splitlines()[0]
        except Exception as error:  # a fault of ours: the other parts go on all the same, and somebody hears of it
            line = f"a fault of ours: {type(error).__name__}"
            LOG.exception("%s failed:", name)
        with contextlib.suppress(SQLAlchemyError):
            await asyncio.to_thread(self._note, name, told, line)
        return line

    def _note(self, name: str, told: str, line: str) -> None:
        key = f"clock:{name}"
        with reading(self.engine) as session:  # the usual case takes no lock that others wait for
            known = any(alert.key == key for alert in standing_alerts(session))
        if not line and not known:
            return
        with writing(self.engine) as session:
            if not line:
                end_alert(session, key, self.clock.now().instant)
            else:
                said = f"{told}: {in_dutch(line)}"
                raise_alert(session, key, said, self.clock.now().instant, f"{name}: {line}")

    async def child(self, *arguments: str, quiet: bool = False) -> None:
        """Run a command of ours in a process of its own, and end it when we are to stop. CommandFailed if it fails."""
        out = asyncio.subprocess.DEVNULL if quiet else None
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tracker", *arguments, stdout=out)
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), LAST_WORDS)
        self.say(f"{arguments[0]} ended, exit code {code}")
        if code not in (DONE, INCOMPLETE):
            raise CommandFailed(f"{arguments[0]} ended with exit code {code}; it is tried again")

    async def crawl(self) -> None:
        """Ask the sources that are due."""
        due = await asyncio.to_thread(self.due_sources)
        if due:
            await self.ask_sources(due)

    def round_since(self, now: datetime) -> datetime:
        """When the round began that is to be served now."""
        doubted = self.skew.doubted_at
        return max(doubted, now - ASK_AGAIN) if doubted is not None else last_round(now)

    def due_sources(self) -> list[str]:
        """What was not begun since its last round; a moment still to come was noted by a clock that was wrong."""
        now = self.clock.now().instant
        since = self.round_since(now)
        with reading(self.engine) as session:
            past = last_crawls(session, CRAWLS_OF_A_REST)
        begun = {name: crawls[0].started_at for name, crawls in past.items()}
        rests = {name: resting_until(crawls) or now for name, crawls in past.items()}
        due = [name for name in crawlable(self.settings) if not since <= begun.get(name, EPOCH) <= now]
        return [name for name in due if not now < rests.get(name, now) <= now + 2 * LONGEST_REST]

    async def match(self) -> None:
        """Match what people added or changed; what a crawl brought, too."""
        waiting = await asyncio.to_thread(self.unmatched)
        if waiting:
            await self.ask_matching(waiting)

    def unmatched(self) -> int:
        """How many calls wait to be matched."""
        from tracker.matching.run import waiting_calls  # numpy comes with it

        with reading(self.engine) as session:
            return waiting_calls(session)

    async def plan(self) -> None:
        """Digests wait for the matching of what they should know, an hour at most; reminders do not."""
        matching = bool(await asyncio.to_thread(self.unmatched))
        where = self.settings, self.engine, self.skew.steady(self.clock)
        planned = await asyncio.to_thread(plan_now, *where, self.patience, matching, spread=self.spread)
        if planned.refused:
            raise CommandFailed(planned.refused)
        if planned.digests or planned.reminders or planned.alerts:
            self.say(f"planned {planned.digests} digests, {planned.reminders} reminders, {planned.alerts} alerts")

    async def watch(self) -> None:
        """See what is broken, and tell who can do something about it, by webhook and by mail."""
        now, count = self.clock.now().instant, asyncio.get_running_loop().time()
        asks = count - self._asked_certificate > CERTIFICATE_EVERY
        self._asked_certificate = count if asks else self._asked_certificate
        watched = await asyncio.to_thread(watched_of, self.settings, asks)
        await asyncio.to_thread(note, self.engine, now, watched)
        where = self.settings, self.engine, self.clock
        await asyncio.to_thread(plan_now, *where, self.patience, alerts_only=True)
        await asyncio.to_thread(post_by_setting, self.settings, self.engine, now)

    async def texts(self) -> None:
        """Files of the KennisHuis that nobody read yet become findable by their words."""
        read = await asyncio.to_thread(read_waiting, self.engine)
        if read:
            self.say(f"read {read} files of publications")

    async def bounces(self) -> None:
        """What came back counts against its address."""
        await asyncio.to_thread(read_bounces, self.settings, self.engine, self.clock.now().instant)

    async def send(self) -> None:
        """Empty the outbox of what is due; the mail in hand is handed over before this process stops."""
        async with self.sending:
            doubt = "" if self.skew.sure else DOUBT
            where = self.settings, self.engine, self.skew.steady(self.clock)
            tally = await asyncio.to_thread(send_now, *where, partial(self.stops_sending, doubt), doubt)
        counts = {
            "accepted": tally.accepted, "deferred": tally.deferred, "failed": tally.failed + tally.held,
            "ambiguous": tally.ambiguous,
        }  # fmt: skip
        if any(counts.values()):
            self.say(f"sent: {', '.join(f'{name} {number}' for name, number in counts.items())}")

    def stops_sending(self, doubt: str) -> bool:
        """When this process stops, or the wall clock jumps: who slept for days does not send what was due before."""
        return self.stopping or (not doubt and self.skew.jumped(self.clock))

    async def tidy(self) -> None:
        """Let go of what is past its term, once a day."""
        days, letters = days_set(self.settings), old_letters(self.settings.mail)
        line = await asyncio.to_thread(tidy_once_a_day, self.engine, days, self.skew.steady(self.clock).now(), letters)
        if line:
            self.say(line)
