"""Questions asked more than once, by name; OpportunityFilter, the one filter behind pages, subscriptions and feeds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from db.vocabulary import Eligibility, Instrument, Role, Status


@dataclass(frozen=True)
class Viewer:
    """Who asks: rights follow from role and participant. None of both is the public."""

    user_id: int | None = None
    role: Role | None = None
    participant_id: str | None = None


def _several(value: Any) -> Any:
    """A query string gives one value or many; both mean a tuple."""
    return value if isinstance(value, list | tuple) else (() if value in (None, "") else (value,))


class OpportunityFilter(BaseModel):
    """The address of the list page, the content of a subscription, the scope of a feed. Empty means everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    challenges: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    status: Annotated[tuple[Status, ...], BeforeValidator(_several)] = ()
    eligible: Annotated[tuple[Eligibility, ...], BeforeValidator(_several)] = ()
    instruments: Annotated[tuple[Instrument, ...], BeforeValidator(_several)] = ()
    sources: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    languages: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    at_least: Decimal | None = None
    closes_before: date | None = None
    closes_after: date | None = None
