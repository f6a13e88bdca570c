"""Who may do what: every address for every role, and every visibility for every viewer; a new address fails until listed."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import User, Verdict
from db.queries import Viewer
from db.rights import RANK, has_role, may_see, visible
from db.session import open_engine, reading
from db.vocabulary import Role, Visibility
from tests.make.pages import Visitor, make_user, visit
from tests.make.seed_pages import seeded_people
from tracker.web.frame.safety import Limits
from tracker.web.routes import ROUTES, Guard

# method, lowest role, guard, path: written down beside the routes on purpose, so that both must be changed together.
MATRIX = [line.split() for line in (Path(__file__).parent / "rights_matrix.txt").read_text("utf-8").splitlines()]
FILLED = {
    "challenge_id": "A20-1-circulair",
    "source": "rvo",
    "token": "x" * 43,
    "sha256": "0" * 64,
    "participant_id": "amsterdam",
}


def address(path: str) -> str:
    """A path with something in its gaps: an object that exists where one path fits all, else a number."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda gap: FILLED.get(gap[1], "1"), path)


def test_every_address_stands_in_the_matrix() -> None:
    listed = {(method, path): (role, guard) for method, role, guard, path in MATRIX}
    there = {(r.method, r.path): (r.role.value if r.role else "public", r.guard.name.lower()) for r in ROUTES}
    assert there == listed


def test_only_links_from_mails_go_without_a_token() -> None:
    open_doors = [r.path for r in ROUTES if r.guard is Guard.NONE]
    assert all(r.role is None for r in ROUTES if r.guard is Guard.NONE)
    assert all("{token}" in path or path.endswith("}") for path in open_doors)


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
            if r.path != "/uitloggen" and (w := _wrong(visitor, r.method, r.path, r.role, role, absent))
        ]
    assert wrong == []


def _wrong(visitor: Visitor, method: str, path: str, needed: Role | None, role: Role | None, absent: bytes) -> str:
    """What is not right about one answer; a POST goes with a broken token, so that it changes nothing."""
    answer = visitor.request(
        method, address(path), data={"csrf": "broken"} if method == "POST" else None, follow_redirects=False
    )
    enough = needed is None or (role is not None and RANK[role] >= RANK[needed])
    if answer.status_code >= 500:
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

    def allows(self, rule: str, address: str) -> bool:
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


OWNER, OTHER = "amsterdam", "haarlem"
SEEN = {
    (None, Visibility.OWN): False,
    (None, Visibility.MRA): False,
    (None, Visibility.PUBLIC): True,
    (OTHER, Visibility.OWN): False,
    (OTHER, Visibility.MRA): True,
    (OTHER, Visibility.PUBLIC): True,
    (OWNER, Visibility.OWN): True,
    (OWNER, Visibility.MRA): True,
    (OWNER, Visibility.PUBLIC): True,
}


def _viewer(participant: str | None, role: Role) -> Viewer:
    return Viewer() if participant is None else Viewer(user_id=99, role=role, participant_id=participant)


def test_one_rule_decides_who_sees_what_as_a_predicate_and_as_a_clause(session: Session, now: datetime) -> None:
    from db.models import Call

    owner = make_user(session, now, participant=OWNER)
    call = Call(title="T", language="nl", url="https://e.nl", first_seen=now, last_seen=now)
    session.add(call)
    session.flush()
    for visibility in Visibility:
        session.add(Verdict(call_id=call.id, user_id=owner.id, participant_id=OWNER, visibility=visibility, say="yes", at=now, undone_at=now))  # fmt: skip
    session.flush()
    for role in Role:
        for (participant, visibility), right in SEEN.items():
            viewer = _viewer(participant, role)
            assert may_see(viewer, OWNER, visibility) is right
            found = session.exec(select(Verdict.visibility).where(visible(viewer, Verdict))).all()
            assert (visibility.value in found) is right


def test_roles_rise() -> None:
    viewers = [Viewer(user_id=1, role=role, participant_id=OWNER) for role in Role]
    reached = [[has_role(viewer, needed) for needed in Role] for viewer in viewers]
    assert [sum(row) for row in reached] == [1, 2, 3, 4, 5]
    assert not has_role(Viewer(), Role.READER)
    assert has_role(Viewer(), None)
