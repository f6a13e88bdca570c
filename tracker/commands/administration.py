"""init: migrate and load what ships with the program."""

import typer

from tracker.commands.context import door


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(init)


def init(context: typer.Context) -> None:
    """Create or upgrade the database, and load agendas, participants and their bodies; safe to repeat."""
    from db.session import writing
    from tracker.calendar.decision_clock import replan_meetings
    from tracker.calendar.load_bodies import load_bodies
    from tracker.challenges.agenda import load_agendas
    from tracker.database import migrate_database
    from tracker.people.participants import load_participants

    here = door(context)
    engine = migrate_database(here.settings)
    with writing(engine) as session:
        challenges, participants = load_agendas(session), load_participants(session)
        bodies = load_bodies(session)
        replan_meetings(session, here.clock.now())
    typer.echo(f"database ready; added {challenges} opgaven, {participants} participants and {bodies} bodies")
