"""Ends of a dossier that are no result: parked until a day, merged into another, or thrown away while it is empty."""

from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import (
    Application,
    CoalitionMember,
    Commitment,
    ContactMoment,
    Document,
    Dossier,
    DossierCall,
    DossierChallenge,
    DossierFollow,
    DossierMoment,
    DossierParticipant,
    LobbyAgendaItem,
    LogEntry,
    Outcome,
    Position,
    SignOffRound,
    Stake,
)
from db.queries import Viewer
from db.rights import adds_readers, group_of, visible, wider
from db.vocabulary import Visibility
from db.vocabulary_lobby import DossierKind, LoggedDeed, LoggedKind, LogKind
from notifications.wording import listed, short_day
from tracker.errors import Incomplete, MoveNotAllowed, NotFound
from tracker.lobby.dossiers import check_not_on_agenda, narrow
from tracker.lobby.history import must_own, remember, withdraw
from tracker.lobby.log import log
from tracker.rights import Deed
from tracker.versions import claim

# What somebody put in a dossier, and how it is called where it keeps a dossier from being thrown away.
CONTENTS: dict[str, type[Any]] = {
    "contacten": ContactMoment,
    "toezeggingen": Commitment,
    "het krachtenveld": Stake,
    "opbrengsten": Outcome,
    "standpunten": Position,
    "de coalitie": CoalitionMember,
    "afstemrondes": SignOffRound,
    "momenten": DossierMoment,
    "de lobbyagenda": LobbyAgendaItem,
    "een aanvraag": Application,
}
MOVED: tuple[type[Any], ...] = (ContactMoment, Commitment, Outcome, Document)
FOR_GROUP: dict[str, type[Any]] = {
    "contacten": ContactMoment,
    "toezeggingen": Commitment,
    "rijen van het krachtenveld": Stake,
    "opbrengsten": Outcome,
    "documenten": Document,
}
LINKS = ((DossierMoment, "moment_id"), (DossierCall, "call_id"), (DossierChallenge, "challenge_id"))
STAYS = {"standpunten": Position, "een coalitie": CoalitionMember, "afstemrondes": SignOffRound}


def park(deed: Deed, dossier: Dossier, until: date | None, seen: int) -> None:
    """Leave a dossier alone until a day, or take it up again with none."""
    must_own(deed, dossier)
    if until is not None and until <= deed.today:
        raise Incomplete("Kies een dag die nog komt.", "parked_until")
    if dossier.closed_at is not None:
        raise MoveNotAllowed("Dit dossier is al gesloten.", "parked_until")
    claim(deed.session, dossier, seen)
    dossier.parked_until = until
    log(deed, dossier, LogKind.MOVED, f"Geparkeerd tot {short_day(until)}" if until else "Weer opgepakt")


def contents(session: Session, dossier: Dossier) -> list[str]:
    """What stands in a dossier, in words; whoever's it is, so that nothing of others is thrown away."""
    return (
        [word for word, model in CONTENTS.items() if _count(session, model, dossier)]
        + (["notities"] if _notes(session, dossier) else [])
        + (["documenten"] if _documents(session, dossier) else [])
    )


def _count(session: Session, model: type[Any], dossier: Dossier) -> int:
    return session.exec(select(func.count()).select_from(model).where(col(model.dossier_id) == dossier.id)).one()


def _documents(session: Session, dossier: Dossier) -> bool:
    there = select(Document.id).where(Document.dossier_id == dossier.id, col(Document.withdrawn_at).is_(None))
    return session.exec(there).first() is not None


def _notes(session: Session, dossier: Dossier) -> bool:
    notes = select(LogEntry.id).where(LogEntry.dossier_id == dossier.id, LogEntry.kind == LogKind.NOTE)
    return session.exec(notes).first() is not None


def delete(deed: Deed, dossier: Dossier, seen: int) -> None:
    """Throw an empty dossier away: it is nowhere any more, only its log stays."""
    must_own(deed, dossier)
    claim(deed.session, dossier, seen)  # before one looks: whoever adds something waits, or was first
    left = contents(deed.session, dossier)
    if left:
        raise Incomplete(
            "Er staat nog iets in dit dossier; alleen een leeg dossier kan weg. Voeg het samen of sluit het."
        )
    dossier.deleted_at = deed.now
    remember(deed, dossier, LoggedKind.DOSSIER, LoggedDeed.WITHDRAWN, f"titel: {dossier.title}")


def mergeable(session: Session, viewer: Viewer, dossier: Dossier) -> list[Dossier]:
    """The dossiers of the same organisation and kind into which this one can go."""
    rows = select(Dossier).where(
        Dossier.participant_id == dossier.participant_id,
        Dossier.kind == DossierKind.LOBBY,
        Dossier.id != dossier.id,
        visible(viewer, Dossier),
    )
    return list(session.exec(rows.order_by(col(Dossier.title))))


def merge(deed: Deed, dossier: Dossier, into: Dossier, seen: int) -> None:
    """Bring all that stands in a dossier to another of the same organisation; the old address then leads there.

    Nothing becomes visible to more people: what was wider than the dossier it comes to is narrowed, and what is for
    the group goes to no group with others in it.
    """
    _check_merge(deed, dossier, into)
    claim(deed.session, dossier, seen)
    claim(deed.session, into)
    _check_groups(deed.session, dossier, into)
    _move_stakes(deed, dossier, into)
    for model in MOVED:
        for row in deed.session.exec(select(model).where(model.dossier_id == dossier.id)):
            row.dossier_id, row.version = into.id, row.version + 1
    _move_links(deed.session, dossier, into)
    dossier.merged_into_id = into.id
    both_grouped = dossier.visibility == into.visibility == Visibility.GROUP
    opened = wider(into.visibility, dossier.visibility) or (
        both_grouped and _lets_others_in(deed.session, dossier, into)
    )
    what = "een ander dossier" if opened else dossier.title  # who could not see it does not learn its title
    log(deed, into, LogKind.EDITED, f"Samengevoegd met: {what}")
    remember(deed, dossier, LoggedKind.DOSSIER, LoggedDeed.WITHDRAWN, f"samengevoegd: {dossier.title}")
    narrow(deed.session, into)


def _check_merge(deed: Deed, dossier: Dossier, into: Dossier) -> None:
    must_own(deed, dossier)
    must_own(deed, into)
    if into.id == dossier.id or into.kind != dossier.kind or dossier.kind != DossierKind.LOBBY:
        raise Incomplete("Kies een ander lobbydossier.", "into")
    if into.deleted_at or into.merged_into_id:
        raise NotFound
    check_not_on_agenda(deed.session, dossier, "into")
    stays = [word for word, model in STAYS.items() if _count(deed.session, model, dossier)]
    if stays:
        raise Incomplete(
            f"Dit dossier heeft {', '.join(stays)}; die gaan nergens in op. Sluit het, of kies omgekeerd.", "into"
        )


def _check_groups(session: Session, dossier: Dossier, into: Dossier) -> None:
    """Raises Incomplete where what somebody wrote for the one group would be read by another."""
    if into.visibility == Visibility.OWN or not _lets_others_in(session, dossier, into):
        return
    kept = [word for word, model in FOR_GROUP.items() if _for_group(session, model, dossier)]
    if kept:
        raise Incomplete(
            f"Hier staan {listed(kept)} voor de groep van dit dossier, en in de groep van het andere zitten anderen."
            " Maak eerst de groepen gelijk.",
            "into",
        )


def _lets_others_in(session: Session, dossier: Dossier, into: Dossier) -> bool:
    """Whether the group of the one it goes into has others in it, or will have once a party joins."""
    opened = into.group_parties and not dossier.group_parties
    return opened or adds_readers(group_of(session, into), group_of(session, dossier))


def _for_group(session: Session, model: type[Any], dossier: Dossier) -> bool:
    rows = select(model.id).where(col(model.dossier_id) == dossier.id, col(model.visibility) == Visibility.GROUP)
    if model is Document:
        rows = rows.where(col(Document.withdrawn_at).is_(None))
    return session.exec(rows).first() is not None


def _move_stakes(deed: Deed, dossier: Dossier, into: Dossier) -> None:
    """Where both have a stake of the same stakeholder, that of the dossier that stays holds."""
    there = set(deed.session.exec(select(Stake.stakeholder_id).where(Stake.dossier_id == into.id)))
    for stake in list(deed.session.exec(select(Stake).where(Stake.dossier_id == dossier.id))):
        if stake.stakeholder_id not in there:
            stake.dossier_id, stake.version = into.id, stake.version + 1
        elif stake.participant_id == deed.by.participant_id:
            withdraw(deed, stake, stake.version)


def _move_links(session: Session, dossier: Dossier, into: Dossier) -> None:
    """Moments, calls, opgaven, participants, who follows it, and lobby agendas: each once."""
    people = ((DossierParticipant, "participant_id"), (DossierFollow, "user_id"))
    for model, key in (*LINKS, *people, (LobbyAgendaItem, "year")):
        there = set(session.exec(select(getattr(model, key)).where(model.dossier_id == into.id)))
        for row in list(session.exec(select(model).where(model.dossier_id == dossier.id))):
            if getattr(row, key) not in there:
                session.add(model(**{**row.model_dump(), "dossier_id": into.id}))
            session.delete(row)
    session.flush()
