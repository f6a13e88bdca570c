"""An optional second reader of what the first only asks about: any OpenAI-compatible endpoint the organisation sets.

Off without its address. It gets public text only and must quote the sentence it read; a quotation that does not stand
in the text is thrown away. What it says is a proposed answer to the question, and never a fact by itself. What a day
may cost is bounded in calls and in euros.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Question, Sighting
from db.queries import BY_HAND
from db.session import reading
from db.status import OVER, status_expression
from scrapers.listing import LONGEST_SENTENCE, Listing
from tracker.calls.answers import value_of
from tracker.calls.reader_endpoint import LONGEST_TEXT, AskingRound, Endpoint, ask_each, calls_left, object_in, quoted

FORMS = {
    "opens": "the first day on which applications are taken, as YYYY-MM-DD or YYYY-MM-DDTHH:MM",
    "closes": "the last day on which somebody who has done nothing yet can apply, as YYYY-MM-DD or YYYY-MM-DDTHH:MM",
    "budget": "the whole budget of this round in euros, as a plain number",
    "max_amount": "the most one application can get in euros, as a plain number",
    "rate": "the percentage of the eligible costs that is paid, as a plain number",
    "source_word": "how the call stands: one of expected, announced, open, closed, withdrawn",
}


@dataclass(frozen=True)
class ReaderQuestion:
    """A question with the public text it is about."""

    id: int
    field: str
    text: str
    changed_at: datetime

    @property
    def question(self) -> str:
        """What is asked of the text."""
        return f"What is {FORMS[self.field]}?"


class ProposedReading(BaseModel):
    """What the second reader answers."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    value: str | None = Field(default=None, max_length=100)
    sentence: str | None = Field(default=None, max_length=5000)


def read_questions(engine: Engine, endpoint: Endpoint, now: datetime) -> AskingRound:
    """Ask about every question that it was not asked about yet, as far as the day allows."""

    def keep(session: Session, asked: ReaderQuestion, content: str) -> bool:
        proposed = proposal(asked, content, endpoint.model)
        _keep(session, asked, proposed, now)
        return proposed is not None

    with reading(engine) as session:
        waiting = list(_unread(session, now))[: calls_left(session, endpoint, now)]
    return ask_each(engine, endpoint, now, waiting, keep)


def _unread(session: Session, now: datetime) -> Iterable[ReaderQuestion]:
    """Questions of sources, of calls that are not over; nothing that people typed goes out."""
    query = (
        select(Question, Sighting)
        .join(Sighting, col(Sighting.id) == col(Question.sighting_id))
        .join(Call, col(Call.id) == col(Question.call_id))
        .where(col(Question.settled_at).is_(None), col(Question.read_at).is_(None), Sighting.source != BY_HAND)
        .where(col(Question.field).in_(FORMS), status_expression(now).not_in([str(word) for word in OVER]))
        .order_by(col(Question.asked_at), col(Question.id))
    )
    for question, sighting in session.exec(query):
        parts = (sighting.fields.get("title", ""), question.sentence, sighting.fields.get("summary", ""))
        yield ReaderQuestion(question.id, question.field, "\n".join(parts)[:LONGEST_TEXT], question.changed_at)


def proposal(asked: ReaderQuestion, content: str, model: str) -> dict[str, Any] | None:
    """A proposed answer, or none: no JSON, nothing found, no value of this field, or a quotation that is not there."""
    try:
        reading = ProposedReading.model_validate_json(object_in(content))
    except ValidationError:
        return None
    sentence = quoted(reading.sentence, asked.text)
    if not reading.value or not sentence:
        return None
    value = _as_reading(asked.field, reading.value)
    return {"value": value, "sentence": sentence[:LONGEST_SENTENCE], "model": model} if value else None


def _as_reading(name: str, value: str) -> str | None:
    """The value in the form of a reading, or none where it is no value of this field."""
    try:
        corrected = value_of(name, value)
        if name not in ("opens", "closes"):
            usual = {"source": "x", "external_id": "x", "url": "https://e.nl", "title": "x", "language": "nl"}
            return str(Listing.model_validate({**usual, name: corrected}).model_dump(mode="json")[name])
    except ValueError:
        return None
    return "T".join(filter(None, (corrected[0]["day"], corrected[0].get("hour"))))


def _keep(session: Session, asked: ReaderQuestion, proposed: dict[str, Any] | None, now: datetime) -> None:
    """Only where the question still stands as it was asked."""
    question = session.get(Question, asked.id)
    if question is not None and question.settled_at is None and question.changed_at == asked.changed_at:
        question.read_at, question.proposal = now, proposed
