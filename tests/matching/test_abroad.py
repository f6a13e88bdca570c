"""Calls in English that are for another country: by their programme, their title, and a sentence of who may apply."""

from collections.abc import Iterator

import numpy as np
import pytest

from db.region import SHIPPED, Places, Region
from db.region_folder import read_region
from db.region_served import region, serve
from tracker.matching import practice
from tracker.matching.abroad import OUTSIDE_THE_UNION, abroad
from tracker.matching.eligibility import answer
from tracker.matching.features import read
from tracker.matching.lexicon import Lexicon
from tracker.matching.texts import CallText

CUES = Lexicon(practice.terms())
SURE_SELF = np.array([0.0, 0.1, 0.9])


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("Small grants for neighbourhood centres in Kenya", "", "Kenia"),
        ("Clean cooking for schools in the Philippines 2027", "", "Filipijnen"),
        ("Support for local newspapers in Georgia (second round)", "", "Georgië"),
        ("Moldova: help for village councils", "", "Moldavië"),
        ("Water for towns in Bosnia and Herzegovina", "", "Bosnië en Herzegovina"),
        ("Training of teachers in Western Balkans", "", "Westelijke Balkan"),
        ("Rooftop gardens", "Only associations registered in Peru may send in a plan.", "Peru"),
        ("Rooftop gardens", "Applicants must be established in Côte d’Ivoire. Plans are short.", "Ivoorkust"),
        ("Rooftop gardens", "The fund is open to towns with a harbour in Chile.", "Chili"),
        ("Rooftop gardens", "All activities must take place in Viet Nam.", None),  # the library writes Vietnam
        ("Rooftop gardens", "All activities must take place in Vietnam.", "Vietnam"),
        ("Rooftop gardens", "NGOs based in Jordan can apply until June.", "Jordanië"),
        ("Rooftop gardens", "Grants are reserved for small firms from Canada.", "Canada"),
        ("Rooftop gardens", "Applicants have to be legal persons registered in Belgium.", "België"),
    ],
)
def test_a_call_for_another_country_says_so_in_title_or_sentence(title: str, text: str, place: str | None) -> None:
    assert abroad(title, text, ()) == place


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Cycling in the Netherlands", ""),
        ("Partnerships of cities in Germany and the Netherlands", ""),
        ("Cities of the EU and Ukraine", ""),
        ("European exchange with towns in Morocco", ""),
        ("Trade with Japan", ""),
        ("A topic together with India on batteries", ""),
        ("Rooftop gardens", "Applicants must be established in an EU Member State, Norway or Iceland."),
        ("Rooftop gardens", "The consortium must have at least two partners from Kenya."),
        ("Rooftop gardens", "Organisations in Serbia can also apply."),
        ("Rooftop gardens", "Pilots took place in Ghana. Only towns may apply."),
        ("Rooftop gardens", "Applicants must be established in the Netherlands."),
        ("Rooftop gardens", "It is open to everybody who works on lessons from Canada or elsewhere."),
    ],
)
def test_a_country_that_is_only_named_keeps_nobody_out(title: str, text: str) -> None:
    assert abroad(title, text, ()) is None


def told(title: str, programme: str) -> tuple[str, bool, str]:
    call = CallText("1", title, "Towns can ask money for their own work on roofs and streets.", programme=(programme,))
    found = answer(read(call, CUES), SURE_SELF)
    return found.eligible, found.estimate, found.because


def test_external_action_is_for_others_by_its_programme_and_research_is_not_by_its_title() -> None:
    said = f"Voor een ander gebied ({OUTSIDE_THE_UNION})"
    assert told("Strong towns", "EU External Action") == ("no", True, said)
    assert told("Strong towns in Uganda", "EU External Action") == ("no", True, "Voor een ander gebied (Oeganda)")
    assert told("Soil health in Uganda", "Horizon Europe")[2] != "Voor een ander gebied (Oeganda)"
    assert told("Soil health in Uganda", "Erasmus+") == ("no", True, "Voor een ander gebied (Oeganda)")


@pytest.fixture
def nowhere() -> Iterator[Region]:
    here = read_region(SHIPPED / "waterhoek")
    serve(here.model_copy(update={"places": Places()}))
    yield region()
    serve(None)


def test_a_region_that_does_not_say_in_which_country_it_lies_is_told_nothing(nowhere: Region) -> None:
    assert abroad("Small grants for neighbourhood centres in Kenya", "", ()) is None
