"""Calls and people from a file: checked row by row, then all or none; the same file twice brings nothing new."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.bulk import chunks
from db.models import Revision, Sighting, User
from db.queries import BY_HAND
from db.status import status_of
from db.vocabulary import Cadence, RevisionKind, Role, SourceKind, Status, spoken
from scrapers.crawled import Crawled
from scrapers.listing import AMSTERDAM, Listing, storable
from tracker.calls import parse_values
from tracker.calls.consolidate import SourceRecord, merge_one
from tracker.calls.identity import identity
from tracker.calls.ingest import ingest
from tracker.errors import NotPossible
from tracker.exchange.rows import NotReadable
from tracker.people import subscriptions
from tracker.people.participants import slug

MOST_TOLD = 20
WRITTEN_BY_EXPORT = """
    id source external_id sources url title language status instrument deadlines amounts applicants opgaven first_seen
    last_seen nature publisher programme eligible summary held sightings
    amounts_budget amounts_min amounts_max amounts_rate amounts_text
"""
CALL_COLUMNS = tuple(WRITTEN_BY_EXPORT.split())
AMOUNTS = {"budget": "budget", "min": "min_amount", "max": "max_amount", "rate": "rate", "text": "amount_text"}
ONE_DATE = re.compile(r"(?P<kind>\w+)(?: (?P<when>\d{4}-\d\d-\d\d\S*))?(?P<assumed> \(assumed\))?")
PERSON_COLUMNS = ("email", "name", "role", "participant", "opgaven", "every")
Row = tuple[int, dict[str, Any]]


class NotImported(NotPossible):
    """Nothing was imported; the message has a line for each row that is wrong."""


@dataclass(frozen=True)
class Imported:
    """How many rows were new, changed something, or were known as they are."""

    rows: int
    new: int
    changed: int = 0

    @property
    def known(self) -> int:
        """Rows that said nothing new."""
        return self.rows - self.new - self.changed


def check_rows(rows: Iterable[Row], columns: Sequence[str], read: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """What ``read`` makes of every row. Raises NotImported with all rows that are wrong, a line each."""
    found, wrong = [], []
    for number, row in rows:
        try:
            unknown = sorted(set(row) - set(columns))
            if unknown:
                raise NotReadable(f"no column {unknown[0]!r}; there are {', '.join(columns)}")
            found.append(read(row))
        except (NotReadable, NotPossible) as error:
            wrong.append(f"row {number}: {error}")
    if wrong:
        more = [f"and {len(wrong) - MOST_TOLD} more rows"] if len(wrong) > MOST_TOLD else []
        raise NotImported("\n".join([*wrong[:MOST_TOLD], *more]))
    return found


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
        return (_words(row.get("source")), _words(row.get("external_id"))), listing

    read_rows = check_rows(rows, CALL_COLUMNS, read)
    known = _known(session, [key for key, _ in read_rows])
    listings = tuple(listing for key, listing in read_rows if key not in known)
    result = ingest(session, Crawled(BY_HAND, SourceKind.STREAM, now, now, listings), now)
    by = {"user": user.id if user else None, "import": True}
    kind = RevisionKind.CHANGED
    session.add_all(Revision(call_id=call, at=now, kind=kind, field="added", new=by) for call in result.new)
    return Imported(len(read_rows), len(result.new), len(result.changed))


def _known(session: Session, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that one of our own sources already speaks of."""
    ids = {(source, identity(external_id)): (source, external_id) for source, external_id in keys if external_id}
    found = set()
    for some in chunks({external_id for _, external_id in ids}):
        said = select(Sighting.source, Sighting.external_id).where(col(Sighting.external_id).in_(some))
        found |= {ids[pair] for pair in map(tuple, session.exec(said.where(Sighting.source != BY_HAND))) if pair in ids}
    return found


def call_of(row: dict[str, Any], now: datetime) -> Listing:
    """One row as a call by hand. Raises NotPossible or NotReadable."""
    source, external_id, url = (_words(row.get(name)) for name in ("source", "external_id", "url"))
    if source and external_id:
        external_id = external_id if source == BY_HAND else f"{source}:{external_id}"
    given = {
        "external_id": external_id or url,
        "url": url,
        "title": _words(row.get("title")),
        "language": _words(row.get("language")) or "nl",
        "summary": str(row.get("summary") or ""),
        "deadlines": dates_of(row.get("deadlines")),
        **{name: _list(row.get(name)) for name in ("applicants", "programme")},
        **{name: row[name] for name in ("instrument", "nature", "publisher") if row.get(name)},
        **_amounts(row),
    }
    listing, word = parse_values.listing(**given), _words(row.get("status"))
    if word in ("", Status.NOT_LISTED, _by_its_dates(listing, now)):
        return listing
    return parse_values.listing(**given, source_word=word)


def _by_its_dates(listing: Listing, now: datetime) -> Status:
    """The status that follows from the dates: saying it again in words would freeze it."""
    merged = merge_one(SourceRecord(listing.source, listing.external_id, listing.as_json()))
    dated = {"opens_at": merged.opens_at, "closes_at": merged.closes_at, "allocation": merged.fields["allocation"]}
    return status_of(SimpleNamespace(**dated, source_word=None, not_listed_since=None), now)


def _words(value: Any) -> str:
    return "" if value is None else storable(str(value)).strip()


def _list(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else _words(value).split(";")
    return [text for text in map(_words, parts) if text]


def _amounts(row: dict[str, Any]) -> dict[str, Any]:
    nested = row.get("amounts")
    if nested is not None and not isinstance(nested, dict):
        raise NotReadable("amounts: no object with budget, min, max, rate and text")
    said = {name: (nested or {}).get(name, row.get(f"amounts_{name}")) for name in AMOUNTS}
    return {AMOUNTS[name]: str(value) for name, value in said.items() if value not in (None, "")}


def dates_of(value: Any) -> list[dict[str, Any]]:
    """Typed dates, as objects with kind, at, date, assumed and text, or as "closes 2026-10-01T17:00; rolling"."""
    if not isinstance(value, list):
        value = [_date_in_words(text) for text in _list(value)]
    return [_date(one) for one in value]


def _date_in_words(text: str) -> dict[str, Any]:
    found = ONE_DATE.fullmatch(text)
    if found is None:
        raise NotReadable(f"deadlines: {text[:60]!r} is no date such as 'closes 2026-10-01T17:00'")
    when, assumed = found["when"] or None, bool(found["assumed"])
    moment = bool(when and "T" in when)
    return {"kind": found["kind"], "at": when if moment else None, "date": when, "assumed": assumed}


def _date(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise NotReadable("deadlines: not a list of objects with kind, at and date")
    kept = {"kind": said.get("kind"), "assumed": bool(said.get("assumed")), "text": said.get("text") or ""}
    if not said.get("at"):
        return kept | {"day": said.get("date")}
    try:
        at = datetime.fromisoformat(str(said["at"]))
        local = at.astimezone(ZoneInfo(AMSTERDAM)) if at.tzinfo else at  # without an offset it is a wall clock here
    except (ValueError, OverflowError) as error:
        raise NotReadable(f"deadlines: {str(said['at'])[:60]!r} is no moment") from error
    return kept | {"day": local.date().isoformat(), "hour": f"{local:%H:%M}"}


def import_people(session: Session, rows: Iterable[Row], now: datetime) -> Imported:
    """People, each with a subscription where ``every`` says how often; known ones are left as they are."""

    def read(row: dict[str, Any]) -> bool:
        said = {name: _words(row.get(name)) for name in PERSON_COLUMNS}
        role = spoken(Role, said["role"] or Role.READER.label)
        if role is None or not said["name"]:
            raise NotReadable(f"no role {said['role']!r}" if role is None else "a person without a name")
        person, new = _person(session, said, Role(role), now)
        return _subscribed(session, person, said, now) or new

    news = check_rows(rows, PERSON_COLUMNS, read)
    return Imported(len(news), sum(news))


def _person(session: Session, said: dict[str, str], role: Role, now: datetime) -> tuple[User, bool]:
    address = subscriptions.normal_address(said["email"])
    known = session.exec(select(User).where(User.email == address)).first()
    if known is not None:
        return subscriptions.find_user(session, address), False
    return subscriptions.add_user(session, address, said["name"], role, slug(said["participant"]), now), True


def _subscribed(session: Session, person: User, said: dict[str, str], now: datetime) -> bool:
    """Whether a subscription was made."""
    if not said["every"] and not said["opgaven"]:
        return False
    cadence = spoken(Cadence, said["every"])
    opgaven = tuple(_list(said["opgaven"]))
    if cadence is None or not opgaven:
        raise NotReadable("a subscription needs 'every' (day or week) and 'opgaven' (ids, or 'all')")
    every = () if opgaven == ("all",) else opgaven
    return subscriptions.subscribe(session, person, every, Cadence(cadence), now)[1]
