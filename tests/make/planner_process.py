"""A planner as a process of its own: plans at each moment it reads, by the settings of its environment, and says so."""

import sys
import time
from datetime import datetime

from db.session import open_engine
from tracker.clock import Clock
from tracker.errors import CommandFailed
from tracker.mailing.run import plan_now
from tracker.settings import Settings


def main() -> None:
    settings = Settings()
    engine = open_engine(settings.database_url)
    for line in sys.stdin:
        clock, digests = Clock(datetime.fromisoformat(line.strip())), None
        while digests is None:
            try:
                digests = plan_now(settings, engine, clock, patience=0).digests
            except CommandFailed:  # the other one is planning
                time.sleep(0.01)
        print(digests, flush=True)
    engine.dispose()
