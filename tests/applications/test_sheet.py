"""Applications that ran before, from a sheet: a row is understood or says why not; all of them are kept, or none."""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, Call, Deadline, Dossier, Reference, Sighting
from db.queries import BY_HAND
from db.session import reading, writing
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage
from tests.make.lobby import gather
from tests.make.pages import visit
from tracker.applications.sheet import look, read_sheet, take_in
from tracker.calendar.decision_clock import DecisionRoute, milestones_of, start_clock
from tracker.calendar.load_bodies import load_bodies
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
    for content in (b"", b"\xff\xfe"):
        with pytest.raises(Incomplete):
            read_sheet(content, "oud.csv")


def test_a_call_is_found_by_the_code_of_its_source(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    seen = {"url": "https://example.nl/1", "first_seen": now, "last_seen": now, "fingerprint": "x", "fields": {}}
    session.add(Sighting(call_id=cast.call.id, source="rvo", external_id="WIS-2026", **seen))
    session.flush()
    rows = read_sheet((HEAD + "X;wis-2026;;signaal;;;;\n").encode(), "oud.csv")
    assert look(session, rows, "amsterdam", now.date())[0].call_id == cast.call.id


def test_a_call_is_found_by_its_official_reference_and_none_is_guessed_of_two(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    seen = {"url": "https://example.nl/1", "first_seen": now, "last_seen": now, "fingerprint": "x", "fields": {}}
    sighting = Sighting(call_id=cast.call.id, source="eu_portal", external_id="51106194", **seen)
    session.add(sighting)
    session.flush()
    session.add_all(
        Reference(reference=name, sighting_id=sighting.id) for name in ("life-2026-cca", "stcrt-2026-17040")
    )
    session.add(Call(**cast.call.model_dump(exclude={"id", "url"}), url="https://example.nl/2"))
    session.flush()
    row = "{};{};{};signaal;;;;\n"
    rows = [
        row.format("A", "LIFE-2026-CCA", ""), row.format("B", "Stcrt. 2026, 17040", ""),
        row.format("C", cast.call.title, ""), row.format("D", cast.call.title, "https://example.nl/2"),
    ]  # fmt: skip
    *found, twice, told_apart = look(
        session, read_sheet((HEAD + rows[0] + rows[1] + rows[2] + rows[3]).encode(), "oud.csv"), "amsterdam", now.date()
    )
    assert [line.call_id for line in found] == [cast.call.id] * 2
    assert "2 regelingen" in twice.wrong
    assert told_apart.call_id not in (None, cast.call.id)


def test_what_was_handed_in_before_it_was_brought_ends_the_steps_that_stood(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    load_bodies(session)
    closes = Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=date(2027, 3, 16), modified_at=now)
    session.add(closes)
    session.flush()
    clock = start_clock(cast.deed(), closes, DecisionRoute("amsterdam"), "amsterdam")
    sheet = read_sheet((HEAD + f"X;{cast.call.title};;ingediend;Amsterdam;1;;1 mei 2026\n").encode(), "oud.csv")
    take_in(cast.deed(), look(session, sheet, "amsterdam", now.date()))
    assert MilestoneState.PLANNED not in {row.state for row in milestones_of(session, clock)}


def test_columns_of_other_names_are_asked_about_once_and_nothing_is_read_before(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    sheet = f"Project;Subsidie;Status;Kleur\nWarmte Noord;{cast.call.title};ingediend;rood\n".encode()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        sent = {"file": ("lopend.csv", sheet, "text/csv")}
        asked = visitor.post("/aanvragen/inlezen", data={"csrf": visitor.csrf}, files=sent).text
        assert re.findall(r'<label[^>]*for="veld-column-\d">([^<]+)', asked) == [
            "project",
            "subsidie",
            "status",
            "kleur",
        ]
        assert re.findall(r"selected>([^<]+)", asked) == ["aanvraag", "regeling", "fase"], "proposed, not taken"
        content = unescape(asked.partition('name="content" hidden>')[2].partition("</textarea>")[0])
        meant = {"column-0": "aanvraag", "column-1": "regeling", "column-2": "fase", "column-3": ""}
        twice = visitor.send_form("/aanvragen/inlezen", content=content, meant="1", **{**meant, "column-3": "fase"})
        assert twice.status_code == 422  # type: ignore[attr-defined]
        shown = visitor.send_form("/aanvragen/inlezen", content=content, meant="1", **meant).text  # type: ignore[attr-defined]
        assert "1 nieuw, 0 met een fout" in shown
        assert cast.call.title in shown
        content = unescape(shown.partition('name="content" hidden>')[2].partition("</textarea>")[0])
        assert visitor.send_form("/aanvragen/inlezen", content=content, keep="1").status_code == 303  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.exec(select(Application.call_id)).all() == [cast.call.id]


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
