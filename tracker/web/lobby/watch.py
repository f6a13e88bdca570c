"""Follow a dossier, and choose the subject it follows outside: forms on the page of the dossier."""

from pydantic import BaseModel

from db.models import Dossier
from db.vocabulary_audit import Action
from tracker.lobby import watch
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Text
from tracker.web.lobby.dossiers import lobby_page


class FollowForm(BaseModel):
    """Whether one wants to be told."""

    yes: bool = False


class WatchForm(BaseModel):
    """The subject, a search a line."""

    watch: Text = ""
    seen: int


@lobby_page.form(FollowForm)
def follow(request: RequestContext, dossier: Dossier, form: FollowForm) -> None:
    """Be told of what happens in it, or no longer."""
    watch.follow(request.deed, dossier, form.yes)
    request.record(Action.DOSSIER_FOLLOWED, f"dossier {dossier.id}", "yes" if form.yes else "no")


@lobby_page.form(WatchForm)
def set_searches(request: RequestContext, dossier: Dossier, form: WatchForm) -> None:
    watch.set_searches(request.deed, dossier, form.watch, form.seen)
