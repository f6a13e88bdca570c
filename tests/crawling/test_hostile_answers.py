"""What a server says that is broken or means harm costs the row or page it stands in, is said in one line, and closes nothing."""

import json
import shutil
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from math import isnan
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Headers, HtmlResponse, Response
from scrapy.responsetypes import responsetypes
from sqlmodel import Session

from scrapers import sources
from scrapers.crawled import Crawled
from scrapers.json_values import values_of
from scrapers.letters import breaks_off, encoding_of
from scrapers.pages import as_page
from scrapers.recordings import replay
from scrapers.run import no_answer
from scrapers.source import Context, Source, SourceIncomplete
from scrapers.sources.rijksoverheid import key_of
from tests.calls.test_ingest import DAY, revisions
from tests.make.crawls import closes, make_listing, store
from tests.make.scripted import topic
from tracker.calls.ingest import ingest

RECORDINGS = Path(__file__).parents[1] / "recordings"
HOSTILE = "Inlog\x1b[31mgen\r\nEvil: x\u2028line\u202e\x07"


def changed(folder: Path, name: str, file: str, change: Callable[[bytes], bytes]) -> Crawled:
    """The recording of a source with one of its files changed, read."""
    copy = folder / "recording"
    shutil.copytree(RECORDINGS / name, copy, dirs_exist_ok=True)
    (copy / file).write_bytes(change((RECORDINGS / name / file).read_bytes()))
    return replay(sources.load(name), copy)


def with_row(path: str, **fields: Any) -> Callable[[bytes], bytes]:
    """A change of the first row of a JSON answer; ``path`` says where its rows are."""

    def change(body: bytes) -> bytes:
        data = json.loads(body)
        rows = data
        for name in filter(None, path.split(".")):
            rows = rows[name]
        rows[0].update(fields)
        return json.dumps(data).encode()

    return change


def read_list(source: Source, *bodies: Any) -> list[Any]:
    """The pages of a list, one answer after the other for as long as the source asks."""
    found: list[Any] = []
    asked = next(iter(source.start()))
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        page = HtmlResponse(asked.url, body=text.encode(), encoding="utf-8", request=asked)
        found += list(source.parse(page))
        following = [one for one in found if isinstance(one, Request) and not one.meta.get("detail")]
        if not following:
            break
        asked = following[-1]
        found = [one for one in found if one not in following]
    return found


def test_what_a_source_says_is_quoted_on_one_line_that_a_terminal_can_bear(tmp_path: Path) -> None:
    page = f"<html><title>{HOSTILE}</title></html>".encode()
    found = changed(tmp_path, "have_your_say", "page-0.json", lambda _: page)
    assert found.stopped == "page 1: an HTML page (Inlog [31mgen Evil: x line ) where JSON was expected"
    row = with_row("value", Datum=HOSTILE, Aanvangstijd=None)
    found = changed(tmp_path, "tweede_kamer", "activities-vro.json", row)
    assert found.unreadable[0].why.isprintable()


def test_a_line_is_cut_and_an_address_holds_nothing_that_cannot_be_seen() -> None:
    found = make_listing(
        title="Sub\u00adsidie\u200b" + "x" * 10_000, url=" https://x.example/a\nb\0\u2028c ", external_id="a\x1b[31m\nb"
    )
    assert (found.title[:9], len(found.title)) == ("Subsidiex", 2000)
    assert found.url == "https://x.example/a%0Ab%00%E2%80%A8c"
    assert found.external_id == "a [31m b"


@pytest.mark.parametrize(
    ("body", "declared", "encoding"),
    [
        ("één €".encode(), "utf-16", "utf-8"),
        ("één €".encode(), "cp1252", "utf-8"),
        (b"plain", "utf-16", "utf-8"),
        ("één €".encode("cp1252"), "utf-8", "cp1252"),
        ("één €".encode("cp1252"), "iso-8859-1", None),
        ("één €".encode("utf-16"), "utf-8", None),
        ("één € één €".encode() + b"\xf0\x9f", "utf-8", None),  # one letter cut in two
    ],
)
def test_letters_are_read_by_the_bytes_and_not_by_their_label(body: bytes, declared: str, encoding: str | None) -> None:
    assert encoding_of(body, declared) == encoding
    asked = Request("https://x.example")
    page = HtmlResponse(asked.url, body=body, headers={"Content-Type": f"text/html; charset={declared}"})
    assert as_page(page, asked.url, asked).text.startswith(("één €", "plain"))


@pytest.mark.parametrize("kind", ["application/json", "text/xml", "image/png", ""])
def test_a_web_page_is_one_under_whatever_label(kind: str) -> None:
    asked = Request("https://x.example")
    body = b"<!doctype html><title>x</title><p>one<br>two"
    headers = {"Content-Type": kind}
    found = responsetypes.from_args(headers=Headers(headers), url=asked.url, body=body)
    page = as_page(found(asked.url, headers=headers, body=body), asked.url, asked)
    assert page.css("p::text").getall() == ["one", "two"]


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        ("<!doctype html>\n<html lang=nl><body><p>half", True),
        ('<?xml version="1.0"?><!-- x --><!DOCTYPE html><HTML><p>half', True),
        ("\ufeff<html><body>whole</body>", False),
        ("<html><body>whole</body></html><!-- made in 3 s -->", False),
        ("<main>a part that is no page</main>", False),
        ('{"text": "<html><p>half"}', False),
        ("<rss><description>&lt;html&gt;</description></rss>", False),
    ],
)
def test_a_web_page_without_its_end_is_known(body: str, cut: bool) -> None:
    assert breaks_off(body.encode()) is cut
    assert breaks_off(body.encode("utf-16")) is cut


DETAILS = {
    "dus_i": "call-1.html",
    "rvo": "wis.html",
    "internetconsultatie": "wetregieruimte.html",
    "bekendmakingen": "stcrt-2026-16590.html",
}


@pytest.mark.parametrize("name", DETAILS)
def test_half_a_page_changes_nothing_of_its_call(session: Session, now: datetime, tmp_path: Path, name: str) -> None:
    ingest(session, replay(sources.load(name), RECORDINGS / name), now)
    half = changed(tmp_path, name, DETAILS[name], lambda body: body[: len(body) * 2 // 3])
    assert [u.why for u in half.unreadable] == ["the page breaks off"]
    result = ingest(session, half, now + DAY)
    assert (result.changed, result.gone) == ((), ())


@pytest.mark.parametrize(("name", "file"), [("internetconsultatie", "results-1.html"), ("eui", "list.html")])
def test_half_a_list_is_not_taken_for_all(tmp_path: Path, name: str, file: str) -> None:
    found = changed(tmp_path, name, file, lambda body: body.replace(b"</html>", b"").replace(b"</body>", b""))
    assert found.stopped == "page 1: the page breaks off"
    assert found.listings


def test_a_source_that_names_no_end_any_more_is_silent_and_no_news(session: Session, now: datetime) -> None:
    both = [closes("2026-06-01", kind="opens"), closes("2026-09-01", "17:00")]
    store(session, [make_listing(deadlines=both)], now)
    assert store(session, [make_listing(deadlines=both[:1])], now + DAY).telling == ()
    store(session, [make_listing(deadlines=both)], now + 2 * DAY)
    assert store(session, [make_listing(deadlines=[])], now + 3 * DAY).telling == ()
    assert [one.telling for one in revisions(session)] == [True, False, False, False]


def test_a_page_that_answers_for_every_scheme_changes_none(tmp_path: Path) -> None:
    login = b"<html><body><main><h1>Inloggen</h1>Meld u aan om 1 juni 2026 verder te gaan.</main></body></html>"
    found = changed(tmp_path, "rvo", "wis.html", lambda _: login)
    assert [u.why for u in found.unreadable] == ["a page that has neither the scheme's title nor its status"]


@pytest.mark.parametrize(("status", "headers", "why"), [
    (200, {}, ""),
    (203, {}, ""),
    (304, {"If-None-Match": '"a"'}, ""),
    (304, {}, "HTTP 304, though nobody asked whether it changed"),
    (202, {}, "HTTP 202: no whole page"),
    (206, {}, "HTTP 206: no whole page"),
])  # fmt: skip
def test_only_a_whole_page_is_an_answer(status: int, headers: dict[str, str], why: str) -> None:
    asked = Request("https://x.example", headers=headers)
    assert no_answer(Response(asked.url, status=status, request=asked)) == why


def test_json_that_is_not_certain_costs_its_own_value() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    text = f'{{"twice": 1, "twice": 2, "same": 1, "same": 1, "long": {"9" * 5000}, "rows": [{{"deep": {deep}}}, {{"a": 1}}]}}'
    found = values_of(text.encode())
    assert all(isnan(found[name]) for name in ("twice", "long"))
    assert (found["same"], found["rows"][1]) == (1, {"a": 1})


ODD = [None, "", float("nan"), float("inf"), 7, True, [], {}, [["x"]], {"a": 1}, "\ud800"]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    ("name", "file", "path", "field"),
    [
        ("tweede_kamer", "activities-vro.json", "value", "Id"),
        ("tweede_kamer", "activities-vro.json", "value", "Onderwerp"),
        ("tweede_kamer", "documents-uitkering.json", "value", "Datum"),
        ("have_your_say", "page-0.json", "initiativeResultDtoPage.content", "id"),
        ("have_your_say", "page-0.json", "initiativeResultDtoPage.content", "shortTitle"),
        ("rvo", "subsidies-0.json", "", "title"),
        ("rvo", "subsidies-0.json", "", "created"),
    ],
)
def test_an_odd_value_costs_its_row_at_most_and_makes_no_other_call(
    tmp_path: Path, name: str, file: str, path: str, field: str, odd: Any
) -> None:
    whole = {one.external_id for one in replay(sources.load(name), RECORDINGS / name).listings}
    found = changed(tmp_path, name, file, with_row(path, **{field: odd}))
    there = {one.external_id for one in found.listings}
    assert there <= whole | {"7", "1", "?"}
    assert len(whole - there) <= 1
    assert found.stopped == ""
    assert len(there) + len(found.unreadable) == len(whole)
    assert not any(one.title in ("nan", "inf", "True", "[['x']]", "{'a': 1}") for one in found.listings)


def test_a_row_that_is_no_object_is_named(tmp_path: Path) -> None:
    def text_for_a_row(body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "value": ["x", *json.loads(body)["value"]]}).encode()

    found = changed(tmp_path, "tweede_kamer", "activities-vro.json", text_for_a_row)
    assert [one.why for one in found.unreadable] == ["str where an object was expected"]
    assert found.unreadable[0].where.endswith("row 1")


def initiative(number: int, status: Any = "OPEN") -> dict[str, Any]:
    now = {"receivingFeedbackStatus": status, "isCurrent": True}
    return {"id": float(number), "shortTitle": f"Initiative {number}", "currentStatuses": [now]}


def initiatives(first: int, last: int, total: Any) -> dict[str, Any]:
    return {"initiativeResultDtoPage": {"content": [initiative(n) for n in range(first, last)], "totalElements": total}}


def test_initiatives_whose_total_shrinks_on_the_way_or_whose_pages_repeat_are_not_all(now: datetime) -> None:
    shrinking = sources.load("have_your_say")(Context(now))
    read_list(shrinking, initiatives(0, 50, 120), initiatives(50, 100, 60))
    assert shrinking.why_incomplete() == "100 of 120 initiatives came"
    with pytest.raises(SourceIncomplete, match="page 2: paging leads back to rows seen before"):
        read_list(sources.load("have_your_say")(Context(now)), *[initiatives(0, 50, 100)] * 2)
    with pytest.raises(SourceIncomplete, match="'veel' is no total"):
        read_list(sources.load("have_your_say")(Context(now)), initiatives(0, 50, "veel"))


def test_an_initiative_whose_status_nobody_knows_is_unreadable_and_a_closed_one_left_out(now: datetime) -> None:
    rows = [initiative(1), initiative(2, "CLOSED"), initiative(3, "PAUSED"), initiative(4, None)]
    found = read_list(sources.load("have_your_say")(Context(now)), {"content": rows})
    assert [(getattr(one, "external_id", ""), getattr(one, "why", "")) for one in found] == [
        ("1", ""), ("3", "'PAUSED' is no status"), ("4", "no word on whether one may react")
    ]  # fmt: skip


def records(first: int, count: int, total: Any) -> str:
    one = "<record><recordData><identifier>CVDR{0}_1</identifier><title>R{0}</title></recordData></record>"
    rows = "".join(one.format(n) for n in range(first, first + count))
    return f"<searchRetrieveResponse xmlns='x'><numberOfRecords>{total}</numberOfRecords><records>{rows}</records></searchRetrieveResponse>"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([records(1, 2, 5), records(3, 0, 5)], "page 2: 2 of 5 records came"),
        ([records(1, 2, 5), records(3, 0, 2)], "page 2: 2 of 5 records came"),
        ([records(1, 2, 5), records(1, 2, 5)], "page 2: paging leads back to rows seen before"),
        ([records(1, 3, 2)], "page 1: the search has 2 records and gives more"),
        ([records(1, 3, "veel")], "page 1: the search does not say how many records there are"),
    ],
)
def test_a_library_search_that_does_not_give_what_it_says_is_not_all(
    now: datetime, answers: list[str], why: str
) -> None:
    with pytest.raises(SourceIncomplete, match=why):
        read_list(sources.load("cvdr")(Context(now)), *answers)


def test_a_committee_or_consultation_whose_pages_repeat_is_not_read_for_ever(now: datetime) -> None:
    page = {"value": [{"Id": "a", "Onderwerp": "x"}], "@odata.nextLink": "?$skiptoken="}
    pages = [{**page, "@odata.nextLink": f"?$skiptoken={n}"} for n in range(9)]
    with pytest.raises(SourceIncomplete, match="page 2: paging leads back"):
        read_list(sources.load("tweede_kamer")(Context(now)), *pages)
    results = (RECORDINGS / "internetconsultatie/results-1.html").read_text()
    consultations = sources.load("internetconsultatie")(Context(now))
    read_list(consultations, *[results] * 9)
    assert consultations.pages == 2


def test_a_watched_list_whose_pages_repeat_asks_each_page_once(now: datetime) -> None:
    watched = sources.load("eui")
    list_page = (RECORDINGS / "eui/list.html").read_text()
    pages = [list_page.replace("</body>", f'<a rel="next" href="?page={n}">meer</a></body>') for n in range(9)]
    source = watched(Context(now))
    with pytest.raises(SourceIncomplete, match="page 2: paging leads back"):
        read_list(source, *pages)


def test_a_consultation_is_closed_by_the_word_for_it_only(tmp_path: Path) -> None:
    for word, status in ((b"Gesloten", "closed"), (b"Onbekend", None), (b"", None)):
        found = changed(
            tmp_path,
            "internetconsultatie",
            "wetregieruimte.html",
            lambda body: body.replace(b"Actief", word),  # noqa: B023
        )
        [one] = [c for c in found.listings if c.external_id == "wetregieruimte"]
        assert one.source_word == status


def portal_rows(tmp_path: Path, *rows: Any) -> Crawled:
    whole = json.dumps({"totalResults": len(rows), "pageSize": 100, "results": rows})
    return changed(tmp_path, "eu_portal", "page-1.json", lambda _: whole.encode())


@pytest.mark.parametrize("fields", [{"type": []}, {"type": ["9"]}, {"type": None}])
def test_a_topic_that_lost_its_type_is_no_other_call(tmp_path: Path, fields: dict[str, Any]) -> None:
    found = portal_rows(tmp_path, topic(1), topic(2, **fields))
    assert [one.external_id for one in found.listings] == ["5001"]
    assert [one.external_id for one in found.unreadable] == ["5002"]


def test_a_topic_that_lost_its_number_keeps_its_identity(tmp_path: Path) -> None:
    assert [one.external_id for one in portal_rows(tmp_path, topic(1, ccm2Id=[])).listings] == ["5001"]


@pytest.mark.parametrize("odd", [float("nan"), {}, [[]], True, 1.5])
def test_a_value_of_a_topic_that_is_no_text_is_not_shown(tmp_path: Path, odd: Any) -> None:
    for field in ("title", "deadlineDate", "frameworkProgramme", "identifier"):
        found = portal_rows(tmp_path, topic(1), topic(2, **{field: [odd]}))
        assert [one.external_id for one in found.listings] == ["5001"], field
        assert found.unreadable[0].why.startswith(f"{field}: "), field


@pytest.mark.parametrize("amount", ["-5", "1e40", "NaN", "Infinity"])
def test_an_amount_that_cannot_be_meant_leaves_the_call_and_tells_a_person(tmp_path: Path, amount: str) -> None:
    group = {"action": "TEST-2026-001 - x", "budgetYearMap": {"2026": amount}}
    overview = json.dumps({"budgetTopicActionMap": {"1": [group]}})
    [one] = portal_rows(tmp_path, topic(1, budgetOverview=[overview])).listings
    assert (one.budget, one.review) == (None, ("het budgetoverzicht van de bron is niet te lezen",))


def test_parts_of_a_cent_are_rounded(tmp_path: Path) -> None:
    group = {"action": "TEST-2026-001 - x", "budgetYearMap": {"2026": "1000000.666"}}
    overview = json.dumps({"budgetTopicActionMap": {"1": [group]}})
    [one] = portal_rows(tmp_path, topic(1, budgetOverview=[overview])).listings
    assert str(one.budget) == "1000000.67"


def test_half_a_pair_of_code_units_costs_one_letter(tmp_path: Path) -> None:
    [one] = portal_rows(tmp_path, topic(1, title=["Groen \ud83d dak"])).listings
    assert one.title == "Groen ? dak"


@pytest.mark.parametrize("name", ["rijksoverheid", "bekendmakingen", "rvo"])
def test_an_address_that_is_spelled_otherwise_today_is_the_same_call(tmp_path: Path, name: str) -> None:
    spelled: dict[str, tuple[str, bytes, bytes]] = {
        "rijksoverheid": (
            "news-uitkering.json",
            b'"/actueel/nieuws/2026/05/20/extra-geld-voor-woningbouwlocaties"',
            b'"http://WWW.rijksoverheid.nl/Actueel/nieuws/2026/05/20/extra-geld-voor-woningbouwlocaties/?utm_source=x"',
        ),
        "bekendmakingen": (
            "staatscourant.rss",
            b"nl/stcrt-2026-16590.html",
            b"nl/STCRT-2026-16590.html?utm_source=rss",
        ),
        "rvo": (
            "subsidies-0.json",
            b"/subsidies-financiering/wis",
            b"http://www.rvo.nl/subsidies-financiering/wis/?utm_source=x",
        ),
    }
    file, now, otherwise = spelled[name]
    before = {one.external_id for one in replay(sources.load(name), RECORDINGS / name).listings}
    assert now in (RECORDINGS / name / file).read_bytes()
    found = changed(tmp_path, name, file, lambda body: body.replace(now, otherwise))
    assert ({one.external_id for one in found.listings}, found.unreadable) == (before, ())


def test_documents_that_differ_by_their_query_only_are_two() -> None:
    spellings = [
        "https://x.nl/document?b=2&a=1",
        "http://x.nl/Document/?a=1&utm_medium=rss&b=2",
        "https://x.nl/document?a=2&b=2",
        "http://[x",
    ]
    assert [key_of(address) for address in spellings] == [
        "document?a=1&b=2",
        "document?a=1&b=2",
        "document?a=2&b=2",
        "",
    ]


def test_a_summary_holds_no_signs_that_steer_a_screen() -> None:
    found = make_listing(summary="Regel 1\u202e\x1b[31m\nRegel\u00a02\0")
    assert found.summary == "Regel 1 [31m\nRegel 2 "


def test_a_page_of_millions_of_values_is_refused_before_they_are_made(tmp_path: Path) -> None:
    body = b'{"content": [' + b"{}," * 1_000_000 + b"{}]}"
    tracemalloc.start()
    found = changed(tmp_path, "have_your_say", "page-0.json", lambda _: body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.stopped == "page 1: more values than a page may hold"
    assert most < 10 * len(body)  # made, they take more than twenty times


def test_wide_letters_of_a_very_large_page_cost_themselves() -> None:
    text = "\U0001f600" + "x" * 5 * 2**20
    assert values_of(json.dumps([text], ensure_ascii=False).encode()) == ["?" + text[1:]]
    assert values_of(json.dumps(["\U0001f600"], ensure_ascii=False).encode()) == ["\U0001f600"]
