"""Afstemming: answer a sign-off round by a link from a mail, without signing in; and ask a party for it by mail."""

from pydantic import BaseModel, EmailStr
from starlette.responses import Response

from db.models import Dossier, Participant, SignOffRound
from db.vocabulary_audit import Action
from db.vocabulary_lobby import PartyStance
from notifications.links import Links
from tracker.errors import NotFound
from tracker.lobby.round_answers import AskedParty, answer, asked_by, invite
from tracker.mailing.keys import signing_keys
from tracker.mailing.mailer import open_mailer
from tracker.mailing.round_mail import ask
from tracker.people.subscriptions import folded
from tracker.rights import Deed
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, Line, Text, checked
from tracker.web.frame.phrases import options
from tracker.web.lobby.positions import coalition_page


class AnswerForm(BaseModel):
    """What a party answers, in its own words, and who says so."""

    stance: PartyStance
    text: Text = ""
    who: Line = ""


class InviteForm(BaseModel):
    """At which address which party is asked."""

    member: int
    email: EmailStr


def show(request: RequestContext) -> Response:
    """The question and a form; mail scanners that open the link change nothing."""
    asked = _asked(request)
    return _form(request, asked, EMPTY_FORM) if asked else _closed(request)


def _asked(request: RequestContext) -> AskedParty | None:
    settings = request.site.settings
    link = Links(settings.base_url, signing_keys(settings)).read_answering(request.params["token"])
    return asked_by(request.session, link) if link else None


def _closed(request: RequestContext) -> Response:
    return request.page("lobby/round_answers_closed.html", 410)


def _form(request: RequestContext, asked: AskedParty, state: FormState) -> Response:
    return request.page(
        "lobby/round_answers.html",
        state=state,
        token=request.params["token"],
        question=asked.sign_off.question,
        last_day=asked.sign_off.due_on,
        party=asked.member.name,
        owner=request.session.get_one(Participant, asked.dossier.participant_id).name,
        known=asked.by.name if asked.invitation is None else "",
        stances=[choice for choice in options(PartyStance) if choice[0] != PartyStance.SILENT],
    )


def respond(request: RequestContext) -> Response:
    """Keep the answer and say what was kept."""
    asked = _asked(request)
    if asked is None:
        return _closed(request)
    outcome = attempt(request, lambda: _respond(request, asked))
    if isinstance(outcome, FormState):
        return _form(request, asked, outcome)
    return request.page(
        "lobby/round_answers_done.html", said=outcome, party=asked.member.name, question=asked.sign_off.question
    )


def _respond(request: RequestContext, asked: AskedParty) -> AnswerForm:
    form = checked(AnswerForm, request.form)
    deed = Deed(request.session, asked.by, request.now.instant)
    answer(deed, asked, form.stance, form.text, form.who)
    by, subject = asked.by if asked.invitation is None else None, f"round {asked.sign_off.id}"
    request.record(Action.ROUND_ANSWERED_FROM_MAIL, subject, form.stance.value, by=by, dossier_id=asked.dossier.id)
    return form


@coalition_page.form(InviteForm, done="gevraagd")
def invite_by_mail(request: RequestContext, dossier: Dossier, form: InviteForm) -> None:
    """Mail the question of a round to an address of a party."""
    sign_off = request.named(SignOffRound, "round_id")
    if sign_off.dossier_id != dossier.id:
        raise NotFound
    invitation = invite(request.deed, dossier, sign_off, form.member, folded(form.email))
    mailer = open_mailer(request.site.settings, request.site.engine)
    ask(request.session, mailer, invitation, request.now.instant)
    request.record(Action.ROUND_MAILED, f"round {sign_off.id}")
