"""A command of ours whose clock ticks every second, so that a test of minutes takes seconds."""

from tracker import schedule
from tracker.__main__ import main

if __name__ == "__main__":
    schedule.TICK = schedule.RENEW = 1
    main()
