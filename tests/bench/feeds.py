"""A calendar feed of 2,000 deadlines, in processor time: cold, and unchanged."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import icalendar

from db.migrate import upgrade
from db.models import Call, Deadline
from db.session import open_engine, writing
from db.vocabulary import Role
from db.vocabulary_calendar import FeedScope
from tests.bench.pages import at_95
from tests.bench.row import FEWEST, Row, beside, seconds, within
from tests.make.pages import Visitor, make_user, visit
from tracker.calendar import feeds
from tracker.web.frame.safety import Limits
from tracker.web.frame.settled import settle

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DEADLINES, TIMES = 2000, 20


def bench() -> Iterator[Row]:
    """Through the whole application, on SQLite; limits from the design."""
    with tempfile.TemporaryDirectory() as folder, _visitor(Path(folder)) as (visitor, address):
        etag = visitor.get(address).headers["etag"]
        settle()  # as a server does after its first answers
        cold = [_times(lambda: visitor.get(address), prepare=feeds._kept.cache_clear) for _ in range(FEWEST)]
        kept = _p95s(lambda: visitor.get(address))
        same = _p95s(lambda: visitor.get(address, headers={"If-None-Match": etag}))
        yield beside(
            f"calendar feed, {DEADLINES:,} deadlines, nothing kept",
            lambda: (feeds._kept.cache_clear(), visitor.get(address)),
            "bare icalendar",
            _bare_file(),
        )
    name = f"calendar feed, {DEADLINES:,} deadlines"
    yield within(f"{name}: nothing kept, middle", [median(times) for times in cold], 40, "ms")
    yield within(f"{name}: nothing kept, p95", [at_95(times) for times in cold], 40, "ms")
    yield within(f"{name}: p95 unchanged (304)", same, 5, "ms")
    yield within(f"{name}: p95 without ETag, file kept", kept, 40, "ms")


def _bare_file() -> Callable[[], bytes]:
    """As many events with the same words, by the icalendar library alone."""
    rows = [(n, _call(n), _deadline(n)) for n in range(1, DEADLINES + 1)]

    def write() -> bytes:
        calendar = icalendar.Calendar()
        for n, call, due in rows:
            event = icalendar.Event()
            event.add("uid", f"{n}@bron.example")
            event.add("dtstamp", NOW)
            event.add("dtstart", due.at)
            event.add("summary", call.title)
            event.add("description", f"{call.publisher}: {call.url}, {due.text}")
            calendar.add_component(event)
        return bytes(calendar.to_ical())

    return write


@contextmanager
def _visitor(folder: Path) -> Iterator[tuple[Visitor, str]]:
    engine = open_engine(f"sqlite:///{folder / 'bench.db'}")
    upgrade(engine)
    with writing(engine) as session:
        user = make_user(session, NOW, Role.READER)
        session.add_all(_call(n) for n in range(1, DEADLINES + 1))
        session.flush()
        session.add_all(_deadline(n) for n in range(1, DEADLINES + 1))
        _, token = feeds.open_feed(session, user, FeedScope.FILTER, "alles", NOW)
    seconds = iter(range(10**9))
    limits = Limits(lambda: float(next(seconds)))  # a clock that runs fast: the bench is no flood
    with visit(engine, NOW, folder, limits=limits) as visitor:
        yield visitor, f"/kalender/feed/{token}.ics"
    engine.dispose()


def _call(n: int) -> Call:
    title = f"Regeling {n} voor warmte, wonen en mobiliteit in de regio; tweede openstelling"
    seen = {"first_seen": NOW, "last_seen": NOW}
    return Call(id=n, title=title, language="nl", url=f"https://bron.example/{n}", publisher="RVO", **seen)


def _deadline(n: int) -> Deadline:
    at = NOW + timedelta(hours=7 * n)
    shown = {"zone": "Europe/Brussels", "assumed": True, "text": "17:00 Brussels time"}
    return Deadline(call_id=n, kind="closes", at=at, gate_at=at, day=at.date(), modified_at=NOW, **shown)


def _p95s(work: Callable[[], object]) -> list[float]:
    return [at_95(_times(work)) for _ in range(FEWEST)]


def _times(work: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> list[float]:
    """Milliseconds of processor time of each of some times."""
    times = []
    for _ in range(TIMES):
        prepare()
        times.append(seconds(work) * 1000)
    return times
