"""How far an application is, as its milestones should say it: what is decided is done, and what is over ends. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.models import Assignment, Milestone
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from db.vocabulary_lobby import NOT_YET_IN, ApplicationStage, GoDecision

S = ApplicationStage
HANDING_IN = frozenset({MilestoneStep.UPLOAD, MilestoneStep.SENDING})
ANSWERED = frozenset({S.AWARDED, S.REJECTED, S.RUNNING, S.ACCOUNTED, S.SETTLED})
Ended = tuple[MilestoneState, str]


@dataclass(frozen=True)
class Progress:
    """How far an application is; ``handed_in_for`` is the day of the deadline that it was handed in for, if any."""

    stage: str
    go: str | None
    handed_in_for: date | None = None

    @property
    def decided(self) -> bool:
        """Whether the go/no-go was taken, and not put aside by beginning again."""
        if self.stage in (S.SIGNAL, S.SCOUTING):
            return False
        return self.go == GoDecision.GO or (self.go is not None and self.stage == S.DROPPED)


def progress_of(stage: str, go: str | None, submitted_on: date | None, closings: Iterable[date]) -> Progress:
    """An application is handed in for the first closing from that day on; for the last where it came in later."""
    days = sorted(closings)
    if submitted_on is None or stage in NOT_YET_IN or not days:
        return Progress(stage, go)
    return Progress(stage, go, next((day for day in days if day >= submitted_on), days[-1]))


def is_over(progress: Progress, deadline: date) -> bool:
    """Whether nothing is left to be done before a deadline: handed in for it, answered, or not gone on with.

    What was handed in for a first stage still has its second one ahead.
    """
    if progress.stage in (S.DROPPED, *ANSWERED):
        return True
    if progress.stage in NOT_YET_IN:
        return False
    return progress.handed_in_for is None or deadline <= progress.handed_in_for


def ended(step: str, progress: Progress, deadline: date) -> Ended | None:
    """How a step that nobody settled ended, with why; none while it is still to be done."""
    if step == MilestoneStep.GO_NO_GO and progress.decided:
        return MilestoneState.DONE, ""
    if not is_over(progress, deadline):
        return None
    if progress.stage == S.DROPPED:
        return MilestoneState.DROPPED, "de aanvraag is niet doorgezet"
    if step in HANDING_IN:
        return MilestoneState.DONE, ""
    return MilestoneState.DROPPED, "de aanvraag is ingediend, deze stap was niet afgevinkt"


def unsettled(row: Milestone | Assignment) -> bool:
    """Open, or done only because the application had come that far, and not by a person."""
    return row.state == MilestoneState.PLANNED or (row.state == MilestoneState.DONE and row.settled_by is None)
