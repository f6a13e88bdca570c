"""What an opgave brought in a year: what was asked, what came of it and who carried it; for councils to read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import Application, Dossier, DossierChallenge, Outcome, Participant
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import DossierKind
from notifications.wording import local_day


@dataclass(frozen=True)
class ApplicationResult:
    """An application that went in, or was decided on, in the year; ``carrier``: the penvoerder, or whose file it is."""

    dossier: Dossier
    application: Application
    carrier: str


@dataclass(frozen=True)
class LobbyResult:
    """A lobby dossier that ran in the year, with what came of its requests in it."""

    dossier: Dossier
    carrier: str
    outcomes: Sequence[Outcome] = ()


@dataclass(frozen=True)
class Results:
    """All of it, as far as the viewer may see; sums in euros, without what is an example."""

    asked: list[ApplicationResult] = field(default_factory=list)
    lobbied: list[LobbyResult] = field(default_factory=list)
    submitted: int = 0
    requested: Decimal = Decimal(0)
    awarded: int = 0
    granted: Decimal = Decimal(0)


def results(session: Session, challenges: Collection[str], year: int, viewer: Viewer) -> Results:
    """What the opgaven brought in a calendar year."""
    serving = select(DossierChallenge.dossier_id).where(col(DossierChallenge.challenge_id).in_(challenges))
    seen = select(Dossier).where(visible(viewer, Dossier), col(Dossier.id).in_(serving))
    dossiers = list(session.exec(seen.order_by(col(Dossier.title), col(Dossier.id))))
    names = {p.id: p.name for p in session.exec(select(Participant))}
    applications = [a for a in _asked(session, dossiers, names) if year in _years(a.application)]
    real = [a.application for a in applications if not a.dossier.example]
    sent = [a for a in real if a.submitted_on and a.submitted_on.year == year]
    won = [a for a in real if a.granted is not None and a.decided_on and a.decided_on.year == year]
    return Results(
        applications,
        _lobbied(session, dossiers, names, year, viewer),
        len(sent),
        sum((a.requested or Decimal(0) for a in sent), Decimal(0)),
        len(won),
        sum((a.granted or Decimal(0) for a in won), Decimal(0)),
    )


def _asked(session: Session, dossiers: Sequence[Dossier], names: dict[str, str]) -> list[ApplicationResult]:
    rows = select(Application).where(col(Application.dossier_id).in_([d.id for d in dossiers]))
    by_id = {a.dossier_id: a for a in session.exec(rows)}
    return [
        ApplicationResult(dossier, application, names[application.lead_id or dossier.participant_id])
        for dossier in dossiers
        if (application := by_id.get(dossier.id))
    ]


def _years(application: Application) -> set[int]:
    return {day.year for day in (application.submitted_on, application.decided_on) if day}


def _lobbied(
    session: Session, dossiers: Sequence[Dossier], names: dict[str, str], year: int, viewer: Viewer
) -> list[LobbyResult]:
    running = [d for d in dossiers if d.kind == DossierKind.LOBBY and _ran(d, year)]
    stated = select(Outcome).where(
        col(Outcome.dossier_id).in_([d.id for d in running]),
        col(Outcome.day).between(date(year, 1, 1), date(year, 12, 31)),
        visible(viewer, Outcome),
    )
    outcomes: dict[int, list[Outcome]] = {}
    for outcome in session.exec(stated.order_by(col(Outcome.day), col(Outcome.id))):
        outcomes.setdefault(outcome.dossier_id, []).append(outcome)
    return [LobbyResult(d, names[d.participant_id], outcomes.get(d.id, ())) for d in running]


def _ran(dossier: Dossier, year: int) -> bool:
    return local_day(dossier.opened_at).year <= year and (
        dossier.closed_at is None or local_day(dossier.closed_at).year >= year
    )
