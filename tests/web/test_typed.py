"""What people type is never lost: a sign-in that ran out, a second press, somebody else in between, odd characters."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.datastructures import ImmutableMultiDict

from db.models import ContactMoment, Dossier, KeptForm, LogEntry, Press, User
from db.session import reading, writing
from tests.make.forms import form_of, forms_on, route_of
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tracker.operations.upkeep import PRESS_COUNTS, TYPED_WAITS, forget_presses
from tracker.web.frame.forms import held_against, ticked
from tracker.web.frame.safety import CONTROL_IN_QUERY, plain

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

ODD = "Een\x00 twee\x07 drie\u0085vier"


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with reading(engine) as session:
        return seeded_people(session)


def send(visitor: Visitor, page: str, path: str, **said: str) -> object:
    """Fill in the form of this route on a page, and send it."""
    form = next(f for f in forms_on(visitor, page) if (r := route_of(f.action)) and r.path == path)
    data = dict(form.typed(**said)) | said
    return visitor.post(form.action, data=data, headers={"Referer": page}, follow_redirects=False)


def test_what_was_typed_when_the_sign_in_ran_out_is_there_after_signing_in(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["lobbyist"]) as visitor:
        page = visitor.get("/contacten/nieuw").text
        mark = re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]
        typed = {"csrf": mark, "organisation": "Ministerie van VRO", "message": "Zij willen het ook", "kind": "talk"}
        visitor.cookies.clear()
        away = visitor.post("/contacten", data=typed, follow_redirects=False)
        assert away.headers["location"] == "/inloggen?next=/getypt"
        assert "Wat u typte is bewaard" in visitor.get(away.headers["location"]).text
    with visit(engine, now, tmp_path, people["coordinator"]) as other:
        assert "Zij willen het ook" not in other.get("/getypt").text
    with visit(engine, now, tmp_path, people["lobbyist"]) as visitor:
        assert "Zij willen het ook" in visitor.get("/getypt").text
        back = forms_on(visitor, "/getypt")[1]
        form = visitor.post(back.action, data=dict(back.fields))  # a browser sends the same on to the form itself
        assert form.url.path == "/contacten"
        assert "Zij willen het ook" in form.text
        assert "Kijk het na" in form.text
        assert "Er ligt niets op u te wachten" in visitor.get("/getypt").text
    with reading(engine) as session:
        assert "Zij willen het ook" not in session.exec(select(ContactMoment.message)).all()


def test_nobody_else_can_have_a_text_kept(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path) as stranger:
        for mark in ("", "x", f"x.{people['lobbyist'].id}.abc.forged"):
            answer = stranger.post("/contacten", data={"csrf": mark, "message": "Onzin"}, follow_redirects=False)
            assert answer.headers["location"] == "/inloggen?next=/"
    with reading(engine) as session:
        assert session.exec(select(KeptForm)).all() == []


def test_one_press_counts_once_and_the_same_words_from_a_new_page_count_again(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    path = "/dossiers/{dossier_id:id}/notities"
    with visit(engine, now, tmp_path, people["lobbyist"]) as visitor:
        form = next(f for f in forms_on(visitor, "/dossiers/1") if (r := route_of(f.action)) and r.path == path)
        data = dict(form.typed(text="Tweemaal gedrukt"))
        answers = [visitor.post(form.action, data=data, follow_redirects=False) for _ in range(2)]
        assert len({a.headers["location"] for a in answers}) == 1
        send(visitor, "/dossiers/1", path, text="Tweemaal gedrukt")
    with writing(engine) as session:
        assert len(session.exec(select(LogEntry).where(col(LogEntry.text) == "Tweemaal gedrukt")).all()) == 2
        forget_presses(session, now + PRESS_COUNTS)
        assert session.exec(select(Press)).all()
        forget_presses(session, now + TYPED_WAITS)
        assert session.exec(select(Press)).all() == []


def test_who_was_second_sees_what_changed_and_a_second_press_undoes_nothing(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    page, path = "/dossiers/1/bewerken", "/dossiers/{dossier_id:id}/bewerken"
    with (
        visit(engine, now, tmp_path, people["coordinator"]) as other,
        visit(engine, now, tmp_path, people["lobbyist"]) as visitor,
    ):
        form = next(f for f in forms_on(visitor, page) if (r := route_of(f.action)) and r.path == path)
        first = send(other, page, path, goal="Een nieuw doel", message_nl="Hun boodschap")
        assert first.status_code == 303  # type: ignore[attr-defined]
        refused = visitor.post(form.action, data=dict(form.typed(title="Mijn titel", message_nl="Mijn boodschap")))
        assert refused.status_code == 409
        assert "Net gewijzigd door iemand anders." in refused.text
        assert "Iemand anders maakte hiervan: Hun boodschap" in refused.text
        again = _again(refused.text, path)
        assert visitor.post(form.action, data=again, follow_redirects=False).status_code == 303
    with reading(engine) as session:
        dossier = session.get_one(Dossier, 1)
        assert (dossier.title, dossier.goal, dossier.message_nl) == ("Mijn titel", "Een nieuw doel", "Mijn boodschap")


def _again(text: str, path: str) -> dict[str, str]:
    """What the page of a refusal sends at a second press."""
    forms = [form_of("", element) for element in html.fromstring(text).xpath("//form[@method='post']")]
    return dict(next(f for f in forms if (r := route_of(f.action)) and r.path == path).fields)


def test_what_one_did_not_touch_follows_the_other_and_what_both_changed_is_shown() -> None:
    typed = ImmutableMultiDict({"a": "mijn", "was:a": "oud", "b": "oud", "was:b": "oud", "c": "mijn", "was:c": "oud"})
    assert held_against(typed, "a", "oud").value == "mijn"
    assert held_against(typed, "b", "nieuw").value == "nieuw"
    assert held_against(typed, "c", "nieuw").value == "mijn"
    assert "nieuw" in held_against(typed, "c", "nieuw").note
    assert held_against(ImmutableMultiDict(), "a", "oud").value == "oud"
    several = ImmutableMultiDict([("n", "1"), ("n", "3"), ("was:n", "1 2")])
    assert ticked(several, "n", [1, 2, 4]) == ["1", "3", "4"]


def test_control_characters_are_dropped_and_an_address_with_one_is_nobodys(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    path = "/dossiers/{dossier_id:id}/notities"
    with visit(engine, now, tmp_path, people["administrator"]) as visitor:
        assert send(visitor, "/dossiers/1", path, text=ODD).status_code == 303  # type: ignore[attr-defined]
        gone = ("/opgaven/%00", "/bronnen/%01", "/api/v1/opgaven/%00", "/regelingen/1/vastlegging/%00", "/momenten/%1b")
        assert [visitor.get(address).status_code for address in gone] == [404] * len(gone)
        asked = (
            "/contacten/nieuw?organisation=a%00b",
            "/regelingen?text=%00a%C2%85",
            "/api/v1/regelingen?text=a%00%07",
        )
        assert [visitor.get(address).status_code for address in asked] == [200] * len(asked)
    with reading(engine) as session:
        assert session.exec(select(LogEntry).where(col(LogEntry.text) == "Een twee drie\nvier")).one()


def test_a_text_keeps_its_lines_tabs_and_letters() -> None:
    assert plain("regel\r\n\ttab é 🚲 \u2028") == "regel\r\n\ttab é 🚲 \u2028"


def test_what_turns_the_direction_is_dropped_and_a_name_that_nobody_can_see_is_none() -> None:
    turning = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    assert {plain(f"brief{sign}fdp.exe") for sign in turning} == {"brieffdp.exe"}
    assert {CONTROL_IN_QUERY.sub(b"", quote(sign).encode()) for sign in turning} == {b""}
    assert CONTROL_IN_QUERY.sub(b"", quote("\u2028é\u2065").encode()) == quote("\u2028é\u2065").encode()
    assert [plain(text) for text in ("  \u200b ", "\ufeff", "\u202e\u200d")] == ["", "", ""]
    assert plain("👩\u200d🚒 Zee\u00adland") == "👩\u200d🚒 Zee\u00adland"


def test_a_refusal_says_so_in_the_title_and_has_the_focus(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        refused = visitor.send_form("/dossiers", title="").text  # type: ignore[attr-defined]
        kept = visitor.get("/dossiers/nieuw").text
    assert "<title>Niet bewaard: Dossier openen" in refused
    assert 'role="alert" tabindex="-1" autofocus' in refused
    assert "<title>Dossier openen" in kept


def test_no_page_writes_a_word_of_ours_without_its_capitals() -> None:
    pages = Path("tracker/web").rglob("*.html")
    assert [page.name for page in pages if re.search(r"\| *capitalize\b(?!_)", page.read_text("utf-8"))] == []


def test_what_is_typed_on_one_line_stays_on_one(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    """A title or a name with a line break made lines of its own in the text of a mail."""
    with visit(engine, now, tmp_path, people["administrator"]) as visitor:
        page, path = "/dossiers/1/bewerken", "/dossiers/{dossier_id:id}/bewerken"
        assert send(visitor, page, path, title="Warmte\r\nBcc: u").status_code == 303  # type: ignore[attr-defined]
        page, path = "/beheer/mensen/1", "/beheer/mensen/{user_id:id}"
        assert send(visitor, page, path, name="Ada\u2028L").status_code == 303  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.get_one(Dossier, 1).title == "Warmte Bcc: u"
        assert session.get_one(User, 1).name == "Ada L"
