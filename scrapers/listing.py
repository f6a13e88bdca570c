"""What one source says about one call today: frozen, validated, and the only door into the database."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from unicodedata import category
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, model_validator

from db.vocabulary import Allocation, Applicant, DeadlineKind, Instrument, Nature, Status

AMSTERDAM = "Europe/Amsterdam"
BRUSSELS = "Europe/Brussels"
LATEST_YEAR = 2100  # a "9999" in a source means "no idea", and is no date


LONGEST_LINE = 2000
MOST_EURO = Decimal("1e13")


def _http_url(value: str) -> str:
    """As it is, but for white space and what cannot be seen: those are written as per cents, as a browser would."""
    seen = "".join(c if c.isprintable() and not c.isspace() else quote(c) for c in value.strip())
    AnyHttpUrl(seen)
    return seen


def plain_line(value: str) -> str:
    """Strip control characters (they break mail headers, calendars and terminals) and fold white space.

    What is only invisible, such as a hyphen that may stand in a word, goes without a trace. A longer line is cut.
    """
    visible = value if value.isprintable() else "".join(map(_seen, value))
    return " ".join(visible.split())[:LONGEST_LINE]


def _seen(letter: str) -> str:
    if letter.isprintable():
        return letter
    return {"Cf": "", "Cs": "?"}.get(category(letter), " ")


def storable(value: str) -> str:
    """No NUL, which PostgreSQL takes in no text, and no half of a pair of code units, which is no text at all."""
    return value.replace("\0", " ").encode("utf-8", "replace").decode()


def plain_lines(value: str) -> str:
    """The same of a text of several lines, whose ends and spaces stay as they are."""
    visible = value.replace("\n", "").isprintable()
    return value if visible else "".join(c if c == "\n" else _seen(c) for c in value)


Url = Annotated[str, AfterValidator(_http_url), Field(max_length=2000)]
Line = Annotated[str, AfterValidator(plain_line)]
Text = Annotated[str, AfterValidator(plain_lines), Field(max_length=200_000)]
Euro = Annotated[Decimal, Field(ge=0, le=MOST_EURO, decimal_places=2)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListedDeadline(Frozen):
    """One typed date as a source gives it.

    ``day`` and ``hour`` are wall time in ``zone``; ``hour`` is none where the source gives only a day. ``assumed``
    marks an hour that is usual rather than stated. No day at all only for the kinds that have none.
    """

    kind: DeadlineKind
    day: date | None = None
    hour: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    zone: str = AMSTERDAM
    assumed: bool = False
    text: Line = ""

    @model_validator(mode="after")
    def _a_day_where_one_is_due(self) -> "ListedDeadline":
        dateless = self.kind in (DeadlineKind.UNTIL_EXHAUSTED, DeadlineKind.ROLLING)
        if self.day is None and not dateless:
            raise ValueError(f"a deadline of kind {self.kind.value} needs a day")
        if self.day is not None and not 1990 <= self.day.year <= LATEST_YEAR:
            raise ValueError(f"no believable year: {self.day.year}")
        return self

    @property
    def at(self) -> datetime | None:
        """The instant in UTC, or none where only the day is known."""
        if self.day is None or self.hour is None:
            return None
        local = datetime.combine(self.day, time.fromisoformat(self.hour), ZoneInfo(self.zone))
        return local.astimezone(UTC)

    @property
    def over_at(self) -> datetime | None:
        """The instant in UTC from which it has passed: for a bare day, the midnight that ends it locally."""
        if self.day is None or self.hour is not None:
            return self.at
        midnight = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(self.zone))
        return midnight.astimezone(UTC)


class Listing(Frozen):
    """What one source says about one call. Money in EUR, percentages as 0-100, texts plain (no markup)."""

    source: str
    external_id: Annotated[str, AfterValidator(plain_line), Field(min_length=1, max_length=300)]
    nature: Nature = Nature.CALL
    url: Url
    title: Annotated[Line, Field(min_length=1)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    publisher: Line | None = None
    summary: Text = ""
    instrument: Instrument = Instrument.GRANT
    allocation: Allocation | None = None
    programme: tuple[Line, ...] = ()
    call_title: Line | None = None
    destination: Line | None = None
    type_of_action: Line | None = None
    deadlines: tuple[ListedDeadline, ...] = ()
    budget: Euro | None = None
    min_amount: Euro | None = None
    max_amount: Euro | None = None
    amount_text: Line | None = None
    rate: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] | None = None
    applicants: tuple[Applicant, ...] = ()
    area: Line | None = None
    source_word: Status | None = None
    published_on: date | None = None
    references: tuple[Line, ...] = ()
    review: tuple[Line, ...] = ()
    evidence: dict[str, Line] = Field(default_factory=dict)
    snapshot: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As stored in a Sighting."""
        return self.model_dump(mode="json", exclude_defaults=True)
