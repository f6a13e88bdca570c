"""Whether this database is the one that sent before: a copy or an old backup starts with sending paused.

DATA_DIR/instance.json stands beside the database, not in it: which databases this machine sent from, and how far each
had come. A database that is unknown here, or older than that, may be a copy: two of them would send everything twice.
"""

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.leases import database_clock
from db.models import Attempt, Lease, Run
from notifications.brakes import pause

INSTANCE = "instance"
ALIVE = timedelta(minutes=5)


def watch(session: Session, data_dir: Path, now: datetime, trial: bool = False) -> str:
    """Compare the database with what this machine remembers; returns why sending was paused, or nothing.

    ``trial``: only listed addresses get mail, so a copy may send. Raises OSError when DATA_DIR cannot be written.
    """
    path = data_dir / "instance.json"
    known = _read(path)
    high = _high_water(session)
    names = list(session.exec(select(Run.slot).where(Run.job == INSTANCE).order_by(col(Run.id).desc())))
    mine = next((name for name in names if name in known), None)
    why = ""
    if mine is None:
        if names and high and not _others_alive(session):
            why = "this database was copied here from elsewhere"
        mine = secrets.token_hex(8)
        session.add(Run(job=INSTANCE, slot=mine, started_at=now, finished_at=now, outcome=why))
    elif high < known[mine]:
        why = "this database is older than what was sent from it: restored from a backup"
    if why and not trial:
        pause(session, why, now, everything=True)
    if known.get(mine) != high:
        _write(path, known | {mine: high})
    return why


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
