"""For everybody: accessibility, privacy, security.txt, robots.txt and whether the application is well."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, PlainTextResponse, Response

from db.models import Participant
from db.vocabulary import NoReason
from tracker import __version__
from tracker.errors import NotFound
from tracker.people.data_register import categories, days_set, in_words
from tracker.web.frame.context import RequestContext
from tracker.web.frame.metrics import Metrics, exposed
from tracker.web.frame.readiness import report
from tracker.web.frame.site import PRACTICE_PATH

OUR_PATH = re.compile(r"(?:/[A-Za-z0-9_-]+)+")  # never another site's: that would need two slashes, or a colon


def accessibility(request: RequestContext) -> Response:
    return request.page("public_accessibility.html", responsible=_responsible(request))


def keyboard(request: RequestContext) -> Response:
    """Which keys do what; keys of one letter work only where the focus is (WCAG 2.1.4)."""
    asked = request.query.get("terug", "")
    back = asked if OUR_PATH.fullmatch(asked) else ""
    return request.page("public_keyboard.html", last="abcdefghi"[len(NoReason) - 1], back=back)


def privacy(request: RequestContext) -> Response:
    """Which personal data is kept, why and until when: the register by which the sweep of every day goes."""
    days, contact = days_set(request.site.settings), request.site.settings.mail_from
    about = [(one, in_words(term) if (term := one.term(days)) else "") for one in categories().values()]
    return request.page(
        "public_privacy.html", responsible=_responsible(request), about=about, contact=parseaddr(contact)[1]
    )


def _responsible(request: RequestContext) -> str:
    """The region is no legal entity: a participant carries the responsibility."""
    participant = request.session.get(Participant, request.site.settings.responsible_organisation)
    return participant.name if participant else ""


def security_txt(request: RequestContext) -> Response:
    """RFC 9116. Without a date of its own it expires half a year after the month it is read in."""
    settings = request.site.settings
    contact = settings.security_contact or f"mailto:{settings.mail_from}"
    month = request.now.instant.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = settings.security_expires or (month + timedelta(days=183)).date()
    expires = datetime(until.year, until.month, until.day, tzinfo=UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url.rstrip('/')}/.well-known/security.txt",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


def robots(request: RequestContext) -> Response:
    """Only what two people released is for search engines; the demo's made-up site may be read by the demo itself."""
    practice = f"Allow: {PRACTICE_PATH}\n" if request.site.demo else ""
    return PlainTextResponse(f"User-agent: *\n{practice}Allow: /openbaar\nDisallow: /\n")


def live(_request: RequestContext) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok", "version": __version__})


def ready(request: RequestContext) -> Response:
    """Whether all goes; a 503 with what is broken where it does not."""
    well, health = report(request.session, request.now.instant, request.site.settings)
    return JSONResponse(health, 200 if well else 503)


def metrics(request: RequestContext) -> Response:
    """Figures for Prometheus, for who shows the key of the settings; without one there are none."""
    key = request.site.settings.metrics_key.get_secret_value()
    shown = request.headers.get("authorization", "")
    if not key or not hmac.compare_digest(shown.encode(), f"Bearer {key}".encode()):
        raise NotFound
    content = exposed(request.site.part(Metrics), request.session, request.now.instant)
    return Response(content, media_type=CONTENT_TYPE_LATEST)
