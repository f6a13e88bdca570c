"""Programs with a key: what they read and do in somebody's name, once, and never more than that person may."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import ApiDeed, ApiKey, Application, AuditEntry, Call, ContactMoment, Dossier, User, Verdict
from db.session import reading, writing
from db.vocabulary import ApiScope, Role
from tests.make.crawls import make_listing, store
from tests.make.pages import Visitor, make_user, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.operations.upkeep import forget_presses
from tracker.people.access import end_access, leave_organisation
from tracker.people.api_keys import make_key
from tracker.rights import Deed
from tracker.web.api.routing import PROBLEM, ROOT

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

CONTACT = {
    "organisation": "Ministerie van IenW",
    "office": "directeur",
    "day": "2026-05-28",
    "message": "Gevraagd om geld",
}


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[str, User]:
    with writing(engine) as session:
        people = dict(seeded_people(session))
        people["stranger"] = make_user(session, now, Role.LOBBYIST, "haarlem", "vreemd@haarlem.nl")
        return people


@pytest.fixture
def program(engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    """A program without cookies."""
    with visit(engine, now, tmp_path, None, Unlimited()) as visitor:
        yield visitor


def bearer(engine: Engine, user: User, now: datetime, *scopes: ApiScope) -> dict[str, str]:
    with writing(engine) as session:
        deed = Deed(session, session.get_one(User, user.id), now)
        token = make_key(deed, "proef", scopes or ApiScope, now + timedelta(days=10))
    return {"Authorization": f"Bearer {token}"}


def count(session: Session, model: Any) -> int:
    return session.exec(select(func.count()).select_from(model)).one()


def test_nothing_of_anybody_is_read_without_a_key_and_a_cookie_is_none(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    own = ("oordelen", "correcties", "contacten", "contacten/1", "aanvragen", "aanvragen/1")
    with visit(engine, now, tmp_path, people["administrator"], Unlimited()) as signed_in:
        answers = [signed_in.get(f"{ROOT}/{path}") for path in own]
        answers.append(signed_in.post(f"{ROOT}/contacten", json=CONTACT))
    assert {(a.status_code, a.headers["content-type"], a.headers["www-authenticate"]) for a in answers} == {
        (401, PROBLEM, "Bearer")
    }


def test_who_shows_no_key_hears_that_first_and_too_much_is_a_problem_too(program: Visitor) -> None:
    document = program.get(f"{ROOT}/openapi.json").json()
    writes = [(m, p) for p, ops in document["paths"].items() for m in ops if m in ("post", "put", "delete")]
    assert len(writes) > 6
    for method, path in writes:
        address = ROOT + re.sub(r"{\w+}", "1", path)
        for body in ("{}", "{", "[]"):
            kind = {"Content-Type": "application/json"}
            answer = program.request(method.upper(), address, content=body, headers=kind)
            told = answer.status_code, answer.headers["content-type"], answer.headers["www-authenticate"]
            assert told == (401, "application/problem+json", "Bearer"), (method, path, body)
        large = program.request(method.upper(), address, content=b"x" * 3_000_000)
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json"), path
        assert large.json()["status"] == 413


def test_a_key_of_the_former_desk_opens_nothing_at_the_next(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now)
    with writing(engine) as session:
        deed = Deed(session, session.get_one(User, people["administrator"].id), now)
        leave_organisation(deed, session.get_one(User, people["lobbyist"].id))
    assert program.get(f"{ROOT}/contacten", headers=key).status_code == 401


@pytest.mark.parametrize("shown", ["Bearer kr_x", "Basic a2Fs", "Bearer", "kr_x"])
def test_what_is_no_key_is_refused_also_where_none_is_needed(program: Visitor, shown: str) -> None:
    answer = program.get(f"{ROOT}/agendas", headers={"Authorization": shown})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_a_key_ends_with_its_day_its_owner_and_by_hand(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime, tmp_path: Path
) -> None:
    keys = [bearer(engine, people["lobbyist"], now) for _ in range(2)] + [bearer(engine, people["reader"], now)]
    assert [program.get(f"{ROOT}/contacten", headers=key).status_code for key in keys] == [200] * 3
    with writing(engine) as session:
        first = session.exec(select(ApiKey).order_by(col(ApiKey.id))).first()
        assert first is not None
        first.expires_at = now
        boss = session.get_one(User, people["administrator"].id)
        end_access(Deed(session, boss, now), session.get_one(User, people["reader"].id))
    assert [program.get(f"{ROOT}/contacten", headers=key).status_code for key in keys] == [401, 200, 401]
    with visit(engine, now, tmp_path, people["stranger"], Unlimited()) as stranger:
        assert stranger.send_form("/account/sleutels/2/beeindigen").status_code == 404  # type: ignore[attr-defined]
    with visit(engine, now, tmp_path, people["lobbyist"], Unlimited()) as owner:
        owner.send_form("/account/sleutels/2/beeindigen")
    assert program.get(f"{ROOT}/contacten", headers=keys[1]).status_code == 401


def test_a_key_does_only_what_it_was_made_for(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now, ApiScope.READ)
    refused = [
        program.post(f"{ROOT}/contacten", json=CONTACT, headers=key),
        program.post(f"{ROOT}/regelingen/1/oordelen", json={"say": "yes"}, headers=key),
        program.get(f"{ROOT}/contacten", headers=bearer(engine, people["lobbyist"], now, ApiScope.CONTACTS)),
    ]
    assert [(a.status_code, a.headers["content-type"]) for a in refused] == [(403, PROBLEM)] * 3
    assert "contacten vastleggen" in refused[0].json()["detail"]


def test_a_reader_does_nothing_with_any_key(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["reader"], now)
    with reading(engine) as session:
        before = count(session, Verdict), count(session, ContactMoment)
    answers = [
        program.post(f"{ROOT}/contacten", json=CONTACT, headers=key),
        program.post(f"{ROOT}/regelingen/1/oordelen", json={"say": "yes"}, headers=key),
    ]
    with reading(engine) as session:
        assert (count(session, Verdict), count(session, ContactMoment)) == before
    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_day_of_work_goes_through_the_api(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now)
    made = program.post(f"{ROOT}/regelingen/1/oordelen", json={"say": "no", "reason": "off_topic"}, headers=key)
    assert (made.status_code, made.headers["location"]) == (201, f"{ROOT}/oordelen/{made.json()['id']}")
    assert program.get(made.headers["location"], headers=key).json()["mine"] is True
    assert program.delete(made.headers["location"], headers=key).status_code == 204
    assert program.get(made.headers["location"], headers=key).status_code == 404

    logged = program.post(f"{ROOT}/contacten", json=CONTACT, headers=key)
    where = logged.headers["location"]
    changed = {**CONTACT, "reply": "Wij kijken ernaar", "version": logged.json()["version"]}
    assert program.put(where, json=changed, headers=key).status_code == 200
    late = program.put(where, json={**changed, "reply": "anders"}, headers=key)
    assert (late.status_code, late.headers["content-type"]) == (409, PROBLEM)
    assert program.get(where, headers=key).json()["reply"] == "Wij kijken ernaar"
    version = program.get(where, headers=key).json()["version"]
    assert program.delete(f"{where}?version={version}", headers=key).status_code == 204

    with Session(engine) as session:
        store(session, [make_listing(1)], now)
        call = session.exec(select(func.max(Call.id))).one()
    right = {"field": "budget", "number": 2500000.5, "reason": "gebeld met de bron"}
    corrected = program.post(f"{ROOT}/regelingen/{call}/correcties", json=right, headers=key)
    assert program.get(f"{ROOT}/regelingen/{call}").json()["amounts"]["budget"] == 2500000.5
    assert program.delete(corrected.headers["location"], headers=key).status_code == 204
    with reading(engine) as session:
        done = {row.action for row in session.exec(select(AuditEntry).where(AuditEntry.result == "done by a program"))}
    assert done == {
        *("verdict", "verdict undone", "contact logged", "contact corrected", "contact withdrawn"),
        *("call corrected", "correction withdrawn"),
    }


def test_an_application_goes_on_by_the_rules_of_its_page(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    with reading(engine) as session:
        pair = select(Dossier, Application).where(Application.dossier_id == Dossier.id)
        dossier, _ = session.exec(pair.where(Dossier.participant_id == "amsterdam")).first()  # type: ignore[misc]
    key = bearer(engine, people["lobbyist"], now)
    told = program.get(f"{ROOT}/aanvragen/{dossier.id}", headers=key).json()
    assert told["stage"] == dossier.stage
    to = {"to": "awarded", "version": told["version"]}
    refused = program.put(f"{ROOT}/aanvragen/{dossier.id}/fase", json=to, headers=key)
    assert (refused.status_code, "besluit van de verstrekker" in refused.json()["detail"]) == (422, True)
    stopped = program.put(f"{ROOT}/aanvragen/{dossier.id}/fase", json={**to, "to": "dropped"}, headers=key)
    assert stopped.status_code in (200, 422), stopped.text
    stranger = bearer(engine, people["stranger"], now)
    other = program.put(f"{ROOT}/aanvragen/{dossier.id}/fase", json={**to, "to": "dropped"}, headers=stranger)
    assert other.status_code in (403, 404)


def test_the_same_request_counts_once_and_another_with_its_name_is_refused(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now) | {"Idempotency-Key": "maandag-1"}
    with reading(engine) as session:
        before = count(session, ContactMoment)
    answers: list[Any] = []
    threads = [
        Thread(target=lambda: answers.append(program.post(f"{ROOT}/contacten", json=CONTACT, headers=key)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.status_code, a.content, a.headers["location"]) for a in answers} == {
        (201, answers[0].content, answers[0].headers["location"])
    }
    other = program.post(f"{ROOT}/contacten", json={**CONTACT, "message": "anders"}, headers=key)
    assert (other.status_code, other.headers["content-type"]) == (422, PROBLEM)
    with writing(engine) as session:
        assert count(session, ContactMoment) == before + 1
        forget_presses(session, now + timedelta(days=3))
        assert count(session, ApiDeed) == 0


@pytest.mark.parametrize(
    ("sent", "names"),
    [({}, {"organisation", "day", "message"}), ({**CONTACT, "day": "31-02-2026"}, {"day"}), ({**CONTACT, "owner": 1}, {"owner"}),
     ({**CONTACT, "message": "\x00"}, {"message"}), ({**CONTACT, "visibility": "iedereen"}, {"visibility"})],
)  # fmt: skip
def test_what_is_not_as_described_is_refused_by_name_and_keeps_nothing(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime, sent: dict[str, Any], names: set[str]
) -> None:
    key = bearer(engine, people["lobbyist"], now)
    with reading(engine) as session:
        before = count(session, ContactMoment)
    answer = program.post(f"{ROOT}/contacten", json=sent, headers=key)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert {error["name"] for error in answer.json()["errors"]} == names
    with reading(engine) as session:
        assert count(session, ContactMoment) == before


def test_nobody_changes_what_is_anothers(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    mine = bearer(engine, people["lobbyist"], now)
    where = program.post(f"{ROOT}/contacten", json={**CONTACT, "visibility": "mra"}, headers=mine).headers["location"]
    verdict = program.post(f"{ROOT}/regelingen/1/oordelen", json={"say": "yes"}, headers=mine).headers["location"]
    stranger = bearer(engine, people["stranger"], now)
    assert program.get(where, headers=stranger).status_code == 200
    assert program.put(where, json={**CONTACT, "version": 1}, headers=stranger).status_code == 403
    assert program.delete(f"{where}?version=1", headers=stranger).status_code == 403
    assert program.delete(verdict, headers=stranger).status_code == 404
    own = program.post(f"{ROOT}/contacten", json=CONTACT, headers=mine).headers["location"]
    assert program.get(own, headers=stranger).status_code == 404
    assert program.put(own, json={**CONTACT, "version": 1}, headers=stranger).status_code == 404


def test_who_keeps_a_copy_hears_what_changed_and_what_was_taken_back(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now)
    made = program.post(f"{ROOT}/contacten", json=CONTACT, headers=key)
    since = (now - timedelta(seconds=1)).isoformat().replace("+", "%2B")
    number = made.json()["id"]
    assert number in {
        row["id"] for row in program.get(f"{ROOT}/contacten?changedSince={since}", headers=key).json()["items"]
    }
    program.delete(f"{made.headers['location']}?version={made.json()['version']}", headers=key)
    after = program.get(f"{ROOT}/contacten?changedSince={since}", headers=key).json()
    assert number not in {row["id"] for row in after["items"]}
    assert number in {row["id"] for row in after["withdrawn"]}
    stranger = program.get(f"{ROOT}/contacten?changedSince={since}", headers=bearer(engine, people["stranger"], now))
    assert stranger.json()["withdrawn"] == []
    verdict = program.post(f"{ROOT}/regelingen/1/oordelen", json={"say": "yes"}, headers=key)
    program.delete(verdict.headers["location"], headers=key)
    gone = program.get(f"{ROOT}/oordelen?changedSince={since}", headers=key).json()["withdrawn"]
    assert verdict.json()["id"] in {row["id"] for row in gone}


def test_a_list_is_read_on_without_loss_while_others_write(
    engine: Engine, people: dict[str, User], program: Visitor, now: datetime
) -> None:
    key = bearer(engine, people["lobbyist"], now)
    numbers = [program.post(f"{ROOT}/contacten", json=CONTACT, headers=key).json()["id"] for _ in range(5)]
    met: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        part = program.get(f"{ROOT}/contacten?limit=2&cursor={cursor}", headers=key).json()
        met += [row["id"] for row in part["items"]]
        cursor = part["next"]
        if len(met) == 2:
            numbers.append(program.post(f"{ROOT}/contacten", json=CONTACT, headers=key).json()["id"])
    assert len(met) == len(set(met))
    assert set(numbers) <= set(met)


def test_a_key_is_shown_once_and_kept_as_a_hash(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["lobbyist"], Unlimited()) as owner:
        until = (now + timedelta(days=30)).date().isoformat()
        page = owner.send_form("/account/sleutels", name="Rapportage", scopes="read", until=until).text  # type: ignore[attr-defined]
        key = page.split('class="key">')[1].split("<")[0]
        assert key not in owner.get("/account/sleutels").text
        assert "Rapportage" in owner.get("/account/sleutels").text
        assert owner.get(f"{ROOT}/contacten", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        too_long = owner.send_form("/account/sleutels", name="x", scopes="read", until="2030-01-01")
        assert "ten hoogste een jaar" in too_long.text  # type: ignore[attr-defined]
    with reading(engine) as session:
        row = session.exec(select(ApiKey)).one()
        assert key not in str(row.model_dump())
        assert row.used_on == now.date()
