"""Beheer: what is kept of people and until when, what an administrator holds longer, and whom one can look up."""

from datetime import date

from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Dossier, Hold, Run, Stakeholder
from db.rights import visible
from db.vocabulary_audit import Action
from tracker.care import holds
from tracker.people.data_register import categories, days_set, in_words
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line

SWEPT = "tidy"


class HoldForm(BaseModel):
    """What stays longer, why and until when."""

    subject: Line = ""
    reason: Line = ""
    until: date | None = None


def _page(request: RequestContext, _: None, state: FormState) -> Response:
    session = request.session
    swept = select(Run).where(Run.job == SWEPT, col(Run.finished_at).is_not(None))
    return request.page(
        "care/desk.html",
        state=state,
        about=terms(request),
        holds=[(hold, _subject(request, hold)) for hold in _holds(request)],
        people=_people(request),
        subjects=_subjects(request),
        swept=session.exec(swept.order_by(col(Run.id).desc()).limit(5)).all(),
        names=actions.names(session),
    )


def terms(request: RequestContext) -> list[tuple[object, str]]:
    """Every kind of personal data with its term in words; none where it is a record."""
    days = days_set(request.site.settings)
    return [(about, in_words(term) if (term := about.term(days)) else "") for about in categories().values()]


def _holds(request: RequestContext) -> list[Hold]:
    """The own holds, and those on a whole kind, which stop the term for everybody."""
    mine = request.viewer.participant_id
    standing = holds.standing(request.session, request.now.today)
    return [hold for hold in standing if hold.category or hold.participant_id == mine]


def _subject(request: RequestContext, hold: Hold) -> str:
    """What a hold is on, as the page calls it; a person by office, a dossier only for who may see it."""
    if hold.category:
        return categories()[hold.category].name
    if hold.dossier_id:
        seen = select(Dossier.title).where(Dossier.id == hold.dossier_id, visible(request.viewer, Dossier))
        return f"dossier {request.session.exec(seen).first() or hold.dossier_id}"
    whom = request.session.get_one(Stakeholder, hold.stakeholder_id)
    return " ".join(filter(None, (whom.office, whom.organisation)))


def _people(request: RequestContext) -> list[Stakeholder]:
    """Whom the own organisation keeps by name."""
    mine = select(Stakeholder).where(
        Stakeholder.participant_id == request.viewer.participant_id, Stakeholder.person != ""
    )
    return list(request.session.exec(mine.order_by(col(Stakeholder.person), col(Stakeholder.id))))


def _subjects(request: RequestContext) -> list[tuple[str, str]]:
    """What one can hold: a kind with a term, a person, or all of a dossier."""
    days = days_set(request.site.settings)
    kinds = [(about.key, about.name) for about in categories().values() if about.term(days)]
    people = [(f"person {p.id}", f"{p.person}, {p.organisation}") for p in _people(request)]
    mine = select(Dossier).where(
        Dossier.participant_id == request.viewer.participant_id, visible(request.viewer, Dossier)
    )
    dossiers = request.session.exec(mine.order_by(col(Dossier.title), col(Dossier.id)))
    return [*kinds, *people, *((f"dossier {d.id}", f"dossier {d.title}") for d in dossiers)]


page = PageOf(no_subject, _page, lambda _: "/beheer/privacy")


@page.form(HoldForm)
def put_hold(request: RequestContext, _: None, form: HoldForm) -> None:
    """Keep something longer."""
    hold = holds.put_hold(request.deed, form.subject, form.reason, form.until)
    request.record(Action.HOLD_PUT, f"hold {hold.id}", f"until {hold.until}")


@page.button(done="ongedaan-gemaakt")
def lift_hold(request: RequestContext, _: None) -> None:
    """Let it go before its day."""
    hold = request.named(Hold, "hold_id")
    holds.lift(request.deed, hold)
    request.record(Action.HOLD_LIFTED, f"hold {hold.id}")
