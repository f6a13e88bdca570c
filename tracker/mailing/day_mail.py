"""One mail a day: all that is due for a person on a working day, inside the digest where one leaves that day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Delivery, User
from db.session import reading, writing
from db.vocabulary import UNTOLD_STATES, DeliveryState, MailKind, ToldKind
from notifications import due_today
from notifications.alerts import end_alert, raise_alert, standing_alerts
from notifications.catalogue import CatalogueCall, read_catalogue
from notifications.due_today import DueCall, DueToday
from notifications.message import Addressee, Letter
from notifications.news import OPEN, Memory
from notifications.outbox import ANEW, MOOT, Mail, address_hash, silent_addresses
from notifications.wording import days_between, local_day, start_of_day
from tracker.clock import Now
from tracker.lobby.call_work import read_call_work, seen_by, still_running
from tracker.lobby.due import LobbyDue
from tracker.mailing.due_lines import InsideDue, inside_due, lines_due, read_reminded_inside
from tracker.mailing.next_rounds import NextRounds, read_next_rounds
from tracker.mailing.outdated_mail import is_at_once, take_back_outdated
from tracker.mailing.periods import at_half_past_seven
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import read_follows_for, told_memories
from tracker.mailing.reminders import MissedReminder, ToldDate, date_news, read_told_dates
from tracker.mailing.vanished import returned, vanished
from tracker.people.absences import Replacement
from tracker.rights import viewer_of
from tracker.workdays import is_working_day

LANE = 3
LIFE = timedelta(days=3)  # past midnight it is written anew
BATCH = 50
DAY = "day:"
JUST_OPENED = 7  # days in which the opening of a followed call is told
BROKEN = "unwritable reminder "
UNWRITABLE = (TemplateError, ValueError, TypeError, ArithmeticError)
CORRECTIONS = frozenset({ToldKind.MOVED, ToldKind.GONE, ToldKind.CHANGED, ToldKind.CLOSING})


@dataclass
class DayDue:
    """What each person is to be told today in one mail, and what was missed; ``taken``: whose digest holds it."""

    people: dict[int, Addressee]
    of: dict[int, DueToday] = field(default_factory=dict)
    missed: list[Mail] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def for_digest(self, user: int) -> DueToday:
        """What goes into a digest of this person, unless another holds it already."""
        return DueToday() if user in self.taken else self.of.get(user, DueToday()).fitting


@dataclass(frozen=True)
class Followed:
    """What people follow and were told of it, read once for a round of planning."""

    follows: Mapping[int, Mapping[int, datetime]]
    calls: Mapping[int, CatalogueCall]
    memories: Mapping[int, Memory]
    told: Mapping[tuple[int, int], list[ToldDate]]
    rounds: NextRounds
    days: Mapping[int, list[int]]
    instead: Mapping[tuple[int, int], Replacement]


def read_day(run: PlanningRun, inside: list[InsideDue], anew: Collection[int], anew_only: bool = False) -> DayDue:
    """What is due for whom, from 07:30 on a working day; for ``anew``, whose mail was taken back, at any moment.

    Who had a mail today gets another one only for what cannot wait.
    """
    now = Now(run.now)
    with reading(run.engine) as session:
        people = people_to_remind(session, run.now)
        chosen = people.keys() if _is_time(now) and not anew_only else people.keys() & set(anew)
        if not chosen:
            return DayDue(people)
        followed = _read_followed(session, chosen, run.now)
        lines = lines_due(inside, read_reminded_inside(session, run.now), now)
        had, refused = _had_a_mail(session, now)
    day, broken = DayDue(people), dict[str, str]()
    for user in chosen - refused:
        calls = _calls_of(run, user, followed, people[user], day.missed, broken)
        due = DueToday(tuple(sorted(calls, key=_nearest)), lines.get(user, ()))
        day.of[user] = due.pressing if user in had - set(anew) else due
    day.of = {user: due for user, due in day.of.items() if due}
    _note_broken(run.engine, broken, run.now)
    return day


def due_for(session: Session, run: PlanningRun, to: Addressee, lobby: Iterable[LobbyDue]) -> DueToday:
    """What one person would be told now of what is due, also in the ``lobby``; nothing is stored."""
    now, user = Now(run.now), to.user_id
    if user not in people_to_remind(session, run.now, only=user):
        return DueToday()
    followed = _read_followed(session, [user], run.now, only=user)
    inside, told = inside_due(session, now, user, lobby), read_reminded_inside(session, run.now, user)
    calls = sorted(_calls_of(run, user, followed, to, [], {}), key=_nearest)
    return DueToday(tuple(calls), lines_due(inside, told, now).get(user, ()))


def take_back_untrue(run: PlanningRun) -> tuple[list[InsideDue], frozenset[int]]:
    """What is due inside, and whose mail was taken back because it is no longer true."""
    with reading(run.engine) as session:
        inside = inside_due(session, Now(run.now))
    return inside, take_back_outdated(run, {(each.user_id, each.key) for each in inside})


def plan_day_mails(run: PlanningRun, day: DayDue, wait: Collection[int]) -> tuple[int, int]:
    """Put what no digest holds in the outbox; how many mails, and how many reminders were missed.

    ``wait``: who gets a digest within the hour, which will hold what can wait.
    """
    due = {user: each.pressing if user in wait else each for user, each in day.of.items() if user not in day.taken}
    due = {user: each.fitting for user, each in due.items() if each}
    with reading(run.engine) as session:
        ours = our_work(session, due)
    mails = [_mail(run, each, day.people[user], ours[user]) for user, each in due.items()]
    planned = expired = 0
    for start in range(0, max(len(mails), len(day.missed)), BATCH):
        with run.writing() as session:
            planned += run.put(session, _with_free_keys(session, mails[start : start + BATCH]))
            expired += run.put(session, day.missed[start : start + BATCH])
    return planned, expired


def our_work(session: Session, due: Mapping[int, DueToday]) -> dict[int, dict[int, str]]:
    """Per person what of ours runs on the calls that the mail names, as far as that person may know."""
    named = {user: [call.item.call.id for call in each.calls] for user, each in due.items()}
    work = read_call_work(session, {call for calls in named.values() for call in calls})
    viewers = {user.id: viewer_of(user) for user in session.exec(select(User).where(col(User.id).in_(list(due))))}
    return {
        user: {call: still_running(seen_by(viewers[user], work[call])) for call in calls}
        for user, calls in named.items()
    }


def people_to_remind(session: Session, now: datetime, only: int | None = None) -> dict[int, Addressee]:
    """Everyone who wants reminders and whose address takes mail; or that one person."""
    silent = silent_addresses(session, now)
    users = select(User).where(col(User.deactivated_at).is_(None), col(User.reminders))
    return {
        user.id: Addressee(user.id, user.name, user.email)
        for user in session.exec(users if only is None else users.where(User.id == only))
        if address_hash(user.email) not in silent
    }


def _is_time(now: Now) -> bool:
    return is_working_day(now.today) and now.instant >= at_half_past_seven(now.today)


def _read_followed(session: Session, people: Iterable[int], now: datetime, only: int | None = None) -> Followed:
    follows, instead = read_follows_for(session, people, local_day(now))
    rounds = read_next_rounds(session, now, only)
    followed = {call for of_person in follows.values() for call in of_person}
    wanted = followed | (rounds.before.keys() if followed else set())  # a next round is told to who follows another
    calls = read_catalogue(session, now, threshold=2, only=wanted).calls if wanted else {}
    memories = told_memories(session, follows)
    for user, of_person in follows.items():
        memories[user].follows = dict(of_person)
    chosen = session.exec(select(User.id, User.reminder_days).where(col(User.id).in_(list(follows)))).all()
    days = {user: list(of_person) for user, of_person in chosen}
    return Followed(follows, calls, memories, read_told_dates(session, only), rounds, days, instead)


def _had_a_mail(session: Session, now: Now) -> tuple[set[int], set[int]]:
    """Who has today's mail, or a digest of today; and whose mail of today was refused, or may not leave here."""
    rows = select(Delivery.user_id, Delivery.key, Delivery.state, Delivery.last_text).where(
        col(Delivery.kind).in_([MailKind.DIGEST, MailKind.REMINDER, MailKind.MOVED]),
        Delivery.planned_at >= start_of_day(now.today),
    )  # fmt: skip
    had, refused = set[int](), set[int]()
    for user, key, state, said in session.exec(rows):
        if state not in UNTOLD_STATES and not is_at_once(key):
            had.add(user or 0)
        elif key.startswith(DAY) and state in UNTOLD_STATES and said not in (ANEW, MOOT):
            refused.add(user or 0)
    return had, refused


def _calls_of(
    run: PlanningRun, user: int, followed: Followed, to: Addressee, missed: list[Mail], broken: dict[str, str]
) -> list[DueCall]:
    """What is to be said of calls; one that cannot be read or written costs itself only, and is tried again later."""
    calls, follows = list[DueCall](), followed.follows.get(user, {})
    for number in sorted(follows.keys() | followed.rounds.before.keys()):
        try:
            for each in _news(followed, user, number, run.now):
                if isinstance(each, MissedReminder):
                    missed.append(_on_record(run, each, to))
                else:
                    run.writer.must_be_writable(each)
                    calls.append(_instead(each, followed.instead.get((user, number))))
        except UNWRITABLE as error:
            broken[f"{BROKEN}{user}:{number}"] = str(error)
    return calls


def _news(followed: Followed, user: int, number: int, now: datetime) -> list[DueCall | MissedReminder]:
    """What is to be said of one call: that it vanished or came back before its dates, and those before its opening."""
    call, follows, memory = followed.calls.get(number), followed.follows.get(user, {}), followed.memories.get(user)
    if call is None or memory is None:
        return []
    if number not in follows:
        own = {before: since for before, since in follows.items() if (user, before) not in followed.instead}
        return list(followed.rounds.due(call, user, own))
    since = follows[number]
    gone = vanished(call, memory, now) or returned(call, memory, now)
    told = followed.told.get((user, number), [])
    dates = list(date_news(call, since, told, followed.days[user], now, memory.told_at.get(number)))
    if gone is not None:
        return [gone, *(each for each in dates if isinstance(each, MissedReminder))]
    opened = _opened(call, since, memory, now)
    said = [_once(each, memory) for each in dates]
    return said if opened is None or any(isinstance(each, DueCall) for each in said) else [*said, opened]


def _instead(news: DueCall, replacing: Replacement | None) -> DueCall:
    """As it is told to who stands in for who follows it."""
    if replacing is None:
        return news
    said = news.news.replace("U volgt", f"{replacing.name} volgt")
    return replace(news, item=replace(news.item, followed=False), news=said, why=replacing.why)


def _once(news: DueCall | MissedReminder, memory: Memory) -> DueCall | MissedReminder:
    """Without what was told already: that it closes soon, by a digest."""
    if isinstance(news, MissedReminder):
        return news
    tells = (tell for tell in news.tells if tell[2] != ToldKind.CLOSING or (tell[0], *tell[2:]) not in memory.details)
    return replace(news, tells=tuple(tells))


def _opened(call: CatalogueCall, since: datetime, memory: Memory, now: datetime) -> DueCall | None:
    """That it is open now, to who followed it before that, within a week."""
    opens = call.opens
    if opens is None or opens.day is None or not 0 <= -days_between(now, opens.day) <= JUST_OPENED:
        return None
    told = (call.id, ToldKind.OPENING.value, f"{opens.name}:{OPEN}") in memory.details
    return None if told or local_day(since) >= opens.day else due_today.opened(call, now)


def _nearest(call: DueCall) -> tuple[bool, Any, int]:
    due = call.item.call.next_due
    day = due.day if due else None
    return day is None, day, call.item.call.id


def _mail(run: PlanningRun, due: DueToday, to: Addressee, ours: Mapping[int, str]) -> Mail:
    corrects = due.calls and not due.lines and all(tell[2] in CORRECTIONS for tell in due.tells)
    kind = MailKind.MOVED if corrects else MailKind.REMINDER
    return Mail.of(
        run.writer.day(due, to, ours), to, f"{DAY}{to.user_id}:{run.today.isoformat()}", kind, run.now, run.now + LIFE,
        lane=LANE, tells=due.tells, reminds=due.reminds,
    )  # fmt: skip


def _on_record(run: PlanningRun, missed: MissedReminder, to: Addressee) -> Mail:
    """It never leaves; the outbox shows that it was due."""
    key = f"reminder:{to.user_id}:{missed.call.id}:{missed.due.id}v{missed.due.version}:{missed.distance}"
    return Mail.of(
        Letter(missed.call.title[:150]), to, key, MailKind.REMINDER, run.now, run.now, lane=LANE,
        state=DeliveryState.EXPIRED, tells=[missed.tell], remark="its moment passed while nothing was planned",
    )  # fmt: skip


def _with_free_keys(session: Session, mails: list[Mail]) -> list[Mail]:
    """A second mail of a day, in place of one that was taken back or for what could not wait, has a key of its own."""
    taken = set(session.exec(select(Delivery.key).where(col(Delivery.key).in_([mail.key for mail in mails]))))
    return [replace(mail, key=f"{mail.key}T{mail.planned_at:%H%M%S}") if mail.key in taken else mail for mail in mails]


def _note_broken(engine: Engine, broken: Mapping[str, str], now: datetime) -> None:
    """Raise an alert for each call that cannot be written, and end those of what can be again."""
    with reading(engine) as session:
        alerts = {alert.key for alert in standing_alerts(session) if alert.key.startswith(BROKEN)}
    if not (broken or alerts):
        return
    with writing(engine) as session:
        for key, why in broken.items():
            told = f"{key} (persoon, regeling) kon niet worden geschreven; het log zegt meer"
            raise_alert(session, key, told, now, f"{key} (person, call) could not be written: {why}"[:300])
        for key in alerts - broken.keys():
            end_alert(session, key, now)
