"""match and evaluate: link calls to opgaven, and measure how well that goes."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.operations.progress import progress

if TYPE_CHECKING:
    from tracker.matching.run import MatchingResult

app = typer.Typer()


def match_waiting(command: CommandContext) -> "MatchingResult":
    """Match what is new or changed since the last time: after a crawl, and after people add or correct calls.

    The matcher is imported here: other commands of the callers do without.
    """
    from tracker.matching.run import match_with_model

    with progress("matching") as show:
        return match_with_model(command.engine, command.now.instant, progress=show)


@app.command()
def match(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Match every call again.")] = False,
    shard: Annotated[str, typer.Option("--shard", metavar="N/OF", help="One part of several, such as 1/4.")] = "1/1",
    as_json: AsJson = False,
) -> None:
    """Match calls to the opgaven of the agenda; only what is new or changed, or all with --rebuild."""
    from tracker.matching import installed, model_name
    from tracker.matching.run import match_with_model

    command, begun = context_of(context), time.monotonic()
    with progress("matching") as show:
        done = match_with_model(command.engine, command.now.instant, rebuild, show, _part(shard))
    seconds = round(time.monotonic() - begun, 2)
    model = model_name(installed())
    data = {"calls": done.calls, "matches": done.matches, "seconds": seconds, "model": model}
    lines = [f"{done.calls} calls matched, {done.matches} matches, {seconds} s"]
    answer(data, as_json, lines if installed() else [*lines, f"without sentence vectors: {model}"])


def _part(shard: str) -> tuple[int, int]:
    number, _, of = shard.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise CommandFailed(f"{shard!r} is no part such as 1/4", WRONG_USAGE)
    return int(number), int(of)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled calls, JSON lines.")],
    as_json: AsJson = False,
) -> None:
    """Measure the matcher on labelled calls."""
    from tracker.matching import Matcher, embedder
    from tracker.matching.corpus import LabelsUnreadable
    from tracker.matching.evaluate import evaluate as measure
    from tracker.matching.run import shipped_challenges

    try:
        with progress("measuring") as show:
            report = measure(file, Matcher(shipped_challenges(), embedder()), show)
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error
    except LabelsUnreadable as error:
        raise CommandFailed(f"cannot read {file}: {error}") from error
    answer(report.as_json(), as_json, [report.as_text()])
