"""For everybody: accessibility, privacy, security.txt, robots.txt and whether the application is well."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session
from starlette.responses import JSONResponse, PlainTextResponse, Response

from db.models import Participant
from db.queries import Viewer
from tracker.web.frame.context import Asked
from tracker.web.frame.readiness import report


def accessibility(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The accessibility statement."""
    return asked.page("public_accessibility.html", responsible=_responsible(asked, session))


def privacy(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """Which personal data is kept, and why."""
    return asked.page("public_privacy.html", responsible=_responsible(asked, session))


def _responsible(asked: Asked, session: Session) -> str:
    """The MRA is no legal entity: a participant carries the responsibility."""
    found = session.get(Participant, asked.site.settings.responsible_organisation)
    return found.name if found else ""


def security_txt(asked: Asked, _viewer: Viewer, _session: Session, now: datetime) -> Response:
    """RFC 9116. Without a date of its own it expires half a year after the month it is read in."""
    settings = asked.site.settings
    contact = settings.security_contact or f"mailto:{settings.mail_from}"
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = settings.security_expires or (month + timedelta(days=183)).date()
    expires = datetime(until.year, until.month, until.day, tzinfo=UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url.rstrip('/')}/.well-known/security.txt",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


def robots(_asked: Asked, _viewer: Viewer, _session: Session, _now: datetime) -> Response:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def live(_asked: Asked, _viewer: Viewer, _session: Session, _now: datetime) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def ready(_asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Whether database and clock go; a 503 with the reason where they do not."""
    well, found = report(session, now)
    return JSONResponse(found, 200 if well else 503)
