"""Who won before: which organisation of the region, in a topic line or programme, with whom and for how much.

Amounts are EUR that the EU gives and that stay with the organisation. All of it is published, so everybody reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from db.lists import Listed, read_page
from db.models import PastPartner, PastProgramme, PastProject
from tracker.calls.topic_line import programme_of, topic_line

MOST_ON_CALL = 10
MOST_NAMED = 3  # others of the region beside the coordinator


@dataclass(frozen=True)
class Win:
    """One organisation in one project. ``beside``: its coordinator first, then others of the region."""

    partner: PastPartner
    project: PastProject
    beside: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The project's page at the publisher."""
        return f"https://cordis.europa.eu/project/id/{self.project.number}"


@dataclass(frozen=True)
class CallWinners:
    """Who won before where a call stands. ``line``: empty where it is the programme as a whole."""

    programme: PastProgramme
    line: str
    total: int
    wins: list[Win]


@dataclass(frozen=True)
class Totals:
    """What the region has in a programme or line of it."""

    projects: int
    organisations: int
    contribution: Decimal


def winners_for(session: Session, code: str, programmes: list[str]) -> CallWinners | None:
    """Who won in the line of a call; in its programme where nobody did; none while that programme was not read."""
    known = programme_of(code, programmes)
    programme = session.get(PastProgramme, known) if known else None
    if programme is None:
        return None
    line = topic_line(code)
    found = wins(session, programme.code, line, most=MOST_ON_CALL)
    if line and not found.total:
        line, found = "", wins(session, programme.code, most=MOST_ON_CALL)
    return CallWinners(programme, line, found.total, found.rows)


def wins(
    session: Session,
    programme: str,
    line: str = "",
    organisation: str = "",
    page: int | None = 1,
    most: int | None = None,
) -> Listed[Win]:
    """A page of them: participants of the region first, then the newest."""
    query = _narrowed(select(PastPartner, PastProject), programme, line, organisation).order_by(
        col(PastPartner.participant_id).is_(None),
        col(PastProject.starts_on).desc().nulls_last(),
        col(PastPartner.id),
    )
    found = read_page(session, query, page)
    rows = found.rows[:most]
    beside = _beside(session, [project.id for _, project in rows])
    return Listed([_win(partner, project, beside) for partner, project in rows], found.total)


def organisations(session: Session, programme: str, line: str, page: int | None) -> Listed[Any]:
    """An organisation a row, with how many projects and how much: participants first, then who got most."""
    ours, amount = func.max(PastPartner.participant_id), func.sum(PastPartner.contribution)
    columns: tuple[Any, ...] = (
        col(PastPartner.organisation), func.max(PastPartner.name).label("name"),
        func.max(PastPartner.kind).label("kind"),
        func.max(PastPartner.city).label("city"), func.count(func.distinct(PastPartner.project_id)).label("projects"),
        amount.label("contribution"),
    )  # fmt: skip
    query = _narrowed(select(*columns), programme, line, "").group_by(col(PastPartner.organisation))
    order = (ours.is_(None), func.coalesce(amount, 0).desc(), col(PastPartner.organisation))
    return read_page(session, query.order_by(*order), page)


def totals(session: Session, programme: str, line: str = "") -> Totals:
    """Projects and organisations counted once, amounts summed."""
    counts: tuple[Any, ...] = (
        func.count(func.distinct(PastPartner.project_id)),
        func.count(func.distinct(PastPartner.organisation)),
        func.sum(PastPartner.contribution),
    )
    projects, names, amount = session.exec(_narrowed(select(*counts), programme, line, "")).one()
    return Totals(projects, names, amount or Decimal(0))


def lines_of(session: Session, programme: str) -> list[str]:
    """The topic lines in which somebody of the region won."""
    query = select(PastProject.line).where(PastProject.programme == programme, PastProject.line != "").distinct()
    return sorted(session.exec(query))


def _narrowed(query: Any, programme: str, line: str, organisation: str) -> Any:
    joined = query.join(PastProject, col(PastProject.id) == col(PastPartner.project_id))
    kept = joined.where(PastProject.programme == programme)
    kept = kept.where(PastProject.line == line) if line else kept
    return kept.where(PastPartner.organisation == organisation) if organisation else kept


def _beside(session: Session, projects: Sequence[int]) -> dict[int, list[str]]:
    query = select(PastPartner.project_id, PastPartner.name).where(col(PastPartner.project_id).in_(projects))
    found: dict[int, list[str]] = {}
    for project, name in session.exec(query.order_by(col(PastPartner.id))):
        found.setdefault(project, []).append(name)
    return found


def _win(partner: PastPartner, project: PastProject, beside: dict[int, list[str]]) -> Win:
    names = dict.fromkeys(filter(None, [project.coordinator, *beside[project.id]]))
    others = [name for name in names if name != partner.name]
    return Win(partner, project, others[: MOST_NAMED + 1])
