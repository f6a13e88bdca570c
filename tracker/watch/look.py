"""Look for trouble: what the database and the machine say goes in, what is broken comes out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from db.leases import LEASE, database_clock
from db.models import Attempt, Bounce, Crawl, Delivery, Lease, Run
from db.queries import last_crawls
from db.vocabulary import WAITING_STATES, DeliveryState
from notifications.reasons import in_dutch
from notifications.transport import SmtpStage
from notifications.wording import moment
from tracker.sources.health import source_health
from tracker.watch import kinds
from tracker.watch.machine import Machine

CLOCK = "clock"  # the lease that the clock renews twice a minute: its heartbeat
BACKUP = "backup"  # the job of the run that says a backup was made


@dataclass(frozen=True)
class Trouble:
    """Something that is broken: the key of its alert, and one Dutch line with the figures."""

    key: str
    line: str


@dataclass(frozen=True)
class Watched:
    """What is looked at besides the database. ``on``: the sources that are asked, all where it is not said."""

    machine: Machine
    on: Collection[str] | None = None
    backup_days: int = 0  # how old the last backup may be; 0: they are made in another way
    security_expires: datetime | None = None


def look(session: Session, now: datetime, watched: Watched) -> list[Trouble]:
    """Everything that is broken now."""
    return [
        *late_mail(session, now),
        *refused_mail(session, now),
        *sources(session, now, watched.on),
        *silent_clock(session),
        *old_backup(session, now, watched.backup_days),
        *full_disks(watched.machine),
        *open_files(watched.machine),
        *old_certificate(watched.machine, now),
        *old_parts(watched, now),
    ]


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest mail waits that could leave; one that its own recipient puts off is not counted."""
    own = select(Attempt.id).where(
        Attempt.delivery_id == Delivery.id, Attempt.number == Delivery.attempts, Attempt.stage == SmtpStage.RCPT
    )
    waiting = [state.value for state in WAITING_STATES]
    return session.exec(
        select(func.min(Delivery.not_before)).where(
            col(Delivery.state).in_(waiting), col(Delivery.finished_at).is_(None), col(Delivery.not_before) <= now,
            ~own.exists(),
        )
    ).one()  # fmt: skip


def late_mail(session: Session, now: datetime) -> Iterator[Trouble]:
    """A mail that should have left long ago."""
    since = oldest_due(session, now)
    if since is not None and now - since > kinds.MAIL_LATE:
        yield Trouble("mail_late", f"de oudste mail wacht sinds {moment(since)}")


def refused_mail(session: Session, now: datetime) -> Iterator[Trouble]:
    """Addresses that refused mail in the last day, at the door or by a bounce, and mails refused for what they say."""
    lately = now - kinds.REFUSED_LATELY
    ended = select(Delivery.state, func.count(func.distinct(col(Delivery.address)))).where(
        col(Delivery.finished_at) > lately, col(Delivery.finished_at) <= now,
        col(Delivery.id).not_in(select(Bounce.delivery_id)),  # counted by what came back
    )  # fmt: skip
    counts = dict(session.exec(ended.group_by(col(Delivery.state))).all())
    bounced = select(func.count(func.distinct(col(Bounce.delivery_id)))).where(Bounce.at > lately, col(Bounce.hard))
    addresses = counts.get(DeliveryState.FAILED, 0) + session.exec(bounced).one()
    if addresses:
        yield Trouble("refused", f"{addresses} adres{'sen' if addresses > 1 else ''} in het laatste etmaal")
    if held := counts.get(DeliveryState.HELD, 0):
        yield Trouble("refused:content", f"{held} keer om de inhoud in het laatste etmaal")


def sources(session: Session, now: datetime, on: Collection[str] | None) -> Iterator[Trouble]:
    """Sources that failed, were empty or were not taken over three times in a row, or are overdue."""
    for name, crawls in sorted(last_crawls(session).items()):
        if on is not None and name not in on:
            continue
        health = source_health(name, crawls, now)
        if health.state == "overdue" or _fails(crawls):
            yield Trouble(f"source:{name}", _since(crawls, health.why or health.error))


def _fails(crawls: list[Crawl]) -> bool:
    newest = crawls[: kinds.FAILED_IN_A_ROW]
    return len(newest) == kinds.FAILED_IN_A_ROW and not any(crawl.complete for crawl in newest)


def _since(crawls: list[Crawl], why: str) -> str:
    whole = next((crawl for crawl in crawls if crawl.complete), None)
    when = f"voor het laatst {moment(whole.finished_at)}" if whole else "nog nooit"
    last = f"tot het eind gelezen: {when}"
    return f"{last}; de laatste keer: {in_dutch(why)}" if why else last


def silent_clock(session: Session) -> Iterator[Trouble]:
    """A clock that ran and was not heard for five minutes; where it never ran, as in a demo, it is not waited for."""
    lease = session.get(Lease, CLOCK)
    if lease is not None and database_clock(session) - (lease.until - LEASE) > kinds.HEARTBEAT:
        yield Trouble("heartbeat", f"voor het laatst gehoord op {moment(lease.until - LEASE)}")


def last_backup(session: Session) -> datetime | None:
    """When the last backup was made with `kansenradar backup`."""
    return session.exec(select(func.max(Run.started_at)).where(Run.job == BACKUP)).one()


def old_backup(session: Session, now: datetime, most_days: int) -> Iterator[Trouble]:
    """No backup for too long, or none at all though there is something to lose."""
    if not most_days:
        return
    last = last_backup(session)
    first = session.exec(select(func.min(Crawl.started_at))).one()
    if last is None and first is not None and now - first > kinds.WITHOUT_BACKUP:
        yield Trouble("backup", "er is er nog nooit een gemaakt")
    if last is not None and now - last > timedelta(days=most_days):
        yield Trouble("backup", f"de laatste is van {moment(last)}")


def full_disks(machine: Machine) -> Iterator[Trouble]:
    """Disks with less than a GiB, and less than a tenth, left."""
    for disk in machine.disks:
        if disk.free < kinds.DISK_FREE and disk.free < disk.total * kinds.DISK_SHARE:
            yield _here(machine, "disk", f"nog {disk.free >> 20} MiB vrij bij {disk.folder}")


def open_files(machine: Machine) -> Iterator[Trouble]:
    """Files that others on the machine can read."""
    if machine.open_files:
        more = f" en nog {len(machine.open_files) - 1} andere" if machine.open_files[1:] else ""
        yield _here(machine, "modes", f"{machine.open_files[0]}{more}")


def _here(machine: Machine, kind: str, line: str) -> Trouble:
    """Trouble of one machine; it is named where there may be several, so that none ends what another found."""
    return Trouble(f"{kind}:{machine.name}", f"{machine.name}: {line}") if machine.name else Trouble(kind, line)


def old_certificate(machine: Machine, now: datetime) -> Iterator[Trouble]:
    """A certificate that browsers refuse, or soon will."""
    if machine.invalid:
        yield Trouble("certificate", in_dutch(machine.invalid))
    if machine.certificate is not None and machine.certificate - now < kinds.CERTIFICATE_LEFT:
        yield Trouble("certificate", f"geldig tot {moment(machine.certificate)}")


def old_parts(watched: Watched, now: datetime) -> Iterator[Trouble]:
    """Versions chosen long ago, and a security.txt that ends."""
    locked = watched.machine.locked_on
    if locked is not None and now.date() - locked > kinds.LOCK_AGE:
        yield Trouble("lock", f"de onderdelen zijn van {locked:%d-%m-%Y}")
    expires = watched.security_expires
    if expires is not None and expires - now < kinds.SECURITY_TXT_LEFT:
        yield Trouble("security_txt", f"geldig tot {expires:%d-%m-%Y}")
