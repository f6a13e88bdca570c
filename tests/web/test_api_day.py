"""A day's work by a program that has the description of the API and a key, and knows nothing else of Kansenradar.

Addresses, methods, fields and allowed words all come from the document: an operation is found by what its body holds,
a number in its path by the list that the path begins with, and a body is filled by its schema.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import ApiDeed, AuditEntry, Call, ContactMoment, Correction, User, Verdict
from db.session import reading, writing
from db.vocabulary import ApiScope, Visibility
from tests.make.crawls import make_listing, store
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.applications import stages
from tracker.people.api_keys import make_key
from tracker.rights import Deed

DOCUMENT = "/api/v1/openapi.json"  # the one address it was told


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@dataclass(frozen=True)
class Program:
    """A client made of the document alone."""

    visitor: Visitor
    document: dict[str, Any]
    token: str

    def of_tag(self, tag: str, method: str) -> list[tuple[str, dict[str, Any]]]:
        paths = self.document["paths"].items()
        return [(p, ops[method]) for p, ops in paths if method in ops and tag in ops[method]["tags"]]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return {**self.document["components"]["schemas"][name], **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def body_schema(self, operation: dict[str, Any]) -> dict[str, Any]:
        return self.resolved(operation["requestBody"]["content"]["application/json"]["schema"])

    def that_takes(self, method: str, field: str) -> tuple[str, dict[str, Any]]:
        """The one operation on one's own work whose body has this field, and that is not asked for a version too."""
        [found] = [
            (path, operation)
            for path, operation in self.of_tag("Eigen", method)
            if "requestBody" in operation and field in self.body_schema(operation)["properties"]
        ]
        return found

    def value(self, name: str, schema: dict[str, Any], today: str) -> Any:
        """Something that a field of this schema may hold."""
        whole = self.resolved(schema)
        if "enum" in whole:
            return whole["enum"][0]
        if whole.get("format") == "date":
            return today
        assert whole["type"] == "string", f"{name}: nothing says what it may hold"
        return f"Door een programma: {name}"

    def filled(self, operation: dict[str, Any], today: str, **said: Any) -> dict[str, Any]:
        """A body with all that must be there, and what one wants to say."""
        schema = self.body_schema(operation)
        assert set(said) <= set(schema["properties"])
        needed = {n: self.value(n, schema["properties"][n], today) for n in schema["required"] if n not in said}
        return {**needed, **said}

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        base = self.document["servers"][0]["url"]
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        address = re.sub(r"^https?://[^/]+", "", base) + path
        return self.visitor.request(method.upper(), address, json=body, headers=headers)

    def listed(self, path: str) -> list[dict[str, Any]]:
        """The items of the list that a path begins with, page after page."""
        whole, items, more = "/" + path.split("/")[1], list[dict[str, Any]](), ""
        while more is not None:
            answer = self.ask("get", f"{whole}?cursor={more}" if more else whole)
            assert answer.status_code == 200
            items, more = [*items, *answer.json()["items"]], answer.json()["next"]
        return items


def program(engine: Engine, visitor: Visitor, now: datetime) -> Program:
    with writing(engine) as session:
        user = session.get_one(User, seeded_people(session)["coordinator"].id)
        token = make_key(Deed(session, user, now), "dagtaak", ApiScope, now + timedelta(days=10))
    return Program(visitor, visitor.get(DOCUMENT).json(), token)


def count(session: Session, model: Any) -> int:
    return session.exec(select(func.count()).select_from(model)).one()


def counts(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [count(session, model) for model in (Verdict, ContactMoment, Correction, ApiDeed, AuditEntry)]


def test_a_days_work_is_done_with_the_description_and_a_key_alone(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    today = now.date().isoformat()
    with Session(engine) as session:
        store(session, [make_listing(1)], now)  # a call that came by a crawl, the newest of all
    with writing(engine) as session:  # an application that has just begun
        call = session.exec(select(Call).order_by(col(Call.id).desc())).first()
        boss = session.get_one(User, seeded_people(session)["coordinator"].id)
        stages.start(Deed(session, boss, now), call, "amsterdam", Visibility.REGION)
    with visit(engine, now, tmp_path, None, Unlimited()) as visitor:
        client = program(engine, visitor, now)
        before = counts(engine)
        for method, field in (("post", "say"), ("post", "organisation"), ("post", "field")):
            path, operation = client.that_takes(method, field)
            for gap in re.findall(r"{(\w+)}", path):
                path = path.replace(f"{{{gap}}}", str(client.listed(path)[-1]["id"]))
            body = client.filled(operation, today, **({"day": today} if field == "field" else {}))
            answers = [client.ask(method, path, body, f"{field}-{today}") for _ in range(2)]
            allowed = [int(code) for code in operation["responses"] if int(code) < 400]
            assert [answer.status_code for answer in answers] == allowed * 2, answers[0].text
            assert answers[0].json() == answers[1].json(), "the same request again counts once"
        path, operation = client.that_takes("put", "to")
        for item in [item for item in client.listed(path) if item["nextStages"]]:
            moved, to = re.sub(r"{\w+}", str(item["id"]), path), item["nextStages"][0]
            body = client.filled(operation, today, to=to, version=item["version"])
            answer = client.ask("put", moved, body, f"fase-{today}-{item['id']}")
            if answer.status_code == 200:
                break
            assert answer.status_code == 422, answer.text  # what is lacking stands in it, for a person
        assert answer.status_code == 200, "none could be moved"
        assert client.ask("put", moved, body, f"fase-{today}-{item['id']}").json() == answer.json()
        one = next(p for p, _ in client.of_tag("Eigen", "get") if re.fullmatch(rf"/{path.split('/')[1]}/{{\w+}}", p))
        assert client.ask("get", re.sub(r"{\w+}", str(item["id"]), one)).json()["stage"] == to
    assert [after - was for after, was in zip(counts(engine), before, strict=True)] == [1, 1, 1, 4, 4]
