"""Empty the outbox over one connection: while a mail is introduced, the outcome of the one before it is written.

One commit a mail: how the last one ended and, when none is left in hand, the attempts at the next few. It runs beside
the first lines of the conversation (sender, recipient, DATA); the body waits for it.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from db.session import writing
from notifications import claims, message, outbox
from notifications.brakes import as_the_relays_fault, note_relay
from notifications.claims import DueMails
from notifications.outbox import Claim, Rules, SendTally
from notifications.transport import Parcel, SendOutcome, SendResult, SmtpStage, Transport

FRESH = 1.0  # seconds; what is in hand longer is given back, so that urgent mail overtakes within that time
LEAST, MOST = 2, 20  # mails to take in hand
Turn = asyncio.Task[None]


@dataclass(frozen=True)
class Done:
    """How a mail ended; the next may be introduced before that is written only where nothing went wrong."""

    claim: Claim
    outcome: SendOutcome

    @property
    def good(self) -> bool:
        """Whether the relay took it."""
        return self.outcome.result is SendResult.ACCEPTED


async def send_due(
    engine: Engine,
    transport: Transport,
    rules: Rules,
    sender: Callable[[Claim], str],
    stopping: Callable[[], bool] = lambda: False,
) -> SendTally:
    """Try every mail that is due now, and return what it came to; stops between two mails when asked to.

    ``sender`` gives the envelope's sender for a mail. Errors of the database end the round: what was being sent is
    taken back later as "unsure".
    """
    with writing(engine) as session:
        claims.sweep(session, rules)
    with engine.connect() as db:
        dispatcher = Dispatcher(db, transport, rules, sender, stopping)
        try:
            await dispatcher.empty()
        finally:
            await transport.close()
    return dispatcher.tally


@dataclass
class Dispatcher:
    """One sender at work, with the mails it has claimed and not begun."""

    db: Connection  # kept for the whole round: fetching it anew costs a third of a turn
    transport: Transport
    rules: Rules
    sender: Callable[[Claim], str]
    stopping: Callable[[], bool]
    tally: SendTally = field(default_factory=SendTally)
    due_mails: DueMails = field(default_factory=DueMails)
    read_at: float = 0.0
    hand: deque[Claim] = field(default_factory=deque)  # the first is being sent
    taken_at: float = 0.0
    size: int = LEAST
    prepared: tuple[Claim, Parcel] | None = None
    well: bool = False  # the last mail was taken, and the relay's state says so

    async def empty(self) -> None:
        """Send until nothing is due or something stops it."""
        done: Done | None = None
        while True:
            going_well = self._goes_well(done)
            turn = asyncio.create_task(self._take(done, going_well))
            if not going_well:
                await turn
                if not self.hand:
                    return
            done = await self._hand_over(self.hand[0], turn)
            await turn
            self.hand.popleft()

    async def _take(self, done: Done | None, going_well: bool) -> None:
        """A turn, taken as soon as there is something to wait for: the relay, when the next mail is introduced.

        Not in a thread: handing it over cost more than it saved (0.69 of a bare loop, 0.73 without; 2026-11-26). This
        loop is the sender's own, nobody else waits in it.
        """
        self._turn(done, going_well)

    def _goes_well(self, done: Done | None) -> bool:
        """Whether the next in hand may be introduced before it is on disk how the last one ended."""
        halted = bool(self.tally.stopped) or self.stopping()
        return done is not None and done.good and bool(self.hand) and not halted and _clock() - self.taken_at < FRESH

    def _turn(self, done: Done | None, going_well: bool) -> None:
        """One commit: how the last mail ended, and more mails in hand; where something is amiss they are read anew."""
        self.size = min(MOST, 2 * self.size) if done is not None and done.good else LEAST
        with self.db.begin():
            if done is not None and going_well and self.well and len(self.hand) > 1:
                outbox.note_accepted(self.db, done.claim, done.outcome, self.rules.now(), self.tally)
                return
            with Session(self.db, expire_on_commit=False) as session:
                self._whole_turn(session, done, going_well)
                session.flush()

    def _whole_turn(self, session: Session, done: Done | None, going_well: bool) -> None:
        self._note(session, done)
        if not going_well:
            for claim in self.hand:
                claims.give_back(session, claim)
            self.hand.clear()
        if len(self.hand) <= 1 and not self.tally.stopped and not self.stopping():
            self.hand.extend(self._more(session))

    def _more(self, session: Session) -> list[Claim]:
        """Claim the next mails, or none when there is nothing more to do."""
        while True:
            self.taken_at = _clock()
            if not self.due_mails.ids or self.taken_at - self.read_at > FRESH:
                self.due_mails, self.read_at = claims.due_mails(session, self.rules), self.taken_at
                self.tally.stopped = self.due_mails.why
            if not self.due_mails.ids:
                return []
            if claimed := claims.claim_next(session, self.due_mails, self.size, self.rules, self.tally):
                return claimed

    def _note(self, session: Session, done: Done | None) -> None:
        if done is None:
            return
        outcome = as_the_relays_fault(session, self.rules.relay, done.outcome)
        outbox.record_outcome(session, done.claim, outcome, self.rules, self.tally)
        if not done.good:
            self.due_mails.ids = []  # sending may be paused now, or the relay may rest
        known_good, self.well = self.well and done.good, done.good
        if not known_good:
            now = self.rules.now()
            self.tally.stopped = note_relay(session, self.rules.relay, outcome, self.tally.breath, now)

    async def _hand_over(self, claim: Claim, turn: Turn) -> Done:
        """Hand in one mail; its body waits for the turn, and stays here where that fails."""

        async def go() -> None:
            await asyncio.shield(turn)
            asyncio.get_running_loop().call_soon(self._prepare)  # while the relay reads this one

        try:
            parcel = self._parcel(claim)
        except ValueError as error:
            return Done(claim, SendOutcome(SendResult.FAILED, SmtpStage.RCPT, None, str(error)))
        return Done(claim, await self.transport.post(parcel, go))

    def _prepare(self) -> None:
        """Put the next mail together; what is wrong with it is told when its turn comes."""
        if len(self.hand) > 1:
            with contextlib.suppress(ValueError):
                self.prepared = (self.hand[1], self._parcel(self.hand[1]))

    def _parcel(self, claim: Claim) -> Parcel:
        """A mail as it is handed in. Raises ValueError where its address is none."""
        if self.prepared is not None and self.prepared[0] is claim:
            return self.prepared[1]
        recipient = message.for_envelope(claim.address)
        return Parcel(self.sender(claim), recipient, _bytes(claim, recipient, self.rules), _file_name(claim))


def _clock() -> float:
    """Seconds that also go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _bytes(claim: Claim, recipient: str, rules: Rules) -> bytes:
    headers = {**rules.headers, "To": recipient, "Subject": claim.subject, **claim.headers}
    text, html = (rules.complete(claim.key, part) for part in (claim.text, claim.html))
    return message.as_bytes(headers, claim.planned_at, claim.message_id, text, html)


def _file_name(claim: Claim) -> str:
    """A name that sorts by time, tells whose mail it is, and is the same for every copy."""
    person = "".join(c if c.isalnum() or c in ".-" else "-" for c in claim.address.casefold())[:60]
    return f"{claim.planned_at:%Y%m%dT%H%M}-{claim.kind}-{person}-{claim.message_id[1:9]}"
