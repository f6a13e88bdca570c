"""plan, send, and the switches of sending."""

import signal
from dataclasses import asdict
from typing import Annotated

import typer

from tracker.commands.context import Door, answer, door
from tracker.errors import FAILED, CommandFailed

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (plan, send, pause, resume, outbox):
        app.command()(command)


def plan(context: typer.Context, as_json: AsJson = False) -> None:
    """Put due digests and reminders in the outbox; ends when done, and finds nothing when asked twice."""
    from tracker.mailing.run import plan_now

    here = door(context).whole()
    planned = plan_now(here.settings, here.engine, here.clock)
    answer(asdict(planned), as_json, [f"{planned.digests} digests and {planned.reminders} reminders planned"])
    if planned.refused:
        raise CommandFailed(planned.refused, FAILED)


def send(context: typer.Context, as_json: AsJson = False) -> None:
    """Empty the outbox of what is due; what could not leave is tried again later."""
    from tracker.mailing.run import send_now, tally_as_json

    here = door(context).whole()
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda which, _: asked.append(which))  # the mail in hand is handed over first
    tally = send_now(here.settings, here.engine, here.clock, lambda: bool(asked))
    said = tally_as_json(tally)
    counted = ", ".join(f"{said[name]} {name}" for name in ("accepted", "deferred", "failed", "ambiguous"))
    answer(said, as_json, [counted])
    if tally.stopped:
        typer.echo(f"kansenradar: {tally.stopped}", err=True)
        if tally.stopped.startswith(("sending is paused", "our clock")):
            raise typer.Exit(FAILED)


def pause(
    context: typer.Context, reason: Annotated[str, typer.Option(help="Why, for who resumes it.")] = "by hand"
) -> None:
    """Stop sending until 'resume'; mails stay in the outbox."""
    from db.session import writing
    from notifications.brakes import pause as stop

    here = door(context)
    with writing(here.engine) as session:
        stop(session, reason, here.clock.now().instant, everything=True)
    typer.echo("sending is paused")


def resume(context: typer.Context) -> None:
    """Send again: after a pause by hand, after too many refusals, or after a restore that is what you meant."""
    from db.session import writing
    from notifications.brakes import resume as go
    from tracker.mailing.run import guard_against_copies

    here = door(context)
    guard_against_copies(here.settings, here.engine, here.clock)  # a copy that nobody sent from yet is meant, too
    with writing(here.engine) as session:
        ended = go(session, "command line", here.clock.now().instant)
    typer.echo("sending resumed" if ended else "sending was not paused")


def outbox(
    context: typer.Context,
    release: Annotated[int | None, typer.Option("--release", metavar="NUMBER", help="Let a held mail leave.")] = None,
    lift: Annotated[str | None, typer.Option("--lift", metavar="EMAIL", help="Mail this address again.")] = None,
    as_json: AsJson = False,
) -> None:
    """What waits, what left, what is broken; let a held mail leave, or mail a refused address again."""
    from db.session import writing
    from tracker.mailing.release import NothingToRelease, retry_delivery, unsuppress

    here = door(context)
    if release is not None or lift is not None:
        try:
            with writing(here.engine) as session:
                if release is not None:
                    retry_delivery(session, release, here.clock.now().instant, "command line", "command line")
                if lift is not None:
                    unsuppress(session, lift, here.clock.now().instant, "command line", "command line")
        except NothingToRelease as error:
            raise CommandFailed(str(error), FAILED) from error
    _show(here, as_json)


def _show(here: Door, as_json: bool) -> None:
    from sqlmodel import func, select

    from db.models import Delivery
    from db.session import reading
    from notifications.alerts import standing_alerts

    with reading(here.engine) as session:
        held = select(Delivery.id, Delivery.address, Delivery.last_text).where(Delivery.state == "held")
        waiting = [{"id": row[0], "to": row[1], "why": row[2]} for row in session.exec(held)]
        rows = session.exec(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
        alerts = [alert.line for alert in standing_alerts(session)]
    counted = {str(row[0]): int(row[1]) for row in rows}
    lines = [f"{number} {state}" for state, number in sorted(counted.items())] or ["the outbox is empty"]
    lines += [f"held {one['id']}: {one['to']}: {one['why']}" for one in waiting]
    answer({"states": counted, "held": waiting, "alerts": alerts}, as_json, [*lines, *(f"! {line}" for line in alerts)])
