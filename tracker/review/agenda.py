"""What an organisation has to go through now: what is too late, to be decided, due within two weeks, and of nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import ActionPoint, ApplicationTask, DecisionClock, Dossier, Milestone
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_calendar import PointKind, PointPart
from db.vocabulary_lobby import ApplicationStage, DossierKind
from notifications.wording import local_day
from tracker.calendar.bodies import body_calendar
from tracker.calendar.due import DueItem, due_items_of, too_late_this_week
from tracker.clock import Now
from tracker.lobby.due import LobbyDue, lobby_due
from tracker.lobby.worklist import Matter, open_matters
from tracker.review.action_points import open_ones

K, P = PointKind, PointPart
DUE, NOBODY = timedelta(days=14), timedelta(days=60)  # how far ahead one looks
MOST_POINTS = 200
OF_ITEM = {"milestone": K.MILESTONE, "deadline": K.DEADLINE, "task": K.TASK, "call": K.CALL}
OF_LOBBY = {
    "position_review": K.POSITION,
    "mandate": K.POSITION,
    "commitment": K.COMMITMENT,
    "follow_up": K.FOLLOW_UP,
    "moment": K.MOMENT,
    "sign_off": K.ROUND,
    "own_round": K.ROUND,
    "to_confirm": K.RESOLUTION,
}
# What is one person's in a list of theirs is everybody's at the table: before its day, and after it.
OWN = {
    "own_round": ("Afstemronde loopt af", "Afstemronde is afgelopen"),
    "to_confirm": ("Een besluit wacht op bevestiging",) * 2,
}
NO_HOLDER = "heeft nog geen trekker"


@dataclass(frozen=True)
class AgendaPoint:
    """One thing to go through; ``subject_id`` names it among its kind, ``link`` is its page."""

    kind: PointKind
    subject_id: int
    part: PointPart
    day: date
    what: str
    title: str
    link: str
    dossier_id: int | None = None
    assumed: bool = False

    @property
    def order(self) -> tuple[int, date, str, int]:
        """By part, then by day."""
        return list(P).index(self.part), self.day, self.kind, self.subject_id


def points_now(session: Session, viewer: Viewer, now: Now) -> list[AgendaPoint]:
    """Everything of the viewer's organisation that the viewer may see, once each, in the order of a meeting."""
    found = [
        *_undecided(session, viewer, now),
        *_planned(session, viewer, now),
        *_lobby(session, viewer, now),
        *_without_holder(session, viewer),
        *(point for row, spoken in open_ones(session, viewer) if (point := action_point(row, now, spoken))),
    ]
    once: dict[tuple[PointKind, int, int | None], AgendaPoint] = {}
    for point in sorted(found, key=lambda point: point.order):
        once.setdefault((point.kind, point.subject_id, point.dossier_id), point)
    return list(once.values())[:MOST_POINTS]


def _planned(session: Session, viewer: Viewer, now: Now) -> Iterator[AgendaPoint]:
    """Milestones, assigned deadlines, tasks and reports; and calls whose last safe go/no-go falls this week."""
    items = due_items_of(session, viewer.participant_id or "", now, now.today + NOBODY)
    for item in items:
        late = item.overdue and not item.assumed  # a day of an assumed rhythm is no fact that was missed
        near = item.day <= now.today + DUE
        if late or near or item.assignee_id is None:
            part = P.LATE if late else P.DUE if near and item.assignee_id else P.NOBODY
            yield _of_item(session, item, part)
    for item in too_late_this_week(session, viewer, now, body_calendar(session)):
        yield _of_item(session, item, P.DECIDE)


def _of_item(session: Session, item: DueItem, part: PointPart) -> AgendaPoint:
    word, number = item.key.split(":")[:2]
    kind, subject_id = OF_ITEM[word], int(number)
    dossier_id = _dossier_of(session, kind, subject_id)
    return AgendaPoint(
        kind, subject_id, part, item.day, item.what, item.title, item.link, dossier_id, assumed=item.assumed
    )


def _dossier_of(session: Session, kind: PointKind, subject_id: int) -> int | None:
    if kind == K.TASK:
        return session.get_one(ApplicationTask, subject_id).dossier_id
    if kind == K.MILESTONE:
        return session.get_one(DecisionClock, session.get_one(Milestone, subject_id).clock_id).dossier_id
    return None


def _undecided(session: Session, viewer: Viewer, now: Now) -> Iterator[AgendaPoint]:
    """Applications that wait for a go or no-go."""
    rows = _own(viewer).where(Dossier.kind == DossierKind.APPLICATION, Dossier.stage == ApplicationStage.GO_NO_GO)
    for dossier in session.exec(rows.order_by(col(Dossier.id))):
        yield AgendaPoint(
            K.APPLICATION, dossier.id, P.DECIDE, now.today, "go of no-go", dossier.title, f"/aanvragen/{dossier.id}",
            dossier.id,
        )  # fmt: skip


def _without_holder(session: Session, viewer: Viewer) -> Iterator[AgendaPoint]:
    """Running dossiers and applications that nobody pulls."""
    rows = _own(viewer).where(col(Dossier.lobbyist_id).is_(None), col(Dossier.official_id).is_(None))
    for dossier in session.exec(rows.order_by(col(Dossier.id))):
        room = "aanvragen" if dossier.kind == DossierKind.APPLICATION else "dossiers"
        yield AgendaPoint(
            K.APPLICATION, dossier.id, P.NOBODY, local_day(dossier.opened_at), NO_HOLDER, dossier.title,
            f"/{room}/{dossier.id}", dossier.id,
        )  # fmt: skip


def action_point(row: ActionPoint, now: Now, spoken: bool = False) -> AgendaPoint | None:
    """What people put on the meeting themselves; none while it was spoken about and its day is not near."""
    late = row.day is not None and row.day < now.today
    far = row.day is not None and row.day > now.today + DUE
    if spoken and far and row.assignee_id:
        return None
    part = P.LATE if late else P.DUE if row.assignee_id else P.NOBODY
    day = row.day or local_day(row.added_at)
    what = "actiepunt" if row.day else "actiepunt zonder dag, toegevoegd"
    return AgendaPoint(K.ACTION, row.id, part, day, what, row.text, f"/overleg#actiepunt-{row.id}")


def _own(viewer: Viewer) -> SelectOfScalar[Dossier]:
    running = select(Dossier).where(visible(viewer, Dossier), Dossier.participant_id == viewer.participant_id)
    return running.where(col(Dossier.closed_at).is_(None), col(Dossier.parked_until).is_(None))


def _lobby(session: Session, viewer: Viewer, now: Now) -> Iterator[AgendaPoint]:
    """What of the lobby is due with the people of the organisation."""
    due = [item for item in lobby_due(session, now.today, DUE) if item.kind in OF_LOBBY]
    for matter in open_matters(session, viewer, due, now.today):
        if any(user.participant_id == viewer.participant_id for user in matter.people):
            yield _of_matter(matter)


def _of_matter(matter: Matter) -> AgendaPoint:
    due = matter.due
    number, part = int(due.key.split(":")[1]), P.LATE if matter.late else P.DUE
    what = OWN[due.kind][matter.late] if due.kind in OWN else due.what
    return AgendaPoint(OF_LOBBY[due.kind], number, part, due.due, what, due.about, due.link, _dossier_behind(due))


def _dossier_behind(due: LobbyDue) -> int | None:
    if isinstance(due.owned, Dossier):
        return due.owned.id
    return getattr(due.owned, "dossier_id", None)
