"""init: migrate and load what ships with the program."""

import typer

from tracker.commands.door import door


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(init)


def init(context: typer.Context) -> None:
    """Create or upgrade the database, and load agendas and participants; safe to repeat."""
    from tracker.database import migrate_database

    migrate_database(door(context).settings)
    typer.echo("database ready")
