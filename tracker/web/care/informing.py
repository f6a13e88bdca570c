"""Telling people that we keep their name: who was not told yet, a mail that tells it, or that it was said in person."""

from datetime import date, timedelta

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Participant, Stakeholder
from db.vocabulary import MailKind
from db.vocabulary_audit import Action
from db.vocabulary_care import InformedWay
from notifications.outbox import Mail, put
from tracker.care import informing
from tracker.errors import Incomplete
from tracker.mailing.mailer import open_mailer
from tracker.people.data_register import categories, days_of, in_words
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm

LANE, LASTS = 4, timedelta(days=7)
SUBJECT = "Wij bewaren uw naam als contactpersoon"


class InformedForm(BaseModel):
    """Who was told, how, and on which day."""

    stakeholder: int
    way: InformedWay
    day: date | None = None


def _page(request: RequestContext, _: None, state: FormState) -> Response:
    return request.page(
        "care/informing.html",
        state=state,
        untold=informing.untold(request.session, request.viewer),
        ways=[(way.value, way.label) for way in InformedWay if way != InformedWay.MAIL],
    )


page = PageOf(no_subject, _page, lambda _: "/contacten/informeren")


@page.form(InformedForm)
def tell(request: RequestContext, _: None, form: InformedForm) -> None:
    """Put on record that somebody was told, and mail it where that was asked."""
    person = request.session.get(Stakeholder, form.stakeholder)
    if person is None or person.participant_id != request.viewer.participant_id:
        raise InvalidForm({"stakeholder": "Kies iemand uit de lijst."})
    informing.tell(request.deed, person, form.way, form.day)
    if form.way == InformedWay.MAIL:
        _mail(request, person)
    request.record(Action.PERSON_INFORMED, f"stakeholder {person.id}", form.way)


def _mail(request: RequestContext, person: Stakeholder) -> None:
    """The mail to the person, once a day; answers come to who pressed."""
    mailer, now = open_mailer(request.site.settings, request.site.engine), request.now.instant
    about = categories()["persons"]
    context = {
        "person": person,
        "by": request.user,
        "organisation": request.session.get_one(Participant, person.participant_id).name,
        "about": about,
        "term": in_words(days_of("persons")),
        "link": mailer.links.page("/privacy"),
    }
    text, html = (request.site.render(f"care/informing_mail.{kind}", context) for kind in ("txt", "html"))
    mail = Mail(
        f"informed:{person.id}:{request.now.today}", MailKind.ALERT, None, informing.mail_of(person),
        SUBJECT, text, html, {"Reply-To": request.user.email}, now, now + LASTS, LANE,
    )  # fmt: skip
    if not put(request.session, [mail], mailer.key, mailer.domain):
        raise Incomplete("Deze persoon is vandaag al gemaild.")
