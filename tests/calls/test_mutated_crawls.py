"""Hundreds of crawls of our recordings, each gone wrong in another way: nothing that was known is lost or turned."""

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Deadline
from db.session import open_engine, writing
from db.status import status_of
from scrapers import sources
from scrapers.recordings import Recording, replay_from
from tests.make.mutations import MutatedRecording
from tracker.calls.ingest import ingest

RECORDINGS = Path(__file__).parents[1] / "recordings"
NAMES = sorted(path.name for path in RECORDINGS.iterdir() if path.is_dir())
DAY = timedelta(days=1)
SHOWN = ("title", "budget", "min_amount", "max_amount", "rate", "source_word", "applicants", "instrument", "nature")


class Source:
    """A source whose recording was crawled twice in good order, in a database of its own."""

    def __init__(self, name: str, empty: Path, folder: Path) -> None:
        self.name, self.kind, self.folder = name, sources.load(name), RECORDINGS / name
        self.now = Recording(self.folder).now
        self.template, self.path = folder / f"{name}.db", folder / f"{name}-trial.db"
        shutil.copy(empty, self.template)
        engine = open_engine(f"sqlite:///{self.template}")
        for days in (0, 1):
            self.crawl(engine, Recording(self.folder), days)
        self.known = shown(engine, self.now + 2 * DAY)
        engine.dispose()

    def trial(self, seed: int) -> tuple[str, list[str]]:
        """What went wrong on the third day, and what was lost or turned by it, or not restored on the fourth."""
        shutil.copy(self.template, self.path)
        engine = open_engine(f"sqlite:///{self.path}")
        recording = MutatedRecording(self.folder, seed)
        self.crawl(engine, recording, 2)
        harm = differences(self.known, shown(engine, self.now + 2 * DAY))
        self.crawl(engine, Recording(self.folder), 3)
        restored = shown(engine, self.now + 2 * DAY)
        harm += [f"not restored: {line}" for line in differences(self.known, restored)]
        engine.dispose()
        return f"{self.name} {seed}: {recording.what}", harm

    def crawl(self, engine: Engine, recording: Recording, days: int) -> None:
        now = self.now + days * DAY
        crawled = replay_from(self.kind, recording, now=now)
        with writing(engine) as session:
            ingest(session, crawled, now)


def shown(engine: Engine, now: Any) -> dict[int, dict[str, Any]]:
    """What people see of every call that is not held, and whether it is over."""
    with Session(engine) as session:
        rows = session.exec(select(Call)).all()
        calls = {
            c.id: {n: getattr(c, n) for n in SHOWN} | {"status": str(status_of(c, now))} for c in rows if not c.held
        }
        calls |= {
            c.id: {n: getattr(c, n) for n in SHOWN} | {"status": str(status_of(c, now))}
            for c in rows
            if c.first_seen < now - DAY
        }
        for row in session.exec(select(Deadline).where(col(Deadline.cancelled_at).is_(None))):
            if row.call_id in calls:
                calls[row.call_id].setdefault("dates", set()).add((row.kind, row.day, row.hour))
        return calls


def differences(known: dict[int, dict[str, Any]], now: dict[int, dict[str, Any]]) -> list[str]:
    """What was lost, turned or doubled."""
    lines = [f"call {number} is new: {call['title']}" for number, call in now.items() if number not in known]
    for number, call in known.items():
        other = now.get(number, {})
        lines += [f"{call['title'][:40]}: {n} {call[n]} -> {other.get(n)}" for n in call if call[n] != other.get(n)]
    return lines


def harm_of(count: int, empty: Path, folder: Path) -> list[str]:
    """One line for every mutated crawl that did harm; every recording gets its turn."""
    crawled = {name: Source(name, empty, folder) for name in NAMES}
    trials = [crawled[NAMES[seed % len(NAMES)]].trial(seed) for seed in range(count)]
    kinds = Counter(what.split(": ")[1].split()[0] for what, _ in trials)
    assert len(kinds) > 6, kinds
    return [f"{what}: {'; '.join(harm)}" for what, harm in trials if harm]


def test_sixty_mutated_crawls_close_lose_double_and_change_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    assert harm_of(60, sqlite_template, tmp_path) == []


@pytest.mark.prove
def test_five_hundred_mutated_crawls_close_lose_double_and_change_nothing(
    sqlite_template: Path, tmp_path: Path
) -> None:
    assert harm_of(500, sqlite_template, tmp_path) == []
