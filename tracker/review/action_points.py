"""Points that people put on a meeting themselves: what is to be done, by whom and when, until it ends."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, select

from db.models import ActionPoint, ReviewPoint, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Role, Visibility
from db.vocabulary_calendar import MilestoneState, PointKind
from tracker.errors import Incomplete, required
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

LONGEST = 500


def add(deed: Deed, text: str, day: date | None, assignee: int | None, shared: bool = False) -> ActionPoint:
    """A new one. ``shared``: also for who takes part in a meeting from outside the organisation. Raises Incomplete."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen punt toevoegen.")
    text = required(text, "text", "Schrijf wat er te doen of te bespreken is.")
    if len(text) > LONGEST:
        raise Incomplete(f"Houd het bij {LONGEST} tekens; de toelichting kan in de notulen.", "text")
    row = ActionPoint(
        participant_id=deed.by.participant_id,
        visibility=Visibility.REGION if shared else Visibility.OWN,
        text=text,
        day=day,
        assignee_id=colleague(deed, assignee).id if assignee else None,
        added_at=deed.now,
        added_by=deed.by.id,
    )
    deed.session.add(row)
    deed.session.flush()
    return row


def colleague(deed: Deed, user_id: int) -> User:
    """Who works at the same organisation. Raises Incomplete for anybody else."""
    person = deed.session.get(User, user_id)
    if person is None or person.participant_id != deed.by.participant_id or person.deactivated_at is not None:
        raise Incomplete("Kies een collega.", "assignee")
    return person


def give(deed: Deed, row: ActionPoint, user_id: int, seen: int) -> None:
    """To a colleague."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    row.assignee_id = user_id
    deed.session.flush()


def put_on(deed: Deed, row: ActionPoint, day: date, seen: int) -> None:
    """On another day."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    row.day = day
    deed.session.flush()


def end(deed: Deed, row: ActionPoint, state: MilestoneState, seen: int) -> None:
    """It was done, or goes."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    row.state, row.settled_at = state, deed.now
    deed.session.flush()


def open_ones(session: Session, viewer: Viewer) -> Iterator[tuple[ActionPoint, bool]]:
    """Those of the viewer's organisation that did not end, by day; and whether a meeting spoke about each."""
    spoken = select(ReviewPoint.subject_id).where(
        ReviewPoint.kind == PointKind.ACTION, col(ReviewPoint.discussed_at).is_not(None)
    )
    discussed = set(session.exec(spoken))
    rows = select(ActionPoint).where(visible(viewer, ActionPoint), ActionPoint.participant_id == viewer.participant_id)
    waiting = rows.where(ActionPoint.state == MilestoneState.PLANNED)
    for row in session.exec(waiting.order_by(col(ActionPoint.day), col(ActionPoint.id))):
        yield row, row.id in discussed
