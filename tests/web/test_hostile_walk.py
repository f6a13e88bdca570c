"""Every address for every role, with whatever a scanner sends: no fault, no difference to read from, no change by looking."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.models import User
from db.session import open_engine, reading, writing
from db.vocabulary import Role
from tests.make.addresses import filled, plant
from tests.make.pages import Visitor, settings_for, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.web.frame.route import Guard
from tracker.web.frame.safety import HEADERS, MOST_BYTES
from tracker.web.routes import ROUTES

# /health/ready answers 503 where something is broken, as in this world.
READS = [route for route in ROUTES if route.method == "GET" and route.path != "/health/ready"]
QUERIES = (
    "page=-1", "page=99999999999999999999", "page=1e9", "limit=-1", "sort=__class__", "order=' or 1=1--", "text=%00", "text=%ff%fe",
    "text=" + "a" * 5000, "status[]=open", "agenda=../../etc/passwd", "zoek=%00", "laatste=%C2%B2", "gedaan=<script>", "maand=2026-13",
    "maand=9999-12", "dag=0000-00-00", "jaar=999999", "zeg=%00", "a=1&" * 600, "%", "next=//e.nl", "weergave=%00", "tot=9999-12-31",
)  # fmt: skip
UNKNOWN = (
    "0",
    "999999999",
    "99999999999999999999",
    "-1",
    "%00",
    "abc",
    "..%2f..%2fetc%2fpasswd",
    "é",
    "1%20or%201=1",
    "\u2028",
)


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path, now: datetime
) -> Iterator[tuple[Engine, dict[str, User], dict[str, str], Path]]:
    folder = tmp_path_factory.mktemp("walk")
    (folder / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'world.db'}")
    with writing(engine) as session:
        gaps = plant(session, settings_for(folder), now)
    with reading(engine) as session:
        people = seeded_people(session)
    yield engine, people, gaps, folder
    engine.dispose()


World = tuple[Engine, dict[str, User], dict[str, str], Path]


def walked(visitor: Visitor, method: str, address: str) -> list[str]:
    """What is not right with one answer."""
    answer = visitor.request(method, address, follow_redirects=False)
    wrong = [f"{method} {address[:120]}: {answer.status_code}"] if answer.status_code >= 500 else []
    if "Traceback" in answer.text or "sqlalchemy" in answer.text:
        wrong.append(f"{method} {address[:120]}: tells of itself")
    lacking = [name for name in HEADERS if name not in answer.headers]
    return wrong + ([f"{method} {address[:120]}: no {lacking}"] if lacking else [])


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_no_address_breaks_nor_changes_anything_whatever_stands_in_it(
    world: World, now: datetime, role: Role | None
) -> None:
    """Each address as it is, and for two of the roles with a query or an odd id: each role meets others of them.

    Looking changes nothing but the record of who looked.
    """
    turn = [None, *Role].index(role)
    assert broken(world, now, role, [turn], in_turn=True) == []


@pytest.mark.prove
@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_no_address_breaks_whatever_of_all_there_is_stands_in_it(
    world: World, now: datetime, role: Role | None
) -> None:
    assert broken(world, now, role, range(len(QUERIES))) == []


def broken(world: World, now: datetime, role: Role | None, turns: Sequence[int], in_turn: bool = False) -> list[str]:
    """What is not right with the answers to somebody who goes to every address; at each turn others are asked."""
    engine, people, gaps, folder = world
    wrong: list[str] = []
    with visit(engine, now, folder, people[role.value] if role else None, Unlimited()) as visitor:
        before = contents(engine, AUDIT)
        for number, route in enumerate(READS):
            asked = [there := filled(route.path, gaps)] + ([f"{there}/"] if (number + turns[0]) % 6 == 0 else [])
            plain = in_turn and (number + turns[0]) % 3  # two roles meet something odd, one in a query and one in an id
            odd_id = "{" in route.path and not (in_turn and (number + turns[0]) % 2)
            if not plain and not (in_turn and odd_id):
                asked += [f"{there}?{QUERIES[(number + turn) % len(QUERIES)]}" for turn in turns]
            if not plain and odd_id:
                odd = dict.fromkeys(UNKNOWN[(number + turn) % len(UNKNOWN)] for turn in turns)
                asked += [filled(route.path, dict.fromkeys(gaps, value)) for value in odd]
            for address in asked:
                wrong += walked(visitor, "GET", address)
        after = contents(engine, AUDIT)
    return wrong + [f"{table} changed" for table in before if after[table] != before[table]]


def test_the_lists_take_every_query_there_is(world: World, now: datetime) -> None:
    engine, people, _gaps, folder = world
    lists = (
        "/",
        "/regelingen",
        "/opgaven",
        "/kalender",
        "/dossiers",
        "/beheer/mail",
        "/beheer/logboek",
        "/abonnementen/nieuw",
        "/contacten",
    )
    with visit(engine, now, folder, people["administrator"], Unlimited()) as visitor:
        wrong = [w for path in lists for query in QUERIES for w in walked(visitor, "GET", f"{path}?{query}")]
    assert wrong == []


@pytest.mark.parametrize("in_turn", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_no_wrong_method_does_anything(world: World, now: datetime, in_turn: bool) -> None:
    """Of the four that an address never knows each address meets one in turn, or all."""
    engine, people, gaps, folder = world
    with visit(engine, now, folder, people["administrator"], Unlimited()) as visitor:
        wrong, before = [], contents(engine, AUDIT)
        for number, route in enumerate(READS):
            there, never = filled(route.path, gaps), ("PUT", "PATCH", "DELETE", "OPTIONS")
            for method in ("HEAD", *(never[number % 4 :][:1] if in_turn else never)):
                wrong += walked(visitor, method, there)
    assert wrong == []
    assert contents(engine, AUDIT) == before


AUDIT = ("audit_entry",)


def contents(engine: Engine, but: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of every table; the search index follows the calls."""
    with engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'search_call%' AND name NOT LIKE 'sqlite_%'"
        )
        return {
            name: hashlib.sha256(repr(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()).encode()).hexdigest()
            for (name,) in names.all()
            if name not in but
        }


def test_what_a_role_may_not_see_is_byte_for_byte_what_is_not_there(world: World, now: datetime) -> None:
    engine, people, gaps, folder = world
    unknown = {**dict.fromkeys(gaps, "999999999"), "challenge_id": "nee", "source": "nee"}
    with visit(engine, now, folder, people["reader"], Unlimited()) as visitor:
        absent = visitor.get("/bestaat-niet")
        answers = [
            visitor.get(filled(r.path, g), follow_redirects=False)
            for r in READS
            if not r.path.startswith(("/api/", "/common-grants/"))
            for g in ((gaps, unknown) if "{" in r.path else (gaps,))
        ]
    refused = [a for a in answers if a.status_code == 404]
    assert len(refused) > 40
    assert {a.content for a in refused} == {absent.content}
    told = [{n: v for n, v in a.headers.items() if n != "x-request-id"} for a in refused]
    assert all(headers == told[0] for headers in told)


def test_no_form_is_taken_from_elsewhere(world: World, now: datetime) -> None:
    engine, people, gaps, folder = world
    posts = [r for r in ROUTES if r.method == "POST" and r.guard not in (Guard.NONE, Guard.KEY)]
    gaps = {**dict.fromkeys(("session_id", "absence_id", "correction_id", "verdict_id", "member_id", "round_id", "commitment_id", "milestone_id", "meeting_id", "period_id", "feed_id"), "1"), **gaps}  # fmt: skip
    with visit(engine, now, folder, people["administrator"], Unlimited()) as visitor:
        before = contents(engine)
        for route in posts:
            address = _filled_loosely(route.path, gaps)
            token = {"csrf": visitor.csrf}
            tries = [
                visitor.post(address, data=token, headers={"Sec-Fetch-Site": "cross-site"}),
                visitor.post(address, data=token, headers={"Origin": "https://e.nl"}),
            ]
            if route.guard is Guard.TOKEN:
                plain = {"Content-Type": "text/plain"}
                tries.append(visitor.post(address, content="csrf=" + visitor.csrf, headers=plain))
                tries.append(visitor.post(address, data={"csrf": "x"}))
            assert {a.status_code for a in tries} == {403}, address
    assert contents(engine) == before


@pytest.mark.parametrize("in_turn", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_no_address_sends_anybody_elsewhere_nor_takes_a_cookie_it_is_given(
    world: World, now: datetime, in_turn: bool
) -> None:
    """Every way out for what is open to all; one in turn, or all, for what asks to sign in first."""
    engine, _people, gaps, folder = world
    planted = "p" * 43
    with visit(engine, now, folder, None, Unlimited()) as visitor:
        visitor.follow_redirects = False
        visitor.cookies.set("__Host-kansenradar", planted)
        for number, route in enumerate(ROUTES):
            ways = ("//e.nl", "/\\e.nl", "https://e.nl")
            for elsewhere in ways[number % 3 :][:1] if in_turn and route.role else ways:
                form = dict.fromkeys(("next", "back", "email", "terug"), elsewhere) | {
                    "email": "n@e.nl",
                    "user_id": "1",
                }
                address = _filled_loosely(route.path, gaps)
                sent = form if route.method == "POST" else None
                answer = visitor.request(route.method, address, params=form, data=sent)
                assert re.match(r"/(?![/\\])|$", answer.headers.get("location", "")), (route.path, elsewhere)
                kept = [cookie for cookie in answer.headers.get_list("set-cookie") if planted in cookie]
                assert kept == [], route.path
        assert visitor.get("/account").status_code == 303


def _filled_loosely(path: str, gaps: dict[str, str]) -> str:

    return re.sub(r"{(\w+)(:\w+)?}", lambda gap: gaps.get(gap[1], "1"), path)


def test_a_body_of_a_hundred_megabytes_is_refused_and_the_application_lives_on(world: World, now: datetime) -> None:
    engine, people, _gaps, folder = world

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024 * 1024

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with visit(engine, now, folder, people["coordinator"], Unlimited()) as visitor:
        told = visitor.post("/abonnementen", content=b"", headers={**form, "Content-Length": str(100 * 1024 * 1024)})
        streamed = visitor.post("/abonnementen", content=endless(), headers=form)
        fields = visitor.post("/abonnementen", content=b"&".join(b"a=1" for _ in range(400_000)), headers=form)
        deep = visitor.post("/abonnementen", content=b"[" * MOST_BYTES, headers={"Content-Type": "application/json"})
        assert (told.status_code, streamed.status_code, fields.status_code) == (413, 413, 422)
        assert deep.status_code == 403
        assert visitor.get("/abonnementen").status_code == 200


def test_no_file_of_the_machine_and_no_page_of_the_framework_is_served(world: World, now: datetime) -> None:
    engine, people, _gaps, folder = world
    paths = ("/.env", "/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/.git/config", "/static/")  # fmt: skip
    with visit(engine, now, folder, people["administrator"], Unlimited()) as visitor:
        assert {path: visitor.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
