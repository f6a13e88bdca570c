"""What is broken and needs a person: told once, kept until it is over. Both stand in the log, with the reason."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Alert
from notifications.message import without_addresses

LOOK_BACK = timedelta(days=7)
LOG = logging.getLogger("kansenradar.alerts")


def raise_alert(session: Session, key: str, line: str, now: datetime, technical: str = "") -> bool:
    """Note that something is broken; True the first time, False while it was known already.

    ``line`` is Dutch, for pages and mails; ``technical`` stands in the log instead, where more is known.
    """
    line, technical = without_addresses(line), without_addresses(technical)
    alert = _active(session, key)
    if alert is None:
        session.add(Alert(key=key, line=line[:500], since=now, last_at=now))
        LOG.warning("alert %s began: %s", key, technical or line)
        return True
    alert.line, alert.last_at, alert.times = line[:500], now, alert.times + 1
    return False


def end_alert(session: Session, key: str, now: datetime) -> None:
    alert = _active(session, key)
    if alert is not None:
        alert.ended_at = now
        LOG.warning("alert %s is over", key)


def standing_alerts(session: Session) -> list[Alert]:
    """What is broken now, the longest first."""
    return list(session.exec(_STANDING))


_STANDING = select(Alert).where(col(Alert.ended_at).is_(None)).order_by(col(Alert.since))  # said once: all pages ask


def recent_alerts(session: Session, now: datetime) -> list[Alert]:
    """What is broken, or was in the last seven days, in the order in which it began."""
    lately = col(Alert.ended_at).is_(None) | (col(Alert.ended_at) > now - LOOK_BACK)
    return list(session.exec(select(Alert).where(lately).order_by(col(Alert.id))))


def _active(session: Session, key: str) -> Alert | None:
    return session.exec(select(Alert).where(Alert.key == key, col(Alert.ended_at).is_(None))).one_or_none()
