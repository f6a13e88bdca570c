"""The audit log: what must leave a line does, with action, object, result, origin, actor and time, and no secret."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session, col, func, select

from db.models import AuditEntry, Dossier, User
from db.session import open_engine, reading, writing
from tests.make.addresses import filled, plant
from tests.make.pages import Visitor, settings_for, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tests.web.test_who_sees_what import TYPED
from tracker.versions import stand
from tracker.web.frame.deeds import DEEDS, GAPS
from tracker.web.frame.route import Guard, Route
from tracker.web.people.people import PERSON
from tracker.web.routes import ROUTES

FORMS = [r for r in ROUTES if r.method == "POST" and not r.looks and r.guard is not Guard.KEY]


def lines(session: Session) -> dict[str, AuditEntry]:
    return {row.action: row for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))}


def test_what_must_be_on_record_leaves_a_line_of_six_fields(sqlite_world: Path, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine: Engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        gaps = plant(session, settings_for(tmp_path), now)
        me = seeded_people(session)["administrator"]
        other = session.get_one(User, seeded_people(session)["reader"].id)
        dossier = session.exec(select(Dossier).where(Dossier.participant_id == "amsterdam")).first()
        assert dossier is not None
    person = {"name": other.name, "email": other.email, "participant_id": "amsterdam"}
    with visit(engine, now, tmp_path, me, Unlimited()) as visitor:
        visitor.send_form(f"/beheer/mensen/{other.id}", **person, role="lobbyist", seen=stand([other], *PERSON))
        seen = {"title": dossier.title, "goal": dossier.goal, "level": dossier.level, "seen": dossier.version}
        visitor.send_form(f"/dossiers/{dossier.id}/bewerken", **seen, visibility="own")
        visitor.get(filled("/dossiers/{dossier_id:id}/standpunten", gaps))
        visitor.get(filled("/dossiers/{dossier_id:id}/standpunten/{number:id}/tekst", gaps))
        visitor.send_form("/beheer/mail/2/opnieuw")
    with reading(engine) as session:
        found = lines(session)
    assert found["person changed"].result == "role reader to lobbyist"
    assert found["visibility changed"].result == "mra to own"
    assert {"read positions", "export position", "mail retried"} <= set(found)
    for row in found.values():
        if row.action not in ("sign in", "files handed over"):
            assert (row.actor, row.origin, row.at) == (f"user {me.id}", "testclient", now)
            assert row.object
        assert other.email not in f"{row.object} {row.result} {row.actor}"
    engine.dispose()


def test_every_form_says_what_it_does() -> None:
    assert {route.path for route in FORMS} == set(DEEDS)


# What the forms of the lobby do not ask, so that more of them are kept.
ALSO = {
    "email": "nieuw@haarlem.nl", "role": "lobbyist", "say": "yes", "value": "x", "every": "week", "message": "gezegd",
    "office": "Directeur", "promise_due": "2026-06-30", "result": "achieved", "asked_of": "VRO", "ends_on": "2026-06-30",
    "scope": "personal", "note": "x", "challenges": "A20-1-circulair", "body": "x", "url": "https://example.nl/x",
    "parked_until": "2026-12-01", "amount": "1", "day": "2026-06-18", "starts_on": "2026-06-01", "remark": "x",
    "field": "closes", "own": "1", "level": "national", "priority": "high", "out": "x", "influence": "5",
}  # fmt: skip


OWN = {
    "/contacten": {"kind": "talk"}, "/krachtenveld": {"role": "ally", "stance": "1"}, "/momenten": {"kind": "other"},
    "/bewerken": {"kind": "talk", "title": "Titel"}, "/sluiten": {"result_text": "Het is gelukt."},
    "/lobbyagenda/{year:id}/dossiers": {"dossier": "1"}, "/lobbyagenda/{year:id}/dossiers/weg": {"dossier": "1"},
    "/standpunten": {"visibility": "own"}, "/momenten/{key}/dossiers": {"dossier": "1"}, "/aanvragen/cofinanciering": {"room": "1000"},
    "/partners": {"name": "Partner"}, "/keten": {"link_kind": "letter"}, "/opbrengsten/{outcome_id:id}": {"outcome_day": "2026-05-01"},
    "/kalender/reces": {"kind": "recess", "first_day": "2026-07-06", "last_day": "2026-07-10"}, "/data": {"papers_on": "2026-06-11"},
    "/fase": {"to": "drafting"}, "/leesbeurt": {"week": "2026-06-01"},
}  # fmt: skip


@pytest.mark.slow
def test_whatever_a_form_stores_leaves_a_line(sqlite_world: Path, now: datetime, tmp_path: Path) -> None:
    """Every form of the product is pressed once; the database itself tells whether anything was stored."""
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        gaps = plant(session, settings_for(tmp_path), now)
        me = seeded_people(session)["administrator"]
    gaps["correction_id"] = "987654"  # of a made-up call, of which the source says too little to go back to
    others = (
        "kept_id",
        "session_id",
        "absence_id",
        "identity_id",
        "resolution_id",
        "meeting_id",
        "period_id",
        "moment_id",
        "link_id",
    )
    gaps = dict.fromkeys((*GAPS.values(), *others), "1") | gaps
    stored, silent = 0, []
    with visit(engine, now, tmp_path, me, Unlimited()) as visitor, engine.connect() as watcher:
        for route in sorted(FORMS, key=_ends_the_session):
            before = _state(watcher)
            own = max((end for end in OWN if route.path.endswith(end)), key=len, default="")
            answer = _pressed(visitor, filled(route.path, gaps), OWN.get(own, {}))
            after = _state(watcher)
            assert answer.status_code < 500, route.path
            if answer.status_code < 400 and before[0] != after[0]:
                stored += 1
                silent += [route.path] if before[1] == after[1] else []
    engine.dispose()
    assert silent == []
    assert stored > 50, "forms that store nothing prove nothing"


def _ends_the_session(form: Route) -> bool:
    return form.path.startswith(("/uitloggen", "/account", "/inloggen"))


def _pressed(visitor: Visitor, path: str, own: dict[str, str]) -> Any:
    """The answer to the form with whichever version is the newest."""
    for seen in range(1, 15):
        answer = visitor.send_form(path, **{**TYPED, "visibility": "mra", **ALSO, "seen": str(seen), **own})
        if answer.status_code != 409:
            break
    return answer


def _state(connection: Connection) -> tuple[int, int]:
    """A number that another connection's commit changes, and how long the log is."""
    version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    lines = connection.execute(select(func.count(col(AuditEntry.id)))).scalar_one()
    connection.rollback()
    return version, lines
