"""Providers: what their settings may say, whose account an address is, and which addresses are asked."""

import json
import socket
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from db.vocabulary import Role
from scrapers.addresses import pairs
from scrapers.outgoing import MOST_BYTES, NoAnswer, Outgoing
from tracker.errors import CommandFailed
from tracker.people.provider_fetch import guarded_fetch
from tracker.people.providers import Provider, provider_for, read_providers
from tracker.settings import Settings

GOOD = {"id": "haarlem", "name": "gemeente Haarlem", "issuer": "https://login.haarlem.test", "client_id": "k",
        "domains": ["@Haarlem.nl"]}  # fmt: skip
ROLES = {"role_claim": "groups", "roles": {"a": "reader", "b": "administrator"}, "participant": "haarlem"}


def settings(folder: Path, rows: object = None, **given: object) -> Settings:
    if rows is not None:
        (folder / "p.yaml").write_text(rows if isinstance(rows, str) else json.dumps(rows), "utf-8")
        given["oidc_file"] = folder / "p.yaml"
    return Settings(_env_file=None, data_dir=folder, **given)


def test_one_provider_stands_in_plain_settings_and_several_in_a_file(tmp_path: Path) -> None:
    plain = {"oidc_issuer": "https://i.test", "oidc_client_id": "k", "oidc_domains": "haarlem.nl, x.nl"}
    (one,) = read_providers(settings(tmp_path, **plain))
    assert (one.id, one.domains) == ("organisatie", ("haarlem.nl", "x.nl"))
    several = read_providers(settings(tmp_path, {"providers": [GOOD, GOOD | {"id": "z", "domains": ["z.nl"]}]}))
    found = [provider_for(several, address) for address in ("Jan@HAARLEM.nl", "j@z.nl", "j@sub.haarlem.nl", "")]
    assert [provider.id if provider else None for provider in found] == ["haarlem", "z", None, None]
    assert read_providers(settings(tmp_path)) == ()


@pytest.mark.parametrize(
    ("rows", "given", "said"),
    [
        (None, {"oidc_issuer": "https://i.test"}, "OIDC_ISSUER without OIDC_CLIENT_ID"),
        (None, {"oidc_client_id": "k"}, "OIDC_CLIENT_ID without OIDC_ISSUER"),
        (None, {"sign_in_link": "off"}, "nobody could sign in"),
        (None, {"oidc_file": Path("/nowhere/p.yaml")}, "No such file"),
        ("a: [", {}, "p.yaml"),
        ([], {}, "no list of providers"),
        ([GOOD, GOOD], {}, "id 'haarlem' stands twice"),
        ([GOOD, GOOD | {"id": "z"}], {}, "mail domain 'haarlem.nl' stands twice"),
        ([GOOD | {"issuer": "login.haarlem.test"}], {}, "issuer: 'login.haarlem.test' is no https address"),
        ([GOOD | {"issuer": "http://login.haarlem.test"}], {}, "not in FETCH_ALLOW"),
        ([GOOD | {"client_secre": "x"}], {}, "client_secre: Extra inputs"),
        ([GOOD | {"domains": ["haarlem"]}], {}, "'haarlem' is no mail domain"),
        ([GOOD | {"id": "Haar lem"}], {}, "id: String should match"),
        ([GOOD | {"scopes": "email"}], {}, "without openid"),
        ([GOOD | {"roles": {"a": "baas"}}], {}, "roles.a: "),
        ([GOOD | {"role_claim": "groups"}], {}, "role_claim and roles go together"),
        ([GOOD | ROLES | {"participant": ""}], {}, "roles need a participant"),
        ([GOOD | {"step_up": {}}], {}, "name at least one acr or amr"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_is_told_in_one_line(
    tmp_path: Path, rows: object, given: dict[str, object], said: str
) -> None:
    with pytest.raises(CommandFailed) as refused:
        read_providers(settings(tmp_path, rows, **given))
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert str(refused.value).startswith("setting KANSENRADAR_OIDC")


def test_the_highest_role_of_the_claims_counts() -> None:
    provider = Provider.model_validate(GOOD | ROLES)
    claims: list[object] = [["a", "b"], ["a"], "b", [], None, [1, {}], "c"]
    found = [provider.role_of({"groups": claim}) for claim in claims]
    assert found == [Role.ADMINISTRATOR, Role.READER, Role.ADMINISTRATOR, None, None, None, None]


def test_a_provider_is_asked_within_the_rules_of_crawling(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"{httpserver.host}:{httpserver.port}"
    httpserver.expect_request("/ok").respond_with_data(b"{}")
    httpserver.expect_request("/away").respond_with_data(b"", 302, {"Location": f"http://{here}/ok"})
    httpserver.expect_request("/much").respond_with_data(b"x" * (MOST_BYTES + 1))
    nowhere, allowed = guarded_fetch(Outgoing()), guarded_fetch(Outgoing(pairs((here,))), 1.0)
    assert allowed(f"http://{here}/ok") == (200, b"{}")
    assert allowed(f"http://{here}/away")[0] == 302  # told, not followed
    refused = [(nowhere, f"http://{here}/ok"), (allowed, f"http://{here}/much"), (allowed, "file:///etc/passwd"),
               (nowhere, f"https://{here}/ok"), (allowed, "https://169.254.169.254/latest"),
               (allowed, f"https://localhost:{httpserver.port}/ok")]  # fmt: skip
    for fetch, address in refused:
        with pytest.raises(NoAnswer):
            fetch(address)

    def elsewhere(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr("socket.getaddrinfo", elsewhere)  # a public name that leads inside
    with pytest.raises(NoAnswer, match="private address"):
        allowed("https://login.haarlem.test/")


def test_a_provider_that_dribbles_is_given_up(httpserver: HTTPServer) -> None:
    import time

    def slowly(_: Request) -> Response:
        def pieces() -> object:
            for _ in range(40):
                time.sleep(0.05)
                yield b"x"

        return Response(pieces(), headers={"Content-Length": "40"})  # type: ignore[arg-type]

    httpserver.expect_request("/slow").respond_with_handler(slowly)
    here = f"{httpserver.host}:{httpserver.port}"
    with pytest.raises(NoAnswer, match="too slow"):
        guarded_fetch(Outgoing(pairs((here,))), 0.1)(f"http://{here}/slow")
