"""Plan and render digests over 500 new calls: 2,000 people several times, and 10,000 once in a process of its own."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert

from db.migrate import upgrade
from db.models import Call, Deadline, Match, Run, Subscription, User
from db.session import open_engine, writing
from tests.bench.row import FEWEST, Row, within
from tests.conftest import ROOT
from tests.make.mail_cases import MAILER, THRESHOLD, make_agenda
from tracker.mailing.plan import plan

PEOPLE, SOME, CALLS, OPGAVEN = 10_000, 2_000, 500, 40
SECONDS, MIB = 30, 512  # for all people
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
# Who may apply, as of 194 open calls of May 2026.
MIX = ["self", "no", "partner", "no", "self", "no", "partner", "no", "partner", "no"]
NAMES = [f"opgave-{n}" for n in range(OPGAVEN)]


def bench() -> Iterator[Row]:
    """In processor time."""
    some = [planned(SOME)[0] for _ in range(FEWEST)]
    limit = SECONDS * SOME / PEOPLE
    yield within(f"plan and render {SOME:,} digests over {CALLS} calls", some, limit, "s", " of processor time")
    busy, peak = alone(PEOPLE)
    yield Row(
        f"plan and render {PEOPLE:,} digests over {CALLS} calls",
        f"{busy:.1f} s of processor time, {peak:.0f} MiB",
        f"{SECONDS} s, {MIB} MiB",
        min(SECONDS / busy, MIB / peak),
    )


def alone(people: int) -> tuple[float, float]:
    """Seconds and the most MiB of a process that does nothing else."""
    command = [sys.executable, "-m", "tests.bench.planning", str(people)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    busy, peak = json.loads(said.stdout.splitlines()[-1])
    return busy, peak


def planned(people: int, keep: Path | None = None) -> tuple[float, float]:
    """Seconds of planning a digest for each of them, and the most MiB so far."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{(keep or Path(folder)) / 'mail.db'}")
        upgrade(engine)
        world(engine, people)
        began = time.process_time()
        done = plan(engine, MAILER, NOW, THRESHOLD)
        busy = time.process_time() - began
        assert done.digests == people, done
        engine.dispose()
    return busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def world(engine: Engine, people: int) -> None:
    """People with three opgaven each, who had their first digest; calls that match two opgaven each, half for others."""
    make_agenda(engine, NAMES)
    chance, ago = random.Random(1), NOW - timedelta(days=9)
    numbers = range(1, people + 1)
    with writing(engine) as session:
        db = session.connection()
        who = {"name": "P", "role": "reader", "participant_id": "haarlem", "created_at": ago, "reminders": True}
        db.execute(insert(User), [{"id": n, "email": f"p{n}@x.example", **who} for n in numbers])
        wish = {"participant_id": "haarlem", "visibility": "own", "name": "", "every": "day", "weekday": 0, "most": 6,
                "nothing_new": False, "created_at": ago}  # fmt: skip
        wanted = [{"id": n, "user_id": n, "filter": {"challenges": chance.sample(NAMES, 3)}, **wish} for n in numbers]
        db.execute(insert(Subscription), wanted)
        had = {"job": "digest:first", "epoch": 0, "started_at": NOW, "finished_at": NOW, "outcome": ""}
        db.execute(insert(Run), [{"slot": str(n), **had} for n in numbers])
        for n in range(1, CALLS + 1):
            due = date(2026, 6, 10) + timedelta(days=n % 200)
            at = datetime(due.year, due.month, due.day, 15, tzinfo=UTC)
            title, seen = f"Regeling {n} voor circulaire gebiedsontwikkeling", {"first_seen": NOW, "last_seen": NOW}
            session.add(Call(id=n, title=title, language="nl", url="https://e.example", source_word="open",
                             eligible=MIX[n % len(MIX)], closes_at=at, **seen))  # fmt: skip
            session.flush()
            session.add(Deadline(call_id=n, kind="closes", day=due, hour="17:00", at=at, gate_at=at, modified_at=NOW))
            for one in chance.sample(NAMES, 2):
                words = [{"kind": "words", "weight": 1, "call": "circulair, gebiedsontwikkeling"}]
                session.add(Match(call_id=n, challenge_id=one, score=0.8, reasons=words, model="b", at=NOW))


if __name__ == "__main__":
    print(json.dumps(planned(int(sys.argv[1]))))
