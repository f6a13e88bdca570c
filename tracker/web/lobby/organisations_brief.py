"""Kort voor een gesprek: one page to read, to print as PDF, and to mail to oneself or a colleague."""

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Organisation, User
from db.vocabulary_audit import Action
from notifications.outbox import put
from tracker.errors import NotFound
from tracker.exchange.brief import as_pdf, brief_for
from tracker.lobby import relations
from tracker.mailing.brief_mail import brief_mail
from tracker.mailing.mailer import open_mailer
from tracker.mailing.personal import must_be_few
from tracker.organisations import register
from tracker.people.participants import colleagues
from tracker.rights import viewer_of
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm
from tracker.web.lobby.organisations import find_organisation


class BriefMailForm(BaseModel):
    """To whom the brief goes."""

    colleague: int


def _page(request: RequestContext, organisation: Organisation, state: FormState) -> Response:
    relation = relations.relation_with(request.session, request.viewer, organisation, request.now.today)
    return request.page(
        "lobby/organisations_brief.html",
        state=state,
        relation=relation,
        lines=relations.brief(request.session, request.viewer, relation, request.now.today),
        most=relations.LAST_TALKS,
        people=actions.names(request.session),
        colleagues=[
            (c.id, "mijzelf" if c.id == request.user.id else c.name)
            for c in colleagues(request.session, request.user.participant_id)
        ],
    )


page = PageOf(find_organisation, _page, lambda organisation: f"/organisaties/{organisation.id}/kort")


def pdf(request: RequestContext) -> Response:
    """The same on one page of A4."""
    organisation = find_organisation(request)
    names = actions.names(request.session)
    words = brief_for(request.session, request.viewer, organisation, names, request.now.today)
    return request.download(f"kort-{organisation.id}.pdf", as_pdf(words))


@page.form(BriefMailForm, done="verstuurd")
def mail(request: RequestContext, organisation: Organisation, form: BriefMailForm) -> None:
    """Mail it to a colleague, with what that colleague may see."""
    session, now = request.session, request.now
    to = session.get(User, form.colleague)
    if to is None or to.deactivated_at is not None or to.participant_id != request.user.participant_id:
        raise InvalidForm({"colleague": "Kies uzelf of een collega uit de lijst."})
    try:
        register.organisation_for(session, viewer_of(to), organisation.id)
    except NotFound as error:
        raise InvalidForm({"colleague": "Deze collega mag deze organisatie niet zien."}) from error
    must_be_few(session, request.user, now.instant, "colleague")
    mailer = open_mailer(request.site.settings, request.site.engine)
    put(
        session,
        [brief_mail(session, mailer, request.user, to, organisation, now.instant)],
        mailer.key,
        mailer.domain,
    )
    request.record(Action.BRIEF_MAILED, f"organisation {organisation.id}", f"user {to.id}")
