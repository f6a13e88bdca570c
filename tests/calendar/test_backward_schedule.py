"""The besluitvormingsklok counts back to days on which things can really happen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.models import Body, Meeting, Participant
from db.vocabulary_calendar import BodyKind, MilestoneState, MilestoneStep
from tracker.calendar.backward_schedule import (
    CircularSteps,
    DeadlineInPast,
    FixedStep,
    NoMeetings,
    ScheduleQuestion,
    Step,
    plan_back,
)
from tracker.calendar.meetings import KnownDates, MeetingDay, meeting_days, odd_day
from tracker.calendar.steps import usual_steps
from tracker.workdays import DAY, ClosedDays, ClosedSpan

TODAY = date(2026, 9, 1)
DEADLINE = date(2026, 12, 15)  # a Tuesday

HAARLEM = Participant(id="haarlem", name="Haarlem", kind="municipality")
ZAANSTAD = Participant(id="zaanstad", name="Zaanstad", kind="municipality")
COLLEGE = Body(id="college-haarlem", name="het college van Haarlem", kind=BodyKind.COLLEGE, participant_id="haarlem")
COLLEGE_Z = Body(id="college-zaanstad", name="het college van Zaanstad", kind="college", participant_id="zaanstad")
RAAD = Body(
    id="raad-haarlem", name="de raad van Haarlem", kind=BodyKind.COUNCIL, participant_id="haarlem", weekday=3, weeks=[3],
    paper_days=28,
)  # fmt: skip
PLATFORM = Body(
    id="economie", name="het platform Economie", kind=BodyKind.PLATFORM, weekday=4, weeks=[2], paper_days=14
)
AUTUMN = ClosedDays(recess=(ClosedSpan(date(2026, 10, 10), date(2026, 10, 18)),))


def question(*, cofunding: bool = False, partners: tuple[Participant, ...] = (), **changes: object) -> ScheduleQuestion:
    bodies = [COLLEGE, COLLEGE_Z, RAAD, PLATFORM]
    steps = usual_steps(HAARLEM, partners, bodies, [PLATFORM], cofunding)
    meetings = {b.id: meeting_days(b, KnownDates(), AUTUMN, TODAY - 400 * DAY, date(2028, 1, 1)) for b in bodies}
    return ScheduleQuestion(
        **{"deadline": DEADLINE, "today": TODAY, "steps": steps, "meetings": meetings, "closed": AUTUMN} | changes
    )  # type: ignore[arg-type]


def test_a_plan_counts_back_to_the_last_safe_go() -> None:
    plan = plan_back(question())
    assert [(p.step.key, p.day.isoformat(), p.begins.isoformat()) for p in plan.steps] == [
        ("go_no_go", "2026-10-16", "2026-10-16"),
        ("officials", "2026-10-30", "2026-10-16"),
        ("platform:economie", "2026-11-13", "2026-10-30"),
        ("executive:college-haarlem", "2026-12-01", "2026-11-24"),
        ("signatures", "2026-12-10", "2026-12-03"),
        ("upload", "2026-12-11", "2026-12-10"),
    ]
    assert plan.go_by == date(2026, 10, 16)
    assert plan.late == ()


def test_own_money_puts_the_council_before_the_signatures_and_makes_it_the_bottleneck() -> None:
    plan = plan_back(question(cofunding=True))
    raad = plan.of("council:raad-haarlem")
    assert (raad.day, raad.begins) == (date(2026, 11, 19), date(2026, 10, 22))
    assert plan.of("executive:college-haarlem").day <= raad.begins
    assert plan.bottleneck == raad
    assert plan.go_by < plan_back(question()).go_by


def test_every_partner_decides_and_the_slowest_one_sets_the_pace() -> None:
    alone, together = plan_back(question()), plan_back(question(partners=(ZAANSTAD,)))
    assert together.of("executive:college-zaanstad").day == date(2026, 12, 1)
    assert together.go_by == alone.go_by


def test_what_is_too_late_is_named() -> None:
    plan = plan_back(question(today=date(2026, 11, 20)))
    assert [p.step.key for p in plan.late] == ["go_no_go", "officials", "platform:economie"]
    assert not plan.of("executive:college-haarlem").too_late


def test_steps_that_are_done_stay_and_hold_nothing_up() -> None:
    done = {"platform:economie": FixedStep(date(2026, 9, 11), date(2026, 8, 28), MilestoneState.DONE)}
    plan = plan_back(question(fixed=done, today=date(2026, 11, 2)))
    assert plan.of("platform:economie").day == date(2026, 9, 11)
    assert plan.of("officials").day == date(2026, 11, 24)
    assert plan.late == ()


def test_a_day_set_by_hand_stays_and_says_when_it_no_longer_fits() -> None:
    by_hand = {"executive:college-haarlem": FixedStep(date(2026, 11, 24), date(2026, 11, 17), MilestoneState.PLANNED)}
    assert not plan_back(question(fixed=by_hand)).of("executive:college-haarlem").clash
    earlier = plan_back(question(fixed=by_hand, deadline=date(2026, 11, 27)))
    assert earlier.of("executive:college-haarlem").day == date(2026, 11, 24)
    assert earlier.of("executive:college-haarlem").clash


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"deadline": date(2026, 8, 31)}, DeadlineInPast, "De termijn van maandag 31 augustus 2026 is voorbij"),
        ({"meetings": {}}, NoMeetings, "Van het college van Haarlem zijn geen vergaderingen bekend"),
        (
            {"meetings": {"college-haarlem": (MeetingDay(date(2027, 1, 5), date(2026, 12, 29)),)}},
            NoMeetings,
            "Het college van Haarlem vergadert niet vóór donderdag 3 december 2026",
        ),
        (
            {"steps": (Step("a", MilestoneStep.UPLOAD, "uploaden", ("b",)), Step("b", MilestoneStep.SIGNATURES, "tekenen", ("a",)))},
            CircularSteps,
            "in een kring",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_said_in_clear_words(
    changes: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        plan_back(question(**changes))  # type: ignore[arg-type]


def held(day: date, cancelled: bool = False) -> Meeting:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return Meeting(
        body_id="economie", day=day, papers_on=day - 13 * DAY, modified_at=at, cancelled_at=at if cancelled else None
    )


def met(known: KnownDates, since: date = date(2026, 10, 1), until: date = date(2027, 2, 28)) -> list[tuple[date, bool]]:
    return [(m.day, m.assumed) for m in meeting_days(PLATFORM, known, ClosedDays(), since, until)]


def test_a_known_date_replaces_the_nearest_of_the_rhythm_and_no_other() -> None:
    assert met(KnownDates([held(date(2026, 11, 6))])) == [
        (date(2026, 10, 9), True),
        (date(2026, 11, 6), False),
        (date(2026, 12, 11), True),
        (date(2027, 1, 8), True),
        (date(2027, 2, 12), True),
    ]


def test_a_cancelled_date_is_not_held_and_the_rest_of_the_rhythm_stays() -> None:
    days = [day for day, _ in met(KnownDates([held(date(2026, 11, 13), cancelled=True)]))]
    assert days == [date(2026, 10, 9), date(2026, 12, 11), date(2027, 1, 8), date(2027, 2, 12)]


def test_a_year_plan_replaces_all_of_the_rhythm_between_its_first_and_last_day() -> None:
    plan = KnownDates([held(date(2026, 11, 6)), held(date(2027, 1, 29))], [(date(2026, 11, 6), date(2027, 1, 29))])
    assert met(plan) == [
        (date(2026, 10, 9), True),
        (date(2026, 11, 6), False),
        (date(2027, 1, 29), False),
        (date(2027, 2, 12), True),
    ]


def test_the_dates_do_not_depend_on_how_much_is_looked_at() -> None:
    known = KnownDates([held(date(2026, 11, 6))])
    assert met(known, date(2026, 11, 10), date(2026, 11, 20)) == []


def test_a_plan_on_an_assumed_rhythm_says_so() -> None:
    plan = plan_back(question())
    assert plan.rests_on_rhythm
    facts = {body: tuple(replace(m, assumed=False) for m in days) for body, days in question().meetings.items()}
    assert not plan_back(question(meetings=facts)).rests_on_rhythm


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 10, 4), "een zondag"),
        (date(2026, 12, 25), "een feestdag"),
        (date(2026, 10, 14), "reces"),
        (date(2026, 8, 28), "voorbij"),
        (date(2026, 10, 9), ""),
    ],
)
def test_an_odd_day_is_asked_about(day: date, why: str) -> None:
    said = odd_day(PLATFORM, day, AUTUMN, TODAY)
    assert why in said if why else not said


# What follows holds for any calendar, however odd.

DAYS = st.integers(0, 900).map(lambda n: date(2026, 1, 1) + n * DAY)
PERIODS = st.builds(lambda first, length: ClosedSpan(first, first + length * DAY), DAYS, st.integers(0, 25))
CLOSED = st.builds(
    ClosedDays, off=st.lists(PERIODS, max_size=6).map(tuple), recess=st.lists(PERIODS, max_size=4).map(tuple)
)


@st.composite
def questions(draw: st.DrawFn) -> ScheduleQuestion:
    closed = draw(CLOSED)
    bodies = [
        Body(
            id=body.id, name=body.name, kind=body.kind, participant_id=body.participant_id,
            weekday=draw(st.integers(0, 4)), weeks=draw(st.sampled_from([[], [1], [2, 4], [3]])),
            paper_days=draw(st.integers(0, 40)),
        )
        for body in (COLLEGE, COLLEGE_Z, RAAD, PLATFORM)
    ]  # fmt: skip
    meetings = {b.id: meeting_days(b, KnownDates(), closed, date(2024, 1, 1), date(2030, 1, 1)) for b in bodies}
    steps = usual_steps(HAARLEM, draw(st.sampled_from([(), (ZAANSTAD,)])), bodies, bodies[3:], draw(st.booleans()))
    deadline = draw(st.integers(60, 700).map(lambda n: date(2026, 6, 1) + n * DAY))
    return ScheduleQuestion(deadline=deadline, today=date(2026, 6, 1), steps=steps, meetings=meetings, closed=closed)


@settings(max_examples=50, deadline=None)
@given(questions())
def test_no_step_falls_on_a_closed_day(asked: ScheduleQuestion) -> None:
    for planned in plan_back(asked).steps:
        assert asked.closed.is_working_day(planned.day, planned.step.participant), planned
        assert asked.closed.is_working_day(planned.begins, planned.step.participant), planned
        if planned.step.body:
            assert asked.closed.can_meet(planned.day, planned.step.participant)


@settings(max_examples=50, deadline=None)
@given(questions())
def test_no_step_comes_after_what_waits_for_it(asked: ScheduleQuestion) -> None:
    plan = plan_back(asked)
    for planned in plan.steps:
        assert planned.begins <= planned.day <= planned.limit < asked.deadline
        for key in planned.step.after:
            assert plan.of(key).day <= planned.begins, (key, planned.step.key)


@settings(max_examples=40, deadline=None)
@given(questions(), st.data())
def test_replanning_moves_nothing_that_is_settled_and_nothing_when_nothing_changed(
    asked: ScheduleQuestion, data: st.DataObject
) -> None:
    plan = plan_back(asked)
    assert plan_back(asked) == plan
    done = data.draw(st.sets(st.sampled_from([s.key for s in asked.steps])))
    fixed = {key: FixedStep(plan.of(key).day, plan.of(key).begins, MilestoneState.DONE) for key in done}
    later = asked.deadline + data.draw(st.integers(0, 200)) * DAY
    again = plan_back(ScheduleQuestion(later, asked.today, asked.steps, asked.meetings, asked.closed, fixed))
    for key in done:
        assert again.of(key).day == plan.of(key).day
    for step in asked.steps:
        if step.key not in done:
            assert again.of(step.key).day >= plan.of(step.key).day


@settings(max_examples=40, deadline=None)
@given(questions(), st.integers(1, 90))
def test_a_deadline_that_moves_moves_only_steps_whose_latest_day_moved(asked: ScheduleQuestion, days: int) -> None:
    plan = plan_back(asked)
    moved = plan_back(
        ScheduleQuestion(asked.deadline + timedelta(days), asked.today, asked.steps, asked.meetings, asked.closed)
    )
    for planned in plan.steps:
        other = moved.of(planned.step.key)
        assert other.day >= planned.day
        if other.limit == planned.limit:
            assert (other.day, other.begins) == (planned.day, planned.begins)
