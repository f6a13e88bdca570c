"""Next rounds: who follows a call is told once that the same scheme has opened, or will open, for another round."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Call, Delivery, Told
from db.session import reading
from db.vocabulary import UNTOLD_STATES, MailKind, ToldKind
from notifications.catalogue import CatalogueCall, read_catalogue
from notifications.message import Addressee
from notifications.outbox import Mail
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import read_follows
from tracker.mailing.reminders import LANE, people_to_remind

TOLD_FOR = timedelta(days=31)  # after that a round is no news, whoever was out of reach


def plan_next_rounds(run: PlanningRun) -> int:
    """Put a mail in the outbox for each follower of a call whose next round came; return how many are new."""
    with reading(run.engine) as session:
        rounds = _recent_rounds(session, run.now)
        if not rounds:
            return 0
        people = people_to_remind(session, run.now)
        follows = read_follows(session, people)
        calls = read_catalogue(session, run.now, threshold=2, only=rounds).calls
        told = _told(session, rounds)
        mails = [
            _mail(run, calls[call], before[followed], people[user])
            for call, before in rounds.items()
            if call in calls and calls[call].is_news and not calls[call].held
            for user, of_person in follows.items()
            if (followed := next((old for old in before if old in of_person), None)) and call not in of_person
            if (user, call) not in told
        ]
    if not mails:
        return 0
    with run.writing() as session:
        return run.put(session, mails)


def _recent_rounds(session: Session, now: datetime) -> dict[int, dict[int, Call]]:
    """Each round that came lately, with the rounds before it, the latest first."""
    later = select(Call).where(col(Call.previous_round_id).is_not(None), Call.first_seen > now - TOLD_FOR)
    rounds: dict[int, dict[int, Call]] = {}
    for call in session.exec(later.where(col(Call.joined_into).is_(None))):
        before, current = dict[int, Call](), call
        while current.previous_round_id is not None and current.previous_round_id not in before:
            current = session.get_one(Call, current.previous_round_id)
            before[current.id] = current
        rounds[call.id] = before
    return rounds


def _told(session: Session, calls: Mapping[int, object]) -> set[tuple[int, int]]:
    """Who was told already of which of these, in a digest perhaps."""
    rows = select(Told.user_id, Told.call_id).join(Delivery, col(Delivery.id) == col(Told.delivery_id))
    new = (Told.kind == ToldKind.NEW, col(Told.call_id).in_(list(calls)), col(Delivery.state).not_in(UNTOLD_STATES))
    return set(session.exec(rows.where(*new)))


def _mail(run: PlanningRun, call: CatalogueCall, before: Call, to: Addressee) -> Mail:
    letter = run.writer.next_round(call, before.id, before.closes_at, to)
    expires_at = call.next_due.over_at if call.next_due else None
    return Mail.of(
        letter, to, f"next-round:{to.user_id}:{call.id}", MailKind.REMINDER, run.now,
        expires_at or run.now + TOLD_FOR, lane=LANE, tells=((call.id, call.version, ToldKind.NEW.value, ""),),
    )  # fmt: skip
