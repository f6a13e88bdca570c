"""Bodies, holidays and recess come in once, marked as example where nobody knows better."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db.models import Body, Challenge, ClosedPeriod
from tracker.calendar import bodies
from tracker.calendar.bodies import body_calendar
from tracker.calendar.load_bodies import load_bodies
from tracker.calendar.meetings import KnownDates, MeetingDay, meeting_days
from tracker.challenges.agenda import load_agendas
from tracker.people.participants import load_participants
from tracker.workdays import holiday_periods


@pytest.fixture
def loaded(session: Session) -> Session:
    load_agendas(session)
    load_participants(session)
    load_bodies(session)
    session.commit()
    return session


def test_every_participant_has_who_decides_for_it_and_who_gives_it_money(loaded: Session) -> None:
    assert len(loaded.exec(select(Body).where(col(Body.participant_id).is_not(None))).all()) == 2 * 33
    assert loaded.get_one(Body, "gs-noord-holland").name == "Gedeputeerde Staten van Noord-Holland"
    assert loaded.get(Body, "college-beemster") is None


def test_every_rhythm_is_marked_as_an_example(loaded: Session) -> None:
    assert all(loaded.exec(select(Body.example)))


def test_every_table_an_opgave_names_is_a_body(loaded: Session) -> None:
    named = {table for tables in loaded.exec(select(Challenge.platforms)) for table in tables}
    assert named - set(loaded.exec(select(Body.id))) == {"mra-directie"}


def test_loading_again_adds_nothing_and_keeps_what_a_coordinator_filled_in(loaded: Session) -> None:
    body = loaded.get_one(Body, "college-haarlem")
    body.weekday, body.example = 2, False
    periods = len(loaded.exec(select(ClosedPeriod)).all())
    loaded.commit()
    assert load_bodies(loaded) == 0
    assert loaded.get_one(Body, "college-haarlem").weekday == 2
    assert len(loaded.exec(select(ClosedPeriod)).all()) == periods


def test_school_holidays_are_those_of_region_noord() -> None:
    found = {
        (row.name, row.first_day, row.last_day) for row in holiday_periods(2026, 2027) if row.kind == "school_holiday"
    }
    assert ("Zomervakantie", date(2026, 7, 4), date(2026, 8, 16)) in found
    assert ("Herfstvakantie", date(2026, 10, 10), date(2026, 10, 18)) in found
    assert ("Kerstvakantie", date(2026, 12, 19), date(2027, 1, 3)) in found
    assert ("Voorjaarsvakantie", date(2027, 2, 20), date(2027, 2, 28)) in found


def test_the_same_rows_give_the_same_calendar_and_a_change_that_is_not_stored_yet_another(loaded: Session) -> None:
    first = body_calendar(loaded)
    assert body_calendar(loaded) is first
    loaded.get_one(Body, "college-haarlem").weeks = [2]
    assert first.bodies["college-haarlem"].weeks != [2], "what was handed out is nobody's to change"
    assert body_calendar(loaded).bodies["college-haarlem"].weeks == [2]


def test_liberation_day_is_closed_every_year() -> None:
    days = {row.first_day for row in holiday_periods(2026, 2028) if row.kind == "public_holiday"}
    assert {date(2026, 5, 5), date(2027, 5, 5), date(2027, 4, 27), date(2027, 3, 29)} <= days


def test_meetings_are_put_together_once_and_whoever_asks_gets_the_days_in_between(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies._of_rows.cache_clear()  # the same rows may have been put together by another test
    data, asked = body_calendar(loaded), list[str]()
    body = data.bodies["college-haarlem"]

    def counted(body: Body, *about: Any) -> tuple[MeetingDay, ...]:
        asked.append(body.id)
        return meeting_days(body, *about)

    monkeypatch.setattr(bodies, "meeting_days", counted)
    since = date(2026, 3, 2)
    for until in (date(2026, 3, 1), date(2026, 5, 19), date(2026, 5, 20), date(2026, 11, 3)):
        found = data.meetings(body.id, since, until)
        assert found == meeting_days(body, KnownDates(), data.closed, since, until)
    assert len(found) > 10
    assert asked == [body.id]
