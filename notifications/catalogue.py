"""The calls as a digest sees them: plain values, read once for a whole round of planning, safe to share."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from textwrap import shorten
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, null, or_
from sqlmodel import Session, col, select

from db.models import Call, Challenge, Deadline, Match, Question, Revision, Sighting
from db.queries import BY_HAND, first_complete, is_said_to_be_ours, shared_budgets
from db.status import PAST_YET_OPEN, SHUT, next_gate, remark_expression, remark_of, status_expression, status_of
from db.vocabulary import DUE_KINDS, DeadlineKind, Nature, Status
from notifications.gist import lead
from notifications.wording import local_day

NEWS = (Status.OPEN, Status.ANNOUNCED, Status.EXPECTED)
REMEMBERED = timedelta(days=90)  # changes and closings older than this are no news to anybody


class CallDate(NamedTuple):
    """One typed date of a call."""

    id: int
    kind: str
    day: date | None
    at: datetime | None
    zone: str
    assumed: bool
    version: int
    gate_at: datetime | None = None
    stale_since: date | None = None

    @property
    def over_at(self) -> datetime | None:
        """The instant in UTC from which it has passed; a bare day lasts until its local midnight."""
        if self.at is not None or self.day is None:
            return self.at
        return datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(self.zone))

    @property
    def shown(self) -> date | datetime | None:
        """The moment where it is known, else the day."""
        return self.at or self.day

    @property
    def name(self) -> str:
        """What a ledger remembers it by: the row and its version, which grows when the date moves."""
        return f"{self.id}:{self.version}"


@dataclass(frozen=True)
class Change:
    """A change of a field; dates of one kind are a list of ``{"day", "hour", "assumed"}``.

    ``telling``: worth telling. One that only went back is not, yet it says what the value is now.
    """

    version: int
    field: str
    old: Any
    new: Any
    at: datetime
    telling: bool = True


class CatalogueMatch(NamedTuple):
    """An opgave that this call matched above the threshold."""

    challenge_id: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueCall:
    """A call with all that a mail may say of it. Money in EUR, percentages 0-100."""

    id: int
    version: int
    title: str
    url: str
    publisher: str
    language: str
    status: Status
    instrument: str
    allocation: str | None
    eligible: str
    eligible_estimate: bool
    eligible_why: str
    applicants: tuple[str, ...]
    budget: Decimal | None
    min_amount: Decimal | None
    max_amount: Decimal | None
    amount_text: str
    rate: Decimal | None
    sources: frozenset[str]
    search_text: str
    opens: CallDate | None
    next_due: CallDate | None
    later_dues: tuple[CallDate, ...]
    dates: tuple[CallDate, ...]
    changes: tuple[Change, ...]
    matches: tuple[CatalogueMatch, ...]
    held: bool = False
    closes_at: datetime | None = None
    gate_at: datetime | None = None
    given_within: str | None = None  # the authority in whose area alone it may be used
    remark: str = ""
    stale: Mapping[str, str] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()  # fields and kinds of date that a reader says are wrong
    code: str = ""  # topic code or Staatscourant number: its name in meetings
    umbrella: str = ""  # the call of which it is one topic
    programme: tuple[str, ...] = ()
    action: str = ""  # the kind of action, in its source's words
    lead: str = ""  # the first sentences of a Dutch source
    has_text: bool = True  # its source says what it is, beside a title
    sharing: int = 1  # topics of that call whose budget is this one budget
    expected_grants: int | None = None
    gone_on: date | None = None  # since when its catalogue no longer lists it
    first_seen: datetime | None = None
    stock: bool = False  # its source held it when it was first read

    def appeared_after(self, moment: datetime | None) -> bool:
        """Whether it is open and came to its source after a moment, when that source was read already."""
        return (
            moment is not None and self.first_seen is not None and self.first_seen > moment
            and self.status is Status.OPEN and not self.stock
        )  # fmt: skip

    @property
    def is_shut(self) -> bool:
        """Whether only who came in before can still hand in something."""
        return self.remark == SHUT

    @property
    def gone_name(self) -> str:
        """What a ledger remembers its vanishing by; empty where it is listed, or left the list after it closed."""
        if self.gone_on is None or (self.closes_at is not None and local_day(self.closes_at) <= self.gone_on):
            return ""
        return self.gone_on.isoformat()

    def days_to_close(self, today: date) -> int | None:
        """Calendar days until one can no longer enter; None where no day is known."""
        return (self.next_due.day - today).days if self.next_due and self.next_due.day else None

    @property
    def is_said_to_be_ours(self) -> bool:
        """Whether its source itself says that public bodies may apply: no estimate."""
        return is_said_to_be_ours(self.eligible, self.eligible_estimate)

    @cached_property
    def is_news(self) -> bool:
        """Whether somebody who does not know it would want to."""
        return self.remark != PAST_YET_OPEN and self.status in NEWS


@dataclass(frozen=True)
class Opgave:
    """An opgave by its name, and whom it belongs to."""

    id: str
    name: str
    parent: str | None = None


@dataclass
class Catalogue:
    """Every call that could stand in a mail now, by id and by opgave."""

    calls: dict[int, CatalogueCall]
    opgaven: dict[str, Opgave]
    doubles: Mapping[int, Sequence[int]] = field(default_factory=dict)  # call -> what it may be the same as
    by_challenge: dict[str, list[tuple[CatalogueCall, CatalogueMatch]]] = field(default_factory=dict)
    children: dict[str, set[str]] = field(default_factory=dict)
    unplaced: list[CatalogueCall] = field(default_factory=list, init=False)  # said to be ours, and of no opgave
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # items that many share

    def __post_init__(self) -> None:
        index: dict[str, list[tuple[CatalogueCall, CatalogueMatch]]] = defaultdict(list)
        for call in self.calls.values():
            for match in call.matches:
                index[match.challenge_id].append((call, match))
        self.by_challenge = dict(index)
        self.unplaced = [call for call in self.calls.values() if call.is_said_to_be_ours and not call.matches]
        self.children = {name: with_children(name, self.opgaven.values()) for name in self.opgaven}

    def within(self, challenges: Iterable[str]) -> frozenset[str]:
        """These opgaven with everything below them."""
        return frozenset().union(*(self.children.get(name, {name}) for name in challenges))


def with_children(root: str, opgaven: Iterable[Opgave]) -> set[str]:
    """An opgave with everything below it."""
    family, below = set[str](), {root}
    while below:
        family |= below
        below = {opgave.id for opgave in opgaven if opgave.parent in below} - family
    return family


def remembered(now: datetime) -> ColumnElement[bool]:
    """Whether a call has no end, or ended so short ago that a mail may still speak of it."""
    closes, ends = col(Call.closes_at), col(Call.ends_at)
    return or_(closes.is_(None), closes > now - REMEMBERED, ends > now - REMEMBERED)


def read_catalogue(session: Session, now: datetime, threshold: float, only: Iterable[int] | None = None) -> Catalogue:
    """Read what could stand in a mail at ``now``; ``only`` limits it to some calls.

    A call counts as matched from ``threshold`` (0-1) up. Calls that closed long ago are left out.
    """
    calls = read_calls(session, now, threshold, remembered(now) if only is None else col(Call.id).in_(list(only)))
    return Catalogue(calls, read_opgaven(session))


def read_calls(
    session: Session, now: datetime, threshold: float, which: ColumnElement[bool]
) -> dict[int, CatalogueCall]:
    """The calls that answer to ``which``, with all that a mail may say of them."""
    rows = session.exec(_standing_calls(select(Call)).where(which)).all()
    of_calls = _Belongings(session, now, threshold, which)
    shared = dict(session.exec(shared_budgets(now - REMEMBERED)).all())
    began, calls = first_complete(session), dict[int, CatalogueCall]()
    for row in rows:
        weighed = {name: getattr(row, name) for name in _OWN} | _weighed(row, of_calls, began, now)
        weighed |= {"status": status_of(row, now), "remark": remark_of(row, now), "has_text": bool(row.summary)}
        calls[row.id] = CatalogueCall(**weighed, **_told(row, of_calls, weighed, shared.get(row.call_title, 1)))
    return calls


def read_weighed(
    session: Session, now: datetime, threshold: float, which: ColumnElement[bool], known: Collection[int]
) -> dict[int, CatalogueCall]:
    """The same calls with only what they are weighed by: no titles, no words. Of five thousand a mail names forty.

    ``known``: the calls of which a change may be news; to others, they are news themselves.
    """
    columns = [getattr(Call, name) for name in _OWN]
    stands = [status_expression(now), remark_expression(now), col(Call.summary) != "", Call.not_listed_since]
    rows = session.connection().execute(_standing_calls(select(*columns, *stands)).where(which))  # rows, no objects
    of_calls = _Belongings(session, now, threshold, which, weighing=known)
    began, calls = first_complete(session), dict[int, CatalogueCall]()
    names = (*_OWN, "status", "remark", "has_text")
    for row in rows:
        call = calls[row[0]] = object.__new__(CatalogueCall)
        fields = vars(call)  # at once: a frozen class sets each of forty by a call of its own, for thousands of calls
        fields.update(NOT_READ, **dict(zip(names, row, strict=False)), **_weighed(row, of_calls, began, now))
        status = fields["status"] = STATUSES[fields["status"]]
        fields["is_news"] = fields["remark"] != PAST_YET_OPEN and status in NEWS
    return calls


def read_opgaven(session: Session) -> dict[str, Opgave]:
    """Every opgave by its id."""
    return {
        row.id: Opgave(row.id, f"{row.number or ''} {row.name or row.id}".strip(), row.parent_id)
        for row in session.exec(select(Challenge))
    }


def _standing_calls(query: Any) -> Any:
    return query.where(col(Call.joined_into).is_(None), Call.nature == Nature.CALL)


class _Belongings:
    """What hangs on the calls, by call."""

    def __init__(
        self, session: Session, now: datetime, threshold: float, which: ColumnElement[bool],
        weighing: Collection[int] | None = None,
    ) -> None:  # fmt: skip
        ask = session.connection().execute

        def by_call(query: Any, call_id: Any) -> dict[int, list[Any]]:
            rows: dict[int, list[Any]] = defaultdict(list)
            for row in ask(query.where(col(call_id).in_(select(Call.id).where(which)))).all():
                rows[row[0]].append(row[1:])
            return rows

        d, r, m, q = Deadline, Revision, Match, Question
        dates = select(d.call_id, d.id, d.kind, d.day, d.at, d.zone, d.assumed, d.version, d.gate_at, d.stale_since)  # type: ignore[call-overload]
        changes = select(r.call_id, r.version, r.field, r.old, r.new, r.at, r.telling).order_by(r.id)  # type: ignore[call-overload]
        said = or_(col(r.telling), col(r.damped), col(r.field).in_([kind.value for kind in DeadlineKind]))
        changes = changes.where(said, r.at > now - REMEMBERED, r.kind == "changed")
        why, names = (m.reasons, Sighting.references) if weighing is None else (null(), null())
        matches = select(m.call_id, m.challenge_id, m.score, why).where(m.score >= threshold)
        doubts = select(q.call_id, q.field).where(col(q.sighting_id).is_(None), col(q.settled_at).is_(None))
        self._dates = by_call(dates.where(col(d.cancelled_at).is_(None)), d.call_id)
        changes = changes if weighing is None else changes.where(col(r.call_id).in_(sorted(weighing)))
        self._changes = by_call(changes, r.call_id)
        self._matches = by_call(matches, m.call_id)
        sightings = select(Sighting.call_id, Sighting.source, names).order_by(col(Sighting.id))
        self._sightings = by_call(sightings, Sighting.call_id)
        self._doubts = {} if weighing is not None else by_call(doubts, q.call_id)

    def dates(self, call: int) -> tuple[CallDate, ...]:
        """Its dates in the order of the days; what has no day comes last."""
        dates = [CallDate._make(row) for row in self._dates.get(call, ())]
        return tuple(sorted(dates, key=_by_day) if len(dates) > 1 else dates)

    def changes(self, call: int) -> tuple[Change, ...]:
        """Its changes, oldest first."""
        return tuple([Change(*row) for row in self._changes.get(call, ())])

    def matches(self, call: int) -> tuple[CatalogueMatch, ...]:
        """Its matches, strongest first."""
        rows = self._matches.get(call, ())
        rows = sorted(rows, key=_strongest_first) if len(rows) > 1 else rows
        return tuple([CatalogueMatch(opgave, score, reason_words(why) if why else ()) for opgave, score, why in rows])

    def sources(self, call: int) -> frozenset[str]:
        """Where it was seen."""
        return frozenset([source for source, _ in self._sightings.get(call, ())])

    def code(self, call: int) -> str:
        """The first official reference of the first source that gives one."""
        return next((references[0] for _, references in self._sightings[call] if references), "")

    def doubted(self, call: int) -> frozenset[str]:
        """The fields of which somebody said that they are wrong."""
        return frozenset(name for (name,) in self._doubts[call])


def _strongest_first(match: Sequence[Any]) -> tuple[float, str]:
    return -match[1], match[0]


def _by_day(each: CallDate) -> tuple[date, int]:
    return each.day or date.max, each.id


def reason_words(reasons: Iterable[Mapping[str, Any]], most: int = 3) -> tuple[str, ...]:
    """The sentence of the call that speaks of the opgave, else its title where that does; else words people matched on.

    A line in a mail has room for no more; the call's page tells the rest, with weights and from both sides.
    """
    speaking = [reason for reason in reasons if reason.get("weight", 0) > 0 and reason.get("call")]
    words = [word for reason in speaking if reason["kind"] == "words" for word in str(reason["call"]).split(", ")]
    unique: dict[str, str] = {}
    for word in words:
        unique.setdefault(word.casefold(), word)
    if unique:
        return tuple(f"“{word}”" for word in unique.values())[:most]
    told = sorted(speaking, key=lambda reason: reason["kind"] != "sentence")[:1]
    return tuple(f"“{shorten(str(reason['call']), 200, placeholder=' …')}”" for reason in told)


def _is_stock(row: Call, sources: Iterable[str], began: Mapping[str, datetime]) -> bool:
    """Whether a source of it held it at its first whole reading, or was never read whole; typed in by hand is not."""
    return any(source != BY_HAND and row.first_seen <= began.get(source, row.first_seen) for source in sources)


_OWN = (
    *("id", "version", "language", "instrument", "eligible", "eligible_estimate", "budget", "max_amount", "held"),
    *("closes_at", "first_seen", "given_within"),
)
STATUSES = {status.value: status for status in Status}
NOT_READ: dict[str, Any] = {
    "title": "", "url": "", "publisher": "", "allocation": None, "eligible_why": "", "applicants": (),
    "min_amount": None, "amount_text": "", "rate": None, "search_text": "", "later_dues": (), "stale": {},
}  # fmt: skip


def _weighed(row: Any, of_calls: _Belongings, began: Mapping[str, datetime], now: datetime) -> dict[str, Any]:
    """What a call is weighed and filtered by, beside what is a column of its own."""
    dates, sources = of_calls.dates(row.id), of_calls.sources(row.id)
    gate, opens, due = next_gate([each.gate_at for each in dates], now), None, None
    for each in reversed(dates):
        opens = each if each.kind == DeadlineKind.OPENS and each.day is not None else opens
        due = each if gate is not None and each.gate_at == gate else due
    return {
        "sources": sources, "dates": dates, "opens": opens, "next_due": due, "gate_at": gate,
        "changes": of_calls.changes(row.id), "matches": of_calls.matches(row.id),
        "gone_on": local_day(row.not_listed_since) if row.not_listed_since else None,
        "stock": bool(sources) and _is_stock(row, sources, began),
    }  # fmt: skip


def _told(row: Call, of_calls: _Belongings, weighed: Mapping[str, Any], sharing: int) -> dict[str, Any]:
    """What a mail says of it beside that."""
    due, gate = weighed["next_due"], weighed["gate_at"]
    others = [each for each in weighed["dates"] if each is not due and each.kind in DUE_KINDS]
    return {
        "title": row.title, "url": row.url, "publisher": row.publisher or "", "allocation": row.allocation,
        "eligible_why": row.eligible_why, "applicants": tuple(row.applicants), "min_amount": row.min_amount,
        "amount_text": row.amount_text or "", "rate": row.rate, "search_text": row.search_text,
        "later_dues": tuple(each for each in others if each.over_at and gate and each.over_at > gate),
        "doubted": of_calls.doubted(row.id), "stale": row.stale, "code": of_calls.code(row.id),
        "umbrella": row.call_title or "", "sharing": sharing, "programme": tuple(row.programme),
        "action": row.type_of_action or "", "lead": lead(row.summary, row.language),
        "expected_grants": row.particulars.get("expected_grants"),
    }  # fmt: skip
