"""Doelen: what an opgave is to reach, set and kept up by a coordinator."""

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Challenge, Goal
from tracker.account import goals, sheet, visions
from tracker.account.goals import GoalWords
from tracker.account.report import year_span
from tracker.errors import NotFound
from tracker.web.frame.actions import Euros, PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, SeenForm, Text


class GoalForm(BaseModel):
    """A goal as it is typed; the number is in its unit."""

    text: Text = ""
    target: Euros = None
    unit: Line = ""
    due_on: date
    source: Line = ""
    vision: Line = ""
    vision_id: int | None = None

    @property
    def words(self) -> GoalWords:
        """The same, to keep."""
        return GoalWords(self.text, self.target, self.unit, self.due_on, self.source, self.vision, self.vision_id)


class GoalChangeForm(GoalForm):
    seen: int


class ValueForm(BaseModel):
    value: Euros = None
    day: date
    value_source: Line = ""


def _challenge(request: RequestContext) -> Challenge:
    return request.named(Challenge, "challenge_id")


def _new(request: RequestContext, challenge: Challenge, state: FormState) -> Response:
    span = year_span(request.now.today.year, request.now.today, request.now.today)
    return request.page(
        "account/goals.html", state=state, challenge=challenge, goal=None, number=sheet.number,
        visions=visions.choices(request.session),
        standings=goals.standings(request.session, [challenge.id], span),
    )  # fmt: skip


def _goal(request: RequestContext) -> Goal:
    goal = request.named(Goal, "goal_id")
    if goal.ended_at is not None:
        raise NotFound
    return goal


def _edit(request: RequestContext, goal: Goal, state: FormState) -> Response:
    challenge = request.session.get_one(Challenge, goal.challenge_id)
    return request.page(
        "account/goals.html",
        state=state,
        challenge=challenge,
        goal=goal,
        number=sheet.number,
        standings=[],
        visions=visions.choices(request.session),
    )


new = PageOf(_challenge, _new, lambda challenge: f"/verantwoording/opgaven/{challenge.id}")
edit = PageOf(_goal, _edit, lambda goal: f"/verantwoording/opgaven/{goal.challenge_id}")


@new.form(GoalForm)
def add(request: RequestContext, challenge: Challenge, form: GoalForm) -> None:
    """Keep a new goal."""
    goals.set_goal(request.deed, challenge, form.words)


@edit.form(GoalChangeForm)
def change(request: RequestContext, goal: Goal, form: GoalChangeForm) -> None:
    """Keep other words or numbers."""
    goals.change_goal(request.deed, goal, form.words, form.seen)


@edit.form(ValueForm)
def add_value(request: RequestContext, goal: Goal, form: ValueForm) -> None:
    """Keep how far it is."""
    goals.add_value(request.deed, goal, form.value, form.day, form.value_source)


@edit.form(SeenForm, done="verwijderd")
def end(request: RequestContext, goal: Goal, form: SeenForm) -> None:
    """It is no goal any more."""
    goals.end_goal(request.deed, goal, form.seen)
