"""A sign-off round is answered from a mail: by who was asked, in their own words, once they press, until it is closed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import CoalitionStance, Delivery, Dossier, LogEntry, RoundInvitation, SignOffRound
from db.session import reading, writing
from db.vocabulary_lobby import PartyKind
from notifications.links import AnswerLink, Links
from tests.make.lobby import gather
from tests.make.mail_cases import plan_at
from tests.make.pages import BASE, settings_for, visit
from tracker.lobby import coalition
from tracker.mailing.keys import signing_keys
from tracker.rights import Deed

TODAY, LAST = date(2026, 5, 29), date(2026, 6, 5)
TITLE, QUESTION = "KANARIEDOSSIER", "Bent u akkoord met de lijn?"


class Asked:
    """A round of Amsterdam that Haarlem (with an account) and a school (without one) are asked to answer."""

    def __init__(self, engine: Engine, now: datetime, tmp_path: Path) -> None:
        self.engine, self.now, self.tmp = engine, now, tmp_path
        self.links = Links(BASE, signing_keys(settings_for(tmp_path)))
        with writing(engine) as session:
            cast = self.cast = gather(session, now)
            dossier = cast.open(TITLE)
            self.haarlem = coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem").id
            self.school = coalition.join(cast.deed(), dossier, "Hogeschool", PartyKind.KNOWLEDGE, TODAY).id
            self.round = coalition.open_round(cast.deed(), dossier, QUESTION, LAST).id
            self.dossier, self.lobbyist, self.partner = dossier.id, cast.lobbyist.id, cast.haarlem.id

    def invite(self, **fields: object) -> int:
        with visit(self.engine, self.now, self.tmp, self.cast.lobbyist) as visitor:
            path = f"/dossiers/{self.dossier}/coalitie/rondes/{self.round}/uitnodigen"
            given = {"member": self.school, "email": "Bestuur@hogeschool.example", **fields}
            return visitor.send_form(path, **given).status_code  # type: ignore[attr-defined, no-any-return]

    def path(self, link: AnswerLink) -> str:
        return f"/afstemming/{self.links.answering(link)}"

    def stances(self) -> list[tuple[str, str, str, int]]:
        with reading(self.engine) as session:
            rows = session.exec(select(CoalitionStance).order_by(CoalitionStance.id))  # type: ignore[arg-type]
            return [(row.stance, row.text, row.source, row.recorded_by) for row in rows]


@pytest.fixture
def asked(engine: Engine, now: datetime, tmp_path: Path) -> Asked:
    return Asked(engine, now, tmp_path)


def test_a_party_without_an_account_answers_from_the_mail_once_it_presses(asked: Asked) -> None:
    assert [asked.invite(), asked.invite()] == [303, 422], "the same address is asked once"
    with reading(asked.engine) as session:
        mail = session.exec(select(Delivery)).one()
        said = mail.text + mail.html + mail.subject
        assert mail.address == "bestuur@hogeschool.example"
        assert QUESTION in mail.subject
    assert TITLE not in said
    path = asked.path(AnswerLink(asked.round, asked.school, invitation_id=1))
    assert path in mail.text
    answer = {"stance": "objects", "text": "Eerst een toets", "who": "Bestuurssecretaris, J. de Vries"}
    with visit(asked.engine, asked.now, asked.tmp) as visitor:
        for _ in range(3):
            page = visitor.get(path)
            assert QUESTION in page.text
            assert TITLE not in page.text
            visitor.head(path)
        assert asked.stances() == []
        for missing in ("stance", "text", "who"):
            assert visitor.post(path, data={**answer, missing: ""}).status_code == 422
        assert asked.stances() == []
        done = [visitor.post(path, data=answer), visitor.post(path, data=answer)]
        assert [page.status_code for page in done] == [200, 200]
        assert "Eerst een toets" in done[0].text
    source = "via de mail, Bestuurssecretaris, J. de Vries"
    assert asked.stances() == [("objects", "Eerst een toets", source, asked.lobbyist)]
    with reading(asked.engine) as session:
        told = [row.text for row in session.exec(select(LogEntry).where(LogEntry.kind == "stance"))]
        assert f"Hogeschool ({source}): bezwaar: Eerst een toets" in told
        assert session.exec(select(RoundInvitation)).one().answered_at == asked.now


def test_who_has_an_account_answers_from_the_reminder_without_signing_in(asked: Asked) -> None:
    with writing(asked.engine) as session:
        session.get_one(SignOffRound, asked.round).opened_at = asked.now - timedelta(days=9)
    plan_at(asked.engine, asked.now)
    path = asked.path(AnswerLink(asked.round, asked.haarlem, asked.partner))
    with reading(asked.engine) as session:
        (mail,) = session.exec(select(Delivery).where(Delivery.user_id == asked.partner))
        assert "Antwoord zonder in te loggen: " in mail.text
        assert path.rpartition(".")[0] in mail.text  # another key signs the planner's mails here
    with visit(asked.engine, asked.now, asked.tmp) as visitor:
        assert visitor.post(path, data={"stance": "agrees"}).status_code == 200
    assert asked.stances() == [("agrees", "", "via de mail", asked.partner)]


def test_a_link_is_good_for_its_round_party_and_person_while_the_round_is_open(asked: Asked) -> None:
    asked.invite()
    good = AnswerLink(asked.round, asked.school, invitation_id=1)
    mine = AnswerLink(asked.round, asked.haarlem, asked.partner)
    wrong = [replace(good, member_id=asked.haarlem), replace(good, invitation_id=9), replace(mine, user_id=asked.lobbyist),
             replace(mine, member_id=asked.school), replace(good, round_id=9)]  # fmt: skip
    forged = [
        f"/afstemming/{asked.links.answering(good)[:-1]}A",
        "/afstemming/x",
        f"/afstemming/{asked.links.decision(1, 1, asked.now)}",
    ]
    with visit(asked.engine, asked.now, asked.tmp) as visitor:

        def answers(path: str) -> tuple[int, int]:
            return visitor.get(path).status_code, visitor.post(path, data={"stance": "agrees", "who": "x"}).status_code

        for path in [*forged, *map(asked.path, wrong)]:
            assert answers(path) == (410, 410), path
        with writing(asked.engine) as session:
            session.get_one(Dossier, asked.dossier).visibility = "own"
        assert answers(asked.path(mine)) == (410, 410), "Haarlem may not see the dossier any more"
        with writing(asked.engine) as session:
            coalition.close_round(
                Deed(session, asked.cast.lobbyist, asked.now), session.get_one(SignOffRound, asked.round)
            )
        assert answers(asked.path(good)) == (410, 410)
    assert asked.stances() == []


def test_who_did_not_answer_is_reminded_once_on_the_working_day_before_the_last(asked: Asked) -> None:
    asked.invite()
    for days in (3, 6, 6, 7, 8):  # 4 June is the day before
        plan_at(asked.engine, asked.now + timedelta(days=days))
    with reading(asked.engine) as session:
        keys = [
            mail.key for mail in session.exec(select(Delivery).where(Delivery.address == "bestuur@hogeschool.example"))
        ]
    assert [key.rpartition(":")[2] for key in keys] == ["first", "reminder"]


def test_only_who_keeps_the_dossier_asks_and_only_its_own_parties(asked: Asked) -> None:
    assert asked.invite(member=99) == 404
    assert asked.invite(email="geen adres") == 422
    with visit(asked.engine, asked.now, asked.tmp, asked.cast.haarlem) as visitor:
        path = f"/dossiers/{asked.dossier}/coalitie/rondes/{asked.round}/uitnodigen"
        refused = visitor.send_form(path, member=asked.school, email="x@y.example")
        assert refused.status_code == 403  # type: ignore[attr-defined]
    with reading(asked.engine) as session:
        assert session.exec(select(RoundInvitation)).all() == []


def test_an_address_outside_is_read_by_who_asked_it_and_counted_for_others(asked: Asked) -> None:
    asked.invite()
    said = {}
    for by in (asked.cast.lobbyist, asked.cast.haarlem, asked.cast.reader):
        with visit(asked.engine, asked.now, asked.tmp, by) as visitor:
            page = visitor.get(f"/dossiers/{asked.dossier}/coalitie").text
            said[by.id] = "bestuur@hogeschool.example" in page, "per mail gevraagd: 1 adres" in page
    assert said == {
        asked.lobbyist: (True, False), asked.partner: (False, True), asked.cast.reader.id: (False, True),
    }  # fmt: skip
