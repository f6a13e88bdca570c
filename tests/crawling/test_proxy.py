"""A network that may go out only through a proxy: crawls, the webhook, providers and the second reader go by it."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from socket import AF_INET6, create_server, getaddrinfo, socket

import pytest
import trustme
from pydantic import ValidationError

from scrapers.addresses import is_inside, pairs
from scrapers.crawled import Crawled
from scrapers.outgoing import NoAnswer, Outgoing
from tests.make.scripted import SEARCH, Played, PlayedRequest, playing, portal, topic
from tests.make.small_proxy import SmallProxy, proxying
from tracker.calls.reader_endpoint import Endpoint, post_json
from tracker.people.provider_fetch import guarded_fetch
from tracker.settings import Settings
from tracker.sources.crawl import crawl, unknown_sources
from tracker.watch.webhook import Webhook, post, signed

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
WRONG = "wij:wachtwoord-van-vorig-jaar"


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers[SEARCH] = portal([topic(n) for n in range(1, 8)])
        yield server


@pytest.fixture
def proxy(server: Played) -> Iterator[SmallProxy]:
    """It alone knows where portal.example is."""
    with proxying(portal_example=server.port) as proxy:
        yield proxy


def crawled(root: str = "http://portal.example", **settings: object) -> Crawled:
    return crawl("eu_portal", Settings(source_roots={"eu_portal": root}, **settings), [], NOW)  # type: ignore[arg-type]


@pytest.mark.usefixtures("own_interpreter")
def test_through_a_proxy_that_resolves_names_nothing_goes_out_beside_it(server: Played, proxy: SmallProxy) -> None:
    """The name exists nowhere here: only the proxy can have answered for it, robots.txt included."""
    found = crawled(fetch_proxy=proxy.url)
    assert (len(found.listings), found.stopped) == (7, "")
    assert proxy.asked[0] == "GET http://portal.example/robots.txt"
    assert len(proxy.asked) == len(server.asked)
    assert {asked.headers["Host"] for asked in server.asked} == {"portal.example"}


@pytest.mark.usefixtures("own_interpreter")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_does_not_know_us_or_is_away_costs_the_crawl_and_says_so(
    server: Played, proxy: SmallProxy, scheme: str
) -> None:
    refused = crawled(f"{scheme}://portal.example", fetch_proxy=f"http://{WRONG}@127.0.0.1:{proxy.port}")
    assert (refused.listings, server.asked) == ((), [])
    assert refused.stopped == "page 1: the proxy 127.0.0.1 does not take our name and password (HTTP 407)"
    away = crawled(f"{scheme}://portal.example", fetch_proxy=f"http://wij:x@127.0.0.1:{free_port()}")
    assert (away.listings, server.asked) == ((), [])
    assert away.stopped == "page 1: asked by the proxy 127.0.0.1: the site refuses the connection"


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.usefixtures("own_interpreter")
def test_a_source_can_have_a_proxy_of_its_own_or_none(server: Played, proxy: SmallProxy) -> None:
    nowhere = {"fetch_proxy": f"http://127.0.0.1:{free_port()}"}
    found = crawled(**nowhere, source_proxies={"eu_portal": proxy.url})
    assert (len(found.listings), found.stopped, len(proxy.asked) > 1) == (7, "", True)
    proxy.asked.clear()
    open_ = {"fetch_allow": (f"127.0.0.1:{server.port}",)}
    found = crawled(server.url, **nowhere, **open_, source_proxies={"eu_portal": "none"})
    assert (len(found.listings), found.stopped, proxy.asked) == (7, "", [])


@pytest.mark.usefixtures("own_interpreter")
def test_what_is_named_as_our_own_network_is_asked_directly(server: Played, proxy: SmallProxy) -> None:
    found = crawled(server.url, fetch_proxy=proxy.url, fetch_allow=(f"127.0.0.1:{server.port}",))
    assert (len(found.listings), found.stopped, proxy.asked) == (7, "", [])


def test_a_proxy_of_a_source_is_read_from_the_environment_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANSENRADAR_SOURCE_RVO_PROXY", "http://wij:geheim@proxy.example.nl:3128")
    monkeypatch.setenv("KANSENRADAR_SOURCE_RVVO_PROXY", "none")
    settings = Settings(_env_file=None)
    assert settings.proxy_of("rvo") == "http://wij:geheim@proxy.example.nl:3128"
    assert settings.proxy_of("eu_portal") == settings.proxy_of("rvvo") == ""
    assert "geheim" not in repr(settings)
    assert unknown_sources(settings) == ["setting SOURCE_RVVO_PROXY: no source 'rvvo'; did you mean 'rvo'?"]
    for wrong in ("direct", "https://proxy.example.nl:3128", "http://proxy.example.nl", "http://[::1:3128"):
        with pytest.raises(ValidationError, match="SOURCE_RVO_PROXY is no address of a proxy"):
            Settings(source_proxies={"rvo": wrong})  # type: ignore[dict-item]


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "intranet", "wiki.internal", "localhost"])
def test_what_is_inside_is_not_asked_for_through_a_proxy_either(host: str) -> None:
    assert is_inside(host.strip("[]"))
    assert not is_inside("portal.example.nl")
    with pytest.raises(NoAnswer, match="private address"):
        Outgoing(proxy="http://127.0.0.1:9").ask(f"https://{host}/")


class Tls:
    """Sites behind TLS under an authority of one's own, which is trusted or not."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.file = trustme.CA(), folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.file))

    def context(self, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(*names).configure_cert(context)
        return context


@pytest.mark.usefixtures("own_interpreter")
@pytest.mark.parametrize("trusted", [True, False])
def test_https_goes_through_a_tunnel_and_is_checked_against_an_authority_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    tls = Tls(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.file))
    with playing(tls.context("portal.example")) as server, proxying(portal_example=server.port) as proxy:
        server.answers[SEARCH] = portal([topic(1)])
        found = crawled("https://portal.example", fetch_proxy=proxy.url)
    assert proxy.asked[0] == "CONNECT portal.example:443"
    assert (len(found.listings), found.stopped == "") == ((1, True) if trusted else (0, False))


def test_the_webhook_providers_and_the_second_reader_go_by_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Server to server, under an authority of one's own; a wrong password and another authority are refused."""
    tls = Tls(tmp_path)
    with ExitStack() as running:
        names = ("hook.example", "login.example", "reader.example")
        site = running.enter_context(playing(tls.context(*names)))
        site.answers["*"] = lambda call: call.send(call.body or b"{}")
        proxy = running.enter_context(proxying(**dict.fromkeys((n.replace(".", "_") for n in names), site.port)))
        way = Outgoing(proxy=proxy.url)
        with pytest.raises(NoAnswer, match="certificate verify failed"):
            guarded_fetch(way)("https://login.example/keys")
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.file))
        assert guarded_fetch(way)("https://login.example/keys") == (200, b"{}")
        hook = Webhook("https://hook.example/a?b", "a long enough key", way)
        post(hook, b"[]", signed(hook, b"[]", NOW))
        reader = Endpoint("https://reader.example/v1", "sleutel", "m", 1, Decimal(1), Decimal(1), way)
        assert post_json(reader, b"[1]") == b"[1]"
        with pytest.raises(NoAnswer, match=r"login\.example by the proxy 127\.0\.0\.1: .*407") as refused:
            guarded_fetch(Outgoing(proxy=f"http://{WRONG}@127.0.0.1:{proxy.port}"))("https://login.example/keys")
        assert WRONG.partition(":")[2] not in str(refused.value)
    assert set(proxy.asked) == {f"CONNECT {name}:443" for name in names}
    seen = [asked.headers for asked in site.asked]
    assert [headers["Host"] for headers in seen] == ["login.example", "hook.example", "reader.example"]
    assert not any("Proxy-Authorization" in headers for headers in seen)
    with pytest.raises(NoAnswer, match=r"by the proxy 127\.0\.0\.1: ConnectionRefusedError"):
        post(Webhook("https://hook.example/", "", way), b"[]", {})  # it is away now


def test_a_plain_address_is_asked_of_the_proxy_whole(server: Played, proxy: SmallProxy) -> None:
    server.answers["/hook"] = PlayedRequest.send
    post(Webhook("http://portal.example/hook?a=b", "", Outgoing(proxy=proxy.url)), b"[]", {})
    assert proxy.asked == ["POST http://portal.example/hook?a=b"]
    assert server.asked[0].query == {"a": "b"}
    wrong = Outgoing(proxy=f"http://{WRONG}@127.0.0.1:{proxy.port}")
    with pytest.raises(NoAnswer, match="407 Proxy Authentication Required"):
        post(Webhook("http://portal.example/hook", "", wrong), b"[]", {})


def test_a_second_reader_inside_and_what_fetch_allow_names_are_asked_directly(server: Played) -> None:
    server.answers["*"] = lambda call: call.send(b"{}")
    nowhere = Outgoing(proxy=f"http://127.0.0.1:{free_port()}")
    assert post_json(Endpoint(server.url, "", "m", 1, Decimal(1), Decimal(1), nowhere), b"[]") == b"{}"
    own = Outgoing(pairs((f"127.0.0.1:{server.port}",)), nowhere.proxy)
    assert guarded_fetch(own)(f"{server.url}/keys") == (200, b"{}")


def has_ipv6(host: str) -> bool:
    """Whether a host is known here by IPv6, too."""
    with suppress(OSError), socket(AF_INET6) as tried:
        tried.bind(("::1", 0))
        return AF_INET6 in {found[0] for found in getaddrinfo(host.strip("[]"), 80)}
    return False


@pytest.mark.usefixtures("own_interpreter")
@pytest.mark.parametrize("host", ["[::1]", "localhost"])
def test_a_source_that_has_only_an_ipv6_address_is_read(host: str) -> None:
    if not has_ipv6(host):
        pytest.skip(f"{host} is not known here")
    with playing(by_ipv6=host) as server:
        server.answers[SEARCH] = portal([topic(1)])
        found = crawled(server.url, fetch_allow=(f"{host}:{server.port}",))
    assert (len(found.listings), found.stopped) == (1, "")
