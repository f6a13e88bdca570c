"""Is everything in order, and what may go: checks and retention."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from db.models import ApiDeed, AuditEntry, KeptForm, MagicLink, Press, Run
from db.queries import last_crawls
from db.schema import up_to_date
from db.session import reading, writing
from db.vocabulary_audit import Action
from notifications.mail_folder import letters_before
from tracker import __version__
from tracker.calls.floods import held_calls
from tracker.care.erasure import scrub
from tracker.care.retention import Letters, Swept, no_letters, sweep
from tracker.clock import Now
from tracker.database import damage
from tracker.people.mergers import hand_over_due
from tracker.sources.clock_skew import crawls_with_time
from tracker.sources.health import clock_is_wrong, source_health
from tracker.watch.kinds import TABLE
from tracker.watch.look import Watched, look
from tracker.watch.note import standing

PRESS_COUNTS, TYPED_WAITS = timedelta(days=2), timedelta(days=7)  # a page that stood open overnight; a sign-in
LINK_COUNTS = timedelta(days=2)  # limits look back an hour; longer, it would only tell who came when

TIDY = "tidy"  # the run of every day

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
    past = {name: crawls for name, crawls in last_crawls(session).items() if on is None or name in on}
    sources = [source_health(name, crawls, now) for name, crawls in sorted(past.items())]
    found = [Finding(f"source {s.source}", f"{s.state}: {s.error}") for s in sources if s.error]
    found += [Finding(f"source {s.source}", f"has moved for good: {s.moved}") for s in sources if s.moved]
    held = held_calls(session).items()
    return found + [Finding(f"source {name}", f"{count} calls held until released") for name, count in held]


def _clock(session: Session, now: datetime) -> list[Finding]:
    apart = clock_is_wrong(crawls_with_time(session), now)
    return [] if apart is None else [Finding("clock", f"differs {apart:.0f} seconds from the sources' clocks", True)]


def forget_presses(session: Session, now: datetime) -> None:
    """What was pressed is remembered for two days, what was typed without a sign-in for a week."""
    session.execute(delete(Press).where(col(Press.at) < now - PRESS_COUNTS))
    session.execute(delete(ApiDeed).where(col(ApiDeed.at) < now - PRESS_COUNTS))
    session.execute(delete(KeptForm).where(col(KeptForm.at) < now - TYPED_WAITS))


def forget_links(session: Session, now: datetime) -> None:
    """A link that signed in, or could have, is forgotten two days after its time; also of addresses nobody knows."""
    session.execute(delete(MagicLink).where(col(MagicLink.expires_at) < now - LINK_COUNTS))


def tidy(
    session: Session, days: Mapping[str, int], now: Now, actor: str = "command line", letters: Letters = no_letters
) -> list[Swept]:
    """What may go, goes: what was pressed and typed, and all data past its term; ``days``: what the settings say."""
    forget_presses(session, now.instant)
    forget_links(session, now.instant)
    hand_over_due(session, now.instant, actor)
    return sweep(session, days, now, actor, letters=letters)


def old_letters(mail_url: str, remove: bool = True) -> Letters:
    """What lets go of the .eml files of MAIL_URL, where it is a folder; or only counts them."""

    def go(before: datetime) -> int:
        files = letters_before(mail_url, before)
        for path in files if remove else ():
            path.unlink(missing_ok=True)
        return len(files)

    return go


def tidy_once_a_day(engine: Engine, days: Mapping[str, int], now: Now, letters: Letters = no_letters) -> str:
    """The same, once per local day, as a line for a log; nothing, and no lock, where today's was done.

    Where somebody was erased since the last time, the database is written anew, so that no page of its file knows.
    """
    slot = now.today.isoformat()
    done = select(Run.id).where(Run.job == TIDY, Run.slot == slot)
    with reading(engine) as session:
        if session.exec(done).first() is not None:
            return ""
    with writing(engine) as session:
        if session.exec(done).first() is not None:
            return ""
        before = session.exec(select(func.max(Run.started_at)).where(Run.job == TIDY)).one()
        line = said(tidy(session, days, now, "clock", letters))
        erased = _erased_since(session, before)
        session.add(Run.done(TIDY, slot, now.instant, outcome=line))
    if erased:
        scrub(engine)
    return line


def said(swept: Iterable[Swept]) -> str:
    """What went, in one line; kinds of which nothing went are left out."""
    return ", ".join(one.line() for one in swept if one.count or one.held) or "nothing past its term"


def _erased_since(session: Session, moment: datetime | None) -> bool:
    erased = select(AuditEntry.id).where(AuditEntry.action == Action.ERASE)
    return session.exec(erased.where(col(AuditEntry.at) >= moment) if moment else erased).first() is not None
