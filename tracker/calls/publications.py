"""The way to a call: letter, debate, consultation, publication, opening; read from what we know, or told by people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import Call, ChainLink, Deadline, Dossier, DossierCall, DossierMoment, Moment, Reference, Sighting, User
from db.queries import Viewer
from db.rights import has_role, may_see, visible
from db.vocabulary import DeadlineKind, Role, Visibility
from db.vocabulary_lobby import ChainKind
from tracker.calls.identity import same_reference
from tracker.calls.mentions import mentions, named_in
from tracker.errors import Incomplete, NotAllowed, NotFound, required
from tracker.rights import may_tend, viewer_of

ORDER = list(ChainKind)
HOPS = 3  # a publication names a consultation, which names a letter
KINDS = {
    "internetconsultatie": ChainKind.CONSULTATION,
    "have_your_say": ChainKind.CONSULTATION,
    "bekendmakingen": ChainKind.PUBLICATION,
    "bekendmakingen_sru": ChainKind.PUBLICATION,
    "cvdr": ChainKind.PUBLICATION,
    "rijksoverheid": ChainKind.NEWS,
    "rvo_news": ChainKind.NEWS,
}
TEXTS = (*KINDS, "tweede_kamer")  # who publishes texts that may name a call


@dataclass(frozen=True)
class Link:
    """One step: what, when, where to read it, and who says so; ``call_id`` where it has a page of ours.

    ``names``: the words in which it names the call, where it is a text about it.
    """

    kind: ChainKind
    title: str
    url: str
    day: date | None = None
    source: str = ""
    person: str = ""
    call_id: int | None = None
    link_id: int | None = None
    names: str = ""
    own: bool = field(default=False, compare=False)

    @property
    def order(self) -> tuple[bool, date, int, str]:
        """By day; what has none stands last, in the usual order of the steps."""
        return self.day is None, self.day or date.min, ORDER.index(self.kind), self.title


@dataclass(frozen=True)
class NewLink:
    """What a person says of a step."""

    kind: ChainKind
    title: str
    url: str
    day: date | None = None


def chain(session: Session, call: Call, viewer: Viewer) -> list[Link]:
    """Every step that is known, oldest first: from sources, from moments of dossiers, and from people."""
    machine = [*_of_sightings(session, call), *_openings(session, call)]
    seen = {link.call_id for link in machine if link.call_id}
    machine += [link for link in _of_moments(session, call, viewer) if link.call_id not in seen]
    every = {*machine, *_of_people(session, call, viewer)}
    if all(link.kind == ChainKind.OPENING for link in every):
        return []  # its opening alone stands among its dates
    return sorted(every, key=lambda link: link.order)


def _of_sightings(session: Session, call: Call) -> list[Link]:
    """What sources published of the call, of what that names by a reference, and what names the call itself."""
    near = list(session.exec(select(Sighting).where(Sighting.call_id == call.id)))
    chain, known = list(near), {s.id for s in near}
    for _ in range(HOPS):
        names = {name for s in near for name in _names(s)}
        near = [s for s in _with_references(session, names) if s.id not in known]
        if not near:
            break
        chain, known = [*chain, *near], known | {s.id for s in near}
    later = [(s, words) for s, words in mentions(session, call, TEXTS) if s.id not in known]
    every = [*((s, "") for s in chain), *later]
    return [link for s, words in every if (link := _of_sighting(s, call, words))]


def _names(sighting: Sighting) -> set[str]:
    texts = (str(sighting.fields.get(name) or "") for name in ("title", "summary", "url"))
    return {same_reference(r) for r in sighting.references} | set(named_in(" ".join(texts)).values())


def _with_references(session: Session, names: Iterable[str]) -> list[Sighting]:
    query = select(Sighting).join(Reference, col(Reference.sighting_id) == col(Sighting.id))
    return list(session.exec(query.where(col(Reference.reference).in_(sorted(names))).order_by(col(Sighting.id))))


def _of_sighting(sighting: Sighting, call: Call, names: str = "") -> Link | None:
    fields = sighting.fields
    kind = KINDS.get(sighting.source) or _of_parliament(sighting)
    if kind is None:
        return None
    elsewhere = sighting.call_id if sighting.call_id != call.id else None
    title = str(fields.get("title") or call.title)
    return Link(kind, title, sighting.url, _day_of(fields), sighting.source, call_id=elsewhere, names=names)


def _of_parliament(sighting: Sighting) -> ChainKind | None:
    if sighting.source != "tweede_kamer":
        return None
    letter = str(sighting.fields.get("type_of_action") or "").lower().startswith("brief")
    return ChainKind.LETTER if letter else ChainKind.DEBATE


def _day_of(fields: dict[str, Any]) -> date | None:
    """When it was published; for a consultation or a debate, its first day."""
    days = [fields.get("published_on"), *sorted(d["day"] for d in fields.get("deadlines", ()) if d.get("day"))]
    first = next(filter(None, days), None)
    return date.fromisoformat(first) if first else None


def _openings(session: Session, call: Call) -> list[Link]:
    rows = select(Deadline).where(
        Deadline.call_id == call.id,
        Deadline.kind == DeadlineKind.OPENS,
        col(Deadline.cancelled_at).is_(None),
        col(Deadline.day).is_not(None),
    )
    source = call.provenance.get(DeadlineKind.OPENS, "")
    return [Link(ChainKind.OPENING, "Aanvragen kan", call.url, row.day, source) for row in session.exec(rows)]


def _of_moments(session: Session, call: Call, viewer: Viewer) -> list[Link]:
    """The sources' moments that dossiers on this call hook on to."""
    hooked = select(DossierMoment.moment_id).where(
        DossierCall.call_id == call.id,
        DossierMoment.dossier_id == DossierCall.dossier_id,
        Dossier.id == DossierCall.dossier_id,
        visible(viewer, Dossier),
    )
    rows = select(Moment).where(col(Moment.call_id).is_not(None), col(Moment.id).in_(hooked), visible(viewer, Moment))
    hooked_links = []
    for moment in session.exec(rows.order_by(col(Moment.id))).all():
        # One by one: a join makes SQLite read every call to find the few.
        outside = session.get_one(Call, moment.call_id)
        sightings = select(Sighting).where(Sighting.call_id == outside.id)
        links = (_of_sighting(s, call) for s in session.exec(sightings))
        usual = Link(ChainKind.OTHER, moment.title, outside.url, moment.starts_on, call_id=outside.id)
        hooked_links.append(next(filter(None, links), usual))
    return hooked_links


def _of_people(session: Session, call: Call, viewer: Viewer) -> list[Link]:
    joined = select(Call.id).where(Call.joined_into == call.id)
    rows = select(ChainLink, User.name).where(
        col(ChainLink.call_id).in_(joined) | (col(ChainLink.call_id) == call.id),
        col(ChainLink.withdrawn_at).is_(None),
        visible(viewer, ChainLink),
        User.id == ChainLink.added_by,
    )
    return [
        Link(ChainKind(row.kind), row.title, row.url, row.day, person=name, link_id=row.id, own=may_tend(viewer, row))
        for row, name in session.exec(rows)
    ]


def add_link(session: Session, call: Call, new: NewLink, by: User, now: datetime) -> ChainLink:
    """Add a step that a person knows of; everybody of the region sees it. Raises Incomplete or NotAllowed."""
    if not has_role(viewer_of(by), Role.FUNDRAISER):
        raise NotAllowed("Met de rol lezer kunt u hier niets toevoegen.")
    url = new.url.strip()
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", url):
        raise Incomplete("Neem het adres over, met https:// ervoor.", "link_url")
    link = ChainLink(
        call_id=call.id,
        kind=new.kind,
        title=required(new.title, "link_title", "Schrijf op wat het is."),
        url=url,
        day=new.day,
        added_by=by.id,
        added_at=now,
        participant_id=by.participant_id,
        visibility=Visibility.REGION,
    )
    session.add(link)
    session.flush()
    return link


def withdraw_link(session: Session, call: Call, link_id: int, by: User, now: datetime) -> None:
    """Take a step off that was no part of the way; the row stays. Raises NotFound or NotAllowed."""
    link = session.get(ChainLink, link_id)
    if link is None or not may_see(session, viewer_of(by), link) or link.withdrawn_at:
        raise NotFound("Deze schakel bestaat niet.")
    home = session.get_one(Call, link.call_id)
    if call.id not in (home.id, home.joined_into):
        raise NotFound("Deze schakel bestaat niet.")
    if not may_tend(viewer_of(by), link):
        raise NotAllowed("Dit mag alleen de organisatie die de schakel toevoegde, of een coördinator.")
    link.withdrawn_at = now
    session.flush()
