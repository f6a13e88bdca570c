"""demo: the whole product on recorded answers, in one command."""

import socket
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from tracker.clock import Clock
from tracker.commands.context import CommandContext
from tracker.commands.serve import serve_pages
from tracker.errors import CommandFailed
from tracker.operations import demo as steps

app = typer.Typer()

FOLDER = Path("demo")
HOST = "127.0.0.1"


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End instead of serving the pages.")] = False,
    port: Annotated[int, typer.Option(help="Port of the pages.", min=1, max=65535)] = 8000,
) -> None:
    """Replay the recordings into demo/ (emptied first): calls, matches, a digest, a calendar, and the pages."""
    shown = steps.prepare(FOLDER, port if once else free_port(port))
    typer.echo(f"Kansenradar, de demo: het is {shown.now:%d-%m-%Y}; de bronnen antwoorden uit opnamen.\n")
    steps.fill(shown, typer.echo)
    steps.match_all(shown, typer.echo)
    steps.mail_all(shown, typer.echo)
    steps.add_example(shown, typer.echo)
    calendar = steps.write_calendar(shown)
    typer.echo(f"\nDatabase   {FOLDER / 'kansenradar.db'}\nMail       {FOLDER / 'mail'}\nAgenda     {calendar}")
    if not once:
        typer.echo(f"Inloggen   {steps.sign_in_link(shown)}  (als coördinator)")
        port = urlsplit(shown.settings.base_url).port or port
        serve_pages(CommandContext(shown.settings, Clock(shown.now)), HOST, port)


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                return port
    raise CommandFailed(f"no free port from {wanted} on")
