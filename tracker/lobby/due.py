"""What of the lobby is due for whom, as plain values that planning turns into reminders: a link, never what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import Commitment, ContactMoment, Dossier, DossierMoment, Moment, Position, SignOffRound, User
from db.rights import may_see
from db.vocabulary_lobby import CommitmentState, PositionState
from notifications.wording import local_day
from tracker.lobby.coalition import members_on, newest, rounds, stances
from tracker.lobby.moments import last_day_of
from tracker.lobby.positions import mandate_ends
from tracker.rights import viewer_of

# Days before the due day at which a reminder goes out; 0 is the day itself.
DISTANCES = {
    "position_review": (30, 7, 0),
    "mandate": (30, 14, 7, 0),
    "commitment": (7, 1, 0),
    "follow_up": (1, 0),
    "moment": (30, 14, 7, 1),
    "sign_off": (7, 1),
}
TITLES = {
    "position_review": "Standpunt herzien",
    "mandate": "Mandaat van een standpunt loopt af",
    "commitment": "Toezegging afhandelen",
    "follow_up": "Vervolgactie",
    "moment": "Interventiemoment sluit",
    "sign_off": "Reactie gevraagd in een afstemronde",
}


Row = Commitment | ContactMoment | Moment | Position | SignOffRound


@dataclass(frozen=True)
class LobbyDue:
    """One thing that is due for one person. ``key`` stays the same for the same thing and day, and changes with it.

    ``title`` names the kind of thing only, and ``link`` is a path of ours behind the sign-in: no word of a dossier
    travels by mail. ``since`` is when it became known: no distance that had passed by then is told.
    """

    user_id: int
    kind: str
    key: str
    due: date
    title: str
    link: str
    since: date = date.min

    @classmethod
    def of(cls, user_id: int, kind: str, row: Row, day: date, link: str, since: date) -> "LobbyDue":
        """What is due of a row."""
        return cls(user_id, kind, f"{kind}:{row.id}:{day.isoformat()}", day, TITLES[kind], link, since)


def lobby_due(session: Session, today: date, ahead: timedelta = timedelta(days=60)) -> list[LobbyDue]:
    """Everything due from a week ago to ``ahead``, for people who may still see it and are not deactivated."""
    first, last = today - timedelta(days=7), today + ahead
    parts = (_positions, _commitments, _follow_ups, _moments, _sign_offs)
    items = (item for part in parts for item in part(session) if first <= item.due <= last)
    return sorted(items, key=lambda item: (item.due, item.user_id, item.key))


def _keepers(session: Session, dossier: Dossier) -> Iterator[int]:
    """The lobbyist and the ambtelijk trekker of a dossier, as far as they are there and may see it."""
    for user_id in dict.fromkeys(filter(None, [dossier.lobbyist_id, dossier.official_id])):
        if _may(session, user_id, dossier):
            yield user_id


def _may(session: Session, user_id: int, row: Dossier | Commitment | ContactMoment) -> bool:
    user = session.get(User, user_id)
    if user is None or user.deactivated_at:
        return False
    return may_see(viewer_of(user), row.participant_id, row.visibility)


def _positions(session: Session) -> Iterator[LobbyDue]:
    rows = select(Position, Dossier).where(
        Position.dossier_id == Dossier.id,
        Position.state == PositionState.ADOPTED,
        col(Position.ended_on).is_(None),
        col(Dossier.closed_at).is_(None),
    )
    for position, dossier in session.exec(rows):
        link = f"/dossiers/{dossier.id}/standpunten"
        ends, since = mandate_ends(position), position.adopted_on or date.min
        for user_id in _keepers(session, dossier):
            if position.next_review:
                yield LobbyDue.of(user_id, "position_review", position, position.next_review, link, since)
            if ends:
                yield LobbyDue.of(user_id, "mandate", position, ends, link, since)


def _commitments(session: Session) -> Iterator[LobbyDue]:
    rows = select(Commitment).where(Commitment.state == CommitmentState.OPEN, col(Commitment.due_on).is_not(None))
    for row in session.exec(rows):
        if row.due_on and _may(session, row.owner_id, row):
            link, since = f"/contacten/{row.contact_id}", local_day(row.created_at)
            yield LobbyDue.of(row.owner_id, "commitment", row, row.due_on, link, since)


def _follow_ups(session: Session) -> Iterator[LobbyDue]:
    rows = select(ContactMoment).where(
        col(ContactMoment.follow_up_on).is_not(None), col(ContactMoment.followed_up_at).is_(None)
    )
    for row in session.exec(rows):
        owner = row.follow_up_owner or row.user_id
        if row.follow_up_on and _may(session, owner, row):
            yield LobbyDue.of(
                owner, "follow_up", row, row.follow_up_on, f"/contacten/{row.id}", local_day(row.logged_at)
            )


def _moments(session: Session) -> Iterator[LobbyDue]:
    rows = select(Moment, Dossier).where(
        DossierMoment.moment_id == Moment.id, DossierMoment.dossier_id == Dossier.id, col(Dossier.closed_at).is_(None)
    )
    for moment, dossier in session.exec(rows):
        last = last_day_of(session, moment)
        if last.day and moment.sure and not last.ended:
            for user_id in _keepers(session, dossier):
                link, since = f"/dossiers/{dossier.id}", local_day(dossier.opened_at)
                yield LobbyDue.of(user_id, "moment", moment, last.day, link, since)


def _sign_offs(session: Session) -> Iterator[LobbyDue]:
    for dossier in session.exec(select(Dossier).where(col(Dossier.closed_at).is_(None))):
        for sign_off in rounds(session, dossier):
            if sign_off.closed_at:
                continue
            answered = newest(stances(session, dossier), sign_off.id)
            waiting = {
                m.party_id for m in members_on(session, dossier, sign_off.due_on) if m.id not in answered and m.party_id
            }
            people = select(User).where(col(User.participant_id).in_(waiting), col(User.role) == "lobbyist")
            for user in session.exec(people):
                if _may(session, user.id, dossier):
                    link = f"/dossiers/{dossier.id}/coalitie"
                    yield LobbyDue.of(
                        user.id, "sign_off", sign_off, sign_off.due_on, link, local_day(sign_off.opened_at)
                    )
