"""The EU portal's own totals: what it says of the whole is compared with the same question without an order."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request

from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.source import Context
from scrapers.sources.eu_portal import EuPortal
from tests.make.scripted import topic

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
NAMELESS = topic(9, type=["8"], identifier=[], REFERENCE=["9COMPETITIVE_CALLen"])
PAGE, TOTAL = EuPortal(Context(NOW)).ask(1), EuPortal(Context(NOW)).count()
Answered = tuple[Request, list[dict[str, Any]], int]


def crawled(folder: Path, *answers: Answered) -> Crawled:
    """A portal that gives these answers in turn, each with its rows and its word on the whole."""
    index = []
    for number, (asked, rows, total) in enumerate(answers):
        whole = {"totalResults": total, "pageNumber": 1, "pageSize": 100, "results": rows}
        (folder / str(number)).write_text(json.dumps(whole))
        kind = {"Content-Type": "application/json"}
        index.append({"method": "POST", "url": asked.url, "file": str(number), "headers": kind})
    (folder / "index.json").write_text(json.dumps({"day": "2026-05-29", "answers": index}))
    return replay(EuPortal, folder)


SORTED = (PAGE, [topic(1), topic(2)], 2)


def test_what_sorting_leaves_out_is_asked_for_without_an_order(tmp_path: Path) -> None:
    result = crawled(tmp_path, SORTED, (PAGE, [NAMELESS], 1), (TOTAL, [topic(1)], 3))
    assert result.stopped == ""
    assert {call.external_id for call in result.listings} == {"5001", "5002", "9COMPETITIVE_CALL"}


def test_what_stays_hidden_makes_the_crawl_incomplete(tmp_path: Path) -> None:
    hidden = (PAGE, [NAMELESS], 1), (PAGE, [topic(8, type=["2"], REFERENCE=["8PROSPECTSen"])], 1)
    result = crawled(tmp_path, SORTED, *hidden, (TOTAL, [topic(1)], 5))
    assert result.stopped == "sorting hides results: 5 without an order, 4 seen"


@pytest.mark.parametrize("total", [2, 1])
def test_a_total_without_an_order_that_is_no_larger_costs_one_question(total: int, tmp_path: Path) -> None:
    result = crawled(tmp_path, SORTED, (TOTAL, [topic(7)], total))
    assert (result.stopped, len(result.listings), len(result.pages)) == ("", 2, 2)


def test_a_total_that_is_smaller_than_its_own_page_is_believed_by_nobody(tmp_path: Path) -> None:
    result = crawled(tmp_path, (PAGE, [topic(1), topic(2)], 1), (TOTAL, [topic(1)], 1))
    assert (result.stopped, result.listings) == ("page 1: 2 results where 1 are said to be all", ())


def test_a_search_that_refuses_the_question_without_an_order_takes_nothing_away(tmp_path: Path) -> None:
    result = crawled(tmp_path, SORTED)
    assert (result.stopped, len(result.listings)) == ("", 2)


def test_the_question_without_an_order_is_the_same_but_for_the_order() -> None:
    assert b'"sort"' in PAGE.body
    assert b"sort" not in TOTAL.body
    query = PAGE.body.partition(b'name="query"')[2].partition(b"--kansenradar")[0]
    assert query in TOTAL.body
