"""plan, send, and the switches of sending."""

import signal
import sys
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import func, select

from db.models import Delivery
from db.session import reading, writing
from notifications.alerts import standing_alerts
from notifications.bounces import MOST_BYTES
from notifications.brakes import pause as stop
from notifications.brakes import resume as go
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.errors import FAILED, CommandFailed
from tracker.mailing.bounces import read_bounces, take_bounce
from tracker.mailing.release import retry_delivery, unsuppress
from tracker.mailing.run import guard_against_copies, plan_now, send_now, tally_as_json
from tracker.mailing.sent_before import leave_out, restored_from, sent_here, settle_restore, waiting

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
    context: typer.Context, reason: Annotated[str, typer.Option(help="Why, for who resumes it.")] = "met de hand"
) -> None:
    """Stop sending until 'resume'; mails stay in the outbox."""
    command = context_of(context)
    with writing(command.engine) as session:
        stop(session, reason, command.now.instant, everything=True)
    typer.echo("sending is paused")


@app.command()
def resume(
    context: typer.Context,
    again: Annotated[
        bool | None,
        typer.Option("--send-again/--drop", help="After a restore: mail that left already."),
    ] = None,
) -> None:
    """Send again, after a pause by hand or a restore; mail that left after the backup does not go twice."""
    command = context_of(context)
    _after_restore(command, again)
    # who resumes on a copy that nobody sent from yet means that copy, too
    guard_against_copies(command.settings, command.engine, command.clock)
    with writing(command.engine) as session:
        ended = go(session, "command line", command.now.instant)
    typer.echo("sending resumed" if ended else "sending was not paused")


def _after_restore(command: CommandContext, again: bool | None) -> None:
    """Name what waits and had left already, and leave it out unless it was asked for; unsure, a person must say."""
    with reading(command.engine) as session:
        made_at = restored_from(session)
    if made_at is None:
        return
    plan_now(command.settings, command.engine, command.clock)  # so that what would be planned next minute is seen, too
    journal, mails = sent_here(command.settings.data_dir), _waiting(command)
    known = any(at >= made_at.isoformat() for at in journal.values())
    twice = [mail for mail in mails if not known or mail.message_id in journal]
    if twice and not known and again is None:
        raise CommandFailed(
            f"{len(twice)} mails wait, and this machine does not know which left after the backup of"
            f" {made_at:%Y-%m-%d %H:%M} UTC: resume --drop leaves them out, resume --send-again sends them"
        )
    for mail in twice:
        typer.echo(f"{'sent again' if again else 'not sent again'}: {mail.key} {journal.get(mail.message_id, '')}")
    with writing(command.engine) as session:
        leave_out(session, [] if again else twice, command.now.instant)
        settle_restore(session)


def _waiting(command: CommandContext) -> list[Delivery]:
    with reading(command.engine) as session:
        return waiting(session)


@app.command()
def bounces(
    context: typer.Context,
    piped: Annotated[bool, typer.Option("--stdin", help="One message, as a mail server pipes it.")] = False,
) -> None:
    """Read the mailbox of BOUNCES_URL, or one message: what came back counts against its address."""
    command = context_of(context)
    where = command.settings, command.engine
    if piped:
        content = sys.stdin.buffer.read(MOST_BYTES)
        tally = Counter([take_bounce(*where, content, command.now.instant)])
    else:
        tally = read_bounces(*where, command.now.instant)
    typer.echo(", ".join(f"{number} {end.value}" for end, number in tally.items()) or "nothing arrived")


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
