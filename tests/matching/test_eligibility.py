"""Who may apply: what the source, the call's own sentences and its kind of action say comes before any estimate."""

import numpy as np
import pytest

from db.giver import only_within
from db.vocabulary import Applicant, Eligibility
from tracker.matching import CallText, Matcher, practice
from tracker.matching.eligibility import WhoMayApply, answer
from tracker.matching.features import read
from tracker.matching.lexicon import Lexicon
from tracker.matching.run import shipped_challenges

CUES = Lexicon(practice.terms())
HORIZON = ("Horizon Europe (HORIZON)",)
SURE_NO, SURE_SELF = np.array([0.9, 0.05, 0.05]), np.array([0.05, 0.05, 0.9])


def told(text: str, shares: np.ndarray = SURE_NO, title: str = "Regeling", **more: object) -> WhoMayApply:
    return answer(read(CallText("1", title, text, **more), CUES), shares)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "The call for proposals is aimed at local authorities involved in permits for factories.",
        "Eligible applicants are public transport authorities and their associations.",
        "Municipalities with more than 50 000 inhabitants may apply for the full budget.",
        "Alle gemeenten en provincies kunnen een bijdrage aanvragen voor hun eigen gebouwen.",
        "Deze uitkering is bedoeld voor gemeenten die hun wijken verbeteren.",
        "Gemeenten die met een kringloopwinkel een plan voor een werkplaats hebben, kunnen dat insturen voor juni.",
        "Gemeenten en provincies konden tot december projecten aandragen voor hun oude binnensteden.",
        "Het fonds geeft gemeenten een voucher voor een ontwerp van hun eigen landschap.",
        "De oproep nodigt steden uit om met iets nieuws te komen voor hun lege gebouwen.",
        "Voor dit werk komt er een specifieke uitkering, die in het voorjaar wordt verdeeld.",
    ],
)
def test_a_call_that_says_it_is_for_public_bodies_is_for_them_whatever_the_weights_say(text: str) -> None:
    found = told(text)
    assert (found.eligible, found.estimate) == ("self", False)
    assert text in found.because


@pytest.mark.parametrize(
    "text",
    [
        "Alleen kleine ondernemers kunnen deze voucher aanvragen, tot het geld op is.",
        "Stichtingen kunnen meedoen. Bedrijven, andere fondsen en overheden niet.",
        "Only universities may submit a proposal for the second round of this scheme.",
    ],
)
def test_not_for_public_bodies_is_said_where_the_call_says_so_itself(text: str) -> None:
    found = told(text, SURE_SELF)
    assert (found.eligible, found.estimate) == ("no", False)
    assert "De bron zegt" in found.because


def test_a_call_that_takes_no_proposal_without_cities_is_for_them_by_its_conditions() -> None:
    conditions = "General conditions apply. At least three cities, each from another Member State, must participate."
    found = told("New ways of heating whole districts with waste heat.", conditions=conditions)
    assert (found.eligible, found.estimate) == ("self", False)
    assert "must participate" in found.because
    assert "General conditions" not in found.because
    elsewhere = "Tests must take place in at least three cities. Universities must be part of the consortium."
    assert told("New ways of heating whole districts.", conditions=elsewhere).estimate


def test_a_call_that_only_names_others_is_seldom_something_for_a_municipality_and_shows_the_sentence() -> None:
    found = told("Ondernemers kunnen een voucher van 5.000 euro aanvragen voor advies.", SURE_SELF)
    assert (found.eligible, found.estimate) == ("no", True)
    assert "Ondernemers kunnen" in found.because
    assert Eligibility(found.eligible).told(found.estimate) == "zelden iets voor een gemeente"


@pytest.mark.parametrize(
    "text",
    [
        "The portfolio will not only advance the science but also build a robust, application-driven SME community.",
        "De regeling is niet alleen voor ondernemers; ook anderen doen mee.",
    ],
)
def test_not_only_shuts_nobody_out(text: str) -> None:
    assert told(text).estimate


def test_the_list_of_applicants_of_the_source_decides() -> None:
    text = "Een regeling over het besparen van energie in gebouwen, met een vast bedrag."
    assert told(text, applicants=(Applicant.SME, Applicant.GOVERNMENT)).eligible == "self"
    assert told(text, SURE_SELF, applicants=(Applicant.SME, Applicant.COMPANY)) == WhoMayApply(
        "no", False, "De bron noemt als aanvragers: ondernemingen, mkb"
    )
    assert told(text, SURE_SELF, applicants=(Applicant.CONSORTIUM,)).eligible == "self"


def test_buying_innovation_is_for_public_buyers_and_horizon_keeps_nobody_out() -> None:
    text = "The buyers group will procure new ways to detect dangerous goods for police forces across Europe."
    bought = told(text, type="HORIZON Public Procurement of Innovative Solutions", programme=HORIZON, language="en")
    assert bought.eligible in ("partner", "self")
    assert "publieke inkopers" in bought.because
    research = told(text, type="HORIZON Research and Innovation Actions", programme=HORIZON, language="en")
    assert (research.eligible, research.estimate) == ("no", True)
    assert "elke rechtspersoon" in research.because
    start_up = told(text, SURE_SELF, type="HORIZON EIC Accelerator", programme=HORIZON, language="en")
    assert (start_up.eligible, start_up.estimate) == ("no", False)


def test_without_a_text_or_a_rule_it_is_not_known() -> None:
    assert told("", SURE_SELF, title="Artistic debuts", language="en").eligible == "unknown"


def test_two_titles_over_the_same_text_get_the_same_answer_or_none() -> None:
    text = "The topic supports pilots of a data space for smart communities, aimed at deployment in several countries."
    calls = [
        CallText(str(n), title, text, language="en") for n, title in enumerate(["Midnight stamp", "End of day stamp"])
    ]
    first, second = Matcher(shipped_challenges(), None).match(calls)
    assert first.eligible == second.eligible


def test_only_words_that_name_a_public_body_are_named_for_it() -> None:
    text = (
        "Solutions for communities, a prize for vessels and industrial residents near regional authorities of Europe."
    )
    found = told(text, SURE_SELF, language="en")
    assert "genoemd: regional authorities)" in found.because
    silent = told("Solutions for communities, a prize for vessels and for industrial sites of Europe.", SURE_SELF)
    assert "genoemd" not in silent.because


@pytest.mark.parametrize(
    "text",
    [
        "Gemeenten krijgen dit geld zonder aanvraag via het gemeentefonds, als decentralisatie-uitkering.",
        "De minister keert het bedrag ambtshalve uit aan de provincies, naar rato van het aantal inwoners.",
        "De decentralisatie-uitkering staat in september op de rekening van gemeenten; aanvragen hoeft niet.",
        "De specifieke uitkering gaat naar alle gemeenten met een loket. U hoeft daarvoor niets aan te vragen.",
    ],
)
def test_money_that_comes_of_itself_is_not_said_to_be_applied_for(text: str) -> None:
    found = told(text, SURE_SELF)
    assert (found.eligible, found.estimate) == ("unknown", False)
    assert found.because.startswith("Komt zonder aanvraag. De bron zegt: “")


@pytest.mark.parametrize(
    "text",
    [
        "Gemeenten kunnen een specifieke uitkering aanvragen. Voor de tweede termijn hoeven zij geen aanvraag te doen.",
        "Provincies kunnen tot 1 mei een plan indienen. Wie al meedeed, hoeft geen nieuwe aanvraag te doen.",
        "Gemeenten kunnen een bijdrage ontvangen uit dit fonds. Zonder aanvraag krijgt u niets.",
        "Gemeenten kunnen een uitkering krijgen. Het voorschot wordt automatisch uitbetaald na de aanvraag.",
    ],
)
def test_a_part_that_comes_of_itself_leaves_a_call_to_apply_for(text: str) -> None:
    assert told(text, SURE_SELF).eligible == "self"


@pytest.mark.parametrize(
    "text",
    [
        "Eigenaren van een gemeentelijk monument kunnen een bijdrage krijgen voor het onderhoud.",
        "Provinciale fondsen kunnen subsidie krijgen voor werk aan hun collectie.",
        "Projects on municipal waste may apply for the second round of this scheme.",
    ],
)
def test_an_adjective_names_no_public_body(text: str) -> None:
    found = told(text, SURE_SELF)
    assert found.estimate
    assert "genoemd" not in found.because


def test_a_place_is_no_applicant() -> None:
    text = "Bewoners van een gemeente in de provincie kunnen subsidie krijgen voor een groen dak op hun huis."
    assert told(text, SURE_SELF).eligible != "self" or told(text, SURE_SELF).estimate
    assert told(text, SURE_NO).eligible == "no"


@pytest.mark.parametrize(
    ("title", "eligible"),
    [
        ("Supporting financing of local adaptation actions", "unknown"),
        ("Connected public administrations", "unknown"),
        ("Recovery of raw materials from electrical waste", "no"),
        ("Capacity of ferries and locality of owners", "no"),
    ],
)
def test_that_others_apply_is_not_guessed_of_a_title_about_local_or_public_work(title: str, eligible: str) -> None:
    found = told("New knowledge and tools that help to finance what must be done before the year 2030.", title=title)
    assert (found.eligible, found.estimate) == (eligible, True)
    assert ("lokaal of publiek werk" in found.because) == (eligible == "unknown")


@pytest.mark.parametrize(
    ("publisher", "least"),
    [("Interreg North Sea", {"partner", "self"}), ("Kansen voor West", {"partner", "self"}), ("URBACT", {"self"})],
)
def test_a_programme_of_governments_is_for_them_where_its_call_says_nothing(publisher: str, least: set[str]) -> None:
    found = told("The call is open from 1 June to 16 September at noon.", publisher=publisher, language="en")
    assert found.eligible in least
    firms = "Only small companies may apply for a voucher, until the money is gone in October."
    assert told(firms, publisher=publisher, language="en").eligible == "no"  # its own words come first


def test_a_programme_named_in_the_title_alone_counts_where_the_source_names_none() -> None:
    text, title = (
        "Een oproep met een eerste stap in januari en een tweede in juli, in alle doelen.",
        "Call 5 - INTERREG NWE",
    )
    assert told(text, title=title).eligible in {"partner", "self"}
    assert told(text, title="Call 5 - steunfonds").eligible == "unknown"


def test_an_interregional_call_of_another_programme_is_none_of_interreg() -> None:
    text = "A market for used parts of buildings in all of Europe, and training of builders."
    assert told(text, programme=("Interregional Innovation Investments",), language="en").eligible == "no"


def test_a_dutch_text_that_names_nobody_leaves_open_who_may_apply() -> None:
    silent = "Het subsidieplafond bedraagt 150 miljoen euro; indienen kan van 1 juni tot en met 18 december."
    assert told(silent, language="nl").eligible == "unknown"
    assert told(silent, SURE_SELF, language="nl").eligible == "self"
    sport = told("Amateursportorganisaties krijgen 20% van de kosten van bouw of onderhoud, tot 1 juli.", language="nl")
    assert (sport.eligible, "genoemd: Amateursportorganisaties" in sport.because) == ("no", True)
    assert told(f"{silent} Een ondernemer bouwt het zelf.", language="nl").eligible == "no"


@pytest.mark.parametrize(
    ("targets", "more", "eligible"),
    [
        (("ondernemer", "particulier"), {}, "no"),
        (("ondernemer", "particulier"), {"programme": HORIZON}, "partner"),  # whose rules let public bodies in
        (("ondernemer", "overheid"), {}, "self"),
        (("ondernemer",), {"applicants": (Applicant.ANY,)}, "self"),  # a source that lists everybody
        (("vergunninghouders",), {}, "unknown"),  # not known, so that nothing is claimed
        ((), {}, "self"),
    ],
)
def test_target_groups_of_the_source_bound_what_the_weights_say(
    targets: tuple[str, ...], more: dict[str, object], eligible: str
) -> None:
    text = "Bijdrage aan het onderhoud van een gemeentelijk monument in een van de oude kernen."
    found = told(text, SURE_SELF, targets=targets, **more)
    assert (found.eligible, found.estimate) == (eligible, True)
    assert (", ".join(targets) in found.because) == (eligible != "self") or not targets


def test_target_groups_do_not_speak_against_a_sentence_that_names_municipalities() -> None:
    found = told("Bedrijven en gemeenten kunnen een bijdrage vragen voor een hub.", targets=("ondernemer",))
    assert (found.eligible, found.estimate) == ("self", False)


@pytest.mark.parametrize(
    ("publisher", "told"),
    [
        ("Provincie Flevoland", "zelf aan te vragen, alleen in de provincie Flevoland"),
        ("Provincie Noord-Holland (Provinciaal blad)", "zelf aan te vragen, alleen in de provincie Noord-Holland"),
        ("de gemeente Zaanstad", "zelf aan te vragen, alleen in de gemeente Zaanstad"),
        ("Waterschap Rivierenland", "zelf aan te vragen, alleen in het gebied van waterschap Rivierenland"),
        ("Dagblad (over provincie Flevoland)", "zelf aan te vragen"),  # it only writes about it
        ("European Commission", "zelf aan te vragen"),
        (None, "zelf aan te vragen"),
    ],
)
def test_what_one_authority_gives_is_not_said_to_be_for_all(publisher: str | None, told: str) -> None:
    assert Eligibility.SELF.told(False, only_within(publisher)) == told
    assert Eligibility.NO.told(True, only_within(publisher)) == "zelden iets voor een gemeente"


def test_a_programme_open_to_any_legal_entity_raises_no_answer_and_lets_no_outright_no_stand() -> None:
    found = told("Deeper understanding of the early universe by ground-based telescopes.", programme=HORIZON)
    assert (found.eligible, found.estimate) == ("no", True)
    assert "ook voor overheden" in found.because
