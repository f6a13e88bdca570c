"""The log has a line a request and a line a failure, and never what was typed, called or kept."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event, text
from starlette.testclient import TestClient

from db.schema import newest_schema
from db.session import open_engine, writing
from tests.make.pages import BASE, make_user, visit
from tracker import __version__
from tracker.clock import Clock
from tracker.settings import Settings
from tracker.watch.schema import EVERY, SchemaWatch
from tracker.web.app import build
from tracker.web.frame.request_log import JsonLines, PlainLines

KEY = "een lange sleutel"


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the process writes, in both forms."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines() if request.param == "json" else PlainLines())
    logger = logging.getLogger("kansenradar")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_schema_that_breaks_under_a_sign_in_leaves_no_secret_in_the_log(
    engine: Engine, log: io.StringIO, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
        session.connection().execute(text("ALTER TABLE mail_text RENAME COLUMN html TO html2"))
    with visit(engine, now, tmp_path) as visitor:
        for _ in range(5):
            assert visitor.post("/inloggen", data={"email": user.email}).status_code in (500, 503)
        visitor.get("/inloggen/link/nw2VgyGeheimeSleutelVanIemand")
        visitor.get("/regelingen?q=zoekwoorden-van-iemand")
        visitor.request("ZOEKWOORDEN", "/inloggen")
    said = log.getvalue()
    for secret in (
        user.email,
        user.name,
        "nw2Vgy",
        "zoekwoorden",
        "ZOEKWOORDEN",
        "inloggen/link/n",
        "html2",
        "INSERT",
        "parameters",
    ):
        assert secret not in said, secret
    lines = said.splitlines()
    failures = [line for line in lines if "failed" in line]
    assert len(failures) == 5
    assert ["failed again" in line for line in failures] == [False, True, True, True, True]
    assert " at " in failures[0]  # and where, the first time
    routes = [line for line in lines if "POST /inloggen" in line]
    assert len(routes) == 5
    assert any("/inloggen/link/{token}" in line for line in lines)
    if lines[0].startswith("{"):
        record = json.loads(routes[0])
        assert (record["method"], record["route"], record["level"]) == ("POST", "/inloggen", "INFO")


def test_a_line_says_who_asked_by_number_and_carries_the_name_of_the_answer(
    engine: Engine, log: io.StringIO, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
    with visit(engine, now, tmp_path, user) as visitor:
        answer = visitor.get("/account")
    (line,) = [line for line in log.getvalue().splitlines() if "/account" in line]
    assert answer.headers["X-Request-ID"] in line
    assert f"actor {user.id}" in line


def test_what_must_answer_without_a_database_never_asks_it(engine: Engine, now: datetime, tmp_path: Path) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    with visit(engine, now, tmp_path) as visitor:
        asked.clear()
        for path in ("/health/live", "/robots.txt", "/static/site.css"):
            assert visitor.get(path).status_code == 200
        assert asked == []
        assert list(tmp_path.glob("*.key")) == []  # nor a folder that may be full, or not writable
        assert visitor.get("/inloggen").status_code == 200
    assert asked != []
    assert list(tmp_path.glob("*.key")) != []


@pytest.mark.one_database
def test_figures_are_for_who_has_the_key(world_url: str, now: datetime, tmp_path: Path) -> None:
    engine = open_engine(world_url)
    settings = Settings(data_dir=tmp_path, base_url=BASE, metrics_key=SecretStr(KEY), _env_file=None)
    with TestClient(build(settings, engine, Clock(now)), base_url=BASE) as visitor:
        assert visitor.get("/metrics").status_code == 404
        assert visitor.get("/metrics", headers={"Authorization": "Bearer een andere"}).status_code == 404
        visitor.get("/inloggen")
        figures = visitor.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).text
    for name in ("mails{state=", "source_complete_age_seconds{source=", "database_up 1.0", "alerts"):
        assert f"kansenradar_{name}" in figures
    assert 'kansenradar_request_seconds_count{method="GET",route="/inloggen",status="200"} 1.0' in figures
    engine.dispose()


def test_pages_of_an_older_version_say_so_within_a_minute(engine: Engine, now: datetime, tmp_path: Path) -> None:
    seconds = [0.0]
    watch = SchemaWatch(engine, lambda: seconds[0])
    assert watch.trouble() == ""
    with writing(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    assert watch.trouble() == ""
    seconds[0] += EVERY
    assert watch.trouble().startswith("de database heeft schema of_tomorrow")
    with visit(engine, now, tmp_path) as visitor:
        page, ready = visitor.get("/inloggen"), visitor.get("/health/ready")
        assert (page.status_code, "schema of_tomorrow" in page.text) == (503, True)
        said = ready.json()
        assert (ready.status_code, said["broken"], said["version"]) == (503, ["schema"], __version__)
        assert said["why"] == f"de database heeft schema of_tomorrow, dit proces kent {newest_schema()}"
        assert visitor.get("/health/live").status_code == 200
