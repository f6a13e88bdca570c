"""The page of all that is open in the lobby: nothing overdue leaves it before it is settled."""

from pydantic import BaseModel
from starlette.responses import Response

from db.rights import has_role
from db.vocabulary import Role
from tracker.lobby.due import lobby_due
from tracker.lobby.worklist import AHEAD, Narrowed, choices_of, open_matters
from tracker.people.absences import replaced_by
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line, asked_for


class WorklistQuery(BaseModel):
    """How the list is narrowed; without ``everybody`` it starts at the reader's own work."""

    person: int | None = None
    participant: Line = ""
    organisation: Line = ""
    kind: Line = ""
    everybody: bool = False


def show(request: RequestContext) -> Response:
    """A coordinator starts at the own organisation, everybody else at what is theirs."""
    query, errors = asked_for(WorklistQuery, request.query)
    asked = query or WorklistQuery()
    narrowed = Narrowed(**asked.model_dump(exclude={"everybody"}))
    if narrowed == Narrowed() and not asked.everybody:
        narrowed = _start(request)
    due = lobby_due(request.session, request.now.today, AHEAD)
    matters = open_matters(request.session, request.viewer, due, request.now.today)
    return request.page(
        "lobby/worklist.html",
        errors=errors,
        matters=[matter for matter in matters if narrowed.holds(matter)],
        all=len(matters),
        narrowed=narrowed,
        choices=choices_of(request.session, matters),
        replaced=replaced_by(request.session, request.user.id, request.now.today),
    )


def _start(request: RequestContext) -> Narrowed:
    if has_role(request.viewer, Role.COORDINATOR):
        return Narrowed(participant=request.viewer.participant_id or "")
    return Narrowed(person=request.viewer.user_id)
