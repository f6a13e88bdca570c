"""Every kind of personal data has a purpose, a ground and a term, and what is past its term goes unless it is held."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    Absence,
    AuditEntry,
    Delivery,
    Hold,
    KnownBrowser,
    MailText,
    RoundInvitation,
    Snapshot,
    Stakeholder,
    User,
    WebSession,
)
from db.vocabulary import MailKind
from db.vocabulary_lobby import PartyKind
from tests.care.test_erasure import NAME, with_person
from tests.make.lobby import Cast
from tracker.care import holds
from tracker.care.retention import RULES, dry_run, sweep
from tracker.clock import Now
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.lobby import coalition
from tracker.lobby.round_answers import invite
from tracker.people.data_register import categories, in_words, tables_of_nobody

DAYS = {"snapshot_days": 730, "mail_days": 400}


def test_every_table_stands_in_the_register_once_and_every_term_has_its_rule() -> None:
    stand = [name for about in categories().values() for name in about.tables] + sorted(tables_of_nobody())
    assert sorted(stand) == sorted(SQLModel.metadata.tables)
    assert {about.key for about in categories().values() if about.term(DAYS)} == set(RULES)
    for about in categories().values():  # what goes says from when and how, what stays says until when
        assert bool(about.counted_from and about.goes) is not bool(about.kept), about.key
        assert all((about.purpose, about.ground, about.source, about.whose)), about.key
    assert [in_words(timedelta(days=days)) for days in (730, 365, 400)] == ["2 jaar", "1 jaar", "400 dagen"]


def of_everything(session: Session, now: datetime) -> Cast:
    """Something of every kind that has a term, all of today."""
    cast, person = with_person(session, now)
    person.retain_until = now.date() + timedelta(days=730)
    cast.second.deactivated_at = now
    dossier = cast.open("Met een ronde")
    party = coalition.join(cast.deed(), dossier, "Hogeschool Amstel", PartyKind.KNOWLEDGE, now.date())
    asked = coalition.open_round(cast.deed(), dossier, "Akkoord?", now.date() + timedelta(days=9))
    invite(cast.deed(), dossier, asked, party.id, "bestuur@hogeschool.example")
    asked.closed_at = now
    session.add_all(
        [
            WebSession(token_hash="a", user_id=cast.reader.id, created_at=now, expires_at=now),
            KnownBrowser(token_hash="b", user_id=cast.reader.id, last_at=now),
            Absence(user_id=cast.reader.id, replacement_id=cast.lobbyist.id, first_day=now.date(), last_day=now.date(), set_by=cast.reader.id, set_at=now),
            Delivery(
                key="k", message_id="m", kind=MailKind.DIGEST, user_id=cast.reader.id, address=cast.reader.email, subject="Overzicht", headers={},
                written=MailText(text="Dag", html="<p>Dag"), sha256="x", planned_at=now, not_before=now, expires_at=now, next_attempt_at=now, finished_at=now,
            ),
            AuditEntry(at=now, actor="user 1", action="sign in", object="user 1", result="done", origin="203.0.113.7"),
            AuditEntry(at=now, actor="command line", action="import", object="contacts", result="done", origin="command line"),
            Snapshot(sha256="0" * 64, url="https://e.nl", fetched_at=now, size=1, body=b"x"),
        ]
    )  # fmt: skip
    session.flush()
    return cast


def gone_by(session: Session, now: datetime, days: int) -> dict[str, int]:
    return {one.category: one.count for one in sweep(session, DAYS, Now(now + timedelta(days=days))) if one.count}


def test_two_years_of_terms(session: Session, now: datetime) -> None:
    cast = of_everything(session, now)
    assert dry_run(session, DAYS, Now(now + timedelta(days=800)))[0].count == 1
    assert session.exec(select(Stakeholder.person)).all() == [NAME]  # a dry run only tells
    assert gone_by(session, now, 89) == {}
    assert gone_by(session, now, 91) == {"rounds": 1, "signing_in": 2}
    assert gone_by(session, now, 366) == {"absences": 1, "log": 1}
    assert gone_by(session, now, 401) == {"mail_texts": 1}
    assert gone_by(session, now, 730) == {}
    assert gone_by(session, now, 731) == {"persons": 1, "accounts": 1, "mail_addresses": 1, "pages": 1}
    assert gone_by(session, now, 732) == {}
    session.expire_all()
    assert session.get_one(User, cast.second.id).name == f"gewist {cast.second.id}"
    assert session.exec(select(Stakeholder.person)).all() == [""]
    assert "203.0.113.7" not in session.exec(select(AuditEntry.origin)).all()
    assert session.exec(select(RoundInvitation.email)).one().startswith("gewist")
    erased = session.exec(select(AuditEntry.object).where(col(AuditEntry.action) == "erase")).all()
    assert sorted(erased) == ["stakeholder 1", f"user {cast.second.id}"]


@pytest.mark.parametrize("subject", ["persons", "person 1", "dossier 1"])
def test_a_hold_stops_the_term_until_its_day(session: Session, now: datetime, subject: str) -> None:
    cast, person = with_person(session, now)
    person.retain_until = now.date()
    cast.coordinator.role = "administrator"
    session.flush()
    deed = cast.deed(cast.coordinator)
    hold = holds.put_hold(deed, subject, "Woo-verzoek 2026-14", now.date() + timedelta(days=30))
    (swept,) = sweep(session, DAYS, Now(now + timedelta(days=30)), only=["persons"])
    assert (swept.count, "Woo-verzoek 2026-14, tot en met 28-06-2026" in swept.held) == (0, True)
    other = cast.deed(cast.haarlem)
    with pytest.raises(NotAllowed):
        holds.lift(other, hold)
    cast.haarlem.role = "administrator"
    with pytest.raises(NotFound):
        holds.lift(other, hold)
    (swept,) = sweep(session, DAYS, Now(now + timedelta(days=31)), only=["persons"])
    assert swept.count == 1


@pytest.mark.parametrize(
    ("subject", "reason", "until"),
    [("persons", " ", date(2026, 6, 9)), ("persons", "Woo", date(2026, 5, 28)), ("persons", "Woo", None), ("person 1", "Woo", date(2026, 6, 9)), ("dossier x", "Woo", date(2026, 6, 9)), (f"dossier {'9' * 30}", "Woo", date(2026, 6, 9)), ("", "Woo", date(2026, 6, 9))],
)  # fmt: skip
def test_a_hold_without_reason_end_or_own_subject_is_refused(
    session: Session, now: datetime, subject: str, reason: str, until: date | None
) -> None:
    cast, _person = with_person(session, now)
    cast.haarlem.role = "administrator"
    session.flush()
    with pytest.raises(Incomplete):
        holds.put_hold(cast.deed(cast.haarlem), subject, reason, until)
    assert session.exec(select(Hold)).all() == []
