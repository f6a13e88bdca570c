"""A sender as a process of its own, so that a test can kill it: DATABASE URL, relay URL, moment."""

import asyncio
import os
import random
import sys
from datetime import datetime

from db.leases import this_process
from db.session import open_engine
from notifications.outbox import Rules
from notifications.sending import send_due
from notifications.transport import open_transport


def main(database: str, relay: str, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    engine, transport = open_engine(database), open_transport(relay)
    rules = Rules(this_process(), random.Random(1).uniform, lambda: now, transport.name)
    envelope = f"kansenradar+{os.getpid()}@kansenradar.example"  # tells the relay of a test whom to kill
    asyncio.run(send_due(engine, transport, rules, lambda _: envelope))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:4])
