"""source new, record, try and check: add a source, and see whether it still is what its spider expects."""

from typing import Annotated

import typer

from scrapers.sources import NoSuchSource
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import FAILED, INCOMPLETE, CommandFailed
from tracker.sources import own_pages
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
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page or sitemap that lists its schemes.")],
    publisher: Annotated[str, typer.Option(help="Whose page it is.")],
    links: Annotated[str, typer.Option(help="Which paths are schemes: an expression; the likeliest if none.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep it as a source; without, only show what is read.")] = False,
) -> None:
    """Look at a page as on the page Bronnen, and with --keep make it a watched page of this installation."""
    command = context_of(context)
    seen = own_pages.look(publisher, url, links, command.settings, command.now.instant)
    for shape in seen.shapes:
        typer.echo(f"{len(shape.links)} links like {shape.pattern}, such as {shape.links[0].address}")
    typer.echo("\n".join(table(seen.crawled)))
    if keep:
        typer.echo(f"wrote {own_pages.keep(seen.watched, command.settings)}: the next crawl reads it")


@group.command()
def pause(
    context: typer.Context, name: Name, why: Annotated[str, typer.Option(help="Why, for who reads the page.")]
) -> None:
    """Ask a source no more until 'source resume'; what it said stays."""
    own_pages.pause(name, why, context_of(context).settings)
    typer.echo(f"{name} is paused")


@group.command()
def resume(context: typer.Context, name: Name) -> None:
    """Ask a source again that was paused."""
    own_pages.take_up(name, context_of(context).settings)
    typer.echo(f"{name} is asked again")


@group.command()
def retire(context: typer.Context, name: Name) -> None:
    """A watched page of this installation is a source no more; its description is kept aside, its calls stay."""
    typer.echo(
        f"{name} is no source any more; its description: {own_pages.give_up(name, context_of(context).settings)}"
    )


@group.command()
def record(context: typer.Context, name: Name) -> None:
    """Ask the source for its first pages and keep them as its recording."""
    command = context_of(context)
    try:
        crawled = record_pages(name, command.settings, command.now.instant)
        keep_expectation(name, command.settings)
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
