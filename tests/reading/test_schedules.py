"""Dates on lines of their own: which label is theirs, and what a list of deadlines closes; in words of our own."""

from datetime import date

import pytest

from scrapers.facts.facts import plain_value
from scrapers.facts.read import read_facts

DAY = date(2026, 12, 1)


def read(text: str, language: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What is shown and what is asked of a text, as written values."""
    facts = read_facts(text, language, DAY)
    return (
        {name: str(plain_value(answer.value)) for name, answer in facts.shown.items()},
        {name: [str(plain_value(value)) for value in answer.values] for name, answer in facts.asked.items()},
    )


BOTH = {"opens": "2027-01-04", "closes": "2027-03-02T17:00"}

BELOW = [
    ("en", "4 January 2027\nOpening\n2 March 2027\nSubmission deadline (17:00 CET)"),
    ("en", "Key dates\n4 January 2027\nOpening\n2 March 2027\nSubmission deadline (17:00 CET)\nWho can apply"),
    ("en", "4 January 2027\nThe call opens\n2 March 2027; 17:00 CET\nDeadline\n1 June 2027\nResults are announced"),
    ("en", "4 January 2027\nOpening\n\n2 March 2027 17:00\nDeadline for proposals\n\n1 June 2027\nDecision"),
    ("en", "4 January 2027 | Opening | 2 March 2027 17:00 | Submission deadline | 1 June 2027 | Decision"),
    ("en", "Timeline 4 January 2027 Call opens 2 March 2027 17:00 Submission deadline 1 June 2027 Evaluation results"),
    ("nl", "4 januari 2027\nOpening van het loket\n2 maart 2027\nSluiting (17.00 uur)\n1 juni 2027\nUitslag"),
    ("nl", "Planning\n4 januari 2027\nOpening\n2 maart 2027\nDeadline aanvragen, 17.00 uur\nVoor wie"),
    ("nl", "4 januari 2027 Opening van het loket 2 maart 2027, 17.00 uur Sluiting van het loket"),
]

ABOVE = [
    ("en", "Opening\n4 January 2027\nSubmission deadline (17:00 CET)\n2 March 2027\nDecision\n1 June 2027"),
    ("en", "Key dates\nOpening\n4 January 2027\nSubmission deadline (17:00 CET)\n2 March 2027\nContact"),
    ("nl", "Opening\n4 januari 2027\nSluiting om 17.00 uur\n2 maart 2027\nUitslag\n1 juni 2027"),
    ("nl", "Planning\nOpening:\n4 januari 2027\nSluiting:\n2 maart 2027, 17.00 uur\nBesluit:\n1 juni 2027"),
]


@pytest.mark.parametrize(("language", "text"), BELOW)
def test_a_label_below_its_date_is_of_that_date(language: str, text: str) -> None:
    assert read(text, language) == (BOTH, {})


@pytest.mark.parametrize(("language", "text"), ABOVE)
def test_a_label_above_its_date_is_of_that_date(language: str, text: str) -> None:
    assert read(text, language) == (BOTH, {})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Start\n4 January 2027\nDeadline\n2 March 2027\nEnd"),
        ("en", "Deadline\n4 January 2027\nOpening\n2 March 2027\nDecision"),
        ("en", "1 December 2026\nOpening\n4 January 2027\nDeadline\n2 March 2027"),
        ("nl", "Sluiting\n4 januari 2027\nOpening\n2 maart 2027\nUitslag"),
    ],
)
def test_a_schedule_that_may_be_read_either_way_is_asked(language: str, text: str) -> None:
    shown, asked = read(text, language)
    assert shown == {}
    assert asked["closes"]


def test_of_a_schedule_the_first_stage_closes() -> None:
    text = (
        "4 January 2027\nOfficial start of the call\n15 January 2027\nMatchmaking webinar\n"
        "2 March 2027; 13:00 CET\nDeadline for submitting pre-proposals\n"
        "14 August 2027; 13:00 CEST\nDeadline for submitting full proposals (only for who passed the first stage)"
    )
    facts = read_facts(text, "en", DAY)
    assert {name: plain_value(answer.value) for name, answer in facts.shown.items()} == {
        "opens": "2027-01-04",
        "closes": "2027-03-02T13:00",
    }
    assert [gate.moment.isoformat() for gate in facts.gates if gate.moment and gate.door] == ["2027-03-02T13:00"]
    assert facts.shown["closes"].sentence == "2 March 2027; 13:00 CET Deadline for submitting pre-proposals"


def test_the_day_of_news_above_one_label_changes_nothing() -> None:
    shown, asked = read("12 November 2026\nSubmission deadline\n2 March 2027\nRead more", "en")
    assert [shown.get("closes"), *asked.get("closes", [])] in (["2027-03-02"], [None, "2027-03-02"])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The deadlines for applying are the following:\n- 1 June 2026\n- 2 March 2027\n- 1 September 2027."),
        ("en", "Application deadlines\n1 June 2026\n2 March 2027\n1 September 2027\nPlans start later."),
        ("nl", "De sluitingsdata voor aanvragen zijn:\n- 1 juni 2026\n- 2 maart 2027\n- 1 september 2027"),
    ],
)
def test_of_a_list_of_deadlines_the_next_closes(language: str, text: str) -> None:
    assert read(text, language) == ({"closes": "2027-03-02"}, {})
    assert len(read_facts(text, language, DAY).gates) == 3


@pytest.mark.parametrize(
    ("language", "text", "name", "value"),
    [
        ("en", "The board decided to launch the second call for pilots on 4 January 2027.", "opens", "2027-01-04"),
        ("nl", "Het programma lanceert op 4 januari 2027 de tweede oproep voor proeven.", "opens", "2027-01-04"),
        ("en", "Clubs can submit a request for an open call before the 3rd of March 2027.", "closes", "2027-03-02"),
        ("nl", "Clubs kunnen vóór 3 maart 2027 een verzoek indienen voor de open oproep.", "closes", "2027-03-02"),
        ("en", "The award available is € 4,000.", "max_amount", "4000"),
        ("en", "With an individual budget of EUR 60,000 per project, pilots prepare a plan.", "max_amount", "60000"),
        ("en", "All costs are covered, with a maximum budget of 18,000 euros per initiative.", "max_amount", "18000"),
        ("en", "The maximum budget per experiment is 120,000€ (50,000€ in the first part).", "max_amount", "120000"),
        ("nl", "Het maximale budget per initiatief is € 18.000.", "max_amount", "18000"),
        ("nl", "Wij betalen de kosten tot een maximumbedrag van € 18.000 per buurtproject.", "max_amount", "18000"),
    ],
)
def test_what_is_named_otherwise_is_at_least_asked(language: str, text: str, name: str, value: str) -> None:
    shown, asked = read(text, language)
    assert value in [shown.get(name), *asked.get(name, [])]


def test_the_hour_of_a_label_is_that_of_its_own_date() -> None:
    text = "4 January 2027\nOpening (10:00)\n2 March 2027\nDeadline (17:00)"
    assert read(text, "en")[0] == {"opens": "2027-01-04T10:00", "closes": "2027-03-02T17:00"}


def test_midnight_of_another_zone_is_that_day_or_the_day_before() -> None:
    assert read("The deadline for proposals is 3 March 2027, at 00:00 UTC.", "en") == (
        {},
        {"closes": ["2027-03-03", "2027-03-02"]},
    )


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("nl", "Het minimaal aan te vragen subsidiebedrag is € 1.500.", "max_amount"),
        ("nl", "Voor projecten tot maximaal € 40.000 kan subsidie worden aangevraagd door inwoners.", "max_amount"),
        ("nl", "Deze regels zijn van kracht (op aanvragen) tot en met 31 december 2029.", "closes"),
        ("nl", "De termijn voor het indienen van een aanvulling is 3 maart 2027.", "closes"),
        ("en", "The total budget for the topic is EUR 7 million for area A and EUR 5 million for area B.", "budget"),
    ],
)
def test_what_is_of_something_else_is_not_shown(language: str, text: str, name: str) -> None:
    assert name not in read(text, language)[0]


ROUNDS = [
    ("nl", "Ronde | Start | Einde | Te verdelen\n1 | 2 november 2026 | 29 januari 2027 | € 800.000\n"
           "2 | 1 maart 2027 | 28 mei 2027 | € 700.000"),
    ("nl", "| Tijdvak | Opening | Sluiting |\n| I | 02-11-2026 | 29-01-2027 |\n| II | 07-06-2027 | 09-07-2027 |"),
    ("nl", "Ronde | Opent | Sluit | Uitslag\n1 | 2 november 2026 | 29 januari 2027 | 1 april 2027\n"
           "2 | 1 maart 2027 | 28 mei 2027 | 1 augustus 2027"),
    ("nl", "Aanvraagronde | Startdatum | Einddatum\nNajaar 2026 | 2 november 2026 | 29 januari 2027\n"
           "Voorjaar 2027 | 1 maart 2027 | 28 mei 2027"),
    ("en", "Round | Opens | Closes\nA | 2 November 2026 | 29 January 2027\nB | 3 May 2027 | 25 June 2027"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), ROUNDS)
def test_a_table_of_rounds_gives_the_next_door_and_its_own_opening(language: str, text: str) -> None:
    shown, asked = read(text, language)
    assert (shown["opens"], shown["closes"]) == ("2026-11-02", "2027-01-29")
    assert not asked.keys() - {"budget"}
    kinds = [(str(gate.kind), str(gate.moment.day)) for gate in read_facts(text, language, DAY).gates if gate.moment]
    assert [kind for kind, _ in kinds] == ["opens", "cut_off", "cut_off"]  # the second opening is no closing


@pytest.mark.parametrize(
    "text",
    [
        "Groep | Start | Einde\nNoord | 2 november 2026 | 29 januari 2027\nZuid | 1 december 2026 | 28 mei 2027",
        "Ronde | Start | Einde\n1 | 2 november 2026 | 29 januari 2027\n2 | 11 januari 2027 | 28 mei 2027",
    ],
)
def test_a_table_of_groups_or_of_rounds_that_overlap_shows_no_closing(text: str) -> None:
    assert "closes" not in read(text, "nl")[0]


def test_the_end_of_a_column_that_says_before_is_the_day_before() -> None:
    text = "Ronde | Indienen vanaf | Indienen voor\n1 | 4 januari 2027 | 1 februari 2027\n2 | 3 mei 2027 | 1 juni 2027"
    assert read(text, "nl")[0]["closes"] == "2027-01-31"
