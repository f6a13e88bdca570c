"""What we show of a call: one pure function of what its sources said and of people's corrections.

Fields carry their source in ``provenance`` and, where sources disagree, every source's value in ``conflicts``. The
dates of one kind count as one field, named by the kind ("closes"); their value is a list of
``{"day", "hour", "assumed"}`` with only the keys that are known. A person's correction is the source "correctie".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from db.queries import BY_HAND as BY_HAND
from db.status import FINAL_WORDS, OVER
from db.vocabulary import CLOSING_KINDS, Allocation, DeadlineKind
from notifications.wording import short_day
from scrapers.listing import ListedDeadline, Listing, Question
from tracker.calls.gates import Gates, gates_of

PERSON = "correctie"

# Who speaks first. The executing agency keeps its page up to date; the official publication has the law's own words.
RANK = {BY_HAND: 0, "eu_portal": 10, "rvo": 20, "rijksoverheid": 50, "cvdr": 60, "bekendmakingen": 70}
UNRANKED = 30
LEGAL_RANK = RANK | {"cvdr": 5, "bekendmakingen": 5}
LEGAL_FIELDS = frozenset({"budget", "rate", "applicants", "published_on"})

NOT_SHOWN = {"source", "external_id", "deadlines", "references", "review", "evidence", "snapshot", "questions", "proof"}
SHOWN_FIELDS = tuple(name for name in Listing.model_fields if name not in NOT_SHOWN)
DEFAULTS: dict[str, Any] = {
    name: info.get_default(call_default_factory=True, validated_data={})
    for name, info in Listing.model_fields.items()
    if name in SHOWN_FIELDS and not info.is_required()
}
DEFAULTS = {k: list(v) if isinstance(v, tuple) else str(v) if isinstance(v, str) else v for k, v in DEFAULTS.items()}
KINDS = frozenset(str(kind) for kind in DeadlineKind)
CONTESTED = ("budget", "min_amount", "max_amount", "rate", "applicants")
CONTESTED_KINDS = (*sorted(CLOSING_KINDS), DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION)


@dataclass(frozen=True)
class Said:
    """What one source last said of a call: the Listing as JSON, without what is default."""

    source: str
    external_id: str
    fields: Mapping[str, Any]
    gone: bool = False
    dates: tuple[ListedDeadline, ...] | None = None  # where they are at hand as such already


@dataclass(frozen=True)
class Refuted:
    """A person's word that this value is wrong, without a better one: it holds while the sources say that value."""

    value: Any


@dataclass(frozen=True)
class Shown:
    """The fields of an Call as JSON values, its deadlines by date, and where each came from.

    ``proof``: field -> ``{"sentence", "certainty"}`` of what was read from text; a date carries its own.
    """

    fields: dict[str, Any]
    deadlines: tuple[ListedDeadline, ...] = ()
    review: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    proof: dict[str, dict[str, Any]] = field(default_factory=dict)

    def dates(self, kind: str) -> list[dict[str, Any]]:
        """The dates of one kind, as they stand in revisions, conflicts and corrections."""
        return [as_date(d) for d in self.deadlines if d.kind == kind]

    @property
    def kinds(self) -> set[str]:
        """The kinds of its deadlines."""
        return {str(d.kind) for d in self.deadlines}

    @property
    def opens_at(self) -> datetime | None:
        """The first opening, in UTC; a bare day begins at its local midnight."""
        return min((m for d in self.deadlines if d.kind == DeadlineKind.OPENS and (m := starts_at(d))), default=None)

    @cached_property
    def gates(self) -> Gates:
        """Until when a newcomer can come in, and the end of all."""
        return gates_of(self.deadlines)

    @property
    def closes_at(self) -> datetime | None:
        """The last moment by which a newcomer can come in, in UTC; a bare day ends at the local midnight after it."""
        return self.gates.last_at


def starts_at(deadline: ListedDeadline) -> datetime | None:
    """The instant from which a date has begun, in UTC."""
    if deadline.day is None or deadline.hour is not None:
        return deadline.at
    return datetime.combine(deadline.day, time(), ZoneInfo(deadline.zone)).astimezone(UTC)


def as_date(deadline: ListedDeadline) -> dict[str, Any]:
    """A date as JSON: the day, the hour where known, and whether that hour is only the usual one."""
    known: dict[str, Any] = {"day": deadline.day.isoformat()} if deadline.day else {}
    if deadline.hour:
        known["hour"] = deadline.hour
    if deadline.assumed:
        known["assumed"] = True
    return known


def shown(said: Sequence[Said], corrections: Mapping[str, Any] | None = None) -> Shown:
    """``corrections``: field or kind of date -> the value a person gave it."""
    told = shown_alone(said[0]) if len(said) == 1 else _shown_together(said)
    return _corrected(told, corrections) if corrections else told


def contradictions(deadlines: Iterable[ListedDeadline]) -> list[str]:
    """What a person must look at: a call that opens only after it has closed."""
    opens = [d.day for d in deadlines if d.kind == DeadlineKind.OPENS and d.day]
    ends = [d.day for d in deadlines if d.kind in CLOSING_KINDS and d.day]
    if not opens or not ends or min(opens) <= max(ends):
        return []
    return [f"De opening ({short_day(min(opens))}) ligt na de sluiting ({short_day(max(ends))})."]


def _review(said: Sequence[Said]) -> tuple[str, ...]:
    """The remarks of the sources, each once; a question is no remark: it has a place and an answer of its own."""
    asked = {Question.model_validate(q).line for one in said for q in one.fields.get("questions", ())}
    remarks = dict.fromkeys(text for one in said for text in one.fields.get("review", ()))
    return tuple(text for text in remarks if text not in asked)


def shown_alone(one: Said) -> Shown:
    """The common case: one source."""
    said = one.fields
    fields = {name: said.get(name, DEFAULTS.get(name)) for name in SHOWN_FIELDS}
    deadlines = _deadlines(one)
    provenance = {name: one.source for name in SHOWN_FIELDS if name in said}
    provenance |= {str(d.kind): one.source for d in deadlines}
    proof = dict(said.get("proof", {}))
    return Shown(_rolling(fields, deadlines), deadlines, _review([one]), provenance, proof=proof)


def _rolling(fields: dict[str, Any], deadlines: Iterable[ListedDeadline]) -> dict[str, Any]:
    if fields["allocation"] is None and any(d.kind == DeadlineKind.ROLLING for d in deadlines):
        fields["allocation"] = str(Allocation.ROLLING)
    return fields


def _deadlines(one: Said) -> tuple[ListedDeadline, ...]:
    listed = one.dates
    if listed is None:
        listed = tuple(ListedDeadline.model_validate(d) for d in one.fields.get("deadlines", ()))
    return tuple(sorted(listed, key=_by_date))


def _by_date(deadline: ListedDeadline) -> tuple[str, str, str]:
    return (str(deadline.day or "9999"), deadline.hour or "24", str(deadline.kind))


def _order(name: str) -> Any:
    """Listed before no longer listed, then by rank for this field, then the newest publication."""
    ranks = LEGAL_RANK if name in LEGAL_FIELDS else RANK

    def key(one: Said) -> tuple[bool, int, str, int, str]:
        newest = -int(str(one.fields.get("published_on", "0")).replace("-", ""))
        return (one.gone, ranks.get(one.source, UNRANKED), one.source, newest, one.external_id)

    return key


def _shown_together(said: Sequence[Said]) -> Shown:
    ordered, legal = sorted(said, key=_order("")), sorted(said, key=_order("budget"))
    fields, provenance, proof = dict[str, Any](), dict[str, str](), dict[str, dict[str, Any]]()
    for name in SHOWN_FIELDS:
        voices = legal if name in LEGAL_FIELDS else ordered
        speaker = next((one for one in voices if name in one.fields), None)
        fields[name] = speaker.fields[name] if speaker else DEFAULTS.get(name)
        if speaker:
            provenance[name] = speaker.source
            proof |= _proof_of(speaker, name)
    deadlines, dated_by = _dates_together(ordered)
    final = _final_word(ordered)
    if final:
        fields["source_word"], provenance["source_word"] = final.fields["source_word"], final.source
        proof |= _proof_of(final, "source_word")
    fields = _rolling(fields, deadlines)
    return Shown(fields, deadlines, _review(ordered), provenance | dated_by, _conflicts(ordered), proof)


def _proof_of(one: Said, name: str) -> dict[str, dict[str, Any]]:
    return {name: one.fields["proof"][name]} if name in one.fields.get("proof", {}) else {}


def _final_word(ordered: Sequence[Said]) -> Said | None:
    """Who says that it is over: a withdrawal, or a sentence that says so, outweighs a page that another left open."""
    for one in ordered:
        word = one.fields.get("source_word")
        read = word in OVER and "source_word" in one.fields.get("proof", {})
        if not one.gone and (word in FINAL_WORDS or read):
            return one
    return None


def _dates_together(ordered: Sequence[Said]) -> tuple[tuple[ListedDeadline, ...], dict[str, str]]:
    """Each kind of date from the first source that has it; an hour another source knows of the same day is taken."""
    by_source = [(one.source, _deadlines(one)) for one in ordered]
    chosen: dict[str, tuple[str, list[ListedDeadline]]] = {}
    for source, dates in by_source:
        for kind in {str(d.kind) for d in dates} - set(chosen):
            chosen[kind] = (source, [d for d in dates if d.kind == kind])
    hours = {(d.kind, d.day): d for _, dates in reversed(by_source) for d in dates if d.hour and not d.assumed}
    deadlines = [_with_hour(d, hours.get((d.kind, d.day))) for _, dates in chosen.values() for d in dates]
    return tuple(sorted(deadlines, key=_by_date)), {kind: source for kind, (source, _) in chosen.items()}


def _with_hour(deadline: ListedDeadline, other: ListedDeadline | None) -> ListedDeadline:
    return other if other and (deadline.hour is None or deadline.assumed) else deadline


def _conflicts(ordered: Sequence[Said]) -> dict[str, dict[str, Any]]:
    """Field -> source -> value, where sources that still list the call disagree on what matters."""
    voices = [one for one in ordered if not one.gone]
    found: dict[str, dict[str, Any]] = {}
    for name in CONTESTED:
        values = {one.source: one.fields[name] for one in reversed(voices) if one.fields.get(name)}
        if len({_plain(name, v) for v in values.values()}) > 1:
            found[name] = values
    for kind in CONTESTED_KINDS:
        _add_dates_conflict(found, str(kind), voices)
    return found


def _add_dates_conflict(found: dict[str, dict[str, Any]], kind: str, voices: Sequence[Said]) -> None:
    dates = {one.source: [d for d in _deadlines(one) if d.kind == kind] for one in reversed(voices)}
    dates = {source: listed for source, listed in dates.items() if listed}
    days = {tuple(d.day for d in listed) for listed in dates.values()}
    hours = {tuple(d.hour for d in ds) for ds in dates.values() if all(d.hour and not d.assumed for d in ds)}
    if len(days) > 1 or len(hours) > 1:
        found[kind] = {source: [as_date(d) for d in listed] for source, listed in dates.items()}


def _plain(name: str, value: Any) -> Any:
    return tuple(sorted(value)) if name == "applicants" else float(value)


def _corrected(told: Shown, corrections: Mapping[str, Any]) -> Shown:
    fields, deadlines = dict(told.fields), told.deadlines
    provenance, conflicts, proof = dict(told.provenance), dict(told.conflicts), dict(told.proof)
    for name, value in corrections.items():
        before = told.dates(name) if name in KINDS else fields.get(name)
        if isinstance(value, Refuted):
            if before != value.value:
                continue
            value = [] if name in KINDS else DEFAULTS.get(name)
        if name in KINDS:
            deadlines = _corrected_dates(deadlines, name, value)
        else:
            fields[name] = value
        if before != value:
            conflicts[name] = conflicts.get(name, {told.provenance.get(name, ""): before}) | {PERSON: value}
        provenance[name] = PERSON
        proof.pop(name, None)
    return replace(told, fields=fields, deadlines=deadlines, provenance=provenance, conflicts=conflicts, proof=proof)


def _corrected_dates(deadlines: tuple[ListedDeadline, ...], kind: str, value: Any) -> tuple[ListedDeadline, ...]:
    zone = next((d.zone for d in deadlines), None)
    given = [ListedDeadline.model_validate({"kind": kind, **({"zone": zone} if zone else {}), **d}) for d in value]
    return tuple(sorted([d for d in deadlines if d.kind != kind] + given, key=_by_date))
