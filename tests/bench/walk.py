"""Every page as each role opens it, with one of everything and 5,000 open calls at work: what costs and weighs most."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert
from sqlmodel import Session

from db.migrate import upgrade
from db.models import Revision, Sighting, User
from db.session import open_engine, writing
from db.vocabulary import RevisionKind, Role
from tests.bench import monday
from tests.bench.pages import at_95
from tests.bench.row import FEWEST, Row, of_ratios, seconds
from tests.make.addresses import page_addresses, plant
from tests.make.pages import Visitor, settings_for, visit
from tests.make.seed_pages import TITLES, seed, seeded_people
from tracker.web.frame.settled import settle

FIRST = 1001  # number of a call: what is planted has those before
LOOKS, SLOWEST = 3, 3  # at every page; how many of them are measured well
MOMENTS = {"first_seen": monday.NOW, "last_seen": monday.NOW}
SEEN = Sighting(source="", external_id="", call_id=0, url="", fields={}, fingerprint="f", **MOMENTS)
NEW = Revision(call_id=0, at=monday.NOW, kind=RevisionKind.NEW)


def bench() -> Iterator[Row]:
    """For each role the page that takes most processor time, and the one that weighs most."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        people, addresses = world(engine, Path(folder))
        for user in people:
            with visit(engine, monday.NOW, Path(folder), user, monday._no_limits()) as visitor:
                yield from _rows(visitor, user, walked(visitor, addresses))
        engine.dispose()


def world(engine: Engine, folder: Path) -> tuple[list[User], list[str]]:
    """Somebody of each role, and the addresses of all pages."""
    with writing(engine) as session:
        seed(session, monday.NOW)
        gaps = plant(session, settings_for(folder), monday.NOW)
    with writing(engine) as session:
        people = seeded_people(session)
        monday.at_work(session, FIRST)
        _read_from_sources(session)
        return [people[role.value] for role in Role], [
            *(path for path, _ in page_addresses(gaps)),
            *monday.PAGES.values(),
        ]


def _read_from_sources(session: Session) -> None:
    """Where each call was read, and that it was new."""
    numbers = range(FIRST, FIRST + monday.CALLS)
    seen, new = (row.model_dump(exclude={"id"}) for row in (SEEN, NEW))
    rows = [
        seen | {"source": TITLES[n % len(TITLES)][2], "external_id": f"bench-{n}", "call_id": n, "url": f"https://e.nl/{n}"}
        for n in numbers
    ]  # fmt: skip
    session.connection().execute(insert(Sighting), rows)
    session.connection().execute(insert(Revision), [new | {"call_id": n} for n in numbers])


def walked(visitor: Visitor, addresses: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Of each page that this person may open: the middle of a few times in ms, and kB before it is packed."""
    pages = {path: visitor.get(path) for path in addresses}
    settle()  # as a server does after its first pages
    there = {path: len(page.content) / 1000 for path, page in pages.items() if page.status_code == 200}
    return {path: (median(_times(visitor, path, LOOKS)), weight) for path, weight in there.items()}


def _rows(visitor: Visitor, user: User, found: dict[str, tuple[float, float]]) -> Iterator[Row]:
    slow = sorted(found, key=lambda path: found[path][0])[-SLOWEST:]
    measured = {path: [at_95(_times(visitor, path, monday.TIMES)) for _ in range(FEWEST)] for path in slow}
    path = max(slow, key=lambda path: median(measured[path]))
    said = f"{median(measured[path]):.0f} ms processor of {path}"
    name = f"the slowest of {len(found)} pages of a {user.role}, {monday.CALLS:,} calls, p95"
    yield of_ratios(name, said, f"{monday.MS} ms", (monday.MS / own for own in measured[path]))
    heavy = max(found, key=lambda path: found[path][1])
    weight = found[heavy][1]
    yield Row(f"the heaviest of them, {heavy}", f"{weight:.0f} kB", f"{monday.KB} kB", monday.KB / weight)


def _times(visitor: Visitor, path: str, times: int) -> list[float]:
    return [seconds(lambda: visitor.get(path)) * 1000 for _ in range(times)]
