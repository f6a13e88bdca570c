"""Where organisations take part: the list, and the form with which it is kept."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from db.lists import listed
from db.models import Membership, Organisation
from db.vocabulary import Visibility
from db.vocabulary_network import MemberRole
from tracker.errors import NotFound
from tracker.network import memberships
from tracker.network.memberships import MembershipFields, MembershipFilter, Taken
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, ForWhom, Line, SeenForm, Text
from tracker.web.frame.lists import ListQuery
from tracker.web.network.subjects import for_whom, known_names

COLUMNS = ("organisatie", "neemt deel aan", "als", "vanaf", "tot en met", "bron", "zichtbaar voor")


class MembershipsQuery(ListQuery):
    """What the list is narrowed to; ``on``: what holds on that day, ``former``: also what ended."""

    PATH: ClassVar[str] = "/netwerk/lidmaatschappen"

    text: Line = ""
    organisation: int | None = None
    on: date | None = None
    former: bool = False


class MembershipForm(BaseModel):
    """Both organisations by name."""

    organisation: Line = ""
    network: Line = ""
    role: MemberRole = MemberRole.MEMBER
    starts_on: date | None = None
    ends_on: date | None = None
    source: Text = ""
    visibility: ForWhom = Visibility.REGION

    def fields(self) -> MembershipFields:
        """The same, to keep."""
        return MembershipFields(**self.model_dump(include=set(MembershipForm.model_fields)))


class ChangeForm(MembershipForm):
    seen: int


def _found(request: RequestContext) -> tuple[MembershipsQuery, list[Taken]]:
    query = request.read_query(MembershipsQuery)
    day = query.on or (None if query.former else request.now.today)
    wanted = MembershipFilter(query.text, query.organisation, day)
    return query, memberships.memberships(request.session, request.viewer, wanted)


def index(request: RequestContext) -> Response:
    """What holds today, or on the day that is asked."""
    query, rows = _found(request)
    return request.page(
        "network/memberships_index.html",
        query=query,
        listed=listed(rows, query.page),
        mine=request.viewer.participant_id,
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    _query, rows = _found(request)
    return request.file("lidmaatschappen", COLUMNS, [_cells(taken) for taken in rows])


def _cells(taken: Taken) -> tuple[object, ...]:
    row = taken.row
    return (
        taken.organisation.name, taken.network.name, MemberRole(row.role).label, row.starts_on, row.ends_on,
        row.source, Visibility(row.visibility).label,
    )  # fmt: skip


def _of(request: RequestContext) -> Membership:
    """The row in the address, which this person may put right."""
    row = memberships.membership_for(request.session, request.viewer, request.params["membership_id"])
    if not may_change(request.viewer, row):
        raise NotFound
    return row


def _form(request: RequestContext, row: Membership | None, state: FormState) -> Response:
    both = (row.organisation_id, row.network_id) if row else ()
    names = [request.session.get_one(Organisation, number).name for number in both]
    return request.page(
        "network/memberships_form.html",
        state=state,
        row=row,
        names=names,
        audiences=for_whom(request),
        organisations=known_names(request),
    )


def _list(_row: object) -> str:
    return MembershipsQuery.PATH


new = PageOf(no_subject, _form, _list)
edit = PageOf(_of, _form, _list)


@new.form(MembershipForm)
def create(request: RequestContext, _: None, form: MembershipForm) -> None:
    """Keep a new one."""
    memberships.add(request.deed, form.fields())


@edit.form(ChangeForm)
def change(request: RequestContext, row: Membership, form: ChangeForm) -> None:
    """Put it right, or end it."""
    memberships.change(request.deed, row, form.fields(), form.seen)


@edit.form(SeenForm, done="verwijderd")
def remove(request: RequestContext, row: Membership, form: SeenForm) -> None:
    """Take away what never was."""
    memberships.remove(request.deed, row, form.seen)
