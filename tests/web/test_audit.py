"""The audit log: what must leave a line does, with action, object, result, origin, actor and time, and no secret."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import AuditEntry, Dossier, User
from db.session import reading, writing
from tests.make.addresses import filled, plant
from tests.make.pages import settings_for, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited


def lines(session: Session) -> dict[str, AuditEntry]:
    return {row.action: row for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))}


def test_what_must_be_on_record_leaves_a_line_of_six_fields(sqlite_world: Path, now: datetime, tmp_path: Path) -> None:
    from db.session import open_engine

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
        visitor.send_form(f"/beheer/mensen/{other.id}", **person, role="lobbyist")
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
        if row.action != "sign in":
            assert (row.actor, row.origin, row.at) == (f"user {me.id}", "testclient", now)
            assert row.object
        assert other.email not in f"{row.object} {row.result} {row.actor}"
    engine.dispose()
