"""One file per source; the file's name is the source's name."""

from importlib import import_module
from pkgutil import iter_modules

from scrapers.source import Source


class NoSuchSource(LookupError):
    """There is no source of this name; the message lists those that are."""


def names() -> list[str]:
    """Every source there is, in alphabetical order."""
    return sorted(module.name for module in iter_modules(__path__))


def load(name: str) -> type[Source]:
    """The class of a source."""
    if name not in names():
        raise NoSuchSource(f"no source {name!r}; there are {', '.join(names())}")
    module = import_module(f"{__name__}.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Source) and value.__dict__.get("name") == name:
            return value
    raise NoSuchSource(f"{name}.py holds no Source of that name")
