"""The API: what it answers, held to its own description, and what it refuses, whatever is asked."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Revision, Sighting, User
from db.session import open_engine, reading, writing
from tests.make.crawls import make_listing, store
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.web.api.addresses import router
from tracker.web.api.description import document
from tracker.web.api.routing import PROBLEM, ROOT, VERSION
from tracker.web.routes import ROUTES

pytestmark = pytest.mark.one_database  # it only reads

DOCUMENT = document(router, "https://kansenradar.test", "post@voorbeeld.nl")
PATHS = [path for path, told in DOCUMENT["paths"].items() if told.get("get", {}).get("tags") == ["Openbaar"]]
NAMES = [p["name"] for p in DOCUMENT["paths"]["/regelingen"]["get"]["parameters"]]


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def reader(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with reading(engine) as session:
        user = seeded_people(session)["reader"]
    with visit(engine, now, tmp_path, user, Unlimited()) as visitor:
        yield visitor


def wrong(value: Any, shape: dict[str, Any], where: str = "") -> list[str]:
    """What of a value does not fit a shape of our document; the words of JSON Schema that it uses."""
    if "$ref" in shape:
        return wrong(value, DOCUMENT["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]], where)
    if "anyOf" in shape:
        return min((wrong(value, one, where) for one in shape["anyOf"]), key=len)
    if not shape.keys() - {"title"}:  # anything
        return []
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    made = {
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
        type(None): "null",
    }[type(value)]
    if made not in kinds and not (made == "integer" and "number" in kinds):
        return [f"{where}: {made}, not {kinds}"]
    if "enum" in shape and value not in shape["enum"]:
        return [f"{where}: {value!r}"]
    if shape.get("format") == "date-time" and value is not None and not re.fullmatch(r"[\dT:-]+[+-]\d\d:\d\d", value):
        return [f"{where}: {value}"]
    if made == "array":
        return [w for n, one in enumerate(value) for w in wrong(one, shape["items"], f"{where}[{n}]")]
    if made == "object" and "properties" in shape:
        lacking = [f"{where}: no {name}" for name in shape.get("required", []) if name not in value]
        strange = [f"{where}: {name}" for name in value if name not in shape["properties"]]
        below = [
            w
            for k, v in value.items()
            if k in shape["properties"]
            for w in wrong(v, shape["properties"][k], f"{where}.{k}")
        ]
        return lacking + strange + below
    return []


def held(answer: Any, path: str) -> None:
    """An answer is one of those the document tells of: status, kind, version and shape."""
    told = DOCUMENT["paths"][path]["get"]["responses"]
    assert str(answer.status_code) in told, (answer.status_code, answer.text[:300])
    [(kind, content)] = told[str(answer.status_code)]["content"].items()
    assert answer.headers["content-type"] == kind
    assert answer.headers["api-version"] == VERSION
    assert wrong(answer.json(), content["schema"], path) == []


def test_the_document_is_openapi_and_tells_of_every_route(reader: Visitor) -> None:
    reader.cookies.clear()
    found = reader.get(f"{ROOT}/openapi.json").json()
    assert found == {**DOCUMENT, "info": found["info"]}
    OpenAPI.model_validate(DOCUMENT)
    there = {re.sub(r":\w+}", "}", r.path.removeprefix(ROOT)) for r in ROUTES if r.path.startswith(ROOT)}
    assert there == {*DOCUMENT["paths"], "/openapi.json"}


def test_every_answer_is_as_described(reader: Visitor, engine: Engine) -> None:
    for path in PATHS:
        for number, challenge in ((1, "A20-1-circulair"), (999_999, "nee")):
            held(reader.get(ROOT + path.format(call_id=number, challenge_id=challenge)), path)
    reader.cookies.clear()
    for path in PATHS:  # nobody needs an account for what is public
        held(reader.get(ROOT + path.format(call_id=1, challenge_id="A20-1-circulair")), path)


def test_the_list_has_the_filter_of_the_screen_and_is_read_on_by_number(reader: Visitor) -> None:
    first = reader.get(f"{ROOT}/regelingen?text=fiets&limit=2").json()
    second = reader.get(f"{ROOT}/regelingen?text=fiets&limit=2&cursor={first['next']}").json()
    assert "3 regelingen" in reader.get("/regelingen?text=fiets").text
    numbers = [call["id"] for part in (first, second) for call in part["items"]]
    assert (len(numbers), numbers, second["next"]) == (3, sorted(set(numbers)), None)
    many = reader.get(f"{ROOT}/regelingen?status=open&status=announced").json()
    assert {call["status"] for call in many["items"]} == {"open", "announced"}


def test_who_has_an_answer_gets_it_once(reader: Visitor) -> None:
    first = reader.get(f"{ROOT}/opgaven/A20-1-circulair")
    again = reader.get(f"{ROOT}/opgaven/A20-1-circulair", headers={"If-None-Match": first.headers["etag"]})
    other = reader.get(f"{ROOT}/opgaven", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (other.status_code, again.headers["api-version"]) == (200, VERSION)


def test_an_answer_says_how_much_may_still_be_asked(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with visit(engine, now, tmp_path) as visitor:
        left = [int(visitor.get(f"{ROOT}/agendas").headers["ratelimit-remaining"]) for _ in range(3)]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_what_only_people_typed_is_no_public_call(reader: Visitor, engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        moments = {"first_seen": now, "last_seen": now}
        call = Call(title="Vertrouwelijk genoteerd", url="https://voorbeeld.nl/x", language="nl", **moments)
        session.add(call)
        session.flush()
        seen = {"fields": {}, "fingerprint": "f", "call_id": call.id, "url": call.url, **moments}
        session.add(Sighting(source="handmatig", external_id="x", **seen))
        number = call.id
    assert reader.get(f"{ROOT}/regelingen/{number}").status_code == 404
    assert "Vertrouwelijk" not in reader.get(f"{ROOT}/regelingen?text=vertrouwelijk").text
    with writing(engine) as session:
        session.add(Sighting(source="rvo", external_id="x", **seen))
    assert reader.get(f"{ROOT}/regelingen/{number}").status_code == 200


def test_a_sentence_that_leaves_nothing_open_is_told_as_certain(reader: Visitor, engine: Engine, now: datetime) -> None:
    proof = {"budget": {"sentence": "Er is € 2,5 miljoen."}}  # as it is stored: what is so by default is left out
    with Session(engine) as session:
        store(session, [make_listing(1, budget="2500000", proof=proof)], now)
        number = session.exec(select(Call.id).order_by(col(Call.id).desc())).first()
    told = reader.get(f"{ROOT}/regelingen/{number}")
    held(told, "/regelingen/{call_id}")
    assert told.json()["sentences"] == [{"field": "budget", "sentence": "Er is € 2,5 miljoen.", "certainty": 1}]


def test_changed_since_tells_what_changed_and_what_left_the_filter(
    reader: Visitor, engine: Engine, now: datetime
) -> None:
    address = f"{ROOT}/regelingen?text=fiets&changedSince={now.isoformat().replace('+', '%2B')}"
    nothing = reader.get(address).json()
    with writing(engine) as session:
        session.add(Revision(call_id=1, at=now, kind="changed", field="title", old="a", new="b"))
        session.add(Revision(call_id=2, at=now, kind="changed", field="title", old="a", new="b"))
        fits = reader.get(f"{ROOT}/regelingen?text=fiets").json()["items"]
    changed = reader.get(address).json()
    inside = {call["id"] for call in fits} & {1, 2}
    known = {call["id"] for call in nothing["items"]} | {row["id"] for row in nothing["withdrawn"]}
    assert {call["id"] for call in changed["items"]} >= inside
    assert {row["id"] for row in changed["withdrawn"]} >= {1, 2} - inside - known
    assert {1, 2} <= {call["id"] for call in changed["items"]} | {row["id"] for row in changed["withdrawn"]}


def test_a_joined_call_answers_as_the_one_it_became(reader: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        session.get_one(Call, 4).joined_into = 5
    assert reader.get(f"{ROOT}/regelingen/4").json()["id"] == 5


@pytest.mark.parametrize(
    ("query", "name"),
    [("limit=-1", "limit"), ("limit=1e9", "limit"), ("limit=101", "limit"), ("sort=__class__", "sort"), ("closes_after=2026-01-01", "closes_after"), ("cursor=!", "cursor"), ("changedSince=gisteren", "changedSince"), ("order=new", "order"),
     ("status=' or 1=1", "status"), ("page=1", "page"), ("closesAfter=31-02-2026", "closesAfter"), ("atLeast=NaN", "atLeast")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(reader: Visitor, query: str, name: str) -> None:
    answer = reader.get(f"{ROOT}/regelingen?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert [error["name"] for error in answer.json()["errors"]] == [name]


def test_what_is_not_there_is_one_problem_whatever_it_is(reader: Visitor) -> None:
    paths = (
        "/regelingen/",
        "/regelingen/999999",
        "/regelingen/1/",
        "/opgaven/nee",
        "/nee",
        "/regelingen/abc",
        "/regelingen/-1",
    )
    answers = [reader.get(ROOT + path) for path in paths]
    assert {a.status_code for a in answers} == {404}
    assert {a.headers["content-type"] for a in answers} == {PROBLEM}
    assert len({a.content for a in answers}) == 1


def test_only_reading_is_possible(reader: Visitor, engine: Engine) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = reader.request(method, f"{ROOT}/regelingen/1", data={"csrf": reader.csrf})
        assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}  # a set: its order means nothing
    shared = reader.options(f"{ROOT}/contacten/1")
    assert set(shared.headers["allow"].split(", ")) == {"DELETE", "GET", "HEAD", "PUT"}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path, now: datetime) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("api")
    (folder / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'world.db'}")
    with reading(engine) as session:
        user = session.exec(select(User)).first()
    with visit(engine, now, folder, user, Unlimited()) as visitor:
        yield visitor
    engine.dispose()


VALUES = some.one_of(
    some.text(max_size=40),
    some.integers().map(str),
    some.floats().map(str),
    some.dates().map(str),
    some.sampled_from(
        [
            "open",
            "nl",
            "self",
            "grant",
            "closes",
            "new",
            "amount",
            "A20-1-circulair",
            "rvo",
            "1e400",
            "-0",
            "\x00",
            "%",
            "'--",
            "９",
        ]
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(some.lists(some.tuples(some.sampled_from([*NAMES, "sort", "__class__"]), VALUES), max_size=5))
def test_whatever_is_asked_is_answered_as_described(asked: Visitor, query: list[tuple[str, str]]) -> None:
    held(asked.get(f"{ROOT}/regelingen", params=query), "/regelingen")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(some.sampled_from(sorted(PATHS)), some.text(min_size=1, max_size=20))
def test_whatever_stands_in_a_path_is_answered(asked: Visitor, path: str, text: str) -> None:
    from urllib.parse import quote

    answer = asked.get(ROOT + path.format(call_id=quote(text, safe=""), challenge_id=quote(text, safe="")))
    assert answer.status_code in (200, 404)
