"""Crawl one source in a process of its own, and bring back what it found; a bad source is a result, never an error."""

import contextlib
import errno
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from db.region_served import region
from scrapers import sources
from scrapers.copies import one_a_call, unread_calls
from scrapers.crawled import Crawled, Page, Remembered, Unreadable
from scrapers.job import Job
from scrapers.listing import Listing, plain_line
from scrapers.profiles import SourceProfile
from scrapers.spool import read_events
from scrapers.watched_sites import Watched, read_watched
from tracker import __version__
from tracker.settings import Settings

Progress = Callable[[str], None]
ROOT = Path(__file__).parents[2]
ROOM_FOR_AN_ENDING = 2**16  # bytes
ENDED_EARLY = "the reading process ended without a result"
CHILD = (sys.executable, "-m", "scrapers")


def crawl(
    name: str, settings: Settings, remembered: Iterable[Remembered], now: datetime,
    progress: Progress = lambda _: None, options: dict[str, Any] | None = None, **fields: Any,
) -> Crawled:  # fmt: skip
    """Run one source to its end, or to its limit of ``source_limit_seconds``.

    ``fields`` are further fields of the Job. Raises ``NoSuchSource`` for an unknown name only.
    """
    source = sources.profile(name, {**watched_options(name, settings), **(options or {})})
    if wrong := wrong_root(name, settings):
        return Crawled(name, source.kind, now, now, stopped=wrong)
    try:
        with tempfile.TemporaryDirectory(prefix="kansenradar-") as folder:
            addresses = {row.url: (row.etag, row.last_modified) for row in remembered}
            job = job_for(name, settings, now, Path(folder), options=options or {}, remembered=addresses, **fields)
            started = monotonic()
            failure = run_child(job, settings.source_limit_seconds, progress)
            finished_at = now + timedelta(seconds=monotonic() - started)
            return from_spool(source, job.spool, now, finished_at, failure)
    except OSError as error:  # a disk that is full, a machine without processes to spare
        return Crawled(name, source.kind, now, now, stopped=f"this machine: {error.strerror or error}")


def crawl_sample(
    name: str, settings: Settings, now: datetime, spool: Path, pages: int, limit_seconds: float,
    options: dict[str, Any] | None = None,
) -> Crawled:  # fmt: skip
    """Ask a source for a few pages only; all that its child leaves stays in the folder ``spool``."""
    job = job_for(name, settings, now, spool, sample=pages, options=options or {})
    failure = run_child(job, limit_seconds, lambda _: None)
    return from_spool(sources.profile(name, job.options), spool, now, now, failure)


def wrong_root(name: str, settings: Settings) -> str:
    """Empty, or one line on a root that the settings give a source and that no web address can be."""
    root = settings.source_roots.get(name, "")
    try:
        parts = urlsplit(root)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and "@" not in root
    except ValueError:  # half an IPv6 address, a port that is no number
        fits = False
    return "" if fits or not root else f"SOURCE_{name.upper()}_URL: {root[:200]!r} is no http or https address"


def job_for(name: str, settings: Settings, now: datetime, folder: Path, **fields: Any) -> Job:
    """What a child is asked to do, by the settings; ``fields`` are further fields of the Job."""
    options = {**watched_options(name, settings), **fields.pop("options", {})}
    return Job(
        region=region(),
        source=name, spool=folder, now=now, user_agent=user_agent(settings), options=options,
        root=settings.source_roots.get(name, ""), fetch_allow=settings.fetch_allow,
        proxy=settings.proxy_of(name), **fields,
    )  # fmt: skip


def can_be_asked(name: str, settings: Settings) -> bool:
    """Whether a source answers when it is asked for one call."""
    return sources.profile(name, watched_options(name, settings)).can_be_asked


def reads_known_pages(name: str, settings: Settings) -> bool:
    """Whether a source is to read pages that its lists no longer show."""
    return sources.profile(name, watched_options(name, settings)).reads_known_pages


def crawlable(settings: Settings) -> list[str]:
    """The sources that the settings want crawled, with this installation's watched pages, without the paused ones."""
    off = {*settings.sources_off, *paused(settings), *(set(region().sources.left_out) - set(settings.sources_on))}
    own = [name for name in own_watched(settings) if name not in off]
    return sorted({*sources.enabled(settings.sources_on, off), *own})


def paused(settings: Settings) -> dict[str, str]:
    """The sources that a person put to rest, each with the reason; see own_pages.py."""
    files = sorted((settings.data_dir / "watched").glob("*.paused"))
    return {file.stem: plain_line(file.read_text("utf-8", "replace")) for file in files}


def own_watched(settings: Settings) -> dict[str, Watched]:
    """Pages that a coordinator added or corrected: YAML files in the folder ``watched`` of DATA_DIR.

    Those that are wrong are left out, and so are those that would take the place of a source with a file of its own.
    """
    pages, _ = read_watched(settings.data_dir / "watched")
    return {name: page for name, page in pages.items() if name not in sources.written()}


def wrong_watched(settings: Settings) -> list[str]:
    """One line for every description that was left out."""
    pages, wrong = read_watched(settings.data_dir / "watched")
    return [*wrong, *(f"watched page {name!r}: a source has that name" for name in pages if name in sources.written())]


def unknown_sources(settings: Settings) -> list[str]:
    """One line for every setting that names a source nobody knows, with the nearest that there is."""
    known = sorted({*sources.names(), *own_watched(settings)})
    named = {
        "SOURCES_ON": settings.sources_on,
        "SOURCES_OFF": settings.sources_off,
        "SOURCE_{}_URL": settings.source_roots,
        "SOURCE_{}_PROXY": settings.source_proxies,
    }
    return [
        f"setting {setting.format(name.upper())}: no source {name!r}{_meant(name, known)}"
        for setting, names in named.items()
        for name in names
        if name not in known
    ]


def _meant(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def watched_options(name: str, settings: Settings) -> dict[str, Any]:
    """The description of a watched page of this installation, to be handed to the child."""
    watched = own_watched(settings).get(name)
    return {"watched": watched.model_dump(mode="json")} if watched else {}


def user_agent(settings: Settings) -> str:
    """Who we are and where to write, for the sources' logs."""
    return f"Kansenradar/{__version__} (+{settings.base_url}; {settings.fetch_contact or settings.mail_from})"


def run_child(job: Job, limit_seconds: float, progress: Progress, command: Sequence[str] = CHILD) -> str:
    """Start the child, wait, kill it at its limit; empty, or one line on how it failed."""
    errors = job.spool / "stderr"
    pipe = subprocess.PIPE
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, start_new_session=True, cwd=ROOT) as child,  # noqa: S603 - our own
    ):
        assert child.stdin
        assert child.stdout
        listener = Thread(target=follow, args=(child.stdout, job.source, progress), daemon=True)
        listener.start()
        try:
            hand_over(job, child.stdin)
            code = wait_for(child, limit_seconds)
        except subprocess.TimeoutExpired:
            return f"took longer than {limit_seconds:g} seconds and was stopped"
        finally:
            end_group(child)
            listener.join(5)
    return "" if code == 0 else exit_line(code, errors)


def wait_for(child: "subprocess.Popen[bytes]", seconds: float) -> int:
    """The exit code; TimeoutExpired after so many seconds. The system wakes us, so nothing is polled."""
    if hasattr(os, "pidfd_open"):  # Linux
        ended = os.pidfd_open(child.pid)
        try:
            select.select([ended], [], [], seconds)
        finally:
            os.close(ended)
        return child.wait(0)
    return child.wait(seconds)


def hand_over(job: Job, stdin: IO[bytes]) -> None:
    """Write the job; a child that ended before it read tells by its exit code."""
    with contextlib.suppress(BrokenPipeError):
        stdin.write(job.model_dump_json().encode())
        stdin.close()


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child with everything it may have started, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def follow(lines: IO[bytes], name: str, progress: Progress) -> None:
    """Pass the child's progress on."""
    for line in lines:
        try:
            counts = json.loads(line)
            progress(f"{name}: {counts['pages']} pages, {counts['listings']} listings")
        except (ValueError, KeyError, TypeError):
            continue


def exit_line(code: int, errors: Path) -> str:
    """How a child ended, with its last words."""
    if code < 0:  # it had no time for last words
        return f"the reading process ended with signal {signal.Signals(-code).name}"
    words = errors.read_bytes()[-2000:].decode("utf-8", "replace").strip().splitlines()
    return f"the reading process ended with exit code {code}" + (f": {words[-1][:200]}" if words else "")


@dataclass
class SpoolContents:
    """The events of a spool, sorted."""

    listings: list[Listing] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    remembered: dict[str, Remembered] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    end: dict[str, Any] | None = None

    def add(self, kind: str, event: dict[str, Any], spool: Path) -> None:
        """One event; ValueError, TypeError, KeyError or OSError where it is not as agreed."""
        if kind == "listing":
            self.listings.append(Listing.model_validate(event))
        elif kind == "page":
            moment = datetime.fromisoformat(event["fetched_at"])
            body = (spool / event["sha256"]).read_bytes()
            self.pages.append(Page(event["url"], event["sha256"], event["media_type"], body, moment))
        elif kind == "unreadable":
            self.unreadable.append(Unreadable(**event))
        elif kind == "remembered":
            self.remembered[event["url"]] = Remembered(**event)
        elif kind == "remark":
            self.remarks.append(str(event["line"]))
        elif kind == "end":
            self.end = event


def ended_early(spool: Path) -> str:
    """Why a child left no ending: a full disk takes it first."""
    full = shutil.disk_usage(spool).free < ROOM_FOR_AN_ENDING
    return f"this machine: {os.strerror(errno.ENOSPC)}" if full else ENDED_EARLY


def from_spool(source: SourceProfile, spool: Path, started: datetime, finished: datetime, failure: str) -> Crawled:
    """What stands in a spool, as a Crawled; listings of a source that was killed half-way are kept."""
    contents = SpoolContents()
    try:
        for kind, event in read_events(spool):
            contents.add(kind, event, spool)
    except (ValidationError, ValueError, TypeError, KeyError, OSError) as error:
        failure = failure or f"what the reading process left is not readable: {str(error).splitlines()[0]}"
    end, listings = contents.end or {}, one_a_call(contents.listings)
    return Crawled(
        source=source.name,
        kind=source.kind,
        started_at=started,
        finished_at=datetime.fromisoformat(end["finished_at"]) if contents.end else finished,
        listings=tuple(listings),
        pages=tuple(contents.pages),
        unreadable=tuple(unread_calls(contents.unreadable, listings)),
        remembered=tuple(contents.remembered.values()),
        stopped=plain_line(failure or (end.get("stopped", "") if contents.end else ended_early(spool))),
        unchanged=bool(end.get("unchanged")),
        skew_seconds=end.get("skew"),
        come_back_at=datetime.fromisoformat(end["come_back_at"]) if end.get("come_back_at") else None,
        moved=end.get("moved", ""),
        unconfirmed=frozenset(end.get("unconfirmed", ())),
        unlisted=frozenset(end.get("unlisted", ())),
        remarks=tuple(dict.fromkeys(contents.remarks)),
        total=end.get("total"),
    )
