"""Two people who do the same at the same moment: one wins, the other is told or finds it done; nobody gets a failure."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, func, select

from db.models import (
    Body,
    Challenge,
    ClosedPeriod,
    CofundingRoom,
    Correction,
    Duty,
    Follow,
    LobbyAgenda,
    Meeting,
    Moment,
    Organisation,
    Team,
    User,
    Verdict,
)
from db.queries import BY_HAND
from db.session import reading, writing
from scrapers.listing import Listing
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import monday, seeded_people
from tracker.calls.corrections import add_call
from tracker.organisations.names import name_key

OPGAVE = "A20-2-cultuur"
FREE = date(2026, 6, 18)


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with reading(engine) as session:
        return seeded_people(session)


@contextmanager
def held(engine: Engine, row: Any) -> Iterator[None]:
    """Somebody else stores this row: not yet seen by anybody while the block runs, committed once we wait for it."""
    with writing(engine) as session:
        session.add(row)
        session.flush()
        yield
        _somebody_waits(engine)


def _somebody_waits(engine: Engine) -> None:
    """Until a transaction stands still for ours; SQLite lets nobody begin, and tells nobody that it waits."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    if engine.dialect.name == "sqlite":
        time.sleep(0.2)
        return
    deadline = time.monotonic() + 60
    with engine.connect() as connection:
        while not connection.execute(text(waiting)).scalar_one():
            assert time.monotonic() < deadline, "nobody waited: this row is not the one that both store"
            time.sleep(0.02)
            connection.rollback()


Deed = tuple[str, dict[str, Any], Callable[[int, int, datetime], Any]]
DEEDS: dict[str, Deed] = {
    "a new team": (
        f"/opgaven/{OPGAVE}/team",
        {"version": 0, "patience": 9},
        lambda me, other, now: Team(challenge_id=OPGAVE, contact_id=other, patience=3),
    ),
    "a reading turn": (
        "/opgaven/A20-1-circulair/leesbeurt",
        {"week": monday(date(2026, 5, 29)).isoformat(), "reader_id": "{other}"},
        lambda me, other, now: Duty(challenge_id="A20-1-circulair", week=monday(now.date()), reader_id=other),
    ),
    "following": (
        "/regelingen/7/volgen",
        {"volg": "ja"},
        lambda me, other, now: Follow(user_id=me, call_id=7, at=now),
    ),
    "judging": (
        "/regelingen/7/oordeel",
        {"say": "yes", "challenge": "A20-1-circulair"},
        lambda me, other, now: Verdict(
            call_id=7,
            challenge_id="A20-1-circulair",
            user_id=me,
            participant_id="amsterdam",
            say="later",
            at=now,
        ),
    ),
    "judging a call as a whole": (
        "/regelingen/7/oordeel",
        {"say": "yes"},
        lambda me, other, now: Verdict(call_id=7, user_id=me, participant_id="amsterdam", say="later", at=now),
    ),
    "the same person": (
        "/beheer/mensen",
        {"email": "nieuw@amsterdam.nl", "name": "Nieuw", "role": "reader", "participant_id": "amsterdam"},
        lambda me, other, now: User(
            email="nieuw@amsterdam.nl", name="Nieuw", role="reader", participant_id="amsterdam", created_at=now
        ),
    ),
    "room for cofunding": (
        "/aanvragen/cofinanciering",
        {"year": 2031, "room": "5000"},
        lambda me, other, now: CofundingRoom(
            participant_id="amsterdam", year=2031, amount=Decimal(1), visibility="own"
        ),
    ),
    "a meeting": (
        "/kalender/vergaderingen/{body}/data",
        {"day": FREE.isoformat(), "papers_on": FREE.isoformat()},
        lambda me, other, now: Meeting(body_id="{body}", day=FREE, papers_on=FREE, modified_at=now),
    ),
    "a recess": (
        "/kalender/reces",
        {"kind": "recess", "name": "Zomer", "first_day": FREE.isoformat(), "last_day": FREE.isoformat()},
        lambda me, other, now: ClosedPeriod(kind="recess", name="Zomer", first_day=FREE, last_day=FREE),
    ),
    "a contact with an office": (
        "/contacten",
        {"organisation": "Ministerie van VRO", "office": "Directeur Bouwen", "message": "Meer regie"},
        lambda me, other, now: Organisation(
            name="VRO", key=name_key("Ministerie van VRO"), participant_id="amsterdam", created_at=now
        ),
    ),
    "a lobby agenda": (
        "/lobbyagenda/2031/dossiers",
        {"dossier": "1", "dossier_id": "1"},
        lambda me, other, now: LobbyAgenda(year=2031, participant_id="amsterdam", visibility="mra"),
    ),
}


@pytest.mark.parametrize("what", DEEDS)
def test_who_stores_the_same_a_moment_later_gets_no_failure(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path, what: str
) -> None:
    path, fields, make = DEEDS[what]
    me, other = people["administrator"], people["coordinator"]
    with reading(engine) as session:
        body = session.exec(select(Body.id).order_by(col(Body.id))).first() or ""
    fields = {name: str(other.id) if value == "{other}" else value for name, value in fields.items()}
    row = make(me.id, other.id, now)
    if isinstance(row, Meeting):
        row.body_id = body
    with visit(engine, now, tmp_path, me) as visitor:
        status = _after_somebody_else(engine, visitor, row, path.format(body=body), fields)
    assert status in (200, 303, 409, 422), status
    with reading(engine) as session:
        assert session.exec(_same(row)).one() == 1


def _after_somebody_else(engine: Engine, visitor: Visitor, row: Any, path: str, fields: dict[str, Any]) -> int:
    answers: list[Any] = []
    person = threading.Thread(target=lambda: answers.append(visitor.send_form(path, **fields)))
    with held(engine, row):
        person.start()
    person.join(120)
    return int(answers[0].status_code)


def _same(row: Any) -> Any:
    """How many rows there are with this one's unique columns."""
    table = type(row).__table__
    unique = [
        set(c.columns.keys())
        for c in table.constraints
        if type(c).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")
    ]
    unique += [set(i.columns.keys()) for i in table.indexes if i.unique]
    columns = max((names for names in unique if "id" not in names), key=len)
    query = select(func.count()).select_from(type(row))
    query = query.where(*(getattr(type(row), name) == getattr(row, name) for name in columns))
    return query.where(type(row).undone_at.is_(None)) if isinstance(row, Verdict) else query


def test_the_second_of_two_who_make_a_team_is_told_and_sees_what_is_there(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["administrator"]) as visitor:
        row = Team(challenge_id=OPGAVE, patience=3)
        assert (
            _after_somebody_else(engine, visitor, row, f"/opgaven/{OPGAVE}/team", {"version": 0, "patience": 9}) == 409
        )
        again = visitor.send_form(f"/opgaven/{OPGAVE}/team", version=0, patience=9)
        assert "Iemand anders wijzigde dit team net." in again.text  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.get_one(Team, OPGAVE).patience == 3


@pytest.mark.parametrize("what", ["team", "opgave"])
def test_an_edit_never_overwrites_one_that_was_kept_a_moment_before(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path, what: str
) -> None:
    id_ = "A20-1-circulair"
    with reading(engine) as session:
        name = session.get_one(Challenge, id_).name
    path, fields = {
        "team": (f"/opgaven/{id_}/team", {"version": 1, "patience": 9}),
        "opgave": (f"/opgaven/{id_}/wijzigen", {"version": 1, "name": "Laat", "words_nl": "circulair"}),
    }[what]
    answers: list[Any] = []
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        person = threading.Thread(target=lambda: answers.append(visitor.send_form(path, **fields)))
        with writing(engine) as session:
            row: Any = session.get_one(Team if what == "team" else Challenge, id_)
            row.version += 1
            session.flush()
            person.start()
            _somebody_waits(engine)
        person.join(120)
    assert answers[0].status_code == 409
    with reading(engine) as session:
        assert session.get_one(Challenge, id_).name == name
        assert session.get_one(Team, id_).patience == 5


def test_a_day_given_to_a_moment_meanwhile_is_not_overwritten(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        page = visitor.get("/momenten").text
        ref = page.split('name="ref" value="')[1].split('"')[0]
        first = visitor.send_form("/momenten/dag", ref=ref, ends_on="2026-11-01", seen=0)
        second = visitor.send_form("/momenten/dag", ref=ref, ends_on="2026-12-01", seen=0)
    assert (first.status_code, second.status_code) == (303, 409)  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert date(2026, 12, 1) not in session.exec(select(Moment.ends_on)).all()


@pytest.mark.parametrize("field", ["title", "publisher", "closes", "budget"])
def test_of_two_who_correct_one_field_at_once_only_one_is_accepted_and_the_other_sees_what_it_says(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path, field: str
) -> None:
    call = _typed_in(engine, now)
    typed = {"version": 1, "deeds": 0, "field": field}
    first, second = (
        {"day": day, "value": value, "reason": value} for day, value in (("2026-10-01", "100"), ("2026-10-02", "200"))
    )
    answers: list[Any] = []
    with (
        visit(engine, now, tmp_path, people["coordinator"]) as one,
        visit(engine, now, tmp_path, people["administrator"]) as other,
    ):
        threads = [
            threading.Thread(
                target=lambda v=visitor, f=fields: answers.append(
                    v.send_form(f"/regelingen/{call}/corrigeren", **typed, **f)
                )
            )
            for visitor, fields in ((one, first), (other, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert "Wat mensen er nu van zeggen" in refused.text
        assert 'name="deeds" value="1"' in refused.text
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Correction).where(Correction.call_id == call)).one() == 1


def test_the_same_correction_pressed_twice_is_kept_once(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    call = _typed_in(engine, now)
    typed = {"version": 1, "deeds": 0, "field": "title", "value": "Anders", "reason": "gebeld"}
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        answers = [visitor.send_form(f"/regelingen/{call}/corrigeren", **typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Correction).where(Correction.call_id == call)).one() == 1


def _typed_in(engine: Engine, now: datetime) -> int:
    """A call that a person typed in; people can correct it."""
    with writing(engine) as session:
        return add_call(
            session,
            Listing(source=BY_HAND, external_id="x", url="https://voorbeeld.nl/x", title="Nieuw", language="nl"),
            now,
        )
