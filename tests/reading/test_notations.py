"""Dates, hours, amounts and percentages as they are written: a table of notations, round trips, hostile text."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.facts.find import find
from scrapers.facts.read import read_facts
from scrapers.facts.spans import Moment, Span
from tests.make.pace import seconds_of

MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december"]  # fmt: skip

# What stands on the left is read as what stands on the right; "" is: unknown, or more than one.
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


ENGLISH_MOMENTS = [
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
    ("2026-09-16T15:00:00Z", "2026-09-16"),
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

ENGLISH_AMOUNTS = [
    ("EUR 2.5 million", "2500000"),
    ("2.5 million euro", "2500000"),
    ("€7.5 million", "7500000"),
    ("€1.2bn", "1200000000"),
    ("EUR 1.435 billion", "1435000000"),
    ("€250,000", "250000"),
    ("€ 1,500,000.00", "1500000"),
    ("EUR 3 000 000", "3000000"),
    ("€1.500.000", "1500000"),
    ("€1.500", "1500"),
    ("EUR 1,435 million", ""),
    ("€ 1,5", ""),
    ("no more than €400,000", "400000"),
    ("EUR 200 000 to EUR 2 000 000", ""),
    ("between 4 and 6 million euro", ""),
    ("£2 million", ""),
    ("$ 3,000", ""),
    ("5 million inhabitants", ""),
]


def pairs(table: list[str]) -> list[tuple[str, str]]:
    halves = (line.rpartition(" =") for line in table)
    return [(left, right.strip()) for left, _, right in halves]


def only(text: str, kind: str, language: str = "nl") -> Span | None:
    """The one span of a kind that can be read, where nothing else of that kind is there."""
    found = [span for span in find(text, language) if span.kind == kind]
    one = found[0] if len(found) == 1 else None
    return one if one and one.value is not None and one.low is None and one.slip in ("", "other zone") else None


def moment(text: str, language: str = "nl") -> str:
    span = only(text, "date", language)
    return span.value.isoformat() if span and isinstance(span.value, Moment) else ""


def number(text: str, kind: str, language: str = "nl") -> Decimal | None:
    span = only(text, kind, language)
    return span.value if span and isinstance(span.value, Decimal) else None


@pytest.mark.parametrize(("text", "expected"), pairs(MOMENTS))
def test_a_moment_is_read_as_written_or_unknown(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH_MOMENTS)
def test_an_english_moment_is_read_when_it_can_be_only_one(text: str, expected: str) -> None:
    assert moment(text, "en") == expected


@pytest.mark.parametrize(("text", "expected"), pairs(AMOUNTS))
def test_an_amount_is_exact_or_unknown(text: str, expected: str) -> None:
    assert number(text, "amount") == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(("text", "expected"), ENGLISH_AMOUNTS)
def test_an_english_amount_is_exact_or_unknown(text: str, expected: str) -> None:
    assert number(text, "amount", "en") == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(("text", "expected"), pairs(RATES))
def test_a_percentage_is_exact_or_unknown(text: str, expected: str) -> None:
    assert number(text, "rate") == (Decimal(expected) if expected else None)


def test_one_hour_for_all_dates_of_a_sentence_is_that_of_each() -> None:
    found = find("Cut-offs: 14 May 2026 and 12 November 2026, both 17:00 Brussels time.", "en")
    assert [str(span.value.isoformat()) for span in found if isinstance(span.value, Moment)] == [
        "2026-05-14T17:00",
        "2026-11-12T17:00",
    ]


def test_the_ends_of_a_period_know_each_other() -> None:
    found = find("van 3 tot en met 17 januari 2027", "nl")
    assert [
        (span.pair, span.value and span.value.isoformat()) for span in found if not isinstance(span.value, Decimal)
    ] == [
        ("first", "2027-01-03"),
        ("second", "2027-01-17"),
    ]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.times(), st.sampled_from(["{d} {m} {y}", "{d}-{n}-{y}"]))
def test_every_written_moment_comes_back(day: date, hour: time, form: str) -> None:
    text = form.format(d=day.day, m=MONTHS[day.month - 1], n=day.month, y=day.year)
    assert moment(text) == day.isoformat()
    assert moment(f"{text}, {hour.hour:02d}.{hour.minute:02d} uur") == f"{day.isoformat()}T{hour:%H:%M}"


@given(st.integers(0, 10**12))
def test_every_written_amount_comes_back(euro: int) -> None:
    dotted = f"{euro:,}".replace(",", ".")
    for text in (f"€ {dotted}", f"€ {dotted},-", f"{dotted} euro", f"€ {dotted},00", f"EUR {dotted.replace('.', ' ')}"):
        assert number(text, "amount") == euro


@given(st.integers(1, 999), st.integers(0, 99))
def test_millions_come_back_without_a_factor_thousand(whole: int, hundredths: int) -> None:
    text = f"{whole},{hundredths:02d}"
    assert number(f"€ {text} miljoen", "amount") == (100 * whole + hundredths) * 10_000


@given(st.text(max_size=300), st.sampled_from(["nl", "en"]))
def test_any_text_is_read_without_an_accident(text: str, language: str) -> None:
    facts = read_facts(text, language, date(2026, 5, 1))
    assert not facts.shown.keys() & facts.asked.keys()


HOSTILE = ["1 mei 2026 ", "€ 1.000 ", "1.", "111 ", "€", "tussen ", "van 1 tot en met ", "(", "€ 5 tot ", "12:00 ", "12-12-", "50% en ",
           "maximaal ", "aanvragen ", "per project ", "zolang ", "voor ", "tot 1 mei 2026; ", "\n", " ", "a", "\u00a0", "İ", "maa 1 m",
           "subsidie van de kosten ", "wordt ", "kan kan kan ", "€ 1,", "van 1 mei tot 1 juni 2026 ", "q1 ", "1e ", "één ", "ma ",
           "zolang budget ", "als pot pot ", "daarna ", "vragen ", "until funds ", "per ",
           "verlengd van 1 mei 2026 tot ", "niet op 1 mei 2026 maar op ", "kunnen krijgen ", "€ 5 of ", "percentage a b van 5 ",
           "de helft van de ", "budget verhoogd van € 5 naar ", "13/02/2026 01/02/2026 ", "de tweede op ", "minimale a b ",
           "tranche a b van ", "lever zich plan ", "20 000 - ", "hij verhoogde het plafond naar € 5 naar ",
           "van de € 5 gaat daarvan voor de ronde ", "kan a b c in 2024 ", "vraag? maximaal € 5, samen ",
           "Budget\n", "a: \n- ", "budget (eur): 5 ", "contributions: 50000 to ", "aanvragen voor samen ", "strand 1 strand 2 ",
           "total requested ", "a € 5 a-b ", "call with a ", "fund a b c ", "1. 4 ", "companies set up ", "registered in a b c ", "open a ", "ingeschreven a ", "die na 1 mei 2026 a ", "1 mei 2026 a b c ", "1.4 2026 ",
           "plafond voor de periode van ", "kosten mogen tot ", "aanmelden webinar ", "grant not exceed ", "€ 5 beschikbaar plus "]  # fmt: skip


ORDINARY = (
    "Gemeenten vragen subsidie aan voor woningen in een wijk. Aanvragen kan tot en met 1 mei 2026 om 17.00 uur. "
    "Het budget is € 2.000.000, per project ten hoogste € 50.000. Wie eerder meedeed, stuurt een verslag mee. "
)


@pytest.fixture(scope="module")
def usual() -> float:
    """What ten kilobytes of plain sentences take on this machine now: machines differ by more than three times."""
    return max(seconds_for(ORDINARY, 10_000) for _ in range(3))


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_kilobytes_of_anything_take_a_moment(piece: str, usual: float) -> None:
    assert seconds_for(piece, 10_000) < 20 * usual  # the slowest took 5 times on 2026-12-01


@pytest.mark.prove  # the same at the size of the longest texts: a minute or two in all
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_kilobytes_of_anything_take_seconds_at_most(piece: str, usual: float) -> None:
    assert seconds_for(piece, 100_000) < 120 * usual


def seconds_for(piece: str, length: int) -> float:
    """Processor time to read a text of so many of the same piece."""
    text = (piece * (length // len(piece) + 1))[:length]
    return seconds_of(lambda: read_facts(text, "nl", date(2026, 5, 1)))
