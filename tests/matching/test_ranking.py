"""What people say of calls, through the store: it holds, it moves what comes after, and a re-match tells nobody anew."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import (
    Call,
    CallVectors,
    Challenge,
    Leaning,
    Lesson,
    Match,
    Participant,
    Revision,
    TeamMember,
    User,
    Verdict,
)
from db.session import reading, writing
from db.vocabulary import LessonKind, NoReason, ParticipantKind, RevisionKind, Role, Say
from notifications.catalogue import read_catalogue
from tracker.challenges.agenda import load_agendas
from tracker.mailing.leanings import for_reader
from tracker.matching import DIGEST_THRESHOLD, Matcher, embedder, model_name, ranking
from tracker.matching.lessons import kinds_of, lessons_of, put_back, teach, undo_lesson
from tracker.matching.ranking import leanings_of
from tracker.matching.run import MatchingResult, match_calls
from tracker.matching.texts import ChallengeText, Vectors
from tracker.matching.vectors import CachedEncoder
from tracker.matching.verdicts import judge, undo

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

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
    """The encoder, counting what it is asked; the tests ask it the same few texts, which it reads once."""

    def __init__(self) -> None:
        found = embedder()
        assert found is not None
        self._encoder, self.name, self.asked = CachedEncoder(found, {}), found.name, 0

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
    """Five calls, two people of one municipality, and one of another."""
    with writing(engine) as session:
        load_agendas(session)
        for place in ("almere", "haarlem"):
            session.add(Participant(id=place, name=place.title(), kind=ParticipantKind.MUNICIPALITY))
        session.flush()
        for title in TITLES:
            call = Call(title=title, language="nl", url="https://e.nl/x", first_seen=now, last_seen=now)
            call.summary = f"{title}. Wie aanvraagt, krijgt een deel van de kosten terug."
            session.add(call)
            session.flush()
            session.add(Revision(call_id=call.id, at=now, kind=RevisionKind.NEW))
        everybody = [
            User(email=f"{name}@e.nl", name=name, role=Role.FUNDRAISER, participant_id=place, created_at=now)
            for name, place in (("jan", "almere"), ("els", "almere"), ("iris", "haarlem"))
        ]
        session.add_all(everybody)
    return everybody


def say(
    engine: Engine, now: datetime, who: User, call: int, word: Say, reason: NoReason | None = None, **more: object
) -> None:
    with writing(engine) as session:
        judge(session, session.get_one(User, who.id), call, ENERGIE, word, now, reason, **more)  # type: ignore[arg-type]


def matcher_says(engine: Engine) -> dict[int, float]:
    with Session(engine) as session:
        rows = session.exec(select(Match).where(Match.challenge_id == ENERGIE)).all()
        return {row.call_id: row.score for row in rows}


def scores(engine: Engine, who: User) -> dict[int, float]:
    """Every call's score as this person sees it."""
    with Session(engine) as session:
        moved = select(Leaning).where(Leaning.user_id == who.id, Leaning.challenge_id == ENERGIE)
        return matcher_says(engine) | {row.call_id: row.score for row in session.exec(moved)}


def because(engine: Engine, who: User, call: int) -> str:
    with Session(engine) as session:
        rows = select(Leaning).where(Leaning.user_id == who.id, Leaning.call_id == call)
        return session.exec(rows.where(Leaning.challenge_id == ENERGIE)).one().because


def reject(engine: Engine, now: datetime, who: User, **more: object) -> None:
    for call in HEAT:
        say(engine, now, who, call, Say.NO, NoReason.NOT_ELIGIBLE, **more)


def test_rejections_sink_what_is_like_them_at_once_and_nothing_else_and_survive_a_rebuild(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, _els, _iris = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    reject(engine, now, jan)
    after = scores(engine, jan)
    assert after[4] < 0.7 * before[4]
    assert after[5] == pytest.approx(before[5])
    assert all(after[call] < before[call] for call in HEAT)
    assert "wij komen niet in aanmerking" in because(engine, jan, 4)
    for rebuild in (False, True):
        match(engine, encoder, now, rebuild=rebuild)
        assert scores(engine, jan) == pytest.approx(after)
        assert matcher_says(engine) == pytest.approx(before)


def test_what_one_person_says_moves_nothing_for_a_colleague_or_another_organisation(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, els, iris = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    reject(engine, now, jan)
    say(engine, now, jan, 5, Say.YES)
    match(engine, encoder, now)
    assert scores(engine, els) == pytest.approx(before)
    assert scores(engine, iris) == pytest.approx(before)
    with Session(engine) as session:
        assert set(session.exec(select(Leaning.user_id))) == {jan.id}


@pytest.mark.parametrize("team", [True, False])
def test_the_own_team_hears_it_and_a_member_from_elsewhere_does_not(
    engine: Engine, now: datetime, people: list[User], encoder: Counting, team: bool
) -> None:
    jan, els, iris = people
    if not team:
        with writing(engine) as session:
            session.add_all(TeamMember(challenge_id=ENERGIE, user_id=person.id) for person in people)
    match(engine, encoder, now)
    before = matcher_says(engine)
    reject(engine, now, jan, team=team)
    assert scores(engine, els)[4] < before[4]
    assert scores(engine, iris) == pytest.approx(before)


def test_what_the_reader_wants_does_not_sink_and_a_word_taken_back_moves_nothing(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, *_ = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    reject(engine, now, jan)
    say(engine, now, jan, 4, Say.YES)
    assert scores(engine, jan)[4] >= max(before[4], 0.95)
    with writing(engine) as session:
        for call in (*HEAT, 4):
            undo(session, session.get_one(User, jan.id), call, ENERGIE, now)
    assert scores(engine, jan) == pytest.approx(before)
    with Session(engine) as session:
        assert session.exec(select(Leaning)).all() == []


def test_a_link_that_a_person_makes_is_kept_for_that_person(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    match(engine, encoder, now)
    with writing(engine) as session:
        judge(session, session.get_one(User, people[0].id), 1, "A20-2-schiphol", Say.YES, now)
    for rebuild in (False, True):
        match(engine, encoder, now, rebuild=rebuild)
        with Session(engine) as session:
            made = select(Leaning).where(Leaning.call_id == 1, Leaning.challenge_id == "A20-2-schiphol")
            assert [(row.user_id, row.score) for row in session.exec(made)] == [(people[0].id, 0.95)]


def test_a_word_on_a_call_as_a_whole_is_about_the_opgaven_it_matches(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, *_ = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    with writing(engine) as session:
        for call in HEAT:
            judge(session, session.get_one(User, jan.id), call, None, Say.NO, now, NoReason.NOT_ELIGIBLE)
        judge(session, session.get_one(User, jan.id), 5, None, Say.YES, now)
    after = scores(engine, jan)
    assert all(after[call] < before[call] for call in (*HEAT, 4))
    with Session(engine) as session:
        raised = select(Leaning).where(Leaning.call_id == 5)
        weak = select(Match.challenge_id).where(Match.call_id == 5, Match.score < DIGEST_THRESHOLD)
        assert not {row.challenge_id for row in session.exec(raised)} & set(session.exec(weak))


def test_a_new_call_like_the_rejected_stands_lower_from_its_first_match_on(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, _els, iris = people
    match(engine, encoder, now)
    reject(engine, now, jan)
    with writing(engine) as session:
        call = Call(title=TITLES[3], language="nl", url="https://e.nl/y", first_seen=now, last_seen=now)
        call.summary = f"{TITLES[3]}. Wie aanvraagt, krijgt een deel van de kosten terug."
        session.add(call)
        session.flush()
        session.add(Revision(call_id=call.id, at=now, kind=RevisionKind.NEW))
    assert match(engine, encoder, now).calls == 1
    assert scores(engine, jan)[6] == pytest.approx(scores(engine, jan)[4], abs=0.02)
    with Session(engine) as session:
        catalogue = read_catalogue(session, now, DIGEST_THRESHOLD)
        leanings = leanings_of(session, [jan.id, iris.id])
        of = {who.id: for_reader(catalogue, leanings.get(who.id, ()), DIGEST_THRESHOLD) for who in (jan, iris)}
    told = {who: {m.challenge_id: m.score for m in each.calls[6].matches}.get(ENERGIE, 0.0) for who, each in of.items()}
    assert told[jan.id] in (0.0, pytest.approx(scores(engine, jan)[6]))
    assert told[iris.id] == pytest.approx(matcher_says(engine)[6])
    by_opgave = {call.id for call, _ in of[jan.id].by_challenge.get(ENERGIE, [])}
    assert (6 in by_opgave) == (told[jan.id] > 0)


def test_a_kind_is_named_and_can_be_put_back(
    engine: Engine, now: datetime, people: list[User], encoder: Counting
) -> None:
    jan, els, _iris = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    reject(engine, now, jan)
    with writing(engine) as session:
        (kind,) = kinds_of(session, jan.id, now)
        assert {call.id for call in kind.calls} == set(HEAT)
        assert (kind.reason, kind.name) == (NoReason.NOT_ELIGIBLE, "subsidie warmtepomp")
        assert kinds_of(session, els.id, now) == []
        put_back(session, session.get_one(User, jan.id), [call.id for call in kind.calls], now)
        assert kinds_of(session, jan.id, now) == []
    after = scores(engine, jan)
    assert after[4] == pytest.approx(before[4])
    assert all(after[call] < before[call] for call in HEAT)  # what was said of these calls stays
    with writing(engine) as session:
        for lesson, _ in lessons_of(session, jan.id):
            undo_lesson(session, session.get_one(User, jan.id), lesson, now)
    assert scores(engine, jan)[4] < before[4]


def test_one_rejection_of_a_kind_is_shown_without_its_vector(
    engine: Engine, now: datetime, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are needed to lower anything; opening a vector costs the pages 15 MiB for numpy."""
    jan, _els, _iris = people
    with writing(engine) as session:
        judge(session, session.get_one(User, jan.id), 1, ENERGIE, Say.NO, now, NoReason.NOT_ELIGIBLE)
    monkeypatch.setattr(ranking, "wholes", lambda *_: pytest.fail("a vector was read"))
    with reading(engine) as session:
        assert kinds_of(session, jan.id, now) == []


def test_more_and_never_more_like_this(engine: Engine, now: datetime, people: list[User], encoder: Counting) -> None:
    jan, els, iris = people
    match(engine, encoder, now)
    before = matcher_says(engine)
    with writing(engine) as session:
        lesson = teach(session, session.get_one(User, jan.id), 1, LessonKind.NEVER, now)
        assert session.exec(select(Verdict)).all() == []
    after = scores(engine, jan)
    assert after[1] == pytest.approx(0.1 * before[1])
    assert after[2] < 0.5 * before[2]
    assert "nooit meer" in because(engine, jan, 2)
    assert scores(engine, els) == scores(engine, iris) == pytest.approx(before)
    with writing(engine) as session:
        undo_lesson(session, session.get_one(User, jan.id), session.get_one(Lesson, lesson.id), now)
    assert scores(engine, jan) == pytest.approx(before)
    with writing(engine) as session:
        teach(session, session.get_one(User, jan.id), 2, LessonKind.MORE, now)
    after = scores(engine, jan)
    assert after[4] > before[4]
    assert "vaker" in because(engine, jan, 4)
    assert after[5] == pytest.approx(before[5], abs=0.05)


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
    engine: Engine, now: datetime, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.matching.verdicts.installed", lambda: None)
    jan, *_ = people
    match(engine, None, now)
    before = matcher_says(engine)
    reject(engine, now, jan)
    after = scores(engine, jan)
    assert all(after[call] < before[call] for call in HEAT)
    assert after[4] == pytest.approx(before[4])
