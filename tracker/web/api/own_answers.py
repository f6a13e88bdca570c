"""What programs with a key are answered, and what they send."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from db.vocabulary import NoReason, Say, Visibility
from db.vocabulary_lobby import ApplicationStage, ContactKind
from tracker.web.api.answers import ApiAnswer, Day, Moment, Number, WithdrawnAnswer
from tracker.web.calls.correct import CORRECTABLE
from tracker.web.frame.forms import Sharing
from tracker.web.frame.safety import plain

Plain = Annotated[str, BeforeValidator(lambda value: plain(value) if isinstance(value, str) else value)]
Line = Annotated[Plain, Field(max_length=300)]
LongText = Annotated[Plain, Field(max_length=20_000)]
NeededText = Annotated[Plain, Field(min_length=1, max_length=20_000)]


class VerdictAnswer(ApiAnswer):
    """What somebody said of a call for an opgave; without one of the call as a whole."""

    id: int
    call: int
    challenge: str | None
    say: str
    reason: str | None
    remark: str
    team: bool
    participant: str
    mine: bool
    at: Moment


class VerdictList(ApiAnswer):
    """Verdicts that stand."""

    items: list[VerdictAnswer]
    withdrawn: list[WithdrawnAnswer]
    next: str | None


class ContactAnswer(ApiAnswer):
    """With whom was spoken; the person who holds the office does not leave. ``version``: for who changes it."""

    id: int
    version: int
    dossier: int | None
    day: Day
    kind: str
    organisation: str
    office: str
    participant: str
    visibility: str
    message: str
    reply: str
    follow_up: str
    follow_up_on: Day | None


class ContactList(ApiAnswer):
    """Contacts that the owner of the key may see."""

    items: list[ContactAnswer]
    withdrawn: list[WithdrawnAnswer]
    next: str | None


class CorrectionAnswer(ApiAnswer):
    """What a person says of one field of a call."""

    id: int
    call: int
    field: str
    value: Any
    reason: str
    participant: str
    at: Moment


class CorrectionList(ApiAnswer):
    """Corrections that stand."""

    items: list[CorrectionAnswer]
    withdrawn: list[WithdrawnAnswer]
    next: str | None


class ApplicationAnswer(ApiAnswer):
    """An application: for which call, how far, and the money that is asked.

    ``version`` and ``next_stages`` are for who moves it on.
    """

    id: int
    version: int
    title: str
    stage: str
    participant: str
    visibility: str
    call: int | None
    programme: str
    lead: str | None
    requested: Number | None
    total_cost: Number | None
    go: str | None
    submitted_on: Day | None
    decided_on: Day | None
    granted: Number | None
    next_stages: list[str]


class ApplicationList(ApiAnswer):
    """Applications that the owner of the key may see."""

    items: list[ApplicationAnswer]
    withdrawn: list[WithdrawnAnswer]
    next: str | None


class Kept(ApiAnswer):
    """What was kept: its number, and its version where it counts any."""

    id: int
    version: int | None = None


class Sent(BaseModel):
    """What a program sends: no field that is not described."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        json_schema_extra=lambda schema: schema.pop("description", None),
    )


class NewVerdict(Sent):
    """What somebody says of a call."""

    challenge: str | None = None
    say: Say
    reason: NoReason | None = None
    remark: LongText = ""
    team: bool = False


class NewContact(Sent):
    """With whom one spoke, about what."""

    organisation: Annotated[Line, Field(min_length=1)]
    office: Line = ""
    person: Line = ""
    day: date
    kind: ContactKind = ContactKind.TALK
    message: NeededText
    reply: LongText = ""
    follow_up: LongText = ""
    follow_up_on: date | None = None
    dossier: int | None = None
    visibility: Sharing = Visibility.OWN


class ChangedContact(NewContact):
    """The contact as it should stand; ``version``: as it was read."""

    version: int


class NewCorrection(Sent):
    """What is right: a day, with an hour where that is known, or a number, or a text."""

    field: Annotated[
        Line,
        Field(
            description="Een datum gaat met day, een bedrag of percentage met number, het andere met text.",
            json_schema_extra={"enum": list(dict(CORRECTABLE))},
        ),
    ]
    day: date | None = None
    hour: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    number: Annotated[Decimal, Field(ge=0, le=10**13)] | None = None
    text: LongText = ""
    reason: NeededText


class NewStage(Sent):
    """To which stage an application goes."""

    to: Annotated[ApplicationStage, Field(description="Een van de nextStages van de aanvraag.")]
    submitted_on: date | None = None
    proof: Line = ""
    version: int
