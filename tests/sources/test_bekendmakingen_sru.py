"""The recording of the publications by SRU, read."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Instrument
from scrapers.recordings import replay
from scrapers.source import Context, SourceIncomplete
from scrapers.sources.bekendmakingen_sru import BekendmakingenSru

RECORDING = Path(__file__).parents[1] / "recordings/bekendmakingen_sru"


def test_publications_have_the_same_key_as_in_the_feed() -> None:
    crawled = replay(BekendmakingenSru, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert [(c.external_id, c.instrument, c.published_on) for c in crawled.listings] == [
        ("stcrt-2026-17040", Instrument.SPUK, date(2026, 5, 27)),
        ("prb-2026-9013", Instrument.GRANT, date(2026, 5, 21)),
    ]
    assert [listing.publisher for listing in crawled.listings] == [
        "Ministerie van Volkshuisvesting en Ruimtelijke Ordening", "Provincie Noord-Holland",
    ]  # fmt: skip
    assert not BekendmakingenSru.on


def test_periods_and_amounts_come_from_the_text_without_its_notes() -> None:
    impuls, unread = replay(BekendmakingenSru, RECORDING).listings
    assert [(d.kind, str(d.day), d.hour) for d in impuls.deadlines] == [
        ("opens", "2026-09-01", "09:00"), ("closes", "2026-10-30", "17:00")
    ]  # fmt: skip
    assert (impuls.budget, "zesde tranche" in impuls.summary) == (312_000_000, False)
    assert unread.review[0] == "alleen de titel is gelezen (HTTP 404); termijn en bedragen staan in de publicatie"


def test_a_page_that_is_no_publication_costs_its_row_only(tmp_path: Path) -> None:
    copy = tmp_path / "recording"
    shutil.copytree(RECORDING, copy)
    (copy / "stcrt-2026-17040.xml").write_text("<html><body><h1>Inloggen</h1></body></html>")
    found = replay(BekendmakingenSru, copy)
    assert [(u.external_id, u.why) for u in found.unreadable] == [
        ("stcrt-2026-17040", "a page that is not the publication's")
    ]
    assert len(found.listings) == 1


def records(first: int, count: int, total: int) -> bytes:
    one = "<record><recordData><identifier>stcrt-2026-{0}</identifier><title>R{0}</title></recordData></record>"
    rows = "".join(one.format(number) for number in range(first, first + count))
    head = f"<numberOfRecords>{total}</numberOfRecords><resultCountPrecision>estimate</resultCountPrecision>"
    return f"<searchRetrieveResponse xmlns='x'>{head}<records>{rows}</records></searchRetrieveResponse>".encode()


def listed(*pages: bytes) -> int:
    """How many records come when these are the answers to one question."""
    source = BekendmakingenSru(Context(datetime(2026, 5, 29, 6, tzinfo=UTC)))
    asked, received = source.ask("x", 1), 0
    for body in pages:
        parsed = list(source.parse(TextResponse(asked.url, body=body, encoding="utf-8", request=asked)))
        received += source.received
        following = [one for one in parsed if isinstance(one, Request) and not one.meta.get("detail")]
        if not following:
            return received
        (asked,) = following
    raise AssertionError("it asks for more")


@pytest.mark.parametrize("total", [100, 118, 120, 121, 125])
def test_the_number_of_records_is_an_estimate_and_no_reason_to_stop(total: int) -> None:
    assert listed(records(1, 100, total), records(101, 20, total), records(121, 0, total)) == 120


def test_many_records_fewer_than_estimated_are_not_all() -> None:
    with pytest.raises(SourceIncomplete, match="120 of 400 records came"):
        listed(records(1, 100, 400), records(101, 20, 400), records(121, 0, 400))
