"""Merge what the sources say of a call with people's corrections into what we show; pure.

Fields carry their source in ``provenance`` and, where sources disagree, every source's value in ``conflicts``. The
dates of one kind count as one field, named by the kind ("closes"); their value is a list of
``{"day", "hour", "assumed"}`` with only the keys that are known. A person's correction is the source "correctie".
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from db.queries import BY_HAND as BY_HAND
from db.status import FINAL_WORDS, OVER
from db.vocabulary import CLOSING_KINDS, Allocation, DeadlineKind
from notifications.wording import short_day
from scrapers.listing import ListedDeadline, Listing
from tracker.calls.gates import Gates, gates_of

PERSON = "correctie"

# Who speaks first. The executing agency keeps its page up to date; the official publication has the law's own words.
RANK = {BY_HAND: 0, "eu_portal": 10, "rvo": 20, "rijksoverheid": 50, "cvdr": 60, "bekendmakingen": 70, "euroaccess": 90}
UNRANKED = 30
LEGAL_RANK = RANK | {"cvdr": 5, "bekendmakingen": 5}
LEGAL_FIELDS = frozenset({"budget", "rate", "applicants", "published_on"})

NOT_SHOWN = {
    *("source", "external_id", "partial", "code", "edition", "compared_with", "deadlines", "references"),
    *("review", "evidence", "snapshot", "questions", "proof"),
}
SHOWN_FIELDS = tuple(name for name in Listing.model_fields if name not in NOT_SHOWN)
DEFAULTS: dict[str, Any] = {
    name: info.get_default(call_default_factory=True, validated_data={})
    for name, info in Listing.model_fields.items()
    if name in SHOWN_FIELDS and not info.is_required()
}
DEFAULTS = {k: list(v) if isinstance(v, tuple) else str(v) if isinstance(v, str) else v for k, v in DEFAULTS.items()}
SILENT = {name: DEFAULTS.get(name) for name in SHOWN_FIELDS}
KINDS = frozenset(str(kind) for kind in DeadlineKind)
CONTESTED = ("budget", "min_amount", "max_amount", "rate", "applicants")
CONTESTED_KINDS = (*sorted(CLOSING_KINDS), DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION)


@dataclass(frozen=True)
class SourceRecord:
    """What one source says of a call: the Listing as JSON, without what is default.

    ``stale`` among the fields: field -> the day since which the source no longer names it (see silence.py).
    """

    source: str
    external_id: str
    fields: Mapping[str, Any]
    gone: bool = False
    deadlines: tuple[ListedDeadline, ...] | None = None  # where they are at hand as such already

    @property
    def stale(self) -> Mapping[str, str]:
        """The fields that it only said before, dates aside: each of those says so itself."""
        days: Mapping[str, str] = self.fields.get("stale", {})
        return days

    @cached_property
    def dates(self) -> tuple[ListedDeadline, ...]:
        """Its dates, in their order."""
        dates = self.deadlines
        if dates is None:
            dates = tuple(map(ListedDeadline.model_validate, self.fields.get("deadlines", ())))
        return tuple(sorted(dates, key=by_date)) if len(dates) > 1 else dates

    @cached_property
    def merged(self) -> "MergedCall":
        """What we would show of it alone."""
        return merge_one(self)

    def names(self, name: str) -> bool:
        """Whether the source still says something of this field."""
        return name in self.fields and name not in self.stale


@dataclass(frozen=True)
class Refuted:
    """A person's word that this value is wrong, without a better one: it holds while the sources say that value."""

    value: Any


@dataclass(frozen=True)
class MergedCall:
    """The fields of a Call as JSON values, its deadlines by date, and where each came from.

    ``proof``: field -> ``{"sentence", "certainty"}`` of what was read from text; a date carries its own. ``stale``:
    field -> the day since which no source names it any more; a date carries its own. ``codes``: what its sources know
    it by, so that it is found by them.
    """

    fields: dict[str, Any]
    deadlines: tuple[ListedDeadline, ...] = ()
    review: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    proof: dict[str, dict[str, Any]] = field(default_factory=dict)
    stale: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()

    @property
    def silent(self) -> dict[str, str]:
        """Field or kind of date -> the day since which no source names it, or some date of that kind."""
        days = {str(d.kind): d.stale_since.isoformat() for d in reversed(self.deadlines) if d.stale_since}
        return self.stale | days

    def dates(self, kind: str) -> list[dict[str, Any]]:
        """The dates of one kind, as they stand in revisions, conflicts and corrections."""
        return [as_date(d) for d in self.deadlines if d.kind == kind]

    def value(self, name: str) -> Any:
        """A field as JSON, or the dates of a kind."""
        return self.dates(name) if name in KINDS else self.fields.get(name)

    @property
    def kinds(self) -> set[str]:
        """The kinds of its deadlines."""
        return {str(d.kind) for d in self.deadlines}

    @property
    def opens_at(self) -> datetime | None:
        """The first opening, in UTC; a bare day begins at its local midnight."""
        return min((m for d in self.deadlines if d.kind == DeadlineKind.OPENS and (m := starts_at(d))), default=None)

    @property
    def until_exhausted(self) -> bool:
        """Whether one can apply while there is money."""
        return DeadlineKind.UNTIL_EXHAUSTED in self.kinds

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


def is_without_end(allocation: object, kinds: Collection[str]) -> bool:
    """Whether one applies all along, or while there is money."""
    return allocation == Allocation.ROLLING or DeadlineKind.ROLLING in kinds or DeadlineKind.UNTIL_EXHAUSTED in kinds


def is_over(deadline: ListedDeadline, now: datetime) -> bool:
    """Whether an opening has begun, or any other date has passed."""
    moment = starts_at(deadline) if deadline.kind == DeadlineKind.OPENS else deadline.over_at
    return moment is not None and moment <= now


def as_date(deadline: ListedDeadline) -> dict[str, Any]:
    """A date as JSON: the day, the hour where known, and whether that hour is only the usual one."""
    date: dict[str, Any] = {"day": deadline.day.isoformat()} if deadline.day else {}
    if deadline.hour:
        date["hour"] = deadline.hour
    if deadline.assumed:
        date["assumed"] = True
    return date


def merge_records(records: Sequence[SourceRecord], corrections: Mapping[str, Any] | None = None) -> MergedCall:
    """``corrections``: field or kind of date -> the value a person gave it."""
    merged = records[0].merged if len(records) == 1 else _merge_several(records)
    return _correct(merged, corrections) if corrections else merged


def _codes(records: Iterable[SourceRecord]) -> tuple[str, ...]:
    """The official references of a call and its number at each source."""
    names = (name for r in records for name in (*r.fields.get("references", ()), r.fields.get("code"), r.external_id))
    return tuple(dict.fromkeys(filter(None, names)))


def contradictions(deadlines: Iterable[ListedDeadline]) -> list[str]:
    """What a person must look at: a call that opens only after it has closed."""
    opens = [d.day for d in deadlines if d.kind == DeadlineKind.OPENS and d.day]
    ends = [d.day for d in deadlines if d.kind in CLOSING_KINDS and d.day]
    if not opens or not ends or min(opens) <= max(ends):
        return []
    return [f"De opening ({short_day(min(opens))}) ligt na de sluiting ({short_day(max(ends))})."]


def _review(records: Sequence[SourceRecord]) -> tuple[str, ...]:
    """The remarks of the sources, each once."""
    return tuple(dict.fromkeys(text for record in records for text in record.fields.get("review", ())))


def merge_one(record: SourceRecord) -> MergedCall:
    """The common case: one source."""
    fields = SILENT | {name: value for name, value in record.fields.items() if name in SILENT}
    deadlines = record.dates
    provenance = _from_one(record.source, tuple(record.fields), tuple(d.kind for d in deadlines))
    proof = dict(record.fields.get("proof", {}))
    fields, stale = _rolling(fields, deadlines), dict(record.stale)
    return MergedCall(
        fields, deadlines, _review([record]), provenance, proof=proof, stale=stale, codes=_codes([record])
    )


@lru_cache(maxsize=500)
def _from_one(source: str, names: tuple[str, ...], kinds: tuple[DeadlineKind, ...]) -> dict[str, str]:
    """Field or kind of date -> the only source; calls share it, and nobody changes it."""
    named = {name: source for name in SHOWN_FIELDS if name in names}
    return named | {str(kind): source for kind in kinds}


def _rolling(fields: dict[str, Any], deadlines: Iterable[ListedDeadline]) -> dict[str, Any]:
    if fields["allocation"] is None and any(d.kind == DeadlineKind.ROLLING for d in deadlines):
        fields["allocation"] = str(Allocation.ROLLING)
    return fields


def by_date(deadline: ListedDeadline) -> tuple[str, str, str]:
    """The order of dates; what has no day stands last."""
    return (str(deadline.day or "9999"), deadline.hour or "24", str(deadline.kind))


def _order(name: str) -> Any:
    """Listed before no longer listed, then by rank for this field, then the newest publication."""
    ranks = LEGAL_RANK if name in LEGAL_FIELDS else RANK

    def key(record: SourceRecord) -> tuple[bool, int, str, int, str]:
        newest = -int(str(record.fields.get("published_on", "0")).replace("-", ""))
        return (record.gone, ranks.get(record.source, UNRANKED), record.source, newest, record.external_id)

    return key


def _merge_several(records: Sequence[SourceRecord]) -> MergedCall:
    ordered, legal = sorted(records, key=_order("")), sorted(records, key=_order("budget"))
    fields, provenance, proof = dict[str, Any](), dict[str, str](), dict[str, dict[str, Any]]()
    stale = dict[str, str]()
    speakers = {name: _speaker(legal if name in LEGAL_FIELDS else ordered, name) for name in SHOWN_FIELDS}
    speakers["source_word"] = _final_word(ordered) or speakers["source_word"]
    for name, speaker in speakers.items():
        fields[name] = speaker.fields[name] if speaker else DEFAULTS.get(name)
        if speaker:
            provenance[name] = speaker.source
            proof |= _proof_of(speaker, name)
            stale |= {name: speaker.stale[name]} if name in speaker.stale else {}
    deadlines, dates_from = _merge_dates(ordered)
    fields, provenance = _rolling(fields, deadlines), provenance | dates_from
    conflicts, codes = _conflicts(ordered), _codes(ordered)
    return MergedCall(fields, deadlines, _review(ordered), provenance, conflicts, proof, stale, codes)


def _speaker(by_rank: Sequence[SourceRecord], name: str) -> SourceRecord | None:
    """Whose value of a field is shown: the first that still names it, else the first that ever did."""
    naming = (record for record in by_rank if record.names(name))
    return next(naming, None) or next((record for record in by_rank if name in record.fields), None)


def _proof_of(record: SourceRecord, name: str) -> dict[str, dict[str, Any]]:
    proofs = record.fields.get("proof", {})
    return {name: proofs[name]} if name in proofs else {}


def _final_word(ordered: Sequence[SourceRecord]) -> SourceRecord | None:
    """Who says that it is over: a withdrawal, or a sentence that says so, outweighs a page that another left open."""
    for record in ordered:
        word = record.fields.get("source_word")
        is_read = word in OVER and "source_word" in record.fields.get("proof", {})
        if not record.gone and (word in FINAL_WORDS or is_read):
            return record
    return None


def _merge_dates(ordered: Sequence[SourceRecord]) -> tuple[tuple[ListedDeadline, ...], dict[str, str]]:
    """Each kind of date from the first source that names it; an hour another source knows of the same day is taken."""
    by_source = [(record.source, record.dates) for record in ordered]
    chosen: dict[str, tuple[str, list[ListedDeadline]]] = {}
    for still in (True, False):  # what a source only named before comes after what any of them names today
        for source, dates in by_source:
            for kind in {str(d.kind) for d in dates if not (still and d.stale_since)} - set(chosen):
                chosen[kind] = (source, [d for d in dates if d.kind == kind])
    hours = {(d.kind, d.day): d for _, dates in reversed(by_source) for d in dates if d.hour and not d.assumed}
    deadlines = [_with_hour(d, hours.get((d.kind, d.day))) for _, dates in chosen.values() for d in dates]
    return tuple(sorted(deadlines, key=by_date)), {kind: source for kind, (source, _) in chosen.items()}


def _with_hour(deadline: ListedDeadline, with_hour: ListedDeadline | None) -> ListedDeadline:
    return with_hour if with_hour and (deadline.hour is None or deadline.assumed) else deadline


def _conflicts(ordered: Sequence[SourceRecord]) -> dict[str, dict[str, Any]]:
    """Field -> source -> value, where sources that still list the call disagree on what matters."""
    listing = [record for record in ordered if not record.gone]
    conflicts: dict[str, dict[str, Any]] = {}
    for name in CONTESTED:
        naming = [record for record in reversed(listing) if record.names(name) and record.fields[name]]
        values = {record.source: record.fields[name] for record in naming}
        if len({_comparable(name, value) for value in values.values()}) > 1:
            conflicts[name] = values
    for kind in map(str, CONTESTED_KINDS):
        if dates := _conflicting_dates(kind, listing):
            conflicts[kind] = dates
    return conflicts


def _conflicting_dates(kind: str, listing: Sequence[SourceRecord]) -> dict[str, Any]:
    named = {record.source: [d for d in record.dates if not d.stale_since] for record in reversed(listing)}
    dates = {source: [d for d in listed if d.kind == kind] for source, listed in named.items()}
    dates = {source: listed for source, listed in dates.items() if listed}
    days = {tuple(d.day for d in listed) for listed in dates.values()}
    hours = {tuple(d.hour for d in ds) for ds in dates.values() if all(d.hour and not d.assumed for d in ds)}
    if len(days) > 1 or len(hours) > 1:
        return {source: [as_date(d) for d in listed] for source, listed in dates.items()}
    return {}


def _comparable(name: str, value: Any) -> Any:
    return tuple(sorted(value)) if name == "applicants" else float(value)


def _correct(merged: MergedCall, corrections: Mapping[str, Any]) -> MergedCall:
    fields, deadlines = dict(merged.fields), merged.deadlines
    provenance, conflicts, proof = dict(merged.provenance), dict(merged.conflicts), dict(merged.proof)
    stale = dict(merged.stale)
    for name, value in corrections.items():
        before = merged.value(name)
        if isinstance(value, Refuted):
            if before != value.value:
                continue
            value = [] if name in KINDS else DEFAULTS.get(name)
        if name in KINDS:
            deadlines = _correct_dates(deadlines, name, value)
        else:
            fields[name] = value
        if before != value:
            conflicts[name] = conflicts.get(name, {merged.provenance.get(name, ""): before}) | {PERSON: value}
        provenance[name] = PERSON
        proof.pop(name, None)
        stale.pop(name, None)
    merged = replace(merged, fields=fields, deadlines=deadlines, stale=stale)
    return replace(merged, provenance=provenance, conflicts=conflicts, proof=proof)


def _correct_dates(deadlines: tuple[ListedDeadline, ...], kind: str, value: Any) -> tuple[ListedDeadline, ...]:
    zone = next((d.zone for d in deadlines), None)
    corrected = [ListedDeadline.model_validate({"kind": kind, **({"zone": zone} if zone else {}), **d}) for d in value]
    return tuple(sorted([d for d in deadlines if d.kind != kind] + corrected, key=by_date))
