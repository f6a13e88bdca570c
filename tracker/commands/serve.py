"""serve: the pages, on one address and port."""

import signal
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from tracker.commands.context import Door, door
from tracker.errors import CommandFailed
from tracker.settings import Settings

if TYPE_CHECKING:
    import uvicorn

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the pages until stopped."""
    serve_pages(door(context).whole(), host, port)


def serve_pages(opened: Door, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; refuses to start where people would come over plain HTTP."""
    server = page_server(opened, host, port)
    end_well_on_sigterm()
    server.run()


def end_well_on_sigterm() -> None:
    """Let the process end by itself: uvicorn raises the signal anew once its pages are done, and that would kill it."""
    signal.signal(signal.SIGTERM, lambda *_: None)


def page_server(opened: Door, host: str, port: int) -> "uvicorn.Server":
    """The server of the pages, not yet started."""
    import uvicorn

    from tracker.web.app import build
    from tracker.web.frame.connections import MOST_CONNECTIONS, BoundedConnection

    refuse_plain_http(opened.settings)
    app = build(opened.settings, opened.engine, opened.clock)
    typer.echo(f"serving on http://{host}:{port} as {opened.settings.base_url}", err=True)
    proxies = opened.settings.trusted_proxies
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
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


def refuse_plain_http(settings: Settings) -> None:
    """The law asks for HTTPS (Stb. 2023, 179); only a developer's own machine goes without."""
    address = urlsplit(settings.base_url)
    if address.scheme != "https" and address.hostname not in LOCAL_HOSTS:
        raise CommandFailed(f"BASE_URL must be https:// outside your own machine, not {settings.base_url}")
