"""Watched pages of this installation: looked at before they are kept, paused, taken up again and given up.

The page *Bronnen* and the commands call the same functions. A description is a file in the folder ``watched`` of
DATA_DIR; beside it ``NAME.paused`` says why a source, also one that came with the program, is not asked for now.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock, get_ident
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from db.giver import slug
from scrapers import sources
from scrapers.crawled import Crawled
from scrapers.watched_sites import ADDRESS, Watched
from tracker.errors import NotFound, Refused, required
from tracker.settings import Settings
from tracker.sources.crawl import crawl_sample, own_watched, paused

if TYPE_CHECKING:
    from scrapers.link_shapes import LinkShape

LOOK_SECONDS = 60  # for each of the two readings of a look, whatever the site does
SAMPLE = 3  # pages
NO_LINK = "(?!)"  # an expression that fits none: only the list itself is read
MOST_LIST_BYTES = 4 * 2**20  # of a list whose links are grouped here, beside the pages of others
LONGEST_REASON = 200  # characters
GIVEN_UP = "retired"
NO_NAMES = ("nieuw", "toevoegen", "handmatig", "correctie")  # addresses of pages, and what no site said
_looking = Lock()


class NotASource(Refused):
    """What was given cannot be a source; the message says why."""


@dataclass(frozen=True)
class Look:
    """What a site shows before it is a source: its list's groups of links, and some pages as they would be read."""

    watched: Watched
    shapes: "tuple[LinkShape, ...]"
    crawled: Crawled
    reached: bool = True  # whether the list itself was had: of what was not, nothing can be said

    @property
    def why_not(self) -> str:
        """Why the list was not had, in the code's words and without the number of a page that nobody saw."""
        return "" if self.reached else self.crawled.stopped.removeprefix("page 1: ")

    @property
    def never(self) -> bool:
        """Whether its address itself is refused: asking again later changes nothing."""
        return " is a private address" in self.why_not or self.why_not.endswith(" is inside")


def look(publisher: str, start: str, links: str, settings: Settings, now: datetime) -> Look:
    """Read the list, and a few pages that fit ``links`` or, where that is empty, the likeliest group of links.

    By the rules of every crawl (robots.txt, addresses, sizes), within LOOK_SECONDS each, one look at a time in a
    process. Raises NotASource.
    """
    described(publisher, start, links, settings)
    if not _looking.acquire(blocking=False):
        raise NotASource("Er wordt net een andere site bekeken. Probeer het over een minuut opnieuw.")
    try:
        listed = _read(described(publisher, start, NO_LINK, settings), settings, now, 1)
        shapes = tuple(_shapes(listed, start))
        chosen = links or (shapes[0].pattern if shapes else "")
        watched = described(publisher, start, chosen or NO_LINK, settings)
        crawled = _read(watched, settings, now, SAMPLE) if chosen and listed.pages else listed
        return Look(watched, shapes, crawled, bool(listed.pages))
    finally:
        _looking.release()


def _shapes(listed: Crawled, start: str) -> "list[LinkShape]":
    """The groups of links of a list of a usual size; none of what is no page, or a broken sitemap."""
    if not listed.pages or len(listed.pages[0].body) > MOST_LIST_BYTES:
        return []
    from scrapers.link_shapes import shapes_of  # what reads pages weighs 25 MiB: only for who adds a source
    from scrapers.source import SourceIncomplete

    try:
        return shapes_of(listed.pages[0], start)
    except SourceIncomplete:
        return []


def _read(watched: Watched, settings: Settings, now: datetime, pages: int) -> Crawled:
    with tempfile.TemporaryDirectory(prefix="kansenradar-") as folder:
        options = {"watched": watched.model_dump(mode="json")}
        return crawl_sample(watched.name, settings, now, Path(folder), pages, LOOK_SECONDS, options)


def described(publisher: str, start: str, links: str, settings: Settings, name: str = "") -> Watched:
    """A description by what a person typed. Raises NotASource, with the field."""
    publisher = required(publisher, "publisher", "Vul in van wie deze pagina is.")
    if not ADDRESS.fullmatch(start.strip()):
        raise NotASource("Vul het adres van de pagina met de regelingen in, met https:// ervoor.", "start")
    there = [page for page in _all_watched(settings).values() if page.start.rstrip("/") == start.strip().rstrip("/")]
    if there:
        raise NotASource(f"Deze pagina wordt al gelezen, als {there[0].publisher}.", "start")
    try:
        return Watched(name=name or _name(publisher, settings), publisher=publisher, start=start.strip(), links=links)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise NotASource(*WRONG.get(field, ("Dit is niet goed ingevuld.", field))) from error


WRONG = {
    "links": ("Dit is geen patroon voor adressen. Kies een van de groepen links.", "links"),
    "name": ("Kies een naam van kleine letters, cijfers en _, die met een letter begint.", "publisher"),
}


def _all_watched(settings: Settings) -> dict[str, Watched]:
    return {**sources.shipped(), **own_watched(settings)}


def _name(publisher: str, settings: Settings) -> str:
    """A name that no source has yet."""
    base = slug(publisher).replace("-", "_")[:40]
    base = base if base[:1].isalpha() and len(base) > 1 else f"bron_{base}".rstrip("_")
    taken = {*sources.names(), *own_watched(settings), *NO_NAMES}
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, 1000))) if name not in taken)


def keep(watched: Watched, settings: Settings) -> Path:
    """Write the description; the next round asks it. Raises NotASource where a source has that name."""
    if watched.name in {*sources.names(), *own_watched(settings)}:
        raise NotASource("Er is al een bron met deze naam.", "publisher")
    if watched.links == NO_LINK:
        raise NotASource("Kies eerst welke links regelingen zijn.", "links")
    file = _file(settings, f"{watched.name}.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(watched.model_dump(mode="json", exclude_defaults=True), allow_unicode=True, sort_keys=False)
    part = _part(file, text)
    try:
        os.link(part, file)  # unlike a rename it never takes the place of what somebody kept a moment ago
    except FileExistsError:
        raise NotASource("Er is al een bron met deze naam.", "publisher") from None
    finally:
        part.unlink()
    return file


def pause(name: str, why: str, settings: Settings) -> None:
    """Ask a source no more until it is taken up again; what it said stays. Raises NotFound or Incomplete."""
    if name not in {*sources.names(), *own_watched(settings)}:
        raise NotFound("Er is geen bron met deze naam.")
    reason = " ".join(required(why, "why", "Zeg waarom deze bron stilstaat.").split())[:LONGEST_REASON]
    file = _file(settings, f"{name}.paused")
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, reason + "\n")


def take_up(name: str, settings: Settings) -> None:
    """Ask a source again that was paused. Raises NotFound where it was not."""
    if name not in paused(settings):
        raise NotFound("Deze bron staat niet stil.")
    _file(settings, f"{name}.paused").unlink(missing_ok=True)


def give_up(name: str, settings: Settings) -> Path:
    """A page of this installation is a source no more; its description is kept aside. Raises NotFound, NotASource."""
    if name in sources.names():
        raise NotASource("Deze bron hoort bij het programma en is alleen stil te zetten.")
    if name not in own_watched(settings):
        raise NotFound("Er is geen bron met deze naam.")
    aside = _file(settings, GIVEN_UP) / f"{name}.yaml"
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        _file(settings, f"{name}.yaml").replace(aside)
    except FileNotFoundError:  # somebody else gave it up a moment ago
        raise NotFound("Er is geen bron met deze naam.") from None
    _file(settings, f"{name}.paused").unlink(missing_ok=True)
    return aside


def _file(settings: Settings, name: str) -> Path:
    return settings.data_dir / "watched" / name


def _write(file: Path, text: str) -> None:
    _part(file, text).replace(file)


def _part(file: Path, text: str) -> Path:
    """The text beside its file, under a name of this process and thread alone."""
    part = file.with_name(f".{file.name}.{os.getpid()}.{get_ident()}")
    part.write_text(text, "utf-8")
    return part
