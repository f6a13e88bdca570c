"""call: add, correct, join, part, show, compare and tell apart calls by hand, with a person's name on it."""

from typing import Annotated, Any

import typer
from sqlmodel import select

from db.models import User
from db.session import reading, writing
from tracker.calendar.decision_clock import replan_moved
from tracker.calls import corrections, duplicate_pairs, merge, parse_values
from tracker.calls.corrections import live_id
from tracker.calls.duplicate_pairs import candidates, dismissed
from tracker.calls.duplicates import proposals
from tracker.calls.sheet import as_lines, sheet
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.errors import NotPossible

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Calls by hand: add, correct, join, part, duplicates, dismiss, show.")
app.add_typer(group, name="call")

By = Annotated[str, typer.Option("--user", help="Address of the person who does this.")]
CallNumber = Annotated[int, typer.Argument(help="The call's number.")]


@group.command()
def add(
    context: typer.Context,
    title: Annotated[str, typer.Option(help="Its title.")],
    url: Annotated[str, typer.Option(help="The page that tells of it.")],
    user: By,
    closes: Annotated[str | None, typer.Option(help="2026-10-01 or 2026-10-01T17:00; several with commas.")] = None,
    opens: Annotated[str | None, typer.Option(help="As --closes.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who offers it.")] = None,
    summary: Annotated[str, typer.Option(help="What it is for.")] = "",
    budget: Annotated[str | None, typer.Option(help="EUR, all projects together.")] = None,
    instrument: Annotated[str, typer.Option(help="grant, spuk, loan, guarantee, prize ...")] = "grant",
    language: Annotated[str, typer.Option(help="nl or en.")] = "nl",
) -> None:
    """Add a call that no source tells of; it enters by the same door as what sources say."""

    def act(session: Any, who: Any, command: CommandContext) -> str:
        dates = {
            kind: parse_values.read_value(kind, text) for kind, text in (("opens", opens), ("closes", closes)) if text
        }
        deadlines = [{"kind": kind, **date} for kind, listed in dates.items() for date in listed]
        money = parse_values.read_value("budget", budget or "")
        more = {"publisher": publisher, "summary": summary, "budget": money, "instrument": instrument}
        fields = {"title": title, "url": url, "language": language, "deadlines": deadlines, **more}
        number = corrections.add_call(session, parse_values.listing(**fields), command.now.instant)
        corrections.note(session, number, "added", {"user": who.id}, command.now.instant)
        return f"call {number} added"

    _by_person(context, user, act)


@group.command()
def correct(
    context: typer.Context,
    call: CallNumber,
    field: Annotated[str, typer.Option(help="A field such as title or budget, or a kind of date such as closes.")],
    user: By,
    value: Annotated[str | None, typer.Option(help="The right value; dates as 2026-10-01T17:00.")] = None,
    reason: Annotated[str, typer.Option(help="How you know.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take your correction back.")] = False,
) -> None:
    """Correct a field; every crawl respects it, and notes when the source says the same."""
    if (value is None) != withdraw:
        raise typer.BadParameter("give --value, or --withdraw")

    def act(session: Any, who: Any, command: CommandContext) -> str:
        now, number = command.now.instant, live_id(session, call)
        if value is not None:
            corrections.correct(session, who, number, field, parse_values.read_value(field, value), reason, now)
            return f"call {number}: {field} corrected"
        standing = corrections.standing_correction(session, number, field)
        corrections.take_back(session, standing, now)
        return f"call {number}: correction of {field} withdrawn"

    _by_person(context, user, act)


@group.command()
def join(
    context: typer.Context,
    keep: Annotated[int, typer.Argument(help="The call that stays.")],
    other: Annotated[int, typer.Argument(help="The call that becomes part of it.")],
    user: By,
) -> None:
    """Join two calls that are one: sightings move, links to the other lead here."""

    def act(session: Any, who: Any, command: CommandContext) -> str:
        into = live_id(session, keep)
        merge.join(session, other, into, command.now.instant, who)
        return f"call {other} is now part of call {into}"

    _by_person(context, user, act)


@group.command()
def part(context: typer.Context, other: CallNumber, user: By) -> None:
    """Undo a join."""

    def act(session: Any, who: Any, command: CommandContext) -> str:
        return f"call {other} parted from call {merge.part(session, other, command.now.instant, who)}"

    _by_person(context, user, act)


def _by_person(context: typer.Context, email: str, act: Any) -> None:
    """In one transaction, by a person we know; says in one line what was done or why not. Then it is matched."""
    command = context_of(context)
    with writing(command.engine) as session:
        who = session.exec(select(User).where(User.email == email.strip().lower())).one_or_none()
        if who is None or who.deactivated_at is not None:
            raise NotPossible(f"no user {email}; 'kansenradar user add' makes one")
        done = act(session, who, command)
        replan_moved(session, command.now.instant)
    typer.echo(done)
    match_waiting(command)


@group.command()
def show(context: typer.Context, call: CallNumber, as_json: AsJson = False) -> None:
    """Everything known of a call: fields with their source, dates, conflicts, sightings and what changed."""
    command = context_of(context)
    with reading(command.engine) as session:
        facts = sheet(session, live_id(session, call), command.now.instant)
    answer(facts, as_json, as_lines(facts))


@group.command()
def duplicates(context: typer.Context, as_json: AsJson = False) -> None:
    """Calls that may be one, with reasons; 'call join' confirms, 'call dismiss' says no."""
    command = context_of(context)
    with reading(command.engine) as session:
        pairs = proposals(candidates(session, command.now.instant), dismissed(session))
    lines = [f"{p.first} = {p.second}?  {p.score:.2f}  {', '.join(p.reasons)}" for p in pairs]
    answer([vars(p) for p in pairs], as_json, lines or ["no calls look alike"])


@group.command()
def dismiss(
    context: typer.Context,
    one: Annotated[int, typer.Argument(help="A call.")],
    other: Annotated[int, typer.Argument(help="The call that only looks like it.")],
    user: By,
    reason: Annotated[str, typer.Option(help="How you know.")] = "",
) -> None:
    """Say that two calls are two: they are never proposed as one again."""

    def act(session: Any, who: Any, command: CommandContext) -> str:
        fresh = duplicate_pairs.dismiss(session, one, other, who, reason, command.now.instant)
        return f"call {one} and call {other} are two" + ("" if fresh else "; somebody said so before")

    _by_person(context, user, act)
