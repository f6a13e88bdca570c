"""The co-funding guard: what each participant promised a year, at least, likely and when all is won; and hit rates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import Session, col, select

from db.models import Application, Call, Cofunding, CofundingRoom, Dossier, Participant
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import ApplicationStage, DossierKind, LogKind
from notifications.wording import amount
from tracker.errors import Incomplete, NotFound
from tracker.lobby.log import log
from tracker.rights import Deed, must_have

FIXED = frozenset(
    {ApplicationStage.AWARDED, ApplicationStage.RUNNING, ApplicationStage.ACCOUNTED, ApplicationStage.SETTLED}
)
LOST = frozenset({ApplicationStage.REJECTED, ApplicationStage.DROPPED})
# EUR per undertaking over three years; Regulation (EU) 2023/2831, in force since 1 January 2024.
DE_MINIMIS = Decimal(300_000)
CENT = Decimal("0.01")
ENOUGH_CASES = 10
Z95 = 1.959964


@dataclass(frozen=True)
class Promise:
    """One participant's own money for one application in one year, EUR; ``chance`` 0 to 100, or not judged."""

    participant_id: str
    year: int
    amount: Decimal
    de_minimis: Decimal
    stage: str
    chance: int | None
    covered: bool


@dataclass(frozen=True)
class Exposure:
    """What a participant must find in a year, EUR: at least, likely, and when everything is awarded."""

    participant_id: str
    year: int
    best: Decimal
    likely: Decimal
    all_win: Decimal
    uncovered: Decimal
    room: Decimal | None
    de_minimis: Decimal
    de_minimis_three_years: Decimal

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is too much, in Dutch."""
        warnings = []
        if self.room is not None and self.all_win > self.room:
            certain = "zeker" if self.best > self.room else ("waarschijnlijk" if self.likely > self.room else "")
            warnings.append(
                f"{certain} meer dan de ruimte" if certain else "meer dan de ruimte als alles wordt toegekend"
            )
        if self.uncovered:
            warnings.append("nog niet alles gedekt")
        if self.de_minimis_three_years > DE_MINIMIS:
            warnings.append("boven het de-minimisplafond over drie jaar")
        return tuple(warnings)


def exposure(promises: Iterable[Promise], rooms: Mapping[tuple[str, int], Decimal]) -> list[Exposure]:
    """Per participant and year. A promise without a judged chance counts in full as likely: careful with money."""
    running = [p for p in promises if p.stage not in LOST]
    grouped: dict[tuple[str, int], list[Promise]] = defaultdict(list)
    aid: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for promise in running:
        key = promise.participant_id, promise.year
        grouped[key].append(promise)
        aid[key] += promise.de_minimis
    return [_exposed(key, grouped[key], rooms.get(key), aid) for key in sorted(grouped)]


def _exposed(
    key: tuple[str, int], own: list[Promise], room: Decimal | None, aid: Mapping[tuple[str, int], Decimal]
) -> Exposure:
    participant_id, year = key
    return Exposure(
        participant_id=participant_id,
        year=year,
        best=sum((p.amount for p in own if p.stage in FIXED), Decimal(0)),
        likely=sum((_likely(p) for p in own), Decimal(0)).quantize(CENT, ROUND_HALF_UP),
        all_win=sum((p.amount for p in own), Decimal(0)),
        uncovered=sum((p.amount for p in own if not p.covered), Decimal(0)),
        room=room,
        de_minimis=aid.get(key, Decimal(0)),
        de_minimis_three_years=sum(
            (aid.get((participant_id, y), Decimal(0)) for y in range(year - 2, year + 1)), Decimal(0)
        ),
    )


def _likely(promise: Promise) -> Decimal:
    if promise.stage in FIXED or promise.chance is None:
        return promise.amount
    return promise.amount * promise.chance / 100


def promises(session: Session, viewer: Viewer) -> list[Promise]:
    """Every promise that its participant stands for and the viewer may see: the own organisation's, and open ones.

    The chance is of the application: for who may not see that it is not judged, and cannot be read off a sum.
    """
    rows = _seen(viewer).where(col(Cofunding.agreed_on).is_not(None))
    open_to = _open_to(session, viewer)
    return [
        Promise(
            c.participant_id, c.year, c.amount, c.de_minimis, d.stage, a.chance if d.id in open_to else None,
            bool(c.cover),
        )
        for c, a, d in session.exec(rows)
    ]  # fmt: skip


def _open_to(session: Session, viewer: Viewer) -> set[int]:
    return set(session.exec(select(Dossier.id).where(visible(viewer, Dossier))))


def _seen(viewer: Viewer) -> Any:
    rows = select(Cofunding, Application, Dossier).where(
        Cofunding.dossier_id == Application.dossier_id, Application.dossier_id == Dossier.id
    )
    return rows.where(or_(_in_the_name_of(viewer), visible(viewer, Dossier)))


def _in_the_name_of(viewer: Viewer) -> ColumnElement[bool]:
    """What somebody promised for the viewer's organisation is its business, wherever that stands."""
    if viewer.participant_id is None:
        return false()
    return col(Cofunding.participant_id) == viewer.participant_id


@dataclass(frozen=True)
class ElsewherePromise:
    """An amount that its participant did not say itself; the title only for who may see the application.

    ``call``: which one it is for, told to the participant whose money it is: it can say yes or no to nothing else.
    """

    promise: Cofunding
    participant: str
    owner: str
    title: str
    ours: bool
    call: Call | None = None


def waiting_for_word(session: Session, viewer: Viewer) -> list[ElsewherePromise]:
    """Promises that count for nothing before their participant agrees, by year; those of what was lost are over."""
    return _elsewhere(session, viewer, col(Cofunding.agreed_on).is_(None))


def counted_for_us(session: Session, viewer: Viewer) -> list[ElsewherePromise]:
    """What others promised in the viewer's organisation's name and it agreed to: what its sums hold is named."""
    agreed = col(Cofunding.agreed_on).is_not(None), col(Dossier.participant_id) != viewer.participant_id
    return _elsewhere(session, viewer, *agreed, _in_the_name_of(viewer))


def _elsewhere(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[ElsewherePromise]:
    query = _seen(viewer).where(*where, col(Dossier.stage).not_in(LOST))
    open_to = _open_to(session, viewer)
    names = dict(session.exec(select(Participant.id, Participant.name)).all())
    return [
        ElsewherePromise(
            row, names[row.participant_id], names[dossier.participant_id],
            dossier.title if dossier.id in open_to else "", row.participant_id == viewer.participant_id,
            session.get(Call, application.call_id) if application.call_id else None,
        )
        for row, application, dossier in session.exec(query.order_by(col(Cofunding.year), col(Cofunding.id)))
    ]  # fmt: skip


def promise_in_our_name(session: Session, viewer: Viewer, promise_id: int) -> Cofunding:
    """The promise of the viewer's own organisation, or NotFound: of others it is not even told that it is there."""
    row = session.get(Cofunding, promise_id)
    if row is None or row.participant_id != viewer.participant_id:
        raise NotFound
    return row


def agree(deed: Deed, row: Cofunding) -> None:
    """The participant says so itself; the application's log says who did."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u dit niet vastleggen.")
    if row.agreed_on is None:
        row.agreed_on, row.version = deed.today, row.version + 1
        dossier = deed.session.get_one(Dossier, row.dossier_id)
        who = deed.session.get_one(Participant, row.participant_id).name
        log(
            deed, dossier, LogKind.MONEY, f"{who} is akkoord met de eigen bijdrage van {row.year}: {amount(row.amount)}"
        )


def guard(session: Session, viewer: Viewer) -> list[tuple[Participant, Exposure]]:
    """The guard as the viewer may see it, by participant and year."""
    rooms = {
        (r.participant_id, r.year): r.amount
        for r in session.exec(select(CofundingRoom).where(visible(viewer, CofundingRoom)))
    }
    return [(session.get_one(Participant, e.participant_id), e) for e in exposure(promises(session, viewer), rooms)]


def rooms_of(session: Session, participant_id: str) -> list[CofundingRoom]:
    """What one organisation has set aside, by year."""
    rows = select(CofundingRoom).where(CofundingRoom.participant_id == participant_id)
    return list(session.exec(rows.order_by(col(CofundingRoom.year))))


def set_room(deed: Deed, year: int, amount: Decimal) -> CofundingRoom:
    """What the user's own organisation has set aside for own contributions in a year."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u dit niet vastleggen.")
    if not 2000 <= year <= 2100:
        raise Incomplete("Kies een jaar.", "year")
    same_year = select(CofundingRoom).where(
        CofundingRoom.participant_id == deed.by.participant_id, CofundingRoom.year == year
    )
    room = deed.session.exec(same_year).first() or CofundingRoom(
        participant_id=deed.by.participant_id, year=year, amount=amount, visibility=Visibility.OWN
    )
    room.amount = amount
    deed.session.add(room)
    deed.session.flush()
    return room


@dataclass(frozen=True)
class HitRate:
    """How often a programme said yes, with a 95 % interval; no rate where there are too few cases."""

    programme: str
    awarded: int
    decided: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None


def wilson(awarded: int, decided: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion (Wilson 1927); it stays inside 0 and 1, unlike the plain one."""
    share, n, z2 = awarded / decided, decided, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def hit_rates(cases: Iterable[tuple[str, str]]) -> list[HitRate]:
    """From (programme, stage): awarded and what followed is a yes, rejected a no, anything else is no case yet."""
    yes: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for programme, stage in cases:
        if stage in FIXED or stage == ApplicationStage.REJECTED:
            total[programme] += 1
            yes[programme] += stage in FIXED
    return [_rated(programme, yes[programme], total[programme]) for programme in sorted(total)]


def _rated(programme: str, awarded: int, decided: int) -> HitRate:
    if decided < ENOUGH_CASES:
        return HitRate(programme, awarded, decided)
    return HitRate(programme, awarded, decided, awarded / decided, *wilson(awarded, decided))


def rates_for(session: Session, viewer: Viewer) -> list[HitRate]:
    """Hit rates by programme over the applications the viewer may see."""
    rows = select(Application.programme, Dossier.stage).where(
        Application.dossier_id == Dossier.id, Dossier.kind == DossierKind.APPLICATION, visible(viewer, Dossier)
    )
    return hit_rates(session.exec(rows.order_by(col(Application.programme))))
