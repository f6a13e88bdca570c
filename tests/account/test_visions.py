"""The visie is written together: proposed by who works here, taken over by a second person, every version kept."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from db.models import AuditEntry, Challenge, Goal, User, Vision, VisionProposal, VisionVersion
from db.session import reading, writing
from db.vocabulary import Role
from db.vocabulary_account import ProposalState
from tests.account.test_kept_reports import words_of
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user, visit
from tests.make.pdf_tags import read_tags
from tracker.account import visions
from tracker.account.goals import GoalWords, set_goal
from tracker.account.visions import VisionFields
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.rights import Deed, viewer_of

OPGAVE = "A20-1"
TEXT = VisionFields("Warme regio", "In 2040 is elk huis warm.\n\nZonder gas.", "Programmateam Energie")


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def begun(cast: Cast) -> Vision:
    """A first text, proposed by a lobbyist and taken over by a coordinator."""
    first = visions.propose(cast.deed(), OPGAVE, TEXT, 0)
    visions.take_over(cast.deed(cast.coordinator), first, "", first.version)
    found = visions.vision_of(cast.session, OPGAVE)
    assert found
    return found


def test_all_visies_are_asked_for_in_one_question(cast: Cast) -> None:
    begun(cast)
    visions.propose(cast.deed(), "", TEXT, 0)
    asked: list[str] = []
    event.listen(
        cast.session.get_bind(), "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement)
    )
    found = visions.visions(cast.session, viewer_of(cast.coordinator))
    assert [(one.title, one.open) for one in found] == [("Visie op de regio", 1), (TEXT.title, 0)]
    assert len(asked) == 1
    assert len(visions.visions(cast.session, viewer_of(cast.reader))) == 1, (
        "what is only proposed is for who works here"
    )


def test_a_second_person_takes_over_what_one_proposed_and_every_version_stays(cast: Cast) -> None:
    vision = begun(cast)
    with pytest.raises(NotAllowed):
        visions.propose(cast.deed(cast.reader), OPGAVE, TEXT, 1)
    for same in (TEXT, replace(TEXT, text="Anders"), replace(TEXT, text=" "), replace(TEXT, authors="")):
        with pytest.raises(Incomplete):
            visions.propose(cast.deed(), OPGAVE, same, 1)
    other = replace(TEXT, text="In 2035 is elk huis warm.\n\nZonder gas.", why="De raden willen het eerder.")
    with pytest.raises(ChangedMeanwhile):
        visions.propose(cast.deed(), OPGAVE, other, 0)
    mine = visions.propose(cast.deed(cast.coordinator), OPGAVE, other, 1)
    theirs = visions.propose(cast.deed(cast.haarlem), OPGAVE, replace(other, text="Nooit."), 1)
    with pytest.raises(NotAllowed):
        visions.take_over(cast.deed(cast.coordinator), mine, "", mine.version)
    with pytest.raises(NotAllowed):
        visions.take_over(cast.deed(), mine, "", mine.version)
    visions.take_over(cast.deed(cast.second), mine, "Goed.", mine.version)
    with pytest.raises(ChangedMeanwhile), cast.session.begin_nested():
        visions.take_over(cast.deed(cast.second), theirs, "", theirs.version)
    cast.session.expire_all()
    with pytest.raises(Incomplete):
        visions.decline(cast.deed(cast.second), theirs, " ", theirs.version)
    cast.session.expire_all()
    visions.decline(cast.deed(cast.second), theirs, "Het kan niet.", theirs.version)
    with pytest.raises(Incomplete):
        visions.decline(cast.deed(cast.coordinator), theirs, "Nog eens.", theirs.version)
    assert [(v.number, v.text[:7], v.why) for v in visions.versions_of(cast.session, vision)] == [
        (2, "In 2035", "De raden willen het eerder."), (1, "In 2040", ""),
    ]  # fmt: skip
    now = visions.version_of(cast.session, vision)
    assert (now and now.text, theirs.state, theirs.answer) == (other.text, ProposalState.DECLINED, "Het kan niet.")


def test_an_account_of_after_the_proposal_is_no_second_person(cast: Cast) -> None:
    first = visions.propose(cast.deed(), OPGAVE, TEXT, 0)
    later = make_user(cast.session, cast.now + timedelta(days=1), Role.COORDINATOR, email="nieuw@amsterdam.nl")
    with pytest.raises(NotAllowed):
        visions.take_over(Deed(cast.session, later, cast.now + timedelta(days=2)), first, "", first.version)


def test_who_reads_sees_what_holds_and_not_what_is_being_written(cast: Cast) -> None:
    reader, session = viewer_of(cast.reader), cast.session
    proposal = visions.propose(cast.deed(), "", replace(TEXT, title="Visie op de regio"), 0)
    assert visions.visions(session, reader) == []
    with pytest.raises(NotFound):
        visions.shown_vision(session, reader, proposal.vision_id)
    with pytest.raises(NotFound):
        visions.proposal_for(session, reader, proposal.id)
    assert [one.open for one in visions.visions(session, viewer_of(cast.haarlem))] == [1]
    with pytest.raises(NotAllowed):
        visions.withdraw(cast.deed(cast.haarlem), proposal, proposal.version)
    visions.withdraw(cast.deed(), proposal, proposal.version)
    assert visions.visions(session, viewer_of(cast.haarlem)) == []
    begun(cast)
    assert [one.title for one in visions.visions(session, reader)] == ["Warme regio"]


def test_a_goal_names_the_visie_that_it_serves(cast: Cast) -> None:
    vision, challenge = begun(cast), cast.session.get_one(Challenge, OPGAVE)
    words = GoalWords("Van het gas", Decimal(1), "woningen", date(2030, 1, 1), "Agenda", vision_id=vision.id)
    goal = set_goal(cast.deed(cast.coordinator), challenge, words)
    assert (goal.vision, list(visions.serving(cast.session, vision))) == ("Warme regio", [goal])
    with pytest.raises(Incomplete):
        set_goal(cast.deed(cast.coordinator), challenge, replace(words, vision_id=999))


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[str, User]:
    with writing(engine) as session:
        cast = gather(session, now)
        names = ("lobbyist", "coordinator", "reader", "haarlem")
        found = {name: getattr(cast, name) for name in names}
        session.flush()
        session.expunge_all()
    return found


@pytest.mark.one_database
def test_the_pages_lead_from_proposal_to_text_goal_and_paper(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    typed = {"opgave": OPGAVE, "title": TEXT.title, "text": TEXT.text, "authors": TEXT.authors}
    with visit(engine, now, tmp_path, people["haarlem"]) as visitor:
        assert f'href="/visie/voorstel?opgave={OPGAVE}"' in visitor.get(f"/opgaven/{OPGAVE}").text
        short = visitor.send_form("/visie/voorstel", **{**typed, "authors": "", "seen": 0})
        assert (short.status_code, TEXT.title in short.text) == (422, True)  # type: ignore[attr-defined]
        made = visitor.send_form("/visie/voorstel", **typed, seen=0)
        path = made.headers["location"].partition("?")[0]  # type: ignore[attr-defined]
        assert "Een coördinator die een ander is" in visitor.get(path).text
        assert visitor.send_form(f"{path}/overnemen", seen=1).status_code == 404  # type: ignore[attr-defined]
        assert visitor.get("/visie/voorstel?opgave=nergens").status_code == 404
    with visit(engine, now, tmp_path, people["reader"]) as visitor:
        assert [visitor.get(page).status_code for page in (path, "/visie/1", "/visie/1/pdf")] == [404] * 3
        assert "Warme regio" not in visitor.get("/visie").text + visitor.get(f"/opgaven/{OPGAVE}").text
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        seen = visitor.seen_on(path, f"{path}/afwijzen")
        assert visitor.send_form(f"{path}/overnemen", seen=seen, answer="").status_code == 303  # type: ignore[attr-defined]
        goal = {"text": "Van het gas", "target": "15", "unit": "woningen", "due_on": "2030-01-01", "source": "MRA"}
        form = f"/verantwoording/opgaven/{OPGAVE}/doelen"
        with reading(engine) as session:
            number = session.exec(select(Vision.id)).one()
        assert visitor.send_form(form, **goal, vision_id=number).status_code == 303  # type: ignore[attr-defined]
    with visit(engine, now, tmp_path, people["reader"]) as visitor:
        page = visitor.get(f"/visie/{number}").text
        for there in ("In 2040 is elk huis warm.", "Zonder gas.", "Programmateam Energie", "Van het gas"):
            assert there in page, there
        assert "Voorstellen" not in page
        assert f'<a href="/visie/{number}">Warme regio</a>' in visitor.get(f"/verantwoording/opgaven/{OPGAVE}").text
        assert "In 2040" in visitor.get(f"/visie/{number}/versies/1").text
        assert visitor.get(f"/visie/{number}/versies/2").status_code == 404
        (row,) = json.loads(visitor.get("/visie.json").text)
        assert (row["visie"], row["versie"], row["doelen"]) == ("Warme regio", 1, 1)
        pdf = visitor.get(f"/visie/{number}/pdf").content
    tags = read_tags(pdf)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert (tags.lang, tags.marked, tags.title) == ("nl-NL", True, "Warme regio")
    assert [tag for tag in tags.order if tag in ("H1", "P", "H2", "L")] == ["H1", "P", "P", "P", "H2", "L"]
    assert "Versie 1, geldt sinds vrijdag 29 mei 2026" in words_of(pdf)
    with reading(engine) as session:
        said = [row.action for row in session.exec(select(AuditEntry)) if "vision" in row.object]
        assert said == ["vision proposed", "vision taken over"]
        assert [len(session.exec(select(model)).all()) for model in (VisionProposal, VisionVersion, Goal)] == [1, 1, 1]
