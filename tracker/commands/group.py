"""Every command on one page: its name, its module, and its line in the help. The module is imported when asked for."""

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

COMMANDS = {
    "init": ("administration", "Create or upgrade the database; safe to repeat."),
    "ical": ("calendar", "Write the deadlines of all calls as a calendar file."),
    "crawl": ("crawl", "Fetch, store and match: one line per source."),
    "sources": ("crawl", "Show every source: last complete crawl, state and error."),
    "release": ("crawl", "Let the held calls of a source through to mail."),
    "demo": ("demo", "Show the whole product on recorded answers."),
    "export": ("export", "Write calls, or what people keep, as a file."),
    "import": ("import_files", "Take in calls, contacts, or people with their subscriptions."),
    "plan": ("mail", "Put due digests and reminders in the outbox."),
    "send": ("mail", "Empty the outbox of what is due."),
    "pause": ("mail", "Stop sending until 'resume'."),
    "resume": ("mail", "Send again."),
    "bounces": ("mail", "Read what came back undelivered."),
    "outbox": ("mail", "Show what waits, what left and what is broken."),
    "match": ("match", "Match calls to the opgaven of the agenda."),
    "evaluate": ("match", "Measure the matcher on labelled calls."),
    "read-questions": ("read_questions", "Ask the second reader about what the first left open."),
    "read-facts": ("read_facts", "Read dates and amounts from texts, without a crawl."),
    "subscribe": ("people", "Mail a person about some opgaven, or about all."),
    "verdict": ("people", "Record what a person thinks of a call for an opgave."),
    "run": ("run", "Run clock and pages in one process: all of it."),
    "schedule": ("run", "Run the clock alone: crawl, plan and send what is due."),
    "worker": ("run", "Send what is due, beside the clock and other workers."),
    "serve": ("serve", "Serve the pages until stopped."),
    "why": ("trace", "Show what happened to a call, up to each mailbox."),
    "try": ("trace", "Show what a subscription would have sent."),
    "backup": ("upkeep", "Write the whole database to one file."),
    "restore": ("upkeep", "Fill a new database from a backup."),
    "check": ("upkeep", "See whether sources, clock and backup are in order."),
    "prune": ("upkeep", "Delete what is past its time of keeping."),
    "call": ("calls", "Add, correct, join, part, compare and show calls by hand."),
    "user": ("people", "Add, list and end accounts, and change their role."),
    "person": ("person", "Show or erase what is kept of somebody."),
    "source": ("sources", "Add a source, or look at one."),
}


STAYING = frozenset({"run", "serve"})  # processes that live for weeks


class CommandGroup(TyperGroup):
    """Knows every command by its name and line, and imports the code of the one that is called.

    `--help` took 0.65 s while it imported every module, with most of their imports inside functions (2026-11-29).
    """

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands.update({name: TyperCommand(name, short_help=line) for name, (_, line) in COMMANDS.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command of these arguments, with its code."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(str(name)), rest


def load(name: str) -> Any:
    """A command with its code; plain text, as a box around an error breaks the one clear line over several."""
    if name in STAYING:
        importlib.import_module("tracker.commands.memory").settle()
    parent = typer.Typer(rich_markup_mode=None)
    parent.add_typer(importlib.import_module(f"tracker.commands.{COMMANDS[name][0]}").app)
    return get_group(parent).commands[name]
