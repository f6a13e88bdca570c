"""A review meeting of an organisation: begin it with its points, who takes part, go on to the next one, and end it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from db.models import ActionPoint, Minute, Review, ReviewPerson, ReviewPoint, User
from db.queries import Viewer
from db.rights import works
from db.vocabulary import Role
from tracker.clock import Now
from tracker.errors import Incomplete, MoveNotAllowed, NotAllowed, NotFound
from tracker.people.participants import colleagues
from tracker.review.agenda import AgendaPoint, action_point, points_now
from tracker.review.subjects import may_see_point, subject_of, visibility_of, was_for
from tracker.rights import Deed, may_change, must_have, viewer_of

OVER = "Dit overleg is afgesloten: er komt niets meer bij."


def begin(deed: Deed, people: Iterable[int], others: str = "") -> Review:
    """A meeting on what is due now. ``others``: addresses of people of other organisations who take part.

    Raises Incomplete while one runs, and where somebody named cannot take part.
    """
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen overleg beginnen.")
    if running(deed.session, deed.viewer) is not None:
        raise Incomplete("Er loopt al een overleg: sluit dat eerst af.")
    review = Review(participant_id=deed.by.participant_id, began_at=deed.now, began_by=deed.by.id)
    deed.session.add(review)
    deed.session.flush()
    for user_id in _taking_part(deed, people, others):
        deed.session.add(ReviewPerson(review_id=review.id, user_id=user_id))
    add_points(deed, review, points_now(deed.session, deed.viewer, Now(deed.now)))
    return review


def _taking_part(deed: Deed, people: Iterable[int], others: str) -> list[int]:
    ours = {user.id for user in colleagues(deed.session, deed.by.participant_id) if works(viewer_of(user))}
    chosen, strangers = set(people), others.replace(",", " ").split()
    if chosen - ours:
        raise Incomplete("Kies collega's uit de lijst.", "people")
    return sorted({deed.by.id, *chosen, *(_person(deed.session, address) for address in strangers)})


def _person(session: Session, address: str) -> int:
    user = session.exec(select(User).where(User.email == address.casefold())).first()
    if user is None or user.deactivated_at is not None or not works(viewer_of(user)):
        raise Incomplete(f"Er is niemand met het adres {address} die kan deelnemen.", "others")
    return user.id


def add_points(deed: Deed, review: Review, points: Iterable[AgendaPoint]) -> int:
    """Put what is not on it yet at the end of its points; gives how many came."""
    there = all_points(deed.session, review)
    known = {(row.kind, row.subject_id, row.dossier_id) for row in there}
    new = [point for point in points if (point.kind, point.subject_id, point.dossier_id) not in known]
    for number, point in enumerate(new, len(there) + 1):
        row = ReviewPoint(review_id=review.id, number=number, **vars(point))
        row.visibility = visibility_of(subject_of(deed.session, review, row))
        deed.session.add(row)
    deed.session.flush()
    return len(new)


def refresh(deed: Deed, review: Review) -> int:
    """Add what became due meanwhile."""
    must_run(deed, review)
    return add_points(deed, review, points_now(deed.session, deed.viewer, Now(deed.now)))


def add_action(deed: Deed, review: Review, row: ActionPoint) -> int:
    """Put what somebody added on the meeting that runs, at its end; gives the number of the point."""
    must_run(deed, review)
    point = action_point(row, Now(deed.now))
    assert point is not None  # of what is new nobody spoke
    add_points(deed, review, [point])
    return len(all_points(deed.session, review))


def must_run(deed: Deed, review: Review) -> None:
    """Raises NotAllowed for who is not of its organisation, MoveNotAllowed once it is over."""
    if not may_change(deed.viewer, review):
        raise NotAllowed("Dit mag alleen de organisatie van wie dit overleg is.")
    if review.ended_at is not None:
        raise MoveNotAllowed(OVER)


def end(deed: Deed, review: Review) -> None:
    """Close it: its minutes stay as they are."""
    must_run(deed, review)
    review.ended_at, review.version = deed.now, review.version + 1
    deed.session.flush()


def running(session: Session, viewer: Viewer) -> Review | None:
    """The meeting of the viewer's organisation that was not ended."""
    rows = select(Review).where(Review.participant_id == viewer.participant_id, col(Review.ended_at).is_(None))
    return session.exec(rows.order_by(col(Review.id).desc())).first()


def last_ended(session: Session, viewer: Viewer) -> Review | None:
    """The last meeting of the viewer's organisation that ended."""
    rows = select(Review).where(Review.participant_id == viewer.participant_id, col(Review.ended_at).is_not(None))
    return session.exec(rows.order_by(col(Review.ended_at).desc(), col(Review.id).desc())).first()


def reviews_of(session: Session, viewer: Viewer, most: int = 52) -> list[Review]:
    """The meetings whose minutes the viewer may read, the newest first."""
    return list(session.exec(select(Review).where(_readable(viewer)).order_by(col(Review.id).desc()).limit(most)))


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    """Those of the own organisation, and those in which one took part."""
    took_part = select(ReviewPerson.review_id).where(ReviewPerson.user_id == viewer.user_id)
    return or_(col(Review.participant_id) == viewer.participant_id, col(Review.id).in_(took_part))


def review_for(session: Session, viewer: Viewer, review_id: int) -> Review:
    """The meeting, or NotFound: it is its organisation's, and of who takes part."""
    review = session.get(Review, review_id)
    took_part = session.get(ReviewPerson, (review_id, viewer.user_id)) is not None
    if review is None or not works(viewer) or not (took_part or review.participant_id == viewer.participant_id):
        raise NotFound
    return review


def people_of(session: Session, review: Review) -> list[User]:
    """Who takes part, by name."""
    rows = select(User).join(ReviewPerson).where(ReviewPerson.review_id == review.id)
    return list(session.exec(rows.order_by(col(User.name), col(User.id))))


def all_points(session: Session, review: Review) -> list[ReviewPoint]:
    """Every point there is, seen or not."""
    rows = select(ReviewPoint).where(ReviewPoint.review_id == review.id)
    return list(session.exec(rows.order_by(col(ReviewPoint.number))))


def points_of(session: Session, viewer: Viewer, review: Review) -> list[ReviewPoint]:
    """The points the viewer may see, in order."""
    return [point for point in all_points(session, review) if may_see_point(session, viewer, review, point)]


def point_for(session: Session, viewer: Viewer, review: Review, number: int) -> ReviewPoint:
    """The point, or NotFound."""
    same = select(ReviewPoint).where(ReviewPoint.review_id == review.id, ReviewPoint.number == number)
    point = session.exec(same).first()
    if point is None or not may_see_point(session, viewer, review, point):
        raise NotFound
    return point


def minutes_on(
    session: Session, viewer: Viewer, review: Review, points: Iterable[ReviewPoint]
) -> dict[int, list[Minute]]:
    """What was said of each of these points and is for the viewer, by the point's number in the database."""
    now = {point.id: visibility_of(subject_of(session, review, point)) for point in points}
    rows = select(Minute).where(col(Minute.point_id).in_(list(now))).order_by(col(Minute.id))
    said: dict[int, list[Minute]] = {}
    for row in session.exec(rows):
        if was_for(viewer, review, row.visibility, now[row.point_id]):
            said.setdefault(row.point_id, []).append(row)
    return said


def said_before(session: Session, viewer: Viewer, review: Review, point: ReviewPoint, most: int = 5) -> list[Minute]:
    """What its organisation said of the same thing in earlier meetings that the viewer may read, the newest first."""
    same = ReviewPoint.kind == point.kind, ReviewPoint.subject_id == point.subject_id
    rows = select(Minute).join(ReviewPoint).join(Review).where(
        *same, Review.participant_id == review.participant_id, Review.id < review.id, _readable(viewer)
    )  # fmt: skip
    now = visibility_of(subject_of(session, review, point))
    said = session.exec(rows.order_by(col(Minute.id).desc()))
    return [row for row in said if was_for(viewer, review, row.visibility, now)][:most]
