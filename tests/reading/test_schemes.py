"""A text that opens several schemes is a list of calls: asked whole, with every scheme's days and money as readings."""

import json
from datetime import date
from pathlib import Path

import pytest

from scrapers.facts.facts import plain_value
from scrapers.facts.read import SCHEMES, read_facts

DAY = date(2026, 12, 1)
LAW = """Openstelling landbouwsubsidies 2027
§ 10 Jonge landbouwers
Artikel 48
Aanvragen kunnen worden ingediend in de periode van 1 maart 2027 tot en met 30 april 2027.
Artikel 49
Het subsidieplafond bedraagt € 7.000.000.
§ 11 Zeldzame huisdierrassen
Artikel 50
Een aanvraag kan worden ingediend in de periode van 14 juli 2027 tot en met 25 juli 2027.
Artikel 51
Het subsidieplafond bedraagt € 120.000."""
SEVERAL = {
    "paragraphs of a law": ("nl", LAW, ["2027-04-30", "2027-07-25"]),
    "the same without line breaks": ("nl", LAW.replace("\n", " "), ["2027-04-30", "2027-07-25"]),
    "titled paragraphs with a window only": (
        "nl",
        "Het uitvoeringsbesluit is als volgt gewijzigd:\nParagraaf 2.10 Wooninitiatieven\n"
        "Een aanvraag kan worden ingediend vanaf 1 februari 2027 tot en met 30 april 2027.\n"
        "Paragraaf 3.1 Hernieuwbare energie\n"
        "Een aanvraag kan worden ingediend vanaf 1 augustus 2027 tot en met 16 september 2027.",
        ["2027-04-30", "2027-09-16"],
    ),
    "ceilings in items": (
        "nl",
        "De subsidieplafonds voor 2027 zijn:\na. Uitvoeringsregeling subsidie zwemwater: € 200.000;\n"
        "b. Uitvoeringsregeling subsidie dorpshuizen: € 1.500.000.\n"
        "Aanvragen kunnen worden ingediend van 1 februari 2027 tot en met 1 oktober 2027.",
        ["2027-10-01"],
    ),
    "items with a window": (
        "nl",
        "In 2027 zijn deze subsidies open:\n"
        "- Groene daken: aanvragen van 1 februari 2027 tot en met 31 maart 2027, plafond € 300.000\n"
        "- Fietsparkeren: aanvragen van 1 maart 2027 tot en met 30 april 2027, plafond € 750.000",
        ["2027-03-31", "2027-04-30"],
    ),
    "a table of schemes": (
        "nl",
        "Regeling | Aanvragen van | Aanvragen tot en met | Subsidieplafond\n"
        "Natuurvriendelijke oevers | 1 februari 2027 | 31 maart 2027 | € 300.000\n"
        "Fietsparkeren bij stations | 1 maart 2027 | 30 april 2027 | € 750.000",
        ["2027-03-31", "2027-04-30"],
    ),
    "a table of calls": (
        "en",
        "Call | Opens | Closes | Budget\nWalkable streets | 1 February 2027 | 30 April 2027 | EUR 2 million\n"
        "Urban logistics | 15 March 2027 | 15 June 2027 | EUR 3 million",
        ["2027-04-30", "2027-06-15"],
    ),
    "schemes that the text counts": (
        "nl",
        "De provincie heeft twee nieuwe regelingen vastgesteld. Voor sportaccommodaties is er een plafond van € 2.120.000. "
        "Voor bedrijventerreinen is een plafond van € 100.000 vastgesteld. Aanvragen kan tot en met 31 augustus 2027.",
        ["2027-08-31"],
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_of_a_list_of_calls_every_closing_is_asked_and_nothing_stands_in_the_calendar(name: str) -> None:
    language, text, closings = SEVERAL[name]
    facts = read_facts(text, language, DAY)
    assert facts.shown == {}
    assert facts.gates == ()
    assert set(closings) <= {plain_value(value) for value in facts.asked["closes"].values}
    assert {asked.why for asked in facts.asked.values()} == {SCHEMES}


def test_that_one_of_several_schemes_is_over_does_not_close_the_list() -> None:
    assert read_facts(f"{LAW}\nHet subsidieplafond van paragraaf 10 is bereikt.", "nl", DAY).status is None


ONE = {
    "rounds in a table": "Subsidies voor fietspaden\nRonde | Opent | Sluit\nEerste ronde | 1 februari 2027 | 31 maart 2027\n"
    "Tweede ronde | 1 augustus 2027 | 30 september 2027",
    "parts of one ceiling": "Het subsidieplafond voor de subsidies van 2027 is € 18.000.000.\n"
    "Haarlem-IJmond € 5.000.000\nNoord-Holland Noord € 13.000.000",
    "labels": "Subsidies\nOpening: 1 februari 2027\nSluiting: 31 maart 2027\nTotaal budget: € 300.000\nMaximum: € 20.000",
    "paragraphs of one regulation": "Paragraaf 1 Aanvraag\nAanvragen kan van 1 februari 2027 tot en met 31 maart 2027.\n"
    "Paragraaf 2 Budget en verdeling\nHet subsidieplafond bedraagt € 300.000.",
    "two calls a year": "Het fonds heeft twee oproepen per jaar. Aanvragen kan tot en met 1 mei 2027 en tot en met 1 oktober 2027.",
}


@pytest.mark.parametrize("name", ONE)
def test_rounds_parts_labels_and_paragraphs_of_one_scheme_are_no_list_of_calls(name: str) -> None:
    assert SCHEMES not in {asked.why for asked in read_facts(ONE[name], "nl", DAY).asked.values()}


def test_of_real_texts_hardly_one_is_taken_for_a_list_of_calls(shared: Path) -> None:
    lists = []
    for name in ("nl_dev", "nl_more", "nl_third"):
        for line in (shared / f"gold/{name}.jsonl").read_text("utf-8").splitlines():
            call = json.loads(line)
            asked = read_facts(f"{call['title']}\n{call['text']}", "nl", DAY).asked.values()
            lists += [call["id"]] if any(question.why == SCHEMES for question in asked) else []
    assert lists == ["nl5-039"]  # "Drie subsidies vastgesteld in Noord-Holland"
