"""Applications that ran before, from a sheet: a row is understood or says why not; all of them are kept, or none."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, Call, Dossier, Sighting
from db.queries import BY_HAND
from db.session import reading, writing
from db.vocabulary_lobby import ApplicationStage
from tests.make.lobby import gather
from tests.make.pages import visit
from tracker.applications.sheet import look, read_sheet, take_in
from tracker.errors import Incomplete

pytestmark = pytest.mark.one_database

HEAD = "aanvraag;regeling;adres;fase;penvoerder;gevraagd;toegekend;ingediend\n"
GOOD = HEAD + (
    "Warmte Noord;subsidie WARMTENETTEN;;toegekend;Haarlem;400.000;380.000;1 mei 2026\n"
    "Oud plan;Onbekende regeling;https://fonds.example/oud;afgewezen;;1.000;;2024-03-01\n"
)
BAD = HEAD + (
    ";;;toegekend;;;;\n"
    "A;;;bijna klaar;;;;\n"
    "B;;;toegekend;;5;;\n"
    "C;;;signaal;MRA;;;\n"
    "D;;;signaal;;veel;;\n"
    "E;;;ingediend;;;;1 mei 2030\n"
    "E;;;signaal;;;;\n"
    "F;Nergens bekend;;signaal;;;;\n"
    "G;Nergens bekend;zomaar;signaal;;;;\n"
)


def test_rows_are_understood_and_kept_once(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    rows = read_sheet(GOOD.encode(), "oud.csv")
    won, lost = look(session, rows, "amsterdam", now.date())
    assert (won.call_id, won.stage, won.lead_id) == (cast.call.id, ApplicationStage.AWARDED, "haarlem")
    assert (won.requested, won.granted, won.submitted_on) == (Decimal(400_000), Decimal(380_000), date(2026, 5, 1))
    assert (lost.call_id, lost.wrong) == (None, "")
    dossiers = take_in(cast.deed(), [won, lost])
    assert [dossier.closed_at is None for dossier in dossiers] == [True, False]
    (by_hand,) = session.exec(select(Sighting).where(Sighting.source == BY_HAND))
    call = session.get_one(Call, by_hand.call_id)
    assert (call.title, call.url, call.source_word) == ("Onbekende regeling", "https://fonds.example/oud", "closed")
    (linked,) = session.exec(select(Application.call_id).where(Application.dossier_id == dossiers[1].id))
    assert linked == call.id, "never an application without the call it names"
    again = read_sheet((HEAD + "Nog een;Anders genoemd;https://fonds.example/oud;signaal;;;;\n").encode(), "oud.csv")
    assert look(session, again, "amsterdam", now.date())[0].call_id == call.id
    assert {a.programme for a in session.exec(select(Application))} == {"WIS", ""}
    assert {line.known for line in look(session, rows, "amsterdam", now.date())} == {"staat er al"}
    assert {line.known for line in look(session, rows, "haarlem", now.date())} == {""}


def test_what_is_wrong_is_said_row_by_row_and_nothing_is_kept(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    lines = look(session, read_sheet(BAD.encode(), "oud.csv"), "amsterdam", now.date())
    assert all(line.wrong for line in lines), [line for line in lines if not line.wrong]
    with pytest.raises(Incomplete):
        take_in(cast.deed(), lines)
    assert session.exec(select(Dossier)).all() == []
    for content in (
        b"",
        b"\xff\xfe",
        b"naam;kleur\nx;y\n",
        (HEAD.replace("fase", "fase;kleur") + "a;b;c;d;e;f;g;h;i\n").encode(),
    ):
        with pytest.raises(Incomplete):
            read_sheet(content, "oud.csv")


def test_a_call_is_found_by_the_code_of_its_source(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    seen = {"url": "https://example.nl/1", "first_seen": now, "last_seen": now, "fingerprint": "x", "fields": {}}
    session.add(Sighting(call_id=cast.call.id, source="rvo", external_id="WIS-2026", **seen))
    session.flush()
    rows = read_sheet((HEAD + "X;wis-2026;;signaal;;;;\n").encode(), "oud.csv")
    assert look(session, rows, "amsterdam", now.date())[0].call_id == cast.call.id


def test_the_page_shows_first_and_keeps_at_the_second_press(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        rows = read_sheet(GOOD.encode(), "oud.csv")
    content = json.dumps(rows)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "Aanvragen inlezen" in visitor.get("/aanvragen/inlezen").text
        shown = visitor.send_form("/aanvragen/inlezen", content=content)
        assert "Er is nog niets bewaard" in shown.text
        with reading(engine) as session:
            assert session.exec(select(Dossier)).all() == []
        assert visitor.send_form("/aanvragen/inlezen", content=content, keep="1").status_code == 303
        assert "Warmte Noord" in visitor.get("/aanvragen").text
