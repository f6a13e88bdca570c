"""Claim what is due: the attempts at a few mails in one commit, in the order in which they will be made."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, update
from sqlmodel import Session, col, select

from db.leases import database_clock, is_dead
from db.models import Attempt, Call, Deadline, Delivery, MailText, Relay, Told, User
from db.status import OVER, is_shut_for_newcomers, status_of
from db.vocabulary import WAITING_STATES, DeliveryState, MailKind, ToldKind
from notifications.brakes import TROUBLES, resting, standing_pause
from notifications.outbox import (
    ATTEMPTS,
    COLUMNS,
    MOOT,
    QUEUED,
    Claim,
    Rules,
    SendTally,
    address_hash,
    allowed,
    expire,
    record_outcome,
    silent_addresses,
    still_claimed,
    update_mails,
)
from notifications.transport import SendOutcome, SendResult, SmtpStage

HOLD = timedelta(minutes=5)  # longer than a mail may take; on the database's clock
URGENT_LANE = 0
DATED = (MailKind.DIGEST, MailKind.REMINDER, MailKind.MOVED)  # they say "morgen" and "stand van"
TEXTS = MailText.__table__.c  # type: ignore[attr-defined]


def sweep(session: Session, rules: Rules) -> None:
    """Take back what a dead sender held, and close what has lost its use; neither while the time is in doubt."""
    if not rules.halted:
        _reap(session, rules)
        expire(session, rules.now())


def _reap(session: Session, rules: Rules) -> None:
    """Of each sender that is gone the mail it began is in doubt; what it held besides was never begun."""
    clock = database_clock(session)
    query = select(Delivery, Attempt.id).join(Attempt, col(Attempt.delivery_id) == col(Delivery.id))
    query = query.where(Delivery.state == DeliveryState.SENDING, Attempt.number == Delivery.attempts)
    held = session.exec(query.order_by(col(Attempt.id))).all()
    begun: set[str] = set()
    for delivery, _ in held:
        over = delivery.lease_until is None or delivery.lease_until <= clock or is_dead(delivery.lease_holder)
        claim = _claimed(delivery)
        if over and delivery.lease_holder in begun:
            give_back(session, claim)
        elif over:
            outcome = SendOutcome(
                SendResult.AMBIGUOUS, SmtpStage.DOT, None, "the sender stopped before it noted the answer"
            )
            record_outcome(session, claim, outcome, rules)
        begun.add(delivery.lease_holder)


def _claimed(delivery: Delivery) -> "Claim":
    values = {name: getattr(delivery, name) for name in Claim.__dataclass_fields__}
    return Claim(**values)


@dataclass
class DueMails:
    """What is due now: mails in the order to try them, or why none may go although some wait.

    ``silent``: the hashes of addresses that get no mail; ``probing``: the relay was in trouble, so one mail at a time.
    """

    ids: list[int] = field(default_factory=list)
    why: str = ""
    probing: bool = False
    lease_until: datetime | None = None
    silent: frozenset[str] = frozenset()


def due_mails(session: Session, rules: Rules, most: int = 100) -> DueMails:
    """The mails to try now, urgent lanes first, and why there are none although some wait."""
    now = rules.now()
    pause = standing_pause(session)
    if pause is not None and pause.everything:
        return DueMails(why=f"sending is paused: {pause.reason}")
    relay = session.get(Relay, rules.relay)
    if relay is not None and resting(relay, now):
        return DueMails(why=f"{relay.name} rests until {relay.rest_until:%H:%M:%S} UTC: {relay.reason}")
    probing = relay is not None and relay.failures >= TROUBLES
    waiting: list[Any] = []
    for state in sorted(WAITING_STATES):
        query = (
            select(Delivery.lane, Delivery.next_attempt_at, Delivery.id)
            .where(Delivery.state == state, Delivery.next_attempt_at <= now, col(Delivery.finished_at).is_(None))
            .where(*_of_today(state, rules))
            .order_by(col(Delivery.lane), col(Delivery.next_attempt_at), col(Delivery.id))
            .limit(1 if probing else most)
        )
        held = pause is not None or rules.halted
        waiting += session.exec(query.where(Delivery.lane == URGENT_LANE) if held else query).all()
    ids = [row[2] for row in sorted(waiting, key=tuple)[: 1 if probing else most]]
    why = "" if waiting else f"sending is paused: {pause.reason}" if pause else rules.halted
    return DueMails(ids, why, probing, database_clock(session) + HOLD, silent_addresses(session, now))


def _of_today(state: DeliveryState, rules: Rules) -> list[Any]:
    """What was written yesterday and certainly never left is not sent as it is: it is written anew first."""
    if rules.written_since is None or state not in QUEUED:
        return []
    return [or_(col(Delivery.kind).not_in(DATED), col(Delivery.planned_at) >= rules.written_since)]


def _said(column: str) -> Any:
    """A column of the mail's text, as part of a statement on the mail itself."""
    return select(TEXTS[column]).where(TEXTS.delivery_id == COLUMNS.id).scalar_subquery().label(column)


CLAIMED = [COLUMNS[name] if name in COLUMNS else _said(name) for name in Claim.__dataclass_fields__]


_TAKE = (
    update(Delivery.__table__)  # type: ignore[attr-defined]
    .where(COLUMNS.id.in_(bindparam("these", expanding=True)), COLUMNS.finished_at.is_(None))
    .where(COLUMNS.state.in_([s.value for s in sorted(WAITING_STATES)]))
    .values(
        state=DeliveryState.SENDING.value, attempts=COLUMNS.attempts + 1, lease_until=bindparam("until"),
        lease_holder=bindparam("holder"),
    )
    .returning(*CLAIMED, exists().where(col(User.id) == COLUMNS.user_id, col(User.deactivated_at).is_not(None)))
)  # fmt: skip
_BEGIN = insert(Attempt)


def claim_next(session: Session, due_mails: DueMails, most: int, rules: Rules, tally: SendTally) -> list[Claim]:
    """Take the next mails of what is due and write down the attempts, in the order in which they will be made.

    What somebody else has taken is left out; what nobody wants any more is closed.
    """
    wanted, due_mails.ids = due_mails.ids[:most], due_mails.ids[most:]
    taking = {"these": wanted, "until": due_mails.lease_until, "holder": rules.holder}
    rows = session.connection().execute(_TAKE, taking).all() if wanted else []
    now = rules.now()
    claimed = []
    for *values, left in rows:
        claim = Claim(*values)
        why = "the person has left" if left else _unwanted(session, claim, due_mails, rules, now)
        if why:
            _close_unsent(session, claim, why, now, tally)
        else:
            claimed.append(claim)
    claimed.sort(key=lambda claim: wanted.index(claim.id))
    begun = [{"delivery_id": t.id, "number": t.attempts, "started_at": now, "stage": "", "text": ""} for t in claimed]
    if begun:
        session.connection().execute(_BEGIN, begun)
    return claimed


def _unwanted(session: Session, claim: Claim, due_mails: DueMails, rules: Rules, now: datetime) -> str:
    if claim.expires_at <= now:
        return "expired"
    if not claim.text:
        return "its text is gone"  # cancelled, so the next digest tells what it held
    if rules.allow and not allowed(claim.address, rules.allow):
        return "not on the list of addresses that may get mail here"
    if due_mails.silent and address_hash(claim.address) in due_mails.silent:
        return "the address gets no mail"
    moot = claim.kind in (MailKind.REMINDER, MailKind.MOVED) and _moot(session, claim.id, now)
    return MOOT if moot else ""


def give_back(session: Session, claim: Claim) -> None:
    """A claimed mail that was never begun waits as before, as if it had not been claimed."""
    before = DeliveryState.AMBIGUOUS if claim.unsure else DeliveryState.DEFERRED
    state = before if claim.attempts > 1 else DeliveryState.PLANNED
    held = [*still_claimed(claim), COLUMNS.state == DeliveryState.SENDING.value]
    if update_mails(session, held, state=state.value, attempts=claim.attempts - 1, lease_until=None):
        gone = delete(Attempt).where(ATTEMPTS.delivery_id == claim.id, ATTEMPTS.number == claim.attempts)
        session.connection().execute(gone)


def _moot(session: Session, delivery_id: int, now: datetime) -> bool:
    """Whether a date it reminds of has moved or is off, or its call was closed or withdrawn by its source's word."""
    dated = col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED])
    told = session.exec(select(Told.kind, Told.detail, Told.call_id).where(Told.delivery_id == delivery_id, dated))
    return any(detail and not still_so(session, call, kind, detail, now) for kind, detail, call in told)


def still_so(session: Session, call_id: int, kind: str, detail: str, now: datetime) -> bool:
    """Whether what a mail tells of a date, as the ledger remembers it, is still true at ``now``."""
    number, version = detail.split(":")[:2]
    deadline, call = session.get(Deadline, int(number)), session.get_one(Call, call_id)
    if deadline is None or deadline.cancelled_at is not None or deadline.version != int(version):
        return False
    over = status_of(call, now) in OVER and not is_shut_for_newcomers(call, now)
    return kind == ToldKind.MOVED or not over


def _close_unsent(session: Session, claim: Claim, why: str, now: datetime, tally: SendTally) -> None:
    maybe_arrived = claim.unsure > 0
    state = DeliveryState.EXPIRED if why == "expired" else DeliveryState.CANCELLED
    if maybe_arrived:
        state = DeliveryState.AMBIGUOUS
    values = {"state": state.value, "attempts": claim.attempts - 1, "finished_at": now, "lease_until": None}
    update_mails(session, still_claimed(claim), **values, last_text=why)
    if state is DeliveryState.EXPIRED:
        tally.expired += 1
    else:
        tally.cancelled += 1
