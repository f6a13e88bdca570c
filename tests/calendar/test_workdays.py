"""Who works on which day: mail goes on in recess, bodies do not meet then, and what is stored rules over the library."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import ClosedPeriod
from db.session import writing
from db.vocabulary_calendar import ClosedKind
from tests.conftest import ROOT
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tracker.calendar.load_bodies import load_bodies
from tracker.workdays import ClosedDays, ClosedSpan, holiday_periods, is_working_day, read_closed_days

SUMMER = [date(2026, 7, 6) + timedelta(days=n) for n in range(40)]  # from the first Monday in recess


@pytest.fixture
def loaded(session: Session) -> ClosedDays:
    load_bodies(session)
    return read_closed_days(session)


def test_in_the_summer_recess_people_work_and_no_body_meets(loaded: ClosedDays) -> None:
    weekdays = [day for day in SUMMER if day.weekday() < 5]
    assert all(is_working_day(day) and loaded.is_working_day(day) for day in weekdays)
    assert not any(loaded.can_meet(day) for day in weekdays)
    assert all(loaded.can_meet(day, keeps_recess=False) for day in weekdays)


@pytest.mark.one_database
def test_no_digest_stops_in_the_summer_recess(engine: Engine) -> None:
    with writing(engine) as session:
        load_bodies(session)
    make_agenda(engine)
    start = datetime(2026, 7, 3, 6, tzinfo=UTC)
    make_call(engine, start)
    make_reader(engine, start, nothing_new=True)
    plan_at(engine, start)
    for day in SUMMER:
        plan_at(engine, datetime(day.year, day.month, day.day, 6, tzinfo=UTC))
    days = [mail.key.removeprefix("digest:1:day:") for mail in deliveries(engine)[1:]]
    assert days == [day.isoformat() for day in SUMMER if day.weekday() < 5]


def test_a_holiday_that_a_coordinator_took_away_is_worked(session: Session, loaded: ClosedDays) -> None:
    good_friday = date(2027, 3, 26)
    assert not loaded.is_working_day(good_friday)
    session.delete(session.exec(select(ClosedPeriod).where(ClosedPeriod.first_day == good_friday)).one())
    assert read_closed_days(session).is_working_day(good_friday)


def test_a_year_without_stored_holidays_has_those_of_the_library(loaded: ClosedDays) -> None:
    assert loaded.is_working_day(date(2031, 12, 24))
    assert not loaded.is_working_day(date(2031, 12, 25))


def test_the_holidays_of_one_country_come_without_those_of_all_others() -> None:
    """In a process of its own: here something else may have asked the library already."""
    asks = "import sys; from datetime import date; from tracker.workdays import is_working_day, holiday_periods;"
    asks += "print(is_working_day(date(2031, 12, 25)), len(holiday_periods(2027, 2027)), 'holidays.countries' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", str(len(holiday_periods(2027, 2027))), "False"]
    assert all(not is_working_day(day) for day in holidays.country_holidays("NL", years=2031))


def test_a_closing_is_a_day_off_for_its_participant_only(session: Session, loaded: ClosedDays) -> None:
    day = date(2027, 6, 4)
    assert loaded.is_working_day(day, "haarlem")
    session.add(
        ClosedPeriod(
            kind=ClosedKind.CLOSURE, name="x", first_day=day, last_day=day, participant_id="haarlem", source=""
        )
    )
    closed = read_closed_days(session)
    assert not closed.is_working_day(day, "haarlem")
    assert closed.is_working_day(day, "amsterdam")


def test_a_day_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest over five thousand calls asks for a hundred thousand days, and nearly always for the same ones."""
    asked: list[date] = []

    def covers(span: ClosedSpan, day: date, participant: str) -> bool:
        asked.append(day)
        return span.first <= day <= span.last and span.participant in ("", participant)

    monkeypatch.setattr(ClosedSpan, "covers", covers)
    day = SUMMER[1]
    closed = ClosedDays(off=(ClosedSpan(day, day, "haarlem"),), recess=(ClosedSpan(SUMMER[0], SUMMER[-1]),))
    for _ in range(3):
        assert closed.is_working_day(day)
        assert not closed.is_working_day(day, "haarlem")
        assert not closed.can_meet(day)
        assert closed.can_meet(day, keeps_recess=False)
    assert len(asked) == 2  # off for Haarlem, and recess: what closes others is not asked of


def test_a_span_closes_each_of_its_days_also_in_the_months_between_and_after_and_for_nobody_else() -> None:
    spans = (
        ClosedSpan(date(2026, 1, 30), date(2026, 4, 2), "haarlem"),
        ClosedSpan(date(2026, 12, 31), date(2027, 1, 1)),
    )
    closed = ClosedDays(off=spans, years=frozenset({2026, 2027}))
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(400)):
        for participant in ("", "haarlem", "zaanstad"):
            off = day.weekday() >= 5 or any(span.covers(day, participant) for span in spans)
            assert closed.is_working_day(day, participant) is not off, (day, participant)
