"""source new, record, try and check: add a source, and see whether it still is what its spider expects."""

from typing import Annotated

import typer

from scrapers.sources import NoSuchSource
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import FAILED, INCOMPLETE, CommandFailed
from tracker.sources.crawl import crawlable
from tracker.sources.live_check import AS_EXPECTED, check_live
from tracker.sources.scaffold import CannotAddSource, keep_expectation, table, try_source, write_source
from tracker.sources.scaffold import record as record_pages

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Add a source, or look at one.")
app.add_typer(group, name="source")

Name = Annotated[str, typer.Argument(help="The source's name, such as rvo.")]


@group.command()
def new(name: Name, url: Annotated[str, typer.Argument(help="The page that lists its schemes.")]) -> None:
    """Write the file of a source and a failing test; see docs/adding-a-source.md."""
    written = write_source(name, url)
    typer.echo("\n".join(f"wrote {path}" for path in written))
    typer.echo(f"next: say in it where the schemes are, then kansenradar source record {name}")


@group.command()
def record(context: typer.Context, name: Name) -> None:
    """Ask the source for its first pages and keep them as its recording."""
    command = context_of(context)
    try:
        crawled = record_pages(name, command.settings, command.now.instant)
        keep_expectation(name)
    except (CannotAddSource, NoSuchSource) as error:
        raise CommandFailed(str(error)) from error
    typer.echo("\n".join(table(crawled)))


@group.command("try")
def try_recording(
    context: typer.Context,
    name: Name,
    as_json: AsJson = False,
) -> None:
    """Replay the recording of a source, without a network, and print what is read."""
    try:
        crawled = try_source(name, context_of(context).settings)
    except (CannotAddSource, NoSuchSource) as error:
        raise CommandFailed(str(error)) from error
    unreadable = [{"where": row.where, "why": row.why} for row in crawled.unreadable]
    listings = [listing.as_json() for listing in crawled.listings]
    answer({"listings": listings, "unreadable": unreadable, "stopped": crawled.stopped}, as_json, table(crawled))
    if crawled.stopped or crawled.unreadable:
        raise typer.Exit(INCOMPLETE)


@group.command()
def check(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE ...]", help="All that are on, if none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask each source for as little as possible: as expected, different and how, or refused. Stores nothing."""
    command = context_of(context)
    verdicts = []
    try:
        for verdict in check_live(names or crawlable(command.settings), command.settings, command.now.instant):
            verdicts.append(verdict)
            if not as_json:
                typer.echo(verdict.as_line())
    except NoSuchSource as error:
        raise CommandFailed(str(error)) from error
    if as_json:
        answer([vars(verdict) for verdict in verdicts], True, [])
    wrong = [verdict for verdict in verdicts if verdict.verdict != AS_EXPECTED]
    if wrong:
        raise typer.Exit(FAILED if len(wrong) == len(verdicts) else INCOMPLETE)
