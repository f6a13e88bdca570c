"""Reports of mail that did not arrive (RFC 3464), laid beside the mail they speak of and counted against its address.

Only a report that comes to an address which we made for that one mail (VERP) counts; anything else is ignored, and
nothing is ever answered.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from enum import StrEnum

from sqlmodel import Session, col, func, select

from db.models import Bounce, Delivery, Suppression
from db.vocabulary import DeliveryState
from notifications.message import one_line, sealed, without_addresses
from notifications.outbox import address_hash, holds, suppress

MOST_BYTES = 1_000_000  # of a report; it quotes our mail at most
TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
GONE = ("5.1.", "5.2.1", "5.4.4")  # no such address, shut, no such domain: for good, at once
FULL = "5.2.2"  # said as if for good, and over when its owner tidies up
TWICE_WITHIN = timedelta(days=14)
MARK = r"(\d{1,18})-([a-z2-7]{16})"
LARGEST = 2**31 - 1  # number of a mail; PostgreSQL refuses to look for a larger one, and anybody can send one
ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.AMBIGUOUS)  # as far as its relay knew
FOR_GOOD = 2  # other lasting refusals within two weeks


class BounceEnd(StrEnum):
    """What became of a report."""

    NONE = "no report"
    FORGED = "not ours"
    KNOWN = "known already"
    COUNTED = "counted"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Report:
    """What a report says: of which mail, the status (RFC 3463), and the words of the server that refused it."""

    delivery: int
    seal: str
    status: str
    hard: bool
    said: str
    lost: bool = False  # nobody tries that mail any more


def read_report(content: bytes, template: str) -> Report | None:
    """The report in a message; none where it is none, or speaks of no mail of ours. ``template``: of MAIL_BOUNCES."""
    # Not policy.default: it takes headers apart while they are read, and fails on some that anybody can send.
    message = message_from_bytes(content[:MOST_BYTES], policy=policy.compat32)
    token = _token(message, template)
    if token is None or message.get_content_type() != "multipart/report":
        return None
    for block in _blocks(message):
        action, status = (one_line(str(block.get(name, ""))).lower() for name in ("Action", "Status"))
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", status)
        if found and action in ("failed", "delayed"):
            hard = action == "failed" and status.startswith("5") and found[0] != FULL
            said = without_addresses(one_line(str(block.get("Diagnostic-Code", "")), 300))
            return Report(int(token[1]), token[2], found[0], hard, said, action == "failed")
    return None


def _token(message: Message, template: str) -> "re.Match[str] | None":
    before, mark, after = template.partition("{token}")
    if not mark:
        return None
    wanted = re.compile(re.escape(before) + MARK + re.escape(after), re.IGNORECASE)
    values = (str(value) for name in TO for value in message.get_all(name, []))
    return next((found for value in values if (found := wanted.search(value.lower()))), None)


def _blocks(message: Message) -> Iterable[Message]:
    """The groups of fields of the machine-readable part."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def note_bounce(session: Session, report: Report | None, keys: Iterable[bytes], now: datetime) -> BounceEnd:
    """Count a report against its address; a second reading of the same changes nothing.

    A mail that came back told nothing: what stood in it is named again as soon as its address takes mail.
    """
    if report is None:
        return BounceEnd.NONE
    mail = session.get(Delivery, report.delivery) if report.delivery <= LARGEST else None
    if mail is None or not any(_is_ours(report, mail, key) for key in keys):
        return BounceEnd.FORGED
    known = select(Bounce.id).where(Bounce.delivery_id == mail.id, Bounce.status == report.status)
    if session.exec(known).first() is not None:
        return BounceEnd.KNOWN
    address = address_hash(mail.address)
    bounce = Bounce(delivery_id=mail.id, address_hash=address, hard=report.hard, status=report.status, at=now)
    bounce.said = report.said
    session.add(bounce)
    if report.lost and mail.state in ARRIVED:
        mail.state, mail.last_text = DeliveryState.FAILED, f"{report.status} {report.said}".strip()
    session.flush()
    if not _for_good(session, report, address, now):
        return BounceEnd.COUNTED
    if session.exec(select(Suppression.id).where(Suppression.address_hash == address, holds(now))).first() is None:
        suppress(session, mail.address, f"{report.status} {report.said}".strip(), now)
    return BounceEnd.SUPPRESSED


def _is_ours(report: Report, mail: Delivery, key: bytes) -> bool:
    return hmac.compare_digest(report.seal, sealed(key, "bounce", mail.message_id)[:16])


def _for_good(session: Session, report: Report, address: str, now: datetime) -> bool:
    """No such address: at once. Another lasting refusal: when it is the second within two weeks."""
    if not report.hard or report.status.startswith(GONE):
        return report.hard
    lately = select(func.count()).select_from(Bounce).where(Bounce.address_hash == address, col(Bounce.hard))
    return session.exec(lately.where(Bounce.at > now - TWICE_WITHIN)).one() >= FOR_GOOD
