"""The picture of the house in ``docs/house.md``, drawn from the imports; a test holds the page to it."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.house.graph import Floor, arrows_of, floor_of

PACKAGES = ("db", "scrapers", "notifications", "tracker")
BEGIN, END = "<!-- drawn by: make house-picture -->\n", "<!-- end of the drawing -->\n"


def picture(root: Path) -> str:
    """Two drawings in Mermaid's words, and a table of the rooms with the first line of each."""
    arrows = arrows_of(root, PACKAGES)
    return "\n".join(
        [
            "Subjects, and what stands on what; an arrow that follows from two others is left out.",
            "",
            *_drawing(floor_of(arrows, "tracker")),
            "",
            "The pages:",
            "",
            *_drawing(floor_of(arrows, "tracker.web")),
            "",
            "| room | what it holds |",
            "|---|---|",
            *_rows(root, floor_of(arrows, "tracker").rooms),
            "",
        ]
    )


def needed(floor: Floor) -> list[tuple[str, str]]:
    """The arrows that do not follow from others: the transitive reduction of a house without circles."""
    to = {room: {b for a, b in floor.arrows if a == room} for room in floor.rooms}
    reach = {room: _below(room, to) for room in floor.rooms}
    return [(a, b) for a, b in floor.arrows if not any(b in reach[c] for c in to[a] if c != b)]


def _below(room: str, to: Mapping[str, set[str]]) -> set[str]:
    direct = to[room]
    return direct.union(*(_below(other, to) for other in direct))


def _drawing(floor: Floor) -> Iterable[str]:
    yield "```mermaid"
    yield "flowchart TD"
    yield from (f"    {a} --> {b}" for a, b in needed(floor))
    yield "```"


def _rows(root: Path, rooms: Iterable[str]) -> Iterable[str]:
    for room in rooms:
        path = root / "tracker" / room
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        first = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").splitlines()[0]
        yield f"| `tracker/{room}{'/' if path.is_dir() else '.py'}` | {first} |"


def redrawn(page: str, root: Path) -> str:
    """The page with its drawing made anew."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + picture(root) + END + rest.split(END)[1]


def main() -> None:
    root = Path(__file__).parents[2]
    page = root / "docs/house.md"
    page.write_text(redrawn(page.read_text("utf-8"), root), "utf-8")


if __name__ == "__main__":
    main()
