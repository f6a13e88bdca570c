"""A call as other programs get it: one dictionary, in an export, in the API and in the trace."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.last_seen import last_seen
from db.models import Call, Deadline, Match, Question, Sighting
from db.status import UNTOLD, is_untold, next_gate, remark_of, status_of
from scrapers.listing import PARTICULARS
from tracker.calls.consolidate import DEFAULTS

AT_ONCE = 500
CERTAIN = {"sentence": "", "certainty": 1}  # what a proof leaves out, since it is so by default


def records(session: Session, calls: Sequence[Call], now: datetime) -> Iterator[dict[str, Any]]:
    """These calls, in their order, each as a dictionary with the same keys."""
    for start in range(0, len(calls), AT_ONCE):
        some = calls[start : start + AT_ONCE]
        dates, sightings, matches = (_by_call(session, model, some) for model in (Deadline, Sighting, Match))
        asked = _by_call(session, Question, some, col(Question.settled_at).is_(None))
        seen = last_seen(session, chain.from_iterable(sightings.values()))
        for call in some:
            yield call_record(call, dates[call.id], sightings[call.id], matches[call.id], now, asked[call.id], seen)


def _by_call(session: Session, model: Any, some: Sequence[Call], *where: Any) -> dict[int | None, list[Any]]:
    rows: dict[int | None, list[Any]] = defaultdict(list)
    of_calls = select(model).where(col(model.call_id).in_([c.id for c in some]), *where)
    for row in session.exec(of_calls.order_by(model.id)):
        rows[row.call_id].append(row)
    return rows


def call_record(
    call: Call,
    dates: list[Deadline],
    sightings: list[Sighting],
    matches: list[Match],
    now: datetime,
    asked: Sequence[Question] = (),
    seen: Mapping[int, datetime] | None = None,
) -> dict[str, Any]:
    """One call; ``seen``: when its sightings were last named, by their ids."""
    return {
        "id": call.id,
        **_origin(call, sightings),
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
        "last_seen": moment(max([call.last_seen, *(seen[s.id] for s in sightings if seen)])),
        "nature": call.nature,
        "publisher": call.publisher,
        "programme": list(call.programme),
        **_eligible(call),
        "summary": call.summary,
        "held": call.held,
        "sightings": [{"source": s.source, "external_id": s.external_id, "url": s.url} for s in sightings],
        "status_remark": UNTOLD if is_untold(call, now) else remark_of(call, now),
        "gate": _moment_or_none(next_gate((d.gate_at for d in dates if d.cancelled_at is None), now)),
        "stale_since": dict(call.stale),
        **_reading(call, asked),
        **particulars(call),
    }


def _reading(call: Call, asked: Sequence[Question]) -> dict[str, Any]:
    """The round before, the sentences that facts were read from, and what is only asked."""
    sentences = [{"field": name, **CERTAIN, **proof} for name, proof in sorted(call.proof.items())]
    return {
        "previous_round": call.previous_round_id,
        "sentences": sentences,
        "asked": [_asked(question) for question in asked],
    }


def particulars(call: Call) -> dict[str, Any]:
    """What sources file the call under, by plain names that are always there."""
    return {name: call.particulars.get(name, DEFAULTS[name]) for name in PARTICULARS}


def _origin(call: Call, sightings: list[Sighting]) -> dict[str, Any]:
    """The source its title came from, how that names the call, and all that tell of it."""
    title = call.provenance.get("title", "")
    first = next((s for s in sightings if s.source == title), sightings[0] if sightings else None)
    return {
        "source": first.source if first else "",
        "external_id": first.external_id if first else "",
        "sources": sorted({s.source for s in sightings}),
    }


def _eligible(call: Call) -> dict[str, Any]:
    """Who may apply, whether that is an estimate, and why."""
    return {
        "eligible": call.eligible,
        "eligible_estimate": call.eligible_estimate,
        "eligible_why": call.eligible_why,
    }


def _moment_or_none(at: datetime | None) -> str | None:
    return moment(at) if at else None


def _asked(question: Question) -> dict[str, Any]:
    """What is not certain: asked of a person, or doubted by a reader while it is shown."""
    asked = {"field": question.field, "readings": question.readings, "sentence": question.sentence}
    return {**asked, "why": question.why, "doubted": question.sighting_id is None}


def _order(row: Deadline) -> tuple[str, str, int]:
    return (str(row.day or "9999"), row.hour or "24", row.id)


def _deadline(row: Deadline) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "at": moment(row.at, row.zone) if row.at else None,
        "date": row.day.isoformat() if row.day else None,
        "assumed": row.assumed,
        "text": row.text,
        "sentence": row.sentence,
        "certainty": row.certainty,
        "stale_since": row.stale_since.isoformat() if row.stale_since else None,
    }


def _match(row: Match) -> dict[str, Any]:
    return {"id": row.challenge_id, "score": round(row.score, 4), "reasons": row.reasons}


def moment(at: datetime, zone: str = "Europe/Amsterdam") -> str:
    """RFC 3339 with the offset of the zone on that day."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def amounts(call: Call) -> dict[str, Any]:
    """EUR and per cent; whole numbers as such."""
    names = {"budget": call.budget, "min": call.min_amount, "max": call.max_amount, "rate": call.rate}
    return {name: number(value) for name, value in names.items()} | {"text": call.amount_text}


def number(value: Decimal | None) -> int | float | None:
    """A whole number as such, another with its point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
