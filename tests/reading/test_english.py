"""English dates and amounts: what is written one way only is read, what could be two things is unknown."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers import english
from scrapers.spans import Moment

MOMENTS = [
    ("1 March 2026", "2026-03-01"),
    ("1st March 2026", "2026-03-01"),
    ("March 1, 2026", "2026-03-01"),
    ("May 20, 2027 at 5 pm", "2027-05-20T17:00"),
    ("Friday 12 March 2027, 14:00 CET", "2027-03-12T14:00"),
    ("22 April 2027 at 17:00 Brussels time", "2027-04-22T17:00"),
    ("17:00:00 (Brussels time) on 22 April 2027", "2027-04-22T17:00"),
    ("noon on 15 December 2026", "2026-12-15T12:00"),
    ("9 a.m. on 2 November 2026", "2026-11-02T09:00"),
    ("12 am on 2 November 2026", "2026-11-02T00:00"),
    ("2026-09-16 17:00:00", "2026-09-16T17:00"),
    ("2026-09-16T15:00:00Z", "2026-09-16T15:00"),
    ("30/09/2027", "2027-09-30"),
    ("09/30/2027", "2027-09-30"),
    ("05/05/2027", "2027-05-05"),
    ("12.11.2026", "2026-11-12"),
    ("12/11/2026", ""),
    ("11-12-2026", ""),
    ("31 September 2026", ""),
    ("31/31/2026", ""),
    ("September 2026", ""),
    ("Q4 2026", ""),
    ("end of 2026", ""),
    ("1 May", ""),
    ("1 May 9999", ""),
    ("1 May or 1 June 2026", ""),
]

AMOUNTS = [
    ("EUR 2.5 million", "2500000"),
    ("2.5 million euro", "2500000"),
    ("€7.5 million", "7500000"),
    ("€1.2bn", "1200000000"),
    ("EUR 1.435 billion", "1435000000"),
    ("€250,000", "250000"),
    ("€ 1,500,000.00", "1500000"),
    ("EUR 3 000 000", "3000000"),
    ("€1.500.000", "1500000"),
    ("€1.500", ""),
    ("EUR 1,435 million", ""),
    ("€ 1,5", ""),
    ("around EUR 90 million", ""),
    ("no more than €400,000", "400000"),
    ("EUR 200 000 to EUR 2 000 000", ""),
    ("between 4 and 6 million euro", ""),
    ("£2 million", ""),
    ("$ 3,000", ""),
    ("5 million inhabitants", ""),
]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_a_moment_is_read_when_it_can_be_only_one(text: str, expected: str) -> None:
    moment = english.read_moment(text)
    assert (moment.isoformat() if moment else "") == expected


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_an_amount_is_read_when_it_can_be_only_one(text: str, expected: str) -> None:
    assert english.read_amount(text) == (Decimal(expected) if expected else None)


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%-d %B %Y", "%B %-d, %Y", "%Y-%m-%d", "%a %-d %b %Y"]),
)
def test_every_written_date_comes_back(day: date, form: str) -> None:
    assert english.read_date(day.strftime(form)) == day


@given(st.integers(0, 10**12))
def test_every_written_amount_comes_back(euro: int) -> None:
    for text in (f"€{euro:,}", f"EUR {euro:,}".replace(",", " "), f"{euro:,}.00 euro"):
        assert english.read_amount(text) == euro


def test_brussels_time_and_utc_are_named() -> None:
    assert english.read_moment("2 May 2026 17:00 CET") == Moment(date(2026, 5, 2), time(17), "Europe/Brussels")
    assert english.read_moment("2026-05-02T15:00Z") == Moment(date(2026, 5, 2), time(15), "UTC")
    assert english.read_moment("2 May 2026 17:00") == Moment(date(2026, 5, 2), time(17), "Europe/Amsterdam")


def test_two_stages_are_kept_and_the_first_is_the_one_to_be_in_time_for() -> None:
    facts = english.read_facts(
        "Stage 1 deadline: 4 February 2027 17:00 CET. Stage 2 deadline: 2 September 2027 17:00 CET."
    )
    assert [read.kind for read in facts.deadlines] == ["stage_1", "stage_2"]
    assert facts.closes is not None
    assert facts.closes.text == "4 February 2027 17:00 CET"


def test_cut_offs_are_all_kept() -> None:
    facts = english.read_facts("Cut-off dates: 15 March 2027, 15 June 2027 and 15 September 2027.")
    assert [read.kind for read in facts.deadlines] == ["cut_off"] * 3


def test_until_the_money_is_gone_is_a_flag() -> None:
    facts = english.read_facts("Applications are accepted on a rolling basis until funds are exhausted.")
    assert {read.value for read in facts.flags} == {"rolling", "until_exhausted"}
