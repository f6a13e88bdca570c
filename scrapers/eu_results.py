"""Reading one result of the EU portal's search: identity, page, dates, amounts; every value is a list of strings."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from db.vocabulary import DeadlineKind, Instrument
from scrapers.listing import BRUSSELS, MOST_EURO, Edition, ListedDeadline
from scrapers.source import RowUnreadable

TOPIC, EXTERNAL_ACTION, CASCADE = "1", "2", "8"
TOPIC_REFERENCE = re.compile(r"(\d+)TOPICS")
PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"
PROSPECT = "https://webgate.ec.europa.eu/prospect/external/publishedcalls.htm?callId="
USUAL_HOUR = "de bron geeft een dag; 17:00 in Brussel is het gebruikelijke uur"
UNSURE_HOUR = "het uur is door een mens ingetypt, misschien zonder tijdzone"
CENT = Decimal("0.01")
UNREAD_BUDGET = "het budgetoverzicht van de bron is niet te lezen"


def fields(row: Any) -> dict[str, Any]:
    """The metadata of a result; a few cascade calls have none and carry the fields on top level."""
    metadata = row.get("metadata") or row
    if not isinstance(metadata, dict):
        raise RowUnreadable("metadata is no object")
    return metadata


def reference_of(row: Any) -> str:
    """One per topic and language; the index may hold it twice, once from a mirror (since June 2026 nearly all)."""
    metadata = row.get("metadata") or row
    return (text(metadata, "REFERENCE") if isinstance(metadata, dict) else "") or text(row, "reference") or ""


def edition_of(data: dict[str, Any]) -> Edition:
    """The index's own record, or one taken over from a mirror, and when it was made."""
    return Edition(own=text(data, "DATASOURCE") in (None, "SEDIA"), stamp=text(data, "es_SortDate") or "")


def record_name(row: Any) -> str:
    """What tells two results apart: the reference, and the index it was taken from."""
    metadata = row.get("metadata") or row
    parts = (metadata.get(name) for name in ("DATASOURCE", "es_SortDate")) if isinstance(metadata, dict) else ()
    return " ".join([reference_of(row), *map(str, parts)])


def many(data: dict[str, Any], name: str) -> list[str]:
    """All values of a field that is a list of strings, or exceptionally one string."""
    value = data.get(name)
    values = [v for v in (value if isinstance(value, list) else [value]) if v not in (None, "")]
    for odd in (v for v in values if isinstance(v, bool) or not isinstance(v, str | int)):
        raise RowUnreadable(f"{name}: {str(odd)[:60]!r} where text was expected")
    return [str(v).strip() for v in values]


def text(data: dict[str, Any], name: str) -> str | None:
    """The first value of a field."""
    return next(iter(many(data, name)), None)


def identity(data: dict[str, Any], reference: str) -> str | None:
    """What stays the same for a call from crawl to crawl."""
    of_topic = TOPIC_REFERENCE.match(reference)
    if text(data, "type") == TOPIC or of_topic:
        name = text(data, "identifier")
        return text(data, "ccm2Id") or (of_topic[1] if of_topic and name else name)
    return reference[:-2] if reference[-2:].lower() == "en" else reference or None


def page_of(data: dict[str, Any], kind: str | None, key: str) -> str:
    """The page people read; the index's own ``url`` is often a JSON file or gone."""
    if kind == TOPIC:
        return f"{PORTAL}topic-details/{quote(text(data, 'identifier') or key)}"
    if kind == EXTERNAL_ACTION:
        return PROSPECT + "".join(c for c in key if c.isdigit())
    url = text(data, "url") or ""
    return url if "/competitive-calls-cs/" in url else f"{PORTAL}competitive-calls"


def instrument(action: str) -> Instrument:
    """A prize is no grant, and a procurement asks for an offer."""
    lowered = action.lower()
    if "prize" in lowered:
        return Instrument.PRIZE
    if "procurement" in lowered:
        return Instrument.REQUEST
    return Instrument.LOAN if "equity" in lowered else Instrument.GRANT


def moment(stamp: str) -> datetime:
    """An instant of the index in Brussels time, to the minute: seconds change daily and mean nothing."""
    try:
        return datetime.fromisoformat(stamp).astimezone(ZoneInfo(BRUSSELS)).replace(second=0, microsecond=0)
    except (ValueError, OverflowError) as error:
        raise RowUnreadable(f"{stamp[:60]!r} is no date") from error


def deadlines(data: dict[str, Any], kind: str | None) -> tuple[ListedDeadline, ...]:
    """The opening day and every closing moment, in order."""
    closings = sorted({moment(stamp) for stamp in many(data, "deadlineDate")})
    kinds = closing_kinds(len(closings), model_of(data))
    listed = [closing(at, k, kind) for at, k in zip(closings, kinds, strict=True)]
    if opening := text(data, "startDate"):
        listed.insert(0, ListedDeadline(kind=DeadlineKind.OPENS, day=moment(opening).date(), zone=BRUSSELS))
    return tuple(listed)


def model_of(data: dict[str, Any]) -> str:
    """single-stage, two-stage or multiple cut-off; where the field is empty, what the actions or the code say."""
    if named := text(data, "deadlineModel"):
        return named.lower()
    stated = re.search(r"two-stage|multiple cut-off|single-stage", (text(data, "actions") or "").lower())
    code = (text(data, "identifier") or "").lower()
    return stated[0] if stated else "two-stage" if code.endswith("two-stage") else ""


def closing_kinds(count: int, model: str) -> list[DeadlineKind]:
    """What several dates of one topic mean: two stages, cut-offs, or the one closing."""
    if count == 2 and "two-stage" in model:
        return [DeadlineKind.STAGE_1, DeadlineKind.STAGE_2]
    if count > 1:
        return [DeadlineKind.CUT_OFF] * count
    return [DeadlineKind.CLOSES] * count


def closing(at: datetime, what: DeadlineKind, kind: str | None) -> ListedDeadline:
    """A topic's day means 17:00; an external action call has a real hour; a cascade call's hour is unsure."""
    day, hour = at.date(), f"{at:%H:%M}"
    if kind == TOPIC:
        gate = what is DeadlineKind.STAGE_1  # who did not take stage 1 cannot take stage 2
        return ListedDeadline(
            kind=what, day=day, hour="17:00", zone=BRUSSELS, assumed=True, text=USUAL_HOUR, obligatory=gate
        )
    if kind == EXTERNAL_ACTION:
        return ListedDeadline(kind=what, day=day, hour=hour, zone=BRUSSELS)
    # Typed by a person and stamped as UTC: 23:59Z on 31 December means that day, in Brussels it would be the next one.
    # 22:00Z (23:00Z in winter) is a local midnight, which ends one day and begins another: the earlier is safe.
    stamped = at.astimezone(UTC)
    return ListedDeadline(
        kind=what, day=stamped.date(), zone=BRUSSELS, text=f"{stamped:%Y-%m-%d %H:%M} volgens de bron"
    )


def review(data: dict[str, Any], kind: str | None) -> tuple[str, ...]:
    """What a person should look at."""
    if kind == CASCADE:
        return (UNSURE_HOUR,) if many(data, "deadlineDate") else ()
    unread = kind == TOPIC and bool(data.get("budgetOverview")) and not amounts(data)
    return (UNREAD_BUDGET,) if unread else ()


def amounts(data: dict[str, Any]) -> dict[str, Decimal | None]:
    """Budget of this topic only, and the least and most a project may get; the overview covers all its siblings."""
    try:
        own = own_actions(data)
        years = [Decimal(str(v)) for a in own for v in (a.get("budgetYearMap") or {}).values()]
        least = [Decimal(str(a["minContribution"])) for a in own if a.get("minContribution")]
        most = [Decimal(str(a["maxContribution"])) for a in own if a.get("maxContribution")]
        return in_euro(sum(years, Decimal()) or None, min(least, default=None), max(most, default=None))
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation):
        return {}  # the call is worth more than its amounts; review says so


def own_actions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """This topic's rows of the budget overview; ValueError, TypeError or AttributeError where that cannot be read."""
    prefix = f"{text(data, 'identifier')} - "
    overview = json.loads(text(data, "budgetOverview") or "{}")
    actions = [a for group in overview.get("budgetTopicActionMap", {}).values() for a in group]
    return [a for a in actions if str(a.get("action", "")).startswith(prefix)]


def in_euro(budget: Decimal | None, least: Decimal | None, most: Decimal | None) -> dict[str, Decimal | None]:
    """The three amounts in cents; ValueError where one of them cannot be meant."""
    amounts = {"budget": budget, "min_amount": least, "max_amount": most}
    if not all(v is None or (v.is_finite() and 0 <= v <= MOST_EURO) for v in amounts.values()):
        raise ValueError("an amount that cannot be meant")
    return {name: None if v is None else v.quantize(CENT) for name, v in amounts.items()}
