"""One file per source, whose name is the source's name; and the watched pages, which are data."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from scrapers.profiles import SourceProfile, profile_in, profile_of
from scrapers.watched_sites import FOLDER, Watched, read_watched

if TYPE_CHECKING:
    from scrapers.source import Source


class NoSuchSource(LookupError):
    """There is no source of this name; the message lists those that are."""


@cache
def shipped() -> dict[str, Watched]:
    """The watched pages that come with the program."""
    sources, wrong = read_watched(FOLDER)
    assert not wrong, wrong
    return sources


@cache
def written() -> frozenset[str]:
    """The sources that have a file of their own."""
    return frozenset(module.name for module in iter_modules(__path__))


def names() -> list[str]:
    """Every source that comes with the program, in alphabetical order."""
    return sorted(written() | shipped().keys())


def enabled(turned_on: Iterable[str] = (), turned_off: Iterable[str] = ()) -> list[str]:
    """The sources to crawl: those on by default and those turned on, without those turned off."""
    return [n for n in names() if (profile(n).on or n in set(turned_on)) and n not in set(turned_off)]


def _watched(name: str, options: Mapping[str, Any] | None) -> Watched | None:
    """The description of a watched page, of this installation or shipped; none for a source with its own reader."""
    described = (options or {}).get("watched")
    return Watched.model_validate(described) if described else shipped().get(name)


def _module_of(name: str) -> str:
    if name not in names():
        raise NoSuchSource(f"no source {name!r}; there are {', '.join(names())}")
    return f"{__name__}.{name}"


def profile(name: str, options: Mapping[str, Any] | None = None) -> SourceProfile:
    """What a source says of itself, without what reads it; ``options`` as for ``load``."""
    watched = _watched(name, options)
    return profile_of(watched) if watched else profile_in(_module_of(name), name)


def load(name: str, options: Mapping[str, Any] | None = None) -> "type[Source]":
    """The class of a source; ``options["watched"]`` describes a page that does not come with the program."""
    from scrapers.source import Source
    from scrapers.watched import watched_source

    watched = _watched(name, options)
    if watched:
        return watched_source(watched)
    for value in vars(import_module(_module_of(name))).values():
        if isinstance(value, type) and issubclass(value, Source) and value.__dict__.get("name") == name:
            return value
    raise NoSuchSource(f"{name}.py holds no Source of that name")
