"""Is everything in order, and what may go: checks and retention."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, or_, update
from sqlmodel import Session, col, select

from db.migrate import up_to_date
from db.models import ApiDeed, Delivery, KeptForm, MagicLink, MailText, Press, Run, Sighting, Snapshot
from db.session import reading, writing
from tracker import __version__
from tracker.clock import Now
from tracker.database import damage
from tracker.people.mergers import hand_over_due
from tracker.people.privacy import sweep
from tracker.sources.clock_skew import crawls_with_time
from tracker.sources.health import clock_is_wrong, source_health
from tracker.sources.history import held_calls, past_crawls
from tracker.watch.kinds import TABLE
from tracker.watch.look import Watched, look
from tracker.watch.note import standing

PRESS_COUNTS, TYPED_WAITS = timedelta(days=2), timedelta(days=7)  # a page that stood open overnight; a sign-in
LINK_COUNTS = timedelta(days=2)  # limits look back an hour; longer, it would only tell who came when


SAID = {"schema"}  # by a line of its own


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``broken`` needs a person now, a remark does not."""

    what: str
    said: str
    broken: bool = False


def findings(engine: Engine, now: datetime, watched: Watched, compare_clocks: bool = True) -> list[Finding]:
    """Everything worth a look, what is broken first, by the thresholds of tracker/watch/kinds.py."""
    looked_at = _database(engine)
    with reading(engine) as session:
        looked_at += _troubles(session, now, watched)
        broken = {finding.what for finding in looked_at if finding.broken}
        looked_at += [remark for remark in _remarks(session, now, watched.on) if remark.what not in broken]
        looked_at += _clock(session, now) if compare_clocks else []
    return sorted(looked_at, key=lambda finding: not finding.broken)


def _database(engine: Engine) -> list[Finding]:
    newest = up_to_date(engine)
    schema = Finding("schema", "newest" if newest else "not up to date: run 'kansenradar init'", not newest)
    with engine.connect().execution_options(read_only=True) as connection:
        trouble = damage(connection)
    return [Finding("version", __version__), schema, Finding("database", trouble or "whole", bool(trouble))]


def _troubles(session: Session, now: datetime, watched: Watched) -> list[Finding]:
    """One line a kind: what is broken of it, or that nothing is."""
    found = standing(session, look(session, now, watched), looked=True)
    broken = [Finding(t.key.replace(":", " ", 1), t.line, True) for t in found]
    names = {trouble.key.partition(":")[0] for trouble in found}
    return broken + [Finding(kind.name, "ok") for kind in TABLE if kind.broken and kind.name not in names | SAID]


def _remarks(session: Session, now: datetime, on: Collection[str] | None) -> list[Finding]:
    """What of the sources needs no person yet."""
    past = {name: crawls for name, crawls in past_crawls(session).items() if on is None or name in on}
    sources = [source_health(name, crawls, now) for name, crawls in sorted(past.items())]
    found = [Finding(f"source {s.source}", f"{s.state}: {s.error}") for s in sources if s.error]
    found += [Finding(f"source {s.source}", f"has moved for good: {s.moved}") for s in sources if s.moved]
    held = held_calls(session).items()
    return found + [Finding(f"source {name}", f"{count} calls held until released") for name, count in held]


def _clock(session: Session, now: datetime) -> list[Finding]:
    apart = clock_is_wrong(crawls_with_time(session), now)
    return [] if apart is None else [Finding("clock", f"differs {apart:.0f} seconds from the sources' clocks", True)]


def prune(session: Session, keep: timedelta, now: datetime) -> int:
    """Delete the bytes of pages older than ``keep``, except those that something shown now was read from."""
    shown = select(Sighting.snapshot).where(col(Sighting.snapshot).is_not(None))
    old = delete(Snapshot).where(col(Snapshot.fetched_at) < now - keep, col(Snapshot.sha256).not_in(shown))
    return session.connection().execute(old).rowcount


def empty_mails(session: Session, keep: timedelta, now: datetime) -> int:
    """Blank the texts of mails that ended longer than ``keep`` ago; that they were sent, and what they told, stays."""
    ended = select(Delivery.id).where(col(Delivery.finished_at) < now - keep)
    old = update(MailText).where(col(MailText.delivery_id).in_(ended))
    old = old.where(or_(col(MailText.html) != "", col(MailText.text) != ""))
    return session.connection().execute(old.values(text="", html="")).rowcount


def forget_presses(session: Session, now: datetime) -> None:
    """What was pressed is remembered for two days, what was typed without a sign-in for a week."""
    session.execute(delete(Press).where(col(Press.at) < now - PRESS_COUNTS))
    session.execute(delete(ApiDeed).where(col(ApiDeed.at) < now - PRESS_COUNTS))
    session.execute(delete(KeptForm).where(col(KeptForm.at) < now - TYPED_WAITS))


def forget_links(session: Session, now: datetime) -> None:
    """A link that signed in, or could have, is forgotten two days after its time; also of addresses nobody knows."""
    session.execute(delete(MagicLink).where(col(MagicLink.expires_at) < now - LINK_COUNTS))


def tidy(session: Session, pages: timedelta, mails: timedelta, now: Now, actor: str = "command line") -> str:
    """What may go, goes: old pages, texts of old mails, and persons past their last day. Returns one line for a log."""
    forget_presses(session, now.instant)
    forget_links(session, now.instant)
    hand_over_due(session, now.instant, actor)
    counts = (
        prune(session, pages, now.instant),
        empty_mails(session, mails, now.instant),
        len(sweep(session, actor, now)),
    )
    return f"{counts[0]} stored pages deleted, {counts[1]} mails emptied, {counts[2]} persons erased"


def tidy_once_a_day(engine: Engine, pages: timedelta, mails: timedelta, now: Now) -> str:
    """The same, once per local day; nothing, and no lock that others wait for, where today's was done."""
    slot = now.today.isoformat()
    done = select(Run.id).where(Run.job == "tidy", Run.slot == slot)
    with reading(engine) as session:
        if session.exec(done).first() is not None:
            return ""
    with writing(engine) as session:
        if session.exec(done).first() is not None:
            return ""
        line = tidy(session, pages, mails, now, "clock")
        session.add(Run.done("tidy", slot, now.instant, outcome=line))
        return line
