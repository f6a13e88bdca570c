"""The EU portal's recording, read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.vocabulary import DeadlineKind, Instrument, Status
from scrapers.eu_results import deadlines
from scrapers.recordings import replay
from scrapers.sources.eu_portal import EuPortal

RECORDING = Path(__file__).parents[1] / "recordings/eu_portal"


def test_the_eu_portal_is_read_to_the_end() -> None:
    crawled = replay(EuPortal, RECORDING)
    calls = {listing.external_id: listing for listing in crawled.listings}
    assert (len(calls), crawled.stopped, crawled.unreadable, len(crawled.pages)) == (62, "", (), 2)
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
