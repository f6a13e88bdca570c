"""A command of ours whose clock ticks every second, so that a test of minutes takes seconds.

After a jump APScheduler counts every tick it missed: of a year of seconds that takes a minute, of minutes no time.
"""

from tracker.__main__ import main
from tracker.operations import scheduler


def quickly() -> int | None:
    """The command that the command line names."""
    scheduler.TICK = scheduler.RENEW = 1
    return main()


if __name__ == "__main__":
    quickly()
