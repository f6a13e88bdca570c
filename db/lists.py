"""One page of a list and how long the list is: the same for whatever people look through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlmodel import Session, func, select

T = TypeVar("T")
PAGE = 50


@dataclass(frozen=True)
class Listed(Generic[T]):
    """One page of a list, and how long the whole is."""

    rows: list[T]
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // PAGE)


def listed(rows: Sequence[T], page: int | None = 1) -> Listed[T]:
    """A page of rows that were read already; without a page all of them."""
    part = rows if page is None else rows[(page - 1) * PAGE : page * PAGE]
    return Listed(list(part), len(rows))


def read_page(session: Session, query: Any, page: int | None = 1) -> Listed[Any]:
    """A page of what a query finds, in its order; without a page all of it."""
    total = session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
    rows = query if page is None else query.offset((page - 1) * PAGE).limit(PAGE)
    return Listed(list(session.exec(rows)), total)
