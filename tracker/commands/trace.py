"""why and try: what happened to a call, and what a subscription would have brought."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from tracker.commands.context import answer, door
from tracker.errors import WRONG_USAGE, CommandFailed

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(why)
    app.command("try")(try_)


def why(
    context: typer.Context,
    call: Annotated[str, typer.Argument(help="Number, identifier, address or title.")],
    as_json: AsJson = False,
) -> None:
    """What happened to a call, from the source to each mailbox."""
    from db.session import reading
    from tracker.matching import DIGEST_THRESHOLD
    from tracker.operations.trace import trace
    from tracker.people.subscriptions import NotPossible

    here = door(context)
    try:
        with reading(here.engine) as session:
            steps = trace(session, call, here.clock.now().instant, DIGEST_THRESHOLD)
    except NotPossible as error:
        raise CommandFailed(str(error)) from error
    answer([asdict(step) for step in steps], as_json, [f"{step.stage}: {step.said}" for step in steps])


def try_(
    context: typer.Context,
    opgave: Annotated[str, typer.Option("--opgave", help="The opgave to try.")],
    since: Annotated[str, typer.Option("--since", help="From this day, such as 2026-01-01.")],
    word: Annotated[list[str] | None, typer.Option("--word", help="A word added to the opgave; repeatable.")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="A word taken away; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a subscription would have sent over the stored history, and what a changed word does to that."""
    from tracker.matching.backtest import backtest, lines
    from tracker.people.subscriptions import NotPossible

    try:
        start = datetime.fromisoformat(since).date()
    except ValueError as error:
        raise CommandFailed(f"{since!r} is no day, such as 2026-01-01", WRONG_USAGE) from error
    here = door(context)
    try:
        tried = backtest(here.engine, opgave, start, here.clock.now().instant, tuple(word or ()), tuple(without or ()))
    except NotPossible as error:
        raise CommandFailed(str(error)) from error
    answer(asdict(tried), as_json, lines(tried))
