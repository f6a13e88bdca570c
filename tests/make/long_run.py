"""Run by itself: hundreds of crawls and dozens of digests in one process; prints the resident MiB after each tenth of them."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from db.migrate import upgrade
from db.session import open_engine, writing
from scrapers import sources
from scrapers.recordings import Recording, replay_from
from tests.make.mail_cases import make_reader, plan_at
from tests.make.mutations import MutatedRecording
from tracker.calls.ingest import ingest
from tracker.challenges.agenda import load_agendas
from tracker.matching import Matcher, installed, model_name
from tracker.matching.run import match_calls
from tracker.people.participants import load_participants

RECORDINGS = Path(__file__).parents[1] / "recordings"
NAMES = (
    "rvo_news",
    "dus_i",
    "eui",
    "interreg_nwe",
    "flevoland",
    "rijksoverheid",
    "euroaccess",
    "zonmw",
    "mondriaan_fonds",
)
FIRST = datetime(2026, 5, 29, 6, tzinfo=UTC)


def live(folder: Path, crawls: int, digests: int) -> list[float]:
    """Every source in turn, each third crawl of it gone wrong; a day goes by between two digests."""
    engine = open_engine(f"sqlite:///{folder / 'long.db'}")
    upgrade(engine)
    with writing(engine) as session:
        load_agendas(session)
        load_participants(session)
    make_reader(engine, FIRST)
    kinds, weights = {name: sources.load(name) for name in NAMES}, []
    for number in range(crawls):
        name, now = NAMES[number % len(NAMES)], FIRST + timedelta(days=number * digests // crawls, minutes=number)
        wrong = number // len(NAMES) % 3 == 1
        recording = MutatedRecording(RECORDINGS / name, number) if wrong else Recording(RECORDINGS / name)
        crawled = replay_from(kinds[name], recording, now=now)
        with writing(engine) as session:
            ingest(session, crawled, now)
        if number % (crawls // digests) == 0:
            match_calls(engine, model_name(installed()), lambda texts: Matcher(texts, None), now)
            plan_at(engine, now + timedelta(hours=2))
        if number % (crawls // 10) == crawls // 10 - 1:
            weights.append(resident())
    engine.dispose()
    return weights


def resident() -> float:
    """Resident MiB of this process now."""
    said = Path("/proc/self/status").read_text()
    return int(next(line for line in said.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        print(json.dumps(live(Path(place), int(sys.argv[1]), int(sys.argv[2]))))
