"""When a mail is tried again, and when not any more: pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from db.vocabulary import MailKind

Random = Callable[[float, float], float]  # random.uniform, handed in

STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120))
AFTER_THAT = timedelta(hours=4)
MOST_TRIES = 16  # five steps and eleven times four hours are 48 hours
SIGN_IN_STEPS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 180))
DOUBT = timedelta(minutes=15)
PROBE = timedelta(minutes=5)
THROTTLE = timedelta(minutes=1)
# How often a mail of which nobody knows whether it arrived is tried again: a second digest is a nuisance, a lost
# reminder costs an application.
AGAIN_IN_DOUBT = {MailKind.REMINDER: 3, MailKind.MOVED: 3, MailKind.ALERT: 3}


def next_try(kind: str, tries: int, now: datetime, expires_at: datetime, uniform: Random) -> datetime | None:
    """The moment of the next try after ``tries`` failed ones, or none where that would be too late or too often."""
    if tries >= MOST_TRIES:
        return None
    steps = SIGN_IN_STEPS if kind == MailKind.SIGN_IN else STEPS
    if kind == MailKind.SIGN_IN and tries > len(steps):
        return None
    step = steps[tries - 1] if tries <= len(steps) else AFTER_THAT
    at = now + step * uniform(0.8, 1.2)
    return at if at < expires_at else None


def try_in_doubt(kind: str, unsure: int, now: datetime, expires_at: datetime, uniform: Random) -> datetime | None:
    """The moment to try again a mail that may have arrived; none when it was tried often enough.

    ``unsure`` counts the attempts of which nobody knows the end, this one included. Not sooner than 15 minutes.
    """
    if unsure > AGAIN_IN_DOUBT.get(MailKind(kind), 1):
        return None
    at = now + DOUBT * uniform(1.0, 1.2)
    return at if at < expires_at else None
