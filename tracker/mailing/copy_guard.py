"""Whether this database is the one that sent before: a copy or an old backup starts with sending paused.

DATA_DIR/instance.json stands beside the database, not in it: which databases this machine sent from, and how far each
had come. A database that is unknown here, older than that, or elsewhere than where it was, may be a copy: two of them
would send everything twice.
"""

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from db.leases import database_clock
from db.models import Attempt, Lease, Run
from notifications.brakes import pause
from tracker.mailing.sent_before import note_sent

INSTANCE = "instance"
COPIED = "deze database is hierheen gekopieerd van elders"
OLDER = "deze database is ouder dan wat er al mee is verstuurd: teruggezet uit een back-up"
ALIVE = timedelta(minutes=5)


def check_not_a_copy(session: Session, data_dir: Path, now: datetime, trial: bool = False) -> str:
    """Compare the database with what this machine remembers; return why sending was paused, or nothing.

    ``trial``: only listed addresses get mail, so a copy may send. Raises OSError when DATA_DIR cannot be written.
    """
    path = data_dir / "instance.json"
    remembered, newest_sent, here = _read(path), _newest_sent(session), place(session)
    instances = select(Run.slot, Run.outcome).where(Run.job == INSTANCE).order_by(col(Run.id).desc())
    rows = session.exec(instances).all()
    name, noted_place = next(((name, noted) for name, noted in rows if name in remembered), ("", ""))
    elsewhere, why = not name or not same_place(noted_place, here), ""
    if elsewhere:
        joins = not name and any(same_place(noted, here) for _, noted in rows) and _others_alive(session)
        why = COPIED if rows and newest_sent and not joins else ""
    elif newest_sent < remembered[name]:
        why = OLDER
    if why and trial:
        return why  # and nothing is noted: without its list this is a copy as before
    if why:
        pause(session, why, now, everything=True)
    if elsewhere:
        name = secrets.token_hex(8)
        session.add(Run.done(INSTANCE, name, now, outcome=here))
    if remembered.get(name) != newest_sent:
        if name in remembered and not elsewhere:
            note_sent(session, data_dir, remembered[name], now)
        _write(path, remembered | {name: newest_sent})
    return why


def place(session: Session) -> str:
    """Where this database is, so that a copy of it is known: a file by number and path, or a server's database."""
    bind = session.get_bind()
    if bind.dialect.name != "postgresql":
        path = Path(bind.engine.url.database or "").resolve()
        return f"file {path.stat().st_ino} {path}" if path.is_file() else ""

    def scalar(query: str) -> Any:
        return session.connection().execute(text(query)).scalar_one()

    allowed = scalar("SELECT has_function_privilege('pg_control_system()', 'execute')")
    server = scalar("SELECT system_identifier FROM pg_control_system()") if allowed else "?"
    own = scalar("SELECT oid FROM pg_database WHERE datname = current_database()")
    return f"server {server} {own}"


def same_place(noted: str, here: str) -> bool:
    """Whether two places are one: a file that was renamed, or put back under its name, is; so is what nobody noted."""
    if not noted.startswith(("file ", "server ")) or not here:
        return True
    (kind, *before), (kind_here, *after) = noted.split(" ", 2), here.split(" ", 2)
    if kind == kind_here == "file":
        return before[0] == after[0] or before[1] == after[1]
    return noted == here


def _newest_sent(session: Session) -> int:
    # Only what was ended: an attempt that was written down and never begun is taken away again.
    ended = select(Attempt.id).where(col(Attempt.finished_at).is_not(None))
    return session.exec(ended.order_by(col(Attempt.id).desc()).limit(1)).first() or 0


def _others_alive(session: Session) -> bool:
    """Whether another machine works on this database now: then this one joins it and is no copy."""
    newest = session.exec(select(func.max(Lease.until))).one()
    return newest is not None and newest > database_clock(session) - ALIVE


def _read(path: Path) -> dict[str, int]:
    try:
        return {str(name): int(newest) for name, newest in json.loads(path.read_text("utf-8")).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def _write(path: Path, remembered: dict[str, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(remembered), "utf-8")
    part.replace(path)
