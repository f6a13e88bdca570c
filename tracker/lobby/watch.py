"""Watching a dossier: who follows it, and the subject it follows in parliament, consultations and Brussels."""

from sqlmodel import Session, col, or_, select

from db.models import Call, Dossier, DossierFollow
from db.search import matching, read_translations
from db.vocabulary import Nature
from tracker.errors import Incomplete
from tracker.rights import Deed, must_change, must_see
from tracker.versions import claim

MOST_SEARCHES, LONGEST = 6, 120
MOST_FOUND = 12


def follow(deed: Deed, dossier: Dossier, yes: bool) -> None:
    """Be told of what happens in a dossier, or no longer; whoever sees it may."""
    must_see(deed, dossier)
    row = deed.session.get(DossierFollow, (dossier.id, deed.by.id))
    if yes and row is None:
        deed.session.add(DossierFollow(dossier_id=dossier.id, user_id=deed.by.id, at=deed.now))
    elif row is not None and not yes:
        deed.session.delete(row)
    deed.session.flush()


def follows(session: Session, user_id: int | None, dossier: Dossier) -> bool:
    """Whether this person follows it."""
    return session.get(DossierFollow, (dossier.id, user_id)) is not None


def searches_of(dossier: Dossier) -> list[str]:
    """What the dossier follows outside: each line one search of words that must all be there."""
    return [line for line in (" ".join(text.split()) for text in dossier.watch.splitlines()) if line]


def set_searches(deed: Deed, dossier: Dossier, text: str, seen: int) -> None:
    """Choose what the dossier follows outside; everybody who follows the dossier is told of it."""
    must_change(deed, dossier)
    lines = [line for line in (" ".join(each.split()) for each in text.splitlines()) if line]
    if len(lines) > MOST_SEARCHES or any(len(line) > LONGEST for line in lines):
        raise Incomplete(f"Ten hoogste {MOST_SEARCHES} regels, elk van ten hoogste {LONGEST} tekens.", "watch")
    claim(deed.session, dossier, seen)
    dossier.watch = "\n".join(dict.fromkeys(lines))


def found_outside(session: Session, dossier: Dossier, most: int | None = MOST_FOUND) -> list[Call]:
    """What sources tell of the subject: debates, papers, consultations and initiatives, the newest first."""
    searches = searches_of(dossier)
    if not searches:
        return []
    translations = read_translations(session)
    asked = or_(*(matching(line, translations=translations) for line in searches))
    rows = select(Call).where(Call.nature == Nature.MOMENT, col(Call.joined_into).is_(None), ~col(Call.held), asked)
    return list(session.exec(rows.order_by(col(Call.first_seen).desc(), col(Call.id).desc()).limit(most)))
