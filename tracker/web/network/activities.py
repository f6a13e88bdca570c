"""Activities of the network: the list, one of them, and the form with which it is kept."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.lists import listed
from db.models import NetworkActivity
from db.vocabulary import Visibility
from db.vocabulary_network import ActivityKind
from tracker.errors import NotFound
from tracker.network import activities
from tracker.network.activities import Activity, ActivityFields, ActivityFilter
from tracker.network.subjects import subject_key
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf, no_subject, opgaven, participants
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, ForWhom, Line, SeenForm, Text
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name
from tracker.web.network.subjects import for_whom, known_subjects

COLUMNS = (
    *("activiteit", "soort", "dag", "tot en met", "plaats", "deelregio", "onderwerpen", "opgave"),
    *("wie kwam", "aantal mensen", "wat kwam ervan", "adres", "gaat door", "zichtbaar voor"),
)


class ActivitiesQuery(ListQuery):
    """What the list is narrowed to."""

    PATH: ClassVar[str] = "/netwerk/activiteiten"

    text: Line = ""
    subregion: Line = ""
    challenge: Line = ""
    organisation: int | None = None
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None

    def wanted(self) -> ActivityFilter:
        """The filter alone."""
        return ActivityFilter(**self.filter())


class ActivityForm(BaseModel):
    """What one fills in before it, and after it once more."""

    title: Line = ""
    kind: ActivityKind = ActivityKind.THEME
    day: date
    last_day: date | None = None
    place: Line = ""
    subregion: Line = ""
    subjects: Text = ""
    challenge: Line = ""
    guests: Text = ""
    attendance: int | None = None
    result: Text = ""
    url: Annotated[str, Field(max_length=1000)] = ""
    visibility: ForWhom = Visibility.REGION

    def fields(self) -> ActivityFields:
        """The same, to keep."""
        return ActivityFields(**self.model_dump(include=set(ActivityForm.model_fields)))


class ChangeForm(ActivityForm):
    seen: int


class OffForm(SeenForm):
    off: bool = False


def _found(request: RequestContext) -> tuple[ActivitiesQuery, list[NetworkActivity]]:
    query = request.read_query(ActivitiesQuery)
    return query, activities.activities(request.session, request.viewer, query.wanted())


def index(request: RequestContext) -> Response:
    """What was and what comes, the last day first."""
    query, rows = _found(request)
    return request.page(
        "network/activities_index.html",
        query=query,
        listed=listed(rows, query.page),
        subregions=[(name, name) for name in activities.subregions(request.session)],
        opgaven=opgaven(request.session),
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    _query, rows = _found(request)
    known = [activities.shown(request.session, request.viewer, row) for row in rows]
    return request.file("activiteiten", COLUMNS, [_cells(activity) for activity in known])


def _cells(activity: Activity) -> tuple[object, ...]:
    row = activity.row
    return (
        row.title, ActivityKind(row.kind).label, row.day, row.last_day, row.place, row.subregion or "hele regio",
        ", ".join(row.subjects), challenge_name(activity.challenge) if activity.challenge else "",
        ", ".join(guest.name for guest in activity.guests), row.attendance, row.result, row.url,
        "nee" if row.off_at else "ja", Visibility(row.visibility).label,
    )  # fmt: skip


def _of(request: RequestContext) -> NetworkActivity:
    return activities.activity_for(request.session, request.viewer, request.params["activity_id"])


def _show(request: RequestContext, row: NetworkActivity, state: FormState) -> Response:
    return request.page(
        "network/activities_show.html",
        state=state,
        activity=activities.shown(request.session, request.viewer, row),
        subjects=[(subject_key(name), name) for name in row.subjects],
        owner=dict(participants(request.session)).get(row.participant_id, row.participant_id),
        may_change=may_change(request.viewer, row),
    )


def _changeable(request: RequestContext) -> NetworkActivity:
    """The activity in the address, which this person may put right."""
    row = _of(request)
    if not may_change(request.viewer, row):
        raise NotFound
    return row


def _form(request: RequestContext, row: NetworkActivity | None, state: FormState) -> Response:
    return request.page(
        "network/activities_form.html",
        state=state,
        activity=activities.shown(request.session, request.viewer, row) if row else None,
        subregions=[(name, name) for name in activities.subregions(request.session)],
        audiences=for_whom(request),
        opgaven=opgaven(request.session),
        known_subjects=known_subjects(request),
    )


def _address(row: NetworkActivity) -> str:
    return f"/netwerk/activiteiten/{row.id}"


show = PageOf(_of, _show, _address)
new = PageOf(no_subject, _form, lambda _: ActivitiesQuery.PATH)
edit = PageOf(_changeable, _form, _address)


@new.form(ActivityForm)
def create(request: RequestContext, _: None, form: ActivityForm) -> str:
    """Keep a new one."""
    return _address(activities.add(request.deed, form.fields()))


@edit.form(ChangeForm)
def change(request: RequestContext, row: NetworkActivity, form: ChangeForm) -> None:
    """Put it right, and say who came and what came of it."""
    activities.change(request.deed, row, form.fields(), form.seen)


@show.form(OffForm)
def call_off(request: RequestContext, row: NetworkActivity, form: OffForm) -> None:
    """Say that it does not take place, or does after all."""
    activities.call_off(request.deed, row, form.seen, form.off)


@edit.form(SeenForm, done="verwijderd")
def remove(request: RequestContext, row: NetworkActivity, form: SeenForm) -> str:
    """Take away what never took place."""
    activities.remove(request.deed, row, form.seen)
    return ActivitiesQuery.PATH
