"""What we show of a call, field by field, in words: for its page, and to lay it beside another."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from db.models import Call, Deadline
from db.vocabulary import DeadlineKind, Eligibility
from notifications import wording
from scrapers.listing import PARTICULARS
from tracker.web.calls.rows import moment_of, passed
from tracker.web.frame.phrases import field_name, value_text, who_may_apply

SHOWN = (
    *("publisher", "instrument", "allocation", "programme", "call_title", "destination", "type_of_action"),
    *("applicants", "targets", "area", "budget", "min_amount", "max_amount", "amount_text", "rate", "expected_grants"),
    *("source_word", "published_on", "subjects", "sectors", "priorities", "tags", "keywords"),
)


class Fact(NamedTuple):
    """One field: its name, its value in words, who says so and in which sentence, and who says otherwise."""

    field: str
    name: str
    value: str
    source: str
    others: list[tuple[str, str]]
    sentence: str = ""
    stale_since: date | None = None


class DateRow(NamedTuple):
    """One date of a call, for the table."""

    row: Deadline
    kind: str
    moment: Any
    over: bool
    others: list[tuple[str, str]]


class Statement(NamedTuple):
    """One thing that both calls say something of, in words."""

    name: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether they contradict each other; silence of one does not."""
        return bool(self.first and self.second) and self.first != self.second


def facts(call: Call) -> list[Fact]:
    """The fields that are known, in a fixed order, with their source and what other sources say."""
    return [
        Fact(
            name,
            field_name(name),
            value_text(name, value),
            call.provenance.get(name, ""),
            _others(call, name),
            str(call.proof.get(name, {}).get("sentence", "")),
            date.fromisoformat(call.stale[name]) if name in call.stale else None,
        )
        for name in SHOWN
        if (value := call.particulars.get(name) if name in PARTICULARS else getattr(call, name)) not in (None, "", [])
    ]


def eligible_fact(call: Call) -> list[Fact]:
    """Whether we may apply, where that is known; its sentence is why."""
    if call.eligible == Eligibility.UNKNOWN:
        return []
    return [Fact("eligible", field_name("eligible"), who_may_apply(call), "", [], call.eligible_why)]


def _others(call: Call, name: str) -> list[tuple[str, str]]:
    shown = call.provenance.get(name)
    return [
        (source, value_text(name, value))
        for source, value in sorted(call.conflicts.get(name, {}).items())
        if source != shown
    ]


def dates_of(session: Session, call: Call, now: datetime) -> list[DateRow]:
    """The dates of a call that stand, in their order; what has none comes last."""
    rows = session.exec(select(Deadline).where(Deadline.call_id == call.id)).all()
    order = list(DeadlineKind)
    active = [row for row in rows if row.cancelled_at is None]
    active.sort(key=lambda row: (row.day is None, row.day or now.date(), order.index(DeadlineKind(row.kind))))
    return [
        DateRow(
            row,
            DeadlineKind(row.kind).label,
            moment_of(row),
            bool((m := moment_of(row)) and passed(m, now)),
            _others(call, row.kind),
        )
        for row in active
    ]


def statements(session: Session, call: Call, now: datetime) -> dict[str, str]:
    """Dates and facts of a call by name, in words."""
    dates: dict[str, list[str]] = {}
    for row in dates_of(session, call, now):
        moment = row.moment and wording.full_moment(row.moment, row.row.zone, row.row.assumed)
        dates.setdefault(row.kind, []).append(moment or "zonder datum")
    return {kind: "; ".join(moments) for kind, moments in dates.items()} | {f.name: f.value for f in facts(call)}


def beside(first: dict[str, str], second: dict[str, str]) -> list[Statement]:
    """What two calls say, thing by thing."""
    return [Statement(name, first.get(name, ""), second.get(name, "")) for name in dict.fromkeys([*first, *second])]
