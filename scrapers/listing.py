"""What one source says about one call today: frozen, validated, and the only door into the database."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any
from unicodedata import category
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, model_validator

from db.vocabulary import Allocation, Applicant, DeadlineKind, Instrument, Nature, Status

AMSTERDAM = "Europe/Amsterdam"
BRUSSELS = "Europe/Brussels"
LATEST_YEAR = 2100  # a "9999" in a source means "no idea", and is no date


ONLY_TITLE = "alleen de titel is gelezen"  # so a remark begins of a call whose page is owed
LONGEST_LINE = 2000
LONGEST_SENTENCE = 500
MOST_EURO = Decimal("1e13")
MOST_NAMES, MOST_UPDATES = 200, 50


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


def _worded(value: str) -> str:
    """A title has a letter at least: a number in its place is something else."""
    if not any(letter.isalpha() for letter in value):
        raise ValueError(f"no words: {value[:60]!r}")
    return value


def _short_line(value: str) -> str:
    """A sentence as one line of at most 500 characters."""
    return plain_line(value)[:LONGEST_SENTENCE]


Url = Annotated[str, AfterValidator(_http_url), Field(max_length=2000)]
Line = Annotated[str, AfterValidator(plain_line)]
Text = Annotated[str, AfterValidator(plain_lines), Field(max_length=200_000)]
Euro = Annotated[Decimal, Field(ge=0, le=MOST_EURO, decimal_places=2)]


Sentence = Annotated[str, AfterValidator(_short_line)]
Certainty = Annotated[float, Field(ge=0, le=1)]

# The kinds by which one comes in, unless a date says otherwise; a second stage is for who passed the first.
DOOR_KINDS = frozenset(
    {
        DeadlineKind.PRE_REGISTRATION,
        DeadlineKind.STAGE_1,
        DeadlineKind.CUT_OFF,
        DeadlineKind.CLOSES,
        DeadlineKind.CONSULTATION,
    }
)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuestionField(StrEnum):
    """What a person can be asked of a text: the five facts, and how the call stands."""

    OPENS = "opens"
    CLOSES = "closes"
    BUDGET = "budget"
    MAX_AMOUNT = "max_amount"
    RATE = "rate"
    STATUS = "source_word"


class RaisedQuestion(Frozen):
    """What a text may say, but not surely enough to be shown: asked of a person, with the sentence at hand.

    ``readings``, likeliest first: days as ``2026-05-01`` or ``2026-05-01T17:00`` (Amsterdam wall time), amounts in
    euro and percentages as plain numbers, a status as its stored word; none where the text gives a rule without the day
    from which it is reckoned. ``why`` is Dutch, for the screen.
    """

    field: QuestionField
    sentence: Sentence
    readings: Annotated[tuple[Line, ...], Field(max_length=5)]
    why: Line = ""


class Proof(Frozen):
    """Where an amount, a percentage or a status was read, and how certain that is (1 where a source states it)."""

    sentence: Sentence
    certainty: Certainty = 1.0


class SourceUpdate(Frozen):
    """What a source wrote of a call on some day: an extension, an opening, a correction. No day where it gives none."""

    text: Annotated[Line, Field(min_length=1)]
    day: date | None = None


AMOUNTS = ("budget", "min_amount", "max_amount", "rate")
# What a source files a call under, each in its own words, and kept as such: one shape for all sources. A field of its
# own in a Listing, so that merging, silence and history treat each by itself; together ``particulars`` of a Call.
PARTICULARS = (
    *("tags", "keywords", "subjects", "sectors", "targets", "priorities"),
    *("conditions", "support", "updates", "expected_grants"),
)
Names = Annotated[tuple[Line, ...], Field(max_length=MOST_NAMES)]


class Edition(Frozen):
    """Which of the copies of one call a listing is, where a source holds several.

    ``own``: the source's own record, not one taken over from another index. ``stamp``: when it was made, as the source
    writes it; a later one sorts after an earlier one.
    """

    own: bool = True
    stamp: Line = ""


class ListedDeadline(Frozen):
    """One typed date as a source gives it, shown as a fact; what is less certain is a ``RaisedQuestion``.

    ``day`` and ``hour`` are wall time in ``zone``; ``hour`` is none where the source gives only a day. ``assumed``
    marks an hour that is usual rather than stated. No day at all only for the kinds that have none.
    ``text`` are the words of the date alone, ``sentence`` those it was read from, empty where a source states the date
    in a field of its own. ``door`` is whether one who has done nothing yet can come in by this moment; none: as the
    kind has it. ``obligatory``: who did not come in by this step cannot come in by a later one. ``stale_since``: the
    day since which the source no longer names it; no reader says so, it is known by what was read before.
    """

    kind: DeadlineKind
    day: date | None = None
    hour: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    zone: str = AMSTERDAM
    assumed: bool = False
    text: Line = ""
    sentence: Sentence = ""
    certainty: Certainty = 1.0
    door: bool | None = None
    obligatory: bool = False
    stale_since: date | None = None

    @property
    def is_door(self) -> bool:
        """Whether somebody who has done nothing yet can come in by this moment."""
        return self.kind in DOOR_KINDS if self.door is None else self.door

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
        return _instant(self.day, self.hour, self.zone)

    @property
    def over_at(self) -> datetime | None:
        """The instant in UTC from which it has passed: for a bare day, the midnight that ends it locally."""
        if self.day is None or self.hour is not None:
            return self.at
        return _instant(self.day + timedelta(days=1), "00:00", self.zone)

    @property
    def reading(self) -> str:
        """As a question gives it."""
        return f"{self.day}T{self.hour}" if self.hour else str(self.day)


@lru_cache(maxsize=10_000)
def _instant(day: date, hour: str, zone: str) -> datetime:
    """A wall time in UTC; calls share days, and each date is asked several times."""
    return datetime.combine(day, time.fromisoformat(hour), ZoneInfo(zone)).astimezone(UTC)


class Listing(Frozen):
    """What one source says about one call. Money in EUR, percentages as 0-100, texts plain (no markup).

    Every value is shown as a fact. ``proof`` has, per field that was read from text (budget, min_amount, max_amount,
    rate, source_word), its sentence and certainty; a date carries its own. ``questions`` are what is only asked, never
    of a field that is shown. ``review`` are remarks in Dutch, such as dates of one text that contradict each other.
    ``targets`` is whom the source says it is for; ``subjects`` and ``sectors`` are its own headings, ``priorities`` the
    policies a call also serves, ``conditions`` and ``support`` texts about applying, ``updates`` newest first.
    ``compared_with``: the source of ours that should list this call itself; then it is compared by its reference only.
    ``code``: the name that stays with this one call in its source though ``external_id`` may change: an EU topic's.
    """

    source: str
    external_id: Annotated[str, AfterValidator(plain_line), Field(min_length=1, max_length=300)]
    nature: Nature = Nature.CALL
    url: Url
    title: Annotated[Line, Field(min_length=1), AfterValidator(_worded)]
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
    tags: Names = ()
    keywords: Names = ()
    subjects: Names = ()
    sectors: Names = ()
    targets: Names = ()
    priorities: Names = ()
    conditions: Text = ""
    support: Text = ""
    updates: Annotated[tuple[SourceUpdate, ...], Field(max_length=MOST_UPDATES)] = ()
    expected_grants: Annotated[int, Field(ge=0, le=100_000)] | None = None
    source_word: Status | None = None
    published_on: date | None = None
    references: tuple[Line, ...] = ()
    compared_with: str | None = None
    code: Line | None = None
    edition: Edition | None = None
    review: tuple[Line, ...] = ()
    questions: tuple[RaisedQuestion, ...] = ()
    proof: dict[str, Proof] = Field(default_factory=dict)
    partial: bool = False
    evidence: dict[str, Line] = Field(default_factory=dict)
    snapshot: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As stored in a Sighting."""
        return self.model_dump(mode="json", exclude_defaults=True)
