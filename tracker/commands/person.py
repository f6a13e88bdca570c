"""person: what is kept of somebody, erasing somebody, and the sweep of what is past its last day."""

import json
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, select

from db.models import Stakeholder, User
from db.session import reading, writing
from notifications.mail_folder import remove_letters
from tracker.care import retention
from tracker.care.access import access_export, access_export_person, as_one_file, note_exported
from tracker.care.erasure import Preview, erase_person, erase_user, note_erased, preview, scrub
from tracker.commands.context import AsJson, answer, context_of
from tracker.errors import CommandFailed
from tracker.people.data_register import days_set

app = typer.Typer()


person = typer.Typer(help="What is kept of somebody: show it, erase it, keep to its terms.", no_args_is_help=True)
app.add_typer(person, name="person")
Who = Annotated[str, typer.Argument(help="An e-mail address of a user, or the number of a stakeholder.")]


@person.command()
def export(
    context: typer.Context,
    who: Who,
    file: Annotated[Path | None, typer.Option("--file", help="Write JSON, HTML and Excel to this ZIP.")] = None,
) -> None:
    """Print everything that is kept of somebody, as JSON, or write it to a file."""
    command = context_of(context)
    with writing(command.engine) as session:
        row = _find(session, who)
        everything = access_export(session, row) if isinstance(row, User) else access_export_person(session, row)
        note_exported(session, row, "command line", command.now.instant)
    if file is None:
        typer.echo(json.dumps(everything, ensure_ascii=False, indent=1, default=str))
        return
    file.write_bytes(as_one_file(everything, command.now.instant))
    typer.echo(f"{sum(map(len, everything.values()))} rows written to {file}")


@person.command()
def erase(
    context: typer.Context,
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Tell where the name stands, and erase nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase somebody and keep the record under a pseudonym."""
    command = context_of(context)
    if dry:
        with reading(command.engine) as session:
            seen = preview(session, _find(session, who), command.now.instant)
        typer.echo("\n".join(_foretold(seen)))
        return
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)
    with writing(command.engine) as session:
        row, now = _find(session, who), command.now.instant
        address = row.email if isinstance(row, User) else ""
        report = erase_user(session, row, now) if isinstance(row, User) else erase_person(session, row, now)
        note_erased(session, report.who, "command line", now)
    scrub(command.engine)
    report.files = remove_letters(command.settings.mail, address) if address else 0
    answer(vars(report), as_json, report.lines())


def _foretold(seen: Preview) -> list[str]:
    lines = [f"wordt gewist: {place.name}" for place in seen.sure]
    lines += [f"alleen de achternaam, na te lezen: {place.name}" for place in seen.doubtful]
    lines += [f"in een openbare bron, blijft: {place.name}" for place in seen.published]
    lines += [f"bestand, na te lezen: document {number}" for number in seen.files]
    return [*lines, *(f"bewaard: dossier {number}: {why}" for number, why in seen.held.items())] or [
        "de naam staat nergens"
    ]


@person.command()
def sweep(context: typer.Context, as_json: AsJson = False) -> None:
    """Erase every person whose last day of keeping has passed."""
    command = context_of(context)
    with writing(command.engine) as session:
        (swept,) = retention.sweep(session, days_set(command.settings), command.now, only=("persons",))
    if swept.count:
        scrub(command.engine)
    answer(vars(swept), as_json, [swept.line()])


def _find(session: Session, who: str) -> User | Stakeholder:
    """The user of an address, or the stakeholder of a number."""
    if "@" in who:
        person: User | Stakeholder | None = session.exec(select(User).where(User.email == who.strip().lower())).first()
    else:
        person = session.get(Stakeholder, int(who)) if who.isdigit() else None
    if person is None:
        raise CommandFailed(f"no user or stakeholder {who}")
    return person
