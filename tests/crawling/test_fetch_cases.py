"""Hostile and broken servers: what is fetched stays within bounds, and what is refused is said in one line."""

import ssl
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme

from scrapers.addresses import is_public, pairs
from scrapers.fetch import HostRefused, host_and_port, seconds_to_wait
from scrapers.job import Job
from scrapers.run import own_hosts
from scrapers.sources.eu_portal import EuPortal
from scrapers.spool import read_events
from tests.make.scripted import SEARCH, Played, PlayedRequest, playing, portal, topic
from tracker.sources.crawl import from_spool, run_child

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
MIB = 1024  # in KiB, as the kernel counts


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers[SEARCH] = portal([topic(n) for n in range(1, 4)])
        yield server


def crawled(folder: Path, root: str, limit: float = 60, **changed: Any) -> tuple[Any, int]:
    """What a child brings back from a portal at this root, and its peak memory in KiB."""
    host = root.split("/")[2]
    job = {"source": "eu_portal", "spool": folder, "now": NOW, "user_agent": "test", "root": root}
    failure = run_child(Job(**{**job, "fetch_allow": (host,), **changed}), limit, lambda _: None)
    peak = next((event["peak_kib"] for kind, event in read_events(folder) if kind == "end"), 0)
    return from_spool(EuPortal, folder, NOW, NOW, failure), peak


PRIVATE = """
    127.0.0.1 10.1.2.3 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.192 0.0.0.0 224.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001:db8::1 2001::1 ::127.0.0.1 fec0::1 localhost 0x7f000001 2130706433
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_lead_inside_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["147.67.210.30", "2a00:1450:400e::200e", "64:ff9b::9343:d21e", "2002:9343:d21e::1"]
)
def test_public_addresses_are_not(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "data:text/plain,x", "ftp://x/y", "gopher://x/1"])
def test_only_http_and_https_are_addresses(url: str) -> None:
    with pytest.raises(HostRefused):
        host_and_port(url)


def test_a_source_has_its_own_hosts_only() -> None:
    own = own_hosts("https://www.rvo.nl", ("data.rvo.nl",))
    assert {("rvo.nl", 443), ("rvo.nl", 80), ("data.rvo.nl", 443)} <= own
    assert ("rvo.nl", 8080) not in own
    assert own_hosts("http://127.0.0.1:9101", ()) == {("127.0.0.1", 9101)}
    with pytest.raises(ValueError, match="no host:port"):
        pairs(("127.0.0.1",))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Fri, 29 May 2026 06:01:00 GMT", 60),
        ("Fri, 29 May 2026 05:00:00 GMT", None),
        ("-5", None),
        ("0", None),
        ("soon", None),
        ("", None),
        ("315360000", 86_400),
    ],
)
def test_retry_after_is_honoured_within_reason(header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@pytest.mark.slow
def test_an_endless_body_stops_at_the_cap(server: Played, tmp_path: Path) -> None:
    (tmp_path / "idle").mkdir()
    (tmp_path / "endless").mkdir()
    _, idle = crawled(tmp_path / "idle", server.url)

    def endless(call: PlayedRequest) -> None:
        call.open_ended()
        for _ in range(1024):
            call.wfile.write(b" " * 2**20)

    server.answers[SEARCH] = endless
    found, peak = crawled(tmp_path / "endless", server.url)
    assert found.stopped == "page 1: larger than 15 MiB"
    assert found.listings == ()
    assert peak < idle + 150 * MIB


@pytest.mark.slow
def test_a_body_that_drips_is_given_up_in_time(server: Played, tmp_path: Path) -> None:
    stop = threading.Event()

    def drip(call: PlayedRequest) -> None:
        call.open_ended()
        while not stop.is_set():
            call.wfile.write(b" ")
            call.wfile.flush()
            stop.wait(0.2)

    server.answers[SEARCH] = drip
    began = monotonic()
    found, _ = crawled(tmp_path, server.url, settings={"DOWNLOAD_TIMEOUT": 5, "RETRY_TIMES": 0})
    stop.set()
    assert "did not answer in time" in found.stopped
    assert monotonic() - began < 60  # the page itself never ends


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["self-signed", "wrong host", "expired"])
def test_a_certificate_that_does_not_fit_is_no_reason_to_look_away(kind: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    name = "elsewhere.example" if kind == "wrong host" else "127.0.0.1"
    until = datetime(2020, 1, 1, tzinfo=UTC) if kind == "expired" else None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, not_after=until).configure_cert(context)
    with playing(tls=context) as server:
        server.answers[SEARCH] = portal([topic(1)])
        found, _ = crawled(tmp_path, server.url.replace("http:", "https:"), settings={"RETRY_TIMES": 0})
    assert "certificate verify failed" in found.stopped or "VerificationError" in found.stopped
    assert (found.listings, server.asked) == ((), [])


@pytest.mark.slow
def test_a_name_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    found, _ = crawled(tmp_path, "http://nowhere.invalid", fetch_allow=(), settings={"RETRY_TIMES": 0})
    assert found.stopped == "page 1: the name of the site leads nowhere"


@pytest.mark.slow
def test_a_name_may_be_allowed_and_then_what_it_resolves_to_is(server: Played, tmp_path: Path) -> None:
    root = f"http://localhost:{server.port}"
    (tmp_path / "refused").mkdir()
    refused, _ = crawled(tmp_path / "refused", root, fetch_allow=())
    assert (refused.stopped, server.asked) == (
        f"page 1: AddressRefused: 127.0.0.1:{server.port} is a private address",
        [],
    )
    (tmp_path / "allowed").mkdir()
    allowed, _ = crawled(tmp_path / "allowed", root, fetch_allow=(f"localhost:{server.port}",))
    assert (len(allowed.listings), allowed.stopped) == (3, "")


@pytest.mark.slow
def test_a_robots_file_that_leads_nowhere_means_no(server: Played, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = lambda call: call.send("", 302, Location="file:///etc/passwd")
    found, _ = crawled(tmp_path, server.url)
    assert found.stopped.endswith("answers HTTP 302: not asked further")
    assert server.pages() == []


@pytest.mark.slow
def test_a_source_that_asks_for_patience_gets_it(server: Played, tmp_path: Path) -> None:
    good = portal([topic(1)])
    times: list[float] = []

    def busy(call: PlayedRequest) -> None:
        times.append(monotonic())
        call.send("busy", 429, Retry_After="2") if len(times) == 1 else good(call)

    server.answers[SEARCH] = busy
    found, _ = crawled(tmp_path, server.url)
    assert (len(found.listings), found.stopped) == (1, "")
    assert times[1] - times[0] >= 1.9


@pytest.mark.slow
def test_a_source_that_asks_for_years_is_left_alone(server: Played, tmp_path: Path) -> None:
    server.answers[SEARCH] = lambda call: call.send("no", 503, Retry_After="315360000")
    found, _ = crawled(tmp_path, server.url)
    assert found.stopped == "page 1: HTTP 503, and asks to come back in 86400 seconds"
    assert len(server.pages()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("headers", "asked"), [({}, 3), ({"Retry_After": "3600"}, 1)], ids=["failing", "asking for patience"]
)
def test_a_stream_of_many_windows_is_given_up_when_its_source_keeps_failing(
    server: Played, tmp_path: Path, headers: dict[str, str], asked: int
) -> None:
    server.answers["/rss"] = lambda call: call.send("no", 503, **headers)
    found, _ = crawled(tmp_path, server.url, source="bekendmakingen", settings={"RETRY_TIMES": 0})
    assert found.stopped.startswith("page 1: HTTP 503")
    assert asked <= len(server.pages()) <= asked + 1  # one may be on its way when the last failure is heard


@pytest.mark.slow
def test_a_stream_with_one_bad_window_is_read_on_and_not_whole(server: Played, tmp_path: Path) -> None:
    feed = '<rss version="2.0"><channel><title>F</title></channel></rss>'

    def one_in_three(call: PlayedRequest) -> None:
        bad = len(server.pages()) % 3 == 0
        call.send("no", 500) if bad else call.send(feed, kind="application/rss+xml")

    server.answers["/rss"] = one_in_three
    found, _ = crawled(tmp_path, server.url, source="bekendmakingen", settings={"RETRY_TIMES": 0})
    assert found.stopped == "page 3: HTTP 500"
    assert len(server.pages()) == 9  # three papers in each of three months


@pytest.mark.slow
def test_redirects_end(server: Played, tmp_path: Path) -> None:
    server.answers["*"] = lambda call: call.send("", 307, Location=f"{server.url}/{len(server.asked)}")
    server.answers["/robots.txt"] = lambda call: call.send("")
    del server.answers[SEARCH]
    found, _ = crawled(tmp_path, server.url)
    assert "redirect" in found.stopped
    assert len(server.pages()) <= 6


@pytest.mark.slow
def test_a_move_to_another_host_is_told_and_not_followed(server: Played, tmp_path: Path) -> None:
    with playing() as other:
        server.answers[SEARCH] = lambda call: call.send("", 301, Location=f"{other.url}/new")
        allowed = (f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        found, _ = crawled(tmp_path, server.url, fetch_allow=allowed)
        assert found.stopped == f"page 1: {other.url}/new is not on a host of this source"
        assert other.asked == []


@pytest.mark.slow
def test_a_crawl_delay_and_a_huge_robots_file_are_obeyed(server: Played, tmp_path: Path) -> None:
    rules = "User-agent: *\nCrawl-delay: 1\nDisallow: /private\n" + "# padding\n" * 60_000
    server.answers["/robots.txt"] = lambda call: call.send(rules)
    server.answers[SEARCH] = portal([topic(n) for n in range(1, 8)])
    found, _ = crawled(tmp_path, server.url)
    assert (len(found.listings), found.stopped) == (7, "")
    times = [asked.at for asked in server.pages()]
    assert all(later - before >= 0.9 for before, later in pairwise(times))


@pytest.mark.slow
@pytest.mark.parametrize("headers", [["X-Long: " + "x" * 2**20], [f"X-{n}: y" for n in range(10_000)]])
def test_headers_without_measure_are_bounded(server: Played, tmp_path: Path, headers: list[str]) -> None:
    def flood(call: PlayedRequest) -> None:
        call.wfile.write(("HTTP/1.1 200 OK\r\n" + "\r\n".join(headers) + "\r\nContent-Length: 2\r\n\r\n{}").encode())
        call.close_connection = True

    server.answers[SEARCH] = flood
    found, peak = crawled(tmp_path, server.url, settings={"RETRY_TIMES": 0})
    assert found.stopped.startswith("page 1: ")
    assert peak < 400 * MIB


@pytest.mark.slow
def test_a_hundred_cookies_are_not_kept(server: Played, tmp_path: Path) -> None:
    good = portal([topic(n) for n in range(1, 7)])

    def baking(call: PlayedRequest) -> None:
        call.extra = [("Set-Cookie", f"c{n}={n}; Path=/") for n in range(100)]
        good(call)

    server.answers[SEARCH] = baking
    found, _ = crawled(tmp_path, server.url)
    assert (len(found.listings), found.stopped) == (6, "")
    assert all("Cookie" not in asked.headers for asked in server.asked)


@pytest.mark.slow
def test_a_child_that_never_ends_is_ended(tmp_path: Path) -> None:
    job = Job(source="eu_portal", spool=tmp_path, now=NOW, user_agent="x")
    began = monotonic()
    failure = run_child(job, 2, lambda _: None, (sys.executable, "-c", "import re; re.match('(a+)+$', 'a' * 64 + 'b')"))
    assert failure == "took longer than 2 seconds and was stopped"
    assert monotonic() - began < 60  # of its own it would take years
