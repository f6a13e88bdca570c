"""Park a dossier, merge it into another, or throw it away while it is empty; forms on the page of the dossier."""

from datetime import date

from pydantic import BaseModel

from db.models import Dossier
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind
from tracker.lobby import dossier_ends
from tracker.lobby.log import dossier_for
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import SeenForm
from tracker.web.lobby.dossiers import lobby_page


class ParkForm(BaseModel):
    """Until when; none takes it up again."""

    parked_until: date | None = None
    seen: int


class MergeForm(BaseModel):
    """Which dossier stays."""

    into: int
    seen: int


@lobby_page.form(ParkForm)
def park(request: RequestContext, dossier: Dossier, form: ParkForm) -> None:
    """Leave it alone until a day."""
    dossier_ends.park(request.deed, dossier, form.parked_until, form.seen)
    request.record(Action.DOSSIER_PARKED if form.parked_until else Action.DOSSIER_TAKEN_UP, f"dossier {dossier.id}")


@lobby_page.form(SeenForm)
def delete(request: RequestContext, dossier: Dossier, form: SeenForm) -> str:
    """Throw it away, where nothing stands in it."""
    dossier_ends.delete(request.deed, dossier, form.seen)
    request.record(Action.DOSSIER_DELETED, f"dossier {dossier.id}")
    return "/dossiers"


@lobby_page.form(MergeForm)
def merge(request: RequestContext, dossier: Dossier, form: MergeForm) -> str:
    """Bring all of it to another, and land there."""
    into = dossier_for(request.session, request.viewer, form.into, DossierKind.LOBBY)
    dossier_ends.merge(request.deed, dossier, into, form.seen)
    request.record(Action.DOSSIERS_MERGED, f"dossier {dossier.id}", f"into {into.id}")
    return f"/dossiers/{into.id}"
