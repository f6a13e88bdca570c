"""run, schedule and worker: the clock, with or without the pages, and more senders beside it."""

import asyncio
import logging
from typing import Annotated

import typer

from tracker.commands.context import CommandContext, context_of
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.mailing.mailer import open_mailer, transport_of
from tracker.operations.scheduler import Scheduler, run_until_stopped, send_until_stopped, ticking
from tracker.web.frame.request_log import set_up_logs

app = typer.Typer()
LOG = logging.getLogger("kansenradar.clock")


@app.command()
def run(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Clock and pages in one process: the whole application on one machine."""
    from tracker.commands.serve import end_well_on_sigterm, page_server  # a worker needs no pages

    command = _checked(context)
    server = page_server(command, host, port)
    scheduler = Scheduler(command.settings, command.engine, command.clock, _say)

    async def both() -> None:
        async with ticking(scheduler):
            await server.serve()
            scheduler.stopping = True

    end_well_on_sigterm()  # or the mail that is being handed over would be in doubt
    asyncio.run(both())


@app.command()
def schedule(context: typer.Context) -> None:
    """The clock alone: crawl, plan and send what is due, until stopped."""
    command = _checked(context)
    _say("the clock goes; Ctrl-C stops it")
    asyncio.run(run_until_stopped(Scheduler(command.settings, command.engine, command.clock, _say)))


@app.command()
def worker(context: typer.Context) -> None:
    """Send what is due until stopped, beside the clock and other workers; plans and crawls nothing."""
    command = _checked(context)
    _say("sending what is due; Ctrl-C stops it")
    asyncio.run(send_until_stopped(Scheduler(command.settings, command.engine, command.clock, _say)))


def _checked(context: typer.Context) -> CommandContext:
    """Fail at once, in one line, where a setting would fail every minute."""
    command = context_of(context)
    if command.clock.is_set:
        raise CommandFailed("--now stands still, and a clock that goes cannot: use plan and send", WRONG_USAGE)
    set_up_logs(command.settings.log_format)
    transport_of(command.settings)
    command.with_whole_database()
    open_mailer(command.settings, command.engine)
    return command


def _say(line: str) -> None:
    LOG.info(line)
