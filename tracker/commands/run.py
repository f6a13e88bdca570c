"""run, schedule and worker: clock and pages in one process, or its parts in many.

On PostgreSQL the parts share a queue; on SQLite there is one clock, and workers that only send.
"""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from db.job_queue import has_queue
from tracker.commands.context import CommandContext, context_of
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.mailing.mailer import open_mailer
from tracker.operations.jobs import Jobs
from tracker.operations.scheduler import Scheduler, asked_to_stop, run_until_stopped, send_until_stopped, ticking
from tracker.operations.wrong_settings import wrong_settings
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

    async def both() -> None:
        jobs, going = _clock(command)
        async with going:
            await server.serve()
            jobs.stopping = True

    end_well_on_sigterm()  # or the mail that is being handed over would be in doubt
    asyncio.run(both())


@app.command()
def schedule(context: typer.Context) -> None:
    """The clock alone: crawl, plan and send what is due, until stopped; on PostgreSQL any number, beside workers."""
    command = _checked(context)
    _say("the clock goes; Ctrl-C stops it")
    asyncio.run(_schedule(command))


@app.command()
def worker(context: typer.Context) -> None:
    """Until stopped, any job of the queue on PostgreSQL; on SQLite only send what is due, beside the clock."""
    command = _checked(context)
    _say("doing what is due; Ctrl-C stops it")
    asyncio.run(_work(command))


async def _schedule(command: CommandContext) -> None:
    if has_queue(command.engine):
        await _on_the_queue(command, ticks=True)
    else:
        await run_until_stopped(Scheduler(command.settings, command.engine, command.clock, _say))


async def _work(command: CommandContext) -> None:
    if has_queue(command.engine):
        await _on_the_queue(command, ticks=False)
    else:
        await send_until_stopped(Scheduler(command.settings, command.engine, command.clock, _say))


async def _on_the_queue(command: CommandContext, ticks: bool) -> None:
    stopped = asked_to_stop()
    _, going = _queued(command, ticks)
    async with going:
        await stopped.wait()


def _clock(command: CommandContext) -> tuple[Jobs, AbstractAsyncContextManager[None]]:
    if has_queue(command.engine):
        return _queued(command, ticks=True)
    scheduler = Scheduler(command.settings, command.engine, command.clock, _say)
    return scheduler, ticking(scheduler)


def _queued(command: CommandContext, ticks: bool) -> tuple[Jobs, AbstractAsyncContextManager[None]]:
    from tracker.operations.workers import QueuedJobs, working  # the engine takes a second to load

    jobs = QueuedJobs(command.settings, command.engine, command.clock, _say)
    return jobs, working(jobs, ticks)


def _checked(context: typer.Context) -> CommandContext:
    """Fail at once, in one line, where a setting would fail every minute."""
    command = context_of(context)
    if command.clock.is_set:
        raise CommandFailed("--now stands still, and a clock that goes cannot: use plan and send", WRONG_USAGE)
    set_up_logs(command.settings.log_format)
    command.with_whole_database()
    for refusal in wrong_settings(command.settings, command.engine):
        raise refusal
    open_mailer(command.settings, command.engine)
    return command


def _say(line: str) -> None:
    LOG.info(line)
