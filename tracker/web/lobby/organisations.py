"""Pages of organisations: the register, and one of it with all we have there."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlmodel import col
from starlette.responses import Response

from db.lists import listed
from db.models import Organisation
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_organisations import OrganisationKind
from tracker.lobby import relations
from tracker.network import activities, memberships
from tracker.network.activities import ActivityFilter
from tracker.network.memberships import MembershipFilter
from tracker.organisations import register
from tracker.organisations.names import plain
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, Text
from tracker.web.frame.lists import ListQuery


class RegisterQuery(ListQuery):
    """The address of the register: a word, a kind, and whether only those one spoke with."""

    PATH = "/organisaties"

    text: Line = ""
    kind: OrganisationKind | None = None
    spoken: bool = False


class OrganisationForm(BaseModel):
    """What an organisation is called."""

    name: Line = ""
    kind: OrganisationKind = OrganisationKind.UNKNOWN
    names: Text = ""
    seen: int

    def fields(self) -> register.OrganisationFields:
        """As the register keeps them."""
        return register.OrganisationFields(self.name, self.kind, self.names)


class MergeForm(BaseModel):
    """Which organisation this one turns out to be."""

    into: int | None = None
    seen: int


class PartForm(BaseModel):
    """Which organisation turns out to be another after all."""

    organisation: int


def index(request: RequestContext) -> Response:
    """The register, filtered."""
    query, rows, counts = _found(request)
    return request.page(
        "lobby/organisations_index.html", query=query, listed=listed(rows, query.page), counts=counts, errors={}
    )


COLUMNS = ("organisatie", "soort", "gesprekken", "laatste gesprek", "bestaat tot")


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    _query, rows, counts = _found(request)
    return request.file("organisaties", COLUMNS, (_cells(o, counts) for o in rows))


def _cells(organisation: Organisation, counts: Mapping[int, tuple[int, date]]) -> list[object]:
    talks, last = counts.get(organisation.id, (0, None))
    return [organisation.name, OrganisationKind(organisation.kind).label, talks, last, organisation.ended_on]


def _found(request: RequestContext) -> tuple[RegisterQuery, list[Organisation], Mapping[int, tuple[int, date]]]:
    query = request.read_query(RegisterQuery)
    counts = relations.talk_counts(request.session, request.viewer)
    return query, [o for o in _matching(request, query) if not query.spoken or o.id in counts], counts


def _matching(request: RequestContext, query: RegisterQuery) -> list[Organisation]:
    conditions: list[ColumnElement[bool]] = [col(Organisation.parent_id).is_(None)]
    if query.kind:
        conditions.append(col(Organisation.kind) == query.kind)
    rows = register.choices(request.session, request.viewer, *conditions)
    if not query.text:
        return rows
    named = {o.id for o in register.named(request.session, query.text, viewer=request.viewer)}
    return [o for o in rows if o.id in named or plain(query.text) in plain(o.name)]


def find_organisation(request: RequestContext) -> Organisation:
    return register.organisation_for(request.session, request.viewer, request.params["organisation_id"])


def _page(request: RequestContext, organisation: Organisation, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    may_edit = register.may_edit(viewer, organisation)
    successor = organisation.successor_id
    return request.page(
        "lobby/organisations_show.html",
        state=state,
        relation=relations.relation_with(session, viewer, organisation, request.now.today),
        names=register.names_of(session, organisation),
        merged=register.merged_here(session, viewer, organisation),
        successor=register.live(session, session.get_one(Organisation, successor)) if successor else None,
        people=actions.names(session),
        memberships=memberships.memberships(session, viewer, MembershipFilter(organisation=organisation.id)),
        activities=activities.activities(session, viewer, ActivityFilter(organisation=organisation.id)),
        may_edit=may_edit,
        others=_others(request, organisation) if may_edit else [],
    )


def _others(request: RequestContext, organisation: Organisation) -> list[tuple[int, str]]:
    """What this one may turn out to be: of the same sort, and not narrower."""
    office = organisation.parent_id is not None
    parent = col(Organisation.parent_id)
    conditions: list[ColumnElement[bool]] = [
        parent.is_not(None) if office else parent.is_(None),
        col(Organisation.id) != organisation.id,
    ]
    if organisation.visibility == Visibility.REGION:
        conditions.append(col(Organisation.visibility) == Visibility.REGION)
    rows = register.choices(request.session, request.viewer, *conditions)
    tops = {o.id: o.name for o in register.choices(request.session, request.viewer)} if office else {}
    return [(o.id, f"{o.name}, {tops.get(o.parent_id or 0, '')}" if office else o.name) for o in rows]


page = PageOf(find_organisation, _page, lambda organisation: f"/organisaties/{organisation.id}")


@page.form(OrganisationForm)
def edit(request: RequestContext, organisation: Organisation, form: OrganisationForm) -> None:
    """Change what it is called."""
    register.edit(request.deed, organisation, form.fields(), form.seen)
    request.record(Action.ORGANISATION_CHANGED, f"organisation {organisation.id}")


@page.form(MergeForm)
def merge(request: RequestContext, organisation: Organisation, form: MergeForm) -> str:
    """Say that this one is another, and land there."""
    into = register.organisation_for(request.session, request.viewer, form.into or 0)
    register.merge(request.deed, organisation, into, form.seen)
    request.record(Action.ORGANISATIONS_MERGED, f"organisation {organisation.id}", f"into {into.id}")
    return f"/organisaties/{into.id}"


@page.form(PartForm)
def part(request: RequestContext, organisation: Organisation, form: PartForm) -> None:
    """Take back that two are one."""
    merged = {o.id: o for o in register.merged_here(request.session, request.viewer, organisation)}
    if form.organisation in merged:
        register.part(request.deed, merged[form.organisation])
        request.record(Action.ORGANISATIONS_PARTED, f"organisation {form.organisation}", f"from {organisation.id}")
