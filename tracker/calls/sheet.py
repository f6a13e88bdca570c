"""Everything known of one call on one sheet: what we show, who fields it, where sources disagree, what changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.last_seen import last_seen
from db.models import Call, Correction, Deadline, Match, Question, Revision, Sighting
from tracker.calls.records import call_record, moment


def sheet(session: Session, call_id: int, now: datetime) -> dict[str, Any]:
    """The exported record with provenance, conflicts, corrections, sightings and revisions."""
    call = session.get_one(Call, call_id)
    dates, sightings, matches, corrections, revisions = (
        _rows(session, model, call_id) for model in (Deadline, Sighting, Match, Correction, Revision)
    )
    asked = [row for row in _rows(session, Question, call_id) if row.settled_at is None]
    seen = last_seen(session, sightings)
    return call_record(call, dates, sightings, matches, now, asked, seen) | {
        "provenance": call.provenance,
        "conflicts": call.conflicts,
        "review": call.review,
        "sightings": [_sighting(row, seen[row.id]) for row in sightings],
        "corrections": [_correction(row) for row in corrections],
        "revisions": [_revision(row) for row in revisions],
    }


def _rows(session: Session, model: Any, call_id: int) -> list[Any]:
    return list(session.exec(select(model).where(model.call_id == call_id).order_by(col(model.id))))


def _sighting(row: Sighting, last: datetime) -> dict[str, Any]:
    seen = {"first_seen": moment(row.first_seen), "last_seen": moment(last)}
    gone = moment(row.gone_at) if row.gone_at else None
    who = {"source": row.source, "external_id": row.external_id, "url": row.url, "snapshot": row.snapshot}
    return {**who, **seen, "missed": row.missed, "gone_at": gone}


def _correction(row: Correction) -> dict[str, Any]:
    times = {"at": row.at, "agreed_at": row.agreed_at, "withdrawn_at": row.withdrawn_at}
    fields = {"field": row.field, "value": row.value, "reason": row.reason, "user": row.user_id}
    return fields | {name: moment(at) if at else None for name, at in times.items()}


def _revision(row: Revision) -> dict[str, Any]:
    fields = {"kind": row.kind, "field": row.field, "old": row.old, "new": row.new, "telling": row.telling}
    return {"at": moment(row.at), **fields, "snapshot": row.snapshot}


def as_lines(sheet: dict[str, Any]) -> list[str]:
    """For people."""
    lines = [f"{sheet['id']}  {sheet['title']}", f"    {sheet['status']}, {sheet['instrument']}, {sheet['url']}"]
    sources = sheet["provenance"]
    lines += [
        f"    {d['kind']:<16} {d['at'] or d['date'] or '-'}{'  (assumed)' if d['assumed'] else ''}"
        f"  [{sources.get(d['kind'], '')}]"
        for d in sheet["deadlines"]
    ]
    lines += [f"    {name:<16} {value}" for name, value in sheet["amounts"].items() if value is not None]
    lines += [f"    {read['field']:<16} read from: {read['sentence']}" for read in sheet["sentences"]]
    lines += [f"    ASKED {q['field']}: {' or '.join(q['readings'])}  from: {q['sentence']}" for q in sheet["asked"]]
    lines += [f"    CONFLICT {name}: {values}" for name, values in sheet["conflicts"].items()]
    lines += [f"    corrected {c['field']} = {c['value']} {_agreed(c)}" for c in sheet["corrections"]]
    lines += [f"    seen by {s['source']} as {s['external_id']}, last {s['last_seen']}" for s in sheet["sightings"]]
    lines += [f"    {r['at']}  {r['kind']} {r['field']} {_was(r)}".rstrip() for r in sheet["revisions"]]
    return lines


def _agreed(correction: dict[str, Any]) -> str:
    if correction["withdrawn_at"]:
        return f"(withdrawn {correction['withdrawn_at']})"
    return f"(the source agrees since {correction['agreed_at']})" if correction["agreed_at"] else ""


def _was(revision: dict[str, Any]) -> str:
    if not revision["field"]:
        return ""
    return f"{str(revision['old'])[:80]} -> {str(revision['new'])[:80]}{' *' if revision['telling'] else ''}"
