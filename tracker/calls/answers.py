"""What people say of a value: an answer to a question about it, or that it is wrong. Every crawl respects the answer.

One reader's word takes nothing away: it marks the value and asks somebody else, who has the source at hand.
"""

from typing import Any

from sqlmodel import Session, col, select

from db.models import Answer, Call, Correction, Deadline, Doubt, Question, User
from db.vocabulary import AnswerKind, DeadlineKind, Eligibility, Visibility
from scrapers.listing import ListedDeadline
from tracker.calls import eligibility
from tracker.calls.consolidate import KINDS, PERSON, as_date
from tracker.calls.corrections import correct
from tracker.calls.store import states
from tracker.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from tracker.rights import Deed

MOST_SENTENCE = 200
DATELESS = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)
OF_CALL = (
    *("title", "publisher", "instrument", "allocation", "programme", "call_title", "destination", "type_of_action"),
    *("applicants", "area", "budget", "min_amount", "max_amount", "amount_text", "rate", "source_word", "targets"),
    *("expected_grants", "published_on", "subjects", "sectors", "priorities", "tags", "keywords", eligibility.FIELD),
)


def value_of(field: str, reading: str) -> Any:
    """A reading as the value of a correction: dates as a list of day and hour, else as it stands."""
    if field not in KINDS:
        return reading
    day, _, hour = reading.partition("T")
    listed = ListedDeadline.model_validate({"kind": field, "day": day, "hour": hour or None})
    return [as_date(listed)]


def answer(deed: Deed, question_id: int, kind: AnswerKind, value: Any) -> Answer:
    """Settle a question once. ``value``: the right one where there is one, in the form of a correction.

    Raises NotFound, ChangedMeanwhile when it was settled meanwhile, NotAllowed when it is the person's own doubt.
    """
    question = _locked(deed.session, question_id)
    if is_own_doubt(deed.session, question, deed.by):
        raise NotAllowed("U meldde dit zelf: iemand anders kijkt het na.")
    if question.doubted is not None and value == question.doubted:
        kind, value = AnswerKind.CONFIRMED, None
    given = Answer(
        question_id=question.id, call_id=question.call_id, kind=kind, value=value, field=question.field,
        sentence=question.sentence, readings=list(question.readings), visibility=Visibility.REGION,
        user_id=deed.by.id, participant_id=deed.by.participant_id, at=deed.now,
    )  # fmt: skip
    question.settled_at = deed.now
    deed.session.add(given)
    deed.session.flush()
    correction = _correction(deed, question, kind, value)
    given.correction_id = correction.id if correction else None
    deed.session.flush()
    return given


def _locked(session: Session, question_id: int) -> Question:
    """The open question, kept from others until we are done: two people may answer it at once."""
    locked = select(Question).where(Question.id == question_id).with_for_update()
    question = session.exec(locked.execution_options(populate_existing=True)).first()
    if question is None:
        raise NotFound
    if question.settled_at is not None:
        raise ChangedMeanwhile("Deze vraag is intussen beantwoord.")
    return question


def _correction(deed: Deed, question: Question, kind: AnswerKind, value: Any) -> Correction | None:
    """An answer that says what is right corrects the field; that a shown value is not there refutes that value."""
    reason = f"Antwoord op een vraag over: “{question.sentence[:MOST_SENTENCE]}”" if question.sentence else "Nagekeken"
    about = (question.call_id, question.field)
    if kind in (AnswerKind.CHOSEN, AnswerKind.TYPED):
        return correct(deed.session, deed.by, *about, value, reason, deed.now)
    if kind == AnswerKind.ABSENT and question.doubted is not None:
        return correct(deed.session, deed.by, *about, None, reason, deed.now, refutes=question.doubted)
    return None


def is_own_doubt(session: Session, question: Question, user: User) -> bool:
    """Whether nobody but this person doubts the value."""
    doubters = set(session.exec(select(Doubt.user_id).where(Doubt.question_id == question.id)))
    return doubters == {user.id}


def doubt(deed: Deed, call: Call, field: str, remark: str) -> Question:
    """Say that a shown value is wrong. The same person says it once. Raises Refused where nothing is shown."""
    session = deed.session
    value = _shown(deed, call, field) if can_be_doubted(field) else None
    if value in (None, "", []):
        raise Refused("Dit gegeven staat er niet (meer).", "field")
    asked = select(Question).where(Question.call_id == call.id, Question.field == field)
    standing = asked.where(col(Question.sighting_id).is_(None), col(Question.settled_at).is_(None))
    question = session.exec(standing.with_for_update()).first() or _new_question(deed, call, field, value)
    same = select(Doubt).where(Doubt.question_id == question.id, Doubt.user_id == deed.by.id)
    if session.exec(same).first() is None:
        session.add(
            Doubt(
                question_id=question.id, call_id=call.id, field=field, value=value, remark=remark, at=deed.now,
                user_id=deed.by.id, participant_id=deed.by.participant_id, visibility=Visibility.REGION,
            )
        )  # fmt: skip
    session.flush()
    return question


def _shown(deed: Deed, call: Call, field: str) -> Any:
    if field == eligibility.FIELD:
        return None if call.eligible == Eligibility.UNKNOWN else str(call.eligible)
    return states(deed.session, [call.id], deed.now)[call.id].merged(deed.now).value(field)


def _new_question(deed: Deed, call: Call, field: str, value: Any) -> Question:
    question = Question(
        call_id=call.id, field=field, sentence=sentence_of(deed.session, call, field), doubted=value,
        readings=_readings(call, field, value), why="een lezer zegt dat dit niet klopt",
        asked_at=deed.now, changed_at=deed.now,
    )  # fmt: skip
    deed.session.add(question)
    deed.session.flush()
    return question


def sentence_of(session: Session, call: Call, field: str) -> str:
    """The sentence a shown value was read from, where it was read."""
    if field == eligibility.FIELD:
        return call.eligible_why
    if field in KINDS:
        rows = select(Deadline.sentence).where(Deadline.call_id == call.id, Deadline.kind == field)
        return next((text for text in session.exec(rows.where(col(Deadline.cancelled_at).is_(None))) if text), "")
    return str(call.proof.get(field, {}).get("sentence", ""))


def _readings(call: Call, field: str, value: Any) -> list[str]:
    """What is shown, and what other sources say, each as one text."""
    others = [other for source, other in sorted(call.conflicts.get(field, {}).items()) if source != PERSON]
    texts = [text for candidate in (value, *others) if (text := _as_reading(candidate))]
    return list(dict.fromkeys(texts))[:5]


def _as_reading(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    if len(value) == 1 and isinstance(value[0], dict) and "day" in value[0]:
        return "T".join(filter(None, (value[0]["day"], value[0].get("hour"))))
    return ""


def can_be_doubted(field: str) -> bool:
    """Whether people can say of this field that it is wrong."""
    return field in OF_CALL or (field in KINDS and field not in DATELESS)
