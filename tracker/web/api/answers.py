"""What the API answers: these models make its description, and nothing leaves that does not fit them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from db.vocabulary import Status

# Texts that are made elsewhere: pydantic would write the offset of UTC as Z, which other programs did not get so far.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Number = Annotated[int | float, WithJsonSchema({"type": "number"})]  # whole numbers without a point


class ApiAnswer(BaseModel):
    """Every field is there, and no other. Docstrings are for us: the description of the API is Dutch."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        json_schema_extra=lambda schema: schema.pop("description", None),
    )


class DeadlineAnswer(ApiAnswer):
    """A date of a call."""

    kind: str
    at: Moment | None
    date: Day | None
    assumed: bool
    text: str
    sentence: str
    certainty: float
    stale_since: Day | None


class SentenceAnswer(ApiAnswer):
    """What a value was read from, and how certainly."""

    field: str
    sentence: str
    certainty: float


class QuestionAnswer(ApiAnswer):
    """What a person is asked; ``doubted``: it is shown, and a reader says that it is wrong."""

    field: str
    readings: list[str]
    sentence: str
    why: str
    doubted: bool


class Amounts(ApiAnswer):
    """Euros, and a rate in per cent."""

    budget: Number | None
    min: Number | None
    max: Number | None
    rate: Number | None
    text: str | None


class MatchAnswer(ApiAnswer):
    """An opgave that a call fits, and why."""

    id: str
    score: float
    reasons: list[dict[str, Any]]


class SightingAnswer(ApiAnswer):
    """Where a source tells of a call."""

    source: str
    external_id: str
    url: str | None


class UpdateAnswer(ApiAnswer):
    """What a source wrote of a call, and on which day where it says so."""

    text: str
    day: str | None = None


class CallAnswer(ApiAnswer):
    """A call, as ``tracker.calls.records`` writes it."""

    id: int
    source: str
    external_id: str
    sources: list[str]
    url: str
    title: str
    language: str
    status: Status
    instrument: str
    deadlines: list[DeadlineAnswer]
    amounts: Amounts
    applicants: list[str]
    opgaven: list[MatchAnswer]
    first_seen: Moment
    last_seen: Moment
    nature: str
    publisher: str | None
    programme: list[str]
    eligible: str
    eligible_estimate: bool
    eligible_why: str
    only_within: str
    out_of_reach: bool
    summary: str
    held: bool
    sightings: list[SightingAnswer]
    status_remark: str
    gate: Moment | None
    stale_since: dict[str, Day]
    previous_round: int | None
    sentences: list[SentenceAnswer]
    asked: list[QuestionAnswer]
    tags: list[str]
    keywords: list[str]
    subjects: list[str]
    sectors: list[str]
    targets: list[str]
    priorities: list[str]
    conditions: str
    support: str
    updates: list[UpdateAnswer]
    expected_grants: int | None


class WithdrawnAnswer(ApiAnswer):
    """What changed and stands no longer in this list: joined into another, outside the filter now, or taken back."""

    id: int | str
    into: int | None = None


class CallPage(ApiAnswer):
    """Calls of a filter, by number; ``next`` goes on behind them, and is null at the end."""

    items: list[CallAnswer]
    withdrawn: list[WithdrawnAnswer]
    next: str | None


class ChallengeAnswer(ApiAnswer):
    """An opgave with its words; a name that nobody knows yet is null."""

    id: str
    agenda: str
    parent: str | None
    number: str | None
    name: str | None
    goal: str
    status: str
    words_nl: list[str]
    words_en: list[str]
    words_not: list[str]


class ChallengeList(ApiAnswer):
    """The opgaven of every agenda."""

    items: list[ChallengeAnswer]
    withdrawn: list[WithdrawnAnswer] = []
    next: str | None = None


class AgendaAnswer(ApiAnswer):
    """An edition of the agenda."""

    id: str
    name: str
    valid_from: Day


class AgendaList(ApiAnswer):
    """The editions of the agenda."""

    items: list[AgendaAnswer]
    withdrawn: list[WithdrawnAnswer] = []
    next: str | None = None


class SourceAnswer(ApiAnswer):
    """A source: what it is, how it stands, its last complete crawl in UTC, and what is wrong in words or an empty text.

    ``promises`` is what stands here once it was read to its end, ``unseen`` what it cannot show.
    """

    source: str
    form: str
    state: str
    last_complete: Moment | None
    calls: int
    trouble: str
    promises: str
    unseen: str


class SourceList(ApiAnswer):
    """How fresh each source is."""

    items: list[SourceAnswer]
    withdrawn: list[WithdrawnAnswer] = []
    next: str | None = None


class WrongParameter(ApiAnswer):
    """What is wrong with one parameter."""

    place: str = Field(alias="in")
    name: str
    detail: str


class Problem(ApiAnswer):
    """A refusal (RFC 9457). Problem types are not pages of ours; the status says what kind it is (4.2.1)."""

    status: int
    title: str
    detail: str
    errors: list[WrongParameter] = []
