"""The mail that asks a party without an account to answer a sign-off round: when it is asked, and the day before."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import CoalitionMember, Participant, RoundInvitation, SignOffRound, User
from db.session import reading
from db.vocabulary import MailKind
from notifications.links import ROUND
from notifications.outbox import Mail, put
from notifications.plain_letter import plain_letter
from notifications.wording import day, start_of_day
from tracker.lobby.round_answers import asked_by, link_of
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import reminder_moment
from tracker.mailing.personal import key_of, must_be_few
from tracker.mailing.planning_run import PlanningRun

LANE = 3
DAY = timedelta(days=1)
FIRST, REMINDER = "first", "reminder"


def ask(session: Session, mailer: Mailer, invitation: RoundInvitation, now: datetime) -> None:
    """Put the mail in the outbox; refused where its sender sent too many today."""
    must_be_few(session, session.get_one(User, invitation.invited_by), now, "email")
    put(session, [_mail(session, mailer, invitation, now, FIRST)], mailer.key, mailer.domain)


def plan_round_reminders(run: PlanningRun) -> int:
    """Remind each address that did not answer on the working day before the last one, once; how many."""
    with reading(run.engine) as session:
        waiting = [row for row in _unanswered(session, run.now) if asked_by(session, link_of(row)) is not None]
        mails = [_mail(session, run.mailer, row, run.now, REMINDER) for row in waiting]
    if not mails:
        return 0
    with run.writing() as session:
        return run.put(session, mails)


def _unanswered(session: Session, now: datetime) -> list[RoundInvitation]:
    """Whose last day comes, and who did not answer; nobody is reminded on the day they were asked."""
    rows = select(RoundInvitation, SignOffRound).where(
        RoundInvitation.round_id == SignOffRound.id, col(RoundInvitation.answered_at).is_(None),
        col(SignOffRound.closed_at).is_(None),
    )  # fmt: skip
    return [
        invitation
        for invitation, sign_off in session.exec(rows)
        if invitation.invited_at < reminder_moment(sign_off.due_on, 1) <= now < start_of_day(sign_off.due_on + DAY)
    ]


def _mail(session: Session, mailer: Mailer, invitation: RoundInvitation, now: datetime, which: str) -> Mail:
    """It says the question and who asks, and nothing of the dossier."""
    sign_off = session.get_one(SignOffRound, invitation.round_id)
    asker = session.get_one(User, invitation.invited_by)
    link = mailer.links.page(f"/{ROUND}/{mailer.links.answering(link_of(invitation))}")
    letter = plain_letter("round", {
        "owner": session.get_one(Participant, sign_off.participant_id).name,
        "party": session.get_one(CoalitionMember, invitation.member_id).name, "question": sign_off.question,
        "last_day": day(sign_off.due_on), "link": link, "asker": asker.name, "sender_name": mailer.sender.name,
    })  # fmt: skip
    return Mail(
        f"{key_of(asker)}round:{invitation.id}:{which}", MailKind.ALERT, None, invitation.email, letter.subject,
        letter.text, letter.html, {"Reply-To": asker.email}, now,
        max(start_of_day(sign_off.due_on + DAY), now + DAY), LANE,
    )  # fmt: skip
