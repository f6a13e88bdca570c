"""serve: the pages, on one address and port."""

import asyncio
import signal
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn

from tracker.commands.context import CommandContext, context_of
from tracker.errors import CommandFailed
from tracker.operations.silent_clock import stand_in
from tracker.settings import LOCAL_HOSTS, Settings
from tracker.web.app import build
from tracker.web.frame.connections import MOST_CONNECTIONS, BoundedConnection
from tracker.web.frame.request_log import set_up_logs
from tracker.web.frame.settled import Settled
from tracker.web.people.demo import DemoDesk

app = typer.Typer()


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the pages until stopped."""
    serve_pages(context_of(context).with_whole_database(), host, port)


def serve_pages(command: CommandContext, host: str, port: int, desk: DemoDesk | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; refuses to start where people would come over plain HTTP."""
    set_up_logs(command.settings.log_format)
    server = page_server(command, host, port, desk)
    end_well_on_sigterm()
    asyncio.run(_served(command, server))


async def _served(command: CommandContext, server: uvicorn.Server) -> None:
    """The pages, and a look whether a clock elsewhere still goes; a trial on a day of its own has none."""
    looking = asyncio.create_task(stand_in(command.settings, command.engine, command.clock))
    if command.clock.is_set:
        looking.cancel()
    await server.serve()
    looking.cancel()


def end_well_on_sigterm() -> None:
    """Let the process end by itself: uvicorn raises the signal anew once its pages are done, and that would kill it."""
    signal.signal(signal.SIGTERM, lambda *_: None)


def page_server(command: CommandContext, host: str, port: int, desk: DemoDesk | None = None) -> uvicorn.Server:
    """The server of the pages, not yet started."""
    refuse_plain_http(command.settings)
    app = build(command.settings, command.engine, command.clock, desk=desk)
    if unnamed := unnamed_proxy(command.settings):
        typer.echo(unnamed, err=True)
    typer.echo(f"serving on http://{host}:{port} as {command.settings.base_url}", err=True)
    proxies = command.settings.trusted_proxies
    config = uvicorn.Config(
        Settled(app),
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses may hold a sign-in link
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        http=BoundedConnection,
        ws="none",
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
        limit_concurrency=MOST_CONNECTIONS,
    )
    return uvicorn.Server(config)


def unnamed_proxy(settings: Settings) -> str:
    """Told at start, as no request is needed to know it: where pages are https something before this process makes
    them so, and while that is not named all people share one allowance."""
    if urlsplit(settings.base_url).scheme != "https" or settings.trusted_proxies:
        return ""
    return (
        "BASE_URL is https and KANSENRADAR_TRUSTED_PROXIES names no proxy: all who come through one are counted, and "
        "logged, as one address"
    )


def refuse_plain_http(settings: Settings) -> None:
    """The law asks for HTTPS (Stb. 2023, 179); only a developer's own machine goes without."""
    address = urlsplit(settings.base_url)
    if address.scheme != "https" and address.hostname not in LOCAL_HOSTS:
        raise CommandFailed(f"BASE_URL must be https:// outside your own machine, not {settings.base_url}")
