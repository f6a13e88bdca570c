"""The endpoint of the second reader: one OpenAI-compatible address, what it is asked, and what a day may cost.

What it is asked about must be public, and whatever it answers must quote the sentence it read.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from db.models import ReaderUse
from db.session import reading, writing
from notifications.wording import local_day
from scrapers.outgoing import Outgoing

LONGEST_TEXT = 12_000  # characters of a call that are sent along
LONGEST_ANSWER = 200_000  # bytes
SHORTEST_QUOTE = 8  # characters: less could stand in any text
PATIENCE = 60  # seconds
MILLION = 1_000_000
TOKENS_UNTOLD = 8_000  # more than a call takes: what it counts for where the answer does not say what it used
NO_ANSWER = (OSError, ValueError, LookupError, TypeError)  # the endpoint is away, or answers something else
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
    outgoing: Outgoing = field(default_factory=Outgoing)

    def cost(self, tokens: int) -> Decimal:
        """What so many tokens cost, in euros."""
        return self.euros_per_million * tokens / MILLION


class Askable(Protocol):
    """What can be asked: a question, and the public text it is about."""

    @property
    def question(self) -> str: ...

    @property
    def text(self) -> str: ...


A = TypeVar("A", bound=Askable)


@dataclass
class AskingRound:
    """What a round of asking brought; ``used``: answers with a sentence that stands in the text."""

    asked: int = 0
    used: int = 0
    thrown_away: int = 0
    stopped: str = ""


def ask_each(
    engine: Engine, endpoint: Endpoint, now: datetime, waiting: Iterable[A], keep: Callable[[Session, A, str], bool]
) -> AskingRound:
    """Ask as far as the day allows, with no transaction open meanwhile; ``keep`` says whether an answer is of use."""
    outcome = AskingRound()
    for each in waiting:
        with reading(engine) as session:
            if not calls_left(session, endpoint, now):
                outcome.stopped = "what a day may cost is spent"
                return outcome
        try:
            content, tokens = ask(endpoint, each.question, each.text)
        except NO_ANSWER as error:
            outcome.stopped = f"the second reader gave no answer: {str(error)[:200]}"
            with writing(engine) as session:
                count_use(session, endpoint, now, 0)
            return outcome
        with writing(engine) as session:
            count_use(session, endpoint, now, tokens)
            used = keep(session, each, content)
        outcome.asked += 1
        outcome.used += used
        outcome.thrown_away += not used
    return outcome


def calls_left(session: Session, endpoint: Endpoint, now: datetime) -> int:
    """How many calls the day still allows; none where one more could cost more euros than are left."""
    use = _use_of_today(session, now)
    fits = use.euros + endpoint.cost(TOKENS_UNTOLD) <= endpoint.most_euros
    return max(0, endpoint.most_calls - use.calls) if fits else 0


def _use_of_today(session: Session, now: datetime) -> ReaderUse:
    return session.get(ReaderUse, local_day(now)) or ReaderUse(day=local_day(now))


def count_use(session: Session, endpoint: Endpoint, now: datetime, tokens: int) -> None:
    """One call more today, and what it took."""
    use = _use_of_today(session, now)
    use.calls, use.tokens = use.calls + 1, use.tokens + tokens
    use.euros = endpoint.cost(use.tokens).quantize(Decimal("0.01"))
    session.add(use)


def ask(endpoint: Endpoint, question: str, text: str) -> tuple[str, int]:
    """The words of the answer, and how many tokens it took. Raises one of NO_ANSWER where there is none."""
    messages = [{"role": "system", "content": ROLE}, {"role": "user", "content": f"{question}\n\nText:\n{text}"}]
    body = {"model": endpoint.model, "messages": messages, "temperature": 0, "max_tokens": 500}
    answer = json.loads(post_json(endpoint, json.dumps(body).encode()))
    content = answer["choices"][0]["message"]["content"]
    used = (answer.get("usage") or {}).get("total_tokens")
    return str(content), used if isinstance(used, int) and used > 0 else TOKENS_UNTOLD


def quoted(sentence: str | None, text: str) -> str:
    """The sentence with its white space made single, where it stands in the text; else nothing."""
    words = " ".join((sentence or "").split())
    return words if len(words) >= SHORTEST_QUOTE and words in " ".join(text.split()) else ""


def object_in(content: str) -> str:
    """The JSON object, also where it stands in a block of code."""
    begin, end = content.find("{"), content.rfind("}")
    return content[begin : end + 1] if 0 <= begin < end else content


def post_json(endpoint: Endpoint, body: bytes) -> bytes:
    """The answer of the endpoint; a redirect is not followed, the key goes nowhere else. Raises OSError."""
    address = f"{endpoint.url.rstrip('/')}/chat/completions"
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    way = endpoint.outgoing.with_own(address)
    status, content = way.ask(address, body, headers, PATIENCE, LONGEST_ANSWER)
    if status != 200:
        raise OSError(f"the second reader answered {status}")
    return content
