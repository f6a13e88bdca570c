"""The brief before a talk as a mail: written for who gets it, and written anew where it waits and is no longer so."""

from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Delivery, MailText, Organisation, User
from db.vocabulary import MailKind
from notifications import outbox
from notifications.message import Letter
from notifications.outbox import QUEUED, Mail
from notifications.plain_letter import plain_letter
from notifications.wording import local_day
from tracker.errors import NotFound
from tracker.exchange.brief import brief_for
from tracker.mailing.mailer import Mailer
from tracker.mailing.personal import mail_to, sender_of
from tracker.organisations.register import organisation_for
from tracker.rights import viewer_of

BRIEF = "brief:"


def brief_mail(session: Session, mailer: Mailer, by: User, to: User, organisation: Organisation, now: datetime) -> Mail:
    """The brief as a mail from one person to another, with what the other may see."""
    letter = _letter(session, mailer, by, to, organisation, now)
    return mail_to(by, to, f"{BRIEF}{organisation.id}:", letter, now)


def _letter(session: Session, mailer: Mailer, by: User, to: User, organisation: Organisation, now: datetime) -> Letter:
    names = dict(session.exec(select(User.id, User.name)).all())
    words = brief_for(session, viewer_of(to), organisation, names, local_day(now))
    about = {"sender": by.name, "link": mailer.links.page(f"/organisaties/{organisation.id}/kort")}
    return plain_letter("brief", {**words, **about, "sender_name": mailer.sender.name})


def waiting_briefs(session: Session) -> list[tuple[Delivery, str]]:
    """The briefs that certainly never left, each with its text."""
    briefs = col(Delivery.key).contains(f":{BRIEF}"), Delivery.kind == MailKind.SHARED
    waiting = select(Delivery, MailText.text).where(MailText.delivery_id == Delivery.id, *briefs)
    return list(session.exec(waiting.where(col(Delivery.state).in_(QUEUED))).all())


def rewrite_briefs(session: Session, mailer: Mailer, now: datetime) -> int:
    """Take back each brief that certainly never left and says what its reader may not see, or what is otherwise now.

    It is written anew for who still may see the organisation; gives how many were taken back.
    """
    taken = 0
    for mail, text in waiting_briefs(session):
        by, to = (session.get(User, id_ or 0) for id_ in (sender_of(mail.key), mail.user_id))
        organisation = _seen(session, mail.key, to)
        together = by is not None and to is not None and by.participant_id == to.participant_id
        if by is None or to is None or organisation is None or not together:
            outbox.withdraw(session, [mail.id], "not for its reader any more", now)
        elif _letter(session, mailer, by, to, organisation, mail.planned_at).text != text:
            outbox.take_back(session, [mail.id], now)
            outbox.put(session, [brief_mail(session, mailer, by, to, organisation, now)], mailer.key, mailer.domain)
        else:
            continue
        taken += 1
    return taken


def _seen(session: Session, key: str, to: User | None) -> Organisation | None:
    """The organisation that a brief is about, where its reader may see it."""
    number = key.partition(f":{BRIEF}")[2].partition(":")[0]
    try:
        return organisation_for(session, viewer_of(to), int(number)) if to and number.isdecimal() else None
    except NotFound:
        return None
