"""A call as one row of a list: when, why and what, loaded for the whole list at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Challenge, Deadline, Leaning, Match, Sighting, Verdict
from db.queries import IDS, MINE, USER, Viewer, is_said_to_be_ours, shared_budgets
from db.rights import visible
from db.status import is_untold, next_gate, remark_of, status_of
from db.vocabulary import CLOSING_KINDS, UNPLACED, DeadlineKind, Status
from notifications import wording
from tracker.calendar.targets import DatedRow
from tracker.calls.duplicate_pairs import Alike
from tracker.lobby.call_work import CallWork, read_call_work, seen_by
from tracker.matching.search import SHOWN_FROM
from tracker.web.frame.context import RequestContext

SOON_DAYS = 7
RECENT = timedelta(days=90)  # topics that closed longer ago are of an earlier edition
SPEAKING = ("title", "sentence", "words")  # kinds of reasons that name words of the opgave
MOST_REASONS = 3
KEPT = 128
OF_A_DATE = ("call_id", "id", "kind", "day", "at", "gate_at", "cancelled_at")
# Said once: putting these together takes longer than their answers, and every list asks all of them.
_DATES = select(*(getattr(Deadline, name) for name in OF_A_DATE)).where(col(Deadline.call_id).in_(IDS))
_CODES = select(Sighting.call_id, Sighting.references).where(col(Sighting.call_id).in_(IDS))
_CODES = _CODES.order_by(col(Sighting.id).desc())
_MATCHES = (
    select(col(Match.call_id), col(Match.challenge_id), col(Match.score), col(Match.reasons))
    .join(Challenge, col(Challenge.id) == col(Match.challenge_id))
    .where(col(Match.call_id).in_(IDS))
    .order_by(col(Match.score).desc(), col(Challenge.position))
)
_MET = select(Challenge).where(col(Challenge.id).in_(MINE))
_LEANINGS = select(col(Leaning.call_id), col(Leaning.challenge_id), col(Leaning.score), col(Leaning.because)).where(
    col(Leaning.user_id) == USER, col(Leaning.call_id).in_(IDS)
)


@dataclass(frozen=True)
class When:
    """What closes next, in words: ``sluit`` / ``1 okt 2026`` / ``nog 12 dagen``."""

    kind: str
    text: str
    left: str = ""
    soon: bool = False
    moment: date | datetime | None = None


@dataclass(frozen=True)
class Why:
    """An opgave that a call matched, and the words it was matched on."""

    challenge: Challenge
    score: float
    words: list[str]
    because: str = ""  # why it stands higher or lower for this reader than the matcher has it

    @property
    def weak(self) -> bool:
        """Whether it stays under what a digest tells: it is never shown in the type of a strong one."""
        return self.score < SHOWN_FROM


@dataclass(frozen=True)
class CallRow:
    """Everything a list shows of one call."""

    call: Call
    status: Status
    when: When
    why: list[Why] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    change: list[Any] = field(default_factory=list)
    sharing: int = 1  # topics of one call whose budget is this one budget
    doubles: list[Call] = field(default_factory=list)  # what it may be the same as, until a person says
    work: list[CallWork] = field(default_factory=list)  # dossiers and applications on it that run, as far as seen
    code: str = ""  # topic code or official number: its name in meetings
    dates: Sequence[DatedRow] = ()
    untold: bool = False  # nothing tells how it stands: see db/status.py

    @property
    def stands(self) -> str:
        """How it stands, as far as anything says so."""
        return "stand niet bekend" if self.untold else self.status.label

    @property
    def unplaced(self) -> str:
        """That it is told because its source says that it is for public bodies, where it matches no opgave strongly."""
        ours = is_said_to_be_ours(self.call.eligible, self.call.eligible_estimate)
        return UNPLACED if ours and all(why.weak for why in self.why) else ""


def rows_for(request: RequestContext, calls: Sequence[Call], about: Collection[str] = ()) -> list[CallRow]:
    """Rows in the order of the calls; seven queries however many calls there are. ``about``: opgaven named first."""
    ids = [call.id for call in calls]
    deadlines = dates_of(request.session, ids)
    whys = matches_of(request, ids)
    verdicts = _by_call(request.session.exec(_verdicts(request.viewer), params={"ids": ids}))
    doubles, codes = doubles_of(request, ids), codes_of(request.session, ids)
    work = read_call_work(request.session, ids) if ids else {}
    titles = {call.call_title for call in calls if call.call_title and call.budget}
    shared = dict(request.session.exec(shared_budgets(request.now.instant - RECENT, titles)).all()) if titles else {}
    return [
        CallRow(
            call=call,
            code=codes.get(call.id, ""),
            dates=deadlines.get(call.id, ()),
            doubles=doubles.get(call.id, []),
            work=[each for each in seen_by(request.viewer, work.get(call.id, ())) if not each.closed],
            sharing=shared.get(call.call_title, 1),
            status=status_of(call, request.now.instant),
            untold=is_untold(call, request.now.instant),
            when=next_date(deadlines.get(call.id, []), request.now.instant, remark_of(call, request.now.instant)),
            why=sorted(whys.get(call.id, []), key=lambda w: w.challenge.id not in about)[:MOST_REASONS],
            verdicts=verdicts.get(call.id, []),
        )
        for call in calls
    ]


@lru_cache(maxsize=KEPT)
def _verdicts(viewer: Viewer) -> SelectOfScalar[Verdict]:
    """What people said that the viewer may know of; one a person."""
    told = col(Verdict.call_id).in_(IDS), col(Verdict.undone_at).is_(None), visible(viewer, Verdict)
    return select(Verdict).where(*told).order_by(col(Verdict.at))


def dates_of(session: Session, ids: Sequence[int]) -> dict[int, list[DatedRow]]:
    """Call -> its dates, of which a list says the next: as rows of what it looks at."""
    return _by_call(session.connection().execute(_DATES, {"ids": ids}))


def codes_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Call -> the official reference that its first source gives it."""
    rows = session.connection().execute(_CODES, {"ids": ids})
    return {call: references[0] for call, references in rows if references}


def doubles_of(request: RequestContext, ids: Sequence[int]) -> dict[int, list[Call]]:
    """Call -> the calls that it may be the same as."""
    session, partners = request.session, request.site.part(Alike).partners(request.session, request.now.instant)
    wanted = {call: partners[call] for call in ids if call in partners}
    others = select(Call).where(col(Call.id).in_({other for of_call in wanted.values() for other in of_call}))
    by_id = {call.id: call for call in session.exec(others)} if wanted else {}
    return {call: [by_id[other] for other in of_call if other in by_id] for call, of_call in wanted.items()}


def matches_of(request: RequestContext, ids: Sequence[int]) -> dict[int, list[Why]]:
    """Call -> the opgaven it matched, strongest first, as this reader's own words leave them."""
    session, leanings = request.session, leanings_on(request, ids)
    rows = session.connection().execute(_MATCHES, {"ids": ids}).all()
    met = session.exec(_MET, params={"mine": sorted({row.challenge_id for row in rows})}) if rows else ()
    challenges = {each.id: each for each in met}
    by_call: dict[int, list[Why]] = defaultdict(list)
    for call_id, challenge, matched, reasons in rows:
        score, because = leanings.get((call_id, challenge), (matched, ""))
        by_call[call_id].append(Why(challenges[challenge], score, hit_words(reasons), because))
    return {call: sorted(whys, key=lambda why: -why.score) for call, whys in by_call.items()}


def leanings_on(request: RequestContext, ids: Sequence[int]) -> dict[tuple[int, str], tuple[float, str]]:
    """Call and opgave -> the score that it has for this reader, and why."""
    rows = request.session.connection().execute(_LEANINGS, {"user": request.viewer.user_id, "ids": ids})
    return {(call, challenge): (score, because) for call, challenge, score, because in rows}


def hit_words(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """The words of the opgave that the title and the sentences speak of, without repeats; a likeness alone has none."""
    told = (reason for reason in reasons if reason.get("kind") in SPEAKING)
    words = (word for reason in told for word in str(reason.get("challenge", "")).split(", "))
    return list(dict.fromkeys(word.lower().rstrip("*") for word in words if word))


def next_date(deadlines: Sequence[DatedRow], now: datetime, remark: str = "") -> When:
    """The next gate; else the next opening; else that there is none; else the last that passed.

    ``remark``: what stands in the place of days left; see db/status.py.
    """
    active = [d for d in deadlines if d.cancelled_at is None]
    gate = next_gate((d.gate_at for d in active), now)
    openings = {DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION}
    coming = [(m, d) for d in active if d.kind in openings and (m := moment_of(d)) and not passed(m, now)]
    if gate or (coming and not remark):
        gates = [(m, d) for d in active if gate and d.gate_at == gate and (m := moment_of(d))]
        return _in_words(*min(gates or coming, key=lambda pair: _instant(pair[0])), now)
    for d in active:
        if d.kind in (DeadlineKind.UNTIL_EXHAUSTED, DeadlineKind.ROLLING):
            return When(kind="", text=DeadlineKind(d.kind).label)
    past = [d for d in active if d.gate_at] or [d for d in active if d.kind in CLOSING_KINDS]
    ends = [(m, d) for d in past if (m := moment_of(d))]
    if ends:
        when = _in_words(*max(ends, key=lambda pair: _instant(pair[0])), now)
        return replace(when, left=remark, soon=False) if remark else when
    return When(kind="", text="geen datum bekend")


def moment_of(deadline: DatedRow) -> date | datetime | None:
    """The instant where the hour is known, else the day."""
    moment: date | datetime | None = deadline.at or deadline.day
    return moment


def passed(moment: date | datetime, now: datetime) -> bool:
    """A bare day lasts until the midnight that ends it in Amsterdam."""
    if isinstance(moment, datetime):
        return moment <= now
    return wording.days_between(now, moment) < 0


def _instant(moment: date | datetime) -> tuple[date, str]:
    return wording.local_day(moment), wording.clock_time(moment) if isinstance(moment, datetime) else "24:00"


def _in_words(moment: date | datetime, deadline: DatedRow, now: datetime) -> When:
    kind = DeadlineKind(deadline.kind)
    days = wording.days_between(now, moment)
    left = wording.days_left(now, moment)
    if kind not in CLOSING_KINDS or days < 0:
        left = left.replace("gesloten", "").strip()
    soon = 0 <= days <= SOON_DAYS and kind in CLOSING_KINDS
    return When(kind.label, wording.short_day(moment), left, soon, moment)


def _by_call(rows: Iterable[Any]) -> dict[int, list[Any]]:
    by_call: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_call[row.call_id].append(row)
    return by_call


def find_call(request: RequestContext) -> Call:
    """The call of the address."""
    return request.named(Call, "call_id")
