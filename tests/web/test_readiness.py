"""Alive is not ready: a clock that stands still is told by address and on every page within five minutes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.leases import database_clock, release, take
from db.models import Crawl, Delivery, Lease, MailText
from db.session import writing
from db.vocabulary import Role
from notifications.alerts import raise_alert
from tests.make.pages import make_user, visit
from tracker.operations.scheduler import LEASE
from tracker.web.frame.readiness import CLOCK

pytestmark = pytest.mark.one_database  # words on a page; the queries of pages test_pages.py asks of both

BANNER = "De klok van Kansenradar staat stil"


def last_heard(engine: Engine, ago: timedelta) -> None:
    """As if the clock renewed its lease so long ago."""
    with writing(engine) as session:
        take(session, LEASE, "elsewhere:1")
        session.get_one(Lease, LEASE).until = database_clock(session) + timedelta(seconds=90) - ago


def test_ready_follows_the_clocks_own_lease() -> None:
    assert CLOCK == LEASE


def test_a_clock_that_was_heard_just_now_is_ready_and_one_silent_for_five_minutes_is_not(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
    with visit(engine, now, tmp_path, user) as visitor:
        found = []
        for ago in (None, 10, 299, 301):
            if ago is not None:
                last_heard(engine, timedelta(seconds=ago))
            ready = visitor.get("/health/ready")
            state = ready.json()["clock"]["state"]
            found.append((ready.status_code, state, BANNER in visitor.get("/account").text))
        assert visitor.get("/health/live").status_code == 200
    assert found == [(200, "never", False), (200, "ok", False), (200, "ok", False), (503, "stale", True)]


def test_a_clock_that_was_stopped_on_purpose_is_told_as_soon(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        release(session, LEASE, take(session, LEASE, "elsewhere:1") or 0)
        lease = session.get_one(Lease, LEASE)
        lease.until -= timedelta(seconds=215)
    with visit(engine, now, tmp_path) as visitor:
        assert visitor.get("/health/ready").status_code == 503


def test_ready_says_how_late_the_mail_is_and_how_fresh_each_source_without_addresses(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
        session.add(Crawl(source="rvo", started_at=now, finished_at=now, complete=True, seen=5))
        session.add(Crawl(source="eu_portal", started_at=now, finished_at=now, complete=False, why="HTTP 500"))
        due = now - timedelta(minutes=90)
        session.add(
            Delivery(
                key="k", message_id="<k@x>", kind="digest", user_id=user.id, address="geheim@amsterdam.nl", subject="s", written=MailText(text="t", html="h"), sha256="s", planned_at=due, not_before=due, expires_at=now + timedelta(days=1), next_attempt_at=due,
            )
        )  # fmt: skip
    with visit(engine, now, tmp_path) as visitor:
        answer = visitor.get("/health/ready")
    assert answer.json()["mail"] == {"oldest_due": "2026-05-29T04:30:00+00:00", "minutes_late": 90}
    assert (answer.status_code, answer.json()["broken"]) == (503, ["mail_late"])
    assert answer.json()["sources"] == {
        "eu_portal": {"last_complete": None},
        "rvo": {"last_complete": "2026-05-29T06:00:00+00:00"},
    }
    assert "geheim" not in answer.text


def test_what_is_broken_is_told_to_who_looks_after_it_and_to_nobody_else(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        people = {role: make_user(session, now, role) for role in (Role.READER, Role.COORDINATOR, Role.ADMINISTRATOR)}
        raise_alert(session, "relay:mail.example:25", "weigert de aanmelding: 535 no", now)
        raise_alert(session, "source:rvo", "tot het eind gelezen: nog nooit", now)
        raise_alert(session, "held:digest:1", "een mail", now)  # for the page of the mail alone
    said = "De mailserver mail.example:25 neemt onze post niet aan"
    for role, user in people.items():
        with visit(engine, now, tmp_path, user) as visitor:
            page = visitor.get("/account").text
            assert (said in page, "rvo: de bron lukt niet" in page) == (role != Role.READER,) * 2
            assert ('href="/beheer/mail">De mailserver' in page) == (role == Role.ADMINISTRATOR)
            assert visitor.get("/health/ready").json()["broken"] == ["relay:mail.example:25"]  # no crawl says so of rvo


def test_without_a_database_the_process_lives_but_is_not_ready(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        session.connection().exec_driver_sql("DROP TABLE lease")
    with visit(engine, now, tmp_path) as visitor:
        assert visitor.get("/health/ready").status_code in (500, 503)
        assert visitor.get("/health/live").json()["status"] == "ok"
