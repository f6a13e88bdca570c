"""Signing in by link, sessions, and what every answer carries."""

import asyncio
import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel, select

from db.models import AuditEntry, Call, Delivery, MailText, User
from db.session import reading, writing
from db.vocabulary import Role
from db.vocabulary_calendar import FeedScope
from notifications.dispatcher import send_due
from notifications.links import Links
from notifications.transport import open_transport
from tests.make.pace import seconds_of
from tests.make.pages import BASE, Visitor, make_user, settings_for, visit
from tracker.calendar.feeds import open_feed
from tracker.clock import Clock
from tracker.commands.serve import unnamed_proxy
from tracker.mailing.keys import signing_keys
from tracker.mailing.mailer import open_mailer, sending_rules
from tracker.people.access import change_address
from tracker.settings import Settings
from tracker.web.frame.safety import HEADERS, OFFICE, RULES, Limits, home_path

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

HOSTILE = [
    "//e.nl", "/\\e.nl", "https:e.nl", "/\t/e.nl", "/%09/e.nl", "\t//e.nl", "///e.nl", "user@e.nl", "https://e.nl", "javascript:alert(1)",
    "/\n/e.nl", "\\\\e.nl", "/\\/e.nl", " //e.nl", "e.nl", "/..//e.nl", "http:\\\\e.nl", "//e.nl/%2f..", "/%2f/e.nl", "/%5ce.nl",
    "/?next=//e.nl\r\nX: y", "%2f%2fe.nl", "data:text/html,x", "/;@e.nl", "/@e.nl", "//user@e.nl", "/\u2028/e.nl", "ftp://e.nl", "/./e.nl//", "",
]  # fmt: skip


def mailed_link(engine: Engine, folder: Path) -> str:
    with reading(engine) as session:
        mail = session.exec(select(Delivery).order_by(Delivery.id.desc())).first()
    assert mail is not None
    sent = Links(BASE, signing_keys(settings_for(folder))).completed(mail.key, mail.text)
    found = re.search(rf"{re.escape(BASE)}(/inloggen/link/\S+)", sent)
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
        link = mailed_link(engine, tmp_path)
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
    link = mailed_link(engine, tmp_path)
    with visit(engine, now + timedelta(minutes=10), tmp_path) as late:
        assert late.post(link, follow_redirects=False).status_code == 410


def ask(visitor: Visitor, email: str) -> str:
    """What the page says of asking for a link."""
    answer = visitor.post("/inloggen", data={"email": email})
    assert answer.status_code in (200, 429)
    return answer.text


def mails(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(Delivery)).all())


def test_known_and_unknown_addresses_get_the_same_answer_however_often(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        known, unknown = ([ask(visitor, who) for _ in range(7)] for who in (coordinator.email, "niemand@amsterdam.nl"))
    assert known == unknown
    assert ["Er gaat nu geen nieuwe link uit" in page for page in known] == [False] * 5 + [True] * 2
    assert "De nieuwste link werkt nog tot" in known[-1]
    assert mails(engine) == 5
    with reading(engine) as session:
        asked = select(AuditEntry).where(AuditEntry.action == "sign-in link asked", AuditEntry.result != "done")
        assert {line.object for line in session.exec(asked)} == {f"user {coordinator.id}", "nobody"}


def test_no_stranger_takes_a_link_away_or_keeps_anybody_out(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as own:
        ask(own, coordinator.email)
        link = mailed_link(engine, tmp_path)
        with visit(engine, now, tmp_path) as stranger:
            for _ in range(30):
                ask(stranger, coordinator.email)
        assert own.post(link, follow_redirects=False).status_code == 303
        assert own.send_form("/uitloggen", csrf=csrf_of(own)).status_code == 303
        before = mails(engine)
        assert "Kijk in uw mail" in ask(own, coordinator.email)  # her own browser has an allowance of its own
        assert mails(engine) == before + 1
    later = now + timedelta(minutes=8)  # a browser that is new to us: the newest link has little time left
    with visit(engine, later, tmp_path) as elsewhere:
        for _ in range(3):
            ask(elsewhere, coordinator.email)
        assert elsewhere.post(mailed_link(engine, tmp_path), follow_redirects=False).status_code == 303


def csrf_of(visitor: Visitor) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})[."]', visitor.get("/account").text)
    assert found
    return found[1]


def test_a_sign_in_link_stands_nowhere_in_clear(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        ask(visitor, coordinator.email)
    secret = mailed_link(engine, tmp_path).rpartition("/")[2]
    with reading(engine) as session:
        kept = [
            str(row)
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select())
        ]
    assert any(coordinator.email in row for row in kept)
    assert not any(secret in row for row in kept)
    mailer = open_mailer(settings_for(tmp_path), engine)
    transport = open_transport(f"file:{tmp_path / 'mail'}")
    rules = sending_rules(settings_for(tmp_path), Clock(now), transport, mailer)
    asyncio.run(send_due(engine, transport, rules, mailer.envelope))
    (sent,) = (tmp_path / "mail").glob("*.eml")
    letter = message_from_bytes(sent.read_bytes(), policy=default)
    assert all(secret in part.get_content() for part in letter.iter_parts())


def test_another_address_or_no_access_ends_every_way_in_and_takes_the_mail_along(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with writing(engine) as session:
        boss = make_user(session, now, Role.ADMINISTRATOR)
        for number, kind in enumerate(("digest", "sign_in")):
            session.add(waiting_mail(coordinator, kind, f"{kind}:{number}", now))
    form = {"email": "nieuw@amsterdam.nl", "name": "Noor", "role": "coordinator", "participant_id": "amsterdam"}
    with visit(engine, now, tmp_path) as old, visit(engine, now, tmp_path, boss) as admin:
        ask(old, coordinator.email)
        first = mailed_link(engine, tmp_path)
        assert old.post(first, follow_redirects=False).status_code == 303
        ask(old, coordinator.email)
        assert (
            admin.send_form(
                f"/beheer/mensen/{coordinator.id}", **form, seen=admin.seen_on(f"/beheer/mensen/{coordinator.id}")
            ).status_code
            == 303
        )
        assert old.get("/account", follow_redirects=False).status_code == 303
        assert old.post(mailed_link(engine, tmp_path), follow_redirects=False).status_code == 410
        assert waiting(engine) == {("digest", "planned", "nieuw@amsterdam.nl")}
        assert admin.send_form(f"/beheer/mensen/{coordinator.id}/toegang", to="ended").status_code == 303
        assert waiting(engine) == set()


def test_links_in_a_mailbox_that_was_hers_before_act_for_nobody(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    links = Links(BASE, signing_keys(settings_for(tmp_path)))
    with writing(engine) as session:
        call = Call(title="T", language="nl", url="https://e.nl", first_seen=now, last_seen=now)
        session.add(call)
        session.flush()
        paths = [f"/oordeel/{links.decision(coordinator.id, call.id, at)}" for at in (now - timedelta(days=1), now)]
    with visit(engine, now, tmp_path) as visitor:
        assert [visitor.get(path).status_code for path in paths] == [200, 200]
        with writing(engine) as session:
            change_address(session, session.get_one(User, coordinator.id), "nieuw@amsterdam.nl", now)
        assert [visitor.get(path).status_code for path in paths] == [410, 200]


def waiting_mail(user: User, kind: str, key: str, now: datetime) -> Delivery:
    return Delivery(
        key=key, message_id=f"<{key}@x>", kind=kind, user_id=user.id, address=user.email, subject="s", sha256="s",
        written=MailText(text="t", html="<p>t</p>"), planned_at=now, not_before=now, expires_at=now + timedelta(days=1),
        next_attempt_at=now,
    )  # fmt: skip


def waiting(engine: Engine) -> set[tuple[str, str, str]]:
    with reading(engine) as session:
        rows = session.exec(select(Delivery).where(Delivery.state == "planned")).all()
    return {(row.kind, row.state, row.address) for row in rows}


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


def test_an_office_behind_one_address_is_counted_by_person() -> None:
    limits = Limits(lambda: 0.0)
    people = [f"cookie {n}" for n in range(50)]
    assert all(limits.allows("read", "1.2.3.4", who) for who in people for _ in range(100))
    assert not all(limits.allows("read", "1.2.3.4", "cookie 7") for _ in range(600))  # one of them floods
    assert limits.allows("read", "1.2.3.4", "cookie 8")
    made_up = [limits.allows("read", "6.6.6.6", f"forged {n}") for n in range(20_000)]
    assert made_up.count(True) <= RULES["read"][0] * OFFICE  # cookies that are thrown away bring no more than an office


def test_the_audit_log_says_who_did_what_and_only_grows(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.post("/inloggen", data={"email": coordinator.email})
        visitor.post(mailed_link(engine, tmp_path))
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
                ask = partial(visitor.post, "/inloggen", data={"email": address})
                times[kind].append(seconds_of(ask))
    known, unknown = (sorted(times[kind][1:])[6] for kind in ("known", "unknown"))
    assert max(known, unknown) < 2 * min(known, unknown)  # a share of the request, not seconds: machines differ


def test_a_forged_forwarding_header_gives_nobody_more_tries(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with visit(engine, now, tmp_path) as visitor:
        found = [
            visitor.post("/inloggen", data={"email": "x"}, headers={"X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"})
            for n in range(RULES["sign-in"][0] + 1)
        ]  # fmt: skip
    assert {answer.status_code for answer in found[:-1]} == {422}
    assert found[-1].status_code == 429
    assert found[-1].headers["retry-after"] == "60"


def test_a_proxy_that_is_not_trusted_is_told_once(
    engine: Engine, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.get("/inloggen")
        assert capsys.readouterr().err == ""
        for _ in range(3):
            visitor.get("/inloggen", headers={"X-Forwarded-For": "10.0.0.1"})
    assert capsys.readouterr().err.count("TRUSTED_PROXIES") == 1


@pytest.mark.parametrize(
    ("base_url", "proxies", "said"),
    [
        ("https://kansenradar.example", "", True),
        ("https://kansenradar.example", "10.0.0.1", False),
        ("http://localhost:8000", "", False),
    ],
)
def test_a_proxy_that_nobody_named_is_told_at_start(base_url: str, proxies: str, said: bool) -> None:
    settings = Settings(base_url=base_url, trusted_proxies=proxies)
    assert ("KANSENRADAR_TRUSTED_PROXIES names no proxy" in unnamed_proxy(settings)) is said


def test_a_cookie_from_before_signing_in_is_worth_nothing_after_it(
    engine: Engine, now: datetime, tmp_path: Path, coordinator: User
) -> None:
    with visit(engine, now, tmp_path) as visitor:
        visitor.cookies.set("__Host-kansenradar", "planted")
        visitor.post("/inloggen", data={"email": coordinator.email})
        answer = visitor.post(mailed_link(engine, tmp_path), follow_redirects=False)
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
        assert visitor.post(mailed_link(engine, tmp_path), follow_redirects=False).status_code == 410
