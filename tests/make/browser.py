"""A real browser for tests: the application served on a free port of this machine, and Chromium in front of it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from db.models import User
from db.session import open_engine, reading, writing
from tests.make.seed_pages import seeded_people
from tracker.clock import Clock
from tracker.matching.preview_scores import Scorer
from tracker.matching.preview_words import PreviewScorer
from tracker.people.access import start_session
from tracker.settings import Settings
from tracker.web.app import build
from tracker.web.frame.safety import Limits

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
BUSY = 120_000  # milliseconds that a page may take on a machine that is busy with other things


class Unlimited(Limits):
    """A browser that runs through everything asks more than a person."""

    def allows(self, rule: str, address: str, cookie: str = "") -> bool:
        return True


@dataclass(frozen=True)
class Served:
    """The world behind an address."""

    address: str
    engine: Engine
    now: datetime
    settings: Settings
    people: dict[str, User] = field(default_factory=dict)

    def token(self, user: User) -> str:
        """A session for somebody, as the cookie holds it."""
        with writing(self.engine) as session:
            return start_session(session, user, "browser", self.now)


@contextmanager
def serve_world(folder: Path, template: Path, now: datetime) -> Iterator[Served]:
    """Serve a seeded SQLite world, with its people by role."""
    path = folder / "world.db"
    path.write_bytes(template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with reading(engine) as session:
        people = seeded_people(session)
    with serve(engine, now, folder) as served:
        yield replace(served, people=people)
    engine.dispose()


@contextmanager
def serve(engine: Engine, now: datetime | None, folder: Path, **changes: object) -> Iterator[Served]:
    """Serve what stands in a database, on a day or as time goes; edits of opgaven are tried by words alone."""
    port = free_port()
    settings = Settings(base_url=f"http://localhost:{port}", data_dir=folder, _env_file=None, **changes)
    app = build(settings, engine, Clock(now), Unlimited(), PreviewScorer(Scorer(None), 60))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield Served(settings.base_url, engine, now or datetime.now(UTC), settings)
    server.should_exit = True
    thread.join(timeout=10)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or Playwright's own; without one the tests are skipped, and say so."""
    expect.set_options(timeout=BUSY)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if not CHROMIUM.exists() and not own.exists():
            pytest.skip("no browser: run 'make setup-browser'")
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Browser, served: Served, who: str | User = "", **options: object) -> Page:
    """A page in a context of its own, signed in as somebody, or as who has a role in the world."""
    context = browser.new_context(base_url=served.address, **options)
    user = served.people[who] if isinstance(who, str) and who else who
    if isinstance(user, User):
        context.add_cookies([{"name": "kansenradar", "value": served.token(user), "url": served.address}])
    context.set_default_timeout(BUSY)
    return context.new_page()
