"""In with the organisation's account: who is let in, and who is not, whatever a provider, a browser or a thief sends."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import AuditEntry, Delivery, Identity, User, WebSession
from db.session import open_engine, reading, writing
from db.vocabulary import Role
from tests.make.fake_issuer import FakeIssuer, signed_by, signed_with_secret, unsigned
from tests.make.pages import BASE, Visitor, make_participant, make_user, visit
from tracker.people.access import hashed
from tracker.people.audit_log import in_dutch
from tracker.people.id_tokens import LOGOUT_EVENT
from tracker.settings import Settings

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

HOME, OTHER = "https://login.haarlem.test", "https://login.zaanstad.test"
EVA = {"sub": "eva-1", "email": "Eva@Haarlem.nl", "email_verified": True, "name": "Eva"}
PROVIDERS = [
    {"id": "haarlem", "name": "gemeente Haarlem", "issuer": HOME, "client_id": "kansenradar", "client_secret": "geheim",
     "domains": ["haarlem.nl"]},
    {"id": "zaanstad", "name": "gemeente Zaanstad", "issuer": OTHER, "client_id": "kansenradar",
     "client_secret": "geheim", "domains": ["zaanstad.nl"]},
]  # fmt: skip


@dataclass
class World:
    """Two providers, and somebody of one of them who was invited."""

    engine: Engine
    now: datetime
    folder: Path
    haarlem: FakeIssuer
    zaanstad: FakeIssuer

    def settings(self, link: str = "on", **changes: object) -> Settings:
        """Settings with the two, the first one changed."""
        file = self.folder / "providers.json"
        file.write_text(json.dumps([{**PROVIDERS[0], **changes}, PROVIDERS[1]]), "utf-8")
        return Settings(base_url=BASE, data_dir=self.folder, oidc_file=file, sign_in_link=link, _env_file=None)

    def visitor(self, later: timedelta = timedelta(0), link: str = "on", **changes: object) -> Any:
        """A browser at the door."""
        return visit(self.engine, self.now + later, self.folder, settings=self.settings(link, **changes), fetch=self)

    def __call__(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """The network: each issuer at its own address."""
        issuer = self.haarlem if url.startswith(HOME) else self.zaanstad
        return issuer(url, body, headers)

    def lines(self) -> list[str]:
        """What the audit log says of signing in, newest first."""
        with reading(self.engine) as session:
            entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).all()
        return [f"{entry.action}|{entry.object}|{entry.result}" for entry in entries]


@pytest.fixture
def world(engine: Engine, now: datetime, tmp_path: Path) -> World:
    return _world(engine, now, tmp_path)


def _world(engine: Engine, now: datetime, folder: Path) -> World:
    with writing(engine) as session:
        make_participant(session, "zaanstad", "Zaanstad")
        make_user(session, now, Role.FUNDRAISER, "haarlem", "eva@haarlem.nl")
        make_user(session, now, Role.READER, "haarlem", "weg@haarlem.nl").deactivated_at = now
    return World(engine, now, folder, FakeIssuer(HOME, now), FakeIssuer(OTHER, now))


def sent_to(visitor: Visitor, provider: str = "haarlem", going: str = "/account") -> str:
    """The address at the provider that the browser is sent to."""
    answer = visitor.get(f"/inloggen/met/{provider}?next={going}", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(visitor: Visitor, address: str) -> Any:
    """The answer to a browser that comes back."""
    return visitor.get(address, follow_redirects=False)


def test_an_invited_person_signs_in_and_is_known_by_subject_ever_after(world: World) -> None:
    with world.visitor() as visitor:
        planted = "planted-before-signing-in"
        visitor.cookies.set("__Host-kansenradar", planted)
        answer = back(visitor, world.haarlem.log_in(sent_to(visitor), EVA))
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert planted not in str(answer.headers.get_list("set-cookie"))
        assert "eva@haarlem.nl" in visitor.get("/account").text
    with world.visitor() as visitor:  # married, and so another mail address: still the same account
        back(visitor, world.haarlem.log_in(sent_to(visitor), EVA | {"email": "eva.smit@haarlem.nl"}))
        assert "eva@haarlem.nl" in visitor.get("/account").text
    assert world.lines()[:2] == ["sign in|user 1|done, by haarlem", "sign in|user 1|account linked, by haarlem"]


ENGLISH = re.compile(r"\b(the|is (?!niet)|not|no|of another|another|wrong|missing|answer|unknown|expired|said)\b")
Case = tuple[str, dict[str, Any], Callable[[World], None]]


def twisted(**claims: Any) -> Callable[[World], None]:
    """A token with other claims; None leaves one out."""

    def twist(whole: dict[str, Any]) -> None:
        whole.update(claims)
        for name in [name for name, value in claims.items() if value is None]:
            del whole[name]

    return lambda world: setattr(world.haarlem, "twist", twist)


def signed(sign: Callable[[dict[str, Any]], str]) -> Callable[[World], None]:
    return lambda world: setattr(world.haarlem, "sign", sign)


def said(path: str, status: int, content: bytes) -> Callable[[World], None]:
    return lambda world: world.haarlem.says.__setitem__(path, (status, content))


def at(world: World, seconds: int) -> int:
    return int(world.now.timestamp()) + seconds


TWINS: list[Case] = [
    ("alg none", EVA, signed(unsigned)),
    ("signed with the shared secret", EVA, signed(signed_with_secret("geheim"))),
    ("signed by an unknown key", EVA, signed(signed_by("twee", "twee"))),
    ("signed by another under a known name", EVA, signed(signed_by("twee", "een"))),
    ("wrong audience", EVA, twisted(aud="een-ander")),
    ("audience of more", EVA, twisted(aud=["kansenradar", "een-ander"], azp="kansenradar")),
    ("authorised party of another", EVA, twisted(azp="een-ander")),
    ("wrong issuer", EVA, twisted(iss=OTHER)),
    ("expired", EVA, twisted(exp=1_700_000_000)),
    ("without an end", EVA, twisted(exp=None)),
    ("nonce missing", EVA, twisted(nonce=None)),
    ("nonce of another", EVA, twisted(nonce="x" * 43)),
    ("no subject", EVA, twisted(sub=None)),
    ("access token of another", EVA, twisted(at_hash="x" * 22)),
    ("unverified mail", EVA | {"email_verified": False}, twisted()),
    ("verified says a string", EVA | {"email_verified": "false"}, twisted()),
    ("no word on the mail", {"sub": "eva-1", "email": "eva@haarlem.nl", "name": "Eva"}, twisted()),
    ("mail of another organisation", EVA | {"email": "piet@zaanstad.nl"}, twisted()),
    ("mail of nobody's domain", EVA | {"email": "piet@elders.nl"}, twisted()),
    ("not invited", EVA | {"sub": "n", "email": "nieuw@haarlem.nl"}, twisted()),
    ("no access any more", EVA | {"sub": "w", "email": "weg@haarlem.nl"}, twisted()),
    ("the token door is shut", EVA, said("/token", 500, b"")),
    ("the token door answers no JSON", EVA, said("/token", 200, b"<html>")),
    ("no id token", EVA, said("/token", 200, b'{"access_token": "x"}')),
    ("keys that are none", EVA, said("/keys", 200, b'{"keys": [{"kty": "RSA"}]}')),
]


@pytest.fixture(scope="module")
def shared_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, now: datetime) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("twins")
    (folder / "twins.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'twins.db'}")
    yield _world(engine, now, folder)
    engine.dispose()


@pytest.fixture
def twins(shared_world: World) -> World:
    """One database for all that must not get in: none leaves a trace but in the audit log."""
    shared_world.haarlem = FakeIssuer(HOME, shared_world.now, userinfo={"sub": "eva-1"})
    shared_world.zaanstad = FakeIssuer(OTHER, shared_world.now)
    return shared_world


def refused(world: World, answer: Any, visitor: Visitor) -> None:
    """A plain Dutch page, a line in the audit log, and nobody signed in."""
    assert answer.status_code in (403, 503)
    assert "U bent niet ingelogd" in answer.text
    assert "set-cookie" not in answer.headers
    assert visitor.get("/account", follow_redirects=False).status_code == 303
    assert world.lines()[0].startswith("sign in|provider ")
    assert "|refused: " in world.lines()[0]
    assert not ENGLISH.search(in_dutch(world.lines()[0].split("|")[2]))
    with reading(world.engine) as session:
        assert session.exec(select(Identity)).first() is None
        assert session.exec(select(WebSession)).first() is None


@pytest.mark.parametrize(("claims", "prepare"), [case[1:] for case in TWINS], ids=[case[0] for case in TWINS])
def test_a_bad_twin_is_not_let_in(twins: World, claims: dict[str, Any], prepare: Callable[[World], None]) -> None:
    prepare(twins)
    with twins.visitor() as visitor:
        refused(twins, back(visitor, twins.haarlem.log_in(sent_to(visitor), claims)), visitor)


def test_userinfo_about_somebody_else_is_not_taken(twins: World) -> None:
    twins.haarlem.userinfo = EVA | {"sub": "een-ander"}
    with twins.visitor() as visitor:
        refused(twins, back(visitor, twins.haarlem.log_in(sent_to(visitor), {"sub": "eva-1"})), visitor)


def test_what_comes_back_is_good_in_one_browser_for_one_provider_and_in_time(twins: World) -> None:
    with twins.visitor() as victim, twins.visitor() as thief:
        theirs = twins.haarlem.log_in(sent_to(victim), EVA)
        refused(twins, back(thief, theirs), thief)  # a stolen answer
        sent_to(thief)
        refused(twins, back(thief, theirs), thief)  # also from a browser that is itself on its way
        refused(twins, back(victim, theirs.replace("/haarlem/", "/zaanstad/")), victim)  # two providers mixed up
        refused(twins, back(victim, theirs.replace("haarlem.test", "zaanstad.test")), victim)  # it names another issuer
        refused(twins, back(victim, theirs), victim)  # spent by the try before
        for odd in ("", "?state=x&code=y", "?error=access_denied"):
            refused(twins, back(victim, f"/inloggen/met/haarlem/terug{odd}"), victim)
    with twins.visitor(timedelta(minutes=11)) as late:
        with twins.visitor() as early:
            address = twins.haarlem.log_in(sent_to(early), EVA)
            late.cookies.update(early.cookies)
        refused(twins, back(late, address), late)


def test_a_code_of_one_visit_is_worth_nothing_in_another(twins: World) -> None:
    with twins.visitor() as thief, twins.visitor() as victim:
        stolen = parse_qs(urlsplit(twins.haarlem.log_in(sent_to(victim), EVA)).query)["code"][0]
        own = twins.haarlem.log_in(sent_to(thief), EVA)
        own_code = parse_qs(urlsplit(own).query)["code"][0]
        refused(twins, back(thief, own.replace(own_code, stolen)), thief)


def test_an_answer_is_good_once(world: World) -> None:
    with world.visitor() as visitor:
        address = world.haarlem.log_in(sent_to(visitor), EVA)
        assert back(visitor, address).status_code == 303
        assert back(visitor, address).status_code == 403
    assert world.lines()[0] == "sign in|provider haarlem|refused: unknown, used or foreign state"


def test_a_provider_that_calls_itself_otherwise_is_not_asked(twins: World) -> None:
    twins.haarlem.says["/.well-known/openid-configuration"] = (200, json.dumps({"issuer": OTHER}).encode())
    with twins.visitor() as visitor:
        refused(twins, visitor.get("/inloggen/met/haarlem", follow_redirects=False), visitor)


def test_a_second_account_with_the_same_mail_takes_nobody_over(world: World) -> None:
    with world.visitor() as visitor:
        back(visitor, world.haarlem.log_in(sent_to(visitor), EVA))
    with world.visitor() as visitor:
        answer = back(visitor, world.haarlem.log_in(sent_to(visitor), EVA | {"sub": "eva-2"}))
        assert answer.status_code == 403
        assert "hoort al een ander account" in answer.text


def test_an_administrator_lets_go_of_an_account_so_that_another_can_be_linked(world: World) -> None:
    with writing(world.engine) as session:
        boss = make_user(session, world.now, Role.ADMINISTRATOR)
    with world.visitor() as visitor:
        back(visitor, world.haarlem.log_in(sent_to(visitor), EVA))
        with visit(world.engine, world.now, world.folder, boss) as admin:
            assert HOME in admin.get("/beheer/mensen/1").text
            assert admin.send_form("/beheer/mensen/1/accounts/1/los").status_code == 303
            assert admin.send_form("/beheer/mensen/1/accounts/1/los").status_code == 404
        assert visitor.get("/account", follow_redirects=False).status_code == 303
        assert back(visitor, world.haarlem.log_in(sent_to(visitor), EVA | {"sub": "eva-2"})).status_code == 303


def test_new_keys_of_a_provider_are_fetched_once_they_are_needed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.people.provider_talk.REFRESH_SECONDS", -1.0)
    with world.visitor() as visitor:
        location = sent_to(visitor)
        world.haarlem.kid = "twee"
        assert back(visitor, world.haarlem.log_in(location, EVA)).status_code == 303


ROLES = {
    "role_claim": "groups", "roles": {"kr-beheer": "administrator", "kr-lezer": "reader"},
    "participant_claim": "organisatie", "participants": {"0392": "haarlem", "0479": "zaanstad"},
    "step_up": {"acr": ["hoog"], "amr": ["mfa"]},
}  # fmt: skip


def test_claims_say_who_may_do_what_each_time_anew(world: World) -> None:
    ann = {"sub": "ann", "email": "ann@haarlem.nl", "email_verified": True, "name": "Ann", "organisatie": "0479"}
    with world.visitor(**ROLES) as visitor:
        come = world.haarlem.log_in(sent_to(visitor), ann | {"groups": ["iets", "kr-lezer"]})
        assert back(visitor, come).status_code == 303
        account = visitor.get("/account").text
        assert "lezer" in account
        assert "Zaanstad" in account
    with world.visitor(**ROLES) as visitor:
        answer = back(visitor, world.haarlem.log_in(sent_to(visitor), ann | {"groups": ["iets"]}))
        assert answer.status_code == 403
        assert "geeft u geen toegang" in answer.text


def test_an_administrator_shows_a_second_step_or_stays_out(world: World) -> None:
    ann = {
        "sub": "ann",
        "email": "ann@haarlem.nl",
        "email_verified": True,
        "organisatie": "0392",
        "groups": "kr-beheer",
    }
    with world.visitor(**ROLES) as visitor:
        again = back(visitor, world.haarlem.log_in(sent_to(visitor), ann))
        assert again.status_code == 303
        asked = parse_qs(urlsplit(again.headers["location"]).query)
        assert (asked["acr_values"], asked["prompt"]) == (["hoog"], ["login"])
        anew = ann | {"auth_time": at(world, 0)}
        stubborn = back(visitor, world.haarlem.log_in(again.headers["location"], anew))
        assert stubborn.status_code == 403
        assert "tweede stap" in stubborn.text
        for shown in ({"acr": "hoog"}, {"amr": ["pwd", "mfa"]}):
            done = back(visitor, world.haarlem.log_in(sent_to(visitor), ann | shown))
            assert (done.status_code, done.headers["location"]) == (303, "/account")
        visitor.cookies.clear()
        visitor.post("/inloggen", data={"email": "ann@haarlem.nl", "by_link": "1"})
    with reading(world.engine) as session:
        assert session.exec(select(Delivery)).first() is None  # no way round the second step by mail


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"auth_time": 0}, 303),
        ({"auth_time": -50}, 303),  # clocks may differ a minute
        ({"auth_time": -3600}, 403),  # the provider let the old session do
        ({}, 403),
    ],
)
def test_who_is_asked_again_must_have_signed_in_again(world: World, claims: dict[str, Any], status: int) -> None:
    ann = EVA | {"sub": "ann", "email": "ann@haarlem.nl", "organisatie": "0392", "groups": "kr-beheer"}
    shown = {"acr": "hoog", **{k: at(world, v) if isinstance(v, int) else v for k, v in claims.items()}}
    with world.visitor(**ROLES) as visitor:
        again = back(visitor, world.haarlem.log_in(sent_to(visitor), ann))
        assert parse_qs(urlsplit(again.headers["location"]).query)["max_age"] == ["0"]
        assert back(visitor, world.haarlem.log_in(again.headers["location"], ann | shown)).status_code == status
    if status == 403:
        assert in_dutch(world.lines()[0].split("|")[2]) == "geweigerd: daar niet opnieuw ingelogd"


def test_an_administrator_whose_sign_in_at_the_provider_is_old_is_asked_again(world: World) -> None:
    ann = EVA | {"sub": "ann", "email": "ann@haarlem.nl", "organisatie": "0392", "groups": "kr-beheer"}
    step_up = ROLES | {"step_up": {"amr": ["mfa"], "max_age": 3600}}
    with world.visitor(**step_up) as visitor:
        for old in ({}, {"auth_time": at(world, -3601)}):
            again = back(visitor, world.haarlem.log_in(sent_to(visitor), ann | {"amr": ["mfa"], **old}))
            assert again.headers["location"].startswith(f"{HOME}/authorize?")
        fresh = ann | {"amr": ["mfa"], "auth_time": at(world, -3500)}
        assert back(visitor, world.haarlem.log_in(sent_to(visitor), fresh)).headers["location"] == "/account"


@pytest.mark.parametrize("way_out", ["", f"{HOME}/logout", f"{HOME}/logout?tenant=1", "javascript:alert(1)"])
def test_who_logs_out_is_offered_to_log_out_at_the_provider_where_it_has_a_door(world: World, way_out: str) -> None:
    world.haarlem.way_out = way_out
    with world.visitor() as visitor:
        back(visitor, world.haarlem.log_in(sent_to(visitor), EVA))
        visitor.csrf = hashed(f"form:{visitor.cookies['__Host-kansenradar']}")
        left = visitor.send_form("/uitloggen")
        assert left.headers["location"] == "/inloggen/met/haarlem/uit"
        assert visitor.get("/account", follow_redirects=False).status_code == 303
        offer = visitor.get("/inloggen/met/haarlem/uit", follow_redirects=False)
        if not way_out.startswith(HOME):
            assert offer.headers["location"] == "/inloggen?gedaan=afgemeld"
            return
        door = unescape(re.findall(r'href="(https://[^"]+)"', offer.text)[0])
        assert door.startswith(way_out)
        asked = parse_qs(urlsplit(door).query)
        assert (asked["client_id"], asked["post_logout_redirect_uri"]) == (["kansenradar"], [f"{BASE}/inloggen"])


def test_a_provider_that_is_away_holds_nobody_in(world: World) -> None:
    world.haarlem.says["/.well-known/openid-configuration"] = (500, b"")
    with world.visitor() as visitor:
        gone = visitor.get("/inloggen/met/haarlem/uit", follow_redirects=False)
        assert gone.headers["location"] == "/inloggen?gedaan=afgemeld"


def test_the_provider_ends_sessions_and_only_those_it_may(world: World) -> None:
    door = "/inloggen/met/haarlem/afgemeld"
    about = {"sub": "eva-1", "events": {LOGOUT_EVENT: {}}, "jti": "1"}
    with world.visitor() as visitor:
        back(visitor, world.haarlem.log_in(sent_to(visitor), EVA | {"sid": "s1"}))
        bad = [
            world.haarlem.token(about | {"nonce": "x"}),
            world.haarlem.token({**about, "events": {}}),
            world.haarlem.token(about | {"aud": "een-ander"}),
            world.haarlem.token(about | {"iat": at(world, -3600)}),
            world.haarlem.token({"events": {LOGOUT_EVENT: {}}}),
            FakeIssuer(HOME, world.now, sign=unsigned).token(about),
            FakeIssuer(OTHER, world.now).token(about),
            "",
        ]
        assert [visitor.post(door, data={"logout_token": token}).status_code for token in bad] == [400] * len(bad)
        other = world.haarlem.token(about | {"sid": "s2"})
        assert visitor.post(door, data={"logout_token": other}).status_code == 200
        assert visitor.get("/account", follow_redirects=False).status_code == 200
        del visitor.headers["Origin"]  # a server says this, no page of ours
        assert visitor.post(door, data={"logout_token": world.haarlem.token(about)}).status_code == 200
        assert visitor.get("/account", follow_redirects=False).status_code == 303
    assert world.lines()[0] == "sign out|provider haarlem|1 sessions ended"


@pytest.mark.parametrize(
    ("link", "email", "by_link", "where", "mails"),
    [
        ("on", "eva@haarlem.nl", "", "/inloggen/met/haarlem/kies?next=/account", 0),
        ("on", "eva@haarlem.nl", "1", "/inloggen/gevraagd", 1),
        ("without-provider", "eva@haarlem.nl", "1", "/inloggen/met/haarlem/kies?next=/account", 0),
        ("without-provider", "jan@buiten.nl", "", "/inloggen/gevraagd", 1),
        ("off", "eva@haarlem.nl", "1", "/inloggen/met/haarlem/kies?next=/account", 0),
        ("off", "jan@buiten.nl", "", None, 0),
    ],
)
def test_the_mail_address_tells_how_one_signs_in(
    world: World, link: str, email: str, by_link: str, where: str | None, mails: int
) -> None:
    with writing(world.engine) as session:
        make_user(session, world.now, email="jan@buiten.nl")
    with world.visitor(link=link) as visitor:
        form = {"email": email, "next": "/account", "by_link": by_link}
        answer = visitor.post("/inloggen", data=form, follow_redirects=False)
        assert answer.headers.get("location") == where
        if where and "kies" in where:
            page = visitor.get(where).text
            assert ("Mail mij een link" in page) is (link == "on")
            assert ('http-equiv="refresh"' in page) is (link != "on")
            assert parse_qs(urlsplit(sent_to(visitor)).query)["login_hint"] == [email]
    with reading(world.engine) as session:
        assert len(session.exec(select(Delivery)).all()) == mails


def test_signing_in_with_a_real_provider(engine: Engine, tmp_path: Path) -> None:
    import oidc_provider_mock

    now, eva = (
        datetime.now(UTC),
        oidc_provider_mock.User(sub="eva-1", claims={k: v for k, v in EVA.items() if k != "sub"}),
    )
    with writing(engine) as session:
        make_user(session, now, Role.FUNDRAISER, "haarlem", "eva@haarlem.nl")
    with oidc_provider_mock.run_server_in_thread(user_claims=[eva]) as server:
        there = f"localhost:{server.server_port}"
        settings = Settings(
            base_url=BASE, data_dir=tmp_path, oidc_issuer=f"http://{there}", oidc_client_id="kansenradar",
            oidc_client_secret="geheim", fetch_allow=there, _env_file=None,
        )  # fmt: skip
        with visit(engine, now, tmp_path, settings=settings) as visitor:
            location = sent_to(visitor, "organisatie")
            came = httpx2.post(location, data={"sub": "eva-1"})
            address = came.headers["location"].removeprefix(BASE)
            assert back(visitor, address).headers["location"] == "/account"
            assert "eva@haarlem.nl" in visitor.get("/account").text
            assert back(visitor, address).status_code == 403
    with reading(engine) as session:
        assert session.exec(select(User.seen_at)).one() == now
