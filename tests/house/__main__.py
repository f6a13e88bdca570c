"""``make house``: rooms, arrows, circles and lines of the checkout, or of an older commit with ``--at REV``."""

import argparse
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from tests.house.graph import arrows_of, floor_of
from tests.house.lines import code_lines, comment_lines

ROOT = Path(__file__).parents[2]
PACKAGES = ("db", "scrapers", "notifications", "tracker")
DRAWN = ("tracker", "tracker.web", "scrapers", "notifications", "db")
MOST_LINES, LEAST_LINES = 3_500, 25


def files_of(root: Path, package: str) -> list[Path]:
    """The files of a package that are counted: migrations are apart."""
    return [path for path in sorted((root / package).rglob("*.py")) if "migrations" not in path.parts]


def wings_of(root: Path) -> dict[str, list[Path]]:
    """The packages, and below tracker its wings, with their files."""
    wings: dict[str, list[Path]] = {}
    for package in PACKAGES:
        for path in files_of(root, package):
            parts = path.relative_to(root).parts
            inside = package == "tracker" and len(parts) > 2
            wings.setdefault("/".join(parts[:2]) if inside else package, []).append(path)
    return wings


def report(root: Path) -> Iterable[str]:
    """The house in plain lines."""
    arrows = arrows_of(root, PACKAGES)
    flat = list((root / "tracker").glob("*.py"))
    yield f"modules flat in tracker/: {len(flat)}"
    for package in DRAWN:
        floor = floor_of(arrows, package)
        yield (
            f"{package}: {len(floor.rooms)} rooms, {len(floor.arrows)} arrows, "
            f"{len(floor.circles)} circles, {len(floor.climbs)} climbs"
        )
        yield from (f"   circle: {' - '.join(circle)}" for circle in floor.circles)
        yield from (f"   climbs: {a} -> {b}" for a, b in floor.climbs)
    yield from _sizes(root)


def _sizes(root: Path) -> Iterable[str]:
    total = 0
    yield f"{'':24}{'files':>6}{'lines':>8}{'code':>8}{'comments':>10}"
    for wing, paths in wings_of(root).items():
        lines = sum(path.read_text("utf-8").count("\n") for path in paths)
        code = sum(code_lines(path) for path in paths)
        comments = sum(comment_lines(path) for path in paths)
        total += code
        note = (
            f"   over {MOST_LINES}"
            if lines > MOST_LINES and wing.startswith("tracker/") and wing != "tracker/web"
            else ""
        )
        yield f"{wing:24}{len(paths):>6}{lines:>8}{code:>8}{comments:>10}{note}"
    yield f"code lines in all: {total}"


def checkout(revision: str, folder: Path) -> Path:
    """An older commit's files in a folder of their own."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", metavar="REV", help="an older commit instead of the files here")
    revision = parser.parse_args().at
    with tempfile.TemporaryDirectory() as folder:
        root = checkout(revision, Path(folder)) if revision else ROOT
        sys.stdout.write("\n".join(report(root)) + "\n")


if __name__ == "__main__":
    main()
