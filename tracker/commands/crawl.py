"""crawl, sources, release: ask the sources, see how they stand, let held calls through."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from db.session import reading, writing
from scrapers.sources import names as shipped
from tracker.calendar.council_dates import keep_council_dates
from tracker.calendar.decision_clock import replan_stored
from tracker.calls import floods
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.commands.read_questions import as_line, endpoint_of, opinions_as_line
from tracker.commands.sources import check
from tracker.errors import INCOMPLETE, WRONG_USAGE, CommandFailed
from tracker.matching.second_opinion import ask_opinions
from tracker.sources.coverage import SourceCoverage, as_age, coverage
from tracker.sources.crawl import crawlable, own_watched, unknown_sources, wrong_watched
from tracker.sources.rounds import QUEUE, crawl_sources
from tracker.sources.second_reader import read_questions

app = typer.Typer()
APART = {"notubiz": keep_council_dates}  # what is kept elsewhere than among the calls


@app.command()
def crawl(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE ...]", help="All that are on, if none.")] = None,
    round_since: Annotated[
        str | None, typer.Option("--since", metavar="ISO", help="Leave out who was asked since then.")
    ] = None,
    queued: Annotated[bool, typer.Option("--queued", help="For the queue: matching is another job.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch, store and match: one line per source. Exit code 3 when a source was incomplete, each named on one line."""
    command = context_of(context)
    wanted = _known(command, names or [])
    _remarks(command, "" if wanted else "no source is on")
    show = typer.echo if not as_json else _nothing
    outcomes = []
    progress = _progress()
    now, is_set = command.now.instant, command.clock.is_set
    since = datetime.fromisoformat(round_since) if round_since else None
    more: dict[str, Any] = {"apart": APART, "holder": QUEUE if queued else ""}
    for outcome in crawl_sources(command.engine, command.settings, wanted, now, is_set, progress, since, **more):
        outcomes.append(outcome)
        replan_stored(command.engine, command.now.instant)
        show(outcome.as_line())
    if not queued:
        _match(command, show)
    if as_json:
        answer([outcome.as_json() for outcome in sorted(outcomes, key=lambda o: o.source)], True, [])
    incomplete = [outcome for outcome in outcomes if not outcome.complete]
    if incomplete:
        typer.echo("incomplete: " + "; ".join(f"{o.source}: {o.why}" for o in incomplete), err=True)
        raise typer.Exit(INCOMPLETE)


def _match(command: CommandContext, show: Callable[[str], None]) -> None:
    """Match what came in, and ask the second reader, where there is one."""
    matched = match_waiting(command)
    show(f"{matched.calls} calls matched, {matched.matches} matches")
    if (endpoint := endpoint_of(command.settings)) is not None:
        show(as_line(read_questions(command.engine, endpoint, command.now.instant)))
        show(opinions_as_line(ask_opinions(command.engine, endpoint, command.now.instant)))


def _nothing(_line: str) -> None:
    """Machines get no lines between."""


def _progress() -> Any:
    """What a source is doing, on a terminal only: elsewhere its one line at the end is enough."""
    if not sys.stderr.isatty():
        return _nothing
    return lambda line: typer.echo(f"\r\x1b[K{line}", nl=False, err=True)


def _known(command: CommandContext, names: list[str]) -> list[str]:
    known = {*shipped(), *own_watched(command.settings)}
    for name in names:
        if name not in known:
            raise CommandFailed(f"no source {name!r}; there are {', '.join(sorted(known))}", WRONG_USAGE)
    return list(dict.fromkeys(names)) or crawlable(command.settings)


@app.command()
def sources(
    context: typer.Context,
    live: Annotated[bool, typer.Option("--check-live", help="Ask each for as little as possible and compare.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every source: what it is, its age and state, seen against expected, what it promises and cannot see."""
    if live:
        check(context, [], as_json)
        return
    command = context_of(context)
    with reading(command.engine) as session:
        rows = coverage(session, command.settings, command.now.instant)
    answer([row.as_json() for row in rows], as_json, _table(rows))
    _remarks(command)


def _remarks(command: CommandContext, *more: str) -> None:
    """What the settings and the watched pages name and nobody knows: one line each, and the rest goes on."""
    for line in (*more, *unknown_sources(command.settings), *wrong_watched(command.settings)):
        if line:
            typer.echo(line, err=True)


def _table(rows: list[SourceCoverage]) -> list[str]:
    """A line a source, and below that what each promises and cannot see."""
    columns = ("source", "form", "state", "age", "seen", "expected", "trend", "held", "error")
    told = [row.as_json() | {"age": as_age(row.age)} for row in rows]
    cells = [columns, *(tuple(_cell(row[name]) for name in columns) for row in told)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    table = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells]
    covered = [f"{row.name}: {row.promises}. Niet: {row.unseen}." for row in rows]
    moved = [f"{row.name} has moved for good: {row.health.moved}" for row in rows if row.health.moved]
    return [*table, "", *moved, *covered]


def _cell(value: Any) -> str:
    return "-" if value in (None, "") else str(value)


@app.command()
def release(context: typer.Context, source: Annotated[str, typer.Argument(help="The source to release.")]) -> None:
    """Let the held calls of a source through to mail, after a look at them."""
    command = context_of(context)
    _known(command, [source])
    with writing(command.engine) as session:
        count = floods.release(session, source, command.now.instant)
    typer.echo(f"{source}: {count} held calls released")
