"""person: what is kept of somebody, erasing somebody, and the sweep of what is past its last day."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.commands.context import answer, door
from tracker.errors import CommandFailed

if TYPE_CHECKING:
    from sqlmodel import Session

    from db.models import Stakeholder, User

person = typer.Typer(help="Personen: inzage, wissen en bewaartermijnen.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="An e-mail address of a user, or the number of a stakeholder.")]
AsJson = Annotated[bool, typer.Option("--json")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(person, name="person")


@person.command()
def export(context: typer.Context, who: Who) -> None:
    """Print everything that is kept of somebody, as JSON."""
    from db.models import User
    from db.session import reading
    from tracker.people.privacy import access_export, access_export_person

    with reading(door(context).engine) as session:
        row = _find(session, who)
        found = access_export(session, row) if isinstance(row, User) else access_export_person(session, row)
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))


@person.command()
def erase(
    context: typer.Context,
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase somebody and keep the record under a pseudonym."""
    from db.models import User
    from db.session import writing
    from tracker.errors import KeptByHold
    from tracker.people.privacy import erase_person, erase_user, note_erased

    opened = door(context)
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)
    try:
        with writing(opened.engine) as session:
            row, now = _find(session, who), opened.clock.now().instant
            report = erase_user(session, row, now) if isinstance(row, User) else erase_person(session, row, now)
            note_erased(session, report.who, "command line", now)
    except KeptByHold as error:
        raise CommandFailed(str(error)) from error
    answer(vars(report), as_json, report.lines())


@person.command()
def sweep(context: typer.Context, as_json: AsJson = False) -> None:
    """Erase every person whose last day of keeping has passed."""
    from db.session import writing
    from tracker.people import privacy

    opened = door(context)
    with writing(opened.engine) as session:
        reports = privacy.sweep(session, "command line", opened.clock.now().instant)
    lines = [line for report in reports for line in report.lines()] or ["niemand is over de bewaartermijn"]
    answer([vars(r) for r in reports], as_json, lines)


def _find(session: "Session", who: str) -> "User | Stakeholder":
    """The user of an address, or the stakeholder of a number."""
    from sqlmodel import select

    from db.models import Stakeholder, User

    if "@" in who:
        found: User | Stakeholder | None = session.exec(select(User).where(User.email == who.strip().lower())).first()
    else:
        found = session.get(Stakeholder, int(who)) if who.isdigit() else None
    if found is None:
        raise CommandFailed(f"no user or stakeholder {who}")
    return found
