"""What the process of the pages holds at most while twenty people at once go through all pages, judge, teach and try."""

import http.client
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import Engine, insert
from sqlmodel import Session

from db.migrate import upgrade
from db.models import CallVectors
from db.session import open_engine, writing
from db.vocabulary import Role
from tests.bench import monday
from tests.bench.row import Row
from tests.bench.start import _environment
from tests.make.addresses import filled, plant
from tests.make.browser import free_port
from tests.make.pages import make_user
from tests.make.seed_pages import seed
from tracker.matching import installed
from tracker.matching.vectors import KEY, SIZE, packed_rows
from tracker.people.access import hashed, start_session
from tracker.settings import Settings
from tracker.web.routes import ROUTES

PEOPLE, EACH, ROUNDS = 20, 40, 2
LIMIT = 250  # MiB
FIRST = 1001  # number of a call: what is planted has those before
PATIENCE = 600  # seconds that an answer may take on a loaded machine
EVERY = 4  # addresses that somebody reads until the next form
KINDS, TEXTS = 40, 6  # of calls that are like each other; and texts of a call that have a vector
CHALLENGE, WORDS = "A20-1-circulair", ("grondstoffen", "hergebruik", "afval", "bouwmateriaal")


def bench() -> Iterator[Row]:
    """The peak of two rounds, since what stays of the first is there in the second."""
    with tempfile.TemporaryDirectory() as folder:
        keys, addresses = world(Path(folder, "data"))
        started, first, peaks = crowded(Path(folder), keys, addresses)
    forms = f"a form for every {EVERY}"
    work = f"memory of the pages, {monday.CALLS:,} calls, {PEOPLE} people at once, {EACH} addresses each, {forms}, {ROUNDS} times"
    told = f"{' and '.join(f'{peak:.0f}' for peak in peaks)} MiB ({started:.0f} at the start, {first:.0f} after a page)"
    yield Row(work, told, f"{LIMIT} MiB", LIMIT / max(peaks))


def world(data: Path) -> tuple[list[str], list[str]]:
    """An installation with one of everything and many calls: the sessions of its people, and all addresses."""
    data.mkdir(mode=0o700)
    engine = open_engine(f"sqlite:///{data / 'kansenradar.db'}")
    upgrade(engine)
    keys, gaps = _planted(engine, Settings(data_dir=data))
    engine.dispose()
    return keys, [filled(route.path, gaps) for route in ROUTES if route.method == "GET"]


def _planted(engine: Engine, settings: Settings) -> tuple[list[str], dict[str, str]]:
    with writing(engine) as session:
        seed(session, monday.NOW)
        gaps = plant(session, settings, monday.NOW)
    with writing(engine) as session:
        monday._calls(session, FIRST)
        _vectors(session)
        return [_signed_in(session, number) for number in range(PEOPLE)], gaps


def _vectors(session: Session) -> None:
    """Each call like those of its kind, as if it had been matched."""
    draw, model = np.random.default_rng(5), installed() or "none"
    centres = draw.normal(size=(KINDS, SIZE))
    rows = [
        {"call_id": n, "model": model, "texts": draw.bytes(KEY * TEXTS), **_packed(draw, centres[n % KINDS])}
        for n in range(FIRST, FIRST + monday.CALLS)
    ]
    session.connection().execute(insert(CallVectors), rows)


def _packed(draw: np.random.Generator, centre: np.ndarray) -> dict[str, bytes]:
    near = centre + 0.5 * draw.normal(size=(TEXTS, SIZE))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    return {"vectors": packed_rows(near), "whole": packed_rows(near[:1])}


def _signed_in(session: Session, number: int) -> str:
    role = list(Role)[number % len(Role)]
    user = make_user(session, monday.NOW, role, "amsterdam", email=f"w{number}@example.nl")
    return start_session(session, user, "test", monday.NOW)


def crowded(folder: Path, keys: list[str], addresses: list[str]) -> tuple[float, float, list[float]]:
    """MiB when the pages are there, after one of them, and at most in each round."""
    port = free_port()
    command = [sys.executable, "-m", "tracker", "--now", "2026-11-23T09:00", "serve", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, env=_environment(), stdout=quiet, stderr=quiet) as process:
        try:
            _wait(port)
            started = _resident(process.pid, "VmRSS")
            _walk(port, keys[0], ["/"])
            first, peaks = _resident(process.pid, "VmRSS"), []
            for number in range(ROUNDS):
                with ThreadPoolExecutor(PEOPLE) as people:
                    list(people.map(lambda of: _walk(port, of[1], of[0]), _ways(keys, addresses, number)))
                peaks.append(_resident(process.pid, "VmHWM"))
        finally:
            process.terminate()
    return started, first, peaks


def _ways(keys: list[str], addresses: list[str], number: int) -> list[tuple[list[str], str]]:
    """The addresses of each, others in each round but the same in each run."""
    return [(random.Random(n + 100 * number).sample(addresses, EACH), key) for n, key in enumerate(keys)]


def _walk(port: int, key: str, way: list[str]) -> None:
    """Read each address, and judge, teach or try something now and then."""
    line, draw = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), random.Random(key)
    said = {"Cookie": f"kansenradar={key}", "Accept": "text/html", "Origin": Settings().base_url}
    for n, address in enumerate(way):
        line.request("GET", address, headers=said)
        line.getresponse().read()
        if n % EVERY == EVERY - 1:
            path, fields = _form(draw, n // EVERY)
            body = urlencode({"csrf": hashed(f"form:{key}"), **fields})
            line.request("POST", path, body, {**said, "Content-Type": "application/x-www-form-urlencoded"})
            line.getresponse().read()
    line.close()


def _form(draw: random.Random, n: int) -> tuple[str, Mapping[str, str]]:
    """A verdict on a call, a lesson from one, or the words of an opgave to try, in turn."""
    call = f"/regelingen/{draw.randrange(FIRST, FIRST + monday.CALLS)}"
    return (
        (f"{call}/oordeel", {"say": "no:off_topic"}),
        (f"{call}/les", {"kind": "more"}),
        (f"/opgaven/{CHALLENGE}/proef", {"words_nl": draw.choice(WORDS), "words_en": "circular"}),
        (f"{call}/oordeel", {"say": "yes", "challenge": CHALLENGE}),
        (f"{call}/les", {"kind": "never"}),
    )[n % 5]


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return _walk(port, "", ["/health/live"])
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the pages did not come")


def _resident(process: int, which: str) -> float:
    said = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in said.splitlines() if line.startswith(which)).split()[1]) / 1024
