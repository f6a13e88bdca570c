"""Questions asked more than once, by name; CallFilter, the one filter behind pages, subscriptions and feeds."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict
from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Date, Integer, String, and_, bindparam, or_, union
from sqlalchemy import Select as CoreSelect
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from db.models.access import Follow
from db.models.calls import Call, Crawl, Match, Sighting
from db.models.columns import table
from db.models.people import Verdict
from db.search import Translations, matching, of_programme
from db.status import FINAL_WORDS, next_gate_expression, not_closed, past_yet_open_expression, status_expression
from db.vocabulary import Eligibility, Instrument, Role, Say, Status

BY_HAND = "handmatig"
CRAWL = table(Crawl)
OF_A_CRAWL = (
    "id", "source", "started_at", "finished_at", "complete", "why", "seen", "expected", "new", "come_back_at", "moved",
    "lost", "shrunk", "released_at",
)  # fmt: skip
# What a statement made once is asked for: the first and the last day, both inclusive; who looks; opgaven; calls.
DAYS = bindparam("since", type_=Date), bindparam("until", type_=Date)
USER: BindParameter[int | None] = bindparam("user", type_=Integer)
MINE: BindParameter[tuple[str, ...]] = bindparam("mine", expanding=True)
PARTICIPANT: BindParameter[str] = bindparam("participant", type_=String)
HASH: BindParameter[str] = bindparam("hash", type_=String)
MOST: BindParameter[int] = bindparam("most", type_=Integer)
IDS: BindParameter[tuple[int, ...]] = bindparam("ids", expanding=True)


class PastCrawl(NamedTuple):
    """What a crawl before a source's last one is still judged by."""

    id: int
    source: str
    complete: bool
    finished_at: datetime
    seen: int
    new: int


@dataclass(frozen=True)
class Viewer:
    """Who asks: rights follow from role and participant. None of both is the public."""

    user_id: int | None = None
    role: Role | None = None
    participant_id: str | None = None


def said_in_public() -> ColumnElement[bool]:
    """What a source tells of: for everybody, where a call that only people typed is for who takes part."""
    of_hand = select(Sighting.call_id).where(Sighting.source == BY_HAND)
    of_source = select(Sighting.call_id).where(Sighting.source != BY_HAND)
    return or_(col(Call.id).not_in(of_hand), col(Call.id).in_(of_source))


def _several(value: Any) -> Any:
    """A query string gives one value or many; both mean a tuple."""
    return value if isinstance(value, list | tuple) else (() if value in (None, "") else (value,))


class CallFilter(BaseModel):
    """The address of the list page, the content of a subscription, the scope of a feed. Empty means everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    challenges: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    status: Annotated[tuple[Status, ...], BeforeValidator(_several)] = ()
    eligible: Annotated[tuple[Eligibility, ...], BeforeValidator(_several)] = ()
    instruments: Annotated[tuple[Instrument, ...], BeforeValidator(_several)] = ()
    sources: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    languages: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    programmes: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    at_least: Decimal | None = None
    closes_before: date | None = None
    closes_after: date | None = None


def calls_for(
    wanted: CallFilter, now: datetime, threshold: float = 0, translations: Translations | None = None
) -> SelectOfScalar[Any]:
    """The calls a filter means, by what closes first. ``threshold``: the score from which a match counts."""
    call = Call
    conditions = [col(call.joined_into).is_(None), *named(wanted, translations), *_conditions(wanted, now, threshold)]
    gate = next_gate_expression(now)
    return select(call).where(*conditions).order_by(gate.is_(None), gate, col(call.closes_at), col(call.id))


def named(wanted: CallFilter, translations: Translations | None = None) -> Iterator[ColumnElement[bool]]:
    """What of a filter the index of words answers: what was typed, and programmes."""
    if wanted.text:
        yield matching(wanted.text, translations=translations)
    if wanted.programmes:
        yield of_programme(wanted.programmes)


def _conditions(wanted: CallFilter, now: datetime, threshold: float) -> Iterator[ColumnElement[bool]]:
    call = Call
    if wanted.status:
        yield from _has_status(wanted.status, now)
    if wanted.challenges:
        met = select(Match.call_id).where(col(Match.challenge_id).in_(wanted.challenges), Match.score >= threshold)
        yield col(call.id).in_(met)
    if wanted.sources:
        yield col(call.id).in_(select(Sighting.call_id).where(col(Sighting.source).in_(wanted.sources)))
    for column, values in ((call.eligible, wanted.eligible), (call.instrument, wanted.instruments)):
        if values:
            yield col(column).in_([str(value) for value in values])
    if wanted.languages:
        yield col(call.language).in_(wanted.languages)
    if wanted.at_least is not None:
        yield or_(col(call.budget) >= wanted.at_least, col(call.max_amount) >= wanted.at_least)
    yield from _closes_between(wanted, now)


def _has_status(wanted: tuple[Status, ...], now: datetime) -> Iterator[ColumnElement[bool]]:
    """The rule of db/status.py; the first condition says nothing new, but an index knows it."""
    if Status.CLOSED not in wanted and not set(wanted) & set(FINAL_WORDS):
        yield or_(not_closed(now), past_yet_open_expression(now)) if Status.OPEN in wanted else not_closed(now)
    yield status_expression(now).in_([str(status) for status in wanted])


def _closes_between(wanted: CallFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Days as people in Amsterdam mean them; a bare day closes at the midnight that ends it.

    What has closed is found by its last gate, what has not by its next one.
    """
    if wanted.closes_after is None and wanted.closes_before is None:
        return
    closes = func.coalesce(next_gate_expression(now), col(Call.closes_at))
    if wanted.closes_after is not None:
        yield closes > _midnight(wanted.closes_after)
    if wanted.closes_before is not None:
        yield closes <= _midnight(wanted.closes_before)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("Europe/Amsterdam"))


def newest_crawls(session: Session, complete: bool = False) -> dict[str, Crawl]:
    """Each source's last crawl, or its last complete one; what people typed in is no source to wait for."""
    newest = select(func.max(Crawl.id)).where(Crawl.source != BY_HAND).group_by(col(Crawl.source))
    if complete:
        newest = newest.where(col(Crawl.complete))
    crawls = session.exec(select(Crawl).where(col(Crawl.id).in_(newest)))
    return {crawl.source: crawl for crawl in crawls}


def last_crawls(session: Session, most: int = 60) -> dict[str, list[Crawl]]:
    """Each source's last crawls, newest first: the newest reads as a Crawl does, those before it are PastCrawl.

    Two questions for all: for each source the index is asked for the crawl from where on it counts. To number all
    crawls ever looks at each of them, and to ask source by source takes longer than its answers.
    """
    before = session.connection().execute(_PAST_CRAWLS, {"by_hand": BY_HAND, "skipped": most - 1}).all()
    newest = session.connection().execute(_NEWEST_CRAWLS, {"by_hand": BY_HAND, "skipped": 0})
    by_source = {row.source: [row] for row in cast("Iterable[Crawl]", newest)}
    for past in map(PastCrawl._make, before):
        of_source = by_source[past.source]
        if past.id < of_source[0].id:
            of_source.append(cast("Crawl", past))
    return by_source


def _last_crawls(names: Iterable[str]) -> CoreSelect[Any]:
    of_source = sql_select(CRAWL.c.source).where(CRAWL.c.source != bindparam("by_hand")).distinct().subquery()
    older = CRAWL.alias()
    first = sql_select(older.c.id).where(older.c.source == of_source.c.source).order_by(older.c.id.desc())
    since = first.limit(1).offset(bindparam("skipped", type_=Integer)).correlate(of_source).scalar_subquery()
    counting = and_(CRAWL.c.source == of_source.c.source, CRAWL.c.id >= func.coalesce(since, 0))
    found = sql_select(*(CRAWL.c[name] for name in names)).select_from(of_source.join(CRAWL, counting))
    return found.order_by(CRAWL.c.source, CRAWL.c.id.desc())


# Said once: the clock asks this every minute, and the first page each time.
_NEWEST_CRAWLS, _PAST_CRAWLS = _last_crawls(OF_A_CRAWL), _last_crawls(PastCrawl._fields)


def first_complete(session: Session) -> dict[str, datetime]:
    """When each source was read whole for the first time: found for each in the index, not by a look at every crawl."""
    names = select(Crawl.source).where(Crawl.source != BY_HAND).distinct().subquery()
    whole = select(Crawl.finished_at).where(col(Crawl.source) == names.c.source, col(Crawl.complete))
    first = whole.order_by(col(Crawl.id)).limit(1).scalar_subquery()
    rows = session.exec(select(names.c.source, first)).all()
    return {source: at for source, at in rows if at is not None}


def followed_calls(user_id: int | BindParameter[int | None] | None) -> CompoundSelect[Any]:
    """The calls that a person follows: by asking for it, or by finding the call relevant."""
    asked = select(Follow.call_id).where(col(Follow.user_id) == user_id)
    liked = select(Verdict.call_id).where(Verdict.say == Say.YES, col(Verdict.undone_at).is_(None))
    return union(asked, liked.where(col(Verdict.user_id) == user_id))


def shared_budgets(since: datetime, titles: Collection[str] | None = None) -> Select[str | None, int]:
    """The calls whose topics, three or more, all name one and the same budget, with how many topics they have.

    The EU portal repeats a call's budget at each topic: 170,760,699 euro stood at 13 topics of one (2026-05-29). Two
    topics with the same amount, or some of many, may each have their own. Topics that closed before ``since``, of an
    edition before perhaps, do not count. ``titles`` limits it to some calls.
    """
    budget, closes = col(Call.budget), col(Call.closes_at)
    topics = select(Call.call_title, func.count()).where(col(Call.call_title).is_not(None))
    topics = topics.where(col(Call.joined_into).is_(None), or_(closes.is_(None), closes > since))
    topics = topics if titles is None else topics.where(col(Call.call_title).in_(titles))
    topics = topics.group_by(col(Call.call_title)).having(func.count() > 2)
    return topics.having(func.count(budget) == func.count(), func.min(budget) == func.max(budget))


def live_call(session: Session, call_id: int) -> Call | None:
    """A call by its id, or the one it was joined into."""
    call = session.get(Call, call_id)
    while call is not None and call.joined_into is not None:
        call = session.get(Call, call.joined_into)
    return call


def live_ids(session: Session) -> dict[int, int]:
    """Each call that was joined into another -> the one it is in now."""
    joined = select(Call.id, Call.joined_into).where(col(Call.joined_into).is_not(None))
    into = {call_id: other for call_id, other in session.exec(joined) if other is not None}
    for call_id, other in into.items():
        while other in into:
            other = into[other]
        into[call_id] = other
    return into


def is_said_to_be_ours(eligible: str, estimate: bool) -> bool:
    """Whether a source itself says that public bodies may apply: no estimate."""
    return eligible == Eligibility.SELF and not estimate


def said_to_be_ours() -> ColumnElement[bool]:
    """``is_said_to_be_ours`` in SQL."""
    return and_(col(Call.eligible) == Eligibility.SELF, ~col(Call.eligible_estimate))
