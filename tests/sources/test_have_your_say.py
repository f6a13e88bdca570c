"""The recording of the Commission's consultations, read."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.vocabulary import DeadlineKind, Nature, Status
from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.source import RowUnreadable
from scrapers.sources.have_your_say import HaveYourSay, period
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/have_your_say"
API = "https://ec.europa.eu/info/law/better-regulation/brpapi/searchInitiatives"
ADDRESS = API + "?language=EN&page={}&size=50&feedbackStatus=OPEN"


def test_open_and_coming_consultations_are_moments_and_closed_ones_are_left_out() -> None:
    crawled = replay(HaveYourSay, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert [(m.external_id, m.source_word) for m in crawled.listings] == [
        ("14821", Status.OPEN),
        ("14907", Status.OPEN),
        ("15003", Status.ANNOUNCED),
    ]
    first = crawled.listings[0]
    assert (first.nature, first.url[-18:]) == (Nature.MOMENT, "/initiatives/14821")
    assert (first.deadlines[1].kind, first.deadlines[1].day) == (DeadlineKind.CONSULTATION, date(2026, 6, 22))


def initiatives(numbers: range, total: int | None, last: bool) -> str:
    current = {"isCurrent": True, "receivingFeedbackStatus": "OPEN"}
    current |= {"feedbackStartDate": "2026/05/01 00:00:00", "feedbackEndDate": "2026/09/28 23:59:59"}
    rows = [{"id": float(n), "shortTitle": f"Initiative {n}", "currentStatuses": [current]} for n in numbers]
    whole = {"content": rows, "last": last} | ({} if total is None else {"totalElements": total})
    return json.dumps({"initiativeResultDtoPage": whole})


@pytest.mark.parametrize("total", [45, None])
def test_a_server_that_gives_fewer_a_page_than_asked_is_read_to_its_end(tmp_path: Path, total: int | None) -> None:
    found = replay(HaveYourSay, recorded(tmp_path, pages(total)))
    assert (len(found.listings), found.stopped) == (45, "")


def test_a_list_that_ends_before_its_own_total_is_not_whole(tmp_path: Path) -> None:
    found = replay(HaveYourSay, recorded(tmp_path, pages(50)))
    assert (len(found.listings), found.stopped) == (45, "45 of 50 initiatives came")


def pages(total: int | None) -> dict[str, tuple[str, str]]:
    cuts = [(0, range(20)), (1, range(20, 40)), (2, range(40, 45)), (3, range(0))]
    kind = "application/json"
    return {ADDRESS.format(number): (kind, initiatives(rows, total, number >= 2)) for number, rows in cuts}


def test_an_initiative_to_come_may_have_no_days_yet() -> None:
    assert period(None, None) == ()
    (end,) = period(None, "2026/09/28 23:59:59")
    assert (end.kind, end.at) == (DeadlineKind.CONSULTATION, datetime(2026, 9, 28, 21, 59, tzinfo=UTC))
    with pytest.raises(RowUnreadable, match="is no date"):
        period("soon", None)


def test_the_other_form_of_the_list_is_read_too_and_what_was_asked_for_needs_no_status(tmp_path: Path) -> None:
    rows = [{"id": 3.0, "shortTitle": "Bare", "endDate": "2027/03/28 23:59:59"}]
    page = json.dumps({"initiativeResultDtoList": rows, "totalElements": 1})
    [found] = replay(HaveYourSay, recorded(tmp_path, {ADDRESS.format(0): ("application/json", page)})).listings
    assert (found.source_word, found.deadlines[0].day) == (Status.OPEN, date(2027, 3, 28))


def listed(tmp_path: Path, *rows: dict[str, Any]) -> Crawled:
    page = json.dumps({"initiativeResultDtoPage": {"content": rows, "totalElements": len(rows)}})
    return replay(HaveYourSay, recorded(tmp_path, {ADDRESS.format(0): ("application/json", page)}))


OPEN = {"receivingFeedbackStatus": "OPEN", "feedbackEndDate": "2026/09/28 23:59:59"}


def test_a_status_that_does_not_say_it_counts_now_is_the_one_where_it_is_the_only_one(tmp_path: Path) -> None:
    found = listed(tmp_path, {"id": 1.0, "shortTitle": "One", "currentStatuses": [OPEN]})
    assert [(m.external_id, m.source_word) for m in found.listings] == [("1", Status.OPEN)]


@pytest.mark.parametrize(
    ("statuses", "why"),
    [
        ([OPEN, {"receivingFeedbackStatus": "CLOSED"}], "2 statuses, and it does not say which of them counts now"),
        ([{"isCurrent": True}], "no word on whether one may react"),
        (["OPEN"], "\"['OPEN']\" where statuses were expected"),
    ],
)
def test_an_initiative_that_cannot_be_understood_is_named_and_never_left_out(
    tmp_path: Path, statuses: list[Any], why: str
) -> None:
    found = listed(tmp_path, {"id": 1.0, "shortTitle": "One", "currentStatuses": statuses})
    assert [(row.external_id, row.why) for row in found.unreadable] == [("1", why)]
    assert found.listings == ()


def test_an_answer_whose_list_is_empty_of_everything_is_one_line(tmp_path: Path) -> None:
    body = json.dumps({"initiativeResultDtoPage": None})
    found = replay(HaveYourSay, recorded(tmp_path, {ADDRESS.format(0): ("application/json", body)}))
    assert found.stopped == "page 1: an answer without initiatives"
