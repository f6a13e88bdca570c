"""Add a source: write its file and a failing test, record its pages, replay them as a table."""

import json
import re
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scrapers import sources
from scrapers.crawled import Crawled
from scrapers.expectation import FILE, OF_A_PAGE, Expectation, expectation_of, expected
from scrapers.recordings import replay
from scrapers.spool import read_events
from scrapers.watched_sites import ADDRESS
from tracker.errors import NotPossible
from tracker.settings import Settings
from tracker.sources.crawl import ROOT, crawl_sample, own_watched, watched_options

TEMPLATES = Path(__file__).with_name("templates")
SAMPLE = 3
OWN_FILE = "expected.json"  # beside a recording of this installation
SUFFIXES = {"json": "json", "html": "html", "rss": "rss", "atom": "xml", "xml": "xml"}


class CannotAddSource(NotPossible):
    """The message says why in one line."""


def write_source(name: str, url: str, checkout: Path = ROOT) -> list[Path]:
    """The file of a source and its failing test; nothing that exists is overwritten."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name):
        raise CannotAddSource(f"{name!r} is no name for a source: small letters, digits and _")
    root = ADDRESS.fullmatch(url)
    if not root:
        raise CannotAddSource(f"{url!r} is no http or https address")
    spaced = name.title().replace("_", " ")
    words = {"name": name, "title": spaced.replace(" ", ""), "publisher": spaced, "url": url, "root": root[1]}
    files = {
        checkout / f"scrapers/sources/{name}.py": "source.txt",
        tests_folder(checkout) / f"test_{name}.py": "test.txt",
    }
    for path in files:
        if path.exists():
            raise CannotAddSource(f"{path} is already there")
    for path, template in files.items():
        path.write_text((TEMPLATES / template).read_text("utf-8").format(**words), encoding="utf-8")
    return list(files)


def tests_folder(checkout: Path) -> Path:
    """Where their tests are; an installed program has none, and there a source is described without code."""
    folder = checkout / "tests/sources"
    if not folder.is_dir():
        raise CannotAddSource(f"no tests at {folder}: in an installation use 'kansenradar source add', without code")
    return folder


def recording_of(name: str, settings: Settings, checkout: Path = ROOT) -> Path:
    """Where the recording of a source is: among the tests of a checkout; of a page or program of an installation in
    the folder ``recordings`` of DATA_DIR."""
    if name in own_watched(settings) or not (checkout / "tests/sources").is_dir():
        return settings.data_dir / "recordings" / name
    return checkout / "tests/recordings" / name


def record(name: str, settings: Settings, now: datetime, checkout: Path = ROOT) -> Crawled:
    """Ask the source for a few pages, with the real spider, and keep them as its recording."""
    target = recording_of(name, settings, checkout)
    with tempfile.TemporaryDirectory(prefix="kansenradar-") as folder:
        spool = Path(folder)
        crawled = crawl_sample(name, settings, now, spool, SAMPLE, settings.source_limit_seconds)
        answers = [event for kind, event in read_events(spool) if kind == "answer"]
        if not answers:
            raise CannotAddSource(f"{name}: {crawled.stopped or 'no page came'}")
        write_recording(target, name, now, answers, spool)
    return crawled


def write_recording(target: Path, name: str, now: datetime, answers: list[dict[str, str]], spool: Path) -> None:
    """Pages as plain files, and index.json saying which file answers which request."""
    target.mkdir(parents=True, exist_ok=True)
    listed = []
    for number, answer in enumerate(answers, 1):
        suffix = next((s for word, s in SUFFIXES.items() if word in answer["media_type"]), "txt")
        file = f"page-{number}.{suffix}"
        (target / file).write_bytes((spool / answer["sha256"]).read_bytes())
        kept = {key: answer[key] for key in ("method", "url", "status")}
        listed.append({**kept, "headers": {"Content-Type": answer["media_type"]}, "file": file})
    index = {"source": name, "day": now.date().isoformat(), "made": "Recorded from the source.", "answers": listed}
    (target / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def try_source(name: str, settings: Settings, checkout: Path = ROOT) -> Crawled:
    """Replay the recording."""
    folder = recording_of(name, settings, checkout)
    if not (folder / "index.json").is_file():
        raise CannotAddSource(f"{name} has no recording at {folder}: kansenradar source record {name}")
    return up_to_its_end(replay(sources.load(name, watched_options(name, settings)), folder))


def up_to_its_end(crawled: Crawled) -> Crawled:
    """Without the complaint that a recording of a few pages ends where the source goes on: nothing is wrong with it."""
    ended = crawled.pages and re.fullmatch(r"page \d+: HTTP 404", crawled.stopped)
    return replace(crawled, stopped="") if ended else crawled


def keep_expectation(name: str, settings: Settings, checkout: Path = ROOT) -> None:
    """Keep what the recording of a source leads one to expect, for the live check; see kept_expectation."""
    folder = recording_of(name, settings, checkout)
    expectation = expectation_of(sources.load(name, watched_options(name, settings)), folder).as_json()
    if folder.is_relative_to(settings.data_dir):
        (folder / OWN_FILE).write_text(json.dumps(expectation, indent=1) + "\n", encoding="utf-8")
        return
    expectations = json.loads(FILE.read_text("utf-8")) | {name: expectation}
    FILE.write_text(json.dumps(dict(sorted(expectations.items())), indent=1) + "\n", encoding="utf-8")


def kept_expectation(name: str, settings: Settings) -> Expectation | None:
    """What a source is expected to show: by this installation's own recording, else as the program says."""
    if name in own_watched(settings):
        return OF_A_PAGE
    file = settings.data_dir / "recordings" / name / OWN_FILE
    return Expectation.from_json(json.loads(file.read_text("utf-8"))) if file.is_file() else expected(name)


def table(crawled: Crawled) -> list[str]:
    """The listings for a person's eye, and how the reading ended."""
    lines = [line for listing in crawled.listings for line in lines_of(listing.as_json(), listing.title)]
    lines += [f"unreadable: {u.where}: {u.why}" for u in crawled.unreadable]
    empty = "" if lines else "nothing was read: is the list made by a script, or do the rows stand elsewhere?"
    return [*lines, f"{len(crawled.listings)} listings; {crawled.stopped or empty or 'read to the end'}"]


def lines_of(fields: dict[str, object], title: str) -> list[str]:
    """One listing in a few lines."""
    shown = ("url", "publisher", "instrument", "source_word", "budget", "max_amount", "rate", "review", "questions")
    lines = [f"- {title}"] + [f"    {name}: {fields[name]}" for name in shown if name in fields]
    dates: object = fields.get("deadlines", [])
    assert isinstance(dates, list)
    return lines + [f"    {d['kind']}: {d.get('day', '')} {d.get('hour', '')}".rstrip() for d in dates]
