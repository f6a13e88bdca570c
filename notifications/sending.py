"""Empty the outbox: claim, hand over, note; one mail at a time on one connection."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import Session

from db.session import writing
from notifications import message, outbox
from notifications.brakes import note_relay
from notifications.outbox import Claim, Rules, Tally
from notifications.transport import Outcome, Parcel, Stage, Transport, Verdict

FRESH = 1.0  # seconds; how long the list of what is due is good, so that urgent mail overtakes within that time
Done = tuple[Claim, Outcome]


async def send_due(
    engine: Engine,
    transport: Transport,
    rules: Rules,
    sender: Callable[[Claim], str],
    stopping: Callable[[], bool] = lambda: False,
) -> Tally:
    """Try every mail that is due now, and return what it came to; stops between two mails when asked to.

    ``sender`` gives the envelope's sender for a mail. Errors of the database end the round: what was being sent is
    taken back later as "unsure".
    """
    tally, queue = Tally(), Queue()
    with writing(engine) as session:
        outbox.sweep(session, rules)
    done: Done | None = None
    try:
        while True:
            with writing(engine) as session:
                _note(session, done, rules, tally, queue)
                done = None
                taken = None if stopping() or tally.stopped else queue.next(session, rules, tally)
            if taken is None:
                return tally
            done = (taken, await _hand_over(transport, taken, sender, rules))
    finally:
        await transport.close()


class Queue:
    """The next mails to try, read again every second."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.read_at = float("-inf")

    def next(self, session: Session, rules: Rules, tally: Tally) -> Claim | None:
        """Claim the next mail, or none when there is nothing more to do."""
        while True:
            clock = asyncio.get_running_loop().time()
            if not self.ids or clock - self.read_at > FRESH:
                self.ids, tally.stopped = outbox.due(session, rules)
                self.ids.reverse()
                self.read_at = clock
            if not self.ids:
                return None
            taken = outbox.claim(session, self.ids.pop(), rules, tally)
            if taken is not None:
                return taken


def _note(session: Session, done: Done | None, rules: Rules, tally: Tally, queue: Queue) -> None:
    if done is None:
        return
    taken, outcome = done
    outbox.settle(session, taken, outcome, rules, tally)
    if outcome.verdict in (Verdict.FAILED, Verdict.HELD):
        queue.ids = []  # sending may be paused now
    known_good = outcome.verdict is Verdict.ACCEPTED and tally.accepted > 1 and not tally.breath.times
    if not known_good:
        tally.stopped = note_relay(session, rules.relay, outcome, tally.breath, rules.now())


async def _hand_over(transport: Transport, taken: Claim, sender: Callable[[Claim], str], rules: Rules) -> Outcome:
    try:
        recipient = message.for_envelope(taken.address)
        parcel = Parcel(sender(taken), recipient, _bytes(taken, rules), _file_name(taken))
    except ValueError as error:
        return Outcome(Verdict.FAILED, Stage.RCPT, None, str(error))
    return await transport.post(parcel)


def _bytes(taken: Claim, rules: Rules) -> bytes:
    headers = {**rules.headers, "To": taken.address, "Subject": taken.subject, **taken.headers}
    return message.as_bytes(headers, taken.planned_at, taken.message_id, taken.text, taken.html)


def _file_name(taken: Claim) -> str:
    """A name that sorts by time, tells whose mail it is, and is the same for every copy."""
    person = "".join(c if c.isalnum() or c in ".-" else "-" for c in taken.address.casefold())[:60]
    return f"{taken.planned_at:%Y%m%dT%H%M}-{taken.kind}-{person}-{taken.message_id[1:9]}"
