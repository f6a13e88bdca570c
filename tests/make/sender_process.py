"""A sender as a process of its own, so that a test can kill it: DATABASE URL, relay URL, moment, and most bytes a file."""

import asyncio
import os
import random
import resource
import signal
import sys
from datetime import datetime

from db.leases import this_turn
from db.session import open_engine
from notifications.dispatcher import send_due
from notifications.outbox import Rules
from notifications.transport import open_transport


def main() -> None:
    database, relay, moment, most = [*sys.argv[1:], ""][:4]
    if most:  # a file that may not grow is a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    now = datetime.fromisoformat(moment)
    engine, transport = open_engine(database), open_transport(relay)
    rules = Rules(this_turn(), random.Random(1).uniform, lambda: now, transport.name)
    envelope = f"kansenradar+{os.getpid()}@kansenradar.example"  # tells the relay of a test whom to kill
    asyncio.run(send_due(engine, transport, rules, lambda _: envelope))
    engine.dispose()
