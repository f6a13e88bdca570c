"""Watched pages: sites whose structure nobody vouches for; described by data, read by grammar, checked by a person."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import urljoin, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Instrument, Nature, SourceKind
from scrapers.extract import extract
from scrapers.formats import xml_root
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable, Source, SourceIncomplete
from scrapers.texts import is_spuk, plain_text

FOLDER = Path(__file__).parent / "watched_pages"
TO_CONFIRM = "gelezen van een bekeken pagina; door een mens te bevestigen"
STILL_ALIVE = timedelta(days=400)


class Watched(BaseModel):
    """One site: a list page or sitemap, which links are schemes (a regular expression on the path), what to read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    publisher: str
    start: Annotated[str, Field(pattern=r"^https?://")]
    links: Annotated[str, Field(max_length=300)]
    readable: str = "main"
    language: Annotated[str, Field(pattern=r"^(nl|en)$")] = "nl"
    nature: Nature = Nature.CALL
    instrument: Instrument = Instrument.GRANT
    most: Annotated[int, Field(gt=0, le=500)] = 100
    note: str = ""

    @field_validator("links")
    @classmethod
    def _an_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value


class WatchedPage(Source):
    """One watched site; a stream, so that a page that disappears makes nothing gone."""

    kind = SourceKind.STREAM
    watched: ClassVar[Watched]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.found: list[str] = []  # paths of schemes on all lists so far

    def start(self) -> Iterable[Request]:
        return [Request(self.watched.start)]

    def rows(self, page: TextResponse) -> Iterable[Request]:
        """The pages of schemes that a list or sitemap links to; none at all means that the site has changed."""
        paths = dict.fromkeys(path for path in self.paths(page) if re.search(self.watched.links, path))
        if not paths and self.pages == 1:
            raise SourceIncomplete(f"no link like {self.watched.links!r} on {page.url}: has the site changed?")
        before, new = len(self.found), self.new_among(paths)
        self.found += [path for path in paths if path in new]
        for path in self.found[before : self.watched.most]:
            yield Request(self.address(path), meta={"external_id": path.strip("/").lower()})
        if len(self.found) > self.watched.most:
            raise SourceIncomplete(f"{len(self.found)} links, of which the first {self.watched.most} were read")

    def paths(self, page: TextResponse) -> Iterator[str]:
        """The paths on this site that a page links to, or that a sitemap lists as changed not too long ago."""
        if urlsplit(page.url).path.endswith(".xml"):
            oldest = f"{self.context.now - STILL_ALIVE:%Y-%m-%d}"
            places = xml_root(page).iterfind("{*}url")
            links = [p.findtext("{*}loc") or "" for p in places if (p.findtext("{*}lastmod") or "9")[:10] >= oldest]
        else:
            links = page.css("a::attr(href)").getall()
        for link in links:
            try:
                parts = urlsplit(urljoin(page.url, link.strip()))
            except ValueError:  # "http://[x" leads nowhere
                continue
            if parts.netloc == urlsplit(self.root).netloc:
                yield parts.path

    def next_page(self, page: TextResponse) -> Request | None:
        following = page.css("a[rel~=next]::attr(href)").get()
        return Request(urljoin(page.url, following)) if following else None

    def identify(self, row: Any) -> str | None:
        return str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        parts = row.css(self.watched.readable)
        titled = [part for part in parts if part.css("h1")]
        parts = [part for part in parts if part not in titled[1:]]  # a second part with a title is another scheme's
        headings = (titled[0] if titled else row).css("h1")
        if len(headings) > 1:
            raise RowUnreadable("more than one title")
        title = " ".join(" ".join(headings.css("::text").getall()).split())
        text = plain_text("\n".join(part.get() for part in parts))
        if not title or not text:
            raise RowUnreadable("no title" if not title else f"nothing at {self.watched.readable!r}")
        fields = extract(text, self.language, self.context.today)
        return Listing(
            source=self.name,
            external_id=row.meta["external_id"],
            nature=self.watched.nature,
            url=row.url,
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=text[:3000],
            instrument=Instrument.SPUK if is_spuk(title) else self.watched.instrument,
            **{**fields, "review": (TO_CONFIRM, *fields["review"])},
        )


def watched_source(watched: Watched) -> type[WatchedPage]:
    """A description as a source."""
    parts = urlsplit(watched.start)
    names = {
        "name": watched.name,
        "publisher": watched.publisher,
        "language": watched.language,
        "root": f"{parts.scheme}://{parts.netloc}",
        "watched": watched,
        "__doc__": watched.note or f"{watched.publisher}: {watched.start}",
    }
    return type(watched.name, (WatchedPage,), names)


def read_watched(folder: Path) -> tuple[dict[str, Watched], list[str]]:
    """Every description in a folder of YAML files, and one line for each that is not as it should be."""
    sources, wrong = {}, []
    for path in sorted(folder.glob("*.yaml")):
        try:
            watched = Watched.model_validate(yaml.safe_load(path.read_text("utf-8")))
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors())
            wrong.append(f"{path}: {'; '.join(faults)[:300]}")
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            wrong.append(f"{path}: {' '.join(str(error).split())[:200]}")
        else:
            sources[watched.name] = watched
    return sources, wrong
