"""Correct and take back what was logged: who wrote it may for as long as needed, and what stood there stays.

A row that is withdrawn is gone, so that no page, list, mail or file can show it; its history keeps what it said, for
the organisation that wrote it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import (
    ChainLink,
    Commitment,
    ContactMoment,
    Dossier,
    LogEntry,
    LoggedChange,
    Outcome,
    PublicContact,
    Stake,
    Stakeholder,
    User,
)
from db.queries import Viewer
from db.rights import sees, visible, wider
from db.vocabulary import Role, Visibility, Word
from db.vocabulary_lobby import (
    ChainKind,
    CommitmentKind,
    CommitmentState,
    ContactKind,
    LoggedDeed,
    LoggedKind,
    OutcomeResult,
    StakeRole,
)
from notifications.wording import short_day
from tracker.documents import documents
from tracker.errors import NotAllowed
from tracker.rights import Deed, may_change, must_see
from tracker.versions import claim

KINDS: dict[type[Any], LoggedKind] = {
    ContactMoment: LoggedKind.CONTACT,
    Commitment: LoggedKind.COMMITMENT,
    Stake: LoggedKind.STAKE,
    Outcome: LoggedKind.OUTCOME,
    ChainLink: LoggedKind.CHAIN_LINK,
}
# What each field is called on screen; what is not named here is no word of a person.
FIELDS: dict[LoggedKind, dict[str, str]] = {
    LoggedKind.CONTACT: {
        "stakeholder_id": "met",
        "day": "datum",
        "kind": "soort",
        "message": "gebracht",
        "reply": "reactie",
        "follow_up": "vervolg",
        "follow_up_on": "vervolg op",
        "follow_up_owner": "wie het doet",
        "dossier_id": "dossier",
        "visibility": "zichtbaar voor",
    },
    LoggedKind.COMMITMENT: {
        "kind": "soort",
        "number": "nummer",
        "text": "toezegging",
        "due_on": "vóór",
        "state": "stand",
        "owner_id": "wie erop let",
    },
    LoggedKind.STAKE: {
        "stakeholder_id": "wie",
        "role": "rol",
        "influence": "invloed",
        "stance": "houding",
        "source": "vindplaats",
        "holder_id": "relatie",
        "visibility": "zichtbaar voor",
    },
    LoggedKind.OUTCOME: {
        "request": "verzoek",
        "result": "uitkomst",
        "passage": "passage",
        "source": "vindplaats",
        "day": "datum",
    },
    LoggedKind.CHAIN_LINK: {"kind": "soort", "title": "titel", "url": "adres", "day": "datum"},
}
WORDS: dict[tuple[LoggedKind, str], type[Word]] = {
    (LoggedKind.CONTACT, "kind"): ContactKind,
    (LoggedKind.COMMITMENT, "kind"): CommitmentKind,
    (LoggedKind.COMMITMENT, "state"): CommitmentState,
    (LoggedKind.STAKE, "role"): StakeRole,
    (LoggedKind.OUTCOME, "result"): OutcomeResult,
    (LoggedKind.CHAIN_LINK, "kind"): ChainKind,
    (LoggedKind.CONTACT, "visibility"): Visibility,
    (LoggedKind.STAKE, "visibility"): Visibility,
}


def must_own(deed: Deed, row: Any) -> None:
    """Raises NotFound for who may not see the row, NotAllowed for who is not of the organisation that wrote it."""
    must_see(deed, row)
    if not may_change(deed.viewer, row):
        raise NotAllowed("Dit mag alleen de organisatie die het vastlegde.")


def correct(deed: Deed, row: Any, values: dict[str, Any], seen: int) -> bool:
    """Change these fields, unless somebody else was first; gives whether there was something to change."""
    must_own(deed, row)
    claim(deed.session, row, seen)
    kind = KINDS[type(row)]
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    before = _lines(deed, row, kind, changed)
    if isinstance(row, ContactMoment) and _goes_from_others(row, values, changed):
        documents.leave_with_others(deed, row)
    for field in changed:
        setattr(row, field, values[field])
    if before:
        remember(deed, row, kind, LoggedDeed.CORRECTED, before)
    if isinstance(row, ContactMoment):
        documents.follow_contact(deed, row)
        _register_follows(deed, row, changed)
    deed.session.flush()
    return bool(changed)


def _goes_from_others(contact: ContactMoment, values: dict[str, Any], changed: list[str]) -> bool:
    narrowed = "visibility" in changed and wider(contact.visibility, values["visibility"])
    return narrowed or "dossier_id" in changed


def withdraw(deed: Deed, row: Any, seen: int) -> None:
    """Take it back: the row goes, what it said stays in its history. What hangs on a contact goes along."""
    must_own(deed, row)
    claim(deed.session, row, seen)
    hung = list[str]()
    if isinstance(row, ContactMoment):
        documents.leave_with_others(deed, row)
        hung = documents.told_of(deed.session, row)
        for promise in deed.session.exec(select(Commitment).where(Commitment.contact_id == row.id)):
            _take_back(deed, promise)
        documents.leave_contact(deed, row)
        _leave_register(deed, row)
    _take_back(deed, row, hung)


def _leave_register(deed: Deed, contact: ContactMoment) -> None:
    """Its public line ends for good: a database may give the number of a row that is gone to the next one."""
    for line in _public_lines(deed.session, contact):
        line.ended_by, line.ended_at = deed.by.id, deed.now


def _public_lines(session: Session, contact: ContactMoment) -> list[PublicContact]:
    lines = select(PublicContact).where(PublicContact.contact_id == contact.id, col(PublicContact.ended_at).is_(None))
    return list(session.exec(lines))


def _register_follows(deed: Deed, contact: ContactMoment, changed: list[str]) -> None:
    """With another day its public line waits for a second person again; with somebody else it is no longer true."""
    if "stakeholder_id" in changed:
        _leave_register(deed, contact)
    if "day" not in changed:
        return
    said = ("contact_id", "participant_id", "ours", "organisation", "office", "subject")
    for line in _public_lines(deed.session, contact):
        line.ended_by, line.ended_at = deed.by.id, deed.now
        if contact.day <= deed.today:
            words = {name: getattr(line, name) for name in said}
            again = PublicContact(**words, day=contact.day, proposed_by=deed.by.id, proposed_at=deed.now)
            deed.session.add(again)


def _take_back(deed: Deed, row: Any, hung: Iterable[str] = ()) -> None:
    kind = KINDS[type(row)]
    said = _lines(deed, row, kind, list(FIELDS[kind]))
    remember(deed, row, kind, LoggedDeed.WITHDRAWN, "\n".join(filter(None, [said, *hung])))
    deed.session.delete(row)
    deed.session.flush()


def withdraw_note(deed: Deed, entry: LogEntry) -> None:
    """Take a note off the timeline; the log itself keeps it, since it only grows."""
    must_own(deed, entry)
    if not was_withdrawn(deed.session, LoggedKind.NOTE, entry.id):
        remember(deed, entry, LoggedKind.NOTE, LoggedDeed.WITHDRAWN, f"notitie: {entry.text}")


def remember(
    deed: Deed, row: Any, kind: LoggedKind, done: LoggedDeed, before: str, subject_id: int | None = None
) -> None:
    """Put on record what was done to something of the user's own organisation, and what stood there."""
    deed.session.add(
        LoggedChange(
            kind=kind,
            subject_id=row.id if subject_id is None else subject_id,
            deed=done,
            dossier_id=row.id if isinstance(row, Dossier) else getattr(row, "dossier_id", None),
            participant_id=deed.by.participant_id,
            user_id=deed.by.id,
            at=deed.now,
            before=before,
        )
    )
    deed.session.flush()


def was_withdrawn(session: Session, kind: LoggedKind, subject_id: int) -> bool:
    """Whether this was taken back."""
    return subject_id in withdrawn(session, kind, [subject_id])


def withdrawn(session: Session, kind: LoggedKind, subjects: list[int]) -> set[int]:
    """Which of these were taken back."""
    rows = select(LoggedChange.subject_id).where(
        LoggedChange.kind == kind,
        LoggedChange.deed == LoggedDeed.WITHDRAWN,
        col(LoggedChange.subject_id).in_(subjects),
    )
    return set(session.exec(rows))


def history_of(session: Session, viewer: Viewer, kind: LoggedKind, subject_id: int) -> list[tuple[LoggedChange, str]]:
    """What happened to one thing, newest first, with who did it; only for the organisation that wrote it."""
    return _history(session, viewer, LoggedChange.kind == kind, LoggedChange.subject_id == subject_id)


def history_in(session: Session, viewer: Viewer, dossier: Dossier) -> list[tuple[LoggedChange, str]]:
    """What was corrected and taken back in a dossier by the viewer's organisation, newest first."""
    return _history(session, viewer, LoggedChange.dossier_id == dossier.id)


def withdrawn_without_dossier(session: Session, viewer: Viewer, most: int = 50) -> list[tuple[LoggedChange, str]]:
    """The newest contacts and promises without a dossier that the viewer's organisation took back."""
    rows = _history(
        session, viewer, col(LoggedChange.kind).in_([LoggedKind.CONTACT, LoggedKind.COMMITMENT]),
        LoggedChange.deed == LoggedDeed.WITHDRAWN, col(LoggedChange.dossier_id).is_(None),
    )  # fmt: skip
    return rows[:most]


def _history(session: Session, viewer: Viewer, *conditions: Any) -> list[tuple[LoggedChange, str]]:
    rows = select(LoggedChange, User.name).where(
        LoggedChange.user_id == User.id, visible(viewer, LoggedChange), *conditions
    )
    return list(session.exec(rows.order_by(col(LoggedChange.id).desc())))


def _lines(deed: Deed, row: Any, kind: LoggedKind, fields: list[str]) -> str:
    """A line a field that a person filled in; what was empty needs none."""
    labels = FIELDS[kind]
    values = [(field, getattr(row, field)) for field in labels if field in fields]
    return "\n".join(f"{labels[f]}: {_said(deed, kind, f, v)}" for f, v in values if v not in (None, ""))


def _said(deed: Deed, kind: LoggedKind, field: str, value: Any) -> str:
    session = deed.session
    if (kind, field) in WORDS:
        return WORDS[kind, field](value).label
    if field == "stakeholder_id":
        who = session.get_one(Stakeholder, value)
        return ", ".join(filter(None, [who.person, who.office, who.organisation]))
    if field in ("owner_id", "holder_id", "follow_up_owner"):
        return session.get_one(User, value).name
    if field == "dossier_id":
        return _title(deed, session.get_one(Dossier, value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return short_day(value)
    return str(value)


def _title(deed: Deed, dossier: Dossier) -> str:
    """What it is called now, unless its owner hid it since: a whole organisation reads this history, by any role."""
    anybody = Viewer(deed.by.id, Role.READER, deed.by.participant_id)
    open_to_all = sees(anybody, dossier.participant_id, dossier.visibility, None)
    return dossier.title if open_to_all else "een dossier van een ander, niet voor iedereen hier"
