"""init: migrate and load what ships with the program."""

import typer

from db.session import writing
from tracker.calendar.decision_clock import replan_meetings
from tracker.calendar.load_bodies import load_bodies
from tracker.challenges.agenda import load_agendas
from tracker.commands.context import context_of
from tracker.database import migrate_database
from tracker.organisations.load import load_organisations
from tracker.people.participants import load_participants

app = typer.Typer()


@app.command()
def init(context: typer.Context) -> None:
    """Create or upgrade the database, and load agendas, participants and their bodies; safe to repeat."""
    command = context_of(context)
    engine = migrate_database(command.settings, typer.echo)
    with writing(engine) as session:
        challenges, participants = load_agendas(session), load_participants(session)
        organisations = load_organisations(session, command.now.instant)
        bodies = load_bodies(session)
        replan_meetings(session, command.now.instant)
    typer.echo(
        f"database ready; added {challenges} opgaven, {participants} participants, {organisations} organisations"
        f" and {bodies} bodies"
    )
