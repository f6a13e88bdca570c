"""Wat u de radar leerde: kinds that stand lower, what one asked more or never more of, each with a way back."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Lesson
from db.vocabulary import LessonKind
from db.vocabulary_audit import Action
from tracker.errors import NotFound
from tracker.matching.lessons import kinds_of, lessons_of, put_back, teach, undo_lesson
from tracker.matching.unjudged import closed_unjudged
from tracker.web.calls.rows import find_call
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import checked
from tracker.web.frame.safety import home_path

HERE = "/beoordelen/geleerd"


class LessonForm(BaseModel):
    """More, or never more, like a call; and the page to go back to."""

    kind: LessonKind
    back: str = HERE


class PutBackForm(BaseModel):
    """The calls of a kind."""

    calls: list[int] = Field(min_length=1, max_length=200)
    back: str = HERE


def show(request: RequestContext) -> Response:
    """Everything that moves what this person sees."""
    user = request.user
    return request.page(
        "challenges/lessons.html",
        kinds=kinds_of(request.session, user.id, request.now.instant),
        lessons=lessons_of(request.session, user.id),
    )


def say(request: RequestContext) -> Response:
    """More like this, or never more."""
    call, form = find_call(request), checked(LessonForm, request.form)
    if form.kind is LessonKind.RESET:
        raise NotFound
    teach(request.session, request.user, call.id, form.kind, request.now.instant)
    request.record(Action.LESSON, f"call {call.id}", form.kind.value)
    return request.to(home_path(form.back), done="meer" if form.kind is LessonKind.MORE else "nooit")


def take_back(request: RequestContext) -> Response:
    """Undo one's own lesson."""
    lesson = request.named(Lesson, "lesson_id")
    if lesson.user_id != request.viewer.user_id or lesson.undone_at is not None:
        raise NotFound
    undo_lesson(request.session, request.user, lesson, request.now.instant)
    return request.to(HERE, done="les-ongedaan")


def reset(request: RequestContext) -> Response:
    """A kind stands where it stood again; the verdicts stay."""
    form = checked(PutBackForm, request.form)
    kinds = kinds_of(request.session, request.user.id, request.now.instant)
    if not set(form.calls) <= {call.id for kind in kinds for call in kind.calls}:
        raise NotFound
    put_back(request.session, request.user, form.calls, request.now.instant)
    return request.to(home_path(form.back), done="teruggezet")


def closed(request: RequestContext) -> Response:
    """Calls that closed while nobody of the organisation had judged them, by opgave."""
    groups = closed_unjudged(request.session, request.viewer, request.now.instant)
    return request.page("challenges/lessons_closed.html", groups=groups)
