"""Where it bends: calls kept, people mailed and sources read, each ten times as many again; tables and pictures.

`python -m tests.bench.curves calls 1000 10000 100000`, `people 100 1000 10000`, `sources 20 100 500`. In processor time.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert
from sqlmodel import Session

from db.migrate import upgrade
from db.models import Crawl
from db.session import open_engine, reading, writing
from tests.bench import ingest as storing
from tests.bench.pages import NOW, fill
from tests.bench.picture import draw
from tests.bench.planning import alone
from tests.bench.row import seconds
from tests.conftest import ROOT
from tests.make.crawls import make_crawled
from tests.make.found import found_ids
from tests.make.pages import make_user, settings_for, visit
from tracker.calls.ingest import ingest
from tracker.challenges.agenda import load_agendas
from tracker.clock import Clock
from tracker.mailing.coverage import read_coverage
from tracker.operations.scheduler import Scheduler
from tracker.sources.crawl import crawlable
from tracker.watch.look import sources as troubles
from tracker.web.frame.safety import Limits

TIMES, YEAR = 5, 4 * 365  # crawls of a source in a year
Found = dict[str, float]


def ms(work: Callable[[], object]) -> float:
    """The middle of five, after one that opens and compiles."""
    work()
    return median(seconds(work) * 1000 for _ in range(TIMES))


@contextmanager
def database() -> Iterator[tuple[Engine, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'curve.db'}")
        upgrade(engine)
        yield engine, Path(folder)
        engine.dispose()


def calls(count: int) -> Found:
    """Pages and search over so many calls; a source of a fifth of them read again unchanged; the file."""
    with database() as (engine, folder):
        with writing(engine) as session:
            load_agendas(session)
            user = make_user(session, NOW)
            fill(session, count)
        numbers = iter(range(10**9))
        with visit(engine, NOW, folder, user, Limits(lambda: float(next(numbers)))) as visitor:
            pages = {
                "search page": "/regelingen?text=warmtenetten", "list of open": "/regelingen?status=open",
                "all calls": "/regelingen", "Vandaag": "/", "opgaven": "/opgaven", "calendar": "/kalender",
            }  # fmt: skip
            found = {f"{name}, ms": ms(lambda p=path: visitor.get(p)) for name, path in pages.items()}
        with reading(engine) as session:
            found["search, ms"] = ms(lambda: found_ids(session, "warmtenetten", NOW))
        found["round of one source, s"] = _read_again(engine, count // 5)
        found["file, MiB"] = sum(file.stat().st_size for file in folder.glob("curve.db*")) / 2**20
    return found


def _read_again(engine: Engine, count: int) -> float:
    """Processor seconds to store a crawl of so many calls, one in twenty changed, beside all that is kept."""
    for day, listings in enumerate((storing.listings(0, count), storing.listings(count // 20, count))):
        now = NOW + timedelta(days=day)
        crawled, began = make_crawled(listings, now), time.process_time()
        with writing(engine) as session:
            ingest(session, crawled, now)
    return time.process_time() - began


def people(count: int) -> Found:
    """Their digests over 500 new calls."""
    busy, peak = alone(count)
    return {"plan all, s": busy, "peak, MiB": peak}


def sources(count: int) -> Found:
    """What the clock asks itself each minute, and the page of sources, after a year of four rounds a day."""
    with database() as (engine, folder):
        settings = settings_for(folder)
        watched = settings.data_dir / "watched"
        watched.mkdir(parents=True, exist_ok=True)
        names = [f"bron{number}" for number in range(count)]
        for name in names:
            page = f"name: {name}\npublisher: Fonds {name}\nstart: https://{name}.example/subsidies\nlanguage: nl\n"
            (watched / f"{name}.yaml").write_text(page + 'links: "^/subsidies/[^/]+/?$"\n')
        with writing(engine) as session:
            user = make_user(session, NOW)
            _crawls(session, names)
        scheduler = Scheduler(settings, engine, Clock(NOW), print)
        found = {"which are due, ms": ms(scheduler.due_sources), "names of all, ms": ms(lambda: crawlable(settings))}
        with reading(engine) as session:
            found["what is broken, ms"] = ms(lambda: list(troubles(session, NOW, names)))
            found["foot of a mail, ms"] = ms(lambda: read_coverage(session, names, NOW))
        numbers = iter(range(10**9))
        with visit(engine, NOW, folder, user, Limits(lambda: float(next(numbers))), settings=settings) as visitor:
            found["page of sources, ms"] = ms(lambda: visitor.get("/bronnen"))
    return found


def _crawls(session: Session, names: list[str]) -> None:
    usual = {"kind": "catalogue", "complete": True, "seen": 10, "lost": [], "seconds": 3.0}
    for number in range(YEAR):
        at = NOW - timedelta(hours=6 * (YEAR - number))
        moment = {"started_at": at, "finished_at": at + timedelta(minutes=1)}
        session.connection().execute(insert(Crawl), [{"source": name, **usual, **moment} for name in names])


CURVES = {"calls": calls, "people": people, "sources": sources}


def main(what: str, sizes: list[int]) -> None:
    """Print the table as each size is done, and draw what it came to."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for size in sizes:
        found = CURVES[what](size)
        if not lines:
            print(f"| {what} | {' | '.join(found)} |\n|---{'|---' * len(found)}|")
        print(f"| {size:,} | {' | '.join(f'{value:,.1f}' for value in found.values())} |", flush=True)
        for name, value in found.items():
            lines.setdefault(name, []).append((size, value))
    at = datetime.now(UTC)
    draw(f"{what}, {at:%d %b %Y}", what, "processor time, MiB", lines, ROOT / "docs" / "pictures" / f"{what}.svg")


if __name__ == "__main__":
    main(sys.argv[1], [int(each) for each in sys.argv[2:]])
