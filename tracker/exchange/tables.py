"""Calls as rows for others: JSON lines, CSV and Excel, in Amsterdam time, and harmless in a spreadsheet."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.models import Deadline, Match, Opportunity, Sighting
from db.queries import OpportunityFilter, Viewer, calls_for
from db.status import status_of

AT_ONCE = 500
# A spreadsheet runs what begins like this (ASVS 1.2.10); an apostrophe makes it a text.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # full-width ones, too


def calls(session: Session, wanted: OpportunityFilter, viewer: Viewer, now: datetime) -> Iterator[dict[str, Any]]:
    """The calls a filter means, a dictionary each with the keys that ``export calls`` promises."""
    yield from records(session, session.exec(calls_for(wanted, viewer, now)).all(), now)


def records(session: Session, found: Sequence[Opportunity], now: datetime) -> Iterator[dict[str, Any]]:
    """These calls, in their order, each as a dictionary with the same keys."""
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        dates, sightings, matches = (_by_call(session, model, some) for model in (Deadline, Sighting, Match))
        for call in some:
            yield call_record(call, dates[call.id], sightings[call.id], matches[call.id], now)


def _by_call(session: Session, model: Any, some: Sequence[Opportunity]) -> dict[int | None, list[Any]]:
    rows: dict[int | None, list[Any]] = defaultdict(list)
    for row in session.exec(
        select(model).where(col(model.opportunity_id).in_([c.id for c in some])).order_by(model.id)
    ):
        rows[row.opportunity_id].append(row)
    return rows


def call_record(
    call: Opportunity, dates: list[Deadline], sightings: list[Sighting], matches: list[Match], now: datetime
) -> dict[str, Any]:
    """One call."""
    source = call.provenance.get("title", "")
    first = next((s for s in sightings if s.source == source), sightings[0] if sightings else None)
    return {
        "id": call.id,
        "source": first.source if first else "",
        "external_id": first.external_id if first else "",
        "sources": sorted({s.source for s in sightings}),
        "url": call.url,
        "title": call.title,
        "language": call.language,
        "status": str(status_of(call, now)),
        "instrument": call.instrument,
        "deadlines": [_deadline(d) for d in sorted(dates, key=_order) if d.cancelled_at is None],
        "amounts": amounts(call),
        "applicants": list(call.applicants),
        "opgaven": [_match(m) for m in sorted(matches, key=lambda m: (-m.score, m.challenge_id))],
        "first_seen": moment(call.first_seen),
        "last_seen": moment(call.last_seen),
        "nature": call.nature,
        "publisher": call.publisher,
        "programme": list(call.programme),
        "eligible": call.eligible,
        "summary": call.summary,
        "held": call.held,
        "sightings": [{"source": s.source, "external_id": s.external_id, "url": s.url} for s in sightings],
    }


def _order(row: Deadline) -> tuple[str, str, int]:
    return (str(row.day or "9999"), row.hour or "24", row.id or 0)


def _deadline(row: Deadline) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "at": moment(row.at, row.zone) if row.at else None,
        "date": row.day.isoformat() if row.day else None,
        "assumed": row.assumed,
        "text": row.text,
    }


def _match(row: Match) -> dict[str, Any]:
    return {"id": row.challenge_id, "score": round(row.score, 4), "reasons": row.reasons}


def moment(at: datetime, zone: str = "Europe/Amsterdam") -> str:
    """RFC 3339 with the offset of the zone on that day."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def amounts(call: Opportunity) -> dict[str, Any]:
    """EUR and per cent; whole numbers as such."""
    names = {"budget": call.budget, "min": call.min_amount, "max": call.max_amount, "rate": call.rate}
    return {name: _number(value) for name, value in names.items()} | {"text": call.amount_text}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def call_columns(now: datetime) -> list[str]:
    """The columns of a sheet of calls: also where there are none, so that who reads it finds them."""
    return list(
        flat(call_record(Opportunity(title="", url="", language="", first_seen=now, last_seen=now), [], [], [], now))
    )


def as_jsonl(records: Iterable[dict[str, Any]], _name: str = "", _columns: Sequence[str] = ()) -> bytes:
    """A record a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def as_csv(records: Iterable[dict[str, Any]], _name: str = "", columns: Sequence[str] = ()) -> bytes:
    """With a byte order mark and semicolons, as a Dutch Excel expects; cells that would run are made texts.

    ``columns`` names them where there are no records.
    """
    rows = [flat(record) for record in records]
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]) if rows else list(columns), delimiter=";", lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_xlsx(records: Iterable[dict[str, Any]], name: str = "regelingen", columns: Sequence[str] = ()) -> bytes:
    """One sheet; what openpyxl cannot hold (control characters) is left out, and no cell is a formula.

    ``columns`` names them where there are no records.
    """
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    rows = [flat(record) for record in records]
    sheet.append(list(rows[0]) if rows else list(columns))
    for row in rows:
        safe = (harmless(value) for value in row.values())
        sheet.append([ILLEGAL_CHARACTERS_RE.sub(" ", v)[:32_000] if isinstance(v, str) else v for v in safe])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def harmless(value: Any) -> Any:
    """A text that a spreadsheet does not run; imported_rows.py takes the apostrophe away again."""
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(RUNS) else value


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record as cells: lists and what is in them as text."""
    cells: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            cells |= {f"{name}_{key}": inner for key, inner in value.items()}
        elif isinstance(value, list):
            cells[name] = "; ".join(_words(item) for item in value)
        else:
            cells[name] = value
    return cells


def _words(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    if "kind" in item:
        when = item["at"] or item["date"] or ""
        return f"{item['kind']} {when}{' (assumed)' if item.get('assumed') else ''}".strip()
    return " ".join(str(item[key]) for key in ("id", "score", "source", "external_id") if key in item)


FORMATS = {"jsonl": as_jsonl, "csv": as_csv, "xlsx": as_xlsx}
