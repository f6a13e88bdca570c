"""Holds: an administrator says why a kind of data, a person or all of a dossier stays past its term, until a day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from db.models import ContactMoment, Dossier, Hold, Stake, Stakeholder
from db.rights import visible
from db.vocabulary import Role
from tracker.errors import Incomplete, NotFound, required
from tracker.people.data_register import categories
from tracker.rights import Deed, must_have

SUBJECTS: dict[str, tuple[str, Any]] = {"person": ("stakeholder_id", Stakeholder), "dossier": ("dossier_id", Dossier)}
MOST_DIGITS = 9  # of a number that a database takes for one


@dataclass
class Holds:
    """What is held on a day, and why."""

    categories: dict[str, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    dossiers: dict[int, str] = field(default_factory=dict)

    def of(self, stakeholder: Stakeholder) -> str:
        """Why a person must be kept, or nothing."""
        return stakeholder.hold or self.people.get(stakeholder.id, "")


def standing(session: Session, day: date) -> list[Hold]:
    """The holds that count on a day, the one that ends first on top."""
    rows = select(Hold).where(col(Hold.lifted_at).is_(None), col(Hold.until) >= day)
    return list(session.exec(rows.order_by(col(Hold.until), col(Hold.id))))


def holds_on(session: Session, day: date) -> Holds:
    """The same by what they hold; who was spoken with on a held dossier is held with it."""
    held = Holds()
    for hold in standing(session, day):
        said = f"{hold.reason}, tot en met {hold.until:%d-%m-%Y}"
        if hold.category:
            held.categories[hold.category] = said
        elif hold.stakeholder_id is not None:
            held.people[hold.stakeholder_id] = said
        elif hold.dossier_id is not None:
            held.dossiers[hold.dossier_id] = said
    for dossier_id, said in held.dossiers.items():
        for model in (ContactMoment, Stake):
            for person in session.exec(select(model.stakeholder_id).where(model.dossier_id == dossier_id)):
                held.people.setdefault(person, said)
    return held


def hold_of(session: Session, stakeholder: Stakeholder, day: date) -> str:
    """Why a person must be kept, or nothing."""
    return holds_on(session, day).of(stakeholder)


def put_hold(deed: Deed, subject: str, reason: str, until: date | None) -> Hold:
    """Keep ``persons`` (a kind), ``person 12`` or ``dossier 4`` until a day. Raises Incomplete in Dutch."""
    must_have(deed, Role.ADMINISTRATOR, "Alleen een beheerder kan zeggen dat iets langer bewaard blijft.")
    said = required(reason, "reason", "Schrijf op waarom, zonder een naam te noemen.")
    if until is None or until < deed.today:
        raise Incomplete("Kies een laatste dag die nog komt.", "until")
    hold = Hold(
        **_subject(deed, subject),
        reason=said,
        until=until,
        participant_id=deed.by.participant_id,
        set_by=deed.by.id,
        set_at=deed.now,
    )
    deed.session.add(hold)
    deed.session.flush()
    return hold


def _subject(deed: Deed, subject: str) -> dict[str, Any]:
    kind, _, number = subject.partition(" ")
    if not number and kind in categories():
        return {"category": kind}
    if kind not in SUBJECTS or not number.isdecimal() or len(number) > MOST_DIGITS:
        raise Incomplete("Kies wat langer bewaard blijft.", "subject")
    column, model = SUBJECTS[kind]
    mine = select(model).where(model.id == int(number), visible(deed.viewer, model))
    row = deed.session.exec(mine.where(model.participant_id == deed.by.participant_id)).first()
    if row is None:
        raise Incomplete("Dit is niet van uw organisatie.", "subject")
    return {column: row.id}


def lift(deed: Deed, hold: Hold) -> None:
    """Let it go before its day; only who could have set it."""
    must_have(deed, Role.ADMINISTRATOR, "Alleen een beheerder kan dit opheffen.")
    if hold.participant_id != deed.by.participant_id:
        raise NotFound
    hold.lifted_at = hold.lifted_at or deed.now
