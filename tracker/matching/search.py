"""Calls by filter, in an order, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, case, exists, not_, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Delivery, Leaning, Match, Told, Verdict
from db.queries import IDS, CallFilter, Viewer, calls_for, followed_calls, said_to_be_ours
from db.reach import ANYWHERE, USABLE, Reach
from db.rights import visible
from db.search import Translations, by_code, by_name, how_many, matching_what_stands, parts_of, read_translations
from db.search_words import fold, halves
from db.status import IS_CALL, LONGEST_AGO, OVER, Instant, next_gate_expression, not_closed, open_while_standing
from db.vocabulary import Eligibility, Status, ToldKind
from notifications.digest import FIT_OF_UNPLACED
from notifications.places import CHANCES, NOT_OPEN_YET, TOO_LATE
from tracker.challenges.agenda import below
from tracker.matching import DIGEST_THRESHOLD

PER_PAGE = 30
FEW = 1000  # calls that have what was typed, up to which all are sorted: of more, those that run mostly fill a page
LONG: Any = Call.search_text
Opgaven = tuple[str, ...] | BindParameter[tuple[str, ...]]
Reader = int | BindParameter[int | None] | None
SHOWN_FROM = DIGEST_THRESHOLD  # pages show as a match what a digest would tell
MINE, OURS = "mine", "ours"


@dataclass(frozen=True)
class FoundCalls:
    """One page of calls and how many there are in all."""

    calls: list[Call]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True)
class PersonalFilter:
    """What a page narrows down for one person, beside the filter that anybody could have.

    ``fit``: the least score of a match, in percent. ``unjudged``: MINE or OURS, what the person, or nobody of the
    person's organisation, has judged. ``reach``: of the organisation; what is out of it answers to no filter of who
    may apply, unless ``elsewhere`` asks for just that. ``set_aside``, ``waiting``: when a digest to this person was
    planned; the calls that it only counted, because a public body can hardly use them or because it had no room.
    """

    viewer: Viewer = field(default_factory=Viewer)
    reach: Reach = ANYWHERE
    elsewhere: bool = False
    fit: int = 0
    unjudged: str = ""
    set_aside: datetime | None = None
    waiting: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.fit or self.unjudged or self.set_aside or self.waiting or self.elsewhere)


EVERYBODY = PersonalFilter()


@dataclass(frozen=True)
class SortBasis:
    """What an order may look at."""

    now: datetime
    wanted: CallFilter
    translations: Translations
    user_id: int | None
    reach: Reach


def find(
    session: Session,
    wanted: CallFilter,
    now: datetime,
    order: str = "",
    page: int = 1,
    most: int = PER_PAGE,
    personal: PersonalFilter = EVERYBODY,
) -> FoundCalls:
    """The calls a filter means; what has closed, or has no date, comes after what still closes.

    ``order``: one of ORDERS; by words where words are asked for, else by what closes first.
    """
    typed, alone = bool(wanted.text.strip()), not personal.narrows and wanted == CallFilter(text=wanted.text)
    translations = read_translations(session) if typed else {}
    total = how_many(session, wanted.text, translations, FEW) if typed and alone else None
    if total == 0:
        return FoundCalls([], 0, page)
    deeper = wanted.model_copy(update={"challenges": below(session, wanted.challenges)})
    where = (IS_CALL, *_personal(session, personal, deeper))
    basis = SortBasis(now, deeper, translations, personal.viewer.user_id, personal.reach)
    question = Question(basis, where, ORDERS[order or ("words" if typed else "closes")], page, most)
    if alone and (total or not typed):
        ids, total = _of_many(session, question, total)
    else:
        ids, total = _with_total(session, question)
    return FoundCalls(by_ids(session, ids), total, page)


def read_through(
    session: Session, wanted: CallFilter, now: datetime, after: int, most: int, *where: ColumnElement[bool]
) -> list[Call]:
    """The calls a filter means whose number lies behind ``after``, by number: who reads on misses none and gets none
    twice, whatever is added meanwhile."""
    translations = read_translations(session) if wanted.text.strip() else {}
    deeper = wanted.model_copy(update={"challenges": below(session, wanted.challenges)})
    query = calls_for(deeper, now, SHOWN_FROM, translations).where(IS_CALL, col(Call.id) > after, *where)
    ids = query.with_only_columns(col(Call.id)).order_by(None).order_by(col(Call.id)).limit(most)
    return by_ids(session, list(session.connection().execute(ids).scalars()))


def found_apart(
    session: Session, wanted: CallFilter, now: datetime, personal: PersonalFilter = EVERYBODY
) -> list[tuple[str, int]]:
    """Where nothing has all the words asked for: those that some call has by themselves, and how many; rarest first.

    Of a compound that nothing has, its halves: fietsparkeren -> fiets, parkeren.
    """
    parts = parts_of(wanted.text)

    def met(part: str) -> int:
        return find(session, wanted.model_copy(update={"text": part}), now, most=1, personal=personal).total

    totals = {part: met(part) for part in parts} if len(parts) > 1 else dict.fromkeys(parts, 0)
    totals |= {half: met(half) for part in parts if not totals[part] for half in halves(fold(part))}
    return sorted(((part, total) for part, total in totals.items() if total), key=lambda found: found[1])


def _personal(session: Session, personal: PersonalFilter, wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions, challenges = [], wanted.challenges
    if personal.elsewhere:
        conditions.append(personal.reach.outside)
    elif personal.reach.limits and set(wanted.eligible) & set(USABLE):
        conditions.append(not_(personal.reach.outside))
    if personal.fit:
        conditions.append(matched(col(Call.id), challenges, personal.fit / 100, personal.viewer.user_id))
    if personal.unjudged:
        conditions.append(col(Call.id).not_in(_judged(personal.viewer, personal.unjudged)))
    if personal.set_aside is not None:
        conditions.append(col(Call.id).in_(_set_aside(personal.viewer, personal.set_aside)))
    if personal.waiting is not None:
        conditions.append(col(Call.id).in_(_waiting(session, personal.viewer, personal.waiting)))
    return conditions


def _judged(viewer: Viewer, by: str) -> Any:
    judged = select(Verdict.call_id).where(col(Verdict.undone_at).is_(None), visible(viewer, Verdict))
    if by == MINE:
        return judged.where(Verdict.user_id == viewer.user_id)
    return judged.where(Verdict.participant_id == viewer.participant_id)


def _set_aside(viewer: Viewer, planned_at: datetime) -> Any:
    """The calls that one digest set aside; an address holds whole seconds only."""
    tells = select(Told.call_id).join(Delivery, col(Delivery.id) == col(Told.delivery_id))
    tells = tells.where(Told.user_id == viewer.user_id, Told.kind == ToldKind.SET_ASIDE)
    return tells.where(*_planned_in_second(planned_at))


def _waiting(session: Session, viewer: Viewer, planned_at: datetime) -> set[int]:
    """The calls of which one digest said that they wait; some may have been named since."""
    lists = select(Delivery.waiting).where(Delivery.user_id == viewer.user_id, *_planned_in_second(planned_at))
    return {call for waiting in session.exec(lists) for call in waiting}


def _planned_in_second(planned_at: datetime) -> tuple[bool, ...]:
    return Delivery.planned_at >= planned_at, Delivery.planned_at < planned_at + timedelta(seconds=1)


def _with_total(session: Session, question: "Question") -> tuple[list[int], int]:
    """Ids and total of a filter. The count rides along, or it would look for everything twice."""
    run, query = session.connection().execute, question.that_stand() if question.stands else question.all()
    rows = run(question.one_page(query, func.count().over())).all()
    if rows or question.page == 1:
        return [row[0] for row in rows], rows[0][1] if rows else 0
    return [], run(query.with_only_columns(func.count())).scalar_one()


def _of_many(session: Session, question: "Question", total: int | None) -> tuple[list[int], int]:
    """Ids and total of what thousands may meet. The count is asked apart: riding along carries each through the sort.

    Where what stands first fills the page, the many behind it are not sorted.
    """
    run, query, first = session.connection().execute, question.all(), question.first()
    total = run(query.with_only_columns(func.count())).scalar_one() if total is None else total
    ids = [] if first is None else list(run(question.one_page(first)).scalars())
    return ids if len(ids) == question.most else list(run(question.one_page(query)).scalars()), total


def by_ids(session: Session, ids: Sequence[int]) -> list[Call]:
    """The calls in this order, without the long text that only search reads."""
    calls = {c.id: c for c in session.exec(_by_ids(), params={"ids": ids})}
    return [calls[i] for i in ids if i in calls]


@cache
def _by_ids() -> SelectOfScalar[Call]:
    return select(Call).where(col(Call.id).in_(IDS)).options(defer(LONG))


def _over(now: datetime) -> ColumnElement[bool]:
    closes = col(Call.closes_at)
    undated = func.coalesce(closes, col(Call.first_gate_at)).is_(None)
    return or_(undated, closes <= now)


def _not_over(now: datetime) -> ColumnElement[bool]:
    """The others, in words that an index knows."""
    closes = col(Call.closes_at)
    return or_(closes > now, and_(closes.is_(None), col(Call.first_gate_at).is_not(None)))


def _by_closing(basis: SortBasis) -> list[Any]:
    return [_over(basis.now), next_gate_expression(basis.now), col(Call.closes_at), col(Call.id)]


def _by_words(basis: SortBasis) -> list[Any]:
    """Whose code was typed; then what still runs, with the words in its title or programme first, by use and by day."""
    text, over = basis.wanted.text, _over_for_words(basis.now)
    coded, names = by_code(text), basis.translations
    in_name = case((by_name(text, names, whole=True), 0), (by_name(text, names), 1), else_=2)
    of_use, gate = chance_of_use(basis.reach), next_gate_expression(basis.now).nulls_last()
    first = [case((coded, 0), else_=1)] if coded is not None else []
    return [*first, over, in_name, of_use.desc(), gate, col(Call.id).desc()]


def _over_for_words(now: datetime) -> ColumnElement[bool]:
    """Closed; what has no date may still be had."""
    return and_(col(Call.closes_at).is_not(None), col(Call.closes_at) <= now)


def _by_fit(basis: SortBasis) -> list[Any]:
    worth = best_score(basis.wanted.challenges, basis.user_id) * chance_of_use(basis.reach)
    gate = next_gate_expression(basis.now).nulls_last()
    return [_over_for_words(basis.now), func.coalesce(worth, 0).desc(), gate, col(Call.id)]


def _by_newest(_basis: SortBasis) -> list[Any]:
    return [col(Call.first_seen).desc(), col(Call.id)]


def _by_amount(_basis: SortBasis) -> list[Any]:
    amount = func.coalesce(col(Call.max_amount), col(Call.budget))
    return [amount.is_(None), amount.desc(), col(Call.id)]


@dataclass(frozen=True)
class Order:
    """What a list goes by. ``first``: which of what has not closed stands before all others."""

    by: Callable[[SortBasis], list[Any]]
    first: Callable[[datetime], ColumnElement[bool]] | None = None


ORDERS = {
    "words": Order(_by_words, not_closed),
    "closes": Order(_by_closing, _not_over),
    "fit": Order(_by_fit, not_closed),
    "new": Order(_by_newest),
    "amount": Order(_by_amount),
}


@dataclass(frozen=True)
class Question:
    """What a page asks, and the statements that follow from it."""

    basis: SortBasis
    where: tuple[ColumnElement[bool], ...]
    order: Order
    page: int
    most: int

    @property
    def stands(self) -> bool:
        """Whether the filter leaves out what has closed."""
        status = self.basis.wanted.status
        return bool(status) and not set(status) & set(OVER)

    def all(self) -> Any:
        """Every call that is asked for, in no order."""
        basis = self.basis
        query = calls_for(basis.wanted, basis.now, SHOWN_FROM, basis.translations)
        return query.where(*self.where).order_by(None)

    def that_stand(self) -> Any:
        """The same where the filter leaves out what has closed."""
        now, open_too = self.basis.now, Status.OPEN in self.basis.wanted.status
        return self._standing(now - LONGEST_AGO if open_too else now)

    def first(self) -> Any:
        """Those that stand before all others, but for a code that was typed; None where the order has no such."""
        now, first = self.basis.now, self.order.first
        return self._standing(now).where(first(now)) if first else None

    def _standing(self, since: datetime) -> Any:
        basis, text = self.basis, self.basis.wanted.text
        query = calls_for(basis.wanted.model_copy(update={"text": ""}), basis.now, SHOWN_FROM)
        query = query.where(matching_what_stands(text, basis.now, since, basis.translations))
        return query.where(*self.where).order_by(None)

    def one_page(self, query: Any, *beside: Any) -> Any:
        """The numbers of the page's calls, in their order, and what else is asked of each."""
        ordered = query.order_by(*self.order.by(self.basis)).with_only_columns(col(Call.id), *beside)
        return ordered.limit(self.most).offset((self.page - 1) * self.most)


def matched(
    call_id: Any, challenges: Opgaven, at_least: float = SHOWN_FROM, user_id: Reader = None
) -> ColumnElement[bool]:
    """Whether a call matches one of these opgaven, or any; asked per call, since few of all matches are of now.

    ``user_id``: with the scores that this reader's own words leave, here and in ``best_score``.
    """
    met = _matches(col(Match.id), user_id).where(col(Match.call_id) == call_id, _score(user_id) >= at_least)
    return exists(met.where(*_among(challenges)))


def told_of(mine: Opgaven, user_id: Reader = None) -> ColumnElement[bool]:
    """What a digest tells a reader of these opgaven: what matches one; to a reader of all, also what is said to be for
    public bodies and matches none."""
    met = matched(col(Call.id), mine, user_id=user_id)
    return or_(met, said_to_be_ours()) if _all(mine) else met


def best_score(challenges: Opgaven, user_id: Reader = None) -> Any:
    """The best fit of a call with one of these opgaven, or with any; none where it matched nothing."""
    best = _matches(func.max(_score(user_id)), user_id).where(col(Match.call_id) == col(Call.id))
    return best.where(*_among(challenges)).scalar_subquery()


def _all(challenges: Opgaven) -> bool:
    """Whether none is named: that means every one. A place in a statement is for some."""
    return isinstance(challenges, tuple) and not challenges


def _among(challenges: Opgaven) -> list[ColumnElement[bool]]:
    return [] if _all(challenges) else [col(Match.challenge_id).in_(challenges)]


def _matches(what: Any, user_id: Reader) -> Any:
    if user_id is None:
        return select(what).select_from(Match)
    same = and_(col(Leaning.call_id) == col(Match.call_id), col(Leaning.challenge_id) == col(Match.challenge_id))
    return select(what).select_from(Match).outerjoin(Leaning, and_(col(Leaning.user_id) == user_id, same))


def _score(user_id: Reader) -> Any:
    return col(Match.score) if user_id is None else func.coalesce(col(Leaning.score), col(Match.score))


def worth(
    challenges: Opgaven, user_id: Reader, now: Instant, late_until: Instant, reach: Reach = ANYWHERE
) -> ColumnElement[float]:
    """What a digest orders by (notifications/places.py), in SQL: fit, chance of use, and whether it can be decided.

    Of calls that stand. ``late_until``: what closes by then the reader's organisation can no longer decide on.
    ``reach``: what is out of it is worth as little as what is for others, and nothing is decided on it.
    """
    chance = case((col(Call.id).in_(followed_calls(user_id)), 1.0), else_=chance_of_use(reach))
    best: ColumnElement[float] = func.coalesce(best_score(challenges, user_id), 0.0)
    if _all(challenges):  # what is told though it matches no opgave
        best = case((and_(said_to_be_ours(), best < SHOWN_FROM), FIT_OF_UNPLACED), else_=best)
    score = best * chance * case((open_while_standing(now), 1.0), else_=NOT_OPEN_YET)
    decided = [col(Call.eligible).in_((Eligibility.SELF, Eligibility.PARTNER)), next_gate_expression(now) <= late_until]
    decided += [not_(reach.outside)] if reach.limits else []
    return score * case((and_(*decided), TOO_LATE), else_=1.0)


def chance_of_use(reach: Reach = ANYWHERE) -> ColumnElement[float]:
    """How likely a public body, there where the reader works, can use a call, as a digest weighs it."""
    chance = case(CHANCES, value=col(Call.eligible), else_=0.0)
    return case((reach.outside, CHANCES[Eligibility.NO]), else_=chance) if reach.limits else chance
