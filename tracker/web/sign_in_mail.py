"""The mail with a sign-in link, put in the outbox in the lane that leaves first."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from db.models import Delivery, MailText, User
from db.vocabulary import MailKind
from tracker.web.site import Site

SUBJECT = "Uw link om in te loggen bij Kansenradar"


def mail_link(session: Session, site: Site, user: User | None, token: str, now: datetime) -> None:
    """Put the mail in the outbox. For an unknown address it is written too, and thrown away: both take as long."""
    link = link_address(site, token)
    text = site.render("login/mail.txt", {"link": link, "name": user.name if user else ""})
    html = site.render("login/mail.html", {"link": link, "name": user.name if user else ""})
    request = secrets.token_hex(16)
    host = urlsplit(site.settings.base_url).hostname or "localhost"
    if user is None:
        return
    session.add(
        Delivery(
            key=f"login:{request}",
            message_id=f"<{request}@{host}>",
            kind=MailKind.SIGN_IN,
            lane=0,
            user_id=user.id,
            address=user.email,
            subject=SUBJECT,
            written=MailText(text=text, html=html),
            sha256=hashlib.sha256((text + html).encode()).hexdigest(),
            planned_at=now,
            not_before=now,
            expires_at=now + timedelta(minutes=10),
            next_attempt_at=now,
        )
    )


def link_address(site: Site, token: str) -> str:
    """What stands in the mail; from the configured address, never from a request's Host header."""
    return f"{site.settings.base_url.rstrip('/')}/inloggen/link/{token}"
