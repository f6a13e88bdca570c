"""A simulated year: what each person was sent, with a week down and both nights the clocks change in it."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from db.vocabulary import Cadence
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at, told
from tracker.workdays import is_working_day

LOCAL = ZoneInfo("Europe/Amsterdam")
FIRST = date(2026, 10, 13)  # before the night of 25 October
DOWN = (date(2027, 2, 8), date(2027, 2, 14))  # Monday to Sunday


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LOCAL).astimezone(UTC)


# 52 Mondays, one of them down; the days up to the end of March hold the week down and both nights, too
@pytest.mark.parametrize(("length", "mondays"), [(170, 23), pytest.param(366, 51, marks=pytest.mark.prove)])
@pytest.mark.slow
@pytest.mark.one_database  # what planning asks of a database test_plan.py asks of both
def test_a_year_misses_nothing_and_doubles_nothing(engine: Engine, tmp_path: Path, length: int, mondays: int) -> None:
    make_agenda(engine)
    make_call(engine, at(FIRST, 6), "Voor het begin", closes=date(2028, 12, 1))
    daily = make_reader(engine, at(FIRST, 6), "dag@x.example")
    weekly = make_reader(engine, at(FIRST, 6), "week@x.example", every=Cadence.WEEK)
    days = [FIRST + timedelta(days=n) for n in range(length)]
    calls = []
    for n, day in enumerate(days):
        if n % 3 == 1:
            calls.append(make_call(engine, at(day, 5), f"Regeling {n}", closes=date(2028, 12, 1)))
        if not DOWN[0] <= day <= DOWN[1]:
            later = (at(day, 12),) if n % 5 == 0 else ()
            for moment in (at(day, 7, 29), at(day, 7, 30), *later):
                plan_at(engine, moment)
    new = Counter((one.user_id, one.call_id) for one in told(engine) if one.kind == "new")
    assert set(new.values()) == {1}
    assert {call for person, call in new if person == daily} >= set(calls[:-1])
    sent = [(mail.user_id, mail.planned_at.astimezone(LOCAL)) for mail in deliveries(engine)]
    assert len({(person, moment.date()) for person, moment in sent}) == len(sent)
    for person, moment in sent[2:]:
        caught_up = moment.date() == DOWN[1] + timedelta(days=1)  # what was missed goes at the first look after it
        assert moment.time() == (time(7, 29) if caught_up else time(7, 30)), (person, moment)
        assert moment.weekday() == 0 if person == weekly else is_working_day(moment.date())
    assert not [moment for _, moment in sent if DOWN[0] <= moment.date() <= DOWN[1]]
    listed = [f"{moment:%Y-%m-%d %H:%M} {'dag' if person == daily else 'week'}" for person, moment in sent]
    (tmp_path / "year.txt").write_text("\n".join(listed), "utf-8")
    of_week = [moment.date() for person, moment in sent if person == weekly][1:]
    assert len(of_week) == len(set(of_week)) == mondays
