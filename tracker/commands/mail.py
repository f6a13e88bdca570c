"""plan, send, and the switches of sending."""

import signal
from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import func, select

from db.models import Delivery
from db.session import reading, writing
from notifications.alerts import standing_alerts
from notifications.brakes import pause as stop
from notifications.brakes import resume as go
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.errors import FAILED, CommandFailed
from tracker.mailing.release import retry_delivery, unsuppress
from tracker.mailing.run import guard_against_copies, plan_now, send_now, tally_as_json

app = typer.Typer()


@app.command()
def plan(context: typer.Context, as_json: AsJson = False) -> None:
    """Match what is unmatched, then put due digests and reminders in the outbox; finds nothing when asked twice."""
    command = context_of(context).with_whole_database()
    matched = match_waiting(command).calls
    planned = plan_now(command.settings, command.engine, command.clock)
    line = f"{planned.digests} digests, {planned.reminders} reminders and {planned.alerts} alerts planned"
    line += f", after matching {matched} calls" if matched else ""
    answer(asdict(planned) | {"matched": matched}, as_json, [line])
    if planned.refused:
        raise CommandFailed(planned.refused, FAILED)


@app.command()
def send(context: typer.Context, as_json: AsJson = False) -> None:
    """Empty the outbox of what is due; what could not leave is tried again later."""
    command = context_of(context).with_whole_database()
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda which, _: asked.append(which))  # the mail in hand is handed over first
    tally = send_now(command.settings, command.engine, command.clock, lambda: bool(asked))
    counts = tally_as_json(tally)
    counted = ", ".join(f"{counts[name]} {name}" for name in ("accepted", "deferred", "failed", "ambiguous"))
    answer(counts, as_json, [counted])
    if tally.stopped:
        typer.echo(f"kansenradar: {tally.stopped}", err=True)
        if tally.stopped.startswith(("sending is paused", "our clock")):
            raise typer.Exit(FAILED)


@app.command()
def pause(
    context: typer.Context, reason: Annotated[str, typer.Option(help="Why, for who resumes it.")] = "by hand"
) -> None:
    """Stop sending until 'resume'; mails stay in the outbox."""
    command = context_of(context)
    with writing(command.engine) as session:
        stop(session, reason, command.now.instant, everything=True)
    typer.echo("sending is paused")


@app.command()
def resume(context: typer.Context) -> None:
    """Send again: after a pause by hand, after too many refusals, or after a restore that is what you meant."""
    command = context_of(context)
    # who resumes on a copy that nobody sent from yet means that copy, too
    guard_against_copies(command.settings, command.engine, command.clock)
    with writing(command.engine) as session:
        ended = go(session, "command line", command.now.instant)
    typer.echo("sending resumed" if ended else "sending was not paused")


@app.command()
def outbox(
    context: typer.Context,
    release: Annotated[int | None, typer.Option("--release", metavar="NUMBER", help="Let a held mail leave.")] = None,
    lift: Annotated[str | None, typer.Option("--lift", metavar="EMAIL", help="Mail this address again.")] = None,
    as_json: AsJson = False,
) -> None:
    """What waits, what left, what is broken; let a held mail leave, or mail a refused address again."""
    command = context_of(context)
    if release is not None or lift is not None:
        with writing(command.engine) as session:
            if release is not None:
                retry_delivery(session, release, command.now.instant, "command line", "command line")
            if lift is not None:
                unsuppress(session, lift, command.now.instant, "command line", "command line")
    _show(command, as_json)


def _show(command: CommandContext, as_json: bool) -> None:
    with reading(command.engine) as session:
        held = select(Delivery.id, Delivery.address, Delivery.last_text).where(Delivery.state == "held")
        waiting = [{"id": row[0], "to": row[1], "why": row[2]} for row in session.exec(held)]
        rows = session.exec(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
        alerts = [alert.line for alert in standing_alerts(session)]
    counted = {str(row[0]): int(row[1]) for row in rows}
    lines = [f"{number} {state}" for state, number in sorted(counted.items())] or ["the outbox is empty"]
    lines += [f"held {mail['id']}: {mail['to']}: {mail['why']}" for mail in waiting]
    answer({"states": counted, "held": waiting, "alerts": alerts}, as_json, [*lines, *(f"! {line}" for line in alerts)])
