"""The house as rooms and arrows: which part imports which, read from the source files. Nothing is imported."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Arrows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Floor:
    """One level of the house: its rooms, the arrows between them, the circles, and the arrows that climb."""

    rooms: tuple[str, ...]
    arrows: tuple[tuple[str, str], ...]
    circles: tuple[tuple[str, ...], ...]
    climbs: tuple[tuple[str, str], ...]


def modules_of(root: Path, package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name; migrations are no rooms."""
    files = (path for path in sorted((root / package).rglob("*.py")) if "migrations" not in path.parts)
    return {_dotted(path.relative_to(root)): path for path in files}


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports_of(module: str, path: Path, known: Iterable[str]) -> frozenset[str]:
    """The modules of ours that a file imports, also inside functions and for types only."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            # "from a import b" is an arrow to a.b where that is a module, else to a
            whole = {alias: f"{node.module}.{alias.name}" for alias in node.names}
            names.update(name if name in known else node.module for name in whole.values())
    return frozenset(name for name in names if name in known and name != module)


def arrows_of(root: Path, packages: Iterable[str]) -> Arrows:
    """Module to modules, over several packages."""
    files = {name: path for package in packages for name, path in modules_of(root, package).items()}
    return {name: imports_of(name, path, files) for name, path in files.items()}


def floor_of(arrows: Arrows, package: str) -> Floor:
    """The rooms right under a package, with the arrows between them."""
    rooms = sorted({_room(name, package) for name in arrows} - {""})
    between = {(_room(name, package), _room(other, package)) for name, others in arrows.items() for other in others}
    pairs = tuple(sorted((a, b) for a, b in between if a and b and a != b))
    circles = _circles(rooms, pairs)
    return Floor(tuple(rooms), pairs, circles, _climbs(pairs, circles))


def _room(module: str, package: str) -> str:
    """The room a module stands in, seen from a package; empty for what stands outside it."""
    prefix = f"{package}."
    return module.removeprefix(prefix).split(".")[0] if module.startswith(prefix) else ""


def _circles(rooms: Iterable[str], arrows: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Groups of rooms that reach each other (Tarjan's strongly connected components of two rooms or more)."""
    to: dict[str, list[str]] = {room: [] for room in rooms}
    for a, b in arrows:
        to[a].append(b)
    reach = {room: _reached(room, to) for room in to}
    groups = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in to}
    return tuple(sorted(group for group in groups if len(group) > 1))


def _reached(room: str, to: Mapping[str, list[str]]) -> set[str]:
    seen, open_rooms = {room}, [room]
    while open_rooms:
        for other in to[open_rooms.pop()]:
            if other not in seen:
                seen.add(other)
                open_rooms.append(other)
    return seen


def _climbs(arrows: Iterable[tuple[str, str]], circles: Iterable[tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    """The fewest arrows of each circle that a simple rule finds against the order of most imports.

    Within a circle the room that imports most and is imported least stands on top (Eades, Lin and Smyth 1993).
    """
    found: list[tuple[str, str]] = []
    for circle in circles:
        inside = [(a, b) for a, b in arrows if a in circle and b in circle]
        left, order = set(circle), list[str]()
        while left:
            weight = {
                room: sum((a == room) - (b == room) for a, b in inside if a in left and b in left) for room in left
            }
            top = max(sorted(left), key=lambda room: weight[room])
            order.append(top)
            left.remove(top)
        found += [(a, b) for a, b in inside if order.index(a) > order.index(b)]
    return tuple(found)
