"""The recording of the internet consultations, read."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from db.vocabulary import DeadlineKind, Nature
from scrapers.recordings import replay
from scrapers.source import Context
from scrapers.sources.internetconsultatie import Internetconsultatie

RECORDING = Path(__file__).parents[1] / "recordings/internetconsultatie"


def test_active_consultations_are_read_from_their_own_pages() -> None:
    crawled = replay(Internetconsultatie, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 4)
    assert [m.external_id for m in crawled.listings] == ["wetregieruimte", "regelingwarmte"]
    first = crawled.listings[0]
    assert (first.nature, first.references) == (Nature.MOMENT, ("WGK028101",))
    assert first.summary.startswith("Het voorstel geeft gemeenten")
    assert (first.deadlines[1].kind, first.deadlines[1].day) == (DeadlineKind.CONSULTATION, date(2026, 6, 26))


def test_spaces_in_the_list_and_other_tables_on_the_page_cost_nothing(tmp_path: Path) -> None:
    for file in RECORDING.iterdir():
        text = file.read_text("utf-8").replace("Status: Actief", "<b>Status:</b>  Actief ")
        text = text.replace("<h2>In het kort", "<table><tr><th>a</th><td>b</td><td>c</td></tr></table><h2>In het kort")
        (tmp_path / file.name).write_text(text, "utf-8")
    crawled = replay(Internetconsultatie, tmp_path)
    assert (len(crawled.listings), crawled.unreadable) == (2, ())


def results(first: int, count: int, more: str = "", total: int | None = None) -> str:
    """A page of results of closed consultations, whose own pages need not be asked."""
    item = '<li><a class="result--title" href="/r{}/b1">R</a><ul class="list--metadata"><li>Status: Gesloten</li></ul></li>'
    rows = "".join(item.format(number) for number in range(first, first + count))
    counted = f"<p>{total} resultaten</p>" if total is not None else ""
    return f'<html><h1>Zoekresultaat</h1>{counted}<div class="result--list"><ul>{rows}</ul></div>{more}</html>'


def listed(*pages: str) -> tuple[int, str]:
    """How many pages are asked when these are the answers, the last one for ever; and why that was not all."""
    source = Internetconsultatie(Context(datetime(2026, 5, 29, 6, tzinfo=UTC)))
    (asked,) = source.start()
    for number in range(20):
        body = pages[min(number, len(pages) - 1)].encode()
        parsed = list(source.parse(HtmlResponse(asked.url, body=body, encoding="utf-8", request=asked)))
        following = [request for request in parsed if isinstance(request, Request)]
        if not following:
            return number + 1, source.why_incomplete()
        (asked,) = following
    raise AssertionError("it never ends")


PAGER, LAST = (
    '<ul><li class="next"><a href="?Pagina=2">Volgende</a></li></ul>',
    '<ul><li class="prev"><a>1</a></li></ul>',
)


@pytest.mark.parametrize(
    ("pages", "asked", "why"),
    [
        ([results(0, 10), results(10, 3), results(0, 0)], 3, ""),
        ([results(0, 10, PAGER), results(10, 3, LAST)], 2, ""),
        ([results(0, 10), results(10, 3)], 3, ""),  # a page past the last repeats the last
        ([results(0, 4)], 2, ""),
        ([results(0, 10, total=10)], 2, ""),
        ([results(0, 10, total=31)], 2, "10 of 31 results came"),  # Pagina is not minded
        ([results(0, 10)], 2, "the second page is the first again"),
        ([results(0, 10, PAGER, 31), results(10, 10, LAST, 31)], 2, "20 of 31 results came"),
    ],
)
def test_paging_ends_by_itself_and_knows_whether_that_was_all(pages: list[str], asked: int, why: str) -> None:
    assert listed(*pages) == (asked, why)


def test_a_result_that_does_not_say_how_it_stands_is_named(tmp_path: Path) -> None:
    for file in RECORDING.iterdir():
        text = file.read_text("utf-8").replace("<li>Status: Gesloten</li>", "")
        (tmp_path / file.name).write_text(text, "utf-8")
    crawled = replay(Internetconsultatie, tmp_path)
    assert [row.why for row in crawled.unreadable] == ["a result without a status or a link to its page"]
    assert len(crawled.listings) == 2
