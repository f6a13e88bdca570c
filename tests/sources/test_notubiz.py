"""The calendars of councils, read: what is a meeting of a council, when it is, and what is not said."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scrapers.crawled import Crawled
from scrapers.recordings import Recording, replay, replay_from
from scrapers.sources.notubiz import Notubiz, councils, read_whole, windows

RECORDING = Path(__file__).parents[1] / "recordings/notubiz"
DAY = date(2026, 5, 29)


def replayed(tmp_path: Path, first: Any, **answer: Any) -> Crawled:
    """The recording, with another answer to the first question about Amsterdam."""
    index = json.loads((RECORDING / "index.json").read_text())
    for row in index["answers"]:
        (tmp_path / row["file"]).write_bytes((RECORDING / row["file"]).read_bytes())
    body = first if isinstance(first, str) else json.dumps(first)
    (tmp_path / "first").write_text(body)
    index["answers"][0] |= {"file": "first", **answer}
    (tmp_path / "index.json").write_text(json.dumps(index))
    return replay_from(Notubiz, Recording(tmp_path))


def event(**changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = json.loads((RECORDING / "window-1-page-1.json").read_text())["events"][0]
    return {**row, "id": 7, **changed}


def one_page(*events: Any) -> Mapping[str, Any]:
    return {"pagination": {"has_more_pages": False}, "events": list(events)}


def days(crawled: Crawled) -> dict[str, str]:
    return {row.external_id: f"{row.deadlines[0].day} {row.deadlines[0].hour}" for row in crawled.listings}


def test_the_meetings_of_a_council_are_read_with_what_is_cancelled() -> None:
    crawled = replay(Notubiz, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert days(crawled) == {
        "amsterdam/9101": "2026-06-10 13:00", "amsterdam/9103": "2026-07-08 13:00", "amsterdam/9105": "2026-09-09 13:00",
        "amsterdam/9106": "2026-09-16 23:30", "amsterdam/9107": "2026-10-14 13:00", "amsterdam/9108": "2026-11-11 09:00",
    }  # fmt: skip
    told = {row.external_id: row for row in crawled.listings}
    assert {key for key, row in told.items() if row.source_word} == {"amsterdam/9105", "amsterdam/9107"}
    assert told["amsterdam/9103"].url.startswith("https://amsterdam.raadsinformatie.nl/"), "its own page was asked"
    assert read_whole(crawled, DAY) == set(councils())


def test_three_months_at_most_are_asked_at_a_time_without_a_day_between() -> None:
    spans = windows(date(2026, 11, 30))
    assert spans[0] == (date(2026, 11, 30), date(2027, 1, 31))
    assert all(before[1] + timedelta(1) == after[0] for before, after in pairwise(spans))
    assert all((last - first).days <= 92 for first, last in spans)
    pages = [parse_qs(urlsplit(page.url).query) for page in replay(Notubiz, RECORDING).pages]
    asked = [query for query in pages if query.get("organisation_id") == ["952"]]
    assert [query["date_from"] for query in asked] == [[f"{first} 00:00:00"] for first, _ in windows(DAY)]


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "container"},
        {"template": True},
        {"permission_group": "council"},
        {"confidential": 1},
        {"attributes": [{"id": 1, "value": "Raadsinformatieavond"}]},
        {"attributes": [{"id": 1, "value": "Raad: informatiebijeenkomst"}]},
        {"attributes": [{"id": 1, "value": "Kerstreces gemeenteraad"}]},
        {"attributes": [{"id": 1, "value": "Raadscommissie Financiën"}]},
    ],
)
def test_what_is_no_public_meeting_of_a_council_is_left_out(tmp_path: Path, changed: dict[str, Any]) -> None:
    crawled = replayed(tmp_path, one_page(event(**changed)))
    assert "amsterdam/7" not in days(crawled)
    assert crawled.unreadable == ()


def test_a_council_that_decides_by_another_name_is_known_by_the_number_of_its_body(tmp_path: Path) -> None:
    def called(number: int, title: str, body: int | None = 31) -> dict[str, Any]:
        named = [{"id": 1, "value": title}]
        return event(id=number, attributes=named, gremium=body and {"id": body})

    rows = (
        called(7, "Besluitvorming"),
        called(8, "Besluitvorming", 99),
        called(9, "Politieke markt"),
        called(10, "Raad"),
    )
    crawled = replayed(tmp_path, one_page(*rows, called(11, "Beeldvorming"), called(12, "Besluitvorming", None)))
    assert {key for key in days(crawled) if len(key) < len("amsterdam/100")} == {"amsterdam/7", "amsterdam/10"}


def test_a_meeting_that_may_not_be_held_is_marked_and_an_announced_one_is_a_meeting(tmp_path: Path) -> None:
    crawled = replayed(tmp_path, one_page(event(inactive=True), event(id=8, announcement=True)))
    assert {row.external_id: row.partial for row in crawled.listings if row.external_id[-2:] in ("/7", "/8")} == {
        "amsterdam/7": True, "amsterdam/8": False
    }  # fmt: skip


@pytest.mark.parametrize("plannings", [[{"start_date": "morgen"}], [{"end_date": None}], ["2026-06-10"], "2026"])
def test_a_meeting_without_a_day_costs_itself_and_its_council_is_not_read_whole(tmp_path: Path, plannings: Any) -> None:
    crawled = replayed(tmp_path, one_page(event(plannings=plannings), event(id=8)))
    assert [row.external_id for row in crawled.unreadable] == ["amsterdam/7"]
    assert "amsterdam/8" in days(crawled)
    assert read_whole(crawled, DAY) == set(councils()) - {"amsterdam"}


@pytest.mark.parametrize(
    ("body", "answer", "why"),
    [
        ("oops", {"status": 404}, "HTTP 404"),
        ("oops", {"status": 500}, "HTTP 500"),
        ("", {}, "an empty answer"),
        ("<html><title>Onderhoud</title></html>", {"headers": {"Content-Type": "text/html"}}, "an HTML page"),
        ('{"message": "Zonder parameters"}', {}, "an answer without events"),
        ('{"events": {"event": []}}', {}, "an answer without events"),
    ],
)
def test_a_council_that_gives_no_list_is_not_read_whole_and_the_others_are(
    tmp_path: Path, body: str, answer: dict[str, Any], why: str
) -> None:
    crawled = replayed(tmp_path, body, **answer)
    assert why in crawled.stopped
    assert days(crawled) == {}
    assert read_whole(crawled, DAY) == set(councils()) - {"amsterdam"}


def test_a_page_of_a_meeting_that_nobody_may_see_is_no_error(tmp_path: Path) -> None:
    crawled = replayed(tmp_path, one_page({"id": 9103, "type": "meeting"}))
    assert "amsterdam/9103" in days(crawled)
    (tmp_path / "meeting-9103.json").write_text('{"message": "No rights to see this meeting", "error_code": 1}')
    crawled = replay_from(Notubiz, Recording(tmp_path))
    assert crawled.unreadable == ()
    assert any("not public" in line for line in crawled.remarks)
