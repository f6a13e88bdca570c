"""Which papers must be in for the meetings of the region and of one participant: the last day they are taken. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from db.models import Body
from tracker.calendar.bodies import BodyCalendar

JUST_PAST = timedelta(days=1)  # what was due yesterday can still be mended by a call
AHEAD = timedelta(days=90)  # longer than any body wants its papers before it meets


@dataclass(frozen=True)
class PapersDue:
    """Papers for one meeting; ``assumed``: the meeting follows from a usual rhythm, nobody said that it is held."""

    day: date
    body: Body
    meets_on: date
    assumed: bool

    def late(self, today: date) -> bool:
        """Whether they should have been in; never said of a day that is only assumed."""
        return self.day < today and not self.assumed


def papers_due(data: BodyCalendar, participant: str, today: date, until: date) -> list[PapersDue]:
    """Papers due from yesterday until a day, for the bodies of the region and those of this participant, by day.

    What an assumed rhythm asked for yesterday is left out: nobody knows that it was missed.
    """
    bodies = [body for body in data.bodies.values() if body.participant_id in (None, "", participant)]
    found = [
        PapersDue(meeting.papers_on, body, meeting.day, meeting.assumed)
        for body in bodies
        for meeting in data.meetings(body.id, today - JUST_PAST, until + AHEAD)
        if (today if meeting.assumed else today - JUST_PAST) <= meeting.papers_on <= until
    ]
    return sorted(found, key=lambda each: (each.day, each.body.name))
