"""Pages that are watched: read by ours, beside changedetection.io's check of the same bytes; no network on either side."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from scrapers import sources
from scrapers.recordings import replay
from tests.bench.peer import answer
from tests.bench.reading import RECORDINGS
from tests.bench.row import ROUNDS, Row, of_ratios, seconds

WATCHED = Path(sources.__file__).parents[1] / "watched_pages"


def bench() -> Iterator[Row]:
    """Ours reads dates, amounts, who may apply and what is asked; the peer keeps the text and says whether it changed."""
    names = [path.stem for path in sorted(WATCHED.glob("*.yaml")) if (RECORDINGS / path.stem).is_dir()]
    pages = [page for name in names for page in sorted((RECORDINGS / name).glob("*.html"))]
    read = [(sources.load(name), RECORDINGS / name) for name in names]
    ours = lambda: [replay(source, folder) for source, folder in read]  # noqa: E731
    ours()
    mine = [seconds(ours) * 1000 / len(pages) for _ in range(ROUNDS)]
    theirs = [
        each * 1000 / len(pages) for each in answer("changedetection", "changedetection_check.py", ROUNDS, *pages)
    ]
    yield of_ratios(
        f"watched pages, {len(pages)} of {len(names)} sources, each read whole",
        f"{median(mine):.2f} ms a page",
        f"changedetection.io's check {median(theirs):.2f} ms",
        (other / own for own, other in zip(mine, theirs, strict=True)),
        aim=None,
    )
