"""What a person is asked: the right value stands among the readings."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scrapers.facts.facts import plain_value
from scrapers.facts.read import read_facts
from tracker.__main__ import app

DAY = date(2026, 12, 5)

CEILINGS = [
    (
        "nl",
        "De maximale subsidie is € 5.000 voor kleine projecten, € 15.000 voor middelgrote en € 40.000 voor grote projecten.",
        ["5000", "15000", "40000"],
    ),
    (
        "nl",
        "De subsidie bedraagt ten hoogste:\na. € 10.000 voor een studie;\nb. € 50.000 voor een pilot.",
        ["10000", "50000"],
    ),
    (
        "en",
        "The maximum grant is EUR 20,000 for feasibility studies, EUR 60,000 for pilots and EUR 150,000 for demonstrations.",
        ["20000", "60000", "150000"],
    ),
    (
        "en",
        "Funding ceilings: EUR 1 million for strand A, EUR 2.5 million for strand B, EUR 4 million for strand C.",
        ["1000000", "2500000", "4000000"],
    ),
    (
        "en",
        "SMEs may receive at most 50k EUR; universities at most 100k EUR; cities at most 150k EUR.",
        ["50000", "100000", "150000"],
    ),
]


@pytest.mark.parametrize(("language", "text", "ceilings"), CEILINGS)
def test_of_several_ceilings_every_one_is_a_reading(language: str, text: str, ceilings: list[str]) -> None:
    facts = read_facts(text, language, DAY)
    assert not {"budget", "max_amount"} & set(facts.shown)
    assert {plain_value(value) for asked in facts.asked.values() for value in asked.values} == set(ceilings)


FORMS = [
    (
        "nl",
        "Het aanvraagformulier staat sinds 1 december 2026 op de website. De eerste dag waarop u een aanvraag kunt indienen "
        "is 15 december 2026. Aanvragen kan tot en met 28 december 2026.",
    ),
    (
        "nl",
        "Vanaf 1 december 2026 staat het formulier op de site. U kunt indienen vanaf 15 december 2026; de laatste dag is 28"
        " december 2026.",
    ),
    (
        "nl",
        "Sinds 1 december 2026 staat het aanvraagformulier online. Indienen kan niet eerder dan 15 december 2026 en niet "
        "later dan 28 december 2026.",
    ),
    (
        "en",
        "The application form is on our website since 1 December 2026. The first day to submit is 15 December 2026; the call"
        " closes on 28 December 2026.",
    ),
]


@pytest.mark.parametrize(("language", "text"), FORMS)
def test_that_the_form_can_be_had_is_no_opening_beside_the_first_day_to_hand_in(language: str, text: str) -> None:
    facts = read_facts(text, language, DAY)
    opens = [facts.shown["opens"].value] if "opens" in facts.shown else list(facts.asked["opens"].values)
    closes = [facts.shown["closes"].value] if "closes" in facts.shown else list(facts.asked["closes"].values)
    assert [plain_value(value) for value in opens] == ["2026-12-15"]
    assert [plain_value(value) for value in closes] == ["2026-12-28"]


def test_a_form_that_can_be_had_is_asked_as_opening_where_no_other_is_named() -> None:
    facts = read_facts("Vanaf 1 januari 2027 is het aanvraagformulier beschikbaar op de website.", "nl", DAY)
    assert "opens" not in facts.shown


WRONG_LINES = [
    ('{"id": "a", "text": "\\ud800 Aanvragen tot 1 mei 2027"}', "text: half a letter at place 0"),
    ("[]", "no JSON object"),
    ('{"id": "a", "text": "x", "read_on": "1 mei 2026"}', "read_on: '1 mei 2026' is no day such as 2026-05-29"),
]


@pytest.mark.parametrize(("line", "says"), WRONG_LINES)
def test_a_line_that_nobody_can_print_or_read_costs_only_itself(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(f'{line}\n{{"id": "b", "text": "Aanvragen kan tot en met 1 mei 2027."}}\n', "utf-8")
    done = CliRunner().invoke(app, ["read-facts", str(file), "--json"])
    assert (done.exit_code, done.stderr) == (3, f"line 1 cannot be read: {says}\n")
    assert [facts["id"] for facts in json.loads(done.stdout)] == ["b"]
