"""What people say of calls, through the store: it holds, it moves what comes after, and a re-match tells nobody anew."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, CallVectors, Challenge, Match, Participant, Revision, TeamMember, User, Verdict
from db.session import writing
from db.vocabulary import NoReason, ParticipantKind, RevisionKind, Role, Say, Visibility
from notifications.catalogue import read_catalogue
from tracker.challenges.agenda import load_agendas
from tracker.matching import DIGEST_THRESHOLD, Matcher, embedder, model_name
from tracker.matching.run import MatchingResult, match_calls
from tracker.matching.texts import ChallengeText, Vectors
from tracker.matching.verdicts import judge, undo

ENERGIE = "A20-1-energie"
TITLES = (
    "Subsidie voor warmtepompen in het mkb",
    "Warmtepompen voor ondernemers: subsidie voor bedrijfspanden",
    "Subsidie warmtepomp voor bedrijven",
    "Nieuwe ronde: subsidie voor warmtepompen bij bedrijven in het mkb",
    "Bijdrage aan gemeenten voor warmtenetten in aardgasvrije wijken",
)
HEAT = (1, 2, 3)  # the calls that get rejected; the fourth is like them, the fifth is not


class Counting:
    """The encoder, counting what it is asked."""

    def __init__(self) -> None:
        found = embedder()
        assert found is not None
        self._encoder, self.name, self.asked = found, found.name, 0

    def encode(self, texts: list[str]) -> Vectors:
        self.asked += len(texts)
        return self._encoder.encode(texts)


@pytest.fixture(scope="module")
def encoder() -> Counting:
    return Counting()


@cache
def prepared(texts: tuple[ChallengeText, ...], encoder: Counting | None) -> Matcher:
    """One matcher for all tests: preparing an agenda takes over a second."""
    return Matcher(texts, encoder)


def match(engine: Engine, encoder: Counting | None, now: datetime, rebuild: bool = False) -> MatchingResult:
    def make(texts: Sequence[ChallengeText]) -> Matcher:
        matcher = prepared(tuple(texts), encoder)
        if encoder:
            encoder.asked = 0
        return matcher

    name = encoder.name if encoder else None
    return match_calls(engine, model_name(name), make, now, rebuild, encoder=name)


@pytest.fixture
def people(engine: Engine, now: datetime) -> list[User]:
    """Five calls, and two people of one municipality."""
    with writing(engine) as session:
        load_agendas(session)
        session.add(Participant(id="almere", name="Almere", kind=ParticipantKind.MUNICIPALITY))
        session.flush()
        for title in TITLES:
            call = Call(title=title, language="nl", url="https://e.nl/x", first_seen=now, last_seen=now)
            call.summary = f"{title}. Wie aanvraagt, krijgt een deel van de kosten terug."
            session.add(call)
            session.flush()
            session.add(Revision(call_id=call.id, at=now, kind=RevisionKind.NEW))
        both = [
            User(email=f"{name}@e.nl", name=name, role=Role.FUNDRAISER, participant_id="almere", created_at=now)
            for name in ("jan", "els")
        ]
        session.add_all(both)
    return both


def say(
    engine: Engine, now: datetime, who: User, call: int, word: Say, reason: NoReason | None = None, **more: object
) -> None:
    with writing(engine) as session:
        judge(session, session.get_one(User, who.id), call, ENERGIE, word, now, reason, **more)  # type: ignore[arg-type]


def scores(engine: Engine) -> dict[int, float]:
    with Session(engine) as session:
        rows = session.exec(select(Match).where(Match.challenge_id == ENERGIE)).all()
        return {row.call_id: row.score for row in rows}


def reject(engine: Engine, now: datetime, who: User, **more: object) -> None:
    for call in HEAT:
        say(engine, now, who, call, Say.NO, NoReason.NOT_ELIGIBLE, **more)


def test_rejections_sink_what_is_like_them_and_nothing_else_and_survive_a_rebuild(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    before = scores(engine)
    reject(engine, now, people[0])
    match(engine, encoder, now)
    after = scores(engine)
    assert after[4] < 0.7 * before[4]
    assert after[5] == pytest.approx(before[5])
    assert all(after[call] < before[call] for call in HEAT)
    match(engine, encoder, now, rebuild=True)
    assert scores(engine) == pytest.approx(after)
    with Session(engine) as session:
        row = session.exec(select(Match).where(Match.call_id == 4, Match.challenge_id == ENERGIE)).one()
        assert row.said == pytest.approx(before[4])
        assert row.reasons[0]["kind"] == "verdict"
        assert "wij komen niet in aanmerking" in row.reasons[0]["text"]
        assert len(session.exec(select(Verdict).where(col(Verdict.undone_at).is_(None))).all()) == len(HEAT)


def test_what_anyone_wants_does_not_sink_and_a_word_taken_back_moves_nothing(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    before = scores(engine)
    reject(engine, now, people[0])
    say(engine, now, people[1], 4, Say.YES)
    match(engine, encoder, now)
    assert scores(engine)[4] >= before[4]
    with writing(engine) as session:
        for person, calls in ((people[0], HEAT), (people[1], (4,))):
            for call in calls:
                undo(session, session.get_one(User, person.id), call, ENERGIE, now)
    match(engine, encoder, now)
    assert scores(engine) == pytest.approx(before)
    with Session(engine) as session:
        rows = session.exec(select(Match)).all()
    assert all(row.said is None and "verdict" not in {r["kind"] for r in row.reasons} for row in rows)


def test_a_link_that_a_person_makes_is_kept(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    with writing(engine) as session:
        judge(session, session.get_one(User, people[0].id), 1, "A20-2-schiphol", Say.YES, now)
    for rebuild in (False, True):
        match(engine, encoder, now, rebuild=rebuild)
        with Session(engine) as session:
            made = select(Match).where(Match.call_id == 1, Match.challenge_id == "A20-2-schiphol")
            assert session.exec(made).one().score >= DIGEST_THRESHOLD


def test_who_is_not_in_the_team_of_an_opgave_moves_nothing_for_that_team(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    with writing(engine) as session:
        session.add(TeamMember(challenge_id=ENERGIE, user_id=people[1].id))
    match(engine, encoder, now)
    before = scores(engine)
    reject(engine, now, people[0])
    match(engine, encoder, now)
    assert scores(engine) == pytest.approx(before)
    reject(engine, now, people[0], team=True)
    match(engine, encoder, now)
    assert scores(engine)[4] < before[4]


def test_a_word_on_a_call_as_a_whole_is_about_the_opgaven_it_matches(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    before = scores(engine)
    with writing(engine) as session:
        for call in HEAT:
            judge(session, session.get_one(User, people[0].id), call, None, Say.NO, now, NoReason.NOT_ELIGIBLE)
    match(engine, encoder, now)
    after = scores(engine)
    assert all(after[call] < before[call] for call in (*HEAT, 4))
    assert after[5] == pytest.approx(before[5])


def test_a_word_that_only_the_own_organisation_may_see_moves_nothing_for_others(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    before = scores(engine)
    reject(engine, now, people[0], visibility=Visibility.OWN)
    say(engine, now, people[0], 5, Say.YES, visibility=Visibility.OWN)
    match(engine, encoder, now)
    assert scores(engine) == pytest.approx(before)
    with Session(engine) as session:
        assert session.exec(select(Match).where(col(Match.said).is_not(None))).all() == []


def test_a_new_call_like_the_rejected_never_shows_the_score_it_would_have_had(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    reject(engine, now, people[0])
    with writing(engine) as session:
        call = Call(title=TITLES[3], language="nl", url="https://e.nl/y", first_seen=now, last_seen=now)
        call.summary = f"{TITLES[3]}. Wie aanvraagt, krijgt een deel van de kosten terug."
        session.add(call)
        session.flush()
        session.add(Revision(call_id=call.id, at=now, kind=RevisionKind.NEW))
    assert match(engine, encoder, now).calls == 1
    assert scores(engine)[6] == pytest.approx(scores(engine)[4], abs=0.02)
    with Session(engine) as session:
        shown = read_catalogue(session, now, 0.0).calls[6].matches
    assert next(found.score for found in shown if found.challenge_id == ENERGIE) == pytest.approx(scores(engine)[6])


def test_an_edited_opgave_asks_the_encoder_for_no_call_again(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    assert encoder.asked > 0
    with writing(engine) as session:
        session.get_one(Challenge, "A20-3-fiets").words_nl = ["fiets*", "warmtepomp*"]
    assert match(engine, encoder, now).calls == len(TITLES)
    assert encoder.asked == 0
    with Session(engine) as session:
        kept = session.exec(select(CallVectors)).all()
        linked = select(Match.call_id).where(Match.challenge_id == "A20-3-fiets")
        assert set(session.exec(linked)) >= {1, 2, 3, 4}
    assert {row.model for row in kept} == {encoder.name}
    assert len(kept) == len(TITLES)


def test_vectors_of_another_version_are_made_anew(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    with writing(engine) as session:
        for row in session.exec(select(CallVectors)):
            row.model = "use-multilingual-0.0.1"
    match(engine, encoder, now, rebuild=True)
    assert encoder.asked > 0
    with Session(engine) as session:
        assert set(session.exec(select(CallVectors.model))) == {encoder.name}


def test_a_changed_text_gets_its_own_vectors_and_they_go_with_their_call(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    with writing(engine) as session:
        session.get_one(Call, 5).title = "Snelle fietsroutes in de regio"
        session.add(Revision(call_id=5, at=now, kind=RevisionKind.CHANGED))
    match(engine, encoder, now)
    assert encoder.asked == 2  # the title, and the passage that it stands in
    with writing(engine) as session:
        for row in session.exec(select(Match).where(Match.call_id == 5)):
            session.delete(row)
        session.delete(session.exec(select(Revision).where(Revision.call_id == 5)).first())
        session.delete(session.exec(select(Revision).where(Revision.call_id == 5)).one())
        session.flush()
        session.delete(session.get_one(Call, 5))
    with Session(engine) as session:
        assert session.get(CallVectors, 5) is None


def test_without_the_encoder_words_decide_and_verdicts_still_hold_for_their_call(
    engine: Engine, now: datetime, people: list[User]
) -> None:
    match(engine, None, now)
    before = scores(engine)
    reject(engine, now, people[0])
    match(engine, None, now)
    after = scores(engine)
    assert all(after[call] < before[call] for call in HEAT)
    assert after[4] == pytest.approx(before[4])
