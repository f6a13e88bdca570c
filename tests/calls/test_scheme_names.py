"""One scheme that two sources tell of under two titles: found by its name or acronym, its body and its year."""

from datetime import UTC, datetime

import pytest

from tracker.calls.duplicates import FEW, LikelyDouble, Sign, proposals
from tracker.calls.scheme_names import acronyms, body_of


def call(number: int, title: str, source: str, publisher: str, closes: str = "2026-12-15") -> LikelyDouble:
    return LikelyDouble(
        id=number,
        words=frozenset(title.lower().replace("(", "").replace(")", "").replace(":", "").split()),
        sources=frozenset({source}),
        address=f"https://e.nl/{source}/{number}",
        closes_at=datetime.fromisoformat(closes).replace(tzinfo=UTC) if closes else None,
        publisher=publisher,
        names=acronyms(title),
    )


AGENCY = call(1, "Warmtenetten Investeringssubsidie (WIS)", "rvo", "RVO")
GAZETTE = ("Besluit openstelling en subsidieplafond WIS 2026", "bekendmakingen", "Ministerie van Klimaat")


def test_an_acronym_of_one_body_in_one_year_is_enough_to_ask() -> None:
    (pair,) = proposals([AGENCY, call(2, *GAZETTE, closes="2026-10-02")])
    assert (pair.first, pair.second, Sign.NAME in pair.signs) == (1, 2, True)


def test_a_title_within_the_other_is_enough_too() -> None:
    own = call(1, "Subsidie energiehubs op bedrijventerreinen", "flevoland", "Provincie Flevoland", "")
    gazette = call(2, "Subsidieregeling energiehubs bedrijventerreinen Flevoland", "prb", "Flevoland", "")
    assert len(proposals([own, gazette])) == 1


@pytest.mark.parametrize(
    "other",
    [
        call(2, GAZETTE[0], "rvo", "RVO"),  # the same source tells its calls apart itself
        call(2, "Openstelling WIS", "bekendmakingen", "Provincie Utrecht"),
        call(2, "Openstelling WIS 2027", *GAZETTE[1:], closes="2027-12-15"),
        call(2, "Openstelling WIS 2026, tranche 2", *GAZETTE[1:]),
        call(2, "Besluit openstelling warmte", *GAZETTE[1:]),
    ],
)
def test_another_body_year_or_tranche_or_no_name_at_all_is_not_asked(other: LikelyDouble) -> None:
    assert proposals([AGENCY, other]) == []


def test_an_acronym_of_many_calls_names_a_programme_and_no_scheme() -> None:
    many = [call(n, f"Onderdeel {n}a van WIS", f"bron{n}", "Ministerie van Klimaat") for n in range(2, FEW + 3)]
    assert [pair for pair in proposals([AGENCY, *many]) if pair.first == 1] == []


def test_what_a_person_said_to_be_two_is_not_asked_again() -> None:
    assert proposals([AGENCY, call(2, *GAZETTE)], {(1, 2)}) == []


def test_titles_in_capitals_and_names_of_bodies_are_no_acronyms() -> None:
    assert acronyms("SUBSIDIEREGELING WARMTE IN DE WIJK") == frozenset()
    assert acronyms("SPUK van RVO voor MKB, HORIZON-CL5-2027") == frozenset()
    assert acronyms("Demonstratie (DEI+) en ISDE") == {"DEI+", "ISDE"}


@pytest.mark.parametrize(
    ("publisher", "body"),
    [
        ("RVO", "rijk"), ("Ministerie van Financiën", "rijk"), ("Provincie Noord-Holland", "noord-holland"),
        ("Noord-Holland", "noord-holland"), ("Gemeente Utrecht", "utrecht gemeente"), ("Utrecht", "utrecht"),
        ("Kansen voor West", None), (None, None),
    ],
)  # fmt: skip
def test_a_body_is_known_by_its_name_however_it_is_written(publisher: str | None, body: str | None) -> None:
    assert body_of(publisher) == body
