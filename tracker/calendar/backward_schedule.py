"""The besluitvormingsklok: from a deadline back through every body to the last safe go/no-go. Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from operator import attrgetter

from db.vocabulary_calendar import MilestoneState, MilestoneStep
from notifications.wording import capitalize_first
from notifications.wording import day as in_words
from tracker.calendar.meetings import MeetingDay
from tracker.workdays import ClosedDays


class NoPlan(Exception):
    """There is no plan to make; the message is a clear Dutch line. Its kinds: below."""


class DeadlineInPast(NoPlan):
    """The deadline has passed."""


class CircularSteps(NoPlan):
    """A step waits for itself."""


class NoMeetings(NoPlan):
    """A body that must decide has no meeting before it is needed."""


@dataclass(frozen=True)
class Step:
    """Something that must be done. With a body it happens in a meeting; without, it takes working days."""

    key: str
    kind: MilestoneStep
    name: str
    after: tuple[str, ...] = ()
    body: str | None = None
    participant: str = ""
    working_days: int = 0


@dataclass(frozen=True)
class FixedStep:
    """What people settled of a step: its day, and whether it was done, dropped, or only set by hand."""

    day: date
    begins: date
    state: MilestoneState


@dataclass(frozen=True)
class ScheduleQuestion:
    """All that a plan follows from.

    ``meetings``: of each body, in order. ``margin``: working days that the upload stays before the deadline.
    """

    deadline: date
    today: date
    steps: tuple[Step, ...]
    meetings: Mapping[str, tuple[MeetingDay, ...]] = field(default_factory=dict)
    closed: ClosedDays = field(default_factory=ClosedDays)
    fixed: Mapping[str, FixedStep] = field(default_factory=dict)
    margin: int = 2


@dataclass(frozen=True)
class PlannedStep:
    """A step with its dates. ``begins``: papers due or work to begin; ``limit``: the latest day that would still do.

    ``assumed``: its day is one of a rhythm that nobody has looked at yet, or is counted back from one.
    """

    step: Step
    day: date
    begins: date
    limit: date
    state: MilestoneState = MilestoneState.PLANNED
    bound_by: str | None = None
    assumed: bool = False
    clash: bool = False
    too_late: bool = False

    @property
    def open(self) -> bool:
        return self.state == MilestoneState.PLANNED

    @property
    def takes(self) -> int:
        """Calendar days from the papers to the latest day that would do: what this step costs."""
        return (self.limit - self.begins).days


@dataclass(frozen=True)
class BackwardPlan:
    """The steps in order of their days, the last safe go/no-go, and where it pinches."""

    deadline: date
    steps: tuple[PlannedStep, ...]
    go_by: date
    bottleneck: PlannedStep | None
    late: tuple[PlannedStep, ...]

    @property
    def rests_on_rhythm(self) -> bool:
        """Whether any of its days still to come is one of a rhythm that nobody has looked at yet."""
        return any(planned.assumed for planned in self.steps if planned.open)

    def of(self, key: str) -> PlannedStep:
        """One step. Raises KeyError."""
        return {planned.step.key: planned for planned in self.steps}[key]


def plan_back(question: ScheduleQuestion) -> BackwardPlan:
    """Plan every step on the last day that still makes the deadline.

    Deterministic: the same question gives the same days, so re-planning moves only what a change touches. Settled steps
    and days set by hand never move. Raises DeadlineInPast, CircularSteps or NoMeetings.
    """
    if question.deadline < question.today:
        raise DeadlineInPast(f"De termijn van {in_words(question.deadline)} is voorbij: er valt niets meer te plannen.")
    placed: dict[str, PlannedStep] = {}
    followers = _followers(question.steps)
    by_key = {step.key: step for step in question.steps}
    for key in reversed(_in_order(question.steps)):
        limit, bound_by = _limit(question, [placed[follower] for follower in followers[key]])
        by_rhythm = bound_by is not None and placed[bound_by].assumed
        placed[key] = _place(question, by_key[key], limit, bound_by, by_rhythm)
    steps = tuple(sorted(placed.values(), key=lambda p: (p.day, p.begins, p.step.key)))
    first = min((p for p in steps if p.open), key=lambda p: p.begins, default=None)
    go = next((p for p in steps if p.step.kind == MilestoneStep.GO_NO_GO), None)
    return BackwardPlan(
        deadline=question.deadline,
        steps=steps,
        go_by=go.day if go else (first.begins if first else question.deadline),
        bottleneck=_bottleneck(placed, first),
        late=tuple(p for p in steps if p.too_late),
    )


@lru_cache(maxsize=256)
def _in_order(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Found once for the same steps: sixty plans of a page have two sets of them."""
    names = {step.key: step.name for step in steps}
    graph = {step.key: [key for key in step.after if key in names] for step in steps}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(names[key] for key in reversed(error.args[1]))
        raise CircularSteps(f"De stappen wachten op elkaar in een kring: {circle}.") from error


def _followers(steps: tuple[Step, ...]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {step.key: [] for step in steps}
    for step in steps:
        for key in step.after:
            if key in followers:
                followers[key].append(step.key)
    return followers


def _limit(question: ScheduleQuestion, followers: list[PlannedStep]) -> tuple[date, str | None]:
    """The latest day for a step, and which follower says so; a settled follower passes its own limit on."""
    if not followers:
        return question.closed.before(question.deadline, question.margin), None
    binding = min(followers, key=lambda p: (p.begins if p.open else p.limit, p.step.key))
    return (binding.begins, binding.step.key) if binding.open else (binding.limit, binding.bound_by)


def _place(question: ScheduleQuestion, step: Step, limit: date, bound_by: str | None, by_rhythm: bool) -> PlannedStep:
    """``by_rhythm``: what comes behind it stands on an assumed day, and so does work that is counted back from it."""
    fixed = question.fixed.get(step.key)
    if fixed is not None:
        planned = fixed.state == MilestoneState.PLANNED
        late = planned and fixed.begins < question.today
        clash = planned and (fixed.day > limit or not question.closed.is_working_day(fixed.day, step.participant))
        return PlannedStep(step, fixed.day, fixed.begins, limit, fixed.state, bound_by, clash=clash, too_late=late)
    if step.body is not None:
        meeting = _meeting(question, step, limit)
        day, begins, assumed = meeting.day, meeting.papers_on, meeting.assumed
    else:
        day = question.closed.working_day(limit, step.participant)
        begins, assumed = question.closed.before(day, step.working_days, step.participant), by_rhythm
    late = begins < question.today
    return PlannedStep(step, day, begins, limit, bound_by=bound_by, assumed=assumed, too_late=late)


def _meeting(question: ScheduleQuestion, step: Step, limit: date) -> MeetingDay:
    meetings = question.meetings.get(step.body or "", ())
    for meeting in reversed(meetings[: bisect_right(meetings, limit, key=attrgetter("day"))]):
        if question.closed.is_working_day(meeting.day, step.participant):
            return meeting
    if not meetings:
        raise NoMeetings(f"Van {step.name} zijn geen vergaderingen bekend: vul ze in bij Vergaderingen.")
    raise NoMeetings(f"{capitalize_first(step.name)} vergadert niet vóór {in_words(limit)}: vul de vergaderingen aan.")


def _bottleneck(placed: Mapping[str, PlannedStep], first: PlannedStep | None) -> PlannedStep | None:
    """On the path that decides the last safe go/no-go, the body or work that costs most days."""
    path, at = [], first
    while at is not None:
        if at.open:
            path.append(at)
        at = placed[at.bound_by] if at.bound_by else None
    return max(path, key=lambda p: p.takes, default=None)
