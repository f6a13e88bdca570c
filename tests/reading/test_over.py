"""Words that a call is over close it with that sentence as proof; with a day still to come they make a question."""

from datetime import date

import pytest

from db.vocabulary import Status
from scrapers.extract import extract
from scrapers.facts.facts import plain_value
from scrapers.facts.read import read_facts

READ_ON = date(2026, 5, 29)
DUTCH = "Aanvragen kan van 1 februari 2026 tot en met 31 december 2026. "
ENGLISH = "Applications can be submitted from 1 February 2026 until 31 December 2026. "
CLOSED_SINCE = """
Het loket is vanaf 12 mei 2026 dicht.
Het loket is per 12 mei 2026 gesloten.
Het loket sluit per 12 mei 2026 vervroegd.
Het loket is dicht.
Het loket is op 12 mei 2026 dichtgegaan.
Het loket ging op 12 mei dicht.
Op 12 mei 2026 sloot het loket vervroegd.
Per 12 mei 2026 gesloten.
Vanaf 12 mei 2026 is aanvragen niet meer mogelijk.
Indienen is vanaf 12 mei 2026 niet meer mogelijk.
Het is sinds 12 mei 2026 niet langer mogelijk om subsidie aan te vragen.
Sinds 12 mei 2026 kunt u niet meer aanvragen.
U kunt vanaf 12 mei 2026 geen aanvraag meer doen.
Vanaf 12 mei 2026 kan niet meer worden aangevraagd.
Met ingang van 12 mei 2026 nemen wij geen aanvragen meer in behandeling.
De provincie stopt per 12 mei 2026 met de regeling.
Wij zijn per 12 mei 2026 gestopt met deze subsidie.
De regeling stopt met ingang van 12 mei 2026.
Helaas hebben wij de regeling per 12 mei 2026 moeten sluiten.
Vanwege de drukte is de regeling vanaf 12 mei 2026 gesloten.
The scheme has been closed since 12 May 2026.
From 12 May 2026 it is no longer possible to apply.
Applications are no longer accepted as of 12 May 2026.
As of 12 May 2026 no new applications can be submitted.
We stopped accepting applications on 12 May 2026.
The scheme was discontinued on 12 May 2026.
""".strip().splitlines()


def around(sentence: str) -> tuple[str, str]:
    """A text in which a window stands that the sentence ends, and its language."""
    english = sentence.startswith(("The ", "From ", "App", "As ", "We "))
    return (ENGLISH if english else DUTCH) + sentence, "en" if english else "nl"


@pytest.mark.parametrize("sentence", CLOSED_SINCE)
def test_a_call_that_is_over_is_closed_with_that_sentence_and_its_old_closing_is_not_shown(sentence: str) -> None:
    fields = extract(*around(sentence), READ_ON, Status.OPEN)
    assert fields["source_word"] is Status.CLOSED
    assert fields["proof"]["source_word"].sentence == sentence
    assert not [deadline for deadline in fields["deadlines"] if deadline.day != date(2026, 2, 1)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Na de pauze van vorige maand is het loket weer open voor gemeenten.",
        "Het budget is aangevuld: u kunt weer een aanvraag indienen.",
        "Status: open",
        "The scheme has been reopened after a review.",
    ],
)
def test_that_it_is_open_again_is_the_word_of_the_source_with_that_sentence(sentence: str) -> None:
    fields = extract(sentence, "en" if sentence.startswith("The") else "nl", READ_ON)
    assert (fields["source_word"], fields["proof"]["source_word"].sentence) == (Status.OPEN, sentence)
    assert extract(sentence, "nl", READ_ON, Status.CLOSED)["source_word"] is Status.CLOSED  # its own field goes first


@pytest.mark.parametrize(
    "sentence",
    [
        "Als het loket weer open is, hoort u dat via de nieuwsbrief.",
        "De regeling is vanaf 1 maart 2027 weer open.",
        "Het loket is nog niet opnieuw geopend.",
        "Status: open innovatie",
        "De subsidie is opnieuw vastgesteld op 3 miljoen euro.",
        "U kunt opnieuw een aanvraag indienen als de vorige is afgewezen.",
        "Openstelling Noord is weer open. Openstelling Zuid volgt.",
    ],
)
def test_what_only_sounds_like_open_again_is_no_word_of_the_source(sentence: str) -> None:
    assert extract(sentence, "nl", READ_ON).get("source_word") is not Status.OPEN


COMING = [
    ("Het loket is vanaf 12 juni 2026 dicht.", ["2026-06-11"]),
    ("Vanaf 12 juni 2026 kunt u niet meer aanvragen.", ["2026-06-11"]),
    ("Het loket gaat op 12 juni 2026 dicht.", ["2026-06-12"]),
    ("Per 12 juni 2026 gesloten.", ["2026-06-11", "2026-06-12"]),
    ("De provincie stopt per 12 juni 2026 met de regeling.", ["2026-06-11", "2026-06-12"]),
    ("From 12 June 2026 it is no longer possible to apply.", ["2026-06-11"]),
    ("The scheme will be closed as of 12 June 2026.", ["2026-06-11"]),
]


@pytest.mark.parametrize(("sentence", "last"), COMING)
def test_a_call_that_will_be_over_earlier_is_open_and_its_closing_is_asked(sentence: str, last: list[str]) -> None:
    facts = read_facts(*around(sentence), READ_ON)
    assert facts.status is None
    assert "closes" not in facts.shown
    assert [plain_value(value) for value in facts.asked["closes"].values] == [*last, "2026-12-31"]
    assert not [gate for gate in facts.gates if gate.moment and gate.moment.day == date(2026, 12, 31)]


STILL_OPEN = """
Na 31 december 2026 kunt u niet meer aanvragen.
Vanaf 1 januari 2027 is aanvragen niet meer mogelijk.
Als het loket dicht is, kunt u niet meer aanvragen.
Na sluiting van het loket is aanvragen niet meer mogelijk.
Zodra het plafond is bereikt, sluit het loket.
Ons kantoor is vanaf 24 december 2026 dicht.
De helpdesk is op 12 mei 2026 gesloten.
Het loket is gesloten op zon- en feestdagen.
De vorige ronde is per 12 mei 2025 gesloten.
De eerste ronde is gesloten.
U kunt geen subsidie aanvragen voor kosten die u al hebt gemaakt.
U kunt niet meer dan één aanvraag indienen.
Het subsidieplafond is vastgesteld op € 300.000.
Het budget is als volgt verdeeld: € 200.000 voor scholen en € 100.000 voor sportclubs.
Het plafond is € 300.000 en is naar verwachting snel op.
Once the call is closed, you can no longer apply.
The previous call closed on 12 May 2025.
As a rule no more applications can be submitted per organisation than three.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", STILL_OPEN)
def test_rules_other_rounds_offices_and_ceilings_close_nothing(sentence: str) -> None:
    text, language = around(sentence)
    language = "en" if sentence.startswith("Once") else language
    facts = read_facts(text if language == "nl" else ENGLISH + sentence, language, READ_ON)
    assert facts.status is None
    assert plain_value(facts.shown["closes"].value) == "2026-12-31"


TO_COME = """
announced 2027-02-02 De regeling is gesloten op 27 november 2026. De regeling gaat op 2 februari 2027 weer open.
announced 2027-01-04 Het budget voor 2026 is op. Vanaf 4 januari 2027 kunt u weer aanvragen.
expected - De regeling is gesloten. In het voorjaar van 2027 gaat de regeling weer open.
expected - De eerste ronde is gesloten. Een tweede ronde volgt in 2027.
expected - The call is closed. We will reopen in spring 2027.
closed - De regeling is gesloten. Of de regeling weer opengaat is niet bekend.
announced - De regeling gaat in het voorjaar van 2027 open. Aanvragen kan zolang er budget is.
announced - De regeling is nog niet opengesteld. Aanvragen kan doorlopend.
announced - The call is not yet open. There is no deadline.
""".strip().splitlines()


@pytest.mark.parametrize("line", TO_COME)
def test_what_opens_or_opens_again_is_not_closed_and_not_open(line: str) -> None:
    status, opens, text = line.split(" ", 2)
    facts = read_facts(text, "en" if text.startswith("The") else "nl", date(2026, 12, 1))
    if opens == "-":
        assert facts.status is not None
        assert facts.status[0] == Status(status)
    else:
        assert facts.status is None, "its dates say how it stands"
        assert plain_value(facts.shown["opens"].value) == opens


def test_not_yet_open_says_nothing_where_the_text_has_a_date_of_the_call() -> None:
    text = (
        "Aanvragen kan tot en met 31 maart 2027. De volgende regeling opent binnenkort. De subsidie opent binnenkort."
    )
    assert read_facts(text, "nl", date(2026, 12, 1)).status is None


@pytest.mark.parametrize(
    ("other", "closed"),
    [
        ("De openstelling Innovatie sluit eind maart 2027.", "De openstelling Valorisatie is al gesloten."),
        ("De tender Zuid sluit eind maart 2027.", "De tender Noord is inmiddels gesloten."),
    ],
)
def test_that_one_named_part_is_closed_says_nothing_of_the_call(other: str, closed: str) -> None:
    assert read_facts(f"{other} {closed}", "nl", date(2026, 12, 1)).status is None
    alone = read_facts(closed, "nl", date(2026, 12, 1)).status
    assert alone is not None
    assert alone[0] is Status.CLOSED
