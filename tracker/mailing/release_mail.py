"""Who can let a publication out as the second person is mailed once; what was decided meanwhile leaves no mail."""

from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Participant, Publication, PublicationRelease, User
from db.vocabulary import Role
from notifications.outbox import Mail
from notifications.plain_letter import plain_letter
from notifications.wording import day, local_day
from tracker.mailing.mailer import Mailer
from tracker.mailing.personal import mail_to, rewrite_waiting
from tracker.people.second_person import may_confirm

RELEASE = "release:"
MOST = 10  # people who are asked; a region has more coordinators than one proposal needs


def second_persons(session: Session, release: PublicationRelease) -> list[User]:
    """Who can confirm it: coordinators of the proposer's organisation, and where there is none those of the region."""
    proposer = session.get_one(User, release.proposed_by)
    people = select(User).where(
        col(User.role).in_((Role.COORDINATOR, Role.ADMINISTRATOR)), col(User.deactivated_at).is_(None)
    )
    able = [user for user in session.exec(people.order_by(col(User.id))) if may_confirm(session, user, release)]
    near = [user for user in able if user.participant_id == proposer.participant_id]
    return (near or able)[:MOST]


def release_mails(session: Session, mailer: Mailer, release: PublicationRelease, now: datetime) -> list[Mail]:
    """A mail for each of them."""
    by = session.get_one(User, release.proposed_by)
    return [_mail(session, mailer, release, by, to, now) for to in second_persons(session, release)]


def _mail(session: Session, mailer: Mailer, release: PublicationRelease, by: User, to: User, now: datetime) -> Mail:
    publication = session.get_one(Publication, release.publication_id)
    said = {
        "title": publication.title, "proposer": by.name, "day": day(local_day(release.proposed_at)),
        "organisation": session.get_one(Participant, to.participant_id).name,
        "link": mailer.links.page(f"/kennishuis/{publication.id}"), "sender_name": mailer.sender.name,
    }  # fmt: skip
    return mail_to(by, to, f"{RELEASE}{release.id}:", plain_letter("release", said), now)


def rewrite_releases(session: Session, mailer: Mailer, now: datetime) -> int:
    """Take back what waits for who can no longer confirm it, or what was decided; how many were taken back."""

    def anew(number: int, by: User, to: User, moment: datetime) -> Mail | None:
        release = session.get(PublicationRelease, number)
        if release is None or release.settled_at is not None or to.deactivated_at is not None:
            return None
        return _mail(session, mailer, release, by, to, moment) if may_confirm(session, to, release) else None

    return rewrite_waiting(session, RELEASE, anew, (mailer.key, mailer.domain), now)
