"""why and try: what happened to a call, and what a subscription would have brought."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from db.session import reading
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.mailing.trace import trace
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.backtest import backtest, lines

app = typer.Typer()


@app.command()
def why(
    context: typer.Context,
    call: Annotated[str, typer.Argument(help="Number, identifier, address or title.")],
    as_json: AsJson = False,
) -> None:
    """What happened to a call, from the source to each mailbox."""
    command = context_of(context)
    with reading(command.engine) as session:
        steps = trace(session, call, command.now.instant, DIGEST_THRESHOLD)
    answer([asdict(step) for step in steps], as_json, [f"{step.stage}: {step.said}" for step in steps])


@app.command("try")
def try_(
    context: typer.Context,
    opgave: Annotated[str, typer.Option("--opgave", help="The opgave to try.")],
    since: Annotated[str, typer.Option("--since", help="From this day, such as 2026-01-01.")],
    word: Annotated[list[str] | None, typer.Option("--word", help="A word added to the opgave; repeatable.")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="A word taken away; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a subscription would have sent over the stored history, and what a changed word does to that."""
    try:
        start = datetime.fromisoformat(since).date()
    except ValueError as error:
        raise CommandFailed(f"{since!r} is no day, such as 2026-01-01", WRONG_USAGE) from error
    command = context_of(context)
    tried = backtest(command.engine, opgave, start, command.now.instant, tuple(word or ()), tuple(without or ()))
    answer(asdict(tried), as_json, lines(tried))
