"""While the clock stands still nobody looks at what is broken, that included: then the pages look, and tell it.

The webhook hears it at once. Its mail is put in the outbox, and leaves when the clock, or a worker, is there again.
Pages of another version than the database tell that instead, and plan nothing.
"""

import asyncio
import contextlib

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.leases import release, take, this_process
from db.session import reading, writing
from tracker.clock import Clock
from tracker.errors import CommandFailed
from tracker.mailing.run import plan_now
from tracker.settings import Settings
from tracker.watch.look import silent_clock
from tracker.watch.note import note, watched_of
from tracker.watch.schema import SchemaWatch, tell_of_another_schema
from tracker.watch.webhook import post_by_setting

EVERY = 60  # seconds
LEASE = "stand-in"  # of several processes of pages one tells it


async def stand_in(settings: Settings, engine: Engine, clock: Clock) -> None:
    """Look once a minute, for ever; what fails is tried again the next minute."""
    schema = SchemaWatch(engine)
    while True:
        await asyncio.sleep(EVERY)
        with contextlib.suppress(CommandFailed, SQLAlchemyError, OSError):
            await asyncio.to_thread(look_in_its_place, settings, engine, clock, schema)


def look_in_its_place(settings: Settings, engine: Engine, clock: Clock, schema: SchemaWatch) -> None:
    """Tell of a clock that stands still, unless these pages are of another version: then of that alone."""
    if line := schema.trouble():
        tell_of_another_schema(settings, engine, line, clock.now().instant)
    else:
        tell_of_a_silent_clock(settings, engine, clock)


def tell_of_a_silent_clock(settings: Settings, engine: Engine, clock: Clock) -> bool:
    """Do what the clock would do about what is broken; False where it was heard, or somebody else tells it.

    Raises OSError where the webhook cannot be reached.
    """
    with reading(engine) as session:
        if not any(silent_clock(session)):
            return False
    with writing(engine) as session:
        epoch = take(session, LEASE, this_process())
    if epoch is None:
        return False
    try:
        _tell(settings, engine, clock)
    finally:
        with writing(engine) as session:
            release(session, LEASE, epoch)
    return True


def _tell(settings: Settings, engine: Engine, clock: Clock) -> None:
    now = clock.now().instant
    note(engine, now, watched_of(settings))
    with contextlib.suppress(CommandFailed):  # a mail that cannot be planned now keeps no webhook from hearing it
        plan_now(settings, engine, clock, 0, alerts_only=True)
    post_by_setting(settings, engine, now)
