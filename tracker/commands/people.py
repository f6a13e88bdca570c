"""user add, subscribe, verdict: people, what they get and what they think."""

from typing import Annotated

import typer
from sqlmodel import col, select

from db.models import Challenge, User
from db.session import reading, writing
from db.vocabulary import Cadence, NoReason, Role, Say, spoken
from db.vocabulary_audit import Action
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import WRONG_USAGE, CommandFailed, NotPossible
from tracker.mailing.trace import find_call
from tracker.matching.verdicts import judge
from tracker.people.access import end_access
from tracker.people.on_record import put_on_record
from tracker.people.participants import participant_id
from tracker.people.subscriptions import add_user, choose_reminders, find_user
from tracker.people.subscriptions import subscribe as ask
from tracker.rights import Deed

app = typer.Typer()

ROLES = ", ".join(role.label for role in Role)
user = typer.Typer(help="People.", no_args_is_help=True)
app.add_typer(user, name="user")


@user.command("add")
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The person's mail address.")],
    name: Annotated[str, typer.Option("--name", help="As colleagues call them.")],
    participant: Annotated[str, typer.Option("--participant", help="Where they work, such as 'haarlem'.")],
    role: Annotated[str, typer.Option("--role", help=f"What they may do: {ROLES}.")] = Role.READER.label,
    as_json: AsJson = False,
) -> None:
    """Add a person; the first administrator too."""
    command, meant = context_of(context), _role(role)
    with writing(command.engine) as session:
        made = add_user(session, email, name, meant, participant_id(session, participant), command.now)
    answer({"id": made.id, "email": made.email}, as_json, [f"user {made.id}: {made.email}, {meant.label}"])


@user.command("list")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print who may come in, and who could before."""
    with reading(context_of(context).engine) as session:
        people = session.exec(select(User).order_by(col(User.deactivated_at).is_not(None), User.email)).all()
    rows = [{"id": who.id, **_said(who), "access": who.deactivated_at is None} for who in people]
    lines = [f"{row['email']}: {row['role']}, {row['participant']}{'' if row['access'] else ', ended'}" for row in rows]
    answer(rows, as_json, lines)


def _role(said: str) -> Role:
    meant = spoken(Role, said)
    if meant is None:
        raise CommandFailed(f"no role {said!r}; there are {ROLES}", WRONG_USAGE)
    return Role(meant)


def _said(who: User) -> dict[str, str]:
    return {"email": who.email, "name": who.name, "role": Role(who.role).label, "participant": who.participant_id}


@user.command("role")
def change_role(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose role.")],
    role: Annotated[str, typer.Argument(help=f"What they may do from now on: {ROLES}.")],
) -> None:
    """Give a person another role; it holds from their next page on."""
    command, meant = context_of(context), _role(role)
    with writing(command.engine) as session:
        person = find_user(session, email)
        before, person.role = person.role, meant
        about, result = f"user {person.id}", f"role {before} to {person.role}"
        put_on_record(session, command.now.instant, Action.PERSON_CHANGED, about, result)
    typer.echo(f"{person.email}: {meant.label}")


@user.command("end")
def end(context: typer.Context, email: Annotated[str, typer.Argument(help="Who leaves.")]) -> None:
    """Shut a person out at once, also while nobody can sign in: sessions, links, keys and mail that waits."""
    command = context_of(context)
    with writing(command.engine) as session:
        person = find_user(session, email)
        end_access(Deed(session, person, command.now.instant), person)
        put_on_record(session, command.now.instant, Action.ACCESS_ENDED, f"user {person.id}")
    typer.echo(f"{person.email}: access ended")


@user.command("reminders")
def reminders(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose reminders.")],
    days: Annotated[str, typer.Option("--days", help="How many days before a date, such as 30,7,1; empty: none.")],
    as_json: AsJson = False,
) -> None:
    """Choose how many days before a date of a followed call a person is reminded."""
    command = context_of(context)
    try:
        chosen = [int(day) for day in days.replace(",", " ").split()]
    except ValueError as error:
        raise CommandFailed(f"{days!r} are no days, such as 30,7,1", WRONG_USAGE) from error
    with writing(command.engine) as session:
        person = find_user(session, email)
        choose_reminders(session, person, chosen, command.now.instant)
    kept = person.reminder_days if chosen else []
    as_text = ", ".join(map(str, kept)) or "no reminders"
    answer({"user": person.email, "reminders": person.reminders, "days": kept}, as_json, [f"{person.email}: {as_text}"])


@app.command()
def subscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose subscription.")],
    every: Annotated[Cadence, typer.Option("--every", help="How often.")],
    opgave: Annotated[list[str] | None, typer.Option("--opgave", help="An opgave; repeat for more.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All opgaven.")] = False,
    weekday: Annotated[int, typer.Option(help="For --every week: 0 is Monday.", min=0, max=6)] = 0,
    most: Annotated[
        int | None, typer.Option("--at-most", "--most", help="Told in full; 6 a week or 3 a day.", min=1, max=100)
    ] = None,
    nothing_new: Annotated[bool, typer.Option("--nothing-new", help="Mail also when there is nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Mail a person about some opgaven, or about all; asking twice gives one subscription."""
    if bool(opgave) == everything:
        raise CommandFailed("say either --opgave ID (once or more) or --all", WRONG_USAGE)
    command = context_of(context)
    with writing(command.engine) as session:
        person = find_user(session, email)
        wanted = tuple(opgave or ())
        made, new = ask(session, person, wanted, every, command.now.instant, weekday, most, nothing_new or None)
        reminders = person.reminders
    what = ", ".join(opgave or ["alle opgaven"])
    line = f"{person.email}: {every.label}, {what}" + ("" if new else " (was there already)")
    silent = [] if reminders else [f"reminders are off; 'user reminders {person.email} --days 30,7,1' turns them on"]
    answer({"id": made.id, "user": person.email, "new": new, "reminders": reminders}, as_json, [line, *silent])


@app.command()
def verdict(
    context: typer.Context,
    call: Annotated[str, typer.Argument(help="Number, identifier, address or title.")],
    email: Annotated[str, typer.Option("--user", help="Who says it.")],
    say: Annotated[Say, typer.Option("--say", help="yes, no or later.")],
    opgave: Annotated[str | None, typer.Option("--opgave", help="For which opgave.")] = None,
    reason: Annotated[NoReason | None, typer.Option("--reason", help="Why not; 'other' unless said.")] = None,
    remark: Annotated[str, typer.Option("--remark", help="In your own words.")] = "",
    team: Annotated[bool, typer.Option("--team", help="It holds for the whole team of the participant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record what a person thinks of a call for an opgave."""
    command = context_of(context)
    with writing(command.engine) as session:
        person, wanted = find_user(session, email), find_call(session, call)
        if opgave is not None and session.get(Challenge, opgave) is None:
            raise NotPossible(f"no opgave {opgave!r}")
        given = reason or (NoReason.OTHER if say is Say.NO else None)
        judged = judge(session, person, wanted.id, opgave, say, command.now.instant, given, remark, team=team)
    answer({"id": judged.id, "call": wanted.id, "say": say.value}, as_json, [f"{say.label}: {wanted.title}"])
