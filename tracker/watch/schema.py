"""Whether the database went on to a schema that this process does not know: asked at most twice a minute, and told."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.leases import this_process
from db.schema import newest_schema, schema_of
from db.session import writing
from notifications.alerts import raise_alert
from tracker.settings import Settings
from tracker.watch.webhook import post_by_setting

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


def tell_of_another_schema(settings: Settings, engine: Engine, line: str, now: datetime) -> None:
    """Note that this process is of another version, and post it: it plans no mail, and perhaps no other process runs.

    The mail is planned by a process of the new version. What fails is tried again at the next look.
    """
    with contextlib.suppress(SQLAlchemyError, OSError):
        with writing(engine) as session:
            raise_alert(session, f"schema:{this_process()}", line, now)
        post_by_setting(settings, engine, now)
