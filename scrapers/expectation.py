"""What a source's answers are expected to look like, from its recording; kept in expected.json, held true by a test."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from scrapers.recordings import replay_shaped
from scrapers.shape import USUAL
from scrapers.source import Source
from scrapers.watched import WatchedPage

FILE = Path(__file__).parent / "expected.json"
OWN = {
    *("source", "external_id", "partial", "code", "edition", "nature", "language"),
    *("snapshot", "evidence", "review", "questions", "proof"),
}


@dataclass(frozen=True)
class Expectation:
    """Paths that most rows have, and fields that most listings fill."""

    paths: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Expectation":
        """As ``as_json`` wrote it."""
        return cls(tuple(kept["paths"]), tuple(kept["fields"]))

    def as_json(self) -> dict[str, Any]:
        """For expected.json."""
        return {"fields": list(self.fields), "paths": list(self.paths)}


OF_A_PAGE = Expectation((), ("summary", "title", "url"))  # of every watched page, whatever its site


def filled(listings: Iterable[Listing], share: float) -> tuple[str, ...]:
    """The fields that at least this share of the listings fills; a deadline counts by its kind."""
    rows = [fields_of(listing) for listing in listings]
    every = set().union(*rows)
    return tuple(sorted(f for f in every if sum(f in row for row in rows) >= max(share * len(rows), 1)))


def fields_of(listing: Listing) -> set[str]:
    """What one listing fills."""
    told = {name for name, value in listing.as_json().items() if name not in OWN and value not in (None, "", [])}
    return (told - {"deadlines"}) | {f"deadline {d.kind.value}" for d in listing.deadlines}


def expectation_of(source: type[Source], folder: Path) -> Expectation:
    """What the recording of a source leads one to expect."""
    if issubclass(source, WatchedPage):
        return OF_A_PAGE  # its recording is not the site's own page
    crawled, shape = replay_shaped(source, folder)
    return Expectation(tuple(shape.usual()), filled(crawled.listings, USUAL))


def expected(name: str) -> Expectation | None:
    """What is expected of a source that comes with the program."""
    expectation = json.loads(FILE.read_text("utf-8")).get(name)
    return Expectation.from_json(expectation) if expectation else None


def differences(expectation: Expectation, crawled: Crawled, shape: dict[str, Any]) -> list[str]:
    """One line for everything that is not as expected in a sample."""
    lines = [f"row unreadable: {u.why}" for u in crawled.unreadable[:3]]
    if not crawled.listings:
        empty = crawled.kind is SourceKind.STREAM and not crawled.unreadable and not shape.get("rows")
        return [*lines, *([] if empty else ["nothing that could be read as a listing"])]
    paths = shape.get("paths", {})
    lines += [difference(path, paths) for path in expectation.paths if path not in paths]
    now = filled(crawled.listings, 0)
    lines += [f"no listing has {field!r} any more" for field in expectation.fields if field not in now]
    return lines


def difference(path: str, paths: dict[str, int]) -> str:
    """How an expected path is different: gone, or of another kind."""
    name = path.rpartition(": ")[0]
    other = next((p for p in paths if p.rpartition(": ")[0] == name), None)
    return f"{name} is {other.rpartition(': ')[2]}, was {path.rpartition(': ')[2]}" if other else f"no row has {name}"
