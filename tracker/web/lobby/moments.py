"""The page of outside moments: what can still be influenced, until when; fill in a day, or add a moment by hand."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, select
from starlette.responses import Response

from db.models import Moment
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import Level, MomentKind
from notifications.wording import local_day
from tracker.lobby import moments
from tracker.rights import Deed, may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import NOTHING, Typed, after, choices, tried
from tracker.web.frame.context import Asked
from tracker.web.frame.forms import asked_for, filled

Line = Annotated[str, Field(max_length=300)]


class MomentQuery(BaseModel):
    """Which level one wants to see."""

    niveau: Level | None = None


class DayForm(BaseModel):
    """When a moment is, once that is known; ``seen`` is the version the person had in front of them, 0 for none."""

    ref: Line = ""
    starts_on: date | None = None
    ends_on: date
    sure: bool = False
    seen: int = 0


class MomentForm(BaseModel):
    """A moment that nobody else tells."""

    title: Line = ""
    kind: MomentKind = MomentKind.OTHER
    level: Level = Level.NATIONAL
    starts_on: date | None = None
    ends_on: date | None = None
    body: Line = ""
    use: Line = ""
    url: Annotated[str, Field(max_length=1000)] = ""
    lead_days: int = 0


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Every moment of the coming year, soonest first."""
    return _page(asked, viewer, session, now)


def _page(asked: Asked, viewer: Viewer, session: Session, now: datetime, sent: Typed = NOTHING) -> Response:
    query, _ = asked_for(MomentQuery, asked.query)
    today = local_day(now)
    rows = moments.upcoming(session, viewer, today)
    if query and query.niveau:
        rows = [m for m in rows if m.level == query.niveau]
    stored = session.exec(select(Moment).where(visible(viewer, Moment)))
    others = {f"moment:{m.id}" for m in stored if not may_change(viewer, m)}
    adding = actions.may_add(viewer)
    return asked.page(
        "lobby/moments.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        rows=rows,
        dateable={m.ref for m in rows if adding and not m.of_source and m.ref not in others},
        level=query.niveau if query else None,
        levels=choices(Level),
        kinds=choices(MomentKind),
        may_add=adding,
        today=today,
    )


def fix_day(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep the day of a moment; one of the yearly calendar becomes a row of its own."""
    form, errors = filled(DayForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, Typed(asked.form, errors, actions.REFUSED))

    def act() -> None:
        moment = moments.found(Deed(session, asked.user, now), form.ref)
        seen = form.seen or 1  # one that nobody dated yet
        moments.fix_day(Deed(session, asked.user, now), moment, form.starts_on, form.ends_on, form.sure, seen)

    refused = tried(session, asked.form, act)
    return after(asked, refused, "/momenten", lambda sent: _page(asked, viewer, session, now, sent))


def add(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep a moment that a person knows of."""
    form, errors = filled(MomentForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, Typed(asked.form, errors, actions.REFUSED))
    new = moments.NewMoment(**form.model_dump())
    refused = tried(session, asked.form, lambda: moments.add_moment(Deed(session, asked.user, now), new))
    return after(asked, refused, "/momenten", lambda sent: _page(asked, viewer, session, now, sent))
