"""What is broken and needs a person: told once, kept until it is over."""

from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Alert


def raise_alert(session: Session, key: str, line: str, now: datetime) -> bool:
    """Note that something is broken; True the first time, False while it was known already."""
    known = _standing(session, key)
    if known is None:
        session.add(Alert(key=key, line=line[:500], since=now, last_at=now))
        return True
    known.line, known.last_at, known.times = line[:500], now, known.times + 1
    session.add(known)
    return False


def end_alert(session: Session, key: str, now: datetime) -> None:
    """It is over."""
    known = _standing(session, key)
    if known is not None:
        known.ended_at = now
        session.add(known)


def standing_alerts(session: Session) -> list[Alert]:
    """What is broken now, the longest first."""
    return list(session.exec(select(Alert).where(col(Alert.ended_at).is_(None)).order_by(col(Alert.since))))


def _standing(session: Session, key: str) -> Alert | None:
    return session.exec(select(Alert).where(Alert.key == key, col(Alert.ended_at).is_(None))).one_or_none()
