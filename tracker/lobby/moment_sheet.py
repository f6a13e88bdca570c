"""Everything of one outside moment on one sheet: when it is, whether it stands, and which dossiers hook on to it."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.models import Call, Dossier, DossierMoment, Moment, Participant, Position
from db.queries import Viewer, live_call
from db.rights import may_see, visible
from db.vocabulary import Nature
from tracker.errors import NotFound
from tracker.lobby.moment_days import is_paper, moved_from, real_ones, source_of
from tracker.lobby.moments import NUMBER, kept_of, of_call, of_row, stored_for, year_named
from tracker.lobby.positions import position_on
from tracker.lobby.yearly_moments import UpcomingMoment, of_year


@dataclass(frozen=True)
class HookedDossier:
    """A dossier that hooks on to a moment, whose it is, and the position of the region that holds in it today."""

    dossier: Dossier
    owner: str
    position: Position | None


@dataclass(frozen=True)
class MomentSheet:
    """``row``: what people keep of it, once somebody hooked on or filled in a day; ``call``: what its source tells.

    ``paper``: it is no moment to come but a paper that is out.
    """

    moment: UpcomingMoment
    row: Moment | None = None
    call: Call | None = None
    paper: bool = False


def sheet_of(session: Session, viewer: Viewer, ref: str) -> MomentSheet:
    """The moment of a ref, as far as the viewer may see it. Raises NotFound."""
    kind, _, rest = ref.partition(":")
    if kind == "pattern":
        return _of_calendar(session, rest)
    if not NUMBER.fullmatch(rest):
        raise NotFound
    if kind == "call":
        return _of_source(session, int(rest))
    row = session.get(Moment, int(rest))
    if row is None or not may_see(session, viewer, row):
        raise NotFound
    return _of_kept(session, row)


def _of_kept(session: Session, row: Moment) -> MomentSheet:
    return MomentSheet(of_row(session, row), row, source_of(session, row))


def _of_source(session: Session, call_id: int) -> MomentSheet:
    call = live_call(session, call_id)
    if call is None or call.nature != Nature.MOMENT:
        raise NotFound
    row = stored_for(session, call)
    if row is not None:
        return _of_kept(session, row)
    return MomentSheet(of_call(call, moved_from(session, [call]).get(call.id)), None, call, is_paper(call))


def _of_calendar(session: Session, rest: str) -> MomentSheet:
    pattern, year = year_named(rest)
    row = kept_of(session, pattern.id, year)
    if row is not None:
        return _of_kept(session, row)
    real = real_ones(session, [pattern]).get((pattern.id, year))
    return _of_source(session, real.id) if real else MomentSheet(of_year(pattern, year))


def hooked_on(session: Session, viewer: Viewer, row: Moment | None, day: date) -> list[HookedDossier]:
    """The dossiers the viewer may see that hook on to it."""
    if row is None:
        return []
    dossiers = select(Dossier, Participant.name).where(
        DossierMoment.moment_id == row.id,
        DossierMoment.dossier_id == Dossier.id,
        Dossier.participant_id == Participant.id,
        visible(viewer, Dossier),
    )
    rows = session.exec(dossiers.order_by(col(Dossier.title), col(Dossier.id))).all()
    return [HookedDossier(d, owner, position_on(session, d, day, viewer)) for d, owner in rows]
