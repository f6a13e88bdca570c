"""Pages over 100,000 calls of which 5,000 stand open: p95 through the whole application, on SQLite."""

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from db.migrate import upgrade
from db.models import Call, Challenge, Deadline, Match
from db.search_index import index_words
from db.search_words import search_words
from db.session import open_engine, writing
from tests.bench.row import FEWEST, Row, beside, within
from tests.make.pages import Visitor, make_user, visit
from tests.make.seed_pages import TITLES
from tracker.challenges.agenda import load_agendas
from tracker.web.frame.safety import Limits

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CALLS, OPEN, TIMES, BATCH = 100_000, 5_000, 20, 10_000
PLACES = ("Almere", "Haarlem", "Zaanstad", "Hilversum", "Purmerend", "IJmond", "Velsen", "Diemen", "Weesp", "Lelystad")
PAGES = {
    "search of one word": ("/regelingen?text=warmtenetten+{place}", 60),
    "search of two words among what is open": ("/regelingen?status=open&text=fietsparkeren+{place}", 60),
    "list of what is open": ("/regelingen?status=open", 500),
    "one opgave": ("/opgaven/A20-1-circulair", 500),
    "one regeling": ("/regelingen/{number}", 60),
    "all regelingen": ("/regelingen", 500),
    "vandaag": ("/", 500),
    "the judging queue": ("/beoordelen", 500),
    "opgaven with their bars": ("/opgaven", 500),
    "the map of white spots": ("/opgaven/witte-vlekken", 500),
}


def bench() -> Iterator[Row]:
    """Search within 60 ms as a page (the design); lists within the 500 ms of the promises."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        with writing(engine) as session:
            load_agendas(session)
            user = make_user(session, NOW)
            fill(session)
        seconds = iter(range(10**9))
        with visit(engine, NOW, Path(folder), user, Limits(lambda: float(next(seconds)))) as visitor:
            for name, (path, limit) in PAGES.items():
                found = [_p95(visitor, path) for _ in range(FEWEST)]
                walls, own = [wall for wall, _ in found], [busy for _, busy in found]
                note = f" of processor time ({median(walls):.0f} ms by the clock)"
                yield within(f"page, {CALLS:,} calls: {name}, p95", own, limit, "ms", note)
            yield _beside_starlette(visitor)
        engine.dispose()


def _beside_starlette(visitor: Visitor) -> Row:
    """One regeling, and an application that does nothing but give the same bytes."""
    body = visitor.get("/regelingen/7").text
    bare = TestClient(Starlette(routes=[Route("/", lambda _request: HTMLResponse(body))]))
    return beside(
        "page of one regeling",
        lambda: visitor.get("/regelingen/7"),
        "bare Starlette, same bytes",
        lambda: bare.get("/"),
        10,
    )


def fill(session: Session, count: int = CALLS) -> None:
    """Calls by the ten thousand, with a date and, for one in five, two matches."""
    draw = random.Random(11)
    challenges = session.exec(select(Challenge.id).where(Challenge.agenda_id == "A20")).all()
    for start in range(1, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        calls = [_call(n) for n in numbers]
        session.connection().execute(insert(Call), calls)
        session.connection().execute(insert(Deadline), [_date(call) for call in calls])
        matches = [_match(n, one, draw) for n in numbers if n % 5 == 0 for one in draw.sample(challenges, 2)]
        session.connection().execute(insert(Match), matches)
        index_words(session.connection(), numbers)


# Making a row of a model takes milliseconds (its defaults look at signatures): one of each is enough.
SEEN = {"title": "", "language": "nl", "url": "", "first_seen": NOW, "last_seen": NOW}
CALL = Call(**SEEN).model_dump()
DATE = Deadline(call_id=0, kind="closes", hour="09:00", modified_at=NOW).model_dump(exclude={"id"})
REASONS = [{"kind": "words", "weight": 1, "place": "title", "call": "warmtenet", "challenge": "warmtenet*"}]
MATCH = {"topic": 0.5, "reasons": REASONS, "model": "bench", "at": NOW}


def _call(n: int) -> dict[str, Any]:
    title, language, source, publisher, word = TITLES[n % len(TITLES)]
    place = PLACES[n // len(TITLES) % len(PLACES)]
    named = f"{title} {place} {n}"
    days = (n % 200) + 1 if n <= OPEN else -(n % 3000) - 1
    at = NOW + timedelta(days=days)
    return CALL | {
        "id": n,
        "title": named,
        "language": language,
        "url": f"https://e.nl/{n}",
        "publisher": publisher,
        "summary": f"Bijdrage rond {word} in {place}.",
        "search_text": search_words(language, named, (), (f"HORIZON-CL5-2027-{n}",), word, publisher),
        "opens_at": at - timedelta(days=60 if days <= 60 else 1),
        "closes_at": at,
        "first_seen": NOW - timedelta(days=n % 365),
        "provenance": {"closes": source},
        "matched_with": "bench",
    }


def _date(call: dict[str, Any]) -> dict[str, Any]:
    at = call["closes_at"]
    return DATE | {"call_id": call["id"], "day": at.date(), "at": at, "gate_at": at}


def _match(n: int, challenge: str, draw: random.Random) -> dict[str, Any]:
    return MATCH | {"call_id": n, "challenge_id": challenge, "score": draw.random()}


def _p95(visitor: Visitor, path: str) -> tuple[float, float]:
    """Of the whole answer, and of the processor time in it: on a shared machine the first waits for others."""
    draw, times, own = random.Random(3), [], []
    for n in range(TIMES + 3):
        address = path.format(place=draw.choice(PLACES), number=draw.randint(1, CALLS))
        began, used = time.perf_counter(), time.process_time()
        answer = visitor.get(address)
        if n >= 3:  # the first ones compile templates and open files
            times.append((time.perf_counter() - began) * 1000)
            own.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, address
    return at_95(times), at_95(own)


def at_95(times: list[float]) -> float:
    """The time that one in twenty exceeds."""
    return sorted(times)[int(len(times) * 0.95)]
