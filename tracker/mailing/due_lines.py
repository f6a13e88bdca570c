"""What is due inside, as lines of a mail: milestones, assigned deadlines, the lobby, what a team left unjudged.

Of the lobby a line says what is to be done and with which office, never what was said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from db.models import Delivery, Reminded
from db.vocabulary import UNTOLD_STATES
from notifications.due_today import AgendaLine
from notifications.wording import AMSTERDAM, short_day
from tracker.calendar import due
from tracker.clock import Now
from tracker.lobby.due import DISTANCES, LobbyDue, lobby_due
from tracker.mailing.handed_over import handed_over
from tracker.mailing.periods import LOOK_BACK, distance_due
from tracker.matching import unjudged
from tracker.matching.unjudged import Unjudged
from tracker.people.absences import absences_on, replaced_by, replacements_on

REMEMBERED = LOOK_BACK + timedelta(days=60)  # a thing is told from 30 days ahead until a week after its day
ASSIGNED = "U krijgt dit omdat het aan u is toegewezen."
TOO_LATE = "U krijgt dit omdat u coördinator bent en het te laat is."
NOT_DONE = "U krijgt dit omdat u coördinator bent en dit nog niet is gedaan."
LEFT = "U krijgt dit omdat u coördinator bent van een team dat dit liet liggen."
UNJUDGED_FOR = 5  # working days in which what ran out is told, where no mail could be


@dataclass(frozen=True)
class InsideDue:
    """One thing due for one person, with the distances at which it is told."""

    user_id: int
    key: str
    line: AgendaLine
    distances: tuple[int, ...]
    since: datetime

    def told_as(self, distance: int) -> str:
        """What a ledger remembers it by."""
        return f"{self.key}:{distance}"

    def due_line(self, told: frozenset[str], now: Now) -> AgendaLine | None:
        """The line for today; none where nothing is due, or where it was told at this distance or a nearer one."""
        distance = distance_due(self.line.day, self.distances, self.since, now.instant)
        if distance is None or any(self.told_as(d) in told for d in self.distances if d <= distance):
            return None
        if self.line.day < now.today and not self.line.overdue:
            return None
        return replace(self.line, key=self.told_as(distance))


def inside_due(
    session: Session, now: Now, only: int | None = None, lobby: Iterable[LobbyDue] | None = None
) -> list[InsideDue]:
    """Everything inside that may be told of about now, by day; ``only`` what concerns one person, perhaps more.

    ``lobby``: what is due there, where it was read already.
    """
    own = [*_calendar(session, now, only), *_unjudged(session, now, only)]
    own += _for_replacements(session, own, now)
    due_there = lobby_due(session, now.today) if lobby is None else lobby
    parts = (own, _lobby(due_there), _replacing(session, now), _given(session, now))
    return sorted((each for part in parts for each in part), key=lambda each: (each.line.day, each.key))


def _for_replacements(session: Session, all_due: list[InsideDue], now: Now) -> Iterator[InsideDue]:
    """The same for the colleague who stands in today for who is away; all of it is their own organisation's."""
    standing_in, theirs = replacements_on(session, now.today), {(each.user_id, each.key) for each in all_due}
    for due_of_one in all_due:
        for each in standing_in.get(due_of_one.user_id, ()):
            if (each.user_id, due_of_one.key) not in theirs:
                theirs.add((each.user_id, due_of_one.key))
                yield replace(due_of_one, user_id=each.user_id, line=replace(due_of_one.line, why=each.why))


def _replacing(session: Session, now: Now) -> Iterator[InsideDue]:
    """That somebody stands in from now on, told once, with the way to all that is open there."""
    for each in absences_on(session, now.today):
        path = f"/openstaand?person={each.absent_id}"
        line = AgendaLine(
            now.today, f"u vervangt {each.name} tot en met {short_day(each.until)}", "", path, why=each.why
        )
        yield InsideDue(each.user_id, f"replaces:{each.absence_id}", line, (0,), due.LONG_AGO)


def _given(session: Session, now: Now) -> Iterator[InsideDue]:
    """That a colleague handed something over, told once from the morning after."""
    for deed, item, line in handed_over(session, now):
        yield InsideDue(item.user_id, f"given:{deed.id}:{item.key}", line, (0,), deed.at)


def _calendar(session: Session, now: Now, only: int | None) -> Iterator[InsideDue]:
    for reminder in due.reminders(session, now, only):
        item = reminder.item
        why = (NOT_DONE if item.assumed else TOO_LATE) if item.overdue else ASSIGNED
        about = item.day, item.what, item.title, item.link, item.overdue
        line = AgendaLine(*about, why=why, assumed=item.assumed)
        since = due.LONG_AGO if item.overdue else item.since
        yield InsideDue(reminder.user_id, item.key, line, reminder.distances, since)


def _lobby(due_there: Iterable[LobbyDue]) -> Iterator[InsideDue]:
    for item in due_there:
        since = datetime.combine(item.since, time.max, AMSTERDAM)  # no distance of the day it became known is told
        line = AgendaLine(item.due, item.told, "", item.link, why=item.why, answers=item.answers)
        yield InsideDue(item.user_id, f"lobby:{item.key}", line, DISTANCES[item.kind], since)


def _unjudged(session: Session, now: Now, only: int | None) -> Iterator[InsideDue]:
    """Strong matches whose team ran out of patience, for its coordinator."""
    for match in _ran_out(session, now, only):
        what = f"nog niet beoordeeld voor {match.challenge.name or match.challenge.id}"
        line = AgendaLine(now.today, what, match.call.title, f"/regelingen/{match.call.id}", True, why=LEFT)
        key = f"unjudged:{match.call.id}:{match.challenge.id}"
        yield InsideDue(match.coordinator_id, key, line, (0,), due.LONG_AGO)


def _ran_out(session: Session, now: Now, only: int | None) -> Iterator[Unjudged]:
    """Of all teams, or of those of one person and of whom this one stands in for."""
    if only is None:
        yield from unjudged.ran_out(session, now, UNJUDGED_FOR)
        return
    for coordinator in (only, *(each.absent_id for each in replaced_by(session, only, now.today))):
        yield from unjudged.ran_out(session, now, UNJUDGED_FOR, coordinator)


def lines_due(
    all_due: Iterable[InsideDue], told: Mapping[int, frozenset[str]], now: Now
) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is to be told now, by day. Pure.

    Of a flood of what nobody judged ten are named and the rest is counted: it comes the next morning.
    """
    lines: dict[int, list[AgendaLine]] = defaultdict(list)
    left_out: dict[int, int] = defaultdict(int)
    for each in all_due:
        line = each.due_line(told.get(each.user_id, frozenset()), now)
        if line is None:
            continue
        named = sum(other.key.startswith("unjudged:") for other in lines[each.user_id])
        if line.key.startswith("unjudged:") and named >= unjudged.MOST_TOLD:
            left_out[each.user_id] += 1
        else:
            lines[each.user_id].append(line)
    for user, count in left_out.items():
        lines[user].append(AgendaLine(now.today, f"en nog {count} die niemand beoordeelde", "", "/", True))
    return {user: tuple(of_person) for user, of_person in lines.items() if of_person}


def read_reminded_inside(session: Session, now: datetime, only: int | None = None) -> dict[int, frozenset[str]]:
    """Per person what earlier mails reminded of inside; or of one person."""
    rows = select(Reminded.user_id, Reminded.key).join(Delivery, col(Delivery.id) == col(Reminded.delivery_id))
    rows = rows.where(col(Delivery.state).not_in(UNTOLD_STATES), Delivery.planned_at > now - REMEMBERED)
    rows = rows if only is None else rows.where(Reminded.user_id == only)
    told: dict[int, set[str]] = defaultdict(set)
    for user, key in session.exec(rows):
        told[user].add(key)
    return {user: frozenset(keys) for user, keys in told.items()}
