"""The database keeps its promises on both engines."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, select

from db.migrate import SchemaTooNew, SchemaTooOld, alembic_config, upgrade
from db.models import Call, Dossier, Minute, Review, ReviewPoint, Sighting
from db.rights import group_of
from db.session import _Moment, open_engine, reading, writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import PartyKind
from tests.make.lobby import gather
from tests.make.pages import make_user
from tracker.lobby.coalition import join
from tracker.lobby.positions import Wording, draft


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


def test_a_moment_comes_back_in_utc_to_the_microsecond(session: Session, now: datetime) -> None:
    at = datetime(2026, 10, 25, 2, 30, 0, 7, tzinfo=ZoneInfo("Europe/Amsterdam"))
    session.add(make_call(now, closes_at=at))
    session.commit()
    session.expire_all()
    call = session.exec(select(Call)).one()
    assert (call.closes_at, call.opens_at) == (at.astimezone(UTC), None)
    assert call.closes_at is not None
    assert call.closes_at.tzinfo is UTC


def test_a_moment_without_its_zone_is_refused(session: Session, now: datetime) -> None:
    session.add(make_call(now.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="timezone"):
        session.flush()


def test_sqlite_reads_a_moment_in_one_step_since_a_page_reads_thousands() -> None:
    engine = open_engine("sqlite://")
    assert isinstance(Call.__table__.c.first_seen.type.dialect_impl(engine.dialect), _Moment)  # type: ignore[attr-defined]
    engine.dispose()


@pytest.mark.parametrize(
    "held", [{}, {"naam": ["\u00e9", 1, 0.1, None, True]}, {"half": "\ud800", "\U0001f6b2": 10**30}]
)
def test_fields_come_back_as_they_were(session: Session, now: datetime, held: dict[str, object]) -> None:
    """Also half of a character in two parts, which a broken page of a site may hold."""
    session.add(make_call(now, provenance=held))
    session.commit()
    session.expire_all()
    assert session.exec(select(Call)).one().provenance == held


def test_amounts_come_back_exact(session: Session, now: datetime) -> None:
    session.add(make_call(now, budget=Decimal("674100000.10")))
    session.commit()
    session.expunge_all()
    assert session.exec(select(Call)).one().budget == Decimal("674100000.10")


def stand_at(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :at").bindparams(at=revision))


@pytest.mark.parametrize("revision", ["9999", "a-later-one"])
def test_a_newer_schema_is_refused(engine: Engine, revision: str) -> None:
    stand_at(engine, revision)
    with pytest.raises(SchemaTooNew, match=revision):
        upgrade(engine)


@pytest.mark.parametrize("revision", ["0001", "0019"])
def test_a_schema_from_before_the_baseline_is_refused_and_says_what_can_be_carried_over(
    engine: Engine, revision: str
) -> None:
    stand_at(engine, revision)
    with pytest.raises(SchemaTooOld, match=rf"schema {revision} is older than the baseline.*'export'.*'import'"):
        upgrade(engine)


def test_a_party_written_down_for_a_day_to_come_is_out_of_the_group(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open(visibility=Visibility.GROUP, group_parties=True)
        join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, now.date(), "haarlem")
        later = join(cast.deed(), dossier, "Hilversum", PartyKind.PARTICIPANT, now.date(), "hilversum")
        later.joined_on, dossier_id = date(2099, 1, 1), dossier.id
    stand_at(engine, "year_plans")
    upgrade(engine, "joined_by_now")
    with reading(engine) as session:
        assert group_of(session, session.get_one(Dossier, dossier_id)).parties == {"haarlem"}


def test_positions_keep_the_numbers_by_which_people_know_them(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
        draft(cast.deed(), dossier, Wording(internal="Eerst een concept"))
        cast.adopted(dossier, now.date())
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE position DROP COLUMN region_number"))
    stand_at(engine, "joined_by_now")
    upgrade(engine, "position_numbers")
    with reading(engine) as session:
        rows = session.execute(text("SELECT number, mra_number FROM position ORDER BY number")).all()  # its name then
        assert [tuple(row) for row in rows] == [(1, None), (2, 2)]


def test_what_was_said_in_a_meeting_outlives_an_upgrade(engine: Engine, now: datetime) -> None:
    """SQLite rebuilds no table that others refer to: a column with a rule comes in one statement."""
    with writing(engine) as session:
        me = make_user(session, now)
        review = Review(participant_id=me.participant_id, began_at=now, began_by=me.id)
        session.add(review)
        session.flush()
        point = ReviewPoint(review_id=review.id, number=1, kind="milestone", subject_id=1, part="due", day=now.date(), what="w", title="t", link="/")  # fmt: skip
        session.add(point)
        session.flush()
        session.add(Minute(point_id=point.id, at=now, user_id=me.id, text="Gezegd"))
    with engine.begin() as connection:
        for table in ("minute", "review_point"):
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN visibility"))
            else:
                connection.execute(text(f"ALTER TABLE {table} RENAME COLUMN visibility TO before"))
    stand_at(engine, "reviews")
    upgrade(engine, "said_in_reviews")
    with engine.connect() as connection:
        said = connection.execute(text("SELECT text, minute.visibility, review_point.visibility FROM minute JOIN review_point ON review_point.id = point_id"))  # fmt: skip
        assert [tuple(row) for row in said] == [("Gezegd", "own", "own")]
