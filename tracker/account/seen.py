"""The calls that sources first named in a span: how many, for which opgaven, and their rows where they are shown.

They are thousands where all else of an account is tens; so their number is asked of the database, and a row is made
of one only for who wants to read it.
"""

from collections.abc import Collection, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from db.models import Call, Match
from db.vocabulary import Nature
from db.vocabulary_account import Figure
from notifications.wording import local_day
from tracker.account.facts import Fact, Span, fitting


def seen_number(session: Session, span: Span, opgaven: Collection[str] | None = None) -> int:
    """How many; ``opgaven``: only those that fit one of these as matched now."""
    return session.exec(select(func.count()).select_from(Call).where(*_in(span, opgaven))).one()


def seen_by_opgave(session: Session, span: Span, above: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Opgave -> how many fit it or what lies under it; ``above``: an opgave -> itself and all that it lies under."""
    found: dict[str, set[int]] = {}
    for call, own in session.connection().execute(fitting(columns(col(Call.id)).where(*_in(span)))).all():
        for opgave in above.get(own, ()):
            found.setdefault(opgave, set()).add(call)
    return {opgave: len(calls) for opgave, calls in found.items()}


def seen_rows(session: Session, span: Span, opgaven: Collection[str] | None = None) -> list[Fact]:
    """The same calls by day and title, with all opgaven that they fit."""
    which = _in(span, opgaven)
    fits: dict[int, set[str]] = {}
    for call, own in session.connection().execute(fitting(columns(col(Call.id)).where(*which))).all():
        fits.setdefault(call, set()).add(own)
    day_of = cache(local_day)  # a round names many at one moment
    told = columns(col(Call.id), col(Call.title), col(Call.first_seen)).where(*which).order_by(col(Call.id))
    rows = [
        Fact(Figure.SEEN, title, day_of(at), f"/regelingen/{number}", "", frozenset(fits.get(number, ())))
        for number, title, at in session.connection().execute(told).all()
    ]
    return sorted(rows, key=attrgetter("day", "what"))


def _in(span: Span, opgaven: Collection[str] | None = None) -> list[Any]:
    begin, end = span.instants
    seen = [
        col(Call.first_seen) >= begin, col(Call.first_seen) < end, col(Call.nature) == Nature.CALL,
        col(Call.joined_into).is_(None),
    ]  # fmt: skip
    return seen if opgaven is None else [*seen, _serves(opgaven)]


def _serves(opgaven: Collection[str]) -> ColumnElement[bool]:
    return col(Call.id).in_(fitting().with_only_columns(col(Match.call_id)).where(col(Match.challenge_id).in_(opgaven)))
