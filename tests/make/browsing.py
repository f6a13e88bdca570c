"""A real browser on a real server: headless Chromium against the application on a free port of this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import Engine

from db.models import User
from db.session import writing
from tracker.clock import Clock
from tracker.settings import Settings
from tracker.web.app import build
from tracker.web.frame.safety import Limits
from tracker.web.frame.sessions import start_session

CHROMIUM = Path("/usr/bin/chromium")


@contextmanager
def served(engine: Engine, now: datetime, tmp: Path) -> Iterator[str]:
    """The application on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(base_url=f"http://127.0.0.1:{port}", data_dir=tmp, _env_file=None)
    app = build(settings, engine, Clock(now), Limits())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield settings.base_url
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def browser_of(
    engine: Engine, base: str, now: datetime, user: User, width: int = 1280, height: int = 900, script: bool = True
) -> Iterator[tuple[Page, BrowserContext]]:
    """A page of a browser in which the user is signed in."""
    with writing(engine) as session:
        token = start_session(session, user, "test", now)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, locale="nl-NL"
        )
        context.add_cookies([{"name": "kansenradar", "value": token, "url": base}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page, context
        browser.close()
