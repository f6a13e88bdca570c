"""The demo's own desk, in no installation: be anybody, read anybody's mail, and let a week go by."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Delivery, User
from db.session import reading
from db.vocabulary import DeliveryState, Role
from db.vocabulary_audit import Action
from notifications.links import Links
from tracker.errors import NotFound
from tracker.mailing.keys import signing_keys
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import checked
from tracker.web.frame.route import Guard, Route
from tracker.web.frame.safety import WITH_MAIL
from tracker.web.frame.site import PRACTICE_PATH
from tracker.web.people.signed_in import sign_in

MOST_MAILS = 100
# What somebody of a role does here, and the first thing to try: the page where it begins, and how.
ROLES: dict[Role, tuple[str, str, str]] = {
    Role.READER: (
        "Leest mee: wat staat open, wat sluit, wat doet de regio.",
        "/regelingen",
        "Zoek een regeling op een woord",
    ),
    Role.FUNDRAISER: (
        "Zoekt geld bij de opgaven: beoordeelt nieuwe regelingen en begint aanvragen.",
        "/beoordelen",
        "Beoordeel een regeling",
    ),
    Role.LOBBYIST: (
        "Voert gesprekken en houdt dossiers bij, met wat er is toegezegd.",
        "/contacten/nieuw",
        "Leg een gesprek vast",
    ),
    Role.COORDINATOR: (
        "Verdeelt het werk, houdt termijnen en standpunten van de organisatie bij.",
        "/openstaand",
        "Vind wat te laat is",
    ),
    Role.ADMINISTRATOR: (
        "Beheert mensen, bronnen en mail.",
        "/bronnen/nieuw",
        "Voeg een bron toe",
    ),
}
# A made-up site, so that a source can be added without the internet: name of a scheme, and what its page says.
PRACTICE = (
    ("Groene schoolpleinen", "Gemeenten kunnen tot en met 15 september 2026 een aanvraag indienen. Het budget voor "
     "deze regeling is 1.500.000 euro. De subsidie is ten hoogste 50.000 euro per project."),
    ("Fietsroutes tussen kernen", "Een aanvraag indienen kan van 1 juni 2026 tot en met 30 oktober 2026, 17.00 uur. "
     "Er wordt 60 procent van de subsidiabele kosten vergoed."),
    ("Warmte uit water", "Aanvragen kan zolang er geld is; een einddatum heeft deze regeling voor warmtenetten niet."),
)  # fmt: skip


@dataclass(frozen=True)
class DemoDesk:
    """What the demo can do: send what waits, and let a week go by."""

    send: Callable[[], None]
    week: Callable[[], None]


class WhoForm(BaseModel):
    """Who one wants to be, and where one begins."""

    user_id: int
    next: str = "/"


def index(request: RequestContext) -> Response:
    """Somebody of each role first, then the others; the day it is."""
    people = list(request.session.exec(select(User).where(col(User.deactivated_at).is_(None)).order_by(col(User.id))))
    first = {role: next((who for who in people if who.role == role), None) for role in Role}
    shown = [(role, who, *ROLES[role]) for role, who in first.items() if who is not None]
    others = [who for who in people if who not in first.values()]
    choices = [(who.id, f"{who.name}, {Role(who.role).label}") for who in others]
    return request.page("people/demo.html", shown=shown, others=others, choices=choices)


def be(request: RequestContext) -> Response:
    """Sign in as somebody, without mail: everything here is made up."""
    form = checked(WhoForm, request.form)
    user = request.session.get(User, form.user_id)
    if user is None or user.deactivated_at is not None:
        raise NotFound
    request.record(Action.SIGN_IN, f"user {user.id}", "in the demo")
    return sign_in(request, user, form.next)


def inbox(request: RequestContext) -> Response:
    """Everybody's mail, newest first: what waits is sent before one looks."""
    request.site.parts[DemoDesk].send()
    with reading(request.site.engine) as session:
        rows = _mails(session)
        return request.page("people/demo_inbox.html", rows=rows)


def _mails(session: Session) -> list[tuple[Delivery, str]]:
    query = select(Delivery, User.name).join(User, col(User.id) == col(Delivery.user_id))
    query = query.where(Delivery.state == DeliveryState.ACCEPTED)
    return [(mail, name) for mail, name in session.exec(query.order_by(col(Delivery.id).desc()).limit(MOST_MAILS))]


def one_mail(request: RequestContext) -> Response:
    """A mail as its reader has it, with its sign-in link complete."""
    mail = request.named(Delivery, "delivery_id")
    links = Links(request.site.settings.base_url, signing_keys(request.site.settings))
    text, html = (links.completed(mail.key, part) for part in (mail.text, mail.html))
    request.answer_headers.update(WITH_MAIL)
    return request.page("people/demo_mail.html", mail=mail, text=text, html=html)


def week(request: RequestContext) -> Response:
    """A week later: what fell due was mailed."""
    request.site.parts[DemoDesk].week()
    return request.to("/demo", done="weeklater")


def practice(request: RequestContext) -> Response:
    """The list of the made-up site."""
    return request.page("people/demo_practice.html", names=[name for name, _ in PRACTICE])


def practice_page(request: RequestContext) -> Response:
    """One of its schemes."""
    number = int(request.params["number"])
    if not 0 < number <= len(PRACTICE):
        raise NotFound
    name, text = PRACTICE[number - 1]
    return request.page("people/demo_practice_one.html", name=name, text=text)


# Only where the demo is served: `kansenradar demo` hands its desk to the application.
DEMO_ROUTES: list[Route] = [
    Route("GET", "/demo", index, None),
    Route("POST", "/demo/wie", be, None, Guard.PAGE),
    Route("GET", "/demo/post", inbox, None),
    Route("GET", "/demo/post/{delivery_id:id}", one_mail, None),
    Route("POST", "/demo/week", week, None, Guard.PAGE, looks=True),
    Route("GET", PRACTICE_PATH, practice, None),
    Route("GET", PRACTICE_PATH + "/{number:id}", practice_page, None),
]
