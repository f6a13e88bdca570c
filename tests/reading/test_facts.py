"""What a text says: facts with their sentence, questions, gates, and that it is over."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from db.vocabulary import Allocation, DeadlineKind, Status
from scrapers.extract import extract
from scrapers.facts.facts import plain_value
from scrapers.facts.language import language_of
from scrapers.facts.read import read_facts
from scrapers.facts.words import LANGUAGES, groups, lines, pattern
from scrapers.listing import QuestionField
from scrapers.measure import Score, measured, of_sentences

HERE = Path(__file__).parents[1]
DAY = date(2026, 5, 1)
SECTIONS = (
    "directions",
    "topics",
    "over",
    "over_unless",
    "allocation",
    "flags",
    "scope",
    "names",
    "doubts",
    "rules",
    "phrases",
)
EVERY_LINE = [
    (language, section, group, written, example)
    for language in LANGUAGES
    for section in SECTIONS
    for group in groups(section)
    for written, example in lines(language, section, group)
]


@pytest.mark.parametrize(("language", "section", "group", "written", "example"), EVERY_LINE)
def test_every_line_of_the_word_lists_finds_its_example(
    language: str, section: str, group: str, written: str, example: str
) -> None:
    assert example, f"{language} {section} {group}: {written} has no example"
    shape = "(?:{})" if section in ("names", "doubts", "phrases") else r"(?<!\w)(?:{})(?!\w)"
    assert pattern(section, group, shape).search(example.lower())


TRAPS = """
Van de subsidie mag hooguit 20% van de kosten bestaan uit eigen uren.
De vergoeding voor waardeverlies is 120% van de waarde.
Jonge boeren krijgen er 15 procentpunt bij.
Het eigen vermogen is maximaal 25% van de begroting.
Als de raad instemt komt er € 2 miljoen beschikbaar.
Er zou € 3 miljoen beschikbaar komen.
Het college stelt de raad voor € 1 miljoen te reserveren.
Het budget kan oplopen tot € 10 miljoen.
Het ministerie denkt aan een budget van € 30 miljoen.
Er komt € 5 miljoen extra beschikbaar.
Per ronde is € 450.000 te verdelen.
Het fonds heeft sinds 2019 € 8 miljoen verdeeld.
In 2023 kregen 40 projecten samen € 3,2 miljoen subsidie.
Beschikbaar is € 12 miljoen plus € 3 miljoen van het Rijk.
Subsidies tot € 25.000 worden direct vastgesteld.
Uw project kost minimaal € 50.000 en maximaal € 500.000.
Bijdragen liggen meestal tussen € 10.000 en € 50.000.
De raad kan de subsidie verhogen tot € 35.000.
De bijdrage is maximaal € 100.000 per jaar.
Projecten van € 50.000 tot € 1.000.000 komen in aanmerking voor subsidie.
U hoort vóór 1 juli 2025 of uw aanvraag is goedgekeurd.
De deadline van 1 mei 2025 is komen te vervallen.
Het loket was van 1 maart tot 1 april 2025 gesloten.
Het loket was van 1 maart tot 1 april 2025 tijdelijk gesloten.
Vanaf 1 mei 2025 kunt u zich aanmelden voor de informatiebijeenkomst.
Eerder dit jaar, tot 1 mei 2025, was er ook een ronde.
In de ronde die op 1 mei 2025 sloot was € 3 miljoen te verdelen.
Er kwamen 60 aanvragen binnen, samen goed voor € 8 miljoen.
In totaal is hiermee € 8 miljoen aan subsidie aangevraagd.
Reiskosten mogen maximaal 10% van de begroting zijn.
Ten hoogste 20% van de kosten mag worden besteed aan inhuur.
Tot 25% van alle winkels op het plein staat leeg.
Het gemiddelde project heeft een omvang van € 2 tot € 5 miljoen.
Een netwerk heeft een budget van maximaal € 850.000.
De motie vraagt de minister vóór 1 mei 2025 met een voorstel te komen.
Per 1 mei 2025 kunt u geen gebruik meer maken van dit formulier.
Vóór 1 mei 2025 kunt u zich aanmelden voor een intakegesprek.
""".strip().splitlines()


@pytest.mark.parametrize("text", TRAPS)
def test_nothing_is_shown_of_what_is_something_else(text: str) -> None:
    assert read_facts(text, "nl", date(2025, 1, 1)).shown == {}


AMENDED = "In artikel 8, eerste lid, wordt ‘1 september 2026’ vervangen door ‘1 november 2026’."
ABOUT_IT = "Artikel 8 noemt de dag waarop een aanvraag uiterlijk wordt ingediend."


@pytest.mark.parametrize("before", ["", "Artikel I\n", "12345678\n", "A\n", "Wijziging van artikel 8\n"])
def test_a_date_that_an_amendment_puts_for_another_is_asked(before: str) -> None:
    """Whatever stands above it: an article number does not say that it is about applying."""
    found = read_facts(before + AMENDED, "nl", DAY)
    assert "closes" not in found.shown
    assert found.asked["closes"].values[0] == read_facts("Aanvragen kan tot en met 1 november 2026.", "nl", DAY).shown[
        "closes"
    ].value  # fmt: skip


def test_a_text_that_says_what_the_amended_article_is_about_is_believed_as_before() -> None:
    found = read_facts(f"12345678\n{AMENDED}\n{ABOUT_IT}", "nl", DAY)
    assert found.shown["closes"].sentence == AMENDED


OVER = [
    ("nl", "Het budget voor aanvragen is op.", Status.CLOSED),
    ("nl", "Het subsidieplafond is bereikt. U kunt geen aanvraag meer indienen.", Status.CLOSED),
    ("nl", "Vanwege het grote aantal aanvragen is het loket per 12 mei 2026 vervroegd gesloten.", Status.CLOSED),
    ("nl", "Door de grote toeloop is het loket sinds 12 mei 2026 vervroegd dicht.", Status.CLOSED),
    ("nl", "De regeling is tijdelijk gesloten.", Status.EXPECTED),
    ("nl", "De regeling is ingetrokken.", Status.WITHDRAWN),
    ("nl", "Aanvragen is niet meer mogelijk.", Status.CLOSED),
    ("en", "The call is now closed.", Status.CLOSED),
    ("en", "The budget has been exhausted.", Status.CLOSED),
    ("en", "The call has been cancelled.", Status.WITHDRAWN),
]


@pytest.mark.parametrize(("language", "text", "status"), OVER)
def test_words_that_it_is_over_close_the_call_with_that_sentence(language: str, text: str, status: Status) -> None:
    found = read_facts(text, language, date(2026, 6, 1))
    assert found.status is not None
    assert found.status[0] is status
    assert found.status[1] in text


@pytest.mark.parametrize(
    "text",
    [
        "Als het budget op is, sluit het loket.",
        "Aanvragen kan totdat het subsidieplafond is bereikt.",
        "Het loket sluit zodra het budget is uitgeput.",
        "Applications are accepted until the budget has been exhausted.",
        "Op is op.",
    ],
)
def test_a_rule_for_when_it_will_be_over_closes_nothing(text: str) -> None:
    assert read_facts(text, "en" if text.startswith("App") else "nl", DAY).status is None


def test_the_date_beside_words_that_it_is_over_is_no_opening_and_no_closing() -> None:
    text = "Vanwege het grote aantal aanvragen is het loket per 12 mei 2026 vervroegd gesloten. Indienen kon tot en met 30 juni 2026."
    fields = extract(text, "nl", date(2026, 5, 20))
    assert fields["source_word"] is Status.CLOSED
    assert fields["proof"]["source_word"].sentence.endswith("vervroegd gesloten.")
    assert not [d for d in fields["deadlines"] if d.day == date(2026, 5, 12) or d.day == date(2026, 6, 30)]


def test_words_that_it_is_over_close_a_call_that_the_source_calls_open_and_a_person_is_asked() -> None:
    fields = extract("Het budget voor aanvragen is op.", "nl", DAY, Status.OPEN)
    assert fields["source_word"] is Status.CLOSED
    assert fields["proof"]["source_word"].sentence == "Het budget voor aanvragen is op."
    (question,) = fields["questions"]
    assert (question.field, question.readings) == (QuestionField.STATUS, ("closed", "open"))


def test_an_obligatory_step_is_a_gate_and_what_follows_it_is_no_door() -> None:
    text = (
        "Een vooraanmelding is verplicht en moet uiterlijk 13 januari 2027, 14:00 uur zijn ingediend. "
        "De deadline voor volledige aanvragen is 13 april 2027, 14:00 uur."
    )
    gates = {gate.kind: gate for gate in read_facts(text, "nl", DAY).gates}
    assert (gates[DeadlineKind.STAGE_1].door, gates[DeadlineKind.STAGE_1].obligatory) == (True, True)
    assert all(not gate.door for kind, gate in gates.items() if kind is not DeadlineKind.STAGE_1)


def test_cut_offs_are_all_kept() -> None:
    found = read_facts("Cut-off dates: 15 March 2027, 15 June 2027 and 15 September 2027.", "en", DAY)
    assert [gate.kind for gate in found.gates] == [DeadlineKind.CUT_OFF] * 3


def test_dates_that_contradict_each_other_are_asked_with_a_remark() -> None:
    text = "Aanvragen kunt u indienen vanaf 1 juni 2026. Aanvragen kunt u indienen tot en met 15 maart 2026."
    found = read_facts(text, "nl", DAY)
    assert found.remarks == ("data in de tekst spreken elkaar tegen",)
    assert set(found.asked) == {"opens", "closes"}


def test_how_money_is_divided_and_how_long_it_lasts_is_named() -> None:
    found = read_facts(
        "Aanvragen kan doorlopend, op volgorde van ontvangst, zolang er budget beschikbaar is.", "nl", DAY
    )
    assert found.allocation is Allocation.FIRST_COME
    assert {gate.kind for gate in found.gates} == {DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED}


def test_a_soft_hyphen_hides_no_word() -> None:
    fields = extract("U kunt uw aan\u00advraag in\u00addienen tot en met 1 juli 2026.", "nl", DAY)
    assert [d.day for d in fields["deadlines"]] == [date(2026, 7, 1)]


def test_a_listing_gets_each_value_with_its_sentence_and_certainty() -> None:
    fields = extract("Het subsidieplafond bedraagt € 2.500.000. Aanvragen kan tot en met 1 juli 2026.", "nl", DAY)
    (closes,) = fields["deadlines"]
    assert closes.sentence == "Aanvragen kan tot en met 1 juli 2026."
    assert 0.85 <= closes.certainty <= 1
    assert fields["proof"]["budget"].sentence == "Het subsidieplafond bedraagt € 2.500.000."
    assert fields["questions"] == ()


def test_signature_and_publication_days_are_no_question() -> None:
    text = (
        "De aanvraagperiode loopt van 1 februari 2027 tot en met 31 maart 2027.\n"
        "Dit besluit treedt in werking op 15 januari 2027.\n"
        "Haarlem, 12 januari 2027\nGedeputeerde Staten van Noord-Holland\nUitgegeven op 14 januari 2027."
    )
    assert read_facts(text, "nl", DAY).asked == {}


KINDS = r"""
Aanvragen die vóór 1 februari 2027 bij ons zijn binnengekomen handelen wij nog zelf af. => closes not shown
Loting op 22 februari 2027 onder aanvragen die tussen 18 januari 2027 en 12 februari 2027 binnenkomen. => opens shown 2027-01-18
Wij loten op 3 maart 2027 onder de aanvragen die van 1 tot en met 15 februari 2027 zijn ontvangen. => opens shown 2027-02-01
De tweede ronde is open van 14 november tot en met 5 december. => closes asked 2026-12-05
De derde ronde loopt tot 19 september. De eerste liep van 16 oktober tot en met 15 november 2024. => closes asked 2026-09-18
Wie wil, kan op maandag 1 juni aanvragen tot en met 26 juni 2026. => closes shown 2026-06-26
In deze kabinetsperiode is € 2 miljard beschikbaar. Voor deze tranche is € 250 miljoen beschikbaar. => budget shown 250000000
Het totale budget is € 80 miljoen en wordt verdeeld over vier tranches. => budget asked 80000000
In 2024 en 2025 bleek het subsidieplafond van € 12 miljoen genoeg. => budget not shown
De subsidie is 50% van de kosten en maximaal € 9.000 bij projecten die een monument betreffen. => max_amount asked 9000
De kosten zijn ten minste € 1.000 en maximaal € 9.000. => max_amount not shown
De bijdrage is maximaal 25% van de begrote opbrengsten. => rate not shown
De ronde blijft langer opengesteld dan de oorspronkelijk gemelde sluiting op 31 mei 2026. => closes not shown
Geldend vanaf 16-07-2026 t/m 31-12-2027 => closes not shown
The amount available for this call is €16, 000, 000. => budget shown 16000000
With a budget of €8.1 billion it makes Europe digital. => budget not shown
The call is open until 15 April 2027 at noon (mainland Spain local time). => closes shown 2027-04-15
Applications can be submitted by 2pm CET (1pm UK time) on 14 March 2027. => closes shown 2027-03-14T14:00
Grants of up to €60,000 for cities; €100,000 for consortia. => max_amount asked 60000
U moet zich eerst vooraanmelden, uiterlijk 1 maart 2026. De volledige aanvraag kan tot en met 1 december 2026. => closes shown 2026-03-01
Applications close on 14 October 2026 at 23:59 AoE. => closes shown 2026-10-14
Aanvragen kan tot en met 24 september 2026, twaalf uur. => closes shown 2026-09-24T12:00
A town gets up to €2,000 to develop a full application. => max_amount not shown
The maximum amount of funding per third party is EUR 60,000. => max_amount shown 60000
Beneficiaries may hand on at most EUR 60,000 to each third party. => max_amount not shown
The EU contribution per project is between EUR 3 and 5 million. => max_amount shown 5000000
The next window closes on 1 September 2027. => closes not shown
Schools get EUR 300,000, clubs EUR 200,000. That is EUR 500,000 in total. => budget shown 500000
Opening date\n\n3 March 2027\n\nDeadline of the call\n\n14 May 2027 17:00 => closes shown 2027-05-14T17:00
""".strip().splitlines()


@pytest.mark.parametrize("line", KINDS)
def test_kinds_that_were_once_misread_are_read_or_asked(line: str) -> None:
    text, _, wanted = line.partition(" => ")
    name, *how = wanted.split()
    text = text.replace(r"\n", "\n")
    facts = read_facts(text, language_of(text), DAY)
    shown, asked = facts.shown.get(name), facts.asked.get(name)
    if how[0] == "shown":
        assert shown
        assert plain_value(shown.value) == how[1]
        return
    assert shown is None
    if how[0] == "asked":
        assert asked
        assert how[1] in map(plain_value, asked.values)


def test_a_day_without_a_year_is_asked_with_the_year_of_its_weekday_first() -> None:
    facts = read_facts("Aanvragen kan tot en met vrijdag 4 juni.", "nl", DAY)
    assert plain_value(facts.asked["closes"].values[0]) == "2027-06-04"


def share(path: Path) -> tuple[float, float, float]:
    """Of all facts: precision of what is shown, share shown, share shown or asked."""
    *_, precision, recall, _, _, either, _ = measured(path, []).table().splitlines()[-1].split()
    return float(precision), float(recall), float(either)


def test_whole_texts_of_our_own_are_shown_with_hardly_an_error() -> None:
    precision, recall, either = share(HERE / "wordings.jsonl")
    assert precision >= 0.97
    assert recall >= 0.75
    assert either >= 0.93


def test_texts_that_nothing_was_fitted_on_are_shown_with_hardly_an_error() -> None:
    precision, recall, either = share(HERE / "pages.jsonl")
    assert precision >= 0.97
    assert recall >= 0.65
    assert either >= 0.9


def test_real_schemes_are_shown_with_hardly_an_error(shared: Path) -> None:
    precision, recall, either = share(shared / "gold" / "nl_dev.jsonl")
    assert precision >= 0.96
    assert recall >= 0.6
    assert either >= 0.85


def test_dates_of_real_regulations_are_shown_only_beside_an_act_of_applying(shared: Path) -> None:
    precision, recall, either = share(shared / "real" / "nl-regelingen" / "dates_judged.jsonl")
    assert precision >= 0.97
    assert recall >= 0.6
    assert either >= 0.85


def test_of_what_is_asked_about_real_regulations_half_is_right(shared: Path) -> None:
    score = measured(shared / "real" / "nl-regelingen" / "dates_judged.jsonl", [])
    counts = sum(score.counts.values(), Counter[str]())
    assert counts["asked"] >= counts["asked wrong"] + counts["asked beside"]


def test_decisions_of_provinces_bring_no_question_about_a_date_that_is_no_fact(shared: Path) -> None:
    lines = (shared / "real" / "nl-prb" / "provincial_decisions.jsonl").read_text("utf-8").splitlines()
    decisions = [row for row in map(json.loads, lines) if row["id"].startswith(("prb", "CVDR"))]
    assert len(decisions) == 11
    for row in decisions:
        facts = read_facts(row["text"], "nl", date.fromisoformat(row["published"][:10]))
        for name in ("opens", "closes"):
            days = {plain_value(value)[:10] for value in facts.asked[name].values} if name in facts.asked else set()
            assert days <= {str(row["a_person_reads"].get(name))[:10]}, row["id"]


def test_the_fit_learns_what_its_sentences_say(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (HERE.parent / "scrapers/labels/plain.jsonl").read_text("utf-8").splitlines()]
    score = Score()
    of_sentences([row for row in rows if row["language"] == "nl"], "nl", [], score)
    right, wrong = (
        score.counts["closes"]["right"] + score.counts["closes"]["asked"],
        score.counts["closes"]["shown beside"],
    )
    assert right > 5 * wrong
