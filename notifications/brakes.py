"""What stops sending: too many refusals, a relay in trouble or short of breath, and a person who says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import Delivery, Pause, Relay
from notifications.alerts import end_alert, raise_alert
from notifications.retry import PROBE, THROTTLE
from notifications.transport import SendOutcome, SmtpStage

TROUBLES = 5  # lost connections in a row after which the relay rests
SLOW_DOWN = (421, 452)  # the relay has had enough for now


def standing_pause(session: Session) -> Pause | None:
    """The pause that holds now, the widest first."""
    query = select(Pause).where(col(Pause.ended_at).is_(None)).order_by(col(Pause.everything).desc())
    return session.exec(query).first()


def pause_if_too_much_fails(session: Session, now: datetime) -> None:
    """More than 50, or more than 5 % with at least five, in the last hour: something bigger is wrong."""
    finished = col(Delivery.finished_at)
    counted = select(Delivery.state, func.count()).where(finished > now - timedelta(hours=1), finished <= now)
    numbers = {state: number for state, number in session.exec(counted.group_by(Delivery.state)).all()}  # noqa: C416
    bad = numbers.get("failed", 0) + numbers.get("held", 0)
    if bad > 50 or (bad >= 5 and bad > 0.05 * (bad + numbers.get("accepted", 0))):
        pause(session, f"{bad} mails refused within an hour", now)


def pause(session: Session, reason: str, now: datetime, everything: bool = False) -> None:
    """Stop sending until a person resumes it; ``everything`` stops sign-in mail too."""
    active = session.exec(select(Pause).where(col(Pause.ended_at).is_(None), Pause.everything == everything)).first()
    if active is None:
        session.add(Pause(reason=reason, since=now, everything=everything))
        session.flush()
    raise_alert(session, "paused", f"sending is paused: {reason}", now)


def resume(session: Session, by: str, now: datetime) -> int:
    """End every pause; returns how many there were."""
    pauses = session.exec(select(Pause).where(col(Pause.ended_at).is_(None))).all()
    for each in pauses:
        each.ended_at, each.ended_by = now, by
    end_alert(session, "paused", now)
    return len(pauses)


@dataclass
class Breath:
    """How often in a row the relay asked to slow down."""

    times: int = 0


def note_relay(session: Session, name: str, outcome: SendOutcome, breath: Breath, now: datetime) -> str:
    """Remember how the relay behaves; the returned line says why it rests now, or is empty.

    It rests five minutes after five lost connections in a row, or at once where it refuses everybody; one minute
    where it asks to slow down.
    """
    breath.times = breath.times + 1 if outcome.code in SLOW_DOWN else 0
    relay = session.get(Relay, name)
    throttled = (outcome.throttled and outcome.stage is SmtpStage.MAIL) or breath.times >= TROUBLES
    if not outcome.trouble and not throttled:
        _recover(session, relay, now)
        return ""
    relay = relay or Relay(name=name)
    session.add(relay)
    relay.failures = max(relay.failures, TROUBLES) if outcome.rest else relay.failures + int(outcome.trouble)
    relay.reason = f"{outcome.code or ''} {outcome.text}".strip()[:300]
    if relay.failures >= TROUBLES:
        relay.rest_until = now + PROBE
        raise_alert(session, f"relay:{name}", f"mail server {name} is in trouble: {relay.reason}", now)
    elif throttled:
        relay.rest_until = now + THROTTLE
    return relay.reason if relay.failures >= TROUBLES or throttled else ""


def _recover(session: Session, relay: Relay | None, now: datetime) -> None:
    if relay is not None and (relay.failures or relay.rest_until):
        relay.failures, relay.rest_until, relay.reason = 0, None, ""
        end_alert(session, f"relay:{relay.name}", now)


def resting(relay: Relay | None, now: datetime) -> bool:
    """Whether the relay gets nothing now; a rest that a clock set far ahead left behind does not count."""
    return relay is not None and relay.rest_until is not None and now < relay.rest_until <= now + PROBE
