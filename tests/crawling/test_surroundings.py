"""The parts of a page are told apart in a time that grows with the page alone, however it is made."""

import pytest
from scrapy.http import HtmlResponse

from scrapers.links import following, hidden_rest, links_of
from scrapers.own_page import OwnText, is_wall, own_text, why_not_own
from scrapers.site_words import pattern
from scrapers.surroundings import without_desks
from tests.make.pace import seconds_of

ROOT = "https://stad.example"
PAGE = "<html><body><main><h1>Groen</h1><p>Subsidie voor daken.</p>{}</main></body></html>"
HOSTILE = {
    "links": "<p>" + "<a href='/a/c'>x</a> " * 5_000 + "</p>",
    "items": "<ul>" + "<li><a href='/a/c'>x</a> sluit 1 mei 2027</li>" * 5_000 + "</ul>",
    "headings": "<h2>Zie ook</h2><p>x</p>" * 5_000,
    "articles": "<article><h2>x</h2></article>" * 5_000,
    "titles": "<aside><h1>x</h1></aside>" * 3_000,
    "deep": "<div class='news'>" * 2_000 + "x" + "</div>" * 2_000,
    "a class": "<div class='" + "news-" * 20_000 + "'>x</div>",
    "desks": "<p>" + "helpdesk ons " * 10_000 + "</p>",
    "a heading": "<h2>" + "nieuws " * 20_000 + "</h2>",
    "a pager": "<a href='?page=2'>" + "volgende " * 20_000 + "</a>",
    "buttons": "<button>Toon meer x</button>" * 5_000,
}


ORDINARY = "<h2>Wat kan</h2><p>Subsidie voor daken, <a href='/a/c'>ook</a> hier.</p><ul><li>tuin</li><li>dak</li></ul>"


@pytest.fixture(scope="module")
def usual() -> float:
    """What a plain page of a hundred kilobytes takes on this machine now, in seconds."""
    return seconds_of(lambda: parts_of(ORDINARY * (100_000 // len(ORDINARY))), goes=3)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_page_of_a_hundred_kilobytes_is_read_at_once(case: str, usual: float) -> None:
    found: list[OwnText] = []
    took = seconds_of(lambda: found.append(parts_of(HOSTILE[case])))
    assert took < 40 * usual  # the slowest took six times on 2026-12-01; once a part with each other part, thousands
    assert (found[0].title, "Subsidie voor daken." in found[0].text) == ("Groen", True)


def parts_of(content: str) -> OwnText:
    """All that is asked of a page."""
    page = HtmlResponse(f"{ROOT}/a/b", body=PAGE.format(content).encode(), encoding="utf-8")
    links_of(page, page.url, ROOT, content=True)
    following(page, ROOT)
    hidden_rest(page)
    own = own_text(page, "main", lambda address: address.startswith("/a/") and address != "/a/b")
    why_not_own(own, "nl", ("x",), "y")
    return own


@pytest.mark.parametrize("title", ["Uw privacy", "Pagina niet gevonden", "Inloggen", "404", "Just a moment...", "FAQ"])
def test_the_title_of_a_wall_is_no_schemes(title: str) -> None:
    assert is_wall(title)


@pytest.mark.parametrize(
    "title",
    ["Subsidie onderhoud monumenten", "Energie voor u", "Mobiliteit", "DUT Call 2026", "Open call 2027", "SPUK"],
)
def test_the_title_of_a_scheme_is_no_walls(title: str) -> None:
    assert not is_wall(title)


@pytest.mark.parametrize(
    "sentence",
    [
        "Storing: op 1 juni 2026 is ons loket gesloten tot 12.00 uur.",
        "Vanwege Koningsdag sluit de helpdesk op 26 april 2027 om 12.00 uur.",
        "Ons kantoor is gesloten van 24 december 2026 tot en met 2 januari 2027.",
        "The office is closed until 5 January 2027.",
        "Ons loket is geopend van 4 januari 2027 tot 8 januari 2027.",
        "Het loket is telefonisch bereikbaar van 4 januari tot 8 januari 2027.",
        "Het loket is geopend van 9.00 tot 17.00 uur.",
    ],
)
def test_the_hours_of_a_desk_are_no_part_of_a_text(sentence: str) -> None:
    assert without_desks(f"Dien uw plan in. {sentence} Vragen kan altijd.") == "Dien uw plan in. Vragen kan altijd."


@pytest.mark.parametrize(
    "sentence",
    [
        "Het loket is open voor aanvragen van 1 juni 2026 tot en met 1 oktober 2026.",
        "De regeling sluit op 1 oktober 2026.",
        "Het loket is geopend vanaf maandag 7 december 2026 om 10:00 uur tot vrijdag 15 januari 2027 om 10:00 uur.",
        "Applications through the office are open until 5 January 2027.",
    ],
)
def test_what_a_desk_says_of_applying_is_part_of_a_text(sentence: str) -> None:
    assert without_desks(sentence) == sentence


def test_every_list_of_patterns_can_be_used() -> None:
    names = "no_text aside_names aside_heading label see_also desk reached applying window of_a_visit paging page_number next back more"
    assert all(pattern(name).fullmatch("~") is None for name in names.split())
