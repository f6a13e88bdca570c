"""A page must still be the call's page before it may speak, and of it only what is the call's: on real HTTP."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Deadline
from db.session import reading
from tests.make.scripted import Answer, Played, playing
from tracker.settings import Settings
from tracker.sources.rounds import CrawlReport, crawl_sources

pytestmark = pytest.mark.slow
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT = "https://www.stad.example"
SITE = "name: stad\npublisher: Stad\nstart: https://www.stad.example/subsidies\nlinks: ^/subsidies/[^/]+/?$\nlanguage: nl\n"
OWN = (
    "<p>Gemeenten en bedrijven kunnen voor een groen dak subsidie krijgen van de stad.</p>"
    "<p>Aanvragen kan van 1 juni 2026 tot en met 1 oktober 2026 17.00 uur. Het budget is € 2.000.000.</p>"
)
TITLE = "Subsidie Groene daken"


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers["/robots.txt"] = lambda call: call.send("")
        server.answers["/inloggen"] = html("<main><h1>Inloggen</h1></main>")
        yield server


def address(case: str) -> str:
    """The page of a case, which is a scheme of its own."""
    return "/subsidies/groene-daken-" + re.sub(r"\W+", "-", case)


def serve(server: Played, pages: dict[str, Answer]) -> None:
    """A list of these pages, and the pages."""
    links = "".join(f'<p><a href="{address(case)}">Groene daken</a></p>' for case in pages)
    server.answers["/subsidies"] = html(f"<main>{links}</main>")
    server.answers |= {address(case): answer for case, answer in pages.items()}


def html(body: str, **headers: str) -> Answer:
    return lambda call: call.send(f"<html><body>{body}</body></html>", kind="text/html; charset=utf-8", **headers)


def crawled(engine: Engine, server: Played, folder: Path, now: datetime, name: str = "stad") -> CrawlReport:
    (folder / "watched").mkdir(exist_ok=True)
    (folder / "watched/stad.yaml").write_text(SITE)
    settings = Settings(data_dir=folder, source_roots={name: server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    [report] = crawl_sources(engine, settings, [name], now, True, lambda _: None)
    return report


def shown(engine: Engine) -> dict[str, tuple[object, ...]]:
    """What stands of every call: title, budget, the source's word, and its dates with since when they are not named."""
    with reading(engine) as session:
        rows = session.exec(select(Deadline).where(Deadline.cancelled_at == None).order_by(Deadline.id)).all()  # type: ignore[arg-type] # noqa: E711
        dates = [(row.call_id, str(row.kind), str(row.day), row.hour, row.stale_since) for row in rows]
        return {
            call.url.rpartition("/")[2]: (
                call.title,
                call.budget,
                call.source_word,
                [date[1:] for date in dates if date[0] == call.id],
            )
            for call in session.exec(select(Call)).all()
        }


LONG = "We use this page to tell you about the grant and what it is for, and who of you will be able to apply to it. "
NOT_ITS_PAGE: dict[str, Answer] = {
    "a consent wall": html("<main><h1>Uw privacy</h1><p>Wij gebruiken cookies. Sluit 1 juni 2026.</p></main>"),
    "cookies": html("<main><h1>Cookies op deze website</h1><p>Kies uw voorkeuren.</p></main>"),
    "a login": html("<main><h1>Inloggen</h1><p>U moet inloggen. Sluit 1 juni 2026.</p></main>"),
    "a soft 404": html("<main><h1>Pagina niet gevonden</h1><p>Zoek verder op onze website.</p></main>"),
    "maintenance": html("<main><h1>Wij zijn zo terug</h1><p>Gepland onderhoud tot 1 juni 2026 12.00 uur.</p></main>"),
    "no results": html("<main><h1>Geen resultaten</h1></main>"),
    "its title over an error": html(f"<main><h1>{TITLE}</h1><p>Er is iets misgegaan. Probeer het later.</p></main>"),
    "its title over a login": html(
        f"<main><h1>{TITLE}</h1><p>U moet ingelogd zijn om deze pagina te bekijken.</p></main>"
    ),
    "another language": html(f"<main><h1>Groene daken: green roofs grant</h1><p>{LONG * 4}</p></main>"),
    "another scheme": html(
        "<main><h1>Walstroom voor zeeschepen</h1><p>Aanvragen kan tot en met 3 februari 2027.</p></main>"
    ),
    "the list, by a redirect": lambda call: call.send("", 302, Location="/subsidies"),
    "a login, by a redirect": lambda call: call.send("", 302, Location="/inloggen"),
    "nothing": html(""),
    "an empty body": lambda call: call.send("", kind="text/html"),
    "JSON": lambda call: call.send('{"error": "x"}', kind="application/json"),
    "a challenge": html("<h1>Just a moment...</h1>"),
}


GOOD = html(f"<main><h1>{TITLE}</h1>{OWN}</main>")


def test_a_page_that_is_no_longer_the_calls_says_nothing_and_is_asked_again(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    serve(server, dict.fromkeys(NOT_ITS_PAGE, GOOD))
    assert crawled(engine, server, tmp_path, NOW).complete
    before = shown(engine)
    assert len(before) == len(NOT_ITS_PAGE)
    assert all(
        title == TITLE and budget == 2_000_000 and len(dates) == 2 for title, budget, _, dates in before.values()
    )
    serve(server, NOT_ITS_PAGE)
    report = crawled(engine, server, tmp_path, NOW + DAY)
    after = shown(engine)
    assert {case: facts for case, facts in after.items() if facts != before[case]} == {}
    count = len(NOT_ITS_PAGE)
    assert not report.complete
    assert report.why.startswith(f"{count} of {count} rows unreadable, such as subsidies/groene-daken-"), report.why
    serve(server, dict.fromkeys(NOT_ITS_PAGE, GOOD))
    assert crawled(engine, server, tmp_path, NOW + 2 * DAY).complete
    assert shown(engine) == before


BESIDE = {
    "a related block before the title": "<aside>Walstroom: Gesloten voor aanvragen. Volgende ronde: 5 januari 2027 tot en"
    " met 3 februari 2027</aside>{}",
    "a section of related schemes": "{}<h2>Zie ook</h2><p>Walstroom: aanvragen kan van 5 januari 2027 tot en met 3"
    " februari 2027.</p>",
    "a card of another scheme": '{}<article><h3><a href="/subsidies/walstroom">Walstroom</a></h3><p>Aanvragen kan tot en'
    " met 3 februari 2027.</p></article>",
    "an item that links to another": '{}<ul><li><a href="/subsidies/walstroom">Walstroom</a>: open tot en met 3 februari'
    " 2027</li></ul>",
    "a paragraph that points to another": '{}<p>Zie ook <a href="/subsidies/walstroom">Walstroom</a>, open tot en met 3'
    " februari 2027.</p>",
    "news": "{}<section><h2>Nieuws</h2><p>De SPUK Energiearmoede sluit op 15 april 2027.</p></section>",
    "a banner": "<div class='alert-banner'>Storing: op 1 juni 2026 is ons loket gesloten tot 12.00 uur.</div>{}",
    "a line on the desk": "{}<p>Vanwege Koningsdag sluit de helpdesk op 26 april 2027 om 12.00 uur.</p>",
    "hours": "{}<h2>Openingstijden</h2><p>Het loket is open tot 1 juli 2026 17.00 uur.</p>",
    "navigation": "<nav><h1>Menu</h1><a href='/subsidies/walstroom'>Walstroom sluit 3 februari 2027</a></nav>{}",
    "a cookie box": "<div class='cookie-consent'><h1>Cookies</h1><p>Geldig tot 1 juni 2027.</p></div>{}",
}


def test_what_stands_beside_the_call_on_its_page_is_not_the_calls(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    serve(server, dict.fromkeys(BESIDE, GOOD))
    crawled(engine, server, tmp_path, NOW)
    before = shown(engine)
    own = f"<h1>{TITLE}</h1>{OWN}"
    serve(server, {case: html("<main>" + text.format(own) + "</main>") for case, text in BESIDE.items()})
    report = crawled(engine, server, tmp_path, NOW + DAY)
    after = shown(engine)
    assert {case: facts for case, facts in after.items() if facts != before[case]} == {}
    assert (report.complete, report.why) == (True, "")


def test_a_box_beside_the_text_that_states_the_calls_own_facts_is_read(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    box = "<aside><dl><dt>Deadline</dt><dd>1 oktober 2026 17:00 uur</dd></dl></aside>"
    serve(server, {"a": html(f"<main><h1>{TITLE}</h1><p>Voor daken.</p>{box}</main>")})
    crawled(engine, server, tmp_path, NOW)
    [(_, _, _, dates)] = shown(engine).values()
    assert [str(date[1]) for date in dates] == ["2026-10-01"]


def test_a_new_title_that_the_list_gives_too_is_taken(engine: Engine, server: Played, tmp_path: Path) -> None:
    serve(server, {"a": GOOD})
    crawled(engine, server, tmp_path, NOW)
    server.answers["/subsidies"] = html(f'<main><a href="{address("a")}">Gevelbegroeiing</a></main>')
    server.answers[address("a")] = html(f"<main><h1>Bijdrage gevelbegroeiing</h1>{OWN}</main>")
    assert crawled(engine, server, tmp_path, NOW + DAY).complete
    assert [facts[0] for facts in shown(engine).values()] == ["Bijdrage gevelbegroeiing"]


def test_a_list_that_hides_its_links_is_not_whole_while_its_pages_are_read_on(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    cases = [f"nummer {number}" for number in range(6)]
    serve(server, dict.fromkeys(cases, GOOD))
    assert crawled(engine, server, tmp_path, NOW).complete
    link = f'<a href="{address(cases[0])}">Groene daken</a>'
    server.answers["/subsidies"] = html(f"<main>{link}</main>")
    moved = OWN.replace("1 oktober 2026", "15 oktober 2026")
    server.answers[address(cases[5])] = html(f"<main><h1>{TITLE}</h1>{moved}</main>")
    reports = [crawled(engine, server, tmp_path, NOW + days * DAY) for days in (1, 2, 3)]
    assert [(report.seen, report.complete) for report in reports] == [(6, False), (6, False), (6, True)]
    assert all("the list links to 1 pages where 6 were known: fewer than before" in report.why for report in reports)
    assert "2026-10-15" in str(shown(engine)["groene-daken-nummer-5"])
    serve(server, dict.fromkeys(cases, GOOD))
    report = crawled(engine, server, tmp_path, NOW + 4 * DAY)
    assert (report.complete, report.why) == (True, "")
    server.answers["/subsidies"] = html(f"<main>{link}</main>")
    assert not crawled(engine, server, tmp_path, NOW + 5 * DAY).complete, "counted anew"


EMPTY = '<rss version="2.0"><channel><title>F</title></channel></rss>'
REFUSALS: dict[str, Answer] = {
    "403": lambda call: call.send("nee", 403),
    "404": lambda call: call.send("weg", 404),
    "451": lambda call: call.send("nee", 451),
    "an empty answer": lambda call: call.send("", kind="text/html"),
    "JSON": lambda call: call.send('{"error": "x"}', kind="application/json"),
    "a soft 404": html("<h1>Pagina niet gevonden</h1>"),
}
NUMBERS = {case: f"stcrt-2026-1704{number}" for number, case in enumerate(REFUSALS)}


def feed() -> str:
    """One publication for each case."""
    items = "".join(
        f"<item><title>{number} : Ministerie van X</title><pubDate>Tue, 26 May 2026 23:00:00 GMT</pubDate>"
        f"<link>https://zoek.officielebekendmakingen.nl/{number}.html</link>"
        "<description>Subsidieregeling groene daken</description></item>"
        for number in NUMBERS.values()
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


def publication(number: str) -> Answer:
    return html(
        f'<div id="broodtekst"><h1>Subsidieregeling groene daken</h1><p>Nr. {number}</p>'
        "<p>Een aanvraag kan worden ingediend van 1 juni 2026 tot en met 1 oktober 2026. Het subsidieplafond bedraagt"
        " € 2.000.000.</p></div>"
    )


def publish(server: Played, items: str, refused: bool) -> None:
    """Officiële bekendmakingen with these items in its first paper, and the page of each."""
    server.answers["/rss"] = lambda call: call.send(
        items if "Staatscourant" in call.asked.query["q"] else EMPTY, kind="application/rss+xml"
    )
    for case, number in NUMBERS.items():
        server.answers[f"/{number}.html"] = REFUSALS[case] if refused else publication(number)


def test_a_publication_that_was_read_keeps_its_facts_when_its_page_is_refused(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    publish(server, feed(), refused=False)
    assert crawled(engine, server, tmp_path, NOW, "bekendmakingen").complete
    before = shown(engine)
    assert all(len(dates) == 2 for *_, dates in before.values()), "they were read in full"
    publish(server, feed(), refused=True)
    report = crawled(engine, server, tmp_path, NOW + DAY, "bekendmakingen")
    assert (shown(engine), report.complete) == (before, True)
    assert "what was read before stays (and 5 more)" in report.why


def test_a_publication_whose_page_was_refused_is_asked_again_also_when_its_window_has_passed(
    engine: Engine, server: Played, tmp_path: Path
) -> None:
    publish(server, feed(), refused=True)
    report = crawled(engine, server, tmp_path, NOW, "bekendmakingen")
    assert (report.complete, "6 read by their title alone" in report.why) == (True, True), report.why
    assert all(not dates for *_, dates in shown(engine).values())
    publish(server, EMPTY, refused=True)
    assert crawled(engine, server, tmp_path, NOW + 20 * DAY, "bekendmakingen").complete
    publish(server, EMPTY, refused=False)
    assert crawled(engine, server, tmp_path, NOW + 40 * DAY, "bekendmakingen").complete
    for title, budget, _, dates in shown(engine).values():
        assert (title, budget) == ("Subsidieregeling groene daken", 2_000_000)
        assert [date[1] for date in dates] == ["2026-06-01", "2026-10-01"]  # type: ignore[attr-defined]
    with reading(engine) as session:
        calls = session.exec(select(Call)).all()
        assert {(call.publisher, str(call.published_on)) for call in calls} == {("Ministerie van X", "2026-05-27")}
