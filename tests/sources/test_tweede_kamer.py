"""The recording of the Tweede Kamer, read."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Nature, Status
from scrapers.crawled import Unreadable
from scrapers.listing import Listing
from scrapers.recordings import replay
from scrapers.source import Context
from scrapers.sources.tweede_kamer import COMMITTEES, WHERE_TO, TweedeKamer
from scrapers.sources.tweede_kamer import words as wanted

RECORDING = Path(__file__).parents[1] / "recordings/tweede_kamer"
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def moments() -> dict[str, Listing]:
    crawled = replay(TweedeKamer, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 12)
    return {moment.title: moment for moment in crawled.listings}


def test_papers_and_debates_are_moments(moments: dict[str, Listing]) -> None:
    assert list(moments) == [
        "Antwoord schriftelijke vragen: Antwoord op vragen over de subsidie voor verduurzaming van monumenten",
        "Motie over een specifieke uitkering voor het uitkopen van netcongestie op bedrijventerreinen",
        "Brief regering: Stand van zaken MIRT en afspraken over woningbouw en bereikbaarheid",
        "Brief regering: Subsidieregeling voor het verduurzamen van schoolgebouwen",
        "Commissiedebat: Staat van de volkshuisvesting",
        "Notaoverleg: Initiatiefnota over woningbouw boven winkels",
        "Commissiedebat: MIRT",
        "Tweeminutendebat: Laadinfrastructuur",
        "Inbreng schriftelijk overleg: Subsidieregeling voor gemeentelijke warmteplannen",
        "Commissiedebat: Regio Deals",
    ]
    mirt = moments["Commissiedebat: MIRT"]
    assert (mirt.nature, mirt.deadlines[0].day, mirt.deadlines[0].hour) == (Nature.MOMENT, date(2026, 6, 18), "10:00")
    assert (mirt.source_word, mirt.review) == (Status.OPEN, ())
    assert moments["Commissiedebat: Staat van de volkshuisvesting"].deadlines[0].hour is None


def test_a_cancelled_debate_is_off(moments: dict[str, Listing]) -> None:
    cancelled = moments["Notaoverleg: Initiatiefnota over woningbouw boven winkels"]
    assert (cancelled.source_word, cancelled.deadlines[0].day) == (Status.WITHDRAWN, date(2026, 6, 15))


def test_a_moved_debate_keeps_its_first_id_on_its_new_day(moments: dict[str, Listing]) -> None:
    linked, named = moments["Tweeminutendebat: Laadinfrastructuur"], moments["Commissiedebat: Regio Deals"]
    assert linked.external_id == "34a9c0f7-1be2-47f4-b0b5-8b9a4c3de613"  # of the row that stood there first
    assert (linked.deadlines[0].day, linked.source_word) == (date(2026, 6, 24), Status.OPEN)
    assert linked.references == ("2026A03688",)  # the number under which it is found now
    assert (named.external_id[:8], named.deadlines[0].day) == ("1b3f7c52", date(2026, 6, 25))  # no link says so


def test_questions_are_short_and_mind_no_capitals() -> None:
    asked = list(TweedeKamer(Context(NOW)).start())
    words = [re.findall(r"contains\(tolower\(Onderwerp\),'([^']+)'\)", unquote(request.url)) for request in asked]
    assert words == [[word] for word in wanted()] + [[]]
    assert all(word.islower() for word in wanted())
    assert all(len(request.url) < 700 for request in asked)


def activity(number: int, status: str | None = "Gepland", day: str = "2026-06-18", **more: Any) -> dict[str, Any]:
    row = {"Id": f"id-{number}", "Nummer": f"2026A0{number:04}", "Soort": "Commissiedebat", "Onderwerp": "Regio Deals"}
    stamp = {"Datum": f"{day}T00:00:00+02:00", "Aanvangstijd": f"{day}T10:00:00+02:00"}
    return {**row, **stamp, "Status": status, "Voortouwnaam": COMMITTEES[0], **more}


def read(*pages: Sequence[dict[str, Any]], now: datetime = NOW) -> list[Listing | Unreadable]:
    """The activities of the committees, a page each."""
    source = TweedeKamer(Context(now))
    asked, found = source.ask_committee(0), []
    for number in range(len(COMMITTEES)):
        rows = pages[number] if number < len(pages) else []
        body = json.dumps({"value": rows}).encode()
        answered = list(source.parse(TextResponse(asked.url, body=body, encoding="utf-8", request=asked)))
        found += [row for row in answered if not isinstance(row, Request)]
        asked = next((row for row in answered if isinstance(row, Request)), asked)
    return found


def days(found: list[Listing | Unreadable]) -> list[tuple[str | None, str, str]]:
    return [(m.external_id, str(m.source_word), str(m.deadlines[0].day)) for m in found if isinstance(m, Listing)]


def replaced(*numbers: int) -> list[dict[str, Any]]:
    return [{"Id": f"id-{number}", "Nummer": f"2026A0{number:04}", "Verwijderd": False} for number in numbers]


@pytest.mark.parametrize("turned", [False, True])
def test_a_debate_that_moved_three_times_is_one_debate_in_whatever_order_its_rows_come(turned: bool) -> None:
    third = activity(3, day="2026-09-09", VervangenVanuit=replaced(2, 1))
    rows = [activity(1, "Verplaatst"), activity(2, "Verplaatst", "2026-06-25", VervangenVanuit=replaced(1)), third]
    assert days(read(rows[::-1] if turned else rows)) == [("id-1", "open", "2026-09-09")]
    assert days(read([third])) == [("id-1", "open", "2026-09-09")]  # the others are too long ago to be given


def test_a_debate_that_moves_to_another_committee_is_followed() -> None:
    new = activity(2, day="2026-07-02", VervangenVanuit=replaced(1), Voortouwnaam=COMMITTEES[3])
    assert days(read([activity(1, "Verplaatst")], [], [], [new])) == [("id-1", "open", "2026-07-02")]


def test_a_debate_that_moved_and_has_no_new_day_is_off_until_it_has_one() -> None:
    [waiting] = read([activity(1, "Verplaatst")])
    assert isinstance(waiting, Listing)
    assert (waiting.source_word, waiting.review) == (Status.WITHDRAWN, (WHERE_TO,))


def test_without_a_link_a_debate_is_followed_only_where_there_is_one_it_can_be() -> None:
    one, other = activity(2, day="2026-06-25"), activity(3, day="2026-09-09")
    assert days(read([activity(1, "Verplaatst"), one])) == [("id-1", "open", "2026-06-25")]
    assert days(read([activity(1, "Verplaatst"), one, other])) == [
        ("id-1", "withdrawn", "2026-06-18"), ("id-2", "open", "2026-06-25"), ("id-3", "open", "2026-09-09"),
    ]  # fmt: skip


def test_a_debate_found_by_name_is_followed_on_when_a_link_leads_to_its_new_row() -> None:
    rows = [
        activity(1, "Verplaatst"),
        activity(2, "Verplaatst"),
        activity(3, day="2026-07-02", VervangenVanuit=replaced(2)),
    ]
    assert days(read(rows)) == [("id-1", "open", "2026-07-02")]
    rows[2]["VervangenVanuit"] = replaced(1)  # then the second is another debate, that moved later
    assert days(read(rows)) == [("id-2", "withdrawn", "2026-06-18"), ("id-1", "open", "2026-07-02")]


@pytest.mark.parametrize(
    "kind",
    ["E-mailprocedure", "Procedurevergadering", "Procedures en brieven", "Werkbezoek", "Technische briefing"],
)
def test_what_a_committee_does_among_itself_is_no_moment(kind: str) -> None:
    assert read([activity(1, Soort=kind)]) == []


def test_what_has_been_held_is_no_moment_any_more_and_what_is_today_still_is() -> None:
    assert read([activity(1, "Uitgevoerd"), activity(2, day="2026-05-28")]) == []
    later, earlier = activity(1, day="2026-05-29"), activity(2, day="2026-05-29", Aanvangstijd="2026-05-29T07:00:00Z")
    assert days(read([later, earlier], now=datetime(2026, 5, 29, 7, 30, tzinfo=UTC))) == [
        ("id-1", "open", "2026-05-29")
    ]


def test_a_kind_or_status_that_nobody_knows_is_shown_and_asked() -> None:
    [found] = read([activity(1, "Onder voorbehoud", Soort="Dialoogsessie")])
    assert isinstance(found, Listing)
    assert [remark.partition(":")[0] for remark in found.review] == [
        "onbekende status 'onder voorbehoud'", "onbekend soort 'dialoogsessie'"
    ]  # fmt: skip


def test_a_row_that_cannot_be_read_costs_only_itself() -> None:
    found = read([activity(1, Status=7), activity(2, Onderwerp=None), activity(3, VervangenVanuit="?", Onderwerp="x")])
    assert [type(row).__name__ for row in found] == ["Unreadable", "Unreadable", "Listing"]
