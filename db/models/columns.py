"""Columns and kinds of columns that more than one table has."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from db.vocabulary import Word

# Named constraints, so that a migration can drop them on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Numbered(SQLModel):
    """A table whose rows have a number; the database gives it at the first flush."""

    id: int = Field(default=None, primary_key=True)


class Released(SQLModel):
    """What one person proposed to show the public, and whether a second one let it; ``by_two_people`` holds it."""

    proposed_by: int = Field(foreign_key="user.id")
    proposed_at: datetime
    confirmed_by: int | None = Field(default=None, foreign_key="user.id")
    settled_at: datetime | None = Field(default=None, description="when it became public, or was dropped")
    dropped_by: int | None = Field(default=None, foreign_key="user.id")
    ended_at: datetime | None = Field(default=None, description="when a next release or a person ended it")


def by_two_people() -> tuple[CheckConstraint, ...]:
    """The checks of a table that is ``Released``."""
    return (
        CheckConstraint("confirmed_by <> proposed_by", name="second_person"),
        CheckConstraint("confirmed_by IS NULL OR settled_at IS NOT NULL", name="settled"),
    )


class Cents(TypeDecorator[Decimal]):
    """A Decimal with two places, stored as a whole number: exact on both databases, unlike SQLite's NUMERIC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int((Decimal(value) * 100).to_integral_exact())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


def one_of(column: str, words: type[Word] | Iterable[str], optional: bool = False) -> CheckConstraint:
    """A CHECK that holds a text column to the stored values of a vocabulary."""
    listed = ", ".join(f"'{word}'" for word in words)
    test = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {test}" if optional else test, name=column)


def table(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements that touch many rows at once."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
