"""Followed calls that vanished at their source, closed early or were withdrawn: told within a working day.

A digest may be a week away; who works on an application must know the next morning.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from db.session import reading
from db.status import STANDING_WORDS
from db.vocabulary import MailKind, Status, ToldKind
from notifications.catalogue import DUE_KINDS, CatalogueCall, Change, read_catalogue
from notifications.changes_since import DATE_FIELDS
from notifications.digest import Item, Memory, news_of
from notifications.message import Addressee
from notifications.outbox import Mail
from notifications.places import Place
from tracker.mailing.periods import at_half_past_seven
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import read_follows, told_memories
from tracker.mailing.reminders import LANE, people_to_remind
from tracker.workdays import is_working_day

LIFE = timedelta(days=3)  # after that the next digest tells it


def plan_vanished(run: PlanningRun) -> int:
    """Put a mail in the outbox for each followed call that is no longer to be had; how many."""
    if not is_working_day(run.today) or run.now < at_half_past_seven(run.today):
        return 0
    with reading(run.engine) as session:
        people = people_to_remind(session, run.now)
        follows = read_follows(session, people)
        calls = {call for of_person in follows.values() for call in of_person}
        catalogue = read_catalogue(session, run.now, threshold=2, only=calls) if calls else None
        memories = told_memories(session, people)
    if catalogue is None:
        return 0
    mails: list[Mail] = []
    for user, of_person in follows.items():
        memories[user].follows = of_person
        known = [catalogue.calls[call] for call in sorted(of_person.keys() & catalogue.calls.keys())]
        mails += _mails(run, people[user], known, memories[user])
    with run.writing() as session:
        return run.put(session, mails)


def _mails(run: PlanningRun, to: Addressee, calls: list[CatalogueCall], memory: Memory) -> Iterator[Mail]:
    for call in calls:
        kind, changes = news_of(call, memory, run.now, only_followed=True)
        if kind is not ToldKind.GONE and not (kind is ToldKind.CHANGED and _ended_early(call, changes, run)):
            continue
        item = Item(call, kind, followed=True, changes=changes, place=Place.GONE)
        tells = [(call.id, call.version, kind.value, call.gone_name if kind is ToldKind.GONE else "")]
        key = f"vanished:{to.user_id}:{call.id}:{call.version}:{call.gone_name}"
        letter = run.writer.vanished(item, to)
        yield Mail.of(letter, to, key, MailKind.MOVED, run.now, run.now + LIFE, lane=LANE, tells=tells)


def _ended_early(call: CatalogueCall, changes: Iterable[Change], run: PlanningRun) -> bool:
    """Whether it closed before its day, or its day was moved into the past; what closes on its day does so quietly."""
    if call.status in STANDING_WORDS:
        return False
    to_come = any(due.kind in DUE_KINDS and due.over_at is not None and due.over_at > run.now for due in call.dates)
    olds = [row.get("day") or "" for change in changes if change.field in DATE_FIELDS for row in change.old or ()]
    moved = any(day >= run.today.isoformat() for day in olds)
    return to_come or moved or call.status is not Status.CLOSED
