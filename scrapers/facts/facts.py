"""What reading a text yields: what is shown, what is asked, the dates of its calendar, and how the call stands."""

from dataclasses import dataclass, field
from decimal import Decimal

from db.vocabulary import Allocation, DeadlineKind, Status
from scrapers.facts.spans import Moment, Span

FIELDS = ("opens", "closes", "budget", "max_amount", "rate")
MOST_READINGS = 5

Value = Moment | Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that is shown as a fact: the words, the sentence, and how certain it is."""

    value: Value
    text: str
    sentence: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Values of which a person is asked which one it is, likeliest first."""

    values: tuple[Value, ...]
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A dated moment of the call that is shown; ``door``: by it one can come in who has done nothing yet."""

    kind: DeadlineKind
    moment: Moment | None
    text: str
    sentence: str
    certainty: float
    door: bool = True
    obligatory: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class Facts:
    """All that a text says; a field is in ``shown``, in ``asked`` or in ``undated``, never in two.

    ``undated``: asked as well, with a sentence and without values: a rule whose day of departure is not known.
    """

    shown: dict[str, Shown] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    undated: dict[str, Asked] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    status: tuple[Status, str] | None = None
    allocation: Allocation | None = None
    min_amount: Shown | None = None
    remarks: tuple[str, ...] = ()


def plain_value(value: Value) -> str:
    """``2026-05-01T17:00``, ``2500000``, ``62.5``."""
    return value.isoformat() if isinstance(value, Moment) else format(value, "f")
