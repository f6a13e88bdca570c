"""The database keeps its promises on both engines."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.migrate import SchemaTooNew, alembic_config, upgrade
from db.models import Call, Sighting, Verdict
from db.session import open_engine
from tests.make.seed_pages import seeded_people


def make_call(now: datetime, **fields: object) -> Call:
    return Call(
        **{"title": "T", "language": "nl", "url": "https://e.nl", "first_seen": now, "last_seen": now, **fields}
    )


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.begin() as connection:
        command.check(alembic_config(connection))


def test_an_orphan_is_refused(session: Session, now: datetime) -> None:
    session.add(
        Sighting(
            source="x",
            external_id="1",
            call_id=99,
            url="u",
            fields={},
            fingerprint="",
            first_seen=now,
            last_seen=now,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_word_outside_the_vocabulary_is_refused(session: Session, now: datetime) -> None:
    session.add(make_call(now, instrument="gift"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_amounts_come_back_exact(session: Session, now: datetime) -> None:
    session.add(make_call(now, budget=Decimal("674100000.10")))
    session.commit()
    session.expunge_all()
    assert session.exec(select(Call)).one().budget == Decimal("674100000.10")


def test_a_newer_schema_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="9999"):
        upgrade(engine)


def test_of_two_verdicts_that_stood_on_one_call_the_newest_stands(world_url: str, now: datetime) -> None:
    engine = open_engine(world_url)
    with Session(engine) as session:
        me = seeded_people(session)["reader"].id
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0017")
    with Session(engine) as session:
        for hours, say, opgave in (
            (2, "later", None),
            (1, "yes", None),
            (3, "no", None),
            (1, "yes", "A20-1-circulair"),
        ):
            said = {"call_id": 7, "challenge_id": opgave, "user_id": me, "participant_id": "amsterdam"}
            reason = "too_small" if say == "no" else None
            session.add(Verdict(**said, say=say, reason=reason, at=now + timedelta(hours=hours)))
        session.commit()
    upgrade(engine)
    with Session(engine) as session:
        said = session.exec(select(Verdict).where(Verdict.user_id == me, Verdict.call_id == 7)).all()
        assert {(v.say, v.challenge_id, v.undone_at) for v in said} == {
            ("no", None, None),
            ("later", None, now + timedelta(hours=3)),
            ("yes", None, now + timedelta(hours=2)),
            ("yes", "A20-1-circulair", None),
        }
    engine.dispose()
