"""Overleg: what there is to go through, the meeting point by point for the wall and one's own screen, its minutes."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Moment, Resolution, Review, ReviewPoint
from db.rights import works
from db.vocabulary import NoReason
from db.vocabulary_audit import Action
from db.vocabulary_calendar import MilestoneState, PointKind, PointPart
from db.vocabulary_lobby import Check, GoDecision
from notifications.outbox import put
from tracker.applications import stages
from tracker.lobby import resolutions
from tracker.mailing.mailer import open_mailer
from tracker.mailing.minutes_mail import minutes_mail
from tracker.mailing.personal import must_be_few
from tracker.people.participants import colleagues
from tracker.review import action_points, deeds, meetings
from tracker.review.agenda import points_now
from tracker.review.changes import changes_since
from tracker.review.minutes import minutes_for
from tracker.review.subjects import Can, PointSubject, people_of, subject_of
from tracker.rights import may_change, may_tend, viewer_of
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import Handler, RequestContext
from tracker.web.frame.forms import FormState, Line, Text

AtPoint = tuple[Review, ReviewPoint]


class BeginForm(BaseModel):
    """Who takes part."""

    people: list[int] = Field(default=[], max_length=100)
    others: Text = ""


class ActionForm(BaseModel):
    """A point of one's own."""

    text: Line = ""
    assignee: int | None = None
    by_day: date | None = None
    shared: bool = False


class AssignForm(BaseModel):
    """To whom a point goes."""

    assignee: int
    seen: int = 0


class MoveForm(BaseModel):
    """To which day it goes."""

    day: date
    why_day: Line = ""
    seen: int = 0


class SettleForm(BaseModel):
    """That it was done, or goes."""

    state: MilestoneState
    why: Line = ""
    seen: int = 0


class ReviewGoForm(BaseModel):
    """Go or no-go; the answers to the checklist come under their own names."""

    go: GoDecision
    reasons: list[NoReason] = Field(default=[], max_length=9)
    go_text: Text = ""
    seen: int


class ReviewNoteForm(BaseModel):
    """What was said."""

    note: Text = ""


def _index(request: RequestContext, _subject: None, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    points = points_now(session, viewer, request.now)
    last = meetings.last_ended(session, viewer)
    changes, changed = changes_since(session, viewer, last, points) if last else ([], 0)
    return request.page(
        "review/review_index.html",
        state=state,
        points=points,
        parts=[(part, [point for point in points if point.part == part]) for part in PointPart],
        running=meetings.running(session, viewer),
        last=last,
        changes=changes,
        changed=changed,
        reviews=meetings.reviews_of(session, viewer),
        named=dict(actions.participants(session)),
        colleagues=[(c.id, c.name) for c in colleagues(session, request.user.participant_id) if works(viewer_of(c))],
    )


page = PageOf(no_subject, _index, lambda _: "/overleg")


@page.form(BeginForm, done="overleg")
def begin(request: RequestContext, _subject: None, form: BeginForm) -> str:
    """Begin with what is due now, at its first point."""
    review = meetings.begin(request.deed, form.people, form.others)
    request.record(Action.REVIEW_BEGUN, f"review {review.id}")
    return _next(request, review)


@page.form(ActionForm, done="punt")
def add_action(request: RequestContext, _subject: None, form: ActionForm) -> str | None:
    """Put a point of one's own on the meeting that runs, or on the next one."""
    row = action_points.add(request.deed, form.text, form.by_day, form.assignee, form.shared)
    request.record(Action.POINT_ADDED, f"review point {row.id}")
    review = meetings.running(request.session, request.viewer)
    return f"/overleg/{review.id}/punten/{meetings.add_action(request.deed, review, row)}" if review else None


def _find(request: RequestContext) -> Review:
    return meetings.review_for(request.session, request.viewer, request.params["review_id"])


def _minutes(request: RequestContext, review: Review, state: FormState) -> Response:
    return request.page(
        "review/review_minutes.html",
        state=state,
        review=review,
        minutes=minutes_for(request.session, request.viewer, review),
        go_on=_next(request, review),
        may_change=may_change(request.viewer, review),
    )


minutes_page = PageOf(_find, _minutes, lambda review: f"/overleg/{review.id}")


@minutes_page.button(done="ververst")
def refresh(request: RequestContext, review: Review) -> str:
    """Add what became due since it began."""
    meetings.refresh(request.deed, review)
    return _next(request, review)


@minutes_page.button(done="notulen")
def end(request: RequestContext, review: Review) -> None:
    """Close it, and mail each who takes part the minutes as they may see them."""
    must_be_few(request.session, request.user, request.now.instant, "form")
    meetings.end(request.deed, review)
    mailer = open_mailer(request.site.settings, request.site.engine)
    readers = [user for user in meetings.people_of(request.session, review) if user.deactivated_at is None]
    by, now = request.user, request.now.instant
    mails = [minutes_mail(request.session, mailer, by, user, review, now) for user in readers]
    put(request.session, [mail for mail in mails if mail is not None], mailer.key, mailer.domain)


def _find_point(request: RequestContext) -> AtPoint:
    review = _find(request)
    return review, meetings.point_for(request.session, request.viewer, review, request.params["number"])


def _point(request: RequestContext, at: AtPoint, state: FormState) -> Response:
    (review, point), session = at, request.session
    points = meetings.points_of(session, request.viewer, review)
    subject = subject_of(session, review, point)
    names, place = actions.names(session), points.index(point)
    may = review.ended_at is None and may_change(request.viewer, review)
    return request.page(
        "review/review_point.html",
        state=state,
        review=review,
        point=point,
        kind=PointKind(point.kind),
        subject=subject,
        can=_offered(request, subject) if subject and may else set(),
        may_note=may,
        who=[names[user] for user in people_of(session, review, subject)] if subject else [],
        checklist=_checklist(request, subject.row) if subject and Can.DECIDE in subject.can else {},
        points=points,
        place=place,
        before=points[place - 1] if place else None,
        after=points[place + 1] if place + 1 < len(points) else None,
        said=meetings.minutes_on(session, request.viewer, review, [point]).get(point.id, []),
        earlier=meetings.said_before(session, request.viewer, review, point),
        people=names,
        colleagues=[(c.id, c.name) for c in colleagues(session, review.participant_id)],
    )


def _offered(request: RequestContext, subject: PointSubject) -> set[str]:
    """The deeds that this person can do: of another's dossier none, and confirming only as the second person."""
    can = set(subject.can)
    if subject.given is not None and not may_change(request.viewer, subject.given):
        can -= {Can.ASSIGN, Can.MOVE, Can.SETTLE}
    if isinstance(subject.row, Commitment | ContactMoment) and not may_change(request.viewer, subject.row):
        can -= {Can.ASSIGN, Can.MOVE}
    if isinstance(subject.row, Moment) and not may_tend(request.viewer, subject.row):
        can -= {Can.MOVE}
    if isinstance(subject.row, Resolution):
        can = can if request.user in resolutions.seconds(request.session, subject.row) else set()
    return {deed.value for deed in can}


def _checklist(request: RequestContext, dossier: Any) -> dict[str, Any]:
    return dict(stages.application_of(request.session, dossier).checklist)


def _address(at: AtPoint) -> str:
    return f"/overleg/{at[0].id}/punten/{at[1].number}"


point_page = PageOf(_find_point, _point, _address)


def _next(request: RequestContext, review: Review, after: int = 0) -> str:
    """The next point that nobody spoke about, from there on and then from the start; else the minutes."""
    points = meetings.points_of(request.session, request.viewer, review)
    waiting = [point for point in points if point.discussed_at is None]
    later = [point for point in waiting if point.number > after] or waiting
    return f"/overleg/{review.id}/punten/{later[0].number}" if later else f"/overleg/{review.id}"


@point_page.form(ReviewNoteForm, done="")
def discuss(request: RequestContext, at: AtPoint, form: ReviewNoteForm) -> str:
    """It was spoken about: on to the next. A note that was typed and not yet kept goes along."""
    if form.note.strip():
        deeds.note(request.deed, *at, form.note)
    deeds.discuss(request.deed, *at)
    return _next(request, at[0], at[1].number)


@point_page.form(AssignForm)
def assign(request: RequestContext, at: AtPoint, form: AssignForm) -> None:
    """Give it to a colleague."""
    deeds.assign(request.deed, *at, form.assignee, form.seen)


@point_page.form(MoveForm)
def move(request: RequestContext, at: AtPoint, form: MoveForm) -> None:
    """Put it on another day."""
    deeds.move(request.deed, *at, form.day, form.why_day, form.seen)


@point_page.form(SettleForm)
def settle(request: RequestContext, at: AtPoint, form: SettleForm) -> None:
    """Say that it was done, or goes."""
    deeds.settle(request.deed, *at, form.state, form.why, form.seen)


@point_page.form(ReviewGoForm)
def decide(request: RequestContext, at: AtPoint, form: ReviewGoForm) -> None:
    """Go or no-go."""
    answers = {check.value: str(request.form.get(check.value, "")) for check in Check}
    deeds.decide(request.deed, *at, form.go, answers, form.reasons, form.go_text, form.seen)


@point_page.button()
def begin_application(request: RequestContext, at: AtPoint) -> None:
    """Start an application for a call."""
    deeds.begin_application(request.deed, *at)


@point_page.form(ReviewNoteForm)
def note(request: RequestContext, at: AtPoint, form: ReviewNoteForm) -> None:
    """Write down what was said."""
    deeds.note(request.deed, *at, form.note)


# Beside deciding: the last part of the address of each deed on a point.
DEEDS: dict[str, Handler] = {
    "besproken": discuss,
    "toewijzen": assign,
    "verzetten": move,
    "afhandelen": settle,
    "aanvraag": begin_application,
    "notitie": note,
}
