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

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from db.leases import database_clock
from db.models import Attempt, Lease, Run
from notifications.brakes import pause

INSTANCE = "instance"
COPIED = "this database was copied here from elsewhere"
OLDER = "this database is older than what was sent from it: restored from a backup"
ALIVE = timedelta(minutes=5)


def check_not_a_copy(session: Session, data_dir: Path, now: datetime, trial: bool = False) -> str:
    """Compare the database with what this machine remembers; returns why sending was paused, or nothing.

    ``trial``: only listed addresses get mail, so a copy may send. Raises OSError when DATA_DIR cannot be written.
    """
    path = data_dir / "instance.json"
    known, high, here = _read(path), _high_water(session), place(session)
    instances = select(Run.slot, Run.outcome).where(Run.job == INSTANCE).order_by(col(Run.id).desc())
    rows = session.exec(instances).all()
    mine, there = next(((name, where) for name, where in rows if name in known), ("", ""))
    elsewhere, why = not mine or not same_place(there, here), ""
    if elsewhere:
        joins = not mine and any(same_place(where, here) for _, where in rows) and _others_alive(session)
        why = COPIED if rows and high and not joins else ""
    elif high < known[mine]:
        why = OLDER
    if why and trial:
        return why  # and nothing is noted: without its list this is a copy as before
    if why:
        pause(session, why, now, everything=True)
    if elsewhere:
        mine = secrets.token_hex(8)
        session.add(Run(job=INSTANCE, slot=mine, started_at=now, finished_at=now, outcome=here))
    if known.get(mine) != high:
        _write(path, known | {mine: high})
    return why


def place(session: Session) -> str:
    """Where this database is, so that a copy of it is known: a file by number and path, or a server's database."""
    bind = session.get_bind()
    if bind.dialect.name != "postgresql":
        path = Path(bind.engine.url.database or "").resolve()
        return f"file {path.stat().st_ino} {path}" if path.is_file() else ""
    ask = session.connection()
    allowed = ask.execute(text("SELECT has_function_privilege('pg_control_system()', 'execute')")).scalar_one()
    server = ask.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one() if allowed else "?"
    own = ask.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    return f"server {server} {own}"


def same_place(there: str, here: str) -> bool:
    """Whether two places are one: a file that was renamed, or put back under its name, is; so is what nobody noted."""
    if not there.startswith(("file ", "server ")) or not here:
        return True
    one, other = there.split(" ", 2), here.split(" ", 2)
    if one[0] == other[0] == "file":
        return one[1] == other[1] or one[2] == other[2]
    return one == other


def _high_water(session: Session) -> int:
    # Only what was ended: an attempt that was written down and never begun is taken away again.
    ended = select(Attempt.id).where(col(Attempt.finished_at).is_not(None))
    return session.exec(ended.order_by(col(Attempt.id).desc()).limit(1)).first() or 0


def _others_alive(session: Session) -> bool:
    """Whether another machine works on this database now: then this one joins it and is no copy."""
    newest = session.exec(select(func.max(Lease.until))).one()
    return newest is not None and newest > database_clock(session) - ALIVE


def _read(path: Path) -> dict[str, int]:
    try:
        return {str(name): int(high) for name, high in json.loads(path.read_text("utf-8")).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def _write(path: Path, known: dict[str, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(known), "utf-8")
    part.replace(path)
