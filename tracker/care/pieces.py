"""A dossier as pieces, each with the words in it that its reader may see: for a Woo request and for the archive."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import (
    Commitment,
    ContactMoment,
    Document,
    Dossier,
    LogEntry,
    Outcome,
    Position,
    Stake,
    Stakeholder,
    User,
)
from db.queries import Viewer
from db.rights import attached, group_of, may_read_inside, readable, visible
from db.vocabulary_documents import DocumentKind
from db.vocabulary_lobby import ContactKind, OutcomeResult, PositionState, StakeRole
from notifications.wording import short_day
from tracker.documents.documents import content_of

INTERNAL = frozenset({"Interne tekst", "Rode lijnen", "Houding"})  # what one thinks, beside what one says


@dataclass(frozen=True)
class Piece:
    """One piece: what it is called, its words under their headings, its people, and the file where it is one."""

    key: str
    title: str
    words: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...] = ()  # name, function
    document: Document | None = None

    @property
    def seal(self) -> str:
        """Differs once the piece does: what was decided on it counts no more."""
        told = json.dumps([self.title, self.words, self.document.sha256 if self.document else ""])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def pieces_of(session: Session, viewer: Viewer, dossier: Dossier) -> list[Piece]:
    """All of a dossier that the viewer may see, in a fixed order."""
    return [
        Piece(f"dossier {dossier.id}", "Dossier", _filled(_dossier(dossier)), _team(session, dossier)),
        *_positions(session, viewer, dossier),
        *_contacts(session, viewer, dossier),
        *_stakes(session, viewer, dossier),
        *_rest(session, viewer, dossier),
        *_documents(session, viewer, dossier),
    ]


def _filled(words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((heading, text) for heading, text in words.items() if text)


def _dossier(row: Dossier) -> dict[str, str]:
    return {
        "Titel": row.title,
        "Doel": row.goal,
        "Kernboodschap": row.message_nl,
        "Kernboodschap (Engels)": row.message_en,
        "Gevraagd besluit": row.request,
        "Bestuurlijk trekker": row.political_lead,
        "Resultaat": row.result_text,
    }


def _team(session: Session, row: Dossier) -> tuple[tuple[str, str], ...]:
    people = (session.get(User, one) for one in (row.official_id, row.lobbyist_id) if one)
    return tuple((person.name, "medewerker") for person in people if person)


def _positions(session: Session, viewer: Viewer, dossier: Dossier) -> Iterator[Piece]:
    rows = select(Position).where(Position.dossier_id == dossier.id, readable(viewer)).order_by(col(Position.number))
    group = group_of(session, dossier)
    for row in session.exec(rows):
        words = {"Besluit": row.decision, "Openbare tekst": row.public_wording}
        if may_read_inside(viewer, row, group):
            words |= {"Interne tekst": row.internal_wording, "Rode lijnen": row.red_lines, "Grond": row.ground}
        yield Piece(f"position {row.id}", f"Standpunt, {PositionState(row.state).label}", _filled(words))


def _contacts(session: Session, viewer: Viewer, dossier: Dossier) -> Iterator[Piece]:
    rows = select(ContactMoment).where(ContactMoment.dossier_id == dossier.id, visible(viewer, ContactMoment))
    for row in session.exec(rows.order_by(col(ContactMoment.day), col(ContactMoment.id))):
        whom, ours = session.get_one(Stakeholder, row.stakeholder_id), session.get_one(User, row.user_id)
        office = ", ".join(filter(None, (whom.office, whom.organisation)))
        words = {
            "Met": ", ".join(filter(None, (whom.person, office))),
            "Adres": whom.address,
            "Namens ons": ours.name,
            "Gebracht": row.message,
            "Reactie": row.reply,
            "Vervolg": row.follow_up,
        }
        people = (*(((whom.person, whom.office),) if whom.person else ()), (ours.name, "medewerker"))
        title = f"{ContactKind(row.kind).label} met {office}, {short_day(row.day)}"
        yield Piece(f"contact {row.id}", title, _filled(words), people)


def _stakes(session: Session, viewer: Viewer, dossier: Dossier) -> Iterator[Piece]:
    rows = select(Stake).where(Stake.dossier_id == dossier.id, visible(viewer, Stake)).order_by(col(Stake.id))
    for row in session.exec(rows):
        whom = session.get_one(Stakeholder, row.stakeholder_id)
        stance = "geen openbare houding bekend" if row.stance is None else f"{row.stance:+d} van -2 tot +2"
        words = {
            "Wie": ", ".join(filter(None, (whom.person, whom.office, whom.organisation))),
            "Houding": f"{StakeRole(row.role).label}, invloed {row.influence} van 10, {stance}",
            "Bron": row.source,
        }
        yield Piece(
            f"stake {row.id}", "Krachtenveld", _filled(words), ((whom.person, whom.office),) if whom.person else ()
        )


def _rest(session: Session, viewer: Viewer, dossier: Dossier) -> Iterator[Piece]:
    """Promises, what came of requests, and the log."""
    promises = select(Commitment).where(Commitment.dossier_id == dossier.id, visible(viewer, Commitment))
    for promise in session.exec(promises.order_by(col(Commitment.id))):
        yield Piece(f"commitment {promise.id}", "Toezegging", _filled({"Tekst": promise.text, "Bron": promise.source}))
    outcomes = select(Outcome).where(Outcome.dossier_id == dossier.id, visible(viewer, Outcome))
    for outcome in session.exec(outcomes.order_by(col(Outcome.id))):
        words = {"Verzoek": outcome.request, "Passage": outcome.passage, "Bron": outcome.source}
        yield Piece(f"outcome {outcome.id}", f"Opbrengst, {OutcomeResult(outcome.result).label}", _filled(words))
    notes = select(LogEntry).where(LogEntry.dossier_id == dossier.id, LogEntry.text != "", visible(viewer, LogEntry))
    for note in session.exec(notes.order_by(col(LogEntry.id))):
        writer = session.get_one(User, note.user_id).name
        words = {"Tekst": note.text, "Door": writer}
        yield Piece(f"note {note.id}", f"Logboek, {short_day(note.day)}", _filled(words), ((writer, "medewerker"),))


def _documents(session: Session, viewer: Viewer, dossier: Dossier) -> Iterator[Piece]:
    talks = select(ContactMoment.id).where(ContactMoment.dossier_id == dossier.id, visible(viewer, ContactMoment))
    hangs = (col(Document.dossier_id) == dossier.id) | col(Document.contact_id).in_(talks)
    for row in session.exec(select(Document).where(hangs, attached(viewer)).order_by(col(Document.id))):
        title = "Document bij een standpunt" if row.position_id else "Document"
        yield Piece(f"document {row.id}", title, _filled({"Naam": row.name, "Adres": row.url}), document=row)


def file_of(session: Session, piece: Piece) -> bytes | None:
    """The bytes of a piece that is a file; none of a link."""
    if piece.document is None or piece.document.kind == DocumentKind.LINK:
        return None
    return content_of(session, piece.document)
