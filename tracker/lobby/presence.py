"""Who was there already: talks at the same office and the same organisation, as far as the viewer may know."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import ContactMoment, Dossier, Organisation, Participant, Stakeholder, User
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role
from notifications.wording import listed
from tracker.lobby.whom import spoken_with
from tracker.organisations import register
from tracker.organisations.names import keys_of

SHOWN = 5


@dataclass(frozen=True)
class Talk:
    """One talk as another sees it: who of us, with whom, and the dossier where the viewer may see that."""

    contact: ContactMoment
    who: str
    whom: str
    dossier: Dossier | None


@dataclass(frozen=True)
class Presence:
    """What is known of talks somewhere, newest first; ``ask`` where there are some that the viewer may not see."""

    organisation: Organisation | None = None
    at_office: list[Talk] = field(default_factory=list)
    elsewhere: list[Talk] = field(default_factory=list)
    ask: str = ""

    @property
    def nobody(self) -> bool:
        """Whether it may be said aloud that nobody was there."""
        return not (self.at_office or self.elsewhere or self.ask)


def presence(session: Session, viewer: Viewer, organisation: str, office: str, today: date) -> Presence:
    """Who spoke with this office, and who with others of its organisation, its predecessors and its successor.

    What the viewer may not see comes back as one sentence, the same whatever day it was and however many there are.
    """
    roots = _roots(session, organisation)
    here = register.find(session, viewer, organisation, today)
    return _presence(session, viewer, roots, keys_of(office) if office.strip() else [], here, today)


def presence_at(session: Session, viewer: Viewer, organisation: Organisation, today: date) -> Presence:
    """The same for a row of the register, an office or an organisation."""
    top = register.top_of(session, organisation)
    office = organisation.parent_id is not None
    keys = [organisation.key, *(n.key for n in register.names_of(session, organisation))] if office else []
    return _presence(session, viewer, _family_ids(session, [top, *_twins(session, top)]), keys, organisation, today)


def _roots(session: Session, name: str) -> set[int]:
    same = register.named(session, name)
    return _family_ids(session, [*same, *(twin for o in same for twin in _twins(session, o))])


def _twins(session: Session, organisation: Organisation) -> list[Organisation]:
    """What others call by the same name and keep to themselves."""
    keys = [organisation.key, *(row.key for row in register.names_of(session, organisation))]
    top = col(Organisation.parent_id).is_(None)
    return list(session.exec(select(Organisation).where(top, register.goes_by(keys), register.LIVE)))


def _family_ids(session: Session, organisations: list[Organisation]) -> set[int]:
    related = {o.id for organisation in organisations for o in register.family(session, organisation)}
    return register.with_merged(session, related)


def _presence(
    session: Session,
    viewer: Viewer,
    roots: set[int],
    office_keys: list[str],
    organisation: Organisation | None,
    today: date,
) -> Presence:
    offices = register.offices_of(session, roots)
    same = {o.id for o in offices if register.live(session, o).key in office_keys or o.key in office_keys}
    seen, hidden = _talks(session, viewer, roots | {o.id for o in offices}, today)
    at_office = [talk for talk, place in seen if not office_keys or place in same]
    elsewhere = [talk for talk, place in seen if office_keys and place not in same]
    return Presence(organisation, at_office, elsewhere, whom_to_ask(session, hidden, today))


def _talks(
    session: Session, viewer: Viewer, places: set[int], today: date
) -> tuple[list[tuple[Talk, int]], list[tuple[date, Participant]]]:
    """The talks at these places that the viewer may see, with their places; and days and owners of the others."""
    rows = (
        select(ContactMoment, Stakeholder, User, Participant)
        .where(ContactMoment.stakeholder_id == Stakeholder.id, col(Stakeholder.organisation_id).in_(places))
        .where(ContactMoment.user_id == User.id, ContactMoment.participant_id == Participant.id)
        .order_by(col(ContactMoment.day).desc(), col(ContactMoment.id).desc())
    )
    dossiers = {d.id: d for d in session.exec(select(Dossier).where(visible(viewer, Dossier)))}
    seen, hidden = [], []
    for contact, stakeholder, user, participant in session.exec(rows):
        if may_see(session, viewer, contact):
            dossier = dossiers.get(contact.dossier_id or 0)
            there = spoken_with(session, viewer, stakeholder, today)
            talk = Talk(contact, f"{user.name} ({participant.name})", there, dossier)
            seen.append((talk, stakeholder.organisation_id))
        else:
            hidden.append((contact.day, participant))
    return seen, hidden


def whom_to_ask(session: Session, hidden: list[tuple[date, Participant]], today: date) -> str:
    """About talks that one may not see: whom to ask for those of these three quarters, else that there were some."""
    first, last = _three_quarters(today)
    near = {participant.id: participant for day, participant in hidden if first <= day <= last}
    if hidden and not near:
        return "Iemand van een andere deelnemer was er eerder."
    return " ".join(_ask(session, near[id_]) for id_ in sorted(near))


def _three_quarters(today: date) -> tuple[date, date]:
    """First and last day of the quarter before this one to the quarter after it."""
    number = today.year * 4 + (today.month - 1) // 3
    (first_year, first), (next_year, after) = divmod(number - 1, 4), divmod(number + 2, 4)
    return date(first_year, first * 3 + 1, 1), date(next_year, after * 3 + 1, 1) - timedelta(days=1)


def _ask(session: Session, participant: Participant) -> str:
    """That an organisation was there, and its coordinators."""
    active = select(User.name).where(User.participant_id == participant.id, col(User.deactivated_at).is_(None))
    names = session.exec(active.where(User.role == Role.COORDINATOR).order_by(col(User.name))).all()
    whom = listed(list(names)) if names else "een collega daar; er is geen coördinator bekend"
    return f"Iemand van {participant.name} was er dit kwartaal of het vorige, of gaat er het volgende: vraag {whom}."
