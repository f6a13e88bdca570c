"""What happened to our asks: each request over all dossiers, of whom it was asked, what came of it, and the proof."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from db.models import Dossier, Moment, Outcome, Participant, Stake, Stakeholder
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import DossierKind, OutcomeResult, StakeRole
from notifications.wording import local_day
from tracker.organisations import register


@dataclass(frozen=True)
class Ask:
    """A request; ``result``: none while nothing came of it yet; ``of``: the ministry or other body, where known."""

    dossier: Dossier
    owner: str
    of: str
    request: str
    day: date
    result: str | None = None
    passage: str = ""
    source: str = ""

    @property
    def address(self) -> str:
        """Where the passage can be read; none for a place that is no address."""
        return self.source if self.source.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Tally:
    """How often a body took over what was asked of it; examples do not count."""

    of: str
    taken_over: int
    partly: int
    refused: int
    open: int


def asks(session: Session, viewer: Viewer, among: Collection[int] | None = None) -> list[Ask]:
    """Every request the viewer may see, newest first; ``among``: only of these dossiers."""
    query = select(Dossier, Participant.name).where(
        visible(viewer, Dossier), Dossier.participant_id == Participant.id, Dossier.kind == DossierKind.LOBBY
    )
    if among is not None:
        query = query.where(col(Dossier.id).in_(among))
    rows = [(dossier, owner) for dossier, owner in session.exec(query)]
    ids = [dossier.id for dossier, _ in rows]
    outcomes, deciders = _outcomes(session, viewer, ids), _deciders(session, viewer, ids)
    every = [a for dossier, owner in rows for a in _of_dossier(dossier, owner, outcomes.get(dossier.id, []), deciders)]
    names = _registered(session, viewer, every)
    every = [replace(ask, of=names.get(ask.of, ask.of)) for ask in every]
    return sorted(every, key=lambda a: (a.day, a.dossier.id, a.request), reverse=True)


def _registered(session: Session, viewer: Viewer, every: Iterable[Ask]) -> dict[str, str]:
    """A body as somebody typed it -> what the register calls it, so that every spelling counts as one."""
    newest = {ask.of: ask.day for ask in sorted(every, key=lambda ask: ask.day) if ask.of}
    found = {name: register.find(session, viewer, name, day) for name, day in newest.items()}
    return {name: row.name for name, row in found.items() if row is not None}


def _outcomes(session: Session, viewer: Viewer, ids: Sequence[int]) -> dict[int, list[tuple[Outcome, str]]]:
    """Dossier -> what came of its requests, each with the body that decided at the moment it was asked at."""
    query = select(Outcome, Moment.body).outerjoin(Moment, col(Moment.id) == col(Outcome.moment_id))
    query = query.where(col(Outcome.dossier_id).in_(ids), visible(viewer, Outcome))
    by_dossier: dict[int, list[tuple[Outcome, str]]] = {}
    for outcome, body in session.exec(query.order_by(col(Outcome.day), col(Outcome.id))):
        by_dossier.setdefault(outcome.dossier_id, []).append((outcome, body or ""))
    return by_dossier


def _deciders(session: Session, viewer: Viewer, ids: Sequence[int]) -> dict[int, str]:
    """Dossier -> the organisation that decides on it, as the map of stakes has it."""
    query = select(Stake.dossier_id, Stakeholder.organisation).join(Stakeholder)
    query = query.where(col(Stake.dossier_id).in_(ids), Stake.role == StakeRole.DECIDES, visible(viewer, Stake))
    deciding = session.exec(query.order_by(col(Stake.influence), col(Stake.id).desc()))
    return dict(deciding.all())


def _of_dossier(
    dossier: Dossier, owner: str, outcomes: Iterable[tuple[Outcome, str]], deciders: dict[int, str]
) -> list[Ask]:
    """What came of its requests; while nothing did, the request itself."""
    of = deciders.get(dossier.id, "")
    settled = [
        Ask(dossier, owner, o.asked_of or body or of, o.request, o.day, o.result, o.passage, o.source)
        for o, body in outcomes
    ]
    if settled or not dossier.request.strip():
        return settled
    return [Ask(dossier, owner, of, dossier.request, local_day(dossier.opened_at))]


def tallies(rows: Iterable[Ask]) -> list[Tally]:
    """Per body how often it took over what was asked; what nobody was named for stands last."""
    by_body: dict[str, list[str | None]] = {}
    for ask in rows:
        if not ask.dossier.example:
            by_body.setdefault(ask.of, []).append(ask.result)
    counted = (
        Tally(
            of,
            results.count(OutcomeResult.TAKEN_OVER),
            results.count(OutcomeResult.PARTLY),
            results.count(OutcomeResult.NOT),
            results.count(None),
        )
        for of, results in by_body.items()
    )
    return sorted(counted, key=lambda tally: (not tally.of, tally.of.casefold()))
