"""The page of outside moments: what can still be influenced, until when; fill in a day, or add a moment by hand."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field
from sqlmodel import col, func, select
from starlette.responses import Response

from db.lists import listed
from db.models import Dossier, DossierMoment, Moment
from db.rights import has_role, visible
from db.text_search import asked, holds
from db.vocabulary import Role
from db.vocabulary_lobby import Level, MomentKind
from tracker.calendar.decision_clock import replan_moved
from tracker.lobby import moments
from tracker.lobby.yearly_moments import UpcomingMoment
from tracker.rights import may_tend
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, asked_for
from tracker.web.frame.lists import ListQuery


class MomentQuery(ListQuery):
    """What the list is narrowed to."""

    PATH: ClassVar[str] = "/momenten"

    text: Line = ""
    soort: MomentKind | None = None
    niveau: Level | None = None

    def means(self, moment: UpcomingMoment) -> bool:
        """Whether the filter means this one."""
        roots = asked(self.text)
        return (
            (not self.text.strip() or bool(roots and holds(roots, (moment.title, moment.body, moment.use))))
            and (self.soort is None or moment.kind == self.soort)
            and (self.niveau is None or moment.level == self.niveau)
        )


COLUMNS = (
    "moment",
    "soort",
    "niveau",
    "wie beslist",
    "te beïnvloeden tot",
    "zeker",
    "intern beginnen vóór",
    "waarvoor",
    "adres",
)


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


def _page(request: RequestContext, _: None, state: FormState) -> Response:
    query = asked_for(MomentQuery, request.query)[0] or MomentQuery()
    meant = _meant(request, query)
    rows = [moment for moment in meant if not moment.ended]
    stored = request.session.exec(select(Moment).where(visible(request.viewer, Moment)))
    others = {f"moment:{m.id}" for m in stored if not may_tend(request.viewer, m)}
    adding = has_role(request.viewer, Role.FUNDRAISER)
    return request.page(
        "lobby/moments.html",
        state=state,
        query=query,
        listed=listed(rows, query.page),
        off=[moment for moment in meant if moment.ended],
        hooks=_hooks(request),
        dateable={m.ref for m in rows if adding and not m.of_source and m.ref not in others},
    )


def _meant(request: RequestContext, query: MomentQuery) -> list[UpcomingMoment]:
    every = moments.upcoming(request.session, request.viewer, request.now.today, with_ended=True)
    return [moment for moment in every if query.means(moment)]


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    return request.file("momenten", COLUMNS, map(_cells, _meant(request, request.read_query(MomentQuery))))


def _cells(moment: UpcomingMoment) -> list[object]:
    sure = moment.ended or ("ja" if moment.sure else "gebruikelijke tijd")
    before = moment.act_before if moment.lead_days else None
    kind, level = MomentKind(moment.kind).label, Level(moment.level).label
    return [moment.title, kind, level, moment.body, moment.ends_on, sure, before, moment.use, moment.url]


def _hooks(request: RequestContext) -> dict[str, int]:
    """Ref -> how many dossiers that the viewer may see hook on to it."""
    query = select(DossierMoment.moment_id, func.count()).join(Dossier).where(visible(request.viewer, Dossier))
    counted = request.session.exec(query.group_by(col(DossierMoment.moment_id)))
    return {f"moment:{moment}": number for moment, number in counted}


page = PageOf(no_subject, _page, lambda _: "/momenten")


@page.form(DayForm)
def fix_day(request: RequestContext, _: None, form: DayForm) -> None:
    """Keep the day of a moment; one of the yearly calendar becomes a row of its own."""
    moment = moments.moment_of(request.deed, form.ref)
    seen = form.seen or 1  # one that nobody dated yet
    moments.fix_day(request.deed, moment, form.starts_on, form.ends_on, form.sure, seen)
    replan_moved(request.session, request.now.instant)


@page.form(MomentForm)
def add(request: RequestContext, _: None, form: MomentForm) -> None:
    """Keep a moment that a person knows of."""
    moments.add_moment(request.deed, moments.NewMoment(**form.model_dump()))
