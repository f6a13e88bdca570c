"""A real browser for tests: the seeded world served on a local port, and Chromium in front of it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine

from db.models import User
from db.session import open_engine, reading, writing
from tests.make.seed_pages import seeded_people
from tracker.clock import Clock
from tracker.matching.preview_words import PreviewScorer
from tracker.settings import Settings
from tracker.web.app import build
from tracker.web.frame.safety import Limits
from tracker.web.frame.sessions import start_session

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")


class Unlimited(Limits):
    """A browser that runs through everything asks more than a person."""

    def allows(self, rule: str, address: str) -> bool:
        return True


@dataclass(frozen=True)
class Served:
    """The world behind an address."""

    address: str
    engine: Engine
    people: dict[str, User]
    now: datetime
    settings: Settings

    def token(self, role: str) -> str:
        """A session for somebody, as the cookie holds it."""
        with writing(self.engine) as session:
            return start_session(session, self.people[role], "browser", self.now)


@contextmanager
def serve_world(folder: Path, template: Path, now: datetime) -> Iterator[Served]:
    """Serve a seeded SQLite world on a free port."""
    path = folder / "world.db"
    path.write_bytes(template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with reading(engine) as session:
        people = seeded_people(session)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(base_url=f"http://localhost:{port}", data_dir=folder, _env_file=None)
    config = uvicorn.Config(
        build(settings, engine, Clock(now), Unlimited(), PreviewScorer(lambda: None, 60)),
        port=port,
        log_level="error",
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield Served(settings.base_url, engine, people, now, settings)
    server.should_exit = True
    thread.join(timeout=10)
    engine.dispose()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or Playwright's own; without one the tests are skipped, and say so."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if not CHROMIUM.exists() and not own.exists():
            pytest.skip("no browser: run 'make setup-browser'")
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Browser, served: Served, role: str = "", **options: object) -> Page:
    """A page in a context of its own, signed in when a role is given."""
    context = browser.new_context(base_url=served.address, **options)
    if role:
        context.add_cookies([{"name": "kansenradar", "value": served.token(role), "url": served.address}])
    return context.new_page()
