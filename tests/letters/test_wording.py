"""How we say it in Dutch, as a table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError

from notifications import wording
from notifications.plain_letter import environments
from tracker.web.frame import phrases

SUMMER = datetime(2026, 5, 29, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (date(2026, 11, 30), "maandag 30 november 2026", "30 nov 2026"),
        (date(2026, 3, 1), "zondag 1 maart 2026", "1 mrt 2026"),
        (date(2028, 2, 29), "dinsdag 29 februari 2028", "29 feb 2028"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "vrijdag 1 januari 2027", "1 jan 2027"),
    ],
)
def test_a_day_is_said_long_and_short(value: date, long: str, short: str) -> None:
    assert (wording.day(value), wording.short_day(value)) == (long, short)


@pytest.mark.parametrize(
    ("value", "zone", "assumed", "expected"),
    [
        (datetime(2026, 10, 27, 16, 0, tzinfo=UTC), "Europe/Brussels", False, "27 oktober 2026, 17:00 (Brussel)"),
        (
            datetime(2026, 10, 23, 15, 0, tzinfo=UTC),
            "Europe/Brussels",
            True,
            "23 oktober 2026, 17:00 (gebruikelijk uur)",
        ),
        (datetime(2026, 6, 15, 10, 0, tzinfo=UTC), "Europe/Amsterdam", False, "15 juni 2026, 12:00"),
        (datetime(2026, 6, 15, 10, 0, tzinfo=UTC), "Europe/London", False, "15 juni 2026, 12:00 (Amsterdam)"),
        (date(2026, 6, 15), "Europe/Amsterdam", False, "15 juni 2026"),
    ],
)
def test_a_moment_names_whose_clock_it_is(value: date, zone: str, assumed: bool, expected: str) -> None:
    assert wording.moment(value, zone, assumed) == expected


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        wording.day(datetime(2026, 6, 15, 10, 0))  # noqa: DTZ001


@pytest.mark.parametrize("said", ["day", "weekday", "short_day", "clock_time", "moment", "full_moment", "short_moment"])
def test_a_template_without_a_date_never_says_today(said: str) -> None:
    assert Environment().from_string("{{ say(none) }}").render(say=getattr(wording, said)) == "onbekend"


@pytest.mark.parametrize("name", ["day", "short_day", "moment", "full_moment", "short_moment", "clock_time"])
def test_no_filter_of_a_page_takes_no_date_for_today(name: str) -> None:
    pages = Environment(undefined=StrictUndefined)
    pages.filters.update(phrases.FILTERS)
    assert pages.from_string("{{ none | " + name + " }}").render() == "onbekend"
    with pytest.raises((TypeError, UndefinedError)):
        pages.from_string("{{ nowhere | " + name + " }}").render()


@pytest.mark.parametrize("value", [None, "2026-06-15", 5])
def test_what_is_no_date_is_refused_where_a_day_is_reckoned(value: Any) -> None:
    with pytest.raises(TypeError, match="a day is needed"):
        wording.days_left(SUMMER, value)


@pytest.mark.parametrize(
    ("euros", "expected"),
    [
        (2_500_000, "€ 2,5 mln"),
        (1_250_000, "€ 1.250.000"),
        (1_000_000, "€ 1 mln"),
        (674_100_000, "€ 674,1 mln"),
        (1_200_000_000, "€ 1,2 mld"),
        (10_000_000, "€ 10 mln"),
        (999_999, "€ 999.999"),
        (25_000, "€ 25.000"),
        (0, "€ 0"),
        (Decimal("12.50"), "€ 12,50"),
        (Decimal("2500000.00"), "€ 2,5 mln"),
    ],
)
def test_an_amount_is_short_only_where_that_is_exact(euros: Decimal, expected: str) -> None:
    assert wording.amount(euros) == expected


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (Decimal(100_000), Decimal(2_500_000), "€ 100.000 tot € 2,5 mln"),
        (Decimal(50_000), Decimal(50_000), "€ 50.000"),
        (None, Decimal(50_000), "tot € 50.000"),
        (Decimal(50_000), None, "vanaf € 50.000"),
        (None, None, ""),
    ],
)
def test_a_range_of_amounts(least: Decimal | None, most: Decimal | None, expected: str) -> None:
    assert wording.amount_range(least, most) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(40, "40%"), (Decimal("33.33"), "33,33%"), (Decimal("40.00"), "40%"), (100, "100%"), (62.5, "62,5%"), (0, "0%")],
)
def test_a_percentage(value: Decimal, expected: str) -> None:
    assert wording.percentage(value) == expected


@pytest.mark.parametrize(
    ("now", "value", "expected"),
    [
        (SUMMER, date(2026, 6, 10), "nog 12 dagen"),
        (SUMMER, date(2026, 5, 31), "nog 2 dagen"),
        (SUMMER, date(2026, 5, 30), "morgen"),
        (SUMMER, date(2026, 5, 29), "vandaag"),
        (SUMMER, date(2026, 5, 28), "gisteren gesloten"),
        (SUMMER, date(2026, 5, 24), "5 dagen geleden gesloten"),
        (SUMMER, datetime(2026, 5, 29, 15, tzinfo=UTC), "vandaag"),
        (SUMMER, datetime(2026, 5, 29, 5, tzinfo=UTC), "vandaag gesloten"),
        # 23:30 in Amsterdam; the deadline an hour later is tomorrow's
        (datetime(2026, 5, 29, 21, 30, tzinfo=UTC), datetime(2026, 5, 29, 22, 30, tzinfo=UTC), "morgen"),
        # over the spring night: 24 hours are two calendar days here
        (datetime(2027, 3, 27, 22, 30, tzinfo=UTC), datetime(2027, 3, 28, 22, 30, tzinfo=UTC), "nog 2 dagen"),
    ],
)
def test_days_left_are_local_calendar_days(now: datetime, value: date, expected: str) -> None:
    assert wording.days_left(now, value) == expected


@pytest.mark.parametrize(
    ("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a en b"), (["a", "b", "c"], "a, b en c")]
)
def test_a_list_ends_in_and(words: list[str], expected: str) -> None:
    assert wording.listed(words) == expected


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("560", "in de bron staat 560, zonder eenheid"),
        ("1.2", "in de bron staat 1.2, zonder eenheid"),
        ("€ 560", "€ 560"),
        ("2 miljoen", "2 miljoen"),
        ("", ""),
    ],
)
def test_a_bare_number_is_not_told_as_euros(written: str, said: str) -> None:
    assert wording.amount_as_written(written) == said


@pytest.mark.parametrize(("left", "line"), [("", "  W · V · G"), ("morgen", "  morgen: W · V · G")])
def test_a_call_on_one_line_has_no_gap_where_its_date_is_not_known(left: str, line: str) -> None:
    call = SimpleNamespace(
        title="T", code="", head="", left=left, soon=False, when="W", later="", who="V", money="G", followed=False, news="", fresh=False, programme="", ours="",
        changes=[], late="", also=[], link="L", unplaced="",
    )  # fmt: skip
    text = environments()[0].get_template("_base/line.txt").render(call=call, decide="")
    assert text.splitlines()[1] == line
