"""The picture of quarters shows the calls that end first, however far they lie, and counts the rest."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from db.vocabulary import DeadlineKind
from tests.make.lobby import gather
from tests.make.planning_world import NOW, add_call, add_deadline
from tracker.calendar.everything import Wanted, dates_asked
from tracker.clock import Now
from tracker.rights import viewer_of
from tracker.web.calendar.lanes import Lanes, lanes_of


@pytest.mark.parametrize("days", [(3, 5, 40, 300), (40, 60, 200, 300)])
def test_who_ends_first_has_a_lane_and_the_others_are_counted(session: Session, days: tuple[int, ...]) -> None:
    viewer = viewer_of(gather(session, NOW).lobbyist)
    for number in days:
        call = add_call(session, f"Over {number} dagen")
        add_deadline(session, call, NOW + timedelta(days=1), kind=DeadlineKind.OPENS)  # all have a date soon
        add_deadline(session, call, NOW + timedelta(days=number))
    now, until = Now(NOW), (NOW + timedelta(days=400)).date()

    def found(most: int) -> Lanes:
        asked = dates_asked(session, viewer, now, Wanted())
        return lanes_of(session, now, now.today, until, asked, most)

    def last_days(lanes: Lanes) -> list[int]:
        return sorted((each.day - now.today).days for each in lanes.dates)[-2:]

    assert (found(2).left_out, found(3).left_out, found(9).left_out) == (2, 1, 0)
    assert last_days(found(2)) == list(days[:2])
    assert last_days(found(9)) == list(days[2:])
