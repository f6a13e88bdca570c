"""Whether the database went on to a schema that this process does not know: asked at most twice a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.schema import newest_schema, schema_of

EVERY = 30  # seconds


@dataclass
class SchemaWatch:
    """Remembers the answer for half a minute; ``count``: seconds that no setting of the clock changes."""

    engine: Engine
    count: Callable[[], float] = time.monotonic
    _known: str = field(default_factory=newest_schema)
    _there: str = ""
    _asked: float = float("-inf")

    def trouble(self) -> str:
        """In one Dutch line what is wrong, or nothing; also nothing while the database does not answer."""
        now = self.count()
        if now - self._asked >= EVERY:
            self._asked = now
            try:
                self._there = schema_of(self.engine)
            except SQLAlchemyError:
                return ""
        if self._there in ("", self._known):
            return ""
        return f"de database heeft schema {self._there}, dit proces kent {self._known}"
