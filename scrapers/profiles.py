"""What a source says of itself, read without running it: pages list the sources, and what reads them weighs 25 MiB."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from db.vocabulary import SourceForm, SourceKind
from scrapers.watched_sites import Watched

ROOT = Path(__file__).parents[1]
WORDS = {"SourceKind": SourceKind, "SourceForm": SourceForm}
UNSEEN_ON_A_PAGE = (
    "wat niet op die pagina staat of er door een script wordt getoond; elke lezing moet een mens bevestigen"
)


@dataclass(frozen=True)
class SourceProfile:
    """The attributes of a ``Source`` that others than its reader ask for; they mean what they mean there."""

    name: str
    kind: SourceKind
    publisher: str
    root: str
    form: SourceForm
    promises: str
    unseen: str
    on: bool = True
    lists_calls: bool = True
    can_be_asked: bool = False
    reads_known_pages: bool = False


def profile_of(watched: Watched) -> SourceProfile:
    """Of a watched page, by its description."""
    parts = urlsplit(watched.start)
    return SourceProfile(
        name=watched.name,
        kind=SourceKind.STREAM,
        publisher=watched.publisher,
        root=f"{parts.scheme}://{parts.netloc}",
        form=SourceForm.WATCHED,
        promises=f"de regelingen waarnaar {parts.netloc.removeprefix('www.')}{parts.path} linkt",
        unseen=UNSEEN_ON_A_PAGE,
        reads_known_pages=True,
    )


@cache
def profile_in(module: str, name: str) -> SourceProfile:
    """Of the source of that name in a module of ours. Raises LookupError where the module holds none."""
    read = _read(module)
    for called, written in read.classes.items():
        if written.says.get("name") == name:
            says = _inherited(called, module)
            return SourceProfile(**{field.name: says[field.name] for field in fields(SourceProfile)})
    raise LookupError(f"{module} holds no Source named {name!r}")


@dataclass(frozen=True)
class _Class:
    """What stands in a class: the names of those above it, and the plain values of its own."""

    above: tuple[str, ...]
    says: dict[str, Any]


@dataclass(frozen=True)
class _Module:
    """The classes of a module of ours, and from which of ours it has which names."""

    classes: dict[str, _Class]
    taken: dict[str, str]


def _inherited(name: str, module: str) -> dict[str, Any]:
    """What a class says, over what the classes above it say."""
    read, says = _read(module), dict[str, Any]()
    for above in read.classes[name].above:
        place = module if above in read.classes else read.taken.get(above)
        says |= _inherited(above, place) if place is not None else {}
    return says | read.classes[name].says


@cache
def _read(module: str) -> _Module:
    """A file of ours as a tree, of which little is kept."""
    body = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_bytes()).body
    classes = {node.name: _class(node) for node in body if isinstance(node, ast.ClassDef)}
    lines = [node for node in body if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scrapers.")]
    return _Module(classes, {alias.name: str(line.module) for line in lines for alias in line.names})


def _class(node: ast.ClassDef) -> _Class:
    asked = SourceProfile.__dataclass_fields__
    says = {name: _value(value) for name, value in _pairs(node.body) if name in asked}
    return _Class(tuple(base.id for base in node.bases if isinstance(base, ast.Name)), says)


def _pairs(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for line in body:
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            yield from _unpacked(line.target, line.value)
        elif isinstance(line, ast.Assign):
            for target in line.targets:
                yield from _unpacked(target, line.value)


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _unpacked(one, its)


def _value(value: ast.expr) -> Any:
    """A literal, a word of a vocabulary, or a text that stands in this file under a name."""
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return WORDS[value.value.id][value.attr]
    if isinstance(value, ast.Name):
        return globals()[value.id]
    return ast.literal_eval(value)
