"""read-questions: ask the second reader, where there is one, about what the first left open."""

from typing import Any

import typer

from tracker.calls.reader_endpoint import AskingRound, Endpoint
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import CommandFailed
from tracker.matching.second_opinion import ask_opinions
from tracker.settings import Settings
from tracker.sources.second_reader import read_questions

app = typer.Typer()


@app.command("read-questions")
def ask(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask the second reader about open questions; what it says is a proposal, never a fact."""
    command = context_of(context)
    endpoint = endpoint_of(command.settings)
    if endpoint is None:
        raise CommandFailed("there is no second reader: set KANSENRADAR_READER_URL and KANSENRADAR_READER_MODEL")
    outcome = read_questions(command.engine, endpoint, command.now.instant)
    opinions = ask_opinions(command.engine, endpoint, command.now.instant)
    told = {**_as_json(outcome, "proposed"), "opinions": _as_json(opinions, "quoted")}
    answer(told, as_json, [as_line(outcome), opinions_as_line(opinions)])


def _as_json(outcome: AskingRound, used: str) -> dict[str, Any]:
    counts = {"asked": outcome.asked, used: outcome.used, "thrown_away": outcome.thrown_away}
    return {**counts, "stopped": outcome.stopped}


def endpoint_of(settings: Settings) -> Endpoint | None:
    """The second reader of the settings; none where it is off."""
    if not settings.reader_url or not settings.reader_model:
        return None
    return Endpoint(
        settings.reader_url, settings.reader_key.get_secret_value(), settings.reader_model,
        settings.reader_calls, settings.reader_euros, settings.reader_price, settings.outgoing,
    )  # fmt: skip


def as_line(outcome: AskingRound) -> str:
    """For people."""
    return _line(f"second reader: {outcome.asked} asked, {outcome.used} proposed", outcome)


def opinions_as_line(outcome: AskingRound) -> str:
    """The same of borderline matches."""
    return _line(f"borderline matches: {outcome.asked} asked, {outcome.used} quoted", outcome)


def _line(brought: str, outcome: AskingRound) -> str:
    return "; ".join(filter(None, (f"{brought}, {outcome.thrown_away} thrown away", outcome.stopped)))
