"""person: what is kept of somebody, erasing somebody, and the sweep of what is past its last day."""

import json
from typing import Annotated

import typer
from sqlmodel import Session, select

from db.models import Stakeholder, User
from db.session import reading, writing
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import CommandFailed
from tracker.people import privacy
from tracker.people.privacy import access_export, access_export_person, erase_person, erase_user, note_erased

app = typer.Typer()


person = typer.Typer(help="What is kept of somebody: show it, erase it, keep to its terms.", no_args_is_help=True)
app.add_typer(person, name="person")
Who = Annotated[str, typer.Argument(help="An e-mail address of a user, or the number of a stakeholder.")]


@person.command()
def export(context: typer.Context, who: Who) -> None:
    """Print everything that is kept of somebody, as JSON."""
    with reading(context_of(context).engine) as session:
        row = _find(session, who)
        everything = access_export(session, row) if isinstance(row, User) else access_export_person(session, row)
        typer.echo(json.dumps(everything, ensure_ascii=False, indent=1, default=str))


@person.command()
def erase(
    context: typer.Context,
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase somebody and keep the record under a pseudonym."""
    command = context_of(context)
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)
    with writing(command.engine) as session:
        row, now = _find(session, who), command.now.instant
        report = erase_user(session, row, now) if isinstance(row, User) else erase_person(session, row, now)
        note_erased(session, report.who, "command line", now)
    answer(vars(report), as_json, report.lines())


@person.command()
def sweep(context: typer.Context, as_json: AsJson = False) -> None:
    """Erase every person whose last day of keeping has passed."""
    command = context_of(context)
    with writing(command.engine) as session:
        reports = privacy.sweep(session, "command line", command.now)
    lines = [line for report in reports for line in report.lines()] or ["niemand is over de bewaartermijn"]
    answer([vars(r) for r in reports], as_json, lines)


def _find(session: Session, who: str) -> User | Stakeholder:
    """The user of an address, or the stakeholder of a number."""
    if "@" in who:
        person: User | Stakeholder | None = session.exec(select(User).where(User.email == who.strip().lower())).first()
    else:
        person = session.get(Stakeholder, int(who)) if who.isdigit() else None
    if person is None:
        raise CommandFailed(f"no user or stakeholder {who}")
    return person
