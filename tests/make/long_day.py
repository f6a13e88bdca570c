"""Run by itself: clock and pages in one process, minute after minute of a day; prints the resident MiB of ten minutes and of all."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from db.migrate import upgrade
from db.session import open_engine, writing
from scrapers.sources import names
from tests.make.long_run import resident
from tests.make.mail_cases import make_call, make_reader
from tests.make.pages import make_user, settings_for, visit
from tracker.challenges.agenda import load_agendas
from tracker.clock import SteppingClock
from tracker.operations.scheduler import Scheduler
from tracker.people.participants import load_participants
from tracker.web.frame.safety import Limits

NOW = datetime(2026, 5, 29, 3, tzinfo=UTC)
PAGES = ("/", "/regelingen", "/kalender", "/opgaven", "/regelingen?text=circulair", "/bronnen", "/beheer/mail")
PEOPLE, CALLS = 100, 200


def live(folder: Path, ticks: int, pages: int) -> tuple[float, float]:
    """A digest to a hundred people, a page each few minutes; the sources are off, their crawls are processes of their own."""
    engine = open_engine(f"sqlite:///{folder / 'day.db'}")
    upgrade(engine)
    with writing(engine) as session:
        load_agendas(session)
        load_participants(session)
        user = make_user(session, NOW)
    for number in range(CALLS):
        make_call(engine, NOW, f"Regeling {number} voor circulair bouwen", challenge="A20-1-circulair")
    for number in range(PEOPLE):
        make_reader(engine, NOW, f"r{number}@haarlem.example")
    off = {"sources_off": tuple(names()), "mail_url": f"file:{folder / 'mail'}", "mail_from": "k@k.example"}
    settings, clock = settings_for(folder).model_copy(update=off), SteppingClock(NOW)
    numbers = iter(range(10**9))
    with visit(engine, NOW, folder, user, Limits(lambda: float(next(numbers)))) as visitor:

        async def day() -> tuple[float, float]:
            scheduler, rested = Scheduler(settings, engine, clock, lambda _: None), 0.0
            for tick in range(ticks):
                clock.steps[:] = [timedelta(minutes=tick)]
                await scheduler.tick()
                if tick % max(1, ticks // pages) == 0:
                    visitor.get(PAGES[tick // max(1, ticks // pages) % len(PAGES)])
                rested = resident() if tick == 9 * max(1, ticks // pages) else rested
            await scheduler.close()
            return rested, resident()

        weights = asyncio.run(day())
    engine.dispose()
    return weights


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        print(json.dumps(live(Path(place), int(sys.argv[1]), int(sys.argv[2]))))
