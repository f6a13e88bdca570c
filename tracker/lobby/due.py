"""What of the lobby is due for whom, as plain values: on the pages until it is settled, in reminders before its day."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from db.models import (
    Commitment,
    ContactMoment,
    Dossier,
    DossierMoment,
    LobbyAgenda,
    Moment,
    Position,
    Resolution,
    SignOffRound,
    Stakeholder,
    User,
)
from db.models.lobby import Owned
from db.queries import DAYS, Viewer
from db.rights import may_see
from db.status import LATELY
from db.vocabulary import Role
from db.vocabulary_lobby import CommitmentState, Gremium, MomentKind, PositionState, ResolutionKind
from notifications.wording import local_day, start_of_day
from tracker.lobby.coalition import asked_of, members_on, people_at, silent_in
from tracker.lobby.holders import NOBODY, Holders
from tracker.lobby.moment_days import last_day_of
from tracker.lobby.positions import mandate_ends
from tracker.lobby.resolutions import may_know, seconds, subject_of
from tracker.people.absences import Replacement, replacements_on
from tracker.rights import viewer_of

# Days before the due day at which a reminder goes out; 0 is the day itself.
DISTANCES = {
    "position_review": (30, 7, 0),
    "mandate": (30, 14, 7, 0),
    "commitment": (7, 1, 0),
    "follow_up": (1, 0),
    "moment": (30, 14, 7, 1),
    "sign_off": (7, 1),
    "own_round": (1, 0),
    "to_confirm": (6, 1, 0),
    "decided": (0,),
}
TITLES = {
    "position_review": "Standpunt herzien",
    "mandate": "Mandaat van een standpunt loopt af",
    "commitment": "Toezegging afhandelen",
    "follow_up": "Vervolgactie",
    "moment": "Interventiemoment sluit",
    "sign_off": "Reactie gevraagd in een afstemronde",
    "own_round": "Uw afstemronde loopt af",
    "to_confirm": "Een besluit wacht op uw bevestiging",
    "decided": "Er is een besluit vastgelegd",
}
PASSED = {  # the same once that day is past
    "mandate": "Mandaat van een standpunt is afgelopen",
    "own_round": "Uw afstemronde is afgelopen",
}
ANSWERED = frozenset({MomentKind.CONSULTATION, MomentKind.HAVE_YOUR_SAY})  # moments that close; others take place
HELD = "Interventiemoment"
# Why a person is told, for the foot of a mail.
KEEPS = "U krijgt dit omdat u lobbyist of ambtelijk trekker van dit dossier bent."
OWNS = "U krijgt dit omdat u dit hebt vastgelegd of het aan u is toegewezen."
WHY = {
    "position_review": KEEPS,
    "mandate": KEEPS,
    "commitment": OWNS,
    "follow_up": OWNS,
    "moment": KEEPS,
    "sign_off": "U krijgt dit omdat uw organisatie in deze afstemronde om een reactie is gevraagd.",
    "own_round": "U krijgt dit omdat u deze afstemronde hebt geopend of overgenomen.",
    "to_confirm": "U krijgt dit omdat u als coördinator de tweede mens kunt zijn die dit bevestigt.",
    "decided": "U krijgt dit omdat u bij dit dossier of deze agenda betrokken bent.",
}
LONGEST_ABOUT = 110
TO_CONFIRM, NEWS = timedelta(days=7), timedelta(days=1)  # from the day it was proposed, or settled


Row = Commitment | ContactMoment | Moment | Position | Resolution | SignOffRound


@dataclass(frozen=True)
class LobbyDue:
    """One thing that is due for one person. ``key`` stays the same for the same thing and day, and changes with it.

    ``about`` says what, and with which office; never a person's name, an internal wording, a message or a reply.
    ``user_id`` is NOBODY only where that was asked for. ``link`` is a path of ours behind the sign-in. ``since`` is
    when it became known: no distance that had passed by then is told. ``owned`` is the row that decides: who may see
    it may see this.
    """

    user_id: int
    kind: str
    key: str
    due: date
    link: str
    about: str = ""
    since: date = date.min
    owned: Owned | None = field(default=None, compare=False, repr=False)
    also: Owned | None = field(default=None, compare=False, repr=False)  # must be open as well
    version: int = 1  # of the row it is about: grows with every change of it
    organisation: str = ""
    replacing: Replacement | None = None
    late: bool = field(default=False, compare=False)  # its day is past
    resolution: Resolution | None = field(default=None, compare=False, repr=False)  # what waits; fewer know of that
    answers: tuple[int, int] | None = None  # the sign-off round, and the party for which an answer is asked

    @property
    def dossier_id(self) -> int | None:
        """The dossier it is about, if any."""
        return self.owned.id if isinstance(self.owned, Dossier) else getattr(self.owned, "dossier_id", None)

    @property
    def what(self) -> str:
        """What is to be done, without what it is about."""
        if isinstance(self.also, Moment) and self.also.kind not in ANSWERED:
            return HELD
        return PASSED.get(self.kind, TITLES[self.kind]) if self.late else TITLES[self.kind]

    @property
    def title(self) -> str:
        """What is to be done, in one Dutch line."""
        return f"{self.what}: {self.about}" if self.about else self.what

    @property
    def told(self) -> str:
        """The title, and for whom it is where that is not oneself."""
        return f"{self.title} (voor {self.replacing.name})" if self.replacing else self.title

    @property
    def why(self) -> str:
        """Why this person is told, in one Dutch sentence."""
        return self.replacing.why if self.replacing else WHY[self.kind]


def lobby_due(
    session: Session,
    today: date,
    ahead: timedelta = timedelta(days=60),
    since: date = date.min,
    with_nobodys: bool = False,
) -> list[LobbyDue]:
    """Everything not settled that is due by ``ahead``, however long ago, for people who may see it and are active.

    ``since``: nothing of before that day. ``with_nobodys``: also what nobody has, which no mail or calendar can tell.
    """
    holders, days = Holders(session), (since, today + ahead)
    items = [item for part in (_commitments, _follow_ups, _sign_offs) for item in part(holders, *days)]
    items += [*_positions(holders), *_to_confirm(session)]
    # What passed cannot be influenced any more, and news is told once.
    items += [item for item in (*_moments(holders), *_decided(holders, today)) if item.due >= today]
    near = [
        replace(item, late=True) if item.due < today else item
        for item in items
        if days[0] <= item.due <= days[1] and (item.user_id != NOBODY or with_nobodys)
    ]
    near += _for_replacements(session, near, today)
    return sorted(near, key=lambda item: (item.due, item.user_id, item.key))


def may_know_of(session: Session, viewer: Viewer, item: LobbyDue) -> bool:
    """Whether the viewer may know that this is due for somebody."""
    waits = item.resolution is None or may_know(session, viewer, item.resolution)
    rows = [row for row in (item.owned, item.also) if row is not None]
    return waits and bool(rows) and all(may_see(session, viewer, row) for row in rows)


def _for_replacements(session: Session, items: list[LobbyDue], today: date) -> Iterator[LobbyDue]:
    """The same for who stands in today for somebody who is away, as far as they may see it and have it not already."""
    standing_in = replacements_on(session, today)
    theirs = {(item.user_id, item.key) for item in items}
    for item in items:
        for each in standing_in.get(item.user_id, ()):
            new = (each.user_id, item.key) not in theirs
            user = session.get(User, each.user_id)
            if new and user is not None and not user.deactivated_at and may_know_of(session, viewer_of(user), item):
                theirs.add((each.user_id, item.key))
                yield replace(item, user_id=each.user_id, replacing=each)


@dataclass(frozen=True)
class _Matter:
    """A row of the lobby with what its reminder says of it; ``owned`` decides who may see it."""

    row: Row
    owned: Owned
    link: str
    about: str
    since: date
    organisation: str = ""
    also: Owned | None = None
    of: str = ""  # tells two matters of one row apart

    def due(self, user_id: int, kind: str, day: date) -> LobbyDue:
        """For one person, on that day."""
        return LobbyDue(
            user_id=user_id,
            kind=kind,
            key=f"{kind}:{self.row.id}{self.of}:{day.isoformat()}",
            due=day,
            link=self.link,
            about=_shortened(self.about),
            since=self.since,
            owned=self.owned,
            also=self.also,
            version=self.row.version if isinstance(self.row, Owned) else 1,
            organisation=self.organisation,
        )


def _shortened(about: str) -> str:
    """In one line, cut between words; what fits is most of all, and needs no search for a place to cut."""
    line = " ".join(about.split())
    return line if len(line) <= LONGEST_ABOUT else textwrap.shorten(line, LONGEST_ABOUT, placeholder=" …")


def _positions(holders: Holders) -> Iterator[LobbyDue]:
    for position, dossier in holders.session.exec(_standing_positions()):
        link, since = f"/dossiers/{dossier.id}/standpunten", position.adopted_on or date.min
        matter = _Matter(position, position, link, dossier.title, since, also=dossier)
        ends = mandate_ends(position)
        for user_id in holders.keepers(dossier, position):
            if position.next_review:
                yield matter.due(user_id, "position_review", position.next_review)
            if ends:
                yield matter.due(user_id, "mandate", ends)


@cache
def _standing_positions() -> Select[Position, Dossier]:
    return select(Position, Dossier).where(
        Position.dossier_id == Dossier.id,
        Position.state == PositionState.ADOPTED,
        col(Position.ended_on).is_(None),
        col(Dossier.closed_at).is_(None),
    )


def _with(office: str | None, organisation: str | None, what: str) -> str:
    """What is to be done and with which office; a person is not named."""
    spoken = ", ".join(filter(None, (office, organisation)))
    return f"{what} (met {spoken})" if spoken else what


OFFICE = col(Stakeholder.office), col(Stakeholder.organisation)


def _commitments(holders: Holders, since: date, until: date) -> Iterator[LobbyDue]:
    days = {"since": since, "until": until}
    for row, office, organisation in holders.session.exec(_open_commitments(), params=days):
        owner = holders.holder(row.owner_id, row)
        if row.due_on and owner is not None:
            about, known = _with(office, organisation, row.text), local_day(row.created_at)
            matter = _Matter(row, row, f"/contacten/{row.contact_id}", about, known, organisation or "")
            yield matter.due(owner, "commitment", row.due_on)


@cache
def _open_commitments() -> Select[Commitment, str, str]:
    owed = Commitment.state == CommitmentState.OPEN, col(Commitment.due_on).between(*DAYS)
    return select(Commitment, *OFFICE).join(Stakeholder, isouter=True).where(*owed)


def _follow_ups(holders: Holders, since: date, until: date) -> Iterator[LobbyDue]:
    days = {"since": since, "until": until}
    for row, office, organisation in holders.session.exec(_planned_follow_ups(), params=days):
        owner = holders.holder(row.follow_up_owner or row.user_id, row)
        if row.follow_up_on and owner is not None:
            about, known = _with(office, organisation, row.follow_up), local_day(row.logged_at)
            matter = _Matter(row, row, f"/contacten/{row.id}", about, known, organisation)
            yield matter.due(owner, "follow_up", row.follow_up_on)


@cache
def _planned_follow_ups() -> Select[ContactMoment, str, str]:
    planned = col(ContactMoment.follow_up_on).between(*DAYS), col(ContactMoment.followed_up_at).is_(None)
    return select(ContactMoment, *OFFICE).join(Stakeholder).where(*planned)


def _moments(holders: Holders) -> Iterator[LobbyDue]:
    for moment, dossier in holders.session.exec(_hooked_moments()):
        last = last_day_of(holders.session, moment)
        if last.day and moment.sure and not last.ended:
            about, since = f"{moment.title} ({dossier.title})", local_day(dossier.opened_at)
            link, of = f"/dossiers/{dossier.id}", f":{dossier.id}"
            matter = _Matter(moment, dossier, link, about, since, also=moment, of=of)
            for user_id in holders.keepers(dossier, moment):
                yield matter.due(user_id, "moment", last.day)


@cache
def _hooked_moments() -> Select[Moment, Dossier]:
    return select(Moment, Dossier).where(
        DossierMoment.moment_id == Moment.id, DossierMoment.dossier_id == Dossier.id, col(Dossier.closed_at).is_(None)
    )


def _sign_offs(holders: Holders, since: date, until: date) -> Iterator[LobbyDue]:
    """The people of each partner that has not answered, and who asked: a round is theirs until it is closed."""
    session = holders.session
    near = session.exec(_open_rounds(), params={"since": since, "until": until}).all()
    silent_of = silent_in(session, [sign_off for sign_off, _ in near])
    at = cache(partial(people_at, session))
    for sign_off, dossier in near:
        link, opened = f"/dossiers/{dossier.id}/coalitie", local_day(sign_off.opened_at)
        about = f"{sign_off.question} ({dossier.title})"
        matter = _Matter(sign_off, dossier, link, about, opened, also=sign_off)
        silent = silent_of[sign_off.id]
        holder = holders.holder(sign_off.whose, dossier)
        if silent and holder is not None:
            yield matter.due(holder, "own_round", sign_off.due_on)
        for member in silent:
            for user in asked_of(session, dossier, at(member.party_id)):
                yield replace(matter.due(user.id, "sign_off", sign_off.due_on), answers=(sign_off.id, member.id))


@cache
def _open_rounds() -> Select[SignOffRound, Dossier]:
    return select(SignOffRound, Dossier).where(
        SignOffRound.dossier_id == Dossier.id, col(Dossier.closed_at).is_(None), col(SignOffRound.closed_at).is_(None),
        col(SignOffRound.due_on).between(*DAYS),
    )  # fmt: skip


def _resolution(session: Session, resolution: Resolution, since: date) -> _Matter:
    """A resolution, with its dossier or agenda."""
    subject = subject_of(session, resolution)
    kind, body = ResolutionKind(resolution.kind).label, Gremium(resolution.gremium).label
    if isinstance(subject, LobbyAgenda):
        about, link = f"{kind} door {body} (lobbyagenda {subject.year})", f"/lobbyagenda/{subject.year}"
    else:
        about, link = f"{kind} door {body} ({subject.title})", f"/dossiers/{subject.id}/standpunten"
    return _Matter(resolution, subject, link, about, since)


def _to_confirm(session: Session) -> Iterator[LobbyDue]:
    """The coordinators of the owner who can confirm it; where there are none, the others who can."""
    for resolution in session.exec(_TO_CONFIRM):
        proposed = local_day(resolution.proposed_at)
        matter = _resolution(session, resolution, proposed)
        able = seconds(session, resolution)
        near = [user for user in able if user.participant_id == matter.owned.participant_id]
        for user in near or able:
            yield replace(matter.due(user.id, "to_confirm", proposed + TO_CONFIRM), resolution=resolution)


_TO_CONFIRM = select(Resolution).where(col(Resolution.settled_at).is_(None))


def _decided(holders: Holders, today: date) -> Iterator[LobbyDue]:
    """What a body decided, told once to who keeps the dossier, its coordinators and the partners' lobbyists."""
    session = holders.session
    for resolution in session.exec(_DECIDED, params={"lately": start_of_day(today - NEWS)}):
        if resolution.settled_at is None:
            continue
        settled = local_day(resolution.settled_at)
        matter = _resolution(session, resolution, settled)
        for user_id in _concerned(holders, matter.owned):
            if user_id != resolution.confirmed_by:
                yield matter.due(user_id, "decided", settled + NEWS)


_DECIDED = select(Resolution).where(col(Resolution.confirmed_by).is_not(None), col(Resolution.settled_at) >= LATELY)


def _concerned(holders: Holders, subject: Owned) -> Iterator[int]:
    session = holders.session
    active = list(session.exec(select(User).where(col(User.deactivated_at).is_(None)).order_by(col(User.id))))
    if isinstance(subject, Dossier):
        members = members_on(session, subject, date.max)
        keepers, parties = set(holders.keepers(subject)), {m.party_id for m in members}
    else:
        keepers, parties = set(), {user.participant_id for user in active}
    for user in active:
        leads = user.role == Role.COORDINATOR and user.participant_id == subject.participant_id
        speaks = user.role == Role.LOBBYIST and user.participant_id in parties
        if (user.id in keepers or leads or speaks) and may_see(session, viewer_of(user), subject):
            yield user.id
