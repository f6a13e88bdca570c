"""Calls from a file, as ``export calls`` writes them: all rows or none; the same file twice brings nothing new."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.bulk import chunks
from db.models import Revision, Sighting, User
from db.queries import BY_HAND
from db.status import status_of
from db.vocabulary import DeadlineKind, RevisionKind, SourceKind, Status
from scrapers.crawled import Crawled
from scrapers.listing import AMSTERDAM, Listing
from tracker.calls import parse_values
from tracker.calls.answers import DATELESS
from tracker.calls.changes import SETS
from tracker.calls.consolidate import SourceRecord, merge_one
from tracker.calls.identity import identity
from tracker.calls.ingest import ingest
from tracker.calls.typed_values import euros, moment, moment_of_cell, percentage
from tracker.errors import NotAMoment, NotAnAmount, TwoReadings
from tracker.exchange.rows import Imported, NotReadable, Row, check_rows, listed, text_of

WRITTEN_BY_EXPORT = """
    id source external_id sources url title language status instrument deadlines amounts applicants opgaven first_seen
    last_seen nature publisher programme eligible eligible_estimate eligible_why summary held sightings previous_round
    amounts_budget amounts_min amounts_max amounts_rate amounts_text status_remark gate sentences asked
    tags keywords subjects sectors targets priorities conditions support updates expected_grants stale_since
"""
DATE_COLUMNS = tuple(kind.value for kind in DeadlineKind if kind not in DATELESS)
CALL_COLUMNS = (*WRITTEN_BY_EXPORT.split(), *DATE_COLUMNS)
DECIMAL_POINT = re.compile(r"\d+\.\d{1,2}%?$")
OLDER_EXPORT = (
    "Dit lijkt een uitvoer van een oudere versie, met een punt voor decimalen: voer opnieuw uit, of als xlsx of jsonl."
)
NOISE = Decimal("0.000001")
AMOUNTS = {"budget": "budget", "min": "min_amount", "max": "max_amount", "rate": "rate", "text": "amount_text"}
ONE_DATE = re.compile(r"(?P<kind>\w+)(?: (?P<when>\d{4}-\d\d-\d\d\S*))?(?P<assumed> \(assumed\))?")


def import_calls(session: Session, rows: Iterable[Row], user: User | None, now: datetime) -> Imported:
    """Calls as ``export calls`` writes them; a row needs a title and an address only. Raises NotImported.

    They enter by the door of calls typed in by hand. A row that a source of ours already speaks of is left to it.
    """
    places: set[str] = set()

    def read(row: dict[str, Any]) -> tuple[tuple[str, str], Listing]:
        listing = call_of(row, now)
        if identity(listing.external_id) in places:
            raise NotReadable("the same call as in an earlier row")
        places.add(identity(listing.external_id))
        return (text_of(row.get("source")), text_of(row.get("external_id"))), listing

    read_rows = check_rows(rows, CALL_COLUMNS, read)
    spoken_of = _spoken_of(session, [key for key, _ in read_rows])
    listings = tuple(listing for key, listing in read_rows if key not in spoken_of)
    result = ingest(session, Crawled(BY_HAND, SourceKind.STREAM, now, now, listings), now)
    by = {"user": user.id if user else None, "import": True}
    kind = RevisionKind.CHANGED
    session.add_all(Revision(call_id=call, at=now, kind=kind, field="added", new=by) for call in result.new)
    return Imported(len(read_rows), len(result.new), len(result.changed))


def _spoken_of(session: Session, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that one of our own sources already speaks of."""
    ids = {(source, identity(external_id)): (source, external_id) for source, external_id in keys if external_id}
    spoken_of = set()
    for some in chunks({external_id for _, external_id in ids}):
        sightings = select(Sighting.source, Sighting.external_id).where(col(Sighting.external_id).in_(some))
        pairs = map(tuple, session.exec(sightings.where(Sighting.source != BY_HAND)))
        spoken_of |= {ids[pair] for pair in pairs if pair in ids}
    return spoken_of


def call_of(row: dict[str, Any], now: datetime) -> Listing:
    """One row as a call by hand. Raises NotPossible or NotReadable."""
    source, external_id, url = (text_of(row.get(name)) for name in ("source", "external_id", "url"))
    if source and external_id:
        external_id = external_id if source == BY_HAND else f"{source}:{external_id}"
    fields = {
        "external_id": external_id or url,
        "url": url,
        "title": text_of(row.get("title")),
        "language": text_of(row.get("language")) or "nl",
        "summary": str(row.get("summary") or ""),
        "deadlines": [*dates_of(row.get("deadlines")), *_dates_in_columns(row)],
        **{name: listed(row.get(name)) for name in SETS},
        **{name: row[name] for name in ("conditions", "support", "expected_grants") if row.get(name)},
        **{name: row[name] for name in ("instrument", "nature", "publisher") if row.get(name)},
        **_amounts(row),
    }
    listing, status = parse_values.listing(**fields), text_of(row.get("status"))
    if status in ("", Status.NOT_LISTED, _by_its_dates(listing, now)):
        return listing
    return parse_values.listing(**fields, source_word=status)


def _by_its_dates(listing: Listing, now: datetime) -> Status:
    """The status that follows from the dates: saying it again in words would freeze it."""
    merged = merge_one(SourceRecord(listing.source, listing.external_id, listing.as_json()))
    gates = {"closes_at": merged.closes_at, "ends_at": merged.gates.ends_at}
    dated = {"opens_at": merged.opens_at, "allocation": merged.fields["allocation"], "last_seen": now, **gates}
    dated |= {"until_exhausted": merged.until_exhausted}
    return status_of(SimpleNamespace(**dated, source_word=None, not_listed_since=None, stale={}), now)


def _amounts(row: dict[str, Any]) -> dict[str, Any]:
    nested = row.get("amounts")
    if nested is not None and not isinstance(nested, dict):
        raise NotReadable("amounts: no object with budget, min, max, rate and text")
    amounts = {name: (nested or {}).get(name, row.get(f"amounts_{name}")) for name in AMOUNTS}
    if amounts["rate"] not in (None, ""):
        amounts["rate"] = _rate(amounts["rate"], ours="first_seen" in row)
    try:
        return {AMOUNTS[name]: _amount(name, value) for name, value in amounts.items() if value not in (None, "")}
    except NotReadable as error:
        ours = "first_seen" in row and any(DECIMAL_POINT.match(str(value)) for value in amounts.values())
        raise NotReadable(f"{error} {OLDER_EXPORT}" if ours else str(error)) from error


def _rate(value: Any, ours: bool) -> Any:
    """Our own exports write 0.5 for a half per cent; of any other file nobody knows whether it is the half of all."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if ours:
        return value if number or "%" in text_of(value) else f"{text_of(value)}%"
    return f"{value}".replace(".", ",") if number and 0 < value <= 1 else value


def _amount(name: str, value: Any) -> Any:
    """A number as it is; what was typed by the rule for all that is typed."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        exact = Decimal(str(value))
        if not exact.is_finite():
            return exact  # refused by the field's own rule
        rounded = round(exact, 2)
        return rounded if abs(exact - rounded) < NOISE else exact  # a spreadsheet's 0.1 + 0.2
    if name == "text":
        return text_of(value)
    try:
        return (percentage if name == "rate" else euros)(text_of(value))
    except NotAnAmount as error:
        raise NotReadable(f"{AMOUNTS[name]}: {error}") from error


def dates_of(value: Any) -> list[dict[str, Any]]:
    """Typed dates, as objects with kind, at, date, assumed and text, or as "closes 2026-10-01T17:00; rolling"."""
    if not isinstance(value, list):
        value = [_date_in_words(text) for text in listed(value)]
    return [_date(date) for date in value]


def _dates_in_columns(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns named by a kind of date: the cell of a spreadsheet that holds one, or a date as people type it."""
    return [_typed_date(kind, kind, row[kind]) for kind in DATE_COLUMNS if row.get(kind) not in (None, "")]


def _typed_date(kind: str, column: str, value: Any) -> dict[str, Any]:
    example = f"{kind} 2026-10-01T17:00" if column == "deadlines" else "2026-10-01T17:00"
    try:
        typed = moment_of_cell(value) if isinstance(value, date) else moment(text_of(value))
    except TwoReadings as error:
        raise NotReadable(f"{column}: {error}") from error
    except NotAMoment as error:
        written = f"{kind} {text_of(value)}".strip() if column == "deadlines" else text_of(value)
        raise NotReadable(f"{column}: {written[:60]!r} is no date such as {example!r}") from error
    assert typed is not None
    return {"kind": kind, "day": typed.day.isoformat(), "hour": typed.hour}


def _date_in_words(text: str) -> dict[str, Any]:
    """As export writes it, or with the Dutch word and day: ``sluit 1 oktober 2026, 17:00``."""
    parts = ONE_DATE.fullmatch(text)
    if parts is None:
        kind = next((kind for kind in DeadlineKind for word in (kind, kind.label) if _begins(text, word)), None)
        if kind is None:
            raise NotReadable(f"deadlines: {text[:60]!r} is no date such as 'closes 2026-10-01T17:00'")
        word = next(word for word in (kind.value, kind.label) if _begins(text, word))
        return _typed_date(kind, "deadlines", text[len(word) :])
    when, assumed = parts["when"] or None, bool(parts["assumed"])
    is_moment = bool(when and "T" in when)
    return {"kind": parts["kind"], "at": when if is_moment else None, "date": when, "assumed": assumed}


def _begins(text: str, word: str) -> bool:
    return text.lower().startswith(f"{word} ")


def _date(written: Any) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise NotReadable("deadlines: not a list of objects with kind, at and date")
    if "day" in written:
        return written
    kept = {"kind": written.get("kind"), "assumed": bool(written.get("assumed")), "text": written.get("text") or ""}
    kept |= {"sentence": written.get("sentence") or "", "certainty": written.get("certainty", 1)}
    if not written.get("at"):
        return kept | {"day": written.get("date")}
    try:
        at = datetime.fromisoformat(str(written["at"]))
        local = at.astimezone(ZoneInfo(AMSTERDAM)) if at.tzinfo else at  # without an offset it is a wall clock here
    except (ValueError, OverflowError) as error:
        raise NotReadable(f"deadlines: {str(written['at'])[:60]!r} is no moment") from error
    return kept | {"day": local.date().isoformat(), "hour": f"{local:%H:%M}"}
