"""The brief before a talk as a mail: written for who gets it, and written anew where it waits and is no longer so."""

from datetime import datetime

from sqlmodel import Session, select

from db.models import Organisation, User
from notifications.message import Letter
from notifications.outbox import Mail
from notifications.plain_letter import plain_letter
from notifications.wording import local_day
from tracker.errors import NotFound
from tracker.exchange.brief import brief_for
from tracker.mailing.mailer import Mailer
from tracker.mailing.personal import mail_to, rewrite_waiting
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


def rewrite_briefs(session: Session, mailer: Mailer, now: datetime) -> int:
    """Write each waiting brief anew for a colleague who still may see the organisation; how many were taken back."""

    def anew(number: int, by: User, to: User, moment: datetime) -> Mail | None:
        organisation = _seen(session, number, to)
        if organisation is None or by.participant_id != to.participant_id:
            return None
        return brief_mail(session, mailer, by, to, organisation, moment)

    return rewrite_waiting(session, BRIEF, anew, (mailer.key, mailer.domain), now)


def _seen(session: Session, number: int, to: User) -> Organisation | None:
    """The organisation that a brief is about, where its reader may see it."""
    try:
        return organisation_for(session, viewer_of(to), number)
    except NotFound:
        return None
