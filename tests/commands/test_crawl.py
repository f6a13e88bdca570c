"""crawl, sources and release on the command line."""

import json
from pathlib import Path

import pytest

from scrapers.sources import names
from tests.make.nursery import kansenradar

NOWHERE = {"KANSENRADAR_SOURCE_EU_PORTAL_URL": "http://127.0.0.1:1", "KANSENRADAR_FETCH_ALLOW": "127.0.0.1:1"}


def test_a_source_that_cannot_be_reached_is_named_on_one_line(ready: Path) -> None:
    done = kansenradar(ready, "crawl", "eu_portal", "--json", **NOWHERE)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "eu_portal" in done.stderr
    [row] = json.loads(done.stdout)
    assert {"source", "seen", "new", "changed", "gone", "back", "complete", "why", "seconds"} <= set(row)
    assert (row["source"], row["complete"], row["seen"]) == ("eu_portal", False, 0)


def test_an_unknown_source_is_wrong_usage(ready: Path) -> None:
    done = kansenradar(ready, "crawl", "nergens")
    assert done.returncode == 2
    assert "no source 'nergens'" in done.stderr


def test_every_source_is_listed_before_it_was_ever_crawled(ready: Path) -> None:
    rows = json.loads(kansenradar(ready, "sources", "--json").stdout)
    assert {"source", "last_complete", "expected", "seen", "state", "error"} <= set(rows[0])
    assert {row["state"] for row in rows} == {"never", "off"}  # those that an owner has to turn on
    table, promised = kansenradar(ready, "sources").stdout.strip().split("\n\n")
    assert [line.split()[0] for line in table.splitlines()[1:]] == [row["source"] for row in rows]
    assert len(promised.splitlines()) == len(rows)


def test_a_source_that_a_setting_misspells_is_named_and_the_rest_goes_on(ready: Path) -> None:
    off = {
        "KANSENRADAR_SOURCES_OFF": ",".join([*names(), "rvoo"]),
        "KANSENRADAR_SOURCE_EUPORTAL_URL": "http://a.example",
    }
    done = kansenradar(ready, "crawl", **off)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "no source is on",
        "setting SOURCES_OFF: no source 'rvoo'; did you mean 'rvo'?",
        "setting SOURCE_EUPORTAL_URL: no source 'euportal'; did you mean 'eu_portal'?",
    ]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"SOURCES_OFF": "rvoo"}, "setting SOURCES_OFF: no source 'rvoo'; did you mean 'rvo'?"),
        (
            {"SOURCE_EU_PROTAL_URL": "http://127.0.0.1:1"},
            "setting SOURCE_EU_PROTAL_URL: no source 'eu_protal'; did you mean 'eu_portal'?",
        ),
        ({"SOURCE_RVO_URL": "rvo.nl"}, "SOURCE_RVO_URL: 'rvo.nl' is no http or https address"),
        (
            {"RESPONSIBLE_ORGANISATION": "amsterdm"},
            "setting RESPONSIBLE_ORGANISATION: no participant 'amsterdm'; did you mean 'amsterdam'?",
        ),
        ({"MAIL_URL": "smtp://relay.example:99999"}, "setting MAIL_URL: Port out of range 0-65535"),
        (
            {"MAIL_URL": "smtp://relay.example"},
            "nothing is sent: setting BASE_URL is still http://localhost:8000, and relay.example would mail that to people",
        ),
    ],
)
def test_what_stays_refuses_a_setting_that_cannot_be_meant_and_check_says_it(
    ready: Path, wrong: dict[str, str], line: str
) -> None:
    given = {f"KANSENRADAR_{name}": value for name, value in wrong.items()}
    started = kansenradar(ready, "schedule", **given)
    assert (started.returncode in (1, 2), started.stderr.splitlines()) == (True, [f"kansenradar: {line}"])
    checked = kansenradar(ready, "check", **given)
    assert (checked.returncode, checked.stdout.splitlines()[0]) == (1, f"BROKEN  settings: {line}")


def test_a_release_says_how_many(ready: Path) -> None:
    assert "0 held calls" in kansenradar(ready, "release", "eu_portal").stdout
    assert kansenradar(ready, "release", "nergens").returncode == 2


def test_an_export_of_nothing_and_of_the_unknown(ready: Path) -> None:
    assert kansenradar(ready, "export", "calls").stdout == ""
    assert kansenradar(ready, "export", "calls", "--format", "doc").returncode == 2
