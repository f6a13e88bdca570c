"""demo: the whole product on recorded answers, in one command."""

import socket
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from db.region import USUAL
from db.region_folder import folder_of
from tracker.clock import SteppingClock
from tracker.commands.context import CommandContext, context_of
from tracker.commands.serve import serve_pages
from tracker.database import read_folder
from tracker.errors import CommandFailed
from tracker.operations import demo as steps

app = typer.Typer()

FOLDER = Path("demo")
HOST = "127.0.0.1"


@app.command()
def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End instead of serving the pages.")] = False,
    port: Annotated[int, typer.Option(help="Port of the pages.", min=1, max=65535)] = 8000,
    region: Annotated[
        str, typer.Option("--region", metavar="FOLDER", help="Of which region: a folder of data, or one that ships.")
    ] = "",
) -> None:
    """Replay the recordings into demo/ (emptied first): calls, matches, a digest, a calendar, and the pages."""
    name = region or context_of(context).settings.region or USUAL.name
    shown = steps.prepare(FOLDER, port if once else free_port(port), read_folder(name), folder_of(name))
    typer.echo(f"Kansenradar, de demo: het is {shown.now:%d-%m-%Y}; de bronnen antwoorden uit opnamen.\n")
    steps.fill(shown, typer.echo)
    steps.match_all(shown, typer.echo)
    steps.mail_all(shown, typer.echo)
    steps.add_example(shown, typer.echo)
    calendar = steps.write_calendar(shown)
    made = {"Database": FOLDER / "kansenradar.db", "Mail": FOLDER / "mail", "Agenda": calendar}
    typer.echo("\n" + "\n".join(f"{what:<15}{where}" for what, where in made.items()))
    if not once:
        for role, address in steps.addresses(shown):
            typer.echo(f"{role:<15}{address}")
        port = urlsplit(shown.settings.base_url).port or port
        clock = SteppingClock(shown.now)
        serve_pages(CommandContext(shown.settings, clock), HOST, port, steps.desk(shown, clock))


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                return port
    raise CommandFailed(f"no free port from {wanted} on")
