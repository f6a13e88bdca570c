"""Who is away names a colleague, who then gets what is due as well, and no more than they may see."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Absence, Follow, SignOffRound, User
from db.session import reading, writing
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import PartyKind
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import deliveries, make_agenda, make_call, plan_at
from tests.make.pages import make_user, visit
from tracker.errors import Incomplete, NotFound
from tracker.lobby import coalition
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.lobby.due import lobby_due
from tracker.people.absences import absences_for, arrange, call_off, replacements_on
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

FRIDAY, TUESDAY = date(2026, 5, 29), date(2026, 6, 2)
FAR = date(2026, 6, 12)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def away(cast: Cast, user: User, replacement: User, first: date = FRIDAY, last: date = FAR) -> Absence:
    return arrange(cast.deed(user), user, replacement, first, last)


def holders(cast: Cast, day: date = FRIDAY) -> list[tuple[int, str]]:
    return [(d.user_id, d.why) for d in lobby_due(cast.session, day) if d.kind == "follow_up"]


def test_the_replacement_gets_it_as_well_for_those_days_and_is_told_why(cast: Cast) -> None:
    log_contact(cast.deed(), ContactFields(FRIDAY, "x", follow_up="Bellen", follow_up_on=TUESDAY), Office("VRO"))
    absence = away(cast, cast.lobbyist, cast.coordinator)
    own, instead = holders(cast)
    assert {own[0], instead[0]} == {cast.lobbyist.id, cast.coordinator.id}
    told = dict([own, instead])[cast.coordinator.id]
    assert told == f"U krijgt dit omdat u {cast.lobbyist.name} vervangt tot en met 12 jun 2026."
    assert len(holders(cast, FAR + timedelta(days=1))) == 1, "the day after it is over"
    call_off(cast.deed(), absence)
    assert len(holders(cast)) == 1


def test_who_stands_in_is_told_nothing_that_they_may_not_see(cast: Cast) -> None:
    dossier = cast.open(visibility=Visibility.GROUP, group_lobbyists=True)
    coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, FRIDAY, "haarlem")
    coalition.open_round(cast.deed(), dossier, "Akkoord?", FAR)
    colleague = make_user(cast.session, cast.now, Role.FUNDRAISER, "haarlem")  # and so not in the group of lobbyists
    away(cast, cast.haarlem, colleague)

    def asked() -> list[int]:
        return [d.user_id for d in lobby_due(cast.session, FRIDAY) if d.kind == "sign_off"]

    assert asked() == [cast.haarlem.id]
    dossier.visibility = Visibility.REGION
    cast.session.flush()
    assert asked() == [cast.haarlem.id], "the round itself is still for the group"
    cast.session.exec(select(SignOffRound)).one().visibility = Visibility.REGION
    cast.session.flush()
    assert asked() == [cast.haarlem.id, colleague.id]
    colleague.participant_id = "amsterdam"  # moved since
    cast.session.flush()
    assert asked() == [cast.haarlem.id]


def test_where_the_replacement_is_away_too_the_next_one_gets_it(cast: Cast) -> None:
    away(cast, cast.lobbyist, cast.coordinator)
    away(cast, cast.coordinator, cast.second, FRIDAY, TUESDAY)
    away(cast, cast.second, cast.lobbyist)  # round and round ends
    standing_in = replacements_on(cast.session, FRIDAY)[cast.lobbyist.id]
    assert [each.user_id for each in standing_in] == [cast.coordinator.id, cast.second.id]
    assert [each.until for each in standing_in] == [FAR, TUESDAY]


def test_who_may_arrange_it_and_what_is_refused(cast: Cast) -> None:
    elsewhere = make_user(cast.session, cast.now, Role.ADMINISTRATOR, "haarlem")
    for by in (cast.reader, cast.haarlem, elsewhere):
        with pytest.raises(NotFound):
            arrange(cast.deed(by), cast.lobbyist, cast.coordinator, FRIDAY, FAR)
    arrange(cast.deed(cast.coordinator), cast.lobbyist, cast.second, FRIDAY, TUESDAY)
    wrong = [
        (cast.haarlem, FAR, FAR),
        (cast.lobbyist, FAR, FAR),
        (cast.second, FAR, FRIDAY),
        (cast.second, TUESDAY, FAR),
    ]
    for replacement, first, last in wrong:
        with pytest.raises(Incomplete):
            arrange(cast.deed(), cast.lobbyist, replacement, first, last)
    known = [
        len(absences_for(cast.session, viewer_of(user), FRIDAY))
        for user in (cast.second, cast.reader, cast.haarlem, elsewhere)
    ]
    assert known == [1, 0, 0, 0]


def test_the_one_mail_of_the_day_says_it_with_what_they_follow(engine: Engine, now: datetime) -> None:
    make_agenda(engine)
    call = make_call(engine, now, closes=TUESDAY)
    with writing(engine) as session:
        absent = make_user(session, now, Role.FUNDRAISER, "haarlem", "weg@haarlem.nl")
        stand_in = make_user(session, now, Role.FUNDRAISER, "haarlem", "er@haarlem.nl")
        stand_in.name, absent.name = "Els", "Sanne"
        session.add(Follow(user_id=absent.id, call_id=call, at=now - timedelta(days=9)))
        session.add(
            Absence(
                user_id=absent.id, replacement_id=stand_in.id, first_day=FRIDAY, last_day=FAR, set_by=absent.id, set_at=now
            )
        )  # fmt: skip
    plan_at(engine, now)  # Friday 08:00
    (mail,) = [mail for mail in deliveries(engine) if mail.address == "er@haarlem.nl"]
    assert "u vervangt Sanne tot en met 12 jun 2026" in mail.text
    assert "U krijgt dit omdat u Sanne vervangt tot en met 12 jun 2026." in mail.text
    plan_at(engine, now + timedelta(days=3))  # Monday
    newest = [m for m in deliveries(engine) if m.address == "er@haarlem.nl" and m.id != mail.id and m.text][-1]
    assert "morgen: Circulair bouwen" in newest.subject
    assert "deze regelingen volgt" not in newest.text
    assert "u vervangt Sanne tot" not in newest.text, "it was said once"


@pytest.mark.one_database
def test_it_is_arranged_and_taken_back_on_the_page(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        lobbyist, coordinator = cast.lobbyist, cast.coordinator
        session.expunge_all()
    days = {"first_day": "2026-05-29", "last_day": "2026-06-12"}
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        assert visitor.send_form("/vervanging", replacement=coordinator.id, **days).status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form("/vervanging", replacement=coordinator.id, **days).status_code == 422  # type: ignore[attr-defined]
        assert coordinator.name in visitor.get("/vervanging").text
    with visit(engine, now, tmp_path, coordinator) as visitor:
        assert "U vervangt <a" in visitor.get("/openstaand").text
        assert visitor.send_form("/vervanging/1/intrekken").status_code == 303  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.exec(select(Absence)).one().called_off_at is not None
