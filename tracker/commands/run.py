"""run, schedule and worker: the clock, with or without the pages, and more senders beside it."""

from typing import Annotated

import typer

from tracker.commands.context import Door, door
from tracker.errors import WRONG_USAGE, CommandFailed


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(run)
    app.command()(schedule)
    app.command()(worker)


def run(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Clock and pages in one process: the whole application on one machine."""
    import asyncio

    from tracker.commands.serve import end_well_on_sigterm, page_server
    from tracker.operations.scheduler import Scheduler, ticking

    here = _checked(context)
    server = page_server(here, host, port)
    scheduler = Scheduler(here.settings, here.engine, here.clock, _say)

    async def both() -> None:
        async with ticking(scheduler):
            await server.serve()
            scheduler.stopping = True

    end_well_on_sigterm()  # or the mail that is being handed over would be in doubt
    asyncio.run(both())


def schedule(context: typer.Context) -> None:
    """The clock alone: crawl, plan and send what is due, until stopped."""
    import asyncio

    from tracker.operations.scheduler import Scheduler, run_until_stopped

    here = _checked(context)
    _say("the clock goes; Ctrl-C stops it")
    asyncio.run(run_until_stopped(Scheduler(here.settings, here.engine, here.clock, _say)))


def worker(context: typer.Context) -> None:
    """Send what is due until stopped, beside the clock and other workers; plans and crawls nothing."""
    import asyncio

    from tracker.operations.scheduler import Scheduler, send_until_stopped

    here = _checked(context)
    _say("sending what is due; Ctrl-C stops it")
    asyncio.run(send_until_stopped(Scheduler(here.settings, here.engine, here.clock, _say)))


def _checked(context: typer.Context) -> Door:
    """Fail at once, in one line, where a setting would fail every minute."""
    from tracker.mailing.mailer import open_mailer, transport_of

    here = door(context)
    if here.clock.is_set:
        raise CommandFailed("--now stands still, and a clock that goes cannot: use plan and send", WRONG_USAGE)
    transport_of(here.settings)
    here.whole()
    open_mailer(here.settings, here.engine)
    return here


def _say(line: str) -> None:
    typer.echo(line, err=True)
