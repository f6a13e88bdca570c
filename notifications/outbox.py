"""The outbox: a mail's way from planned to accepted, one short commit before the network and one after it.

::

    planned -> sending -> accepted
                       -> deferred  -> sending ...      4xx, no connection: the relay said "not now" or nothing
                       -> ambiguous -> sending ...      lost after the first byte of the body: perhaps it arrived
                       -> failed                        the recipient is refused for good
                       -> held                          the content is refused: a person must look
    planned, deferred -> expired, cancelled             too late, or nobody wants it any more

The attempt is committed before any network is touched, so that a database that cannot write never sends twice. A
sender claims some mails in one commit and sends them in the order of their attempts; the body of each leaves only when
the outcome of the one before it is on disk. So of what a dead sender held, only the first may have arrived; the others
were never begun and are given back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, update
from sqlmodel import Session, col, select

from db.bulk import add_plain
from db.job_queue import ask_after
from db.models import Attempt, Delivery, MailText, Reminded, Suppression, Told
from db.vocabulary import UNTOLD_STATES, DeliveryState, MailKind
from notifications.alerts import end_alert, raise_alert
from notifications.brakes import Breath
from notifications.message import Addressee, Letter, message_id, sealed, without_addresses
from notifications.reasons import answer_in_dutch
from notifications.retry import Random, next_try, try_in_doubt
from notifications.transport import SendOutcome, SendResult

COLUMNS = Delivery.__table__.c  # type: ignore[attr-defined]
ATTEMPTS = Attempt.__table__.c  # type: ignore[attr-defined]
TOLD = Told.__table__  # type: ignore[attr-defined]
TEXTS = MailText.__table__.c  # type: ignore[attr-defined]
ANEW = "to be written anew"  # why a mail was cancelled that is no longer what its reader is to be told
MOOT = "the date has moved or is off"  # why a mail was cancelled; what else it said is told in another
QUEUED = (DeliveryState.PLANNED, DeliveryState.DEFERRED)  # in the outbox, and certainly not with the relay


@dataclass(frozen=True)
class Mail:
    """A mail to be put in the outbox, rendered and complete; ``expires_at`` is when it has lost its use."""

    key: str
    kind: MailKind
    user_id: int | None
    address: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    planned_at: datetime
    expires_at: datetime
    lane: int = 5
    subscriptions: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()  # calls that it says wait for another mail
    tells: Sequence[tuple[int, int, str, str]] = ()  # call, version, kind, detail
    reminds: Sequence[str] = ()  # keys of what is due inside
    state: DeliveryState = DeliveryState.PLANNED
    remark: str = ""

    @classmethod
    def of(
        cls, letter: Letter, to: Addressee, key: str, kind: MailKind, planned_at: datetime, expires_at: datetime,
        **fields: Any,
    ) -> "Mail":  # fmt: skip
        """The mail that takes this letter to this person."""
        return cls(
            key, kind, to.user_id, to.email, letter.subject, letter.text, letter.html, letter.headers, planned_at,
            expires_at, **fields,
        )  # fmt: skip


def put(session: Session, mails: Iterable[Mail], key: bytes, domain: str) -> int:
    """Put mails in the outbox with what they tell, and return how many are new; a key that is there already is left.

    Runs in the caller's transaction: all of each mail is kept, or nothing. Where there is a queue, sending is asked for
    once that is committed.
    """
    wanted = {mail.key: mail for mail in mails}
    planned = set(session.exec(select(Delivery.key).where(col(Delivery.key).in_(wanted))))
    new = [mail for mail_key, mail in wanted.items() if mail_key not in planned]
    if not new:
        return 0
    rows = [_row(mail, key, domain) for mail in new]
    statement = insert(Delivery).returning(col(Delivery.id), sort_by_parameter_order=True)
    ids = session.scalars(statement, rows).all()
    texts = [{"delivery_id": id_, "text": mail.text, "html": mail.html} for mail, id_ in zip(new, ids, strict=True)]
    session.connection().execute(insert(MailText), texts)
    tells = [
        (mail.user_id, *tell, delivery)
        for mail, delivery in zip(new, ids, strict=True) for tell in dict.fromkeys(mail.tells)
    ]  # fmt: skip
    add_plain(session, TOLD, ("user_id", "call_id", "version", "kind", "detail", "delivery_id"), tells)
    reminds = [
        {"user_id": mail.user_id, "key": key, "delivery_id": delivery}
        for mail, delivery in zip(new, ids, strict=True) for key in dict.fromkeys(mail.reminds)
    ]  # fmt: skip
    if reminds:
        session.connection().execute(insert(Reminded), reminds)
    ask_after(session, "send", "mail")
    return len(new)


def _row(mail: Mail, key: bytes, domain: str) -> dict[str, Any]:
    over = mail.state in UNTOLD_STATES
    return {
        "key": mail.key, "message_id": message_id(key, mail.key, domain), "kind": mail.kind.value, "lane": mail.lane,
        "user_id": mail.user_id, "address": mail.address, "subject": mail.subject, "headers": mail.headers,
        "sha256": sha256((mail.text + "\x00" + mail.html).encode()).hexdigest(),
        "planned_at": mail.planned_at, "not_before": mail.planned_at, "expires_at": mail.expires_at,
        "state": mail.state.value, "attempts": 0, "next_attempt_at": mail.planned_at, "unsure": 0,
        "subscriptions": list(mail.subscriptions), "waiting": list(mail.waiting),
        "last_text": mail.remark, "lease_holder": "",
        "finished_at": mail.planned_at if over else None,
    }  # fmt: skip


@dataclass
class SendTally:
    """What one round of sending came to."""

    accepted: int = 0
    deferred: int = 0
    failed: int = 0
    held: int = 0
    ambiguous: int = 0
    expired: int = 0
    cancelled: int = 0
    stopped: str = ""
    breath: Breath = field(default_factory=Breath, repr=False)


@dataclass(frozen=True)
class Rules:
    """What sending depends on: who sends, chance, the time, and who may get mail while this is a trial."""

    holder: str
    uniform: Random
    now: Callable[[], datetime]
    relay: str
    allow: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)  # for mails that were frozen without their own
    written_since: datetime | None = None  # what says the day's words and was written before waits to be written anew
    halted: str = ""  # why only sign-in mail may leave now, where the time is in doubt
    complete: Callable[[str, str], str] = lambda _, text: text  # puts in what is not kept: of a mail's key and text


def expire(session: Session, now: datetime) -> None:
    """Close what has lost its use, so that the next digest tells it: also what was held and nobody let leave.

    What may have arrived stays "unsure": telling it again would be the second time.
    """
    late = [COLUMNS.finished_at.is_(None), COLUMNS.expires_at <= now]
    update_mails(session, [*late, COLUMNS.state.in_(QUEUED)], state=DeliveryState.EXPIRED.value, finished_at=now)
    update_mails(session, [*late, COLUMNS.state == DeliveryState.AMBIGUOUS.value], finished_at=now)
    held = [COLUMNS.state == DeliveryState.HELD.value, COLUMNS.expires_at <= now]
    for key in session.scalars(select(Delivery.key).where(*held)).all():
        for name in ("held", "parked"):
            end_alert(session, f"{name}:{key}", now)
    update_mails(session, held, state=DeliveryState.EXPIRED.value)


@dataclass(frozen=True)
class Claim:
    """A mail that this process is sending."""

    id: int
    key: str
    message_id: str
    kind: str
    user_id: int | None
    address: str
    subject: str
    headers: dict[str, str]
    text: str
    html: str
    planned_at: datetime
    expires_at: datetime
    attempts: int
    unsure: int
    lease_holder: str


def silent_addresses(session: Session, now: datetime) -> frozenset[str]:
    """The hashes of the addresses that get no mail at ``now``."""
    return frozenset(session.exec(select(Suppression.address_hash).where(holds(now))))


def holds(now: datetime) -> ColumnElement[bool]:
    """Whether a suppression holds at ``now``."""
    return or_(col(Suppression.until).is_(None), col(Suppression.until) > now)


# Built once: putting a statement together costs more than running it, and this is done for every mail.
_ENDED = (
    update(Attempt.__table__)  # type: ignore[attr-defined]
    .where(ATTEMPTS.delivery_id == bindparam("this"), ATTEMPTS.number == bindparam("nth"))
    .values(stage=bindparam("at"), code=bindparam("reply"), text=bindparam("said"), finished_at=bindparam("now"))
)
_ACCEPTED = (
    update(Delivery.__table__)  # type: ignore[attr-defined]
    .where(COLUMNS.id == bindparam("this"), COLUMNS.attempts == bindparam("nth"))
    .where(COLUMNS.lease_holder == bindparam("holder"))
    .values(
        state=DeliveryState.ACCEPTED.value, finished_at=bindparam("now"), lease_until=None,
        last_code=bindparam("reply"), last_text=bindparam("said"),
    )
)  # fmt: skip


def still_claimed(claim: Claim) -> list[Any]:
    """That nobody else has claimed a mail since: one that was given back gets the same attempt's number again."""
    return [COLUMNS.id == claim.id, COLUMNS.attempts == claim.attempts, COLUMNS.lease_holder == claim.lease_holder]


def note_accepted(
    db: Connection, claim: Claim, outcome: SendOutcome, now: datetime, tally: SendTally | None = None
) -> None:
    """Write down that the relay took a mail: two statements, since this is done for nearly every mail."""
    values = {"this": claim.id, "nth": claim.attempts, "reply": outcome.code, "said": outcome.text[:500], "now": now}
    db.execute(_ACCEPTED, values | {"holder": claim.lease_holder})
    db.execute(_ENDED, values | {"at": outcome.stage.value})
    if tally is not None:
        tally.accepted += 1


def record_outcome(
    session: Session, claim: Claim, outcome: SendOutcome, rules: Rules, tally: SendTally | None = None
) -> None:
    """Write down how an attempt ended, and what follows from it."""
    now = rules.now()
    if outcome.result is SendResult.ACCEPTED:
        note_accepted(session.connection(), claim, outcome, now, tally)
        return
    answer = {"last_code": outcome.code, "last_text": outcome.text[:500]}
    update_mails(session, still_claimed(claim), lease_until=None, **_after(claim, outcome, rules, now), **answer)
    ended = {"this": claim.id, "nth": claim.attempts, "reply": outcome.code, "said": outcome.text[:500], "now": now}
    session.connection().execute(_ENDED, ended | {"at": outcome.stage.value})
    if tally is not None:
        name = outcome.result.value
        setattr(tally, name, getattr(tally, name) + 1)
    if outcome.result is SendResult.FAILED:
        _refused(session, claim, outcome, now)
    if outcome.result is SendResult.HELD:
        said = f"de inhoud van een mail is geweigerd: {outcome.code} {answer_in_dutch(outcome.code, outcome.text)}"
        raise_alert(session, f"held:{claim.key}", said, now)


def _after(claim: Claim, outcome: SendOutcome, rules: Rules, now: datetime) -> dict[str, Any]:
    """The mail's next state."""
    if outcome.result in (SendResult.FAILED, SendResult.HELD):
        return {"state": outcome.result.value, "finished_at": now}
    if outcome.result is SendResult.AMBIGUOUS:
        unsure = claim.unsure + 1
        at = try_in_doubt(claim.kind, unsure, now, claim.expires_at, rules.uniform)
        values: dict[str, Any] = {"state": SendResult.AMBIGUOUS.value, "unsure": unsure}
        return values | ({"next_attempt_at": at} if at else {"finished_at": now})
    later = next_try(claim.kind, claim.attempts, now, claim.expires_at, rules.uniform)
    if later is None:
        state = DeliveryState.AMBIGUOUS if claim.unsure else DeliveryState.EXPIRED
        return {"state": state.value, "finished_at": now}
    state = DeliveryState.AMBIGUOUS if claim.unsure else DeliveryState.DEFERRED
    return {"state": state.value, "next_attempt_at": later}


def _refused(session: Session, claim: Claim, outcome: SendOutcome, now: datetime) -> None:
    """An address that does not exist gets no more mail; a refusal for another reason is no fault of the address."""
    reply = f"{outcome.code or ''} {outcome.text}".strip()
    unknown = " 5.1." in reply or (outcome.code in (550, 551, 553) and " 5." not in reply)
    if unknown:
        suppress(session, claim.address, reply, now)


def suppress(session: Session, address: str, why: str, now: datetime) -> None:
    """No more mail to this address, until a person lifts that; kept without the address."""
    reason = without_addresses(why)[:200]
    session.add(Suppression(address_hash=address_hash(address), reason=reason, since=now))


def withdraw(session: Session, deliveries: Iterable[int], why: str, now: datetime) -> None:
    """Cancel queued mails that nobody wants any more.

    What is being sent at this moment cannot be called back, but it is not tried again.
    """
    where = [COLUMNS.id.in_(list(deliveries)), COLUMNS.finished_at.is_(None)]
    cancelled = {"state": DeliveryState.CANCELLED.value, "finished_at": now}
    update_mails(session, [*where, COLUMNS.state.in_(QUEUED)], **cancelled, last_text=why)
    update_mails(session, [*where, COLUMNS.state == DeliveryState.AMBIGUOUS.value], finished_at=now, last_text=why)
    update_mails(session, [*where, COLUMNS.state == DeliveryState.SENDING.value], expires_at=now, last_text=why)


def take_back(session: Session, deliveries: Iterable[int], now: datetime) -> None:
    """Cancel mails that certainly never left, so that the next planning writes them anew."""
    where = [COLUMNS.id.in_(list(deliveries)), COLUMNS.state.in_(QUEUED)]
    update_mails(session, where, state=DeliveryState.CANCELLED.value, finished_at=now, last_text=ANEW)


def address_hash(address: str) -> str:
    """What a suppression keeps of an address."""
    return sha256(address.strip().casefold().encode()).hexdigest()


def allowed(address: str, allow: tuple[str, ...]) -> bool:
    """Whether a trial may mail this address: named in full, or its domain as ``@example.nl``."""
    low = address.casefold()
    return any(low == entry.casefold() or (entry.startswith("@") and low.endswith(entry.casefold())) for entry in allow)


def envelope_sender(template: str, key: bytes, claim: Claim) -> str:
    """The address that bounces go to; ``{token}`` in the template becomes a name only we can make (VERP)."""
    return template.replace("{token}", f"{claim.id}-{sealed(key, 'bounce', claim.message_id)[:16]}")


def update_mails(session: Session, where: list[Any], **values: Any) -> int:
    """Change the mails that fit; how many did."""
    table = Delivery.__table__  # type: ignore[attr-defined]
    return session.connection().execute(update(table).where(*where).values(**values)).rowcount
