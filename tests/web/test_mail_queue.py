"""The mail queue shows an administrator the words of the own organisation's mail, of others only that it is there."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Attempt, Delivery, Identity, MailText, User
from db.session import writing
from db.vocabulary import DeliveryState, MailKind, Role
from tests.make.pages import make_user, visit_together
from tracker.mailing.personal import key_of
from tracker.people.access import leave_organisation
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # whose mail it is, is decided in plain rows

SUBJECT, ADDRESS = "KANARIE-ONDERWERP", "kanarie@buiten.example"


def waiting(key: str, kind: MailKind, to: User | None, now: datetime) -> Delivery:
    """A mail that waits for its next try, of which the server repeated the address."""
    return Delivery(
        key=key, message_id=f"<{key}>", kind=kind, user_id=to.id if to else None, address=ADDRESS, subject=SUBJECT,
        written=MailText(text="t", html="h"), sha256="s", planned_at=now, not_before=now,
        expires_at=now.replace(year=now.year + 1), state=DeliveryState.DEFERRED, next_attempt_at=now,
        last_code=451, last_text=f"<{ADDRESS}>: greylisted",
    )  # fmt: skip


def test_what_a_mail_is_about_and_to_whom_is_for_the_administrator_of_its_organisation(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        owner, other = (make_user(session, now, Role.ADMINISTRATOR, party) for party in ("haarlem", "amsterdam"))
        colleague = make_user(session, now, Role.LOBBYIST, "haarlem")
        colleague.name = "KANARIE-NAAM"
        mails = [
            waiting(f"{key_of(colleague)}round:1:first", MailKind.ALERT, None, now),
            waiting(f"{key_of(owner)}brief:1", MailKind.SHARED, colleague, now),
        ]
        session.add_all(mails)
        session.flush()
        session.add_all(
            Attempt(delivery_id=mail.id, number=1, started_at=now, text=f"<{ADDRESS}>: greylisted") for mail in mails
        )
        pages = ["/beheer/mail", *(f"/beheer/mail/{mail.id}" for mail in mails)]
    with visit_together(engine, now, tmp_path, [owner, other]) as (at_home, elsewhere):
        for path in pages:
            mine, theirs = at_home.get(path).text, elsewhere.get(path).text
            assert (SUBJECT in mine, ADDRESS in mine, "niet voor u" in mine) == (True, True, False), path
            assert [word for word in (SUBJECT, ADDRESS, "KANARIE-NAAM") if word in theirs] == [], path
            assert ("Haarlem" in theirs, "greylisted" in theirs) == (True, True), path
            if path != pages[0]:
                assert ("Nu opnieuw" in mine, "Nu opnieuw" in theirs) == (True, False), path
                assert elsewhere.send_form(f"{path}/opnieuw").status_code == 403
                assert at_home.send_form(f"{path}/opnieuw").status_code == 303
        assert elsewhere.send_form("/beheer/mail/toelaten", email=owner.email).status_code == 403
        assert "KANARIE-NAAM" in at_home.get(pages[0]).text
        queue = elsewhere.get(pages[0]).text
        assert "bericht van een collega, onderwerp niet voor u" in queue
        assert "een adres buiten, namens Haarlem" in queue


def test_what_was_mailed_at_the_former_organisation_is_not_read_at_the_new_one(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        mover = make_user(session, now, Role.LOBBYIST, "haarlem")
        earlier = waiting("digest:1", MailKind.DIGEST, mover, now - timedelta(days=2))
        brief = waiting("shared:9:brief:1", MailKind.SHARED, mover, now - timedelta(days=1))
        account = {"issuer": "https://id.haarlem.example", "user_id": mover.id, "linked_at": now, "last_at": now}
        session.add_all([earlier, brief, Identity(subject="s1", **account)])
        session.flush()
        by = make_user(session, now, Role.ADMINISTRATOR, "haarlem")
        leave_organisation(Deed(session, by, now), session.get_one(User, mover.id))
        session.add(waiting("digest:2", MailKind.DIGEST, mover, now + timedelta(hours=1)))
        pages = [f"/abonnementen/overzichten/{earlier.id}", f"/abonnementen/overzichten/{brief.id}"]
        session.refresh(brief)
        assert brief.state == DeliveryState.CANCELLED
        assert session.exec(select(Identity)).all() == [], "the former provider opens no desk here"
    with visit_together(engine, now, tmp_path, [mover]) as (visitor,):
        assert [visitor.get(page).status_code for page in pages] == [404, 404]
        assert visitor.get("/abonnementen/overzichten").text.count(SUBJECT) == 1
