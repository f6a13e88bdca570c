"""What people say of a value: an answer to a question about it, or that it is wrong. Every crawl respects the answer.

One reader's word takes nothing away: it marks the value and asks somebody else, who has the source at hand.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import Answer, Call, Correction, Deadline, Doubt, Question, User
from db.vocabulary import AnswerKind, DeadlineKind, Status, Visibility
from scrapers.listing import ListedDeadline
from tracker.calls.consolidate import KINDS, PERSON, as_date
from tracker.calls.corrections import correct
from tracker.calls.revisions import states
from tracker.errors import ChangedMeanwhile, NotAllowed, NotThere, Refused

MOST_SENTENCE = 200
OF_CALL = (
    *("title", "publisher", "instrument", "allocation", "programme", "call_title", "destination", "type_of_action"),
    *("applicants", "area", "budget", "min_amount", "max_amount", "amount_text", "rate", "source_word"),
)


def value_of(field: str, reading: str) -> Any:
    """A reading as the value of a correction: dates as a list of day and hour, else as it stands."""
    if field not in KINDS:
        return reading
    day, _, hour = reading.partition("T")
    listed = ListedDeadline.model_validate({"kind": field, "day": day, "hour": hour or None})
    return [as_date(listed)]


def shown_value(session: Session, call_id: int, field: str, now: datetime) -> Any:
    """What is shown of a field now, in the form of a correction; none where nothing is."""
    value = states(session, [call_id], now)[call_id].merged(now).value(field)
    return None if value in (None, "", []) else value


def answer(
    session: Session, user: User, question_id: int, kind: AnswerKind, value: Any, now: datetime
) -> Answer:  # fmt: skip
    """Settle a question once. ``value``: the right one where there is one, in the form of a correction.

    Raises NotThere, ChangedMeanwhile when it was settled meanwhile, NotAllowed when it is the person's own doubt.
    """
    locked = select(Question).where(Question.id == question_id).with_for_update()
    question = session.exec(locked.execution_options(populate_existing=True)).first()
    if question is None:
        raise NotThere("Er is geen vraag met dit nummer.")
    if question.settled_at is not None:
        raise ChangedMeanwhile("Deze vraag is intussen beantwoord.")
    if is_own_doubt(session, question, user):
        raise NotAllowed("U meldde dit zelf: iemand anders kijkt het na.")
    if question.doubted is not None and value == question.doubted:
        kind, value = AnswerKind.CONFIRMED, None
    said = Answer(
        question_id=question.id, call_id=question.call_id, kind=kind, value=value, field=question.field,
        sentence=question.sentence, readings=list(question.readings), visibility=Visibility.MRA,
        user_id=user.id, participant_id=user.participant_id, at=now,
    )  # fmt: skip
    question.settled_at = now
    session.add(said)
    session.flush()
    correction = _correction(session, user, question, kind, value, now)
    said.correction_id = correction.id if correction else None
    session.flush()
    return said


def _correction(
    session: Session, user: User, question: Question, kind: AnswerKind, value: Any, now: datetime
) -> Correction | None:
    """An answer that says what is right corrects the field; that a shown value is not there refutes that value."""
    reason = f"Antwoord op een vraag over: “{question.sentence[:MOST_SENTENCE]}”" if question.sentence else "Nagekeken"
    field, call = question.field, question.call_id
    if kind in (AnswerKind.CHOSEN, AnswerKind.TYPED):
        return correct(session, user, call, field, value, reason, now)
    if kind == AnswerKind.ABSENT and question.doubted is not None:
        return correct(session, user, call, field, None, reason, now, refutes=question.doubted)
    return None


def is_own_doubt(session: Session, question: Question, user: User) -> bool:
    """Whether nobody but this person doubts the value."""
    doubters = set(session.exec(select(Doubt.user_id).where(Doubt.question_id == question.id)))
    return doubters == {user.id}


def doubt(session: Session, user: User, call: Call, field: str, remark: str, now: datetime) -> Question:
    """Say that a shown value is wrong. The same person says it once. Raises Refused where nothing is shown."""
    value = shown_value(session, call.id, field, now) if can_be_doubted(field) else None
    if value is None:
        raise Refused("Dit gegeven staat er niet meer.", "field")
    asked = select(Question).where(Question.call_id == call.id, Question.field == field)
    standing = asked.where(col(Question.sighting_id).is_(None), col(Question.settled_at).is_(None))
    question = session.exec(standing.with_for_update()).first() or _doubtful(session, call, field, value, now)
    same = select(Doubt).where(Doubt.question_id == question.id, Doubt.user_id == user.id)
    if session.exec(same).first() is None:
        session.add(
            Doubt(
                question_id=question.id, call_id=call.id, field=field, value=value, remark=remark, at=now,
                user_id=user.id, participant_id=user.participant_id, visibility=Visibility.MRA,
            )
        )  # fmt: skip
    session.flush()
    return question


def _doubtful(session: Session, call: Call, field: str, value: Any, now: datetime) -> Question:
    question = Question(
        call_id=call.id, field=field, sentence=sentence_of(session, call, field), doubted=value,
        readings=_readings(call, field, value), why="een lezer zegt dat dit niet klopt", asked_at=now, changed_at=now,
    )  # fmt: skip
    session.add(question)
    session.flush()
    return question


def sentence_of(session: Session, call: Call, field: str) -> str:
    """The sentence a shown value was read from, where it was read."""
    if field in KINDS:
        rows = select(Deadline.sentence).where(Deadline.call_id == call.id, Deadline.kind == field)
        return next((text for text in session.exec(rows.where(col(Deadline.cancelled_at).is_(None))) if text), "")
    return str(call.proof.get(field, {}).get("sentence", ""))


def _readings(call: Call, field: str, value: Any) -> list[str]:
    """What is shown, and what other sources say, each as one text."""
    others = [other for source, other in sorted(call.conflicts.get(field, {}).items()) if source != PERSON]
    texts = [text for one in (value, *others) if (text := _as_reading(one))]
    return list(dict.fromkeys(texts))[:5]


def _as_reading(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    if len(value) == 1 and isinstance(value[0], dict) and "day" in value[0]:
        return "T".join(filter(None, (value[0]["day"], value[0].get("hour"))))
    return ""


def can_be_doubted(field: str) -> bool:
    """Whether people can say of this field that it is wrong."""
    return field in OF_CALL or (field in KINDS and field not in (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED))


def words_of_status() -> list[tuple[str, str]]:
    """What a source can say of a call's status, with the Dutch word."""
    return [(word.value, word.label) for word in Status if word is not Status.NOT_LISTED]
