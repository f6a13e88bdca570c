"""A command of ours on the queue, with ticks of two seconds, a round of crawling every half minute, and a short patience."""

import contextlib
from datetime import datetime

from tracker.__main__ import main
from tracker.operations import jobs, workers

ROUND = 30  # seconds


def _last_round(now: datetime) -> datetime:
    return datetime.fromtimestamp(now.timestamp() // ROUND * ROUND, now.tzinfo)


if __name__ == "__main__":
    jobs.last_round = _last_round
    workers.MINUTES = "* * * * * */2"
    workers.BEAT, workers.SILENT, workers.AGAIN = 1, 8, 1
    with contextlib.suppress(KeyboardInterrupt):
        main()
