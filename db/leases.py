"""Who may do a job now: a lease with a fencing number, on the database's own clock."""

import os
import secrets
import socket
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, select

from db.models import Lease

LEASE = timedelta(seconds=90)
BOOT, SPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def database_clock(session: Session) -> datetime:
    """The database's clock, in UTC: the same for every process, whatever ``--now`` says."""
    if session.get_bind().dialect.name == "postgresql":
        found: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        return found.astimezone(UTC)
    stamp = session.connection().execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC)


@cache
def this_machine() -> str:
    """``host/boot.space``: where a process number means one process; containers may share a name, and each has a 1.

    The boot's id and the space of process numbers, where the kernel tells them; else nobody here is ever called dead.
    """
    try:
        boot = BOOT.read_text("ascii").strip().replace("-", "")[:12]
        return f"{socket.gethostname()}/{boot}.{SPACE.stat().st_ino}"
    except (OSError, UnicodeDecodeError):
        return f"{socket.gethostname()}/{secrets.token_hex(8)}"


def this_process() -> str:
    """``host/boot.space:process``: who holds a lease, so that the dead can be told from the slow."""
    return f"{this_machine()}:{os.getpid()}"


def this_turn() -> str:
    """``host/boot.space:process#name``: who sends now; another each time, since numbers come back."""
    return f"{this_process()}#{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the holder ran where our process numbers count and is gone; elsewhere nobody can say, so False."""
    machine, _, process = holder.partition("#")[0].rpartition(":")
    if machine != this_machine() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _locked(session: Session, name: str) -> Lease | None:
    return session.exec(select(Lease).where(Lease.name == name).with_for_update()).one_or_none()


def take(session: Session, name: str, holder: str, lasts: timedelta = LEASE) -> int | None:
    """Take or renew a lease and return its epoch; None while somebody else holds it.

    The epoch grows whenever the lease passes to another hand, so that a holder that slept past its end is known
    by its old number. Runs in the caller's transaction.
    """
    now = database_clock(session)
    lease = _locked(session, name)
    if lease is None:
        session.add(Lease(name=name, holder=holder, epoch=1, until=now + lasts))
        session.flush()
        return 1
    over = lease.until <= now or lease.until > now + 2 * lasts  # nobody holds on that long: the clock was set back
    if lease.holder != holder or over:
        if not over and not is_dead(lease.holder):
            return None
        lease.epoch += 1
    lease.holder, lease.until = holder, now + lasts
    session.add(lease)
    session.flush()
    return lease.epoch


def beat(session: Session, name: str, holder: str, lasts: timedelta = LEASE) -> None:
    """Note that somebody lives, in a lease that keeps nobody else away. Runs in the caller's transaction."""
    lease = _locked(session, name)
    lease = lease or Lease(name=name, holder=holder, epoch=1, until=database_clock(session))
    lease.holder, lease.until = holder, database_clock(session) + lasts
    session.add(lease)


def renew(session: Session, name: str, epoch: int, lasts: timedelta = LEASE) -> bool:
    """Whether this epoch is still the newest, and if so hold on longer; the row stays locked until the commit."""
    lease = _locked(session, name)
    if lease is None or lease.epoch != epoch:
        return False
    lease.until = database_clock(session) + lasts
    session.add(lease)
    return True


def advance(session: Session, name: str, epoch: int) -> int:
    """Go on under the next number, so that who works under this one is refused; the same where it is lost."""
    if not renew(session, name, epoch):
        return epoch
    lease = session.exec(select(Lease).where(Lease.name == name)).one()
    lease.epoch += 1
    session.add(lease)
    return lease.epoch


def release(session: Session, name: str, epoch: int) -> None:
    """Give a lease back before its time, if it is still held."""
    lease = _locked(session, name)
    if lease is not None and lease.epoch == epoch:
        lease.until = database_clock(session)
        session.add(lease)
