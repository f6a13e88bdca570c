"""Who may apply and where the money may land: what is read from a call before any weight, and the rule for elsewhere."""

import pytest

from tracker.matching import DIGEST_THRESHOLD, CallText, Matcher, embedder, practice
from tracker.matching.area import area
from tracker.matching.features import read
from tracker.matching.lexicon import Lexicon
from tracker.matching.run import shipped_challenges

CUES = Lexicon(practice.terms())

AREAS = [
    ("Just Transition Fund (JTF) Zuid: rondes in 2024", "", "Innovencio", "Zuid, buiten de MRA"),
    ("JTF Groningen-Emmen: scholing", "", "SNN", "Groningen, buiten de MRA"),
    ("Just Transition Fund: omscholing in de IJmond", "", "Rijksoverheid", "alleen IJmond (JTF)"),
    (
        "Hoofdfietsnet",
        "Gemeenten leggen fietspaden aan.",
        "Provincie Gelderland",
        "Provincie Gelderland, buiten de MRA",
    ),
    ("Groen schoolplein", "Scholen vergroenen.", "Gemeente Harderwijk", "Gemeente Harderwijk, buiten de MRA"),
    ("Groen schoolplein", "Scholen vergroenen.", "Gemeente Zaanstad", None),
    ("Groen schoolplein", "Scholen vergroenen.", "Gemeente Woerden en gemeente Zaanstad", None),
    (
        "Subsidie voor toerisme",
        "",
        "Blad (over regeling provincie Zuid-Holland)",
        "Provincie Zuid-Holland, buiten de MRA",
    ),
    ("100 miljoen van het Rijk voor fietsroutes", "", "Snelfietsroutes Gelderland", None),
    ("Impuls", "Uitsluitend gemeenten in de provincie Zeeland vragen aan.", "RVO", "Zeeland, buiten de MRA"),
    ("Impuls", "Ook in Zeeland staan projecten.", "RVO", None),
    ("Doorfietsroutes", "", "Provincie Noord-Holland", "provincie Noord-Holland"),
    ("Noord-Holland en Gelderland werken samen", "", "RVO", "provincie Noord-Holland"),
]


@pytest.mark.parametrize(("title", "text", "publisher", "expected"), AREAS)
def test_the_area_follows_from_title_giver_or_the_word_alone(
    title: str, text: str, publisher: str, expected: str | None
) -> None:
    assert area(title, text, publisher, "nl") == expected


def said_of(text: str, title: str = "Regeling", publisher: str | None = None) -> set[str]:
    row = practice.features([read(CallText("1", title, text, language="nl", publisher=publisher), CUES)])[0]
    return {name for name, value in zip(practice.names(), row, strict=True) if value}


def test_who_stands_before_the_verb_is_who_may_apply() -> None:
    found = said_of("Bewoners van een gemeente kunnen subsidie krijgen. De regeling is van de provincie.")
    assert "subject:persons" in found
    assert "first:persons" in found
    found = said_of("Gemeenten mogen aanvragen voor woningen van bewoners.")
    assert "subject:authority" in found
    assert "subject:persons" not in found


def test_only_others_and_nobody_are_told_apart() -> None:
    assert "only_others" in said_of("Ondernemers kopen een warmtepomp.")
    assert "nobody_named" in said_of("Een warmtepomp voor iedereen.")
    assert not {"only_others", "nobody_named"} & said_of("Gemeenten en ondernemers kopen een warmtepomp.")


@pytest.mark.parametrize("mode", ["vectors", "words"])
def test_money_for_elsewhere_ranks_below_the_same_money_for_here(mode: str) -> None:
    matcher = Matcher(shipped_challenges(), embedder() if mode == "vectors" else None)
    text = "Gemeenten kunnen een bijdrage krijgen voor de aanleg van doorfietsroutes en fietsenstallingen."
    here, there = (
        CallText(name, "Regeling doorfietsroutes", text, language="nl", publisher=f"Provincie {name}")
        for name in ("Noord-Holland", "Limburg")
    )
    ours, theirs = matcher.match([here, there])
    assert ours.matches[0].challenge_id == theirs.matches[0].challenge_id == "A20-3-fiets"
    assert theirs.matches[0].score < ours.matches[0].score
    assert ours.matches[0].score >= DIGEST_THRESHOLD
    assert "buiten de MRA" in str(theirs.area)
