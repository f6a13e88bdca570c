"""Signing in by link, sessions, and what every answer carries."""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from db.models import AuditEntry, Call, Delivery, User
from db.session import reading, writing
from db.vocabulary import Role
from db.vocabulary_calendar import FeedScope
from notifications.links import Links
from tests.make.pages import BASE, make_user, settings_for, visit
from tracker.calendar.feeds import open_feed
from tracker.mailing.keys import signing_keys
from tracker.web.frame.safety import HEADERS, Limits, home_path

HOSTILE = [
    "//e.nl", "/\\e.nl", "https:e.nl", "/\t/e.nl", "/%09/e.nl", "\t//e.nl", "///e.nl", "user@e.nl", "https://e.nl", "javascript:alert(1)",
    "/\n/e.nl", "\\\\e.nl", "/\\/e.nl", " //e.nl", "e.nl", "/..//e.nl", "http:\\\\e.nl", "//e.nl/%2f..", "/%2f/e.nl", "/%5ce.nl",
    "/?next=//e.nl\r\nX: y", "%2f%2fe.nl", "data:text/html,x", "/;@e.nl", "/@e.nl", "//user@e.nl", "/\u2028/e.nl", "ftp://e.nl", "/./e.nl//", "",
]  # fmt: skip


def mailed_link(engine: Engine) -> str:
    with reading(engine) as session:
        mail = session.exec(select(Delivery).order_by(Delivery.id.desc())).first()
    assert mail is not None
    found = re.search(rf"{re.escape(BASE)}(/inloggen/link/\S+)", mail.text)
    assert found
    return found[1]


@pytest.fixture
def coordinator(engine: Engine, now: datetime) -> User:
    with writing(engine) as session:
        return make_user(session, now)


def test_a_link_signs_in_once_and_only_by_its_button(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        assert (
            visitor.post("/inloggen", data={"email": " Coordinator@Amsterdam.nl", "next": "/account"}).status_code
            == 200
        )
        link = mailed_link(engine)
        assert visitor.get(link).status_code == 200
        assert visitor.get("/account", follow_redirects=False).status_code == 303
        answer = visitor.post(link, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("__host-")
        assert all(w in cookie for w in ("secure", "httponly", "samesite=lax", "path=/"))
        assert "coordinator@amsterdam.nl" in visitor.get("/account").text
        visitor.cookies.clear()
        assert visitor.post(link, follow_redirects=False).status_code == 410


def test_a_link_is_dead_after_ten_minutes(engine: Engine, now: datetime, tmp_path: Path, coordinator: User) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.post("/inloggen", data={"email": coordinator.email})
    link = mailed_link(engine)
    with visit(engine, now + timedelta(minutes=10), tmp_path) as late:
        assert late.post(link, follow_redirects=False).status_code == 410


def test_known_and_unknown_addresses_get_the_same_answer_and_five_mails_an_hour(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        known = [visitor.post("/inloggen", data={"email": coordinator.email}) for _ in range(7)]
        unknown = visitor.post("/inloggen", data={"email": "niemand@amsterdam.nl"})
    assert {answer.content for answer in known} == {unknown.content}
    with reading(engine) as session:
        assert len(session.exec(select(Delivery)).all()) == 5


def test_a_wrong_address_is_named_and_what_was_typed_stays(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with visit(engine, now, tmp_path) as visitor:
        answer = visitor.post("/inloggen", data={"email": "geen <adres>"})
    assert answer.status_code == 422
    assert "Vul een geldig e-mailadres in." in answer.text
    assert "geen &lt;adres&gt;" in answer.text


def test_every_answer_carries_the_headers(engine: Engine, now: datetime, tmp_path: Path, coordinator: User) -> None:
    with visit(engine, now, tmp_path, coordinator) as visitor:
        answers = [
            visitor.get("/account"),
            visitor.get("/bestaat-niet"),
            visitor.get("/static/site.css"),
            visitor.get("/static/none.css"),
            visitor.put("/account"),
            visitor.post("/uitloggen", content=b"x" * 3_000_000),
            visitor.get("/.well-known/security.txt"),
            visitor.get("/health/ready"),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 404, 405, 413, 200, 200]
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "server" not in answer.headers


def test_the_policy_passes_the_rules_of_internet_nl() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] in ("'none'", "'self'")
    assert {"frame-src", "frame-ancestors", "form-action", "base-uri"} <= set(policy)
    assert not re.search(r"unsafe|\*|http:|data:", HEADERS["Content-Security-Policy"])


def test_a_change_from_elsewhere_is_refused(engine: Engine, now: datetime, tmp_path: Path, coordinator: User) -> None:
    with visit(engine, now, tmp_path, coordinator) as visitor:
        token = {"csrf": visitor.csrf}
        tries = [
            visitor.post("/uitloggen", data=token, headers={"Sec-Fetch-Site": "cross-site"}),
            visitor.post("/uitloggen", data=token, headers={"Origin": "https://e.nl"}),
            visitor.post("/uitloggen", data=token, headers={"Origin": "null"}),
            visitor.post("/uitloggen", data={"csrf": "x"}),
            visitor.post("/uitloggen", content='{"csrf": "x"}', headers={"Content-Type": "text/plain"}),
        ]
        del visitor.headers["Origin"]
        tries.append(visitor.post("/uitloggen", data=token))
        assert [answer.status_code for answer in tries] == [403] * 6
        assert visitor.get("/account").status_code == 200


def test_signing_out_and_deactivation_hold_at_the_next_request(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path, coordinator) as visitor:
        assert visitor.send_form("/uitloggen").status_code == 303
        assert visitor.get("/account", follow_redirects=False).status_code == 303
    with visit(engine, now, tmp_path, coordinator) as visitor:
        with writing(engine) as session:
            session.get_one(User, coordinator.id).deactivated_at = now
        assert visitor.get("/account", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", HOSTILE)
def test_nobody_is_sent_elsewhere_after_signing_in(path: str) -> None:
    landed = home_path(path)
    assert re.match(r"/($|[a-zA-Z0-9?])", landed)


def test_a_flood_from_one_address_is_slowed() -> None:
    clock = [0.0]
    limits = Limits(lambda: clock[0])
    allowed = [limits.allows("write", "1.2.3.4") for _ in range(121)]
    assert allowed == [True] * 120 + [False]
    assert limits.allows("write", "5.6.7.8")
    clock[0] = 61
    assert limits.allows("write", "1.2.3.4")


def test_the_audit_log_says_who_did_what_and_only_grows(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.post("/inloggen", data={"email": coordinator.email})
        visitor.post(mailed_link(engine))
    with reading(engine) as session:
        line = session.exec(select(AuditEntry).where(AuditEntry.action == "sign in")).one()
    assert (line.object, line.result, line.origin, line.actor) == (
        f"user {coordinator.id}",
        "done",
        "testclient",
        "anonymous",
    )
    with pytest.raises(DatabaseError, match="only grows"), writing(engine) as session:
        session.get_one(AuditEntry, line.id).result = "refused"


def test_known_and_unknown_addresses_take_the_same_time(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    with writing(engine) as session:
        people = [make_user(session, now, email=f"p{n}@amsterdam.nl").email for n in range(12)]
    with visit(engine, now, tmp_path) as visitor:
        for n, email in enumerate(["warm@amsterdam.nl", *people]):
            for kind, address in (("known", email), ("unknown", f"niemand{n}@amsterdam.nl")):
                began = time.process_time()
                visitor.post("/inloggen", data={"email": address})
                times[kind].append(time.process_time() - began)
    known, unknown = (sorted(times[kind][1:])[6] for kind in ("known", "unknown"))
    assert abs(known - unknown) < 0.02


def test_a_forged_forwarding_header_gives_nobody_more_tries(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with visit(engine, now, tmp_path) as visitor:
        found = [
            visitor.post("/inloggen", data={"email": "x"}, headers={"X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"})
            for n in range(61)
        ]  # fmt: skip
    assert [answer.status_code for answer in found] == [422] * 60 + [429]
    assert found[-1].headers["retry-after"] == "60"


def test_a_cookie_from_before_signing_in_is_worth_nothing_after_it(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.cookies.set("__Host-kansenradar", "planted")
        visitor.post("/inloggen", data={"email": coordinator.email})
        answer = visitor.post(mailed_link(engine), follow_redirects=False)
        assert "planted" not in answer.headers["set-cookie"]
        visitor.cookies.clear()
        visitor.cookies.set("__Host-kansenradar", "planted")
        assert visitor.get("/account", follow_redirects=False).status_code == 303


def test_a_link_stands_in_no_cache_and_leaves_with_no_referrer(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with visit(engine, now, tmp_path) as visitor:
        page = visitor.get(f"/inloggen/link/{'x' * 43}")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "same-origin")
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_lower_role_holds_at_the_next_request(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path, coordinator) as visitor:
        assert visitor.get("/beoordelen").status_code == 200
        with writing(engine) as session:
            session.get_one(User, coordinator.id).role = Role.READER
        assert visitor.get("/beoordelen").status_code == 404
        with writing(engine) as session:
            make_user(session, now, participant="haarlem")
            session.get_one(User, coordinator.id).participant_id = "haarlem"
        assert "Haarlem" in visitor.get("/account").text


def test_who_is_shut_out_keeps_no_link_and_no_calendar(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    settings = settings_for(tmp_path)
    with writing(engine) as session:
        call = Call(title="T", language="nl", url="https://e.nl", first_seen=now, last_seen=now)
        session.add(call)
        session.flush()
        _feed, secret = open_feed(session, session.get_one(User, coordinator.id), FeedScope.PERSONAL, "x", now)
        judging = Links(settings.base_url, signing_keys(settings)).decision(coordinator.id, call.id, now)
    with visit(engine, now, tmp_path) as visitor:
        visitor.post("/inloggen", data={"email": coordinator.email})
        paths = (f"/kalender/feed/{secret}.ics", f"/oordeel/{judging}")
        assert [visitor.get(path).status_code for path in paths] == [200, 200]
        with writing(engine) as session:
            session.get_one(User, coordinator.id).deactivated_at = now
        assert [visitor.get(path).status_code for path in paths] == [404, 410]
        assert visitor.post(mailed_link(engine), follow_redirects=False).status_code == 410
