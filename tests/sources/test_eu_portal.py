"""The EU portal's recording, read."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import JsonResponse
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Question
from db.session import reading, writing
from db.vocabulary import DeadlineKind, Instrument, Status
from scrapers.eu_results import deadlines
from scrapers.listing import QuestionField
from scrapers.recordings import replay
from scrapers.source import Context
from scrapers.sources.eu_portal import EuPortal
from tests.make.scripted import recorded, topic
from tracker.calls.ingest import ingest

RECORDING = Path(__file__).parents[1] / "recordings/eu_portal"
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


def test_the_eu_portal_is_read_to_the_end() -> None:
    crawled = replay(EuPortal, RECORDING)
    calls = {listing.external_id: listing for listing in crawled.listings}
    assert (len(calls), crawled.stopped, crawled.unreadable, len(crawled.pages)) == (62, "", (), 3)
    topic = next(c for c in calls.values() if c.references == ("LIFE-2026-CET-HEATCOOLPLAN",))
    assert (topic.budget, topic.source_word, topic.programme) == (Decimal(6_500_000), Status.OPEN, ("LIFE",))
    assert [(d.kind, d.day, d.hour, d.assumed) for d in topic.deadlines if d.kind is DeadlineKind.CLOSES] == [
        (DeadlineKind.CLOSES, date(2026, 9, 16), "17:00", True)
    ]


def test_stages_cut_offs_and_the_other_types_are_told_apart() -> None:
    calls = {listing.external_id: listing for listing in replay(EuPortal, RECORDING).listings}
    assert [d.kind for d in calls["47888746"].deadlines][1:] == [DeadlineKind.STAGE_1, DeadlineKind.STAGE_2]
    assert [d.day for d in calls["48939636"].deadlines][1:] == [date(2026, 3, 17), date(2026, 9, 17)]
    external = calls["187000PROSPECTS"]
    assert (external.deadlines[-1].hour, external.url[-6:], external.amount_text) == ("12:00", "187000", "560")
    cascade = calls["14242COMPETITIVE_CALL"]
    assert (cascade.title, cascade.deadlines[-1].hour, len(cascade.review)) == ("ELEVATEX Open Call 2026", None, 1)
    paid_by = "Joint Cluster Initiatives (EUROCLUSTERS) for Europe’s recovery"  # the topic of the project behind it
    assert (cascade.call_title, cascade.destination) == (None, paid_by)
    assert [c.title for c in calls.values() if c.instrument is Instrument.PRIZE] == [
        "Renewable energy technology (RET) solutions in energy communities"
    ]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"deadlineModel": ["two-stage"]}, "stage_1"),
        ({"actions": ['[{"submissionProcedure": {"abbreviation": "two-stage"}}]']}, "stage_1"),
        ({"identifier": ["HORIZON-CL4-2027-01-two-stage"]}, "stage_1"),
        ({"deadlineModel": ["multiple cut-off"]}, "cut_off"),
        ({"deadlineModel": []}, "cut_off"),
    ],
)
def test_two_dates_are_two_stages_where_the_model_the_actions_or_the_code_say_so(
    fields: dict[str, list[str]], kind: str
) -> None:
    dates = ["2027-03-01T00:00:00.000+0000", "2027-09-01T00:00:00.000+0000"]
    assert deadlines({"deadlineDate": dates, **fields}, "1")[0].kind == kind


MIRROR = ["SEDIA_PRD_CENTRICITY"]


def dated(day: str, **fields: Any) -> dict[str, Any]:
    return {"deadlineDate": [f"{day}T00:00:00.000+0000"], **fields}


def copies(number: int) -> list[dict[str, Any]]:
    """A topic, its renewal under another number, and copies from a mirror: younger, and one without a number."""
    mirror = {"DATASOURCE": MIRROR, "title": ["A copy"], "es_SortDate": ["2026-08-20T10:00:00.000+0000"]}
    own = topic(number, es_SortDate=["2026-06-01T10:00:00.000+0000"])
    renewed = {"ccm2Id": ["77777"], "REFERENCE": ["77777TOPICSen"], "title": ["Renewed"]}
    return [
        own,
        topic(number, **renewed, es_SortDate=["2026-06-02T10:00:00.000+0000"]),
        topic(number, **mirror, **dated("2026-12-24")),
        topic(number, **mirror, **dated("2026-12-24"), ccm2Id=[]),
    ]


@pytest.mark.parametrize("turn", range(4))
def test_of_copies_of_one_topic_the_sources_own_newest_stays_whatever_their_order(turn: int, tmp_path: Path) -> None:
    rows = copies(1)[turn:] + copies(1)[:turn] + [topic(2), {**topic(3), "reference": "x"}]
    crawled = replay(EuPortal, answers(tmp_path, rows))
    assert crawled.stopped == ""
    assert {(one.external_id, one.title, one.deadlines[-1].day) for one in crawled.listings} == {
        ("77777", "Renewed", date(2026, 9, 1)),
        ("5002", "Topic 2", date(2026, 9, 1)),
        ("5003", "Topic 3", date(2026, 9, 1)),
    }


@pytest.mark.parametrize("kind", ["1", "2", "8"])
@pytest.mark.parametrize("first", [True, False])
def test_a_mirror_on_another_page_does_not_count_for_any_type(kind: str, first: bool, tmp_path: Path) -> None:
    reference = {"1": "5001TOPICSen", "2": "5001PROSPECTSEN", "8": "5001COMPETITIVE_CALLen"}[kind]
    own = topic(1, type=[kind], REFERENCE=[reference], DATASOURCE=["SEDIA"])
    mirror = topic(1, type=[kind], REFERENCE=[reference], DATASOURCE=MIRROR, **dated("2026-11-24"))
    pages = [[own], [mirror]] if first else [[mirror], [own]]
    crawled = replay(EuPortal, paged(tmp_path, pages))
    assert crawled.stopped == ""
    assert [one.deadlines[-1].day for one in crawled.listings] == [date(2026, 9, 1)]
    assert sum("pageSize=100" in page.url for page in crawled.pages) == 2  # copies are no reason for another pass


def test_a_mirrors_copy_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    broken = topic(1, DATASOURCE=MIRROR, deadlineDate=["soon"])
    crawled = replay(EuPortal, answers(tmp_path, [broken, topic(1)]))
    assert (len(crawled.listings), crawled.unreadable, crawled.stopped) == (1, (), "")


def test_calls_that_share_a_name_but_are_no_topics_stay_apart(tmp_path: Path) -> None:
    rows = [topic(n, type=["8"], identifier=["CASCADE"], REFERENCE=[f"{n}COMPETITIVE_CALLen"]) for n in (1, 2)]
    assert len(replay(EuPortal, answers(tmp_path, rows)).listings) == 2


def answers(folder: Path, rows: list[dict[str, Any]]) -> Path:
    return paged(folder, [rows])


def paged(folder: Path, pages: list[list[dict[str, Any]]]) -> Path:
    """A recording in which the index cuts its answer into these pages."""
    size = 100 if len(pages) == 1 else len(pages[0])
    total, source = sum(map(len, pages)), EuPortal(Context(NOW))
    whole = {
        source.ask(number).url: json.dumps(
            {"totalResults": total, "pageNumber": number, "pageSize": size, "results": rows}
        )
        for number, rows in enumerate(pages, 1)
    }
    folder = recorded(folder, {url: ("application/json", page) for url, page in whole.items()})
    index = json.loads((folder / "index.json").read_text())
    for answer in index["answers"]:
        answer["method"] = "POST"
    (folder / "index.json").write_text(json.dumps(index))
    return folder


@pytest.mark.parametrize(
    ("rows", "left"),
    [([], 0), ([topic(1)], 1), ([topic(2), topic(3)], 0), ([topic(2), topic(1)], 1)],
)
def test_an_answer_about_one_topic_holds_it_or_not_also_where_the_search_gives_others_too(
    rows: list[dict[str, Any]], left: int
) -> None:
    source = EuPortal(Context(NOW))
    asked = source.ask_for("5001", "https://ec.europa.eu/x/topic-details/TEST-2026-001")
    assert asked is not None
    body = json.dumps({"totalResults": 500 if len(rows) > 1 else len(rows), "pageSize": 100, "results": rows})
    page = JsonResponse(asked.url, body=body.encode(), request=asked)
    assert len(list(source.answer(page, "5001"))) == left


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2026-04-16T22:00:00.000+0000", date(2026, 4, 16)),  # midnight in Brussels: who comes on the 17th is late
        ("2026-12-16T23:00:00.000+0000", date(2026, 12, 16)),
        ("2026-12-31T23:59:00.000+0000", date(2026, 12, 31)),
        ("2026-04-17T00:00:00.000+0000", date(2026, 4, 17)),
        ("2026-04-17T17:00:00.000+0000", date(2026, 4, 17)),
    ],
)
def test_a_cascade_call_stamped_at_a_local_midnight_shows_the_safe_earlier_day(stamp: str, day: date) -> None:
    assert [(d.day, d.hour) for d in deadlines({"deadlineDate": [stamp]}, "8")] == [(day, None)]


def test_a_topic_stamped_at_a_local_midnight_is_of_the_day_that_begins() -> None:
    assert deadlines({"deadlineDate": ["2024-09-16T22:00:00.000+0000"]}, "1")[0].day == date(2024, 9, 17)


def test_a_title_that_was_escaped_twice_is_unescaped_once_more(tmp_path: Path) -> None:
    rows = [topic(1, title=["Research &amp;amp; Innovation"]), topic(2, title=["R&amp;D for AT&T &#8211; 5 &lt; 6"])]
    titles = [listing.title for listing in replay(EuPortal, answers(tmp_path, rows)).listings]
    assert titles == ["Research & Innovation", "R&D for AT&T – 5 < 6"]


def test_topics_without_their_status_are_asked_and_keep_what_the_portal_said_before(
    engine: Engine, tmp_path: Path
) -> None:
    stated, silent = topic(1), topic(1)
    del silent["metadata"]["status"]
    for answer, word, asked in ((stated, Status.OPEN, []), (silent, None, [QuestionField.STATUS])):
        crawled = replay(EuPortal, answers(tmp_path, [answer]))
        (listing,) = crawled.listings
        assert (listing.source_word, [question.field for question in listing.questions]) == (word, asked)
        with writing(engine) as session:
            ingest(session, crawled, NOW)
    with reading(engine) as session:
        call = session.exec(select(Call)).one()
        assert (call.source_word, list(call.stale)) == ("open", ["source_word"])
        (question,) = session.exec(select(Question)).all()
        assert (question.field, question.why) == ("source_word", "de bron zegt niet hoe het ervoor staat")
