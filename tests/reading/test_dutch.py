"""Dutch dates and amounts: a table of notations, round trips, hostile text, and how well whole texts are read."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.vocabulary import Allocation, DeadlineKind
from scrapers import dutch, english
from scrapers.measure import measure, rows_with_facts
from scrapers.spans import Facts, Moment, Read

HERE = Path(__file__).parents[1]
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]

# What stands on the left is read as what stands on the right; "" is: unknown, a person looks.
MOMENTS = """
1 maart 2026 = 2026-03-01
01-03-2026 = 2026-03-01
1-3-2026 = 2026-03-01
01/03/2026 = 2026-03-01
1.3.2026 = 2026-03-01
01-11-20 = 2020-11-01
2026-03-01 = 2026-03-01
2026-03-01T17:00 = 2026-03-01T17:00
2026-03-01T17:00:00 = 2026-03-01T17:00
1 mrt 2027 = 2027-03-01
1 mrt. 2027 = 2027-03-01
1 maart 2027. = 2027-03-01
1 Maart 2027 = 2027-03-01
1e maart 2027 = 2027-03-01
zondag 1 maart 2026 = 2026-03-01
zo 1 maart 2026 = 2026-03-01
zo. 1 mrt. 2026 = 2026-03-01
16 Jan 2025 = 2025-01-16
10 July 2025 = 2025-07-10
1 jan '27 = 2027-01-01
29 februari 2028 = 2028-02-29
29 februari 2027 =
31-02-2026 =
31 april 2026 =
32-01-2026 =
1-13-2026 =
11/25/2026 =
12/11/2026 = 2026-11-12
1 mei 9999 =
31-12-9999 =
1 mei 0026 =
1 mei =
30 april =
t/m 30 april =
t/m 30 april 2026 = 2026-04-30
tot en met 30 april 2026 = 2026-04-30
vóór 1 mei 2026 = 2026-05-01
voor 1 mei 2026 = 2026-05-01
tot 1 mei 2026 = 2026-05-01
uiterlijk 1 mei 2026 = 2026-05-01
vóór 17.00 uur =
30 juni 2026, vóór 17.00 uur = 2026-06-30T17:00
30 juni 2026 (vóór 17:00 uur) = 2026-06-30T17:00
vóór 17.00 uur op 30 juni 2026 = 2026-06-30T17:00
om 9:00 uur op 1 mei 2026 = 2026-05-01T09:00
31-12-2026 17.00 uur = 2026-12-31T17:00
31-12-2026 17:00 = 2026-12-31T17:00
31-12-2026 om 12:00u = 2026-12-31T12:00
1 mei 2026 om 9 uur = 2026-05-01T09:00
1 mei 2026, 09.00 uur = 2026-05-01T09:00
1 mei 2026 om 5 uur 's middags = 2026-05-01T17:00
29 september (12.00 u) 2023 = 2023-09-29T12:00
16 januari 2024 12:00 uur CET = 2024-01-16T12:00
31 december 2026 24:00 uur = 2026-12-31T23:59
31 december 2026, 24.00 uur = 2026-12-31T23:59
tot en met 31 december 2026 00:00 uur = 2026-12-31T00:00
31 december 2026 tot en met 00:00 uur = 2026-12-31
31 december 2026 25:00 uur =
doorlopend =
Q2 2027 =
2027-Q1 =
eerste kwartaal 2027 =
medio 2027 =
eind 2026 =
begin maart 2026 =
maart 2026 =
week 36 =
1 mei of 1 juni 2026 =
van 1 mei tot 1 juni 2026 =
1 en 15 maart 2026 =
01.03.26 =
1 mei 2026, 17u00 = 2026-05-01T17:00
artikel 3.2.10 =
1 mei 20261 =
""".strip().splitlines()

AMOUNTS = """
€ 2,5 miljoen = 2500000
€2,5 miljoen = 2500000
2,5 miljoen euro = 2500000
€ 2.5 miljoen = 2500000
1,5 mln = 1500000
€ 1,5 mln. = 1500000
0,5 mln euro = 500000
€ 1,04 miljard = 1040000000
€ 1,2 mld = 1200000000
1 mrd euro = 1000000000
€ 674.100.000,- = 674100000
€ 1.500.000,00 = 1500000
€ 1.500.000,-- = 1500000
€ 1.500.000.- = 1500000
€ 1.500,50 = 1500.5
€ 12,50 = 12.5
€ 4.750.000 = 4750000
500.000 EURO = 500000
5000 euro = 5000
€ 5000 = 5000
€ 500,- = 500
EUR 20 000 = 20000
EUR 2 500 000 = 2500000
€ 1,000,000 = 1000000
€ 1,500.00 = 1500
€ 1,500 =
€ 1.500 miljoen =
2.500 miljoen euro =
€ 25.00 =
€ 1.00.000 =
€ 1.0000 =
€ 0.500 =
EUR 20 000 - 2 000 000 =
€ 10.000 tot € 30.000 =
tussen de 5 en 40 miljoen euro =
€ 5 tot 40 miljoen =
ruim € 20 miljoen =
circa € 20 miljoen =
ongeveer € 3 miljoen =
meer dan € 1 miljoen =
niet meer dan € 1 miljoen = 1000000
maximaal € 3 miljoen = 3000000
anderhalf miljoen euro = 1500000
een half miljoen euro = 500000
tien miljoen euro = 10000000
€ 500k = 500000
€ 2m = 2000000
11,25 M€ = 11250000
5 miljoen inwoners =
12 ton =
2026 =
€ 3 miljoen en € 4 miljoen =
€ 3 miljoen (of € 4 miljoen) =
€ 20.000 - 2.000.000 =
€ 20.000 - € 2.000.000 =
EUR 2 - 3 miljoen =
€ 2 à 3 miljoen =
€ 12 ton =
€ 1'500'000 =
€ 1 500 000 = 1500000
$ 2 miljoen =
""".strip().splitlines()

RATES = """
max. 40% = 40
50 % = 50
33,3% = 33.3
62,50 procent = 62.5
50-70% =
tussen 50% en 70% =
40% of 50% =
120% =
""".strip().splitlines()


def pairs(table: list[str]) -> list[tuple[str, str]]:
    halves = (line.rpartition(" =") for line in table)
    return [(left, right.strip()) for left, _, right in halves]


def written(moment: Moment | None) -> str:
    return moment.isoformat() if moment else ""


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(MOMENTS) >= 60
    assert len(AMOUNTS) >= 40


@pytest.mark.parametrize(("text", "expected"), pairs(MOMENTS))
def test_a_moment_is_read_by_the_rules_or_unknown(text: str, expected: str) -> None:
    assert written(dutch.read_moment(text)) == expected


@pytest.mark.parametrize(("text", "expected"), pairs(AMOUNTS))
def test_an_amount_is_exact_or_unknown(text: str, expected: str) -> None:
    assert dutch.read_amount(text) == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(("text", "expected"), pairs(MOMENTS))
@pytest.mark.parametrize("around", ["Deadline: {}", "Sluitingsdatum: {}."])
def test_a_moment_in_a_text_is_the_same_or_unknown(around: str, text: str, expected: str) -> None:
    closes = dutch.read_facts(around.format(text)).closes
    got = written(closes.value) if closes and isinstance(closes.value, Moment) else ""
    window = text.startswith("van 1 mei")  # here its end is the closing
    day = expected or (
        "2026-06-01" if window else "2026-12-31" if "25:00" in text else ""
    )  # the day is sure, the hour not
    assert got == day


@pytest.mark.parametrize(("text", "expected"), pairs(AMOUNTS))
@pytest.mark.parametrize("around", ["Het subsidieplafond bedraagt {}.", "Budget: {}", "Er is {} beschikbaar."])
def test_an_amount_in_a_text_is_the_same_or_unknown(around: str, text: str, expected: str) -> None:
    facts = dutch.read_facts(around.format(text))
    if text.startswith(("circa", "ongeveer")):  # the figure the source gives, with its word and a remark
        assert facts.budget is not None
        assert facts.budget.text == text
        assert [read.kind for read in facts.unread] == ["an estimate"]
    else:
        assert (facts.budget.value if facts.budget else None) == (Decimal(expected) if expected else None)


def test_an_hour_that_does_not_exist_is_told() -> None:
    facts = dutch.read_facts("Deadline: 31 december 2026 25:00 uur")
    assert [(read.text, read.kind) for read in facts.unread] == [("31 december 2026", "no such hour")]


@pytest.mark.parametrize(("text", "expected"), pairs(RATES))
def test_a_percentage_is_exact_or_unknown(text: str, expected: str) -> None:
    assert dutch.read_percentage(text) == (Decimal(expected) if expected else None)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.times(), st.sampled_from(["{d} {m} {y}", "{d}-{n}-{y}"]))
def test_every_written_moment_comes_back(day: date, hour: time, form: str) -> None:
    text = form.format(d=day.day, m=MONTHS[day.month - 1], n=day.month, y=day.year)
    assert dutch.read_date(text) == day
    moment = dutch.read_moment(f"{text}, {hour.hour:02d}.{hour.minute:02d} uur")
    assert moment is not None
    assert (moment.day, moment.hour) == (day, hour.replace(second=0, microsecond=0))


@given(st.integers(0, 10**12))
def test_every_written_amount_comes_back(euro: int) -> None:
    dotted = f"{euro:,}".replace(",", ".")
    for text in (f"€ {dotted}", f"€ {dotted},-", f"{dotted} euro", f"€ {dotted},00", f"EUR {dotted.replace('.', ' ')}"):
        assert dutch.read_amount(text) == euro


@given(st.integers(1, 999), st.integers(0, 99))
def test_millions_come_back_without_a_factor_thousand(whole: int, hundredths: int) -> None:
    text = f"{whole},{hundredths:02d}"
    assert dutch.read_amount(f"€ {text} miljoen") == (100 * whole + hundredths) * 10_000
    assert dutch.read_amount(f"{text} mld euro") == (100 * whole + hundredths) * 10_000_000


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_accident_and_spans_are_true(text: str) -> None:
    for facts in (dutch.read_facts(text), english.read_facts(text)):
        for read in every(facts):
            assert text[read.start : read.end] == read.text


def every(facts: Facts) -> list[Read]:
    single = (facts.opens, facts.closes, facts.budget, facts.max_per_project, facts.min_per_project, facts.funding_rate)
    many = (*facts.deadlines, *facts.plafonds, *facts.flags, *facts.allocation, *facts.unread)
    return [read for read in single if read] + list(many)


def test_a_value_knows_the_words_it_came_from() -> None:
    text = "Aanvragen kan van 1 januari 2027 9.00 uur tot en met 31 maart 2027 17.00 uur. Plafond: € 2,5 miljoen."
    facts = dutch.read_facts(text)
    assert facts.closes is not None
    assert facts.budget is not None
    assert facts.closes.text == "1 januari 2027 9.00 uur tot en met 31 maart 2027 17.00 uur"
    assert facts.budget.text == "€ 2,5 miljoen"
    assert isinstance(facts.closes.value, Moment)
    assert facts.closes.value.instant() == datetime(2027, 3, 31, 15, 0, tzinfo=UTC)


def kinds(facts: Facts) -> list[tuple[str, str]]:
    return [(read.kind, read.value.isoformat()) for read in facts.deadlines if isinstance(read.value, Moment)]


def test_stages_are_kept_apart() -> None:
    facts = dutch.read_facts(
        "De deadline voor vooraanmeldingen is 13 januari 2027, 14:00 uur. "
        "De deadline voor uitgewerkte aanvragen is 13 april 2027, 14:00 uur."
    )
    assert kinds(facts) == [
        (DeadlineKind.PRE_REGISTRATION, "2027-01-13T14:00"),
        (DeadlineKind.STAGE_2, "2027-04-13T14:00"),
    ]
    assert facts.closes is not None
    assert facts.closes.text == "13 april 2027, 14:00 uur"


def test_two_rounds_are_both_kept_and_neither_is_chosen() -> None:
    facts = dutch.read_facts(
        "Eerste tranche: aanvragen van 1 februari 2026 tot en met 31 maart 2026. "
        "Tweede tranche: aanvragen van 1 september 2026 tot en met 31 oktober 2026."
    )
    assert len(facts.deadlines) == 4
    assert facts.opens is None
    assert facts.closes is None


def test_plafonds_per_year_are_listed_and_not_added_up() -> None:
    facts = dutch.read_facts("Het subsidieplafond is € 5.000.000 voor 2026 en € 6.000.000 voor 2027.")
    assert facts.budget is None
    assert [(read.kind, read.value) for read in facts.plafonds] == [
        ("plafond 2026", 5_000_000),
        ("plafond 2027", 6_000_000),
    ]


def test_how_money_is_divided_and_how_long_it_lasts_is_named() -> None:
    facts = dutch.read_facts("Aanvragen kan doorlopend, op volgorde van ontvangst, zolang er budget is.")
    assert {read.value for read in facts.allocation} == {Allocation.FIRST_COME, Allocation.ROLLING}
    assert {read.value for read in facts.flags} == {DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED}


def test_what_looks_like_a_date_and_is_not_understood_goes_to_a_person() -> None:
    facts = dutch.read_facts(
        "Indienen kan tot 31-02-2026. De regeling opent in het eerste kwartaal van 2027. Sluiting: 1 mei."
    )
    assert facts.deadlines == ()
    assert [(read.text, read.kind) for read in facts.unread] == [
        ("31-02-2026", "no such day"),
        ("eerste kwartaal van 2027", "no day"),
        ("1 mei", "no year"),
    ]


def test_a_year_that_cannot_be_meant_is_a_slip_of_the_pen() -> None:
    text = "Aanvragen kan tot 1 mei 2062."
    assert dutch.read_facts(text, date(2026, 1, 1)).closes is None
    assert dutch.read_facts(text, date(2055, 1, 1)).closes is not None


def test_a_weekday_that_does_not_fit_is_told() -> None:
    facts = dutch.read_facts("Aanvragen kan tot vrijdag 1 mei 2027.")
    assert facts.closes is not None
    assert [read.kind for read in facts.unread] == ["the weekday does not fit"]


HOSTILE = ["1 mei 2026 ", "€ 1.000 ", "1.", "111 ", "€", "tussen ", "van 1 tot en met ", "(", "€ 5 tot ", "12:00 ", "12-12-", "50% en ",
           "maximaal ", "aanvragen ", "per project ", "zolang ", "voor ", "tot 1 mei 2026; ", "\n", " ", "a", "\u00a0", "İ", "maa 1 m",
           "subsidie van de kosten ", "wordt ", "kan kan kan ", "€ 1,", "van 1 mei tot 1 juni 2026 ", "q1 ", "1e ", "één ", "ma ",
           "zolang budget ", "als pot pot ", "daarna ", "vragen ", "until funds ", "per ",
           "verlengd van 1 mei 2026 tot ", "niet op 1 mei 2026 maar op ", "kunnen krijgen ", "€ 5 of ", "percentage a b van 5 ",
           "de helft van de ", "budget verhoogd van € 5 naar ", "13/02/2026 01/02/2026 ", "de tweede op ", "minimale a b ",
           "tranche a b van ", "lever zich plan ", "20 000 - ", "hij verhoogde het plafond naar € 5 naar ",
           "van de € 5 gaat daarvan voor de ronde ", "kan a b c in 2024 ", "vraag? maximaal € 5, samen ",
           "Budget\n", "a: \n- ", "budget (eur): 5 ", "contributions: 50000 to ", "aanvragen voor samen ", "strand 1 strand 2 ",
           "plafond voor de periode van ", "kosten mogen tot ", "aanmelden webinar ", "grant not exceed ", "€ 5 beschikbaar plus "]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_kilobytes_of_anything_take_less_than_a_second(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    for read in (dutch.read_facts, english.read_facts):
        start = process_time()
        read(text)
        assert process_time() - start < 1


def test_whole_texts_of_our_own_are_read_with_hardly_an_error() -> None:
    rows = rows_with_facts(HERE / "wordings.jsonl")
    score = measure(rows)
    assert len(rows) >= 100
    assert score.precision() >= 0.98
    assert score.recall() >= 0.95


def test_real_schemes_are_read_with_hardly_an_error(shared: Path) -> None:
    score = measure(rows_with_facts(shared / "gold" / "nl_dev.jsonl"))
    assert score.precision() >= 0.98
    assert score.recall() >= 0.85
