"""Every answer of the API, byte for byte, as recorded in api_answers.json: other programs rely on them.

Where an answer should change, delete the file, run this module, and read the difference before it is committed.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Agenda, Call, Challenge, Crawl, Deadline, Match, Sighting, User
from db.search_index import index_words
from db.session import reading, writing
from db.vocabulary import Role
from tests.make.pages import Visitor, make_user, visit
from tests.web.test_rights import Unlimited
from tracker.web.frame.safety import Limits

pytestmark = pytest.mark.one_database  # it only reads
RECORDED = Path(__file__).with_name("api_answers.json")
NOW = datetime(2026, 5, 29, 10, 0, tzinfo=UTC)
ROOT = "/api/v1"
OURS = {
    "access-control-allow-origin",
    "allow",
    "api-version",
    "cache-control",
    "content-length",
    "content-type",
    "retry-after",
    "www-authenticate",
}
READ = [
    "/regelingen",
    "/regelingen?limit=1",
    "/regelingen?limit=1&cursor=MQ",
    "/regelingen?text=fiets&status=open&status=announced",
    "/regelingen?text=&closesBefore=&atLeast=1000000.50",
    "/regelingen?limit=0&cursor=%25&status=nee&atLeast=NaN&closesAfter=0206-01-01&x=1&changedSince=",
    "/regelingen?changedSince=2026-05-29T00:00:00%2B02:00",
    "/regelingen?limit=1&limit=101",
    "/regelingen?gedaan=bewaard",
    "/regelingen/1",
    "/regelingen/2",
    "/regelingen/3",
    "/regelingen/1?x=1",
    "/regelingen/99",
    "/regelingen/99?x=1",
    "/regelingen/9999999999",
    "/regelingen/1.0",
    "/regelingen/+1",
    "/regelingen/abc",
    "/regelingen/",
    "/agendas",
    "/agendas?limit=1",
    "/agendas?page=1",
    "/opgaven",
    "/opgaven?x=1&y=2",
    "/opgaven/B-1",
    "/opgaven/B-1?x",
    "/opgaven/nee",
    "/opgaven/nee?x=1",
    "/opgaven/B%2F1",
    "/bronnen",
    "/bronnen?x=1",
    "/nee",
    "",
    "/../v2",
]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Two calls and one that was joined, two opgaven and two sources: all kinds of values, and all that is absent."""
    with writing(engine) as session:
        session.add(Agenda(id="B", name="Beléid 2026", valid_from=date(2026, 1, 1)))
        session.flush()
        parent = {"agenda_id": "B", "kind": "assignment", "status": "official", "goal": "Fietsen.", "position": 0}
        session.add(Challenge(id="B-0", name="Bereikbaarheid", number="1", **parent))
        session.flush()
        words = {"words_nl": ["fiets*"], "words_en": ["cycl*"], "words_not": ["motorfiets"]}
        session.add(Challenge(id="B-1", parent_id="B-0", **{**parent, "kind": "line", "position": 1}, **words))
        moments = {"first_seen": NOW - timedelta(days=200), "last_seen": NOW}
        whole = Call(
            title="Fietsroutes – tweede tranche", url="https://voorbeeld.nl/1?a=1&b=2", language="nl",
            publisher="Ministerie van IenW", programme=["Tour de Force"], applicants=["municipality", "province"],
            budget=Decimal("2500000.50"), max_amount=Decimal(674000), rate=Decimal(40), amount_text="€ 2,5 miljoen",
            eligible="self", instrument="spuk", summary="“Voor” <fietsers> & 'wandelaars'", search_text="fiets",
            provenance={"title": "rvo"}, opens_at=NOW - timedelta(days=30), closes_at=NOW + timedelta(days=30), **moments,
        )  # fmt: skip
        bare = Call(title="Bare", url="https://voorbeeld.nl/2", language="en", held=True, **moments)
        session.add_all([whole, bare])
        session.flush()
        index_words(session.connection(), [whole.id])
        session.add(Call(title="Joined", url="https://voorbeeld.nl/3", language="en", joined_into=whole.id, **moments))
        last = {"call_id": whole.id, "kind": "closes", "modified_at": NOW}
        session.add_all(
            [
                Deadline(**last, day=date(2026, 6, 28), hour="17:00", at=NOW + timedelta(days=30, hours=5), zone="Europe/Brussels", assumed=True, text="Deadline: 17.00 uur"),
                Deadline(**{**last, "kind": "opens"}, day=date(2026, 4, 29)),
                Deadline(**{**last, "kind": "cut_off"}, text="zolang er geld is"),
                Deadline(**last, day=date(2026, 7, 28), cancelled_at=NOW),
                Match(call_id=whole.id, challenge_id="B-1", score=0.87654321, topic=0.8, model="m", at=NOW, reasons=[{"kind": "words", "weight": 1.0, "text": "In de titel staat “fiets”"}]),
                Match(call_id=whole.id, challenge_id="B-0", score=1.0, topic=0.8, model="m", at=NOW, reasons=[]),
                Crawl(source="rvo", started_at=NOW, finished_at=NOW, seconds=1, complete=True, seen=1),
                Crawl(source="eu_portal", started_at=NOW, finished_at=NOW, seconds=1, complete=False, why="pagina 1: geen JSON", seen=0),
            ]
        )  # fmt: skip
        seen = {"fields": {"title": "x"}, "fingerprint": "f", **moments}
        for source, number in (("rvo", "12"), ("eu_portal", "HORIZON-1")):
            session.add(
                Sighting(source=source, external_id=number, call_id=whole.id, url=f"https://{source}.nl/x", **seen)
            )
        make_user(session, NOW, Role.READER)
        make_user(session, NOW, Role.ADMINISTRATOR)
    return engine


@pytest.fixture
def visitors(filled: Engine, tmp_path: Path) -> Iterator[dict[str, Visitor]]:
    with reading(filled) as session:
        reader = session.exec(select(User).where(User.role == Role.READER)).one()
    with (
        visit(filled, NOW, tmp_path, reader, Unlimited()) as signed_in,
        visit(filled, NOW, tmp_path, None, Unlimited()) as nobody,
        visit(filled, NOW, tmp_path, reader, Refusing()) as hasty,
    ):
        yield {"reader": signed_in, "nobody": nobody, "hasty": hasty}


class Refusing(Limits):
    """Nobody may ask any more."""

    def allows(self, _kind: str, _origin: str, _cookie: str = "") -> bool:
        return False


def answers(visitors: dict[str, Visitor]) -> dict[str, Any]:
    asked = [("reader", "GET", path) for path in READ]
    asked += [
        ("nobody", "GET", path)
        for path in (
            "/openapi.json",
            "/regelingen",
            "/regelingen?x=1",
            "/regelingen/99",
            "/bronnen",
            "/nee",
            "/contacten",
        )
    ]
    asked += [("hasty", "GET", path) for path in ("/openapi.json", "/regelingen", "/opgaven/B-1")]
    asked += [
        ("reader", method, path)
        for method in ("POST", "HEAD", "OPTIONS")
        for path in ("/regelingen", "/regelingen/1", "/openapi.json")
    ]
    return {f"{who} {method} {path}": answer(visitors[who].request(method, ROOT + path)) for who, method, path in asked}


def answer(got: Any) -> dict[str, Any]:
    """Status, headers of the API and body; the order of the methods in Allow means nothing, and the document has its own tests."""
    headers = {name: value for name, value in sorted(got.headers.items()) if name in OURS}
    if "allow" in headers:
        headers["allow"] = ", ".join(sorted(headers["allow"].split(", ")))
    if got.request.url.path.endswith("openapi.json") and got.status_code == 200:
        headers.pop("content-length")
        return {"status": got.status_code, "headers": headers}
    return {"status": got.status_code, "headers": headers, "body": got.content.decode()}


def test_every_answer_is_the_recorded_one(visitors: dict[str, Visitor]) -> None:
    given = answers(visitors)
    if not RECORDED.exists():
        RECORDED.write_text(json.dumps(given, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"recorded into {RECORDED.name}: read it, and commit it")
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert given.keys() == recorded.keys()
    for request, kept in recorded.items():
        assert given[request] == kept, request
