"""What a text leaves open is asked once, answered by a person, and respected by every crawl; a doubt takes nothing away."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db.models import Answer, Call, Correction, Deadline, Doubt, Participant, Question, User
from db.vocabulary import AnswerKind, ParticipantKind, Role
from scrapers.listing import Listing
from tests.make.crawls import closes, make_listing, store
from tracker.calls import merge
from tracker.calls.answers import answer, doubt, value_of
from tracker.calls.corrections import take_back
from tracker.errors import ChangedMeanwhile, NotAllowed, Refused
from tracker.rights import Deed

DAY = timedelta(days=1)
SENTENCE = "Aanvragen kan tot 1 oktober, of tot 1 november voor wie samenwerkt."


def asking(*readings: str, field: str = "closes", sentence: str = SENTENCE, **more: Any) -> Listing:
    question = {"field": field, "sentence": sentence, "readings": readings, "why": "twee data"}
    return make_listing(1, **({"deadlines": (), "questions": (question,), "snapshot": "a" * 64} | more))


@pytest.fixture
def people(session: Session, now: datetime) -> tuple[User, User]:
    session.add(Participant(id="amsterdam", name="Amsterdam", kind=ParticipantKind.MUNICIPALITY))
    session.flush()
    found = [
        User(email=f"{n}@a.nl", name=n, role=role, participant_id="amsterdam", created_at=now)
        for n, role in (("Ans", Role.READER), ("Bo", Role.FUNDRAISER))
    ]
    session.add_all(found)
    session.commit()
    return found[0], found[1]


def open_questions(session: Session) -> list[Question]:
    return list(session.exec(select(Question).where(col(Question.settled_at).is_(None)).order_by(col(Question.id))))


def test_a_question_is_kept_with_its_sentence_and_nothing_of_it_is_shown(session: Session, now: datetime) -> None:
    store(session, [asking("2026-09-30", "2026-10-31")], now)
    call, question = session.exec(select(Call)).one(), session.exec(select(Question)).one()
    assert (question.call_id, question.field, question.sentence) == (call.id, "closes", SENTENCE)
    assert (question.readings, question.why, question.snapshot) == (["2026-09-30", "2026-10-31"], "twee data", "a" * 64)
    assert (call.closes_at, call.review, session.exec(select(Deadline)).all()) == (None, [], [])


def test_a_shown_value_keeps_its_sentence_and_certainty(session: Session, now: datetime) -> None:
    deadline = closes("2026-10-01", "17:00", sentence="Dien in voor 1 oktober 17.00 uur.", certainty=0.93)
    proof = {"budget": {"sentence": "Er is € 2,5 miljoen.", "certainty": 0.88}}
    store(session, [make_listing(1, deadlines=(deadline,), budget="2500000", proof=proof)], now)
    kept = session.exec(select(Deadline)).one()
    assert (kept.sentence, kept.certainty) == ("Dien in voor 1 oktober 17.00 uur.", 0.93)
    assert session.exec(select(Call.proof)).one() == proof
    later = deadline | {"sentence": "Indienen kan tot en met 1 oktober 17.00 uur.", "certainty": 0.97}
    store(session, [make_listing(1, deadlines=(later,), budget="2500000")], now + DAY)
    session.refresh(kept)
    assert (kept.sentence, kept.certainty, kept.version) == (later["sentence"], 0.97, 1)  # the date did not move
    assert session.exec(select(Call.proof)).one() == {}


def test_what_is_less_likely_than_not_is_asked_whoever_shows_it(session: Session, now: datetime) -> None:
    deadline = closes("2026-10-01", "17:00", sentence="Rond 1 oktober 17.00 uur.", certainty=0.4)
    proof = {"budget": {"sentence": "Misschien 3 ton.", "certainty": 0.3}}
    store(session, [make_listing(1, deadlines=(deadline,), budget="300000", proof=proof)], now)
    call = session.exec(select(Call)).one()
    assert (call.closes_at, call.budget, call.proof) == (None, None, {})
    asked = {question.field: question.readings for question in open_questions(session)}
    assert asked == {"closes": ["2026-10-01T17:00"], "budget": ["300000"]}


def test_a_question_changes_with_its_text_and_ends_when_the_text_raises_it_no_more(
    session: Session, now: datetime
) -> None:
    store(session, [asking("2026-09-30", "2026-10-31")], now)
    store(session, [asking("2026-09-30", "2026-10-31", summary="iets anders")], now + DAY)
    assert [question.changed_at for question in open_questions(session)] == [now]
    store(session, [asking("2026-11-30", sentence="Tot 1 december, misschien.")], now + 2 * DAY)
    (question,) = open_questions(session)
    assert (question.readings, question.asked_at, question.changed_at) == (["2026-11-30"], now, now + 2 * DAY)
    store(session, [make_listing(1)], now + 3 * DAY)
    assert open_questions(session) == []
    store(session, [asking("2026-11-30", sentence="Tot 1 december, misschien.")], now + 4 * DAY)
    assert [again.id for again in open_questions(session)] == [question.id]  # nobody ever answered it


def test_an_answer_becomes_a_correction_that_the_next_crawl_respects_and_is_not_asked_again(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    store(session, [asking("2026-09-30", "2026-10-31T17:00")], now)
    (question,) = open_questions(session)
    said = answer(
        Deed(session, people[1], now + DAY), question.id, AnswerKind.CHOSEN, value_of("closes", "2026-10-31T17:00")
    )
    session.commit()
    store(session, [asking("2026-09-30", "2026-10-31T17:00", summary="nieuw")], now + 2 * DAY)
    call = session.exec(select(Call)).one()
    assert call.closes_at == datetime.fromisoformat("2026-10-31T16:00+00:00")
    assert (call.provenance["closes"], open_questions(session)) == ("correctie", [])
    correction = session.exec(select(Correction)).one()
    assert (said.correction_id, correction.user_id, SENTENCE in correction.reason) == (
        correction.id,
        people[1].id,
        True,
    )
    with pytest.raises(ChangedMeanwhile):
        answer(Deed(session, people[1], now + 3 * DAY), question.id, AnswerKind.ABSENT, None)
    store(session, [asking("2026-12-31", sentence="Verlengd tot oudjaar, of niet.")], now + 4 * DAY)
    assert [one.readings for one in open_questions(session)] == [["2026-12-31"]]  # another text is another question


def test_an_answer_that_is_taken_back_is_asked_again(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    store(session, [asking("2500000", field="budget")], now)
    (question,) = open_questions(session)
    answer(Deed(session, people[1], now), question.id, AnswerKind.CHOSEN, "2500000")
    assert session.exec(select(Call.budget)).one() == 2_500_000
    take_back(session, session.exec(select(Correction)).one(), now + DAY)
    assert session.exec(select(Call.budget)).one() is None
    assert [one.id for one in open_questions(session)] == [question.id]
    assert session.exec(select(Answer.withdrawn_at)).one() == now + DAY


def test_that_it_is_not_there_settles_the_question_and_leaves_the_field_to_the_source(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    store(session, [asking("2026-09-30")], now)
    answer(Deed(session, people[1], now), open_questions(session)[0].id, AnswerKind.ABSENT, None)
    session.commit()
    assert session.exec(select(Correction)).all() == []
    store(session, [make_listing(1, deadlines=(closes("2026-12-01"),))], now + DAY)
    assert session.exec(select(Deadline.day)).one().isoformat() == "2026-12-01"


def test_a_doubt_marks_and_asks_but_takes_nothing_away(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    sentence = "Dien in voor 1 oktober 17.00 uur."
    store(session, [make_listing(1, deadlines=(closes("2026-10-01", "17:00", sentence=sentence),))], now)
    call = session.exec(select(Call)).one()
    before = (call.closes_at, call.version)
    first = doubt(Deed(session, people[0], now), call, "closes", "op de site staat 15 oktober")
    assert doubt(Deed(session, people[0], now), call, "closes", "nog eens").id == first.id
    doubt(Deed(session, people[1], now), call, "closes", "")
    session.commit()
    assert (call.closes_at, call.version) == before
    assert session.exec(select(Doubt.remark)).all() == ["op de site staat 15 oktober", ""]
    (question,) = open_questions(session)
    assert (question.sentence, question.readings) == (sentence, ["2026-10-01T17:00"])
    assert session.exec(select(Deadline.cancelled_at)).one() is None
    with pytest.raises(Refused):
        doubt(Deed(session, people[0], now), call, "budget", "")  # nothing is shown


def test_nobody_settles_a_doubt_of_their_own(session: Session, now: datetime, people: tuple[User, User]) -> None:
    store(session, [make_listing(1)], now)
    question = doubt(Deed(session, people[1], now), session.exec(select(Call)).one(), "closes", "")
    with pytest.raises(NotAllowed):
        answer(Deed(session, people[1], now), question.id, AnswerKind.ABSENT, None)


def test_a_refuted_value_is_gone_until_the_source_says_something_else(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    store(session, [make_listing(1)], now)
    call = session.exec(select(Call)).one()
    question = doubt(Deed(session, people[0], now), call, "closes", "")
    answer(Deed(session, people[1], now), question.id, AnswerKind.ABSENT, None)
    session.commit()
    assert (call.closes_at, open_questions(session)) == (None, [])
    store(session, [make_listing(1, summary="nog steeds")], now + DAY)
    session.refresh(call)
    assert call.closes_at is None
    store(session, [make_listing(1, deadlines=(closes("2026-12-01"),))], now + 2 * DAY)
    session.refresh(call)
    assert call.closes_at is not None


def test_that_a_doubted_value_is_right_after_all_settles_it(
    session: Session, now: datetime, people: tuple[User, User]
) -> None:
    store(session, [make_listing(1)], now)
    question = doubt(Deed(session, people[0], now), session.exec(select(Call)).one(), "closes", "")
    said = answer(Deed(session, people[1], now), question.id, AnswerKind.CHOSEN, value_of("closes", "2026-10-01T17:00"))
    assert (said.kind, said.correction_id, open_questions(session)) == (AnswerKind.CONFIRMED, None, [])


def test_questions_go_along_when_two_calls_are_joined_and_back_when_they_part(session: Session, now: datetime) -> None:
    store(session, [asking("2026-09-30")], now)
    store(session, [make_listing("b", source="zonmw", title="Anders")], now, source="zonmw")
    asked, kept = session.exec(select(Call.id).order_by(col(Call.id))).all()
    merge.join(session, asked, kept, now)
    assert [one.call_id for one in open_questions(session)] == [kept]
    merge.part(session, asked, now)
    assert [one.call_id for one in open_questions(session)] == [asked]
