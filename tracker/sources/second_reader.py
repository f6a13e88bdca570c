"""An optional second reader of what the first only asks about: any OpenAI-compatible endpoint the organisation sets.

Off without its address. It gets public text only and must quote the sentence it read; a quotation that does not stand
in the text is thrown away. What it says is a proposed answer to the question, and never a fact by itself. What a day
may cost is bounded in calls and in euros.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Question, ReaderUse, Sighting
from db.queries import BY_HAND
from db.session import reading, writing
from db.status import OVER, status_expression
from notifications.wording import local_day
from scrapers.listing import LONGEST_SENTENCE, Listing
from tracker.calls.answers import value_of

LONGEST_TEXT = 12_000  # characters of a call that are sent along
LONGEST_ANSWER = 200_000  # bytes
PATIENCE = 60  # seconds
MILLION = 1_000_000
TOKENS_UNTOLD = 8_000  # more than a call takes: what it counts for where the answer does not say what it used
FORMS = {
    "opens": "the first day on which applications are taken, as YYYY-MM-DD or YYYY-MM-DDTHH:MM",
    "closes": "the last day on which somebody who has done nothing yet can apply, as YYYY-MM-DD or YYYY-MM-DDTHH:MM",
    "budget": "the whole budget of this round in euros, as a plain number",
    "max_amount": "the most one application can get in euros, as a plain number",
    "rate": "the percentage of the eligible costs that is paid, as a plain number",
    "source_word": "how the call stands: one of expected, announced, open, closed, withdrawn",
}
ROLE = (
    "You read funding calls. Answer with one JSON object with the keys value and sentence and nothing else. sentence is"
    " copied letter for letter from the text. Where the text does not say it, both are null."
)


@dataclass(frozen=True)
class Endpoint:
    """Where the second reader listens, and what a day may cost."""

    url: str
    key: str
    model: str
    most_calls: int
    most_euros: Decimal
    euros_per_million: Decimal

    def cost(self, tokens: int) -> Decimal:
        """What so many tokens cost, in euros."""
        return self.euros_per_million * tokens / MILLION


@dataclass(frozen=True)
class ReaderQuestion:
    """A question with the public text it is about."""

    id: int
    field: str
    text: str
    changed_at: datetime


class ProposedReading(BaseModel):
    """What the second reader answers."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    value: str | None = Field(default=None, max_length=100)
    sentence: str | None = Field(default=None, max_length=5000)


@dataclass
class ReaderRound:
    """What a round of asking brought."""

    asked: int = 0
    proposed: int = 0
    thrown_away: int = 0
    stopped: str = ""
    tokens: list[int] = field(default_factory=list)


Post = Callable[[Endpoint, bytes], bytes]


def read_questions(engine: Engine, endpoint: Endpoint, now: datetime, post: Post | None = None) -> ReaderRound:
    """Ask about every question that it was not asked about yet, as far as the day allows; no transaction meanwhile."""
    outcome, send = ReaderRound(), post or post_json
    with reading(engine) as session:
        left = _calls_left(session, endpoint, now)
        waiting = list(_unread(session, now))[:left]
    for asked in waiting:
        with reading(engine) as session:
            if not _calls_left(session, endpoint, now):
                outcome.stopped = "what a day may cost is spent"
                return outcome
        try:
            content, tokens = _ask(endpoint, asked, send)
        except (OSError, ValueError, LookupError, TypeError) as error:
            outcome.stopped = f"the second reader gave no answer: {str(error)[:200]}"
            with writing(engine) as session:
                _count(session, endpoint, now, 0)
            return outcome
        proposed = proposal(asked, content, endpoint.model)
        with writing(engine) as session:
            _count(session, endpoint, now, tokens)
            _keep(session, asked, proposed, now)
        outcome.asked += 1
        outcome.proposed += proposed is not None
        outcome.thrown_away += proposed is None
    return outcome


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


def _calls_left(session: Session, endpoint: Endpoint, now: datetime) -> int:
    """How many calls the day still allows; none where one more could cost more euros than are left."""
    use = session.get(ReaderUse, local_day(now)) or ReaderUse(day=local_day(now))
    fits = use.euros + endpoint.cost(TOKENS_UNTOLD) <= endpoint.most_euros
    return max(0, endpoint.most_calls - use.calls) if fits else 0


def _count(session: Session, endpoint: Endpoint, now: datetime, tokens: int) -> None:
    use = session.get(ReaderUse, local_day(now)) or ReaderUse(day=local_day(now))
    use.calls, use.tokens = use.calls + 1, use.tokens + tokens
    use.euros = endpoint.cost(use.tokens).quantize(Decimal("0.01"))
    session.add(use)


def _ask(endpoint: Endpoint, asked: ReaderQuestion, send: Post) -> tuple[str, int]:
    """The words of the answer, and how many tokens it took."""
    question = f"What is {FORMS[asked.field]}?\n\nText:\n{asked.text}"
    messages = [{"role": "system", "content": ROLE}, {"role": "user", "content": question}]
    body = {"model": endpoint.model, "messages": messages, "temperature": 0, "max_tokens": 500}
    answer = json.loads(send(endpoint, json.dumps(body).encode()))
    content = answer["choices"][0]["message"]["content"]
    used = (answer.get("usage") or {}).get("total_tokens")
    return str(content), used if isinstance(used, int) and used > 0 else TOKENS_UNTOLD


def proposal(asked: ReaderQuestion, content: str, model: str) -> dict[str, Any] | None:
    """A proposed answer, or none: no JSON, nothing found, no value of this field, or a quotation that is not there."""
    try:
        reading = ProposedReading.model_validate_json(_object_in(content))
    except ValidationError:
        return None
    sentence = " ".join((reading.sentence or "").split())
    if not reading.value or len(sentence) < 8 or sentence not in " ".join(asked.text.split()):
        return None
    value = _as_reading(asked.field, reading.value)
    return {"value": value, "sentence": sentence[:LONGEST_SENTENCE], "model": model} if value else None


def _object_in(content: str) -> str:
    """The JSON object, also where it stands in a block of code."""
    begin, end = content.find("{"), content.rfind("}")
    return content[begin : end + 1] if 0 <= begin < end else content


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


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key goes to the address that was set, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post_json(endpoint: Endpoint, body: bytes) -> bytes:
    """The answer of the endpoint. Raises OSError where there is none."""
    address = f"{endpoint.url.rstrip('/')}/chat/completions"
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310  the setting allows http(s) only
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=PATIENCE) as answer:
        content: bytes = answer.read(LONGEST_ANSWER + 1)
    if len(content) > LONGEST_ANSWER:
        raise ValueError("an answer of more than 200 kB")
    return content
