"""The minutes of a review meeting as one reader may see them: a line hangs on its point, that on what it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from db.models import Participant, Review, User
from db.queries import Viewer
from db.vocabulary_calendar import PointPart
from notifications.wording import day, local_day
from tracker.review.meetings import minutes_on, people_of, points_of


@dataclass(frozen=True)
class SaidOf:
    """A point with what was said of it: each line with who wrote it."""

    number: int
    what: str
    title: str
    link: str
    discussed: bool
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Minutes:
    """What one reader may know of a meeting."""

    owner: str
    began_at: datetime
    ended_at: datetime | None
    people: tuple[str, ...]
    parts: tuple[tuple[PointPart, tuple[SaidOf, ...]], ...]
    left: int  # points that nobody spoke about

    @property
    def title(self) -> str:
        """'Overleg van maandag 30 november 2026'."""
        return f"Overleg van {day(local_day(self.began_at))}"

    @property
    def decided(self) -> int:
        """On how many points something was said or decided."""
        return sum(bool(point.lines) for _, points in self.parts for point in points)


def minutes_for(session: Session, viewer: Viewer, review: Review) -> Minutes:
    """Only the points whose subject the reader may see now, as if the others were never there."""
    points = points_of(session, viewer, review)
    said, names = minutes_on(session, viewer, review, points), dict(session.exec(select(User.id, User.name)).all())
    spoken = [
        (PointPart(p.part), SaidOf(
            p.number, p.what, p.title, p.link, p.discussed_at is not None,
            tuple((row.text, names[row.user_id]) for row in said.get(p.id, ())),
        ))
        for p in points if p.discussed_at is not None
    ]  # fmt: skip
    parts = [(part, tuple(point for its, point in spoken if its == part)) for part in PointPart]
    return Minutes(
        session.get_one(Participant, review.participant_id).name, review.began_at, review.ended_at,
        tuple(user.name for user in people_of(session, review)),
        tuple((part, found) for part, found in parts if found), len(points) - len(spoken),
    )  # fmt: skip


def as_letter(minutes: Minutes) -> dict[str, Any]:
    """The words of the mail."""
    return {
        "title": minutes.title,
        "people": ", ".join(minutes.people),
        "parts": [
            {"name": part.label, "points": [
                {"head": f"{point.what}: {point.title}", "lines": [text for text, _ in point.lines]} for point in found
            ]}
            for part, found in minutes.parts
        ],
        "left": minutes.left,
    }  # fmt: skip
