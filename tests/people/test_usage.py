"""What is counted of the use of it, per participant and of nobody by name; and what colleagues read, to take over."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from db.models import AuditEntry, ContactMoment, Delivery, Stakeholder, Subscription, User, Verdict
from db.session import writing
from db.vocabulary import Role, Visibility
from tests.make.lobby import gather
from tests.make.pages import make_user, visit
from tracker.people.usage import usage

pytestmark = pytest.mark.one_database  # counts by plain clauses


def digest(user: User, at: datetime, state: str, number: int) -> Delivery:
    return Delivery(
        key=f"digest:{user.id}:{number}", message_id=f"<{user.id}.{number}@x>", kind="digest", user_id=user.id,
        address=user.email, subject="s", sha256="s", planned_at=at, not_before=at, expires_at=at, next_attempt_at=at,
        state=state, finished_at=at,
    )  # fmt: skip


def subscribed(user: User, now: datetime, **fields: Any) -> Subscription:
    given = {"user_id": user.id, "participant_id": user.participant_id, "every": "week", "filter": {}}
    return Subscription(**given | {"created_at": now} | fields)


def test_each_participant_counts_its_own_of_the_last_days(engine: Engine, now: datetime, tmp_path: Path) -> None:
    old = now - timedelta(days=31)
    with writing(engine) as session:
        cast = gather(session, now)
        boss = make_user(session, now, Role.ADMINISTRATOR)
        gone = make_user(session, now, email="weg@haarlem.nl", participant="haarlem")
        gone.deactivated_at = now
        for who, at in ((cast.lobbyist, now), (cast.lobbyist, now), (cast.reader, old), (gone, now)):
            session.add(AuditEntry(at=at, actor="anonymous", action="sign in", object=f"user {who.id}", result="done", origin=""))  # fmt: skip
        session.add_all(
            [subscribed(cast.lobbyist, now), subscribed(cast.reader, now, ended_at=now), subscribed(gone, now)]
        )
        session.add_all([digest(cast.lobbyist, now, "accepted", 1), digest(cast.lobbyist, now, "failed", 2), digest(cast.lobbyist, old, "accepted", 3)])  # fmt: skip
        said = {"call_id": cast.call.id, "challenge_id": "A20-1", "say": "yes", "at": now}
        session.add(Verdict(user_id=cast.haarlem.id, participant_id="haarlem", **said))
        office = Stakeholder(
            participant_id="haarlem", organisation="Ministerie", office="directeur", purpose="x", created_at=now
        )
        session.add(office)
        session.flush()
        talk = {
            "stakeholder_id": office.id,
            "day": now.date(),
            "kind": "talk",
            "message": "x",
            "user_id": cast.haarlem.id,
        }
        session.add(ContactMoment(participant_id="haarlem", visibility=Visibility.OWN, logged_at=now, **talk))
        session.flush()
        told = {row.participant.id: row for row in usage(session, now)}
        ours, theirs = told["amsterdam"], told["haarlem"]
        assert (ours.people, ours.signed_in, ours.subscriptions, ours.digests) == (5, 1, 1, 1)
        assert (theirs.people, theirs.signed_in, theirs.verdicts, theirs.contacts) == (1, 0, 1, 1)
        assert "wijdemeren" not in told, "who has nobody here"
        session.expunge(boss)
        lobbyist = cast.lobbyist
        session.expunge(lobbyist)
    with visit(engine, now, tmp_path, boss) as visitor:
        page = visitor.get("/beheer/gebruik").text
        assert lobbyist.name not in page
        rows = json.loads(visitor.get("/beheer/gebruik.json").text)
        assert [(row["deelnemer"], row["mensen"], row["overzichten verstuurd"]) for row in rows] == [
            ("Amsterdam", 5, 1), ("Haarlem", 1, 0),
        ]  # fmt: skip
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        assert visitor.get("/beheer/gebruik").status_code == 404


def test_what_a_colleague_reads_is_taken_over_by_the_form(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        warm = {"challenges": ["A20-1"]}
        session.add_all([
            subscribed(cast.coordinator, now, name="Warmte", filter=warm),
            subscribed(cast.second, now, name="Gestopt", filter={"text": "oud"}, ended_at=now),
            subscribed(cast.haarlem, now, name="Van Haarlem", filter={"text": "haarlem"}),
        ])  # fmt: skip
        lobbyist = cast.lobbyist
        session.flush()
        session.expunge_all()
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        page = visitor.get("/abonnementen").text
        assert ("Warmte" in page, "Gestopt" in page, "Van Haarlem" in page) == (True, False, False)
        assert 'href="/abonnementen/nieuw?challenges=A20-1"' in page
        assert visitor.get("/abonnementen/nieuw?challenges=A20-1").status_code == 200
        form = {"name": "Ook warmte", "every": "week", "challenges": "A20-1"}
        assert visitor.send_form("/abonnementen", **form).status_code == 303  # type: ignore[attr-defined]
        assert "Wat collega" not in visitor.get("/abonnementen").text, "one reads it oneself now"
