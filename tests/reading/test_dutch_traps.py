"""Sentences with a date, an amount or a percentage that is none of the five facts: nothing is read of them."""

import pytest

from scrapers import dutch

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
def test_nothing_is_read_of_what_is_something_else(text: str) -> None:
    facts = dutch.read_facts(text)
    found = (facts.opens, facts.closes, facts.budget, facts.max_per_project, facts.funding_rate)
    assert found == (None,) * 5


def test_a_closing_for_the_paperwork_is_not_the_closing_of_the_call() -> None:
    facts = dutch.read_facts("De aanvraag voor vaststelling van de subsidie moet vóór 1 april 2026 binnen zijn.")
    assert facts.closes is None
    assert [read.kind for read in facts.deadlines] == ["reporting"]
