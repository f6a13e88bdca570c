"""What is open can be given to a colleague from the list of all that is open, and what nobody has is found there."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Dossier, LogEntry, User
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import LogKind, PartyKind
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.clock import Now
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed
from tracker.lobby.coalition import join, open_round
from tracker.lobby.contacts import ContactFields, Office, commit_to, log_contact
from tracker.lobby.due import lobby_due
from tracker.lobby.giving import give, held_by
from tracker.lobby.history import history_of
from tracker.lobby.worklist import AHEAD, Left, Matter, Narrowed, choices_of, left_in_team, open_matters
from tracker.mailing.due_lines import inside_due, lines_due
from tracker.rights import viewer_of

TODAY = date(2026, 5, 29)
KINDS = ("follow_up", "commitment", "mandate", "own_round")
EVERYTHING = Narrowed()
YESTERDAY = TODAY - timedelta(days=1)


def open_all(cast: Cast) -> None:
    """A follow-up, a promise, a mandate that ended and a round that waits, all with the lobbyist."""
    dossier = cast.open(lobbyist_id=cast.lobbyist.id)
    cast.adopted(dossier, TODAY - timedelta(days=60), YESTERDAY)
    fields = ContactFields(YESTERDAY, "x", follow_up="Bellen", follow_up_on=YESTERDAY, visibility=Visibility.REGION)
    contact = log_contact(cast.deed(), fields, Office("Ministerie van VRO"))
    commit_to(cast.deed(), contact, "Stuurt de planning", YESTERDAY)
    join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, YESTERDAY, "haarlem")
    open_round(cast.deed(), dossier, "Akkoord?", TODAY).due_on = YESTERDAY
    cast.session.flush()


def matters(cast: Cast, narrowed: Narrowed = EVERYTHING) -> list[Matter]:
    due = lobby_due(cast.session, TODAY, AHEAD, with_nobodys=True)
    matters = open_matters(cast.session, viewer_of(cast.coordinator), due, TODAY)
    return [m for m in matters if m.due.kind in KINDS and narrowed.holds(m)]


def leave(cast: Cast, user: User) -> None:
    user.deactivated_at = cast.now
    cast.session.flush()


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    cast = gather(session, now)
    open_all(cast)
    return cast


def test_each_kind_goes_to_a_colleague_and_its_history_names_who_had_it(cast: Cast) -> None:
    for matter in matters(cast):
        held = held_by(matter.due)
        assert held is not None
        give(cast.deed(cast.coordinator), held, cast.second.id, held.version)
    assert [{user.id for user in matter.people} for matter in matters(cast)] == [{cast.second.id}] * len(KINDS)
    contact = next(m.due.owned for m in matters(cast) if m.due.kind == "follow_up")
    assert contact is not None
    (change, _), *_ = history_of(cast.session, viewer_of(cast.coordinator), "contact", contact.id)
    assert change.before == f"wie het doet: {cast.lobbyist.name}"
    told = cast.session.exec(select(LogEntry.text).where(LogEntry.kind == LogKind.SIGN_OFF)).all()
    assert f"van {cast.lobbyist.name} naar {cast.second.name}: Akkoord?" in told


def test_it_goes_only_to_who_can_do_it_and_by_who_may_change_it_as_it_stands(cast: Cast) -> None:
    contact = next(held_by(m.due) for m in matters(cast) if m.due.kind == "follow_up")
    assert contact is not None
    for unable in (cast.reader, cast.haarlem):
        with pytest.raises(Incomplete):
            give(cast.deed(cast.coordinator), contact, unable.id, contact.version)
    with pytest.raises(NotAllowed):
        give(cast.deed(cast.haarlem), contact, cast.second.id, contact.version)
    with pytest.raises(ChangedMeanwhile):
        give(cast.deed(cast.coordinator), contact, cast.second.id, contact.version + 1)


def test_what_somebody_left_behind_is_nobodys_and_stays_out_of_the_mail(cast: Cast) -> None:
    assert matters(cast, Narrowed(person=0)) == []
    leave(cast, cast.lobbyist)
    nobodys = matters(cast, Narrowed(person=0, participant="amsterdam"))
    assert {matter.due.kind for matter in nobodys} == set(KINDS)
    assert matters(cast, Narrowed(person=0, participant="haarlem")) == []
    assert choices_of(cast.session, nobodys)["person"] == [("0", "niemand")]
    assert [item for item in lobby_due(cast.session, TODAY, AHEAD) if item.kind in KINDS] == []
    due = lobby_due(cast.session, TODAY, with_nobodys=True)
    assert left_in_team(cast.session, viewer_of(cast.coordinator), due, TODAY) == Left(nobodys=4, late=0)


def test_a_coordinator_finds_it_on_vandaag_and_gives_it_in_two_presses(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        open_all(cast)
        leave(cast, cast.lobbyist)
        coordinator, second = cast.coordinator, cast.second
        session.expunge_all()
    with visit(engine, now, tmp_path, coordinator) as visitor:
        text = re.sub("<[^>]+>", "", visitor.get("/").text)
        assert "4 zaken van uw organisatie hebben niemand" in text
        assert "te laat en lig" not in text
        page = visitor.get("/openstaand?person=0&everybody=true")
        forms = re.findall(r'name="held" value="(\w+)"><[^>]+ name="row" value="(\d+)"><[^>]+ value="(\d+)"', page.text)
        assert len(forms) == 4
        narrowed = "/openstaand?person=0&everybody=true"
        for held, row, seen in forms:
            assert visitor.send_form(narrowed, held=held, row=row, seen=seen, to="").status_code == 422
            given = visitor.send_form(narrowed, held=held, row=row, seen=seen, to=second.id)
            assert given.headers["location"].startswith(f"{narrowed}&given={held}&row={row}&was=")
        assert "Hier staat niets open" in visitor.get(narrowed).text
        text = re.sub("<[^>]+>", "", visitor.get("/").text)
        assert "4 zaken van uw organisatie zijn te laat en liggen bij iemand" in text, "given away is not done"
        assert "Bekijk en verdeel" not in text
        assert visitor.send_form("/openstaand", held="contact", row=999, seen=1, to=second.id).status_code == 404


def test_who_goes_and_who_stays_is_said_before_and_after_and_the_mail_of_the_next_day_tells_it(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        open_all(cast)
        dossier = session.exec(select(Dossier)).one()
        cast.lobbyist.name, cast.second.name, cast.reader.name = "Lotte", "Sanne", "Murat"
        dossier.official_id = cast.reader.id
        coordinator, second, lobbyist = cast.coordinator, cast.second, cast.lobbyist
        session.flush()
        session.expunge_all()
    with visit(engine, now, tmp_path, coordinator) as visitor:
        all_open = "/openstaand?everybody=true"
        text = visitor.get(all_open).text
        assert "lobbyist van het dossier, in de plaats van Lotte, met alles wat daarbij hoort. Murat blijft" in text
        assert "Deze collega komt in de plaats van Lotte." in text
        seen = re.search(r'value="dossier"><[^>]+ value="\d+"><[^>]+ value="(\d+)"', text)
        assert seen is not None
        given = visitor.send_form(all_open, held="dossier", row=dossier.id, seen=seen[1], to=second.id)
        after = visitor.get(given.headers["location"]).text
        assert f"Sanne is nu lobbyist van {dossier.title}, in de plaats van Lotte. Murat blijft ambtelijk" in after
        assert "Sanne leest het in de mail van de eerstvolgende werkdag." in after
        assert "Murat en Sanne" in after
        review = visitor.send_form("/overleg").headers["location"].split("/punten")[0]
        points = set(re.findall(rf'href="({review}/punten/\d+)"', visitor.get(f"{review}/punten/1").text))
        mandate = next(
            page
            for path in points
            if 'what">Mandaat van een standpunt is afgelopen' in (page := visitor.get(path).text)
        )
        assert "<dt>Wie</dt><dd>Murat en Sanne</dd>" in mandate
        assert [words in mandate for words in ("Lobbyist van het dossier", "Murat blijft ambtelijk")] == [True, True]
    assert lines_for(engine, now, second) == [], "the mail of today has left"
    tomorrow = lines_for(engine, now + timedelta(days=3), second)  # it is Friday
    assert [line.split(", uiterlijk")[0] for line in tomorrow] == [
        f"{coordinator.name} droeg aan u over: Mandaat van een standpunt is afgelopen: {dossier.title}"
    ]
    assert lines_for(engine, now + timedelta(days=3), lobbyist) == []


def lines_for(engine: Engine, at: datetime, user: User) -> list[str]:
    """What the mail of that morning tells of what was handed over."""
    with reading(engine) as session:
        lines = lines_due(inside_due(session, Now(at)), {}, Now(at)).get(user.id, ())
        return [line.what for line in lines if "droeg" in line.what]
