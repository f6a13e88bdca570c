"""The demo's own desk, in no installation: be anybody, read anybody's mail, and let a week go by."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Delivery, User
from db.session import reading
from db.vocabulary import DeliveryState, Role
from notifications.links import Links
from tracker.errors import NotFound
from tracker.mailing.keys import signing_keys
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import checked
from tracker.web.frame.safety import POLICY
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
        "/beheer",
        "Nodig iemand uit",
    ),
}


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
    request.record("sign in", f"user {user.id}", "in the demo")
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
    request.answer_headers["Content-Security-Policy"] = POLICY.replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )
    return request.page("people/demo_mail.html", mail=mail, text=text, html=html)


def week(request: RequestContext) -> Response:
    """A week later: what fell due was mailed."""
    request.site.parts[DemoDesk].week()
    return request.to("/demo", done="weeklater")
