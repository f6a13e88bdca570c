"""The frame of every page: the moment of a request, the one form, and one answer to what is refused."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Dossier, LobbyAgenda, LogEntry
from db.session import reading, writing
from tests.make.lobby import gather
from tests.make.pages import settings_for, visit
from tracker.clock import Clock, Now
from tracker.lobby import dossiers
from tracker.rights import Deed
from tracker.web.frame.site import Site

WEB = Path(__file__).parents[2] / "tracker" / "web"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 5, 28, 21, 59, tzinfo=UTC), date(2026, 5, 28)),
        (datetime(2026, 5, 28, 22, 0, tzinfo=UTC), date(2026, 5, 29)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_is_the_day_in_amsterdam(instant: datetime, day: date) -> None:
    assert Now(instant).today == day
    assert Clock(instant).now() == Now(instant)


def test_what_a_page_keeps_is_made_once_for_each_application(engine: Engine, now: datetime, tmp_path: Path) -> None:
    site, other = (Site(settings_for(tmp_path), engine, Clock(now)) for _ in range(2))
    site.part(dict)["kept"] = 1
    assert site.part(dict) == {"kept": 1}
    assert other.part(dict) == {}


def test_one_form_answers_400s_by_what_was_refused(engine: Engine, now: datetime, tmp_path: Path) -> None:
    """422 for a field, 409 for who was second, 403 for who may not, 404 for what is not there; nothing is kept."""
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
        dossiers.put_on_agenda(Deed(session, cast.coordinator, now), dossier, 2026)
        logged = len(session.exec(select(LogEntry)).all())
    move = f"/dossiers/{dossier.id}/fase"
    refused = [
        (cast.lobbyist, move, {"to": "nonsense", "seen": 1}, 422),
        (cast.lobbyist, move, {"to": "closed", "seen": 1}, 422),
        (cast.lobbyist, move, {"to": "exploring", "seen": 99}, 409),
        (cast.haarlem, move, {"to": "exploring", "seen": 1}, 403),
        (cast.lobbyist, "/dossiers/999/fase", {"to": "exploring", "seen": 1}, 404),
        (cast.coordinator, "/lobbyagenda/2026/stand", {"state": "adopted", "decision": "B", "seen": 99}, 409),
    ]
    for user, path, fields, status in refused:
        with visit(engine, now, tmp_path, user) as visitor:
            answer = visitor.send_form(path, **fields)
        assert answer.status_code == status, (path, fields)
        assert ("Bewaard." in answer.text) is False
    with reading(engine) as session:
        assert session.get_one(Dossier, dossier.id).stage == "spotted"
        assert session.get_one(LobbyAgenda, 2026).state == "draft"
        assert len(session.exec(select(LogEntry)).all()) == logged


def test_a_query_that_is_not_right_is_answered_with_a_page_that_says_so(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        user = gather(session, now).coordinator
    with visit(engine, now, tmp_path, user) as visitor:
        for path in ("/regelingen?status=nee", "/kalender?month=2026-13", "/abonnementen/nieuw?onbekend=1"):
            answer = visitor.get(path)
            assert answer.status_code == 422, path
            assert "Uitloggen" in answer.text  # a page of ours, and the person is still signed in


def test_only_pages_that_ask_as_one_types_load_the_script_for_it() -> None:
    """It walks through every element of a page as it loads, half a second on a slow phone."""
    pages = {path: path.read_text() for path in WEB.rglob("*.html") if path.name not in ("live.html", "base.html")}
    asking = {path for path, text in pages.items() if re.search(r"\bhx-(get|post)", text)}
    assert asking
    assert asking == {path for path, text in pages.items() if '{% include "frame/live.html" %}' in text}
