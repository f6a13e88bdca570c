"""The page of all that is open in the lobby: nothing overdue leaves it before it is settled, or given to another."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Dossier, User
from db.rights import has_role, may_see
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.errors import NotFound
from tracker.lobby.due import lobby_due
from tracker.lobby.giving import HELD, NAMES, Held, Place, audited_as, give, held_by, holder_of, place_of
from tracker.lobby.worklist import AHEAD, Matter, Narrowed, choices_of, open_matters
from tracker.people.absences import replaced_by
from tracker.people.participants import colleagues
from tracker.rights import may_change, viewer_of
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, asked_for

ON_A_PAGE = 25  # each with a form to give it away, which names every colleague
GIVEN = ("given", "row", "was")  # of the address after handing over
COLUMNS = ("uiterlijk", "te laat", "wat", "met wie", "bij wie", "vindplaats")


class WorklistQuery(BaseModel):
    """How the list is narrowed; without ``everybody`` it starts at the reader's own work."""

    person: int | None = None
    participant: Line = ""
    organisation: Line = ""
    kind: Line = ""
    everybody: bool = False
    page: Annotated[int, Field(ge=1, le=1_000)] = 1
    given: Literal["", "contact", "promise", "round", "dossier"] = ""  # what was just handed over, and from whom
    row: int = 0
    was: int = 0


class GiveForm(BaseModel):
    """What goes to whom: a row as it stood when the page was made."""

    held: Literal["contact", "promise", "round", "dossier"]
    row: int
    to: int = 0
    seen: int


def _show(request: RequestContext, _: None, state: FormState) -> Response:
    """A coordinator starts at the own organisation, everybody else at what is theirs."""
    query, errors = asked_for(WorklistQuery, request.query)
    asked = query or WorklistQuery()
    narrowed, matters = _narrowed(request, asked), _matters(request)
    found = [matter for matter in matters if narrowed.holds(matter)]
    page = min(asked.page, max(-(-len(found) // ON_A_PAGE), 1))
    start, end = (page - 1) * ON_A_PAGE, page * ON_A_PAGE
    return request.page(
        "lobby/worklist.html",
        state=state,
        errors={**errors, **state.errors},
        matters=[(matter, *_held(request, matter)) for matter in found[start:end]],
        given=_given(request, asked),
        found=len(found),
        page=page,
        more=len(found) > end,
        link=lambda page: f"/openstaand?{_asked(request, page=page)}",
        names=NAMES,
        colleagues=_able(request),
        all=len(matters),
        narrowed=narrowed,
        asked=_asked(request),
        choices=choices_of(request.session, matters),
        replaced=replaced_by(request.session, request.user.id, request.now.today),
    )


def as_file(request: RequestContext) -> Response:
    """What the list shows, narrowed as it is, as a file."""
    narrowed, matters = _narrowed(request, request.read_query(WorklistQuery)), _matters(request)
    base = request.site.settings.base_url
    rows = [
        (
            one.due.due, "ja" if one.late else "nee", one.due.title, one.due.organisation or "",
            ", ".join(user.name for user in one.people), f"{base}{one.due.link}",
        )
        for one in matters
        if narrowed.holds(one)
    ]  # fmt: skip
    return request.file("openstaand", COLUMNS, rows)


def _narrowed(request: RequestContext, asked: WorklistQuery) -> Narrowed:
    """What is asked for; nothing asked is where the reader starts."""
    narrowed = Narrowed(**asked.model_dump(exclude={"everybody", "page", *GIVEN}))
    return _start(request) if narrowed == Narrowed() and not asked.everybody else narrowed


def _matters(request: RequestContext) -> list[Matter]:
    due = lobby_due(request.session, request.now.today, AHEAD, with_nobodys=True)
    return open_matters(request.session, request.viewer, due, request.now.today)


def _start(request: RequestContext) -> Narrowed:
    if has_role(request.viewer, Role.COORDINATOR):
        return Narrowed(participant=request.viewer.participant_id or "")
    return Narrowed(person=request.viewer.user_id)


def _held(request: RequestContext, matter: Matter) -> tuple[Held | None, Place | None]:
    """What can be given from here, and whose place is taken: only what the reader's own organisation wrote."""
    held = held_by(matter.due)
    if held is None or not may_change(request.viewer, held):
        return None, None
    return held, place_of(request.session, held)


def _given(request: RequestContext, asked: WorklistQuery) -> tuple[Held, Place, User | None] | None:
    """What was just handed over as it stands now, and whose place was taken."""
    held = request.session.get(HELD[asked.given], asked.row) if asked.given else None
    if held is None or not may_see(request.session, request.viewer, held) or not may_change(request.viewer, held):
        return None
    before = request.session.get(User, asked.was) if asked.was else None
    ours = before is not None and before.participant_id == request.viewer.participant_id
    return held, place_of(request.session, held), before if ours else None


def _able(request: RequestContext) -> list[User]:
    """The colleagues who can do something in the lobby."""
    people = colleagues(request.session, request.user.participant_id)
    return [user for user in people if has_role(viewer_of(user), Role.FUNDRAISER)]


show = PageOf(no_subject, _show, lambda _: "/openstaand")


@show.form(GiveForm, done="gegeven")
def hand(request: RequestContext, _: None, form: GiveForm) -> str:
    """Give one thing to a colleague; the list stays narrowed as it was."""
    held = request.session.get(HELD[form.held], form.row)
    if held is None or not may_see(request.session, request.viewer, held):
        raise NotFound
    if isinstance(held, Dossier) and (held.deleted_at is not None or held.merged_into_id is not None):
        raise NotFound
    before = holder_of(held)
    give(request.deed, held, form.to, form.seen)
    request.record(Action.OPEN_MATTER_GIVEN, audited_as(held))
    return f"/openstaand?{_asked(request, given=form.held, row=form.row, was=before or 0)}"


def _asked(request: RequestContext, **changed: int | str) -> str:
    """How the list is narrowed, as an address says it."""
    return urlencode({name: value for name, value in request.query.items() if name not in ("gedaan", *GIVEN)} | changed)
