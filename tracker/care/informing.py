"""People kept as contacts are told so (article 14 of the GDPR): who was not yet, by when, and that it was done."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import Informed, Stakeholder
from db.queries import Viewer
from db.vocabulary import Role
from db.vocabulary_care import InformedWay
from notifications.wording import local_day
from tracker.errors import Incomplete, NotFound
from tracker.rights import Deed, must_have

WITHIN = timedelta(days=30)  # article 14, third paragraph: at most a month


@dataclass(frozen=True)
class Untold:
    """A person who was not told yet, and the last day on which that is in time."""

    person: Stakeholder
    by: date

    @property
    def has_mail(self) -> bool:
        """Whether a mail can tell it."""
        return bool(mail_of(self.person))


def mail_of(person: Stakeholder) -> str:
    """The first mail address of what is kept beside a name; telephone numbers can stand there too."""
    parts = re.split(r"[,;\s]+", person.address)
    return next((part for part in parts if re.fullmatch(r"[^@<>]+@[\w.-]+\.\w+", part)), "")


def untold(session: Session, viewer: Viewer) -> list[Untold]:
    """Whom the own organisation keeps and did not tell, the longest waiting first."""
    told = select(Informed.stakeholder_id)
    rows = select(Stakeholder).where(
        Stakeholder.participant_id == (viewer.participant_id or ""),
        Stakeholder.person != "",
        col(Stakeholder.id).not_in(told),
    )
    people = session.exec(rows.order_by(col(Stakeholder.created_at), col(Stakeholder.id)))
    return [Untold(person, local_day(person.created_at) + WITHIN) for person in people]


def informed(session: Session, stakeholder: Stakeholder) -> Informed | None:
    """When and how the person was told last."""
    rows = select(Informed).where(Informed.stakeholder_id == stakeholder.id)
    return session.exec(rows.order_by(col(Informed.id).desc()).limit(1)).first()


def tell(deed: Deed, stakeholder: Stakeholder, way: InformedWay, day: date | None) -> Informed:
    """Put on record that the person was told; the mail itself is the caller's to send. Raises Incomplete in Dutch."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u dit niet vastleggen.")
    if stakeholder.participant_id != deed.by.participant_id or not stakeholder.person:
        raise NotFound
    on = day or deed.today
    if on > deed.today:
        raise Incomplete("Deze dag moet nog komen: leg het vast als het gebeurd is.", "day")
    if way == InformedWay.MAIL and not mail_of(stakeholder):
        raise Incomplete("Van deze persoon is geen mailadres bekend.", "way")
    row = Informed(stakeholder_id=stakeholder.id, way=way, day=on, user_id=deed.by.id, at=deed.now)
    deed.session.add(row)
    deed.session.flush()
    return row
