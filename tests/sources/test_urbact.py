"""The recording of URBACT, read: one call, whose dates a person is asked."""

from pathlib import Path

import pytest

from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.sources.urbact import UNSEEN, Urbact

RECORDING = Path(__file__).parents[1] / "recordings/urbact"


def with_list(folder: Path, body: str) -> Crawled:
    """The recording with another list."""
    for path in RECORDING.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "get-involved.html").write_text(body, "utf-8")
    return replay(Urbact, folder)


def test_the_open_call_is_read_and_its_dates_are_asked() -> None:
    crawled = replay(Urbact, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    (call,) = crawled.listings
    assert (call.external_id, call.title) == ("call-action-networks", "Call for Action Networks")
    assert (call.deadlines, call.budget, call.language) == ((), None, "en")
    asked = {question.field.value: question for question in call.questions}
    assert "2026-06-17T15:00" in asked["closes"].readings
    assert all("2026-03-24" not in reading for question in call.questions for reading in question.readings)
    assert UNSEEN in call.review


@pytest.mark.parametrize(
    "heading",
    ["<h1>Get involved</h1>", "<h1>URBACT</h1><h2>Our last call for networks</h2>", "<title>Get involved</title>"],
)
def test_between_two_calls_nothing_is_listed_and_nothing_is_wrong(heading: str, tmp_path: Path) -> None:
    crawled = with_list(
        tmp_path, f"<!doctype html><html><body><main>{heading}<p>See you soon.</p></main></body></html>"
    )
    assert (crawled.stopped, crawled.listings, crawled.unreadable) == ("", (), ())


def test_another_page_at_the_address_means_that_the_site_has_changed(tmp_path: Path) -> None:
    crawled = with_list(tmp_path, "<!doctype html><html><body><main><h1>Cookies</h1></main></body></html>")
    assert "has the site changed?" in crawled.stopped
