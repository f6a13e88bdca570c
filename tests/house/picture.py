"""The picture of the house in ``docs/house.md``, drawn from the imports; a test holds the page to it."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.house.graph import Floor, arrows_of, floor_of, modules_of

PACKAGES = ("db", "scrapers", "notifications", "tracker")
BEGIN, END = "<!-- drawn by: make house-picture -->\n", "<!-- end of the drawing -->\n"


def picture(root: Path) -> str:
    """Two drawings in Mermaid's words, and every file with its first line."""
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
            "Every file in one line:",
            "",
            *_files(root),
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


def _files(root: Path) -> Iterable[str]:
    """A heading a folder, a line a file, in the file's own first words."""
    folders = sorted({path.parent for package in PACKAGES for path in modules_of(root, package).values()})
    for folder in folders:
        yield f"**`{folder.relative_to(root).as_posix()}/`** {_first_line(folder / '__init__.py')}"
        yield ""
        for path in sorted(folder.glob("*.py")):
            if path.name != "__init__.py":
                yield f"- `{path.name}`: {_first_line(path)}"
        yield ""


def _first_line(path: Path) -> str:
    lines = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines() if path.is_file() else []
    return lines[0] if lines else ""


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
