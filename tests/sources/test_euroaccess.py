"""The recording of EuroAccess, read: calls without a door of their own, and the portal's to compare."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scrapy import Selector

from db.vocabulary import Applicant
from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.sources.euroaccess import EuroAccess, amounts, deadlines, rate
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/euroaccess"
LIST = "https://www.euro-access.eu/en/calls?keyword=&submit=&sent=search"
HTML = "text/html; charset=utf-8"


def test_a_call_without_a_door_is_read_and_topics_of_the_portal_are_only_compared() -> None:
    crawled = replay(EuroAccess, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 5)  # DUT has a page of its own
    assert [(c.external_id, c.compared_with, c.references) for c in crawled.listings] == [
        ("135", "eu_portal", ("ERASMUS-EDU-2022-ECHE-CERT-FP",)),
        ("136", "eu_portal", ("ERASMUS-EDU-2022-ECHE-CERT-FP",)),
        ("2282", None, ()),  # an Interreg without a Dutch region is not for us
    ]
    mobility = crawled.listings[2]
    assert (mobility.title, mobility.programme) == (
        "Strategic Innovation Open Call",
        ("European Institute of Innovation and Technology",),
    )
    assert mobility.url == "https://www.euro-access.eu/en/calls/2282/Strategic-Innovation-Open-Call"
    assert [(d.kind, d.day, d.hour, d.zone) for d in mobility.deadlines] == [
        ("opens", date(2025, 9, 15), None, "Europe/Brussels"),
        ("closes", date(2028, 12, 31), "17:00", "Europe/Brussels"),
    ]
    assert mobility.applicants == (
        *(Applicant.GOVERNMENT, Applicant.SME, Applicant.COMPANY, Applicant.KNOWLEDGE, Applicant.CONSORTIUM),
    )
    assert (mobility.min_amount, mobility.max_amount, mobility.rate) == (500_000, 2_000_000, 70)
    assert mobility.conditions == "Project partnership: At least two bodies from two countries; a city may lead."
    assert mobility.subjects == ("Mobility & Transport",)
    assert mobility.summary.endswith("they are judged at several cut-off dates.")


def changed(folder: Path, replace: dict[str, str], file: str = "list.html") -> Crawled:
    """The recording with other words in one of its pages."""
    body = (RECORDING / file).read_text("utf-8")
    for old, new in replace.items():
        assert old in body
        body = body.replace(old, new)
    for path in RECORDING.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / file).write_text(body, "utf-8")
    return replay(EuroAccess, folder)


def test_fewer_calls_than_the_list_says_it_found_is_incomplete(tmp_path: Path) -> None:
    assert changed(tmp_path, {"5 Calls found": "142 Calls found"}).stopped == "5 of 142 calls came"


@pytest.mark.parametrize("lost", ["Calls found", 'id="calls-overview"'])
def test_a_list_without_its_table_or_its_total_means_that_the_site_has_changed(lost: str, tmp_path: Path) -> None:
    assert "has the site changed?" in changed(tmp_path, {lost: "x"}).stopped


def test_the_pager_is_followed_to_its_last_page(tmp_path: Path) -> None:
    body = (RECORDING / "list.html").read_text("utf-8")
    head, *rows = body.split("          \t\t\t<tr>")
    rows[-1], foot = rows[-1].split("</tbody>", 1)
    pager = '<ul class="pagination"><li><a href="?page=1">2</a></li><li><a href="?page=2">Last</a></li></ul>'
    pages = {
        f"{LIST}{page}": (HTML, f"{head}<tr>{'<tr>'.join(some)}</tbody>{foot.replace('</main>', pager + '</main>')}")
        for page, some in (("", rows[:2]), ("&page=1", rows[2:4]), ("&page=2", rows[4:]))
    }
    details = ("135", "136", "2282", "2382")
    links = {n: next(r for r in rows if f"/{n}/" in r).split('href="')[1].split('"')[0] for n in details}
    pages |= {
        f"https://www.euro-access.eu{link}": (HTML, (RECORDING / f"call-{n}.html").read_text("utf-8"))
        for n, link in links.items()
    }
    crawled = replay(EuroAccess, recorded(tmp_path, pages))
    assert (crawled.stopped, [c.external_id for c in crawled.listings]) == ("", ["135", "136", "2282"])


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("max. € 2,500,000.00", {"max_amount": Decimal("2500000.00")}),
        ("min. € 60,000.00", {"min_amount": Decimal("60000.00")}),
        ("between € 50,000.00 and € 5,000,000.00", {"min_amount": Decimal(50_000), "max_amount": Decimal(5_000_000)}),
        ("€ 6,000,000.00", {"amount_text": "€ 6,000,000.00"}),  # of what, it does not say
        ("between € 50,000.00", {"amount_text": "between € 50,000.00"}),
        ("", {}),
    ],
)
def test_an_amount_is_a_least_or_a_most_where_the_words_say_so(words: str, fields: dict[str, Any]) -> None:
    assert amounts(words) == fields


def test_one_rate_is_a_rate_and_several_are_none() -> None:
    assert (rate("80%"), rate("80% or 95%"), rate("0%")) == ({"rate": Decimal(80)}, {}, {})


def test_where_the_page_has_no_deadline_that_of_the_list_counts(tmp_path: Path) -> None:
    page = Selector(text='<div id="calldata"><div class="tr deadline"><p><strong>Deadline</strong><br></p></div></div>')
    assert [(d.day, d.hour) for d in deadlines(page, "15.12.2026 24:00")] == [(date(2026, 12, 15), "23:59")]
    assert deadlines(page, "") == ()
    crawled = changed(tmp_path, {"31.12.2028 17:00</p>": "31 Dec 2028</p>"}, "call-2282.html")
    assert [(row.external_id, row.why) for row in crawled.unreadable] == [("2282", "'31 Dec 2028' is no date")]


def test_a_page_that_is_no_call_costs_only_itself(tmp_path: Path) -> None:
    crawled = changed(tmp_path, {'id="calldata"': 'id="login"'}, "call-2282.html")
    assert [(row.external_id, row.why) for row in crawled.unreadable] == [("2282", "not the page of this call")]
