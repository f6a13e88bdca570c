"""Opgaven: the agenda's tree with its calls and money, and the white-spot map of what is missing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import case, null, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Agenda, Call, Challenge, Match, Team, User
from db.queries import shared_budgets
from db.status import IS_CALL, not_closed, past_yet_open_expression, status_expression
from db.vocabulary import ChallengeKind, ChallengeStatus, Instrument, Status
from tracker.errors import NotFound
from tracker.matching.search import SHOWN_FROM
from tracker.web.frame.charts import Share, shares
from tracker.web.frame.context import RequestContext
from tracker.web.frame.phrases import challenge_name

COLUMNS = (
    *("nummer", "opgave", "hoort bij", "status", "open regelingen", "aangekondigde regelingen"),
    *("budget open in euro", "budget komt in euro", "contact", "vindplaats"),
)
RECENT = timedelta(days=90)  # topics that closed longer ago are of an earlier edition
COMING = (Status.EXPECTED, Status.ANNOUNCED)


@dataclass
class Counted:
    """What an opgave has of one kind of funding."""

    open: int = 0
    coming: int = 0
    earlier: int = 0
    money: Decimal = field(default_factory=Decimal)  # EUR, of what is open
    money_coming: Decimal = field(default_factory=Decimal)

    @property
    def spot(self) -> str:
        """How the map shows it: the strongest of open, announced, recurring and none."""
        if self.open:
            return "open"
        if self.coming:
            return "announced"
        return "recurring" if self.earlier else "none"

    def add(self, other: "Counted") -> None:
        """Take another kind in."""
        self.open += other.open
        self.coming += other.coming
        self.earlier += other.earlier
        self.money += other.money
        self.money_coming += other.money_coming


@dataclass(frozen=True)
class Node:
    """An opgave in the tree."""

    challenge: Challenge
    children: list["Node"]
    counted: Counted
    share: Share | None = None
    money: Share | None = None
    contact: str = ""


Counts = dict[str, dict[str, Counted]]


def index(request: RequestContext) -> Response:
    """The tree of one agenda, with bars: how many calls stand open or are announced, and the money in them."""
    agendas, chosen = _agendas(request)
    challenges = _of_agenda(request.session, chosen.id)
    counts = counted(request.session, request.now.instant)
    return request.page(
        "challenges/index.html",
        agendas=agendas,
        chosen=chosen,
        tree=tree(challenges, counts, _contacts(request.session)),
        empty=not challenges,
    )


def as_file(request: RequestContext) -> Response:
    """The same, a line an opgave, as a file."""
    _agendas_there, chosen = _agendas(request)
    challenges = _of_agenda(request.session, chosen.id)
    counts, contacts = counted(request.session, request.now.instant), _contacts(request.session)
    base = request.site.settings.base_url
    rows = []
    for one in challenges:
        total = _total(counts, one.id)
        rows.append((
            one.id, challenge_name(one), one.parent_id or "", ChallengeStatus(one.status).label, total.open,
            total.coming, total.money, total.money_coming, contacts.get(one.id, ""), f"{base}/opgaven/{one.id}",
        ))  # fmt: skip
    return request.file("opgaven", COLUMNS, rows)


def white_spots(request: RequestContext) -> Response:
    """Opgaven by instruments: open now, announced, recurring, none."""
    _agendas_there, chosen = _agendas(request)
    challenges = [c for c in _of_agenda(request.session, chosen.id) if _is_leaf(c)]
    counts = counted(request.session, request.now.instant, earlier=True)
    rows = [(c, [(i, counts[c.id][i]) for i in Instrument]) for c in challenges]
    return request.page("challenges/index_map.html", rows=rows)


def counted(session: Session, now: datetime, earlier: bool = False) -> Counts:
    """Opgave -> instrument -> numbers; one query. A budget that the topics of one call share is summed once.

    ``earlier``: also what has closed, which is nearly all there is.
    """
    status = status_expression(now).label("status")
    shared = select(shared_budgets(now - RECENT).subquery().c.call_title)
    pot = case((col(Call.call_title).in_(shared), col(Call.call_title)), else_=null()).label("pot")
    sums = (func.count(), func.sum(Call.budget), func.max(Call.budget))
    query = (
        columns(col(Match.challenge_id), col(Call.instrument), status, pot, *sums)
        .join(Call, col(Call.id) == col(Match.call_id))
        .where(col(Match.score) >= SHOWN_FROM, col(Call.joined_into).is_(None))
        .where(IS_CALL)
        .group_by(col(Match.challenge_id), col(Call.instrument), status, pot)
    )
    if not earlier:
        now_or_later = select(Call.id).where(or_(not_closed(now), past_yet_open_expression(now)))
        query = query.where(col(Match.call_id).in_(now_or_later))  # by number, or every match is looked at
    counts: Counts = defaultdict(lambda: defaultdict(Counted))
    for challenge_id, instrument, stands, shared_by, number, summed, largest in session.connection().execute(query):
        cell, money = counts[challenge_id][instrument], (largest if shared_by else summed)
        if stands == Status.OPEN:
            cell.open += number
            cell.money += money or Decimal(0)
        elif stands in COMING:
            cell.coming += number
            cell.money_coming += money or Decimal(0)
        elif stands == Status.CLOSED:
            cell.earlier += number
    return counts


def tree(challenges: Sequence[Challenge], counts: Counts, contacts: dict[str, str]) -> list[Node]:
    """The opgaven by their parents, in the agenda's order; the bars share one scale."""
    totals = {c.id: _total(counts, c.id) for c in challenges}
    drawn = shares({c.id: (totals[c.id].open, totals[c.id].coming) for c in challenges})
    money = shares({c.id: (int(totals[c.id].money), int(totals[c.id].money_coming)) for c in challenges})
    below: dict[str | None, list[Challenge]] = defaultdict(list)
    for challenge in challenges:
        below[challenge.parent_id].append(challenge)

    def node(challenge: Challenge) -> Node:
        children = [node(child) for child in below[challenge.id]]
        key = challenge.id
        return Node(challenge, children, totals[key], drawn[key], money[key], contacts.get(key, ""))

    return [node(challenge) for challenge in below[None]]


def _total(counts: Counts, challenge_id: str) -> Counted:
    total = Counted()
    for counted in counts[challenge_id].values():
        total.add(counted)
    return total


def _is_leaf(challenge: Challenge) -> bool:
    return bool(challenge.name) and challenge.kind != ChallengeKind.ASSIGNMENT


def _agendas(request: RequestContext) -> tuple[Sequence[Agenda], Agenda]:
    """Every edition, and the chosen one; the newest whose opgaven are matched comes first."""
    agendas = request.session.exec(select(Agenda).order_by(col(Agenda.valid_from))).all()
    wanted = request.query.get("agenda")
    chosen = next((a for a in agendas if a.id == wanted), None) if wanted else _usual(request.session, agendas)
    if chosen is None:
        if wanted or agendas:
            raise NotFound
        chosen = Agenda(id="", name="", valid_from=request.now.instant.date())
    return agendas, chosen


def _usual(session: Session, agendas: Sequence[Agenda]) -> Agenda | None:
    """The newest edition that has words to match by; until a coordinator fills it, the one before."""
    filled = {c.agenda_id for c in session.exec(select(Challenge)) if c.words_nl or c.words_en}
    return next((a for a in reversed(agendas) if a.id in filled), agendas[-1] if agendas else None)


def _of_agenda(session: Session, agenda_id: str) -> Sequence[Challenge]:
    query = select(Challenge).where(Challenge.agenda_id == agenda_id)
    return session.exec(query.order_by(col(Challenge.position), col(Challenge.id))).all()


def _contacts(session: Session) -> dict[str, str]:
    query = select(Team.challenge_id, User.name).join(User, col(User.id) == col(Team.contact_id))
    return dict(session.exec(query).all())
