"""Who may do what: every address for every role, and every visibility for every viewer; a new address fails until listed."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from db.models import Call, CoalitionMember, Dossier, DossierReader, Outcome, Position, User, Verdict
from db.queries import Viewer
from db.rights import RANK, group_of, has_role, may_read_inside, may_see, readable, visible
from db.session import open_engine, reading
from db.vocabulary import Role, Visibility
from tests.make.pages import Visitor, make_participant, make_user, visit
from tests.make.seed_pages import seeded_people
from tracker.web.frame.route import Guard
from tracker.web.frame.safety import Limits
from tracker.web.routes import ROUTES

# method, lowest role, guard, path: written down beside the routes on purpose, so that both must be changed together.
MATRIX = [line.split() for line in (Path(__file__).parent / "rights_matrix.txt").read_text("utf-8").splitlines()]
FILLED = {
    "challenge_id": "A20-1-circulair",
    "source": "rvo",
    "token": "x" * 43,
    "sha256": "0" * 64,
    "participant_id": "amsterdam",
    "form": "xlsx",
}


def address(path: str) -> str:
    """A path with something in its gaps: an object that exists where one path fits all, else a number."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda gap: FILLED.get(gap[1], "1"), path)


def test_every_address_stands_in_the_matrix() -> None:
    listed = {(method, path): (role, guard) for method, role, guard, path in MATRIX}
    there = {(r.method, r.path): (r.role.value if r.role else "public", r.guard.name.lower()) for r in ROUTES}
    assert there == listed


def test_only_what_is_signed_itself_goes_without_a_token() -> None:
    open_doors = [r.path for r in ROUTES if r.guard is Guard.NONE]
    assert all(r.role is None for r in ROUTES if r.guard is Guard.NONE)
    signed = re.compile(r"\{token\}|\}$|^/inloggen/met/\{provider\}/afgemeld$")  # a link of ours, a provider's word
    assert all(signed.search(path) for path in open_doors)


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_every_address_for_every_role(
    world: tuple[Engine, dict[str, User]], now: datetime, tmp_path: Path, role: Role | None
) -> None:
    engine, people = world
    user = people[role.value] if role else None
    with visit(engine, now, tmp_path, user, Unlimited()) as visitor:
        absent = visitor.get("/bestaat-niet").content
        wrong = [
            w
            for r in ROUTES
            if r.path != "/uitloggen"
            and (r.role == role or not _enough(role, r.role))  # who may do more: tests/web/test_hostile_walk.py
            and (w := _wrong(visitor, r.method, r.path, r.role, role, absent))
        ]
    assert wrong == []


def _enough(role: Role | None, needed: Role | None) -> bool:
    return needed is None or (role is not None and RANK[role] >= RANK[needed])


def _wrong(visitor: Visitor, method: str, path: str, needed: Role | None, role: Role | None, absent: bytes) -> str:
    """What is not right about one answer; a POST goes with a broken token, so that it changes nothing."""
    answer = visitor.request(
        method, address(path), data={"csrf": "broken"} if method == "POST" else None, follow_redirects=False
    )
    enough = _enough(role, needed)
    if answer.status_code >= 500 and path != "/health/ready":  # which says what is broken in this world
        return f"{method} {path}: {answer.status_code}"
    if path.startswith("/api/") and not enough:
        right = answer.status_code == (401 if role is None else 404)
    elif role is None and not enough:
        right = answer.status_code == 303 and answer.headers["location"].startswith("/inloggen?next=")
    elif not enough:
        right = answer.status_code == 404 and answer.content == absent
    elif method == "POST" and needed is not None:
        right = answer.status_code == 403
    else:
        right = True
    return "" if right else f"{method} {path}: {answer.status_code}"


class Unlimited(Limits):
    """A test asks more in a minute than a person."""

    def allows(self, rule: str, address: str, cookie: str = "") -> bool:
        return True


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path) -> Iterator[tuple[Engine, dict[str, User]]]:
    path = tmp_path_factory.mktemp("rights") / "world.db"
    path.write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with reading(engine) as session:
        people = seeded_people(session)
    yield engine, people
    engine.dispose()


OWNER, PARTNER, OTHER = "amsterdam", "almere", "haarlem"
LEVELS = tuple(Visibility)
NAMED = 77  # a person of another organisation whom the dossier names


def _viewers() -> list[Viewer]:
    """The public; three roles of the owner, of a partner in the coalition and of another; and a reader by name."""
    roles = (Role.READER, Role.LOBBYIST, Role.COORDINATOR)
    people = [Viewer(90, role, participant) for role in roles for participant in (OWNER, PARTNER, OTHER)]
    return [Viewer(), *people, Viewer(NAMED, Role.READER, OTHER)]


def _expected(viewer: Viewer, visibility: str, owner: str, group: set[str]) -> bool:
    """The rule once more, in other words: who may see a row that hangs on nothing."""
    if viewer.user_id is None:
        return False
    if viewer.participant_id == owner or visibility in (Visibility.REGION, Visibility.PUBLIC):
        return True
    working = viewer.role != Role.READER and viewer.participant_id in (
        {OWNER, PARTNER} if "parties" in group else {OWNER}
    )
    named = "named" in group and viewer.user_id == NAMED
    spoken = "lobbyists" in group and viewer.role == Role.LOBBYIST
    return visibility == Visibility.GROUP and (working or named or spoken)


@pytest.fixture
def dossiers(session: Session, now: datetime) -> list[tuple[Dossier, set[str]]]:
    """A dossier for every visibility and every way to put its group together."""
    for name in (PARTNER, OTHER):
        make_participant(session, name, name)
    make_user(session, now, participant=OWNER)
    reader = make_user(session, now, participant=OTHER)
    session.exec(update(User).where(col(User.id) == reader.id).values(id=NAMED))
    made = []
    for level, *parts in product(LEVELS, (0, 1), (0, 1), (0, 1)):
        group = {name for name, there in zip(("parties", "lobbyists", "named"), parts, strict=True) if there}
        dossier = Dossier(
            title="T", participant_id=OWNER, visibility=level, opened_at=now,
            group_parties="parties" in group, group_lobbyists="lobbyists" in group,
        )  # fmt: skip
        session.add(dossier)
        session.flush()
        session.add(_member(dossier, PARTNER, now))
        session.add(_member(dossier, OTHER, now, left_on=now.date()))
        session.add_all([DossierReader(dossier_id=dossier.id, user_id=NAMED)] if "named" in group else [])
        made.append((dossier, group))
    session.flush()
    return made


def _member(dossier: Dossier, party: str, now: datetime, left_on: date | None = None) -> CoalitionMember:
    return CoalitionMember(
        dossier_id=dossier.id, name=party, party_id=party, joined_on=now.date(), left_on=left_on, participant_id=OWNER
    )


def test_one_rule_decides_who_sees_what_as_a_predicate_and_as_a_clause(
    session: Session, now: datetime, dossiers: list[tuple[Dossier, set[str]]]
) -> None:
    rows = []
    for dossier, group in dossiers:
        for level, owner in product(LEVELS, (OWNER, OTHER)):
            row = Outcome(
                dossier_id=dossier.id, participant_id=owner, visibility=level, request="R", result="not",
                day=now.date(), recorded_at=now, recorded_by=NAMED,
            )  # fmt: skip
            session.add(row)
            rows.append((row, dossier, group))
    session.flush()
    for viewer in _viewers():
        seen = set(session.exec(select(Dossier.id).where(visible(viewer, Dossier))))
        for dossier, group in dossiers:
            right = _expected(viewer, dossier.visibility, OWNER, group)
            assert (may_see(session, viewer, dossier), dossier.id in seen) == (right, right)
        of_rows = set(session.exec(select(Outcome.id).where(visible(viewer, Outcome))))
        for row, dossier, group in rows:
            hung = _expected(viewer, dossier.visibility, OWNER, group)
            right = viewer.participant_id == row.participant_id or (
                hung and _expected(viewer, row.visibility, row.participant_id, group)
            )
            assert (may_see(session, viewer, row), row.id in of_rows) == (right, right), (viewer, row, group)


def test_what_hangs_on_no_dossier_has_no_group(session: Session, now: datetime) -> None:
    owner = make_user(session, now, participant=OWNER)
    make_participant(session, OTHER, OTHER)
    call = Call(title="T", language="nl", url="https://e.nl", first_seen=now, last_seen=now)
    session.add(call)
    session.flush()
    rows = [
        Verdict(call_id=call.id, user_id=owner.id, participant_id=OWNER, visibility=v, say="yes", at=now, undone_at=now)
        for v in Visibility
    ]
    session.add_all(rows)
    session.flush()
    for viewer in _viewers():
        found = set(session.exec(select(Verdict.id).where(visible(viewer, Verdict))))
        right = {
            row.id for row in rows if _expected(viewer, row.visibility, OWNER, set()) and row.visibility != "group"
        }
        right |= {row.id for row in rows if viewer.participant_id == OWNER}
        assert found == right == {row.id for row in rows if may_see(session, viewer, row)}


@pytest.mark.parametrize("state", ["draft", "adopted"])
def test_a_draft_and_internal_words_are_for_those_who_work_on_them(
    session: Session, now: datetime, dossiers: list[tuple[Dossier, set[str]]], state: str
) -> None:
    decided = {"gremium": "board", "decision": "B", "adopted_on": now.date(), "valid_from": now.date()}
    for dossier, group in dossiers:
        position = Position(
            dossier_id=dossier.id, number=1, participant_id=OWNER, visibility=dossier.visibility, state=state,
            created_at=now, created_by=NAMED, **(decided if state == "adopted" else {}),
        )  # fmt: skip
        session.add(position)
        session.flush()
        for viewer in _viewers():
            sees = _expected(viewer, dossier.visibility, OWNER, group)
            at_work = _expected(viewer, Visibility.GROUP, "", group)
            read = session.exec(select(Position.id).where(Position.id == position.id, readable(viewer))).first()
            assert (read is not None) == (sees and (state == "adopted" or at_work)), (viewer, dossier.visibility, group)
            assert may_read_inside(viewer, position, group_of(session, dossier)) == at_work


def test_roles_rise() -> None:
    viewers = [Viewer(user_id=1, role=role, participant_id=OWNER) for role in Role]
    reached = [[has_role(viewer, needed) for needed in Role] for viewer in viewers]
    assert [sum(row) for row in reached] == [1, 2, 3, 4, 5]
    assert not has_role(Viewer(), Role.READER)
    assert has_role(Viewer(), None)
