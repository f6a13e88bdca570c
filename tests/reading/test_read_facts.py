"""The command read-facts: one case for every sentence of what is promised about it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scrapers.extract import extract
from scrapers.facts.read import read_facts
from tracker.__main__ import app

ON = "2026-05-01"


def read(tmp_path: Path, *lines: Any, now: str = "2026-05-01T12:00") -> tuple[list[dict[str, Any]], str, int]:
    """What the command prints for these lines, on both outputs, and its exit code."""
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), "utf-8")
    done = CliRunner().invoke(app, ["--now", now, "read-facts", str(file), "--json"])
    return json.loads(done.stdout), done.stderr, done.exit_code


def one(tmp_path: Path, text: str, language: str = "nl", on: str = ON) -> dict[str, Any]:
    """What is read of one text."""
    return read(tmp_path, {"id": "a", "text": text, "language": language, "read_on": on})[0][0]


def shown(tmp_path: Path, text: str, language: str = "nl", on: str = ON) -> dict[str, Any]:
    """Only what is shown, without what is null."""
    return {key: value for key, value in one(tmp_path, text, language, on)["shown"].items() if value is not None}


def test_one_object_for_each_line_in_their_order_with_all_keys(tmp_path: Path) -> None:
    found, _, code = read(tmp_path, {"id": "b", "text": "Niets."}, {"id": "a", "text": "Nothing."})
    assert [row["id"] for row in found] == ["b", "a"]
    assert code == 0
    empty = {"opens": None, "closes": None, "budget_eur": None, "max_per_project_eur": None, "funding_rate_pct": None}
    assert found[0] == {"id": "b", "shown": empty, "asked": {}, "sentences": {}}


def test_the_language_is_recognised_where_it_is_not_given(tmp_path: Path) -> None:
    dutch = {"id": "nl", "text": "Aanvragen kunnen worden ingediend tot en met 03-04-2027. Het plafond is € 1.500."}
    english = {
        "id": "en",
        "text": "Applications must be submitted to the portal by 25/04/2027. The budget is EUR 1,500.",
    }
    found, _, _ = read(tmp_path, dutch, english)
    assert found[0]["shown"]["closes"] == "2027-04-03"
    assert found[1]["shown"]["closes"] == "2027-04-25"


def test_the_day_of_reading_is_that_of_the_command_where_it_is_not_given(tmp_path: Path) -> None:
    text = "Aanvragen kunt u indienen in twee rondes. De eerste ronde sluit op 1 april 2026, de tweede ronde op 1 oktober 2026."
    assert read(tmp_path, {"id": "a", "text": text}, now="2026-03-01T12:00")[0][0]["shown"]["closes"] == "2026-04-01"
    assert read(tmp_path, {"id": "a", "text": text}, now="2026-05-01T12:00")[0][0]["shown"]["closes"] == "2026-10-01"


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_printed(tmp_path: Path) -> None:
    found, said, code = read(
        tmp_path, {"id": "a", "text": "Niets."}, "no json", {"id": 3, "text": "x"}, {"id": "b", "text": "x"}
    )
    assert [row["id"] for row in found] == ["a", "b"]
    assert "line 2" in said
    assert "line 3" in said
    assert code == 3


def test_no_such_file_is_a_failure(tmp_path: Path) -> None:
    from tracker.errors import CommandFailed

    done = CliRunner().invoke(app, ["read-facts", str(tmp_path / "none.jsonl")])
    assert isinstance(done.exception, CommandFailed)
    assert done.exception.code == 1


DAYS = [
    # without an hour a day, with one the local wall time
    ("nl", "Aanvragen kan tot en met 31 mei 2026.", "2026-05-31"),
    ("nl", "U kunt uw aanvraag indienen tot en met 31 mei 2026, 17.00 uur.", "2026-05-31T17:00"),
    # Amsterdam, Brussels, CET and CEST are the same wall time; with any other zone the day alone
    ("en", "Applications must be submitted by 24 September 2026, 17:00 CET.", "2026-09-24T17:00"),
    ("en", "Applications must be submitted by 24 September 2026, 17:00 Brussels time.", "2026-09-24T17:00"),
    ("en", "Applications must be submitted by 24 September 2026, 17:00 UTC.", "2026-09-24"),
    ("en", "Applications must be submitted before 24 September 2026, 17:00 EET.", "2026-09-24"),
    ("en", "Applications must be submitted by 24 September 2026, 5 pm Lisbon time.", "2026-09-24"),
    # 24:00 is 23:59 of that day; 00:00 as an end is the day before
    ("nl", "Aanvragen worden ingediend tot en met 31 mei 2026, 24.00 uur.", "2026-05-31T23:59"),
    ("nl", "Aanvragen worden ingediend tot 1 juni 2026, 00.00 uur.", "2026-05-31"),
    # before a day is the day before, before an hour is that hour
    ("nl", "Aanvragen moeten voor 1 juni 2026 zijn ingediend.", "2026-05-31"),
    ("nl", "Aanvragen moeten vóór 1 juni 2026 zijn ingediend.", "2026-05-31"),
    ("nl", "Aanvragen kunnen worden ingediend tot 1 juni 2026.", "2026-05-31"),
    ("en", "Applications must be submitted before 1 June 2026.", "2026-05-31"),
    ("nl", "Aanvragen moeten vóór 3 november 2026 9.00 uur zijn ingediend.", "2026-11-03T09:00"),
    # these include the day
    ("nl", "Aanvragen kunnen worden ingediend t/m 1 juni 2026.", "2026-06-01"),
    ("nl", "Aanvragen moeten uiterlijk 1 juni 2026 zijn ingediend.", "2026-06-01"),
    ("en", "Applications can be submitted until 1 June 2026.", "2026-06-01"),
    ("en", "Applications must be submitted by 1 June 2026.", "2026-06-01"),
    ("en", "Applications must be submitted no later than 1 June 2026.", "2026-06-01"),
    ("en", "The call for proposals closes on 1 June 2026.", "2026-06-01"),
    # what a crawl strips is stripped here too
    ("nl", "Aan\u00advragen kunt u in\u00addienen tot en met 9 ok\u00adtober 2026.", "2026-10-09"),
    # an hour that stands there is read
    ("en", "Applications must be submitted by 24 September 2026, 12.00 noon CET.", "2026-09-24T12:00"),
    ("en", "Applications must be submitted by midday on 24 September 2026.", "2026-09-24T12:00"),
    ("nl", "Aanvragen kunnen worden ingediend tot en met 31 mei 2026 om middernacht.", "2026-05-31T23:59"),
    ("nl", "Aanvragen kunnen worden ingediend tot en met 31 mei 2026 (tot 14.00 uur).", "2026-05-31T14:00"),
    ("nl", "Sluitingsdatum voor aanvragen: 31 mei 2026 - 17.00 uur", "2026-05-31T17:00"),
]


@pytest.mark.parametrize(("language", "text", "closes"), DAYS)
def test_a_day_is_read_as_its_words_of_direction_and_its_hour_say(
    tmp_path: Path, language: str, text: str, closes: str
) -> None:
    assert one(tmp_path, text, language)["shown"]["closes"] == closes


def test_what_is_shown_or_asked_has_its_sentence_and_no_field_is_in_both(tmp_path: Path) -> None:
    text = (
        "De regeling.\nAanvragen kunnen worden\ningediend van 1 mei 2026 tot en met 31 mei 2026. "
        "Voor kleine projecten is de subsidie 40% van de kosten, voor grote 60% van de kosten."
    )
    found = one(tmp_path, text)
    assert found["sentences"]["closes"] == "Aanvragen kunnen worden ingediend van 1 mei 2026 tot en met 31 mei 2026."
    assert found["asked"]["funding_rate_pct"] == [60, 40]
    assert set(found["sentences"]) == {k for k, v in found["shown"].items() if v is not None} | set(found["asked"])
    assert not {k for k, v in found["shown"].items() if v is not None} & set(found["asked"])


def test_the_next_door_is_the_first_on_or_after_the_day_of_reading_else_the_last(tmp_path: Path) -> None:
    text = "There are three cut-off dates for applications: 1 February 2026, 1 June 2026 and 1 October 2026."
    doors = {
        on: shown(tmp_path, text, "en", on)["closes"] for on in ("2026-01-01", "2026-06-01", "2026-06-02", "2027-01-01")
    }
    assert list(doors.values()) == ["2026-02-01", "2026-06-01", "2026-10-01", "2026-10-01"]


def test_after_an_obligatory_step_the_full_application_is_no_door(tmp_path: Path) -> None:
    text = (
        "Een vooraanmelding is verplicht en moet uiterlijk 15 april 2026 zijn ingediend. "
        "De volledige aanvraag dient u in tot en met 1 september 2026."
    )
    assert shown(tmp_path, text)["closes"] == "2026-04-15"


def test_a_first_stage_is_the_door_and_a_second_is_none(tmp_path: Path) -> None:
    text = (
        "Pre-proposals must be submitted by 15 June 2026. "
        "Only invited applicants may submit a full proposal, by 1 December 2026."
    )
    assert shown(tmp_path, text, "en", "2026-05-01")["closes"] == "2026-06-15"
    assert shown(tmp_path, text, "en", "2026-08-01")["closes"] == "2026-06-15"


def test_closings_that_the_text_does_not_order_are_asked(tmp_path: Path) -> None:
    text = "Gemeenten kunnen tot en met 1 juni 2026 een aanvraag indienen. Stichtingen kunnen tot en met 1 juli 2026 een aanvraag indienen."
    found = one(tmp_path, text)
    assert found["shown"]["closes"] is None
    assert set(found["asked"]["closes"]) == {"2026-06-01", "2026-07-01"}


def test_the_opening_is_that_of_the_round_of_the_closing(tmp_path: Path) -> None:
    text = (
        "De eerste aanvraagronde loopt van 1 januari 2026 tot en met 31 januari 2026. "
        "De tweede aanvraagronde loopt van 1 juni 2026 tot en met 30 juni 2026."
    )
    assert shown(tmp_path, text) == {"opens": "2026-06-01", "closes": "2026-06-30"}
    assert shown(tmp_path, text, on="2026-01-10") == {"opens": "2026-01-01", "closes": "2026-01-31"}


def test_a_date_that_only_a_rule_computes_is_asked(tmp_path: Path) -> None:
    text = "Aanvragen kunnen worden ingediend tot vier weken na 1 mei 2026."
    found = one(tmp_path, text)
    assert found["shown"]["closes"] is None


RULES = [
    (
        "opens",
        "nl",
        "Aanvragen kunnen worden ingediend vanaf de dag na publicatie in de Staatscourant tot en met 1 december 2026. "
        "Gepubliceerd op 4 mei 2026.",
        ["2026-05-05"],
    ),
    (
        "closes",
        "nl",
        "Een aanvraag wordt ingediend binnen zes weken na bekendmaking van dit besluit. Uitgegeven op 14 januari 2026.",
        ["2026-02-25"],
    ),
    (
        "closes",
        "en",
        "Applications must be submitted within a month after publication. The call was published on 3 March 2026.",
        ["2026-04-03"],
    ),
]


@pytest.mark.parametrize(("field", "language", "text", "days"), RULES)
def test_a_rule_that_departs_from_publication_is_asked_with_the_day_it_comes_to(
    tmp_path: Path, field: str, language: str, text: str, days: list[str]
) -> None:
    read = one(tmp_path, text, language)
    assert read["shown"][field] is None
    assert read["asked"][field] == days


WITHOUT_A_DAY = [
    ("opens", "Aanvragen kan vanaf de dag na publicatie van deze regeling in de Staatscourant."),
    ("closes", "Een aanvraag wordt ingediend binnen een maand na bekendmaking van dit besluit."),
]


@pytest.mark.parametrize(("field", "text"), WITHOUT_A_DAY)
def test_a_rule_without_the_day_it_departs_from_is_a_question_and_no_day_is_made_up(
    tmp_path: Path, field: str, text: str
) -> None:
    read = one(tmp_path, text)
    assert (read["shown"][field], read["asked"]) == (None, {})
    (question,) = extract(text, "nl", date(2026, 5, 1))["questions"]
    assert (question.field, question.sentence, question.readings) == (field, text, ())


def test_the_source_s_own_day_of_publication_gives_the_reading() -> None:
    (question,) = extract(WITHOUT_A_DAY[1][1], "nl", date(2026, 5, 1), published=date(2026, 4, 20))["questions"]
    assert question.readings == ("2026-05-20",)


NO_APPLICATION = [
    "Deze regeling treedt in werking met ingang van de dag na de datum van uitgifte van de Staatscourant.",
    "De minister beslist binnen acht weken na bekendmaking op de aanvraag.",
    "Bezwaar kan worden ingediend binnen zes weken na bekendmaking.",
]


@pytest.mark.parametrize("text", NO_APPLICATION)
def test_a_rule_that_is_not_about_applying_is_no_question(text: str) -> None:
    assert extract(text, "nl", date(2026, 5, 1))["questions"] == ()


AMOUNTS = [
    ("budget_eur", "Het subsidieplafond bedraagt € 2.500.000.", 2500000),
    ("budget_eur", "Het subsidieplafond wordt verhoogd van € 2.000.000 naar € 3.000.000.", 3000000),
    ("max_per_project_eur", "De subsidie bedraagt maximaal € 25.000 per project.", 25000),
    ("max_per_project_eur", "De subsidie bedraagt ten minste € 10.000 en ten hoogste € 50.000 per aanvraag.", 50000),
    ("funding_rate_pct", "De subsidie bedraagt 62,5% van de subsidiabele kosten.", 62.5),
]


@pytest.mark.parametrize(("key", "text", "value"), AMOUNTS)
def test_an_amount_is_the_number_that_the_words_say(tmp_path: Path, key: str, text: str, value: float) -> None:
    assert one(tmp_path, text)["shown"][key] == value


NOT_SHOWN = [
    ("budget_eur", "nl", "Er is ruim € 2 miljoen beschikbaar voor subsidie."),
    ("budget_eur", "nl", "Voor deze ronde is circa € 2 miljoen beschikbaar."),
    (
        "budget_eur",
        "nl",
        "Voor de regio Noord is € 1 miljoen beschikbaar en voor de regio Zuid is € 2 miljoen beschikbaar.",
    ),
    ("max_per_project_eur", "nl", "De subsidie bedraagt maximaal € 500 per woning."),
    ("max_per_project_eur", "nl", "De bijdrage is maximaal € 100.000 per jaar."),
    ("max_per_project_eur", "nl", "In totaal mogen de subsidiabele kosten maximaal € 3.000.000 per project bedragen."),
    ("funding_rate_pct", "nl", "Voor stichtingen geldt een cofinancieringseis van 30%."),
    (
        "funding_rate_pct",
        "nl",
        "De subsidie bedraagt 40% van de kosten voor bedrijven en 60% van de kosten voor gemeenten.",
    ),
    ("closes", "nl", "Vragen kunt u stellen tot en met 20 mei 2026."),
    ("closes", "nl", "De minister beslist uiterlijk op 1 juli 2026 op de aanvraag."),
    ("opens", "nl", "Vanaf 20 mei 2026 kunt u een conceptaanvraag klaarzetten in het portaal."),
    ("closes", "en", "The call closes on 1 January 2100."),
]


@pytest.mark.parametrize(("key", "language", "text"), NOT_SHOWN)
def test_what_is_no_fact_or_no_single_one_is_not_shown(tmp_path: Path, key: str, language: str, text: str) -> None:
    assert one(tmp_path, text, language)["shown"][key] is None


def test_what_is_asked_has_one_to_five_values(tmp_path: Path) -> None:
    days = ", ".join(f"regio {n} tot en met {n} juni 2026" for n in range(1, 9))
    found = one(tmp_path, f"Aanvragen kunnen worden ingediend: {days}.")
    assert all(1 <= len(values) <= 5 for values in found["asked"].values())


OTHER_CURRENCIES = [
    ("budget_eur", "en", "The total budget of the call is £2 million.", [2000000]),
    ("budget_eur", "en", "The total budget available for this call is GBP 4,000,000.", [4000000]),
    ("budget_eur", "nl", "Het subsidieplafond bedraagt 5.000.000 Noorse kronen.", [5000000]),
    ("budget_eur", "nl", "Het subsidieplafond bedraagt 2,5 miljoen dollar.", [2500000]),
    ("max_per_project_eur", "en", "Applicants can receive up to NOK 300,000 per project.", [300000]),
    ("max_per_project_eur", "en", "Grants of up to 250,000 kroner per project.", [250000]),
    ("max_per_project_eur", "en", "Each project can receive up to 40,000 pounds.", [40000]),
    ("max_per_project_eur", "nl", "De subsidie bedraagt maximaal CHF 25.000 per aanvraag.", [25000]),
    ("max_per_project_eur", "nl", "De subsidie bedraagt maximaal 250.000 DKK per project.", [250000]),
    ("max_per_project_eur", "en", "Each project can receive US$20,000 to US$80,000.", [80000, 20000]),
]


@pytest.mark.parametrize(("key", "language", "text", "values"), OTHER_CURRENCIES)
def test_an_amount_in_another_currency_is_asked_with_its_number(
    tmp_path: Path, key: str, language: str, text: str, values: list[int]
) -> None:
    found = one(tmp_path, text, language)
    assert found["shown"][key] is None
    assert found["asked"][key] == values
    field = {"budget_eur": "budget", "max_per_project_eur": "max_amount"}[key]
    assert "andere munt" in read_facts(text, language, date(2026, 5, 1)).asked[field].why


def test_an_amount_in_euro_that_another_currency_repeats_is_shown(tmp_path: Path) -> None:
    dutch = "De subsidie bedraagt maximaal € 25.000 (ongeveer $ 27.000) per aanvraag."
    english = "The grant is at most EUR 100,000 (GBP 85,000) per project."
    assert shown(tmp_path, dutch) == {"max_per_project_eur": 25000}
    assert shown(tmp_path, english, "en") == {"max_per_project_eur": 100000}


SEVERAL_SCHEMES = [
    (
        "nl",
        "Subsidieregeling Sport en bewegen: aanvragen kan van 1 februari 2026 tot en met 31 mei 2026.\n"
        "Subsidieregeling Cultuur dichtbij: het subsidieplafond bedraagt € 250.000.",
    ),
    (
        "nl",
        "Voor de Subsidieregeling groenblauwe schoolpleinen bedraagt het subsidieplafond € 300.000. "
        "De subsidie is maximaal € 20.000 per project.\n"
        "Aanvragen op grond van de Subsidieregeling asbestdaken kunnen worden ingediend van 1 mei 2026 "
        "tot en met 1 november 2026. De subsidie bedraagt 30% van de kosten.",
    ),
    (
        "nl",
        "a. Voor paragraaf 2.1 geldt een subsidieplafond van € 400.000 en kunnen aanvragen worden ingediend "
        "van 1 februari 2026 tot en met 1 juni 2026.\n"
        "b. Voor paragraaf 2.4 geldt een subsidieplafond van € 700.000 en kunnen aanvragen worden ingediend "
        "van 1 februari 2026 tot en met 1 juni 2026.",
    ),
    (
        "en",
        "Small Projects Fund\nApplications must be submitted by 1 June 2026.\n"
        "Green Towns Scheme\nThe total budget is EUR 4 million. Each project can receive up to EUR 100,000.",
    ),
]


@pytest.mark.parametrize(("language", "text"), SEVERAL_SCHEMES)
def test_of_a_text_that_opens_several_schemes_all_is_asked(tmp_path: Path, language: str, text: str) -> None:
    assert shown(tmp_path, text, language) == {}
    assert {"closes", "budget_eur"} <= set(one(tmp_path, text, language)["asked"])
    assert read_facts(text, language, date(2026, 5, 1)).gates == ()


ONE_SCHEME = [
    "Subsidieregeling Natuur\nOp deze regeling is de Algemene subsidieverordening Utrecht van toepassing. "
    "Aanvragen kunnen worden ingediend van 1 februari 2026 tot en met 31 mei 2026.\n"
    "Het subsidieplafond van de Subsidieregeling Natuur bedraagt € 700.000.",
    "Subsidieregeling Erfgoed\nParagraaf 1 Aanvragen\n"
    "Een aanvraag kan worden ingediend van 1 februari 2026 tot en met 31 mei 2026.\n"
    "Paragraaf 2 Geld\nHet subsidieplafond bedraagt € 700.000.",
]


@pytest.mark.parametrize("text", ONE_SCHEME)
def test_another_regulation_or_a_second_paragraph_makes_no_second_scheme(tmp_path: Path, text: str) -> None:
    assert shown(tmp_path, text) == {"opens": "2026-02-01", "closes": "2026-05-31", "budget_eur": 700000}
