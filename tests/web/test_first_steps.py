"""The way from an empty installation to the first mail says what is done and what waits, by what is really there."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.models import Crawl, Delivery, Run, Subscription
from db.session import writing
from db.vocabulary import Role
from tests.make.pages import BASE, Visitor, make_user, visit
from tracker.challenges.agenda import load_agendas
from tracker.settings import Settings
from tracker.watch.look import BACKUP

pytestmark = pytest.mark.one_database


def waits(visitor: Visitor) -> set[str]:
    page = visitor.get("/beheer/begin").text
    steps = re.findall(r"<li><b>(?:<a [^>]+>)?([^<]+)(?:</a>)?</b>: <span class=\"(good|alarm)\">", page)
    assert len(steps) == 11
    return {name for name, state in steps if state == "alarm"}


def test_each_step_is_done_once_it_is(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        boss = make_user(session, now, Role.ADMINISTRATOR)
    with visit(engine, now, tmp_path, boss) as visitor:
        before = waits(visitor)
        assert {"Mensen", "Opgaven", "Overzichten", "Bronnen lezen", "Eerste overzicht", "Back-up"} <= before
        assert "Adres" not in before
        with writing(engine) as session:
            other = make_user(session, now, Role.READER)
            load_agendas(session)
            session.add(Subscription(user_id=other.id, participant_id="amsterdam", every="week", created_at=now))
            session.add(Crawl(source="rvo", started_at=now, finished_at=now, complete=True))
            session.add(
                Delivery(key="k", message_id="m", kind="digest", user_id=other.id, address="a", subject="s", sha256="s",
                         planned_at=now, not_before=now, expires_at=now, next_attempt_at=now, state="accepted")
            )  # fmt: skip
            session.add(Run.done(BACKUP, "x", now))
        assert waits(visitor) == {"Organisatie", "Mail", "Inloggen", "De klok"}


@pytest.mark.parametrize(("mail", "waiting"), [("smtp://127.0.0.1:25", False), ("file:mail", True)])
def test_where_mail_leaves_people_can_sign_in_by_a_link(
    engine: Engine, now: datetime, tmp_path: Path, mail: str, waiting: bool
) -> None:
    with writing(engine) as session:
        boss = make_user(session, now, Role.ADMINISTRATOR)
    settings = Settings(base_url=BASE, data_dir=tmp_path, mail_url=mail, mail_from="k@k.example", _env_file=None)
    with visit(engine, now, tmp_path, boss, settings=settings) as visitor:
        assert ("Inloggen" in waits(visitor)) is waiting
