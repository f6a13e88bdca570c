"""What the EU portal files a topic under is kept in its own words, and an odd field costs only itself."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scrapers.eu_particulars import particulars
from scrapers.recordings import replay
from scrapers.sources.eu_portal import EuPortal

RECORDING = Path(__file__).parents[1] / "recordings/eu_portal"
OVERVIEW = {
    "budgetTopicActionMap": {
        "1": [{"action": "LIFE-2026-X - LIFE Project Grants", "expectedGrants": 4}],
        "2": [{"action": "LIFE-2026-XY - LIFE Project Grants", "expectedGrants": 9}],
    }
}
INFOS = [
    {"approvalDate": "", "lastChangeDate": "2026-04-21T12:02:51.312", "content": "<p>The session is now open.</p>"},
    {"approvalDate": "2026-03-10", "lastChangeDate": "", "content": "<p>An erratum &amp; a note</p>"},
    {"lastChangeDate": "soon", "content": "Undated"},
    {"content": ""},
]


def topic(**fields: Any) -> dict[str, Any]:
    usual = {
        "identifier": ["LIFE-2026-X"],
        "callIdentifier": ["LIFE-2026"],
        "tags": ["Heat pump", "Municipality", "Heat pump"],
        "keywords": ["LIFE-2026-X", "life-2026", "Circular economy", "Research &amp;amp; Innovation"],
        "crossCuttingPriorities": ["SocInnov", "NEB"],
        "topicConditions": ["<h4>Who may apply</h4><p>Public bodies.</p>"],
        "supportInfo": ["<p>Ask the <a href='x'>contact point</a>.</p>"],
        "latestInfos": [json.dumps(INFOS)],
        "budgetOverview": [json.dumps(OVERVIEW)],
    }
    return usual | fields


def test_the_words_texts_and_announcements_of_a_topic_are_kept() -> None:
    kept = particulars(topic())
    assert kept["tags"] == ("Heat pump", "Municipality")
    assert kept["keywords"] == ("Circular economy", "Research & Innovation")  # without the codes of topic and call
    assert kept["priorities"] == ("SocInnov", "NEB")
    assert kept["conditions"] == "Who may apply\nPublic bodies."
    assert kept["support"] == "Ask the contact point."
    assert [(u.day, u.text) for u in kept["updates"]] == [
        (date(2026, 4, 21), "The session is now open."),
        (date(2026, 3, 10), "An erratum & a note"),
        (None, "Undated"),
    ]
    assert kept["expected_grants"] == 4  # of this topic, not of its sibling


def test_keywords_in_one_json_string_are_several() -> None:
    assert particulars(topic(keywords=['["Housing", "Mobility"]']))["keywords"] == ("Housing", "Mobility")


@pytest.mark.parametrize(
    ("name", "odd", "field", "nothing"),
    [
        ("tags", [{"a": 1}], "tags", ()),
        ("keywords", [["x"]], "keywords", ()),
        ("topicConditions", [None, {}], "conditions", ""),
        ("latestInfos", ["{"], "updates", ()),
        ("latestInfos", ['{"a": 1}'], "updates", ()),
        ("latestInfos", [7], "updates", ()),
        ("latestInfos", ["[3, {}]"], "updates", ()),
        ("latestInfos", [{"content": "x"}], "updates", ()),
        ("budgetOverview", ["[]"], "expected_grants", None),
        ("budgetOverview", [json.dumps(OVERVIEW).replace("4", '"many"')], "expected_grants", None),
        ("budgetOverview", [json.dumps(OVERVIEW).replace("4", "-2")], "expected_grants", None),
    ],
)
def test_an_odd_field_costs_only_itself(name: str, odd: Any, field: str, nothing: Any) -> None:
    kept = particulars(topic(**{name: odd}))
    assert kept[field] == nothing
    assert kept["priorities"] == ("SocInnov", "NEB")


def test_the_recording_holds_what_topics_are_filed_under() -> None:
    calls = {reference: call for call in replay(EuPortal, RECORDING).listings for reference in call.references}
    heating = calls["LIFE-2026-CET-HEATCOOLPLAN"]
    assert (heating.tags, heating.keywords) == (("District heating", "Municipality"), ())
    assert [(u.day, u.text) for u in heating.updates] == [
        (date(2026, 4, 21), "Proposals can be handed in from today: LIFE-2026-CET-HEATCOOLPLAN"),
        (date(2026, 4, 14), "An info day with questions & answers takes place online."),
    ]
    city = calls["HORIZON-MISS-2026-04-CIT-02"]
    assert (city.priorities, city.expected_grants) == (("AI",), 3)
    assert city.keywords[2:4] == ("District Heating & Cooling", "Renewable energy sources")
    assert city.conditions.startswith("General conditions\n1. Length")
    assert "RVO" in city.support
