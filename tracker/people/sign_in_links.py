"""Links by mail that sign in: asked for by anybody, made sparingly, and never at the cost of one that still works.

Whoever asks for somebody's link, that person can always get in: a few links an hour are mailed for each place that
asks, and after that one as soon as the newest has little time left. So no stranger keeps anybody out, nor fills a
mailbox. Unknown addresses are counted the same way, so that no answer tells who is known.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from db.models import Delivery, MagicLink, MailText, User
from db.vocabulary import MailKind
from notifications.links import SIGN_IN_PLACE, Links
from notifications.plain_letter import sign_in
from tracker.people.access import hashed

WORKS_FOR = timedelta(minutes=10)
LEAST_LEFT = timedelta(minutes=3)  # a link with less time left may not be found in time
MOST_PER_PLACE = 5  # an hour, for one address from one place: a known browser, or a network address
MOST_PER_ADDRESS = 15  # an hour, from all places where the person is not known
KNOWN = "browser:"


@dataclass(frozen=True)
class AskedLink:
    """What came of asking: the key of the mail with a new link, or until when the newest one still works."""

    mail_key: str = ""
    works_until: datetime | None = None


def newest_that_serves(asked: Sequence[MagicLink], place: str, now: datetime) -> MagicLink | None:
    """The link that serves instead of a new one, where enough were asked for in the last hour; none: mail a new one."""
    here = [link for link in asked if link.asked_by == place]
    strangers = [link for link in asked if not link.asked_by.startswith(KNOWN)]
    enough = len(here) >= MOST_PER_PLACE or (not place.startswith(KNOWN) and len(strangers) >= MOST_PER_ADDRESS)
    unused = [link for link in asked if link.used_at is None and link.expires_at - now >= LEAST_LEFT]
    return max(unused, key=lambda link: link.expires_at, default=None) if enough else None


def ask_for_link(
    session: Session, links: Links, user: User | None, address: str, place: str, next_path: str, now: datetime
) -> AskedLink:
    """Put a mail with a new link in the outbox, unless the newest one serves.

    For an unknown address the same is done, and no mail kept: both take as long, and read the same.
    """
    query = select(MagicLink).where(MagicLink.address_hash == hashed(address))
    asked = session.exec(query.where(col(MagicLink.requested_at) > now - timedelta(hours=1))).all()
    serving = newest_that_serves(asked, place, now)
    if serving is not None:
        return AskedLink(works_until=serving.expires_at)
    key = f"login:{secrets.token_hex(16)}"
    _new_link(session, user, address, links.sign_in_token(key), next_path, now, place)
    _mail_link(session, links, user, key, now)
    return AskedLink(mail_key=key)


def _new_link(
    session: Session, user: User | None, address: str, token: str, next_path: str, now: datetime, place: str = ""
) -> None:
    """A link that works once. Those asked for earlier go on working until their time."""
    session.add(
        MagicLink(
            token_hash=hashed(token), address_hash=hashed(address), user_id=user.id if user else None,
            next_path=next_path, requested_at=now, expires_at=now + WORKS_FOR, asked_by=place,
        )
    )  # fmt: skip


def _mail_link(session: Session, links: Links, user: User | None, key: str, now: datetime) -> None:
    """The mail as it is kept holds a place for the link's secret, which is filled in when it leaves."""
    letter = sign_in(links.page(f"/inloggen/link/{SIGN_IN_PLACE}"), user.name if user else "")
    if user is None:
        return
    session.add(
        Delivery(
            key=key,
            message_id=f"<{secrets.token_hex(16)}@{urlsplit(links.base_url).hostname or 'localhost'}>",
            kind=MailKind.SIGN_IN,
            lane=0,
            user_id=user.id,
            address=user.email,
            subject=letter.subject,
            written=MailText(text=letter.text, html=letter.html),
            sha256=sha256((letter.text + letter.html).encode()).hexdigest(),
            planned_at=now,
            not_before=now,
            expires_at=now + WORKS_FOR,
            next_attempt_at=now,
        )
    )


def usable(session: Session, token: str, now: datetime) -> MagicLink | None:
    """The link that this token opens, locked: two presses at once sign in once."""
    return session.exec(
        select(MagicLink)
        .where(MagicLink.token_hash == hashed(token), col(MagicLink.used_at).is_(None))
        .where(col(MagicLink.expires_at) > now)
        .with_for_update()
    ).first()


def use(session: Session, link: MagicLink, now: datetime) -> None:
    """Spend a link, and with it every other that the same mailbox got: the person is in."""
    rest = select(MagicLink).where(MagicLink.address_hash == link.address_hash, col(MagicLink.used_at).is_(None))
    for row in session.exec(rest):
        row.used_at = now
