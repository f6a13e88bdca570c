"""A wholly new opgave: its words, what they would find and how sure that is, before anything is kept."""

from pydantic import Field
from sqlmodel import Session
from starlette.responses import Response

from db.models import Challenge
from db.vocabulary import ChallengeKind, ChallengeStatus
from db.vocabulary_audit import Action
from tracker.challenges.additions import add, places
from tracker.matching.certainty import certainty
from tracker.web.challenges.detail import WORDS, WordsForm, tried
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, filled


class NewChallengeForm(WordsForm):
    """The form of a new opgave: its words, and what it stands under, an agenda or an opgave."""

    under: str = Field(min_length=1, max_length=100)


def _unkept() -> Challenge:
    """The opgave while it is typed; it has no labelled calls and no verdicts."""
    return Challenge(id="", agenda_id="", kind=ChallengeKind.LINE, status=ChallengeStatus.PROGRAMME)


def _places(session: Session) -> list[tuple[str, str]]:
    """Choices of where it stands."""
    return [(place.key, f"{place.agenda}: {place.parent or 'bovenaan'}") for place in places(session)]


def _form(request: RequestContext, _: None, state: FormState) -> Response:
    challenge = _unkept()
    return request.page(
        "challenges/new.html", state=state, challenge=challenge, theirs=None, places=_places(request.session),
        certainty=certainty(request.session, request.viewer, challenge), **tried(request, challenge),
    )  # fmt: skip


new = PageOf(no_subject, _form, lambda _: "/opgaven")


@new.form(NewChallengeForm, done="opgave")
def keep(request: RequestContext, _: None, form: NewChallengeForm) -> str:
    """Keep it; one lands on its own page, where calls that wait to be matched anew are counted."""
    challenge = _unkept()
    for name in ("name", "goal", *WORDS):
        setattr(challenge, name, getattr(form, name))
    add(request.session, challenge, form.under)
    request.record(Action.OPGAVE_ADDED, f"challenge {challenge.id}", "done")
    return f"/opgaven/{challenge.id}"


def save(request: RequestContext) -> Response:
    """Keep what was typed; with the button "proef" only show what it would match."""
    _, errors = filled(NewChallengeForm, request.form)
    if errors or not request.form.get("proef"):
        return keep(request)
    return _form(request, None, FormState(request.form, {}))


def preview(request: RequestContext) -> Response:
    """What the form would match, while it is typed."""
    return request.page("challenges/detail_edit.html", block="proef", **tried(request, _unkept()))
