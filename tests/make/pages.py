"""Pages in tests: the application on a test database, and a browser without a screen that is signed in."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from db.models import Participant, User
from db.session import writing
from db.vocabulary import ParticipantKind, Role
from tracker.clock import Clock
from tracker.matching.preview_scores import Scorer
from tracker.matching.preview_words import PreviewScorer
from tracker.people.access import hashed, start_session
from tracker.people.provider_fetch import Fetch
from tracker.settings import Settings
from tracker.web.app import build
from tracker.web.frame.safety import Limits

BASE = "https://kansenradar.test"
SAME_ORIGIN = {"Origin": BASE}
BY_WORDS = PreviewScorer(Scorer(None), 60)


def settings_for(tmp: Path) -> Settings:
    """Settings of a site on HTTPS."""
    return Settings(base_url=BASE, data_dir=tmp, _env_file=None)


def make_participant(session: Session, id_: str = "amsterdam", name: str = "Amsterdam") -> Participant:
    """A municipality, made once."""
    row = session.get(Participant, id_) or Participant(id=id_, name=name, kind=ParticipantKind.MUNICIPALITY)
    session.add(row)
    session.flush()
    return row


def make_user(
    session: Session, now: datetime, role: Role = Role.COORDINATOR, participant: str = "amsterdam", email: str = ""
) -> User:
    """A person who works for a participant."""
    make_participant(session, participant, participant.title())
    user = User(
        email=email or f"{role.value}@{participant}.nl",
        name=f"{role.label} {participant}",
        role=role,
        participant_id=participant,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


class Visitor(TestClient):
    """A browser without a screen; its forms carry the session's token and come from our pages."""

    csrf = ""

    def send_form(self, path: str, **fields: object) -> object:
        """Post a form of ours, and stay at the answer."""
        return self.post(path, data={"csrf": self.csrf, **fields}, follow_redirects=False)

    def seen_on(self, page: str, action: str = "") -> str:
        """What the form to that address, or of the page itself, says of how things stood when it was made."""
        found = re.search(
            rf'action="{re.escape(action or page)}".*?name="seen" value="([^"]*)"', self.get(page).text, re.DOTALL
        )
        assert found is not None
        return found[1]


@contextmanager
def visit(
    engine: Engine, now: datetime, tmp: Path, user: User | None = None, limits: Limits | None = None,
    trials: PreviewScorer | None = None, settings: Settings | None = None, fetch: Fetch | None = None,
) -> Iterator[Visitor]:  # fmt: skip
    """The application with somebody at its door, signed in if a user is given; edits are tried by words alone."""
    with ExitStack() as stack:
        yield _at_the_door(
            stack,
            build(settings or settings_for(tmp), engine, Clock(now), limits, trials or BY_WORDS, fetch),
            engine,
            now,
            user,
        )


@contextmanager
def visit_together(
    engine: Engine, now: datetime, tmp: Path, users: Sequence[User], limits: Limits | None = None
) -> Iterator[list[Visitor]]:
    """The same with several people at one application, each in a browser of their own."""
    app = build(settings_for(tmp), engine, Clock(now), limits, BY_WORDS)
    with ExitStack() as stack:
        yield [_at_the_door(stack, app, engine, now, user) for user in users]


def _at_the_door(stack: ExitStack, app: ASGIApp, engine: Engine, now: datetime, user: User | None) -> Visitor:
    visitor = stack.enter_context(Visitor(app, base_url=BASE, headers=SAME_ORIGIN, raise_server_exceptions=False))
    if user is not None:
        with writing(engine) as session:
            token = start_session(session, user, "test", now)
        visitor.cookies.set("__Host-kansenradar", token)
        visitor.csrf = hashed(f"form:{token}")
    return visitor
