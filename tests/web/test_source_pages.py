"""Bronnen: a source is added by its address after a look, put to rest with a reason, taken up again and taken away."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import AuditEntry, Crawl
from db.session import reading, writing
from db.vocabulary import Role, SourceKind
from scrapers.crawled import Crawled, Page, Unreadable
from tests.make.crawls import make_listing
from tests.make.pages import Visitor, make_user, settings_for, visit
from tracker.settings import Settings
from tracker.sources import own_pages
from tracker.sources.crawl import own_watched, paused

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

LIST = (
    b"<main><h1>Subsidies</h1><a href='/s/warmte'>Warmte</a><a href='/s/groen'>Groen</a><a href='/t/a'>Thema</a></main>"
)
FORM = {"publisher": "Provincie Utrecht", "start": "https://utrecht.example/s"}


@pytest.fixture
def boss(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with writing(engine) as session:
        user = make_user(session, now, Role.ADMINISTRATOR)
    with visit(engine, now, tmp_path, user) as visitor:
        yield visitor


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A site that answers without a network; gives which links were asked for."""
    asked: list[str] = []

    def crawl(
        name: str, settings: Settings, now: datetime, spool: Path, pages: int, limit: float, options: Any
    ) -> Crawled:
        assert limit <= own_pages.LOOK_SECONDS
        asked.append(options["watched"]["links"])
        page = Page(FORM["start"], "x", "text/html", LIST, now)
        found = (make_listing(1, title="Warmte voor de wijk"),) if pages > 1 else ()
        rows = (Unreadable("https://utrecht.example/s/groen", "no title"),) if pages > 1 else ()
        return Crawled(name, SourceKind.STREAM, now, now, listings=found, pages=(page,), unreadable=rows)

    monkeypatch.setattr(own_pages, "crawl_sample", crawl)
    return asked


def test_a_source_is_looked_at_before_it_is_kept(
    boss: Visitor, site: list[str], engine: Engine, tmp_path: Path
) -> None:
    shown = boss.send_form("/bronnen/nieuw", **FORM)
    assert shown.status_code == 200
    for said in ("Er is nog niets bewaard", "2 links zoals", "Warmte voor de wijk", "geen titel", "Voeg deze bron toe"):
        assert said in shown.text
    assert site == [own_pages.NO_LINK, "^/s/[^/]+/?$"]
    assert own_watched(settings_for(tmp_path)) == {}
    boss.send_form("/bronnen/nieuw", **FORM, links="^/t/[^/]+/?$")
    assert site[-1] == "^/t/[^/]+/?$"
    kept = boss.send_form("/bronnen/toevoegen", **FORM, links="^/s/[^/]+/?$")
    assert kept.headers["location"] == "/bronnen/provincie_utrecht?gedaan=bron"
    assert own_watched(settings_for(tmp_path))["provincie_utrecht"].links == "^/s/[^/]+/?$"
    assert "<h1>Provincie Utrecht</h1>" in boss.get("/bronnen/provincie_utrecht").text
    again = boss.send_form("/bronnen/toevoegen", **FORM, links="^/s/[^/]+/?$")
    assert again.status_code == 422
    assert "wordt al gelezen" in again.text
    with reading(engine) as session:
        lines = session.exec(select(AuditEntry.action, AuditEntry.object).order_by(col(AuditEntry.id))).all()
    assert lines == [("source added", "source provincie_utrecht")]


def test_a_look_that_cannot_be_keeps_what_was_typed(boss: Visitor, site: list[str]) -> None:
    refused = boss.send_form("/bronnen/nieuw", **FORM | {"start": "ftp://utrecht.example"})
    assert refused.status_code == 422
    assert 'value="ftp://utrecht.example"' in refused.text
    assert site == []
    with own_pages._looking:
        busy = boss.send_form("/bronnen/nieuw", **FORM)
    assert busy.status_code == 422
    assert "net een andere site bekeken" in busy.text


def test_a_source_rests_with_its_reason_on_every_page_that_names_it(boss: Visitor, tmp_path: Path) -> None:
    assert boss.send_form("/bronnen/rvo/stil", why="").status_code == 422
    assert boss.send_form("/bronnen/rvo/stil", why="de site wordt verbouwd").status_code == 303
    assert paused(settings_for(tmp_path)) == {"rvo": "de site wordt verbouwd"}
    for page in ("/bronnen", "/bronnen/rvo", "/bronnen/rvo/beheren"):
        assert "de site wordt verbouwd" in boss.get(page).text
    assert boss.send_form("/bronnen/rvo/weg").status_code == 422
    assert boss.send_form("/bronnen/rvo/hervatten").status_code == 303
    assert paused(settings_for(tmp_path)) == {}
    for path in ("/bronnen/niets/stil", "/bronnen/niets/weg", "/bronnen/niets/proef"):
        assert boss.send_form(path, why="x").status_code == 404


def test_a_page_of_our_own_is_taken_away(boss: Visitor, site: list[str], tmp_path: Path) -> None:
    boss.send_form("/bronnen/toevoegen", **FORM, links="^/s/[^/]+/?$")
    assert boss.send_form("/bronnen/provincie_utrecht/weg").headers["location"] == "/bronnen?gedaan=bron-weg"
    assert own_watched(settings_for(tmp_path)) == {}


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ("page 1: the name of the site leads nowhere", "de naam van de site bestaat niet"),
        ("page 1: no connection with the site was made", "er kwam geen verbinding met de site tot stand"),
        ("page 1: robots.txt of utrecht.example forbids https://utrecht.example/s", "(robots.txt)"),
    ],
)
def test_of_a_page_that_was_not_reached_only_that_is_said(
    boss: Visitor, monkeypatch: pytest.MonkeyPatch, now: datetime, stopped: str, said: str
) -> None:
    silent = Crawled("x", SourceKind.STREAM, now, now, stopped=stopped)
    monkeypatch.setattr(own_pages, "crawl_sample", lambda *_: silent)
    shown = boss.send_form("/bronnen/nieuw", **FORM).text
    assert "Deze pagina is niet bereikt" in shown
    assert said in shown
    assert not any(guess in shown for guess in ("staan geen links", "een script", "duiden", "Voeg deze bron toe"))


@pytest.mark.parametrize(
    ("stopped", "later"),
    [
        ("page 1: AddressRefused: 127.0.0.1:9656 is a private address", False),
        ("page 1: 10.0.0.1:80 is a private address (FETCH_ALLOW names those that may be asked)", False),
        ("page 1: http://intern/s is inside", False),
        ("page 1: no connection with the site was made", True),
    ],
)
def test_an_address_that_is_refused_is_no_promise_for_later(
    boss: Visitor, monkeypatch: pytest.MonkeyPatch, now: datetime, stopped: str, later: bool
) -> None:
    silent = Crawled("x", SourceKind.STREAM, now, now, stopped=stopped)
    monkeypatch.setattr(own_pages, "crawl_sample", lambda *_: silent)
    assert ("Dan lukt het later" in boss.send_form("/bronnen/nieuw", **FORM).text) == later


def test_of_a_source_kept_by_hand_no_page_says_that_it_was_read(boss: Visitor, engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        session.add(Crawl(source="elena", started_at=now, finished_at=now, complete=True))
    shown = boss.get("/bronnen/elena").text
    assert "Laatst gekeken of de pagina er nog is: " in shown
    assert "volledig gelezen" not in shown


def test_a_source_that_is_off_is_not_said_to_be_fresh(boss: Visitor, engine: Engine, now: datetime) -> None:
    """What it showed stays; that it was read an hour ago says that it is read, and it is not."""
    with writing(engine) as session:
        session.add(Crawl(source="weg", started_at=now, finished_at=now, complete=True))
    row = boss.get("/bronnen").text.partition('href="/bronnen/weg"')[2].partition("</tr>")[0]
    assert "staat uit: wat zij eerder toonde blijft staan, en wordt niet ververst" in row
    assert "29 mei 2026" in row
    assert "geleden" not in row
    shown = boss.get("/bronnen/weg").text
    assert "; deze bron staat uit." in shown
    assert "uur geleden" not in shown
