"""The demo can be walked by whoever starts it, and by nobody in an installation."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from protego import Protego
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Delivery, User, WebSession
from db.session import reading, writing
from db.vocabulary import Role
from scrapers.crawled import Page
from scrapers.link_shapes import shapes_of
from scrapers.recordings import replay
from scrapers.watched import watched_source
from scrapers.watched_sites import Watched
from tests.make.pages import BASE, SAME_ORIGIN, Visitor, make_user, visit
from tests.make.scripted import recorded
from tracker.clock import SteppingClock
from tracker.operations import demo as steps
from tracker.settings import Settings
from tracker.sources.own_pages import keep
from tracker.web.app import build
from tracker.web.frame.site import PRACTICE_PATH
from tracker.web.people.demo import DEMO_ROUTES, PRACTICE
from tracker.web.routes import ROUTES

pytestmark = pytest.mark.one_database


@pytest.fixture
def walker(engine: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """The demo's pages, with somebody of each role and no recordings to replay."""
    monkeypatch.setattr(steps.sources, "names", list)
    settings = Settings(
        base_url=BASE, data_dir=tmp_path, mail_url=f"file:{tmp_path / 'mail'}", mail_from="k@voorbeeld.example",
        _env_file=None,
    )  # fmt: skip
    with writing(engine) as session:
        for role in Role:
            make_user(session, now, role)
    clock = SteppingClock(now)
    app = build(settings, engine, clock, desk=steps.desk(steps.Demo(tmp_path, settings, now, engine), clock))
    with Visitor(app, base_url=BASE, headers=SAME_ORIGIN) as visitor:
        yield visitor


def test_one_can_be_somebody_of_each_role(walker: Visitor, engine: Engine) -> None:
    page = walker.get("/demo").text
    forms = re.findall(r'name="user_id" value="(\d+)">.*?name="next" value="([^"]+)"', page)
    assert len(forms) == len(Role)
    for user_id, task in forms:
        answer = walker.post("/demo/wie", data={"user_id": user_id, "next": task}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, task)
        assert walker.get(task, follow_redirects=False).status_code == 200
        with reading(engine) as session:
            assert session.get_one(User, int(user_id)).email in walker.get("/account").text
    assert walker.post("/demo/wie", data={"user_id": "999"}).status_code == 404


def test_a_sign_in_link_arrives_in_the_inbox_and_works(walker: Visitor) -> None:
    walker.post("/inloggen", data={"email": "lobbyist@amsterdam.nl", "next": "/account"})
    found = re.search(r'href="(/demo/post/\d+)">Uw link', walker.get("/demo/post").text)
    assert found
    link = re.search(rf"{re.escape(BASE)}(/inloggen/link/\w+)", walker.get(found[1]).text)
    assert link
    assert "lobbyist@amsterdam.nl" in walker.post(link[1]).text


def test_a_week_goes_by_and_nobody_is_signed_out(walker: Visitor, engine: Engine, now: datetime) -> None:
    walker.post("/demo/wie", data={"user_id": "1"})
    answer = walker.post("/demo/week")
    assert "Het is nu een week later" in answer.text
    assert "5 juni 2026" in answer.text
    assert walker.get("/account", follow_redirects=False).status_code == 200
    with reading(engine) as session:
        assert session.exec(select(WebSession.expires_at)).one() == now + timedelta(days=14)


def test_a_source_that_was_added_is_read_when_a_week_went_by(
    walker: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[list[str], datetime]] = []
    monkeypatch.setattr(steps, "match_with_model", lambda *_: None)
    monkeypatch.setattr(
        steps, "crawl_sources", lambda _engine, _settings, names, now, **_: asked.append((names, now)) or iter(())
    )
    walker.post("/demo/week")
    assert asked == []
    practice = Watched(name="oefenstad", publisher="Fonds Oefenstad", start=BASE + PRACTICE_PATH, links="^/demo/.+")
    keep(practice, Settings(data_dir=tmp_path, _env_file=None))
    walker.post("/demo/week")
    assert [(names, when.day) for names, when in asked] == [(["oefenstad"], 12)]


def test_no_installation_has_any_of_it(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        boss = make_user(session, now, Role.ADMINISTRATOR)
        session.flush()
        session.add(
            Delivery(key="k", message_id="m", kind="digest", user_id=boss.id, address="a", subject="s", sha256="s",
                     planned_at=now, not_before=now, expires_at=now, next_attempt_at=now)
        )  # fmt: skip
    with visit(engine, now, tmp_path, boss) as visitor:
        assert "/demo" not in visitor.get("/account").text
        for route in DEMO_ROUTES:
            path = route.path.replace("{delivery_id:id}", "1")
            fields = {"csrf": visitor.csrf, "user_id": "1"}
            answer = visitor.request(route.method, path, data=fields if route.method == "POST" else None)
            assert answer.status_code == 404, path


def test_a_source_can_be_added_from_the_made_up_site(walker: Visitor, tmp_path: Path, now: datetime) -> None:
    robots = Protego.parse(walker.get("/robots.txt").text)
    paths = [PRACTICE_PATH, *(f"{PRACTICE_PATH}/{number}" for number in (1, 2, 3))]
    assert all(robots.can_fetch(f"{BASE}{path}", "Kansenradar") for path in paths)
    assert not robots.can_fetch(f"{BASE}/regelingen", "Kansenradar")
    assert walker.get(f"{PRACTICE_PATH}/4").status_code == 404
    pages = {f"{BASE}{path}": ("text/html", walker.get(path).text) for path in paths}
    listed = Page(f"{BASE}{PRACTICE_PATH}", "x", "text/html", pages[f"{BASE}{PRACTICE_PATH}"][1].encode(), now)
    (shape,) = shapes_of(listed, listed.url)
    watched = Watched(name="oefenstad", publisher="Fonds Oefenstad", start=listed.url, links=shape.pattern)
    read = replay(watched_source(watched), recorded(tmp_path, pages)).listings
    assert [listing.title for listing in read] == [name for name, _ in PRACTICE]
    assert all(not path.startswith("/demo") for path in (route.path for route in ROUTES))
