"""Note what is broken, once, until it is over; and say what stands, for pages and monitors."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Alert
from db.session import reading, writing
from notifications.alerts import end_alert, raise_alert, standing_alerts
from tracker.settings import Settings
from tracker.sources.crawl import crawlable
from tracker.watch.kinds import KINDS, TroubleKind, kind_of, what_of
from tracker.watch.look import Trouble, Watched, look
from tracker.watch.machine import read_machine

ASKED = frozenset({"certificate"})  # what is asked of the network, not each time
STILL_SAID = timedelta(minutes=3)
NOT_SEEN = timedelta(hours=1)  # after which a machine that said that something is broken is there no more
OF_A_MACHINE = frozenset({"disk", "modes"})
OF_A_PROCESS = frozenset({"schema"})  # what only the process that is in trouble can see


def watched_of(settings: Settings, certificate: bool = False) -> Watched:
    """What is looked at, by the settings; ``certificate``: also our own site, over the network."""
    expires = settings.security_expires
    end = datetime.combine(expires, time(0), UTC) if expires else None
    return Watched(read_machine(settings, certificate), crawlable(settings), settings.backup_days, end)


def note(engine: Engine, now: datetime, watched: Watched) -> None:
    """Raise what is broken and end what is over; nothing is written, and no lock taken, where nothing changed."""
    with reading(engine) as session:
        found = {trouble.key: trouble for trouble in look(session, now, watched)}
        standing = {alert.key for alert in standing_alerts(session) if _is_found(alert, watched, now)}
        standing |= set(_silent_processes(session, now))
    again = {key for key in found if ":" in key and key.partition(":")[0] in OF_A_MACHINE}  # we are still there
    if found.keys() == standing and not again:
        return
    with writing(engine) as session:
        for key in (found.keys() - standing) | again:
            raise_alert(session, key, found[key].line, now)
        for key in standing - found.keys():
            end_alert(session, key, now)


def _silent_processes(session: Session, now: datetime) -> list[str]:
    """Alerts of processes that said for minutes no more that their version is another: they were started again."""
    told = (alert for alert in standing_alerts(session) if alert.key.partition(":")[0] in OF_A_PROCESS)
    return [alert.key for alert in told if now - alert.last_at > STILL_SAID]


def _is_found(alert: Alert, watched: Watched, now: datetime) -> bool:
    """Whether this look says if the alert still stands."""
    kind = kind_of(alert.key)
    if kind is None or not kind.found or kind.name in OF_A_PROCESS:
        return False
    if kind.name in OF_A_MACHINE and what_of(alert.key) != watched.machine.name:
        return now - alert.last_at > NOT_SEEN
    return watched.machine.asked_certificate or kind.name not in ASKED


def standing(session: Session, found: Iterable[Trouble] = (), looked: bool = False) -> list[Trouble]:
    """What is broken by the alerts that stand; with ``looked``, what was ``found`` just now goes before those."""
    noted = [alert for alert in standing_alerts(session) if is_broken(alert)]
    if looked:
        noted = [alert for alert in noted if not _kind(alert).found or _is_elsewhere(alert)]
    both = {alert.key: Trouble(alert.key, alert.line) for alert in noted} | {each.key: each for each in found}
    return list(both.values())


def _is_elsewhere(alert: Alert) -> bool:
    """Whether a look here need not see it: it asks the network, or is of another process or machine."""
    name = _kind(alert).name
    return name in ASKED | OF_A_PROCESS or (name in OF_A_MACHINE and bool(what_of(alert.key)))


def is_broken(alert: Alert) -> bool:
    """Whether an alert needs a person now."""
    kind = kind_of(alert.key)
    return kind is not None and kind.broken


def _kind(alert: Alert) -> TroubleKind:
    return KINDS[alert.key.partition(":")[0]]
