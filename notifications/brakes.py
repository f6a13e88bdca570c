"""What stops sending: a relay in trouble, short of breath or unwilling, and a person who says so.

A refused address stops nobody else's mail. A relay that refuses the sign-in, the sender, or five mails in a row by a
rule or for what they say, rests; every five minutes one mail is the probe, and with the first that is taken all go.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Delivery, Pause, Relay
from db.vocabulary import DeliveryState
from notifications.alerts import end_alert, raise_alert, standing_alerts
from notifications.reasons import answer_in_dutch
from notifications.retry import PROBE, THROTTLE
from notifications.transport import SIGN_IN_FIRST, SendOutcome, SendResult, SmtpStage

TROUBLES = 5  # lost connections, or refusals by a rule, in a row after which the relay rests
PUT_BACK = timedelta(hours=1)  # before a relay rested: what it refused then for its content gets one more try
IN_DUTCH = {
    SmtpStage.CONNECT: "neemt de verbinding niet aan",
    SmtpStage.TLS: "de beveiligde verbinding lukt niet",
    SmtpStage.LOGIN: "weigert de aanmelding",
    SmtpStage.MAIL: "weigert de afzender",
    SmtpStage.RCPT: "weigert onze post om een regel",
}
SLOW_DOWN = (421, 452)  # the relay has had enough for now


def standing_pause(session: Session) -> Pause | None:
    """The pause that holds now, the widest first."""
    query = select(Pause).where(col(Pause.ended_at).is_(None)).order_by(col(Pause.everything).desc())
    return session.exec(query).first()


def pause(session: Session, reason: str, now: datetime, everything: bool = False) -> None:
    """Stop sending until a person resumes it; ``everything`` stops sign-in mail too."""
    active = session.exec(select(Pause).where(col(Pause.ended_at).is_(None), Pause.everything == everything)).first()
    if active is None:
        session.add(Pause(reason=reason, since=now, everything=everything))
        session.flush()
    raise_alert(session, "paused", reason, now)


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

    It rests five minutes after five lost connections or refusals by a rule in a row, or at once where it refuses
    everybody; one minute where it asks to slow down. An address that is refused says nothing of the relay.
    """
    breath.times = breath.times + 1 if outcome.code in SLOW_DOWN else 0
    relay = session.get(Relay, name)
    throttled = (outcome.throttled and outcome.stage is SmtpStage.MAIL) or breath.times >= TROUBLES
    if outcome.result is SendResult.FAILED and not outcome.policy:
        return ""
    if not outcome.trouble and not throttled and not outcome.policy:
        _recover(session, relay, now)
        return ""
    relay = relay or Relay(name=name)
    session.add(relay)
    failed = relay.failures + int(outcome.trouble or outcome.policy)
    relay.failures = max(relay.failures, TROUBLES) if outcome.rest else failed
    relay.reason = in_dutch(outcome)[:300]
    if relay.failures >= TROUBLES:
        relay.rest_until = now + PROBE
        raise_alert(session, f"relay:{name}", relay.reason, now)
    elif throttled:
        relay.rest_until = now + THROTTLE
    return relay.reason if relay.failures >= TROUBLES or throttled else ""


def in_dutch(outcome: SendOutcome) -> str:
    """What the relay does, and its own words behind it."""
    words = f"{outcome.code or ''} {answer_in_dutch(outcome.code, outcome.text)}".strip()
    lost = outcome.code is None and outcome.stage not in (SmtpStage.TLS, SmtpStage.LOGIN)
    stage = SmtpStage.LOGIN if outcome.code in SIGN_IN_FIRST else outcome.stage
    what = "de verbinding valt weg" if lost else IN_DUTCH.get(stage, "weigert de inhoud")
    return f"{what}: {words}" if words else what


def as_the_relays_fault(session: Session, name: str, outcome: SendOutcome) -> SendOutcome:
    """While the relay refuses mail after mail, a refusal is not held against the one that was the probe: it waits."""
    relay = session.get(Relay, name) if outcome.policy else None
    if relay is None or relay.failures < TROUBLES:
        return outcome
    return replace(outcome, result=SendResult.DEFERRED, trouble=True, rest=True)


def _recover(session: Session, relay: Relay | None, now: datetime) -> None:
    if relay is None or not (relay.failures or relay.rest_until):
        return
    key = f"relay:{relay.name}"
    if relay.failures >= TROUBLES:
        since = next((alert.since for alert in standing_alerts(session) if alert.key == key), now)
        _put_back(session, since - PUT_BACK, now)
    relay.failures, relay.rest_until, relay.reason = 0, None, ""
    end_alert(session, key, now)


def _put_back(session: Session, since: datetime, now: datetime) -> None:
    """What was refused for its content, for the first time and just before everything was, is tried again."""
    held = select(Delivery).where(
        Delivery.state == DeliveryState.HELD, col(Delivery.finished_at) >= since, Delivery.attempts == 1,
        Delivery.expires_at > now,
    )  # fmt: skip
    for mail in session.exec(held).all():
        mail.state, mail.finished_at, mail.next_attempt_at = DeliveryState.DEFERRED, None, now
        end_alert(session, f"held:{mail.key}", now)


def resting(relay: Relay | None, now: datetime) -> bool:
    """Whether the relay gets nothing now; a rest that a clock set far ahead left behind does not count."""
    return relay is not None and relay.rest_until is not None and now < relay.rest_until <= now + PROBE
