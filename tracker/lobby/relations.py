"""What we have with an organisation or office: talks, its stance per dossier, promises, and who keeps it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.models import Commitment, ContactMoment, Dossier, Organisation, Position, Stake, Stakeholder
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import CommitmentState
from tracker.lobby.positions import position_on
from tracker.lobby.presence import Presence, presence_at
from tracker.organisations import register

LAST_TALKS = 3


@dataclass(frozen=True)
class Relation:
    """All of it, as far as the viewer may see."""

    organisation: Organisation
    top: Organisation
    related: list[Organisation]
    offices: list[Organisation]
    presence: Presence
    stakes: list[tuple[Stake, Stakeholder, Dossier]]
    promises: list[Commitment]
    dossiers: list[Dossier]
    people: list[Stakeholder]

    @property
    def keepers(self) -> list[int]:
        """Who of us keeps the relation: who says so in a stake, else who spoke there last."""
        said = [stake.holder_id for stake, _, _ in self.stakes if stake.holder_id is not None]
        spoke = [talk.contact.user_id for talk in self.presence.at_office[:1]]
        return list(dict.fromkeys(said or spoke))


@dataclass(frozen=True)
class BriefLine:
    """One dossier in a brief: what we ask, what holds today, where they stand, what is open."""

    dossier: Dossier
    position: Position | None
    stakes: list[tuple[Stake, Stakeholder]]
    promises: list[Commitment]


def relation_with(session: Session, viewer: Viewer, organisation: Organisation, today: date) -> Relation:
    """Read it all; what the viewer may not see is left out, but that somebody was there is said in one sentence."""
    top = register.top_of(session, organisation)
    known = presence_at(session, viewer, organisation, today)
    stakeholders = _stakeholders(session, organisation)
    stakes = _stakes(session, viewer, stakeholders)
    promises = _promises(session, viewer, stakeholders)
    named = {d.id: d for _, _, d in stakes} | {t.dossier.id: t.dossier for t in known.at_office if t.dossier}
    return Relation(
        organisation=organisation,
        top=top,
        related=[o for o in register.family(session, top) if o.id != top.id and register.sees(viewer, o)],
        offices=_offices(session, viewer, organisation),
        presence=known,
        stakes=stakes,
        promises=promises,
        dossiers=sorted(named.values(), key=lambda d: (d.closed_at is not None, d.title)),
        people=[s for s in stakeholders.values() if s.person and s.participant_id == viewer.participant_id],
    )


def _offices(session: Session, viewer: Viewer, organisation: Organisation) -> list[Organisation]:
    if organisation.parent_id is not None:
        return []
    within = register.with_merged(session, [organisation.id])
    return register.choices(session, viewer, col(Organisation.parent_id).in_(within))


def _stakeholders(session: Session, organisation: Organisation) -> dict[int, Stakeholder]:
    """Everybody's rows at this place and, of a whole organisation, at its offices; whom to show is decided per row."""
    places = register.places_of(session, organisation)
    rows = select(Stakeholder).where(col(Stakeholder.organisation_id).in_(places))
    return {row.id: row for row in session.exec(rows.order_by(col(Stakeholder.office), col(Stakeholder.id)))}


def _stakes(
    session: Session, viewer: Viewer, stakeholders: dict[int, Stakeholder]
) -> list[tuple[Stake, Stakeholder, Dossier]]:
    rows = select(Stake, Dossier).where(
        Stake.dossier_id == Dossier.id,
        col(Stake.stakeholder_id).in_(list(stakeholders)),
        visible(viewer, Stake),
        visible(viewer, Dossier),
    )
    ordered = rows.order_by(col(Dossier.title), col(Stake.influence).desc(), col(Stake.id))
    return [(stake, stakeholders[stake.stakeholder_id], dossier) for stake, dossier in session.exec(ordered)]


def _promises(session: Session, viewer: Viewer, stakeholders: Iterable[int]) -> list[Commitment]:
    """Open ones first, by their day."""
    rows = select(Commitment).where(col(Commitment.stakeholder_id).in_(list(stakeholders)), visible(viewer, Commitment))
    is_open = col(Commitment.state) == CommitmentState.OPEN
    return list(session.exec(rows.order_by(is_open.desc(), col(Commitment.due_on), col(Commitment.id))))


def brief(session: Session, viewer: Viewer, relation: Relation, today: date) -> list[BriefLine]:
    """What to have in mind before a talk, a line for every dossier that runs."""
    return [
        BriefLine(
            dossier,
            position_on(session, dossier, today, viewer),
            [(stake, who) for stake, who, of in relation.stakes if of.id == dossier.id],
            [p for p in relation.promises if p.dossier_id == dossier.id and p.state == CommitmentState.OPEN],
        )
        for dossier in relation.dossiers
        if dossier.closed_at is None
    ]


def talk_counts(session: Session, viewer: Viewer) -> dict[int, tuple[int, date]]:
    """How many talks the viewer may see with each organisation, its offices included, and the day of the last."""
    rows = select(col(Stakeholder.organisation_id), col(ContactMoment.day)).where(
        ContactMoment.stakeholder_id == Stakeholder.id, visible(viewer, ContactMoment)
    )
    tops: dict[int, int] = {}
    counts: dict[int, tuple[int, date]] = {}
    for place, day in session.exec(rows):
        if place not in tops:
            there = register.live(session, session.get_one(Organisation, place))
            tops[place] = register.top_of(session, there).id
        count, last = counts.get(tops[place], (0, day))
        counts[tops[place]] = (count + 1, max(last, day))
    return counts
