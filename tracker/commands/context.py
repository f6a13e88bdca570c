"""What every command gets handed in: settings, the clock, the database, and how to answer."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.clock import Clock, Now

if TYPE_CHECKING:  # pydantic and SQLAlchemy take half a second to import; `--help` does without
    from sqlalchemy import Engine

    from tracker.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


@dataclass
class CommandContext:
    """Settings, clock and database of one command."""

    settings: "Settings"
    clock: Clock

    @property
    def now(self) -> Now:
        """The moment it is, by this command's clock."""
        return self.clock.now()

    @cached_property
    def engine(self) -> "Engine":
        """The database, which must exist and have the newest schema: ``kansenradar init`` sees to both."""
        from tracker.database import open_database

        return open_database(self.settings)

    def close(self) -> None:
        """Let go of the database: SQLite then takes in its log, which would otherwise keep a full disk full."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def with_whole_database(self) -> "CommandContext":
        """Itself, after a look at every page of the database: who mails from a damaged one mails nonsense."""
        from tracker.database import must_be_whole

        must_be_whole(self.engine)
        return self


def context_of(context: typer.Context) -> CommandContext:
    """What the main callback put into typer's context."""
    command_context: CommandContext = context.find_root().obj
    return command_context


def answer(data: Any, as_json: bool, lines: list[str]) -> None:
    """Print the data as JSON for machines, or the lines for people."""
    typer.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else "\n".join(lines))
