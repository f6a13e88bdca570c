"""What is decided is done, and what is handed in, answered or given up ends: as rules, without a database."""

from datetime import date

import pytest

from db.vocabulary_calendar import MilestoneState, MilestoneStep
from db.vocabulary_lobby import NOT_YET_IN, ApplicationStage, GoDecision
from tracker.calendar.application_steps import Progress, ended, is_over, progress_of

S = ApplicationStage
FIRST, SECOND = date(2027, 3, 16), date(2027, 9, 1)
STEPS = tuple(MilestoneStep)


@pytest.mark.parametrize("stage", sorted(NOT_YET_IN))
def test_while_it_is_with_us_only_a_go_that_stands_is_done(stage: ApplicationStage) -> None:
    progress = progress_of(stage, GoDecision.GO, None, [FIRST])
    done = {step for step in STEPS if ended(step, progress, FIRST)}
    stands = stage in (S.GO_NO_GO, S.PREPARING)
    assert done == ({MilestoneStep.GO_NO_GO} if stands else set())


@pytest.mark.parametrize("stage", sorted(set(S) - NOT_YET_IN))
def test_what_is_in_answered_or_given_up_leaves_nothing_open(stage: ApplicationStage) -> None:
    progress = progress_of(stage, GoDecision.GO, date(2027, 3, 1), [FIRST])
    ends = {step: ended(step, progress, FIRST) for step in STEPS}
    assert all(ends.values())
    assert ends[MilestoneStep.GO_NO_GO] == (MilestoneState.DONE, "")
    assert all(why for state, why in filter(None, ends.values()) if state == MilestoneState.DROPPED)


def test_what_was_given_up_before_its_go_was_never_decided() -> None:
    end = ended(MilestoneStep.GO_NO_GO, Progress(S.DROPPED, None), FIRST)
    assert end is not None
    assert end[0] == MilestoneState.DROPPED


@pytest.mark.parametrize(
    ("submitted", "over"),
    [(date(2027, 3, 1), (True, False)), (date(2027, 3, 17), (True, True)), (FIRST, (True, False))],
)
def test_a_second_stage_stays_open_until_it_is_handed_in_too(submitted: date, over: tuple[bool, bool]) -> None:
    progress = progress_of(S.SUBMITTED, GoDecision.GO, submitted, [SECOND, FIRST])
    assert (is_over(progress, FIRST), is_over(progress, SECOND)) == over


def test_what_came_in_later_than_every_closing_is_over_all_the_same() -> None:
    assert is_over(progress_of(S.SUBMITTED, GoDecision.GO, date(2028, 1, 1), [FIRST, SECOND]), SECOND)
