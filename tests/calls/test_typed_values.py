"""Amounts, percentages and dates as people type them in Dutch; what has two readings is asked again with both."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tracker.calls.parse_values import read_value
from tracker.calls.typed_values import TypedMoment, euros, moment, moment_of_cell, percentage
from tracker.errors import NotAMoment, NotAnAmount, NotPossible


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("125000", "125000"),
        ("125.000", "125000"),
        ("2.500", "2500"),
        ("2 500 000", "2500000"),
        ("€ 2.500,00", "2500"),
        ("€ 1.250.000,5", "1250000.50"),
        ("1.000,-", "1000"),
        (" 12,34 ", "12.34"),
        ("0", "0"),
        ("1,6 mln", "1600000"),
        ("€ 1,6 miljoen", "1600000"),
        ("2,25 mld.", "2250000000"),
        ("3 ton", "300000"),
        ("250k", "250000"),
        ("750 duizend euro", "750000"),
        ("25000 euro", "25000"),
        ("EUR 40.000", "40000"),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, value: str) -> None:
    assert euros(text) == Decimal(value)
    assert "E" not in str(euros(text))  # it is stored as text


@pytest.mark.parametrize(
    "text", ["-5", "abc", "1,234,567", "1e9", "NaN", "∞", "9" * 20, "1.00.000", "٣", "3 appels", "mln", "1,005"]
)
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        euros(text)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("2.5", "2,5", "25"),
        ("€ 1.50", "1,5", "150"),
        ("0.500", "0,5", "500"),
        ("25000.00", "25.000", "2.500.000"),
        ("2.5%", "2,5", "25"),
        ("0.5 euro", "0,5", "5"),
        ("2,500", "2,5", "2.500"),
        ("1.6 mln", "1,6 mln", "16 mln"),
    ],
)
def test_a_number_with_two_readings_is_asked_again_with_both(text: str, one: str, other: str) -> None:
    for read in (euros,) if text == "0.500" else (euros, percentage):
        with pytest.raises(NotAnAmount) as error:
            read(text, "amount")
        assert str(error.value) == f"'{text}' is op twee manieren te lezen: schrijf {one} of {other}."
        assert error.value.field == "amount"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25", "25"),
        ("2,5", "2.5"),
        (" 50 % ", "50"),
        ("50%", "50"),
        ("100", "100"),
        ("0", "0"),
        ("12,5 procent", "12.5"),
    ],
)
def test_percentages_are_read_as_people_type_them(text: str, value: str) -> None:
    assert str(percentage(text)) == value
    assert percentage(" ") is None


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("0,5", "0,5% of 50%"),
        ("0.5", "0,5% of 50%"),
        (" 0,75 ", "0,75% of 75%"),
        ("0,500", "0,5% of 50%"),
        (",5", "0,5% of 50%"),
        ("1", "1% of 100%"),
        ("1,0", "1% of 100%"),
    ],
)
def test_a_share_without_a_sign_is_asked_again_as_both_percentages(text: str, both: str) -> None:
    with pytest.raises(NotAnAmount, match=f"op twee manieren te lezen: schrijf {both}"):
        percentage(text, "rate")


@pytest.mark.parametrize(("text", "value"), [("0,5%", "0.5"), ("0,5 procent", "0.5"), ("1%", "1"), ("0", "0")])
def test_a_share_with_a_sign_is_that_percentage(text: str, value: str) -> None:
    assert percentage(text) == Decimal(value)


@pytest.mark.parametrize("text", ["101", "2.500", "1,234", "-1", "half", "1,5,0", "٣", "50 mln"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        percentage(text)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-10-01", None), ("1-10-2026", None), ("01-10-2026", None), ("1.10.2026", None), ("1 oktober 2026", None),
        ("1 okt. 2026", None), ("donderdag 1 oktober 2026", None), ("1 October 2026", None),
        ("2026-10-01T17:00", "17:00"), ("2026-10-01 17:00:00", "17:00"), ("1-10-2026 17.00 uur", "17:00"),
        ("1 oktober 2026, 17:00", "17:00"), ("1 oktober 2026 om 9 uur", "09:00"), ("1 oktober 2026 24:00", "23:59"),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_type_them(text: str, hour: str | None) -> None:
    assert moment(text) == TypedMoment(date(2026, 10, 1), hour)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5/6/2026", "schrijf 5-6-2026 of 6-5-2026"),
        ("1-10-26", "vier cijfers"),
        ("31-2-2026", "geen dag die bestaat"),
        ("1 foober 2026", "geen maand"),
        ("volgende week", "geen datum"),
        ("1-10-2026 17", "het uur als 17:00"),
        ("1-10-2026 25:00", "dit uur bestaat niet"),
        ("2027-03-28T02:30", "die nacht gaat de klok vooruit"),
        ("25-10-2026 02:30", "twee keer voor"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(NotAMoment, match=says):
        moment(text)


def test_a_slash_with_one_reading_is_read() -> None:
    assert moment("25/6/2026") == TypedMoment(date(2026, 6, 25))


def test_the_cell_of_a_spreadsheet_at_midnight_is_a_day() -> None:
    assert moment_of_cell(datetime(2026, 10, 1)) == TypedMoment(date(2026, 10, 1))  # noqa: DTZ001  a cell has no zone
    assert moment_of_cell(datetime(2026, 10, 1, 17)) == TypedMoment(date(2026, 10, 1), "17:00")  # noqa: DTZ001


def test_a_command_takes_the_same_values() -> None:
    assert read_value("budget", "1,6 mln") == "1600000"
    assert read_value("rate", "50%") == "50"
    dates = [{"day": "2026-10-01", "hour": "17:00"}, {"day": "2026-12-01"}]
    assert read_value("cut_off", "1 oktober 2026, 17:00, 1-12-2026") == dates
    assert read_value("cut_off", "2026-10-01T17:00,2026-12-01") == dates
    with pytest.raises(NotPossible, match="twee manieren"):
        read_value("budget", "2.5")
    with pytest.raises(NotPossible, match="closes: "):
        read_value("closes", "5/6/2026")
