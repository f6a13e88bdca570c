"""Topics of one call stand together in a digest, under the name of that call. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notifications.digest import Item
from notifications.message import one_line


@dataclass(frozen=True)
class TopicLine:
    """An item of a section; ``head`` stands above the first of several topics of one call."""

    item: Item
    head: str = ""
    grouped: bool = False


def lines(items: Iterable[Item]) -> Iterator[TopicLine]:
    """The items of one section in their order, each topic behind the first one of its call that stands there."""
    families: dict[str | int, list[Item]] = {}
    for item in items:
        families.setdefault((item.brief and item.call.umbrella) or item.call.id, []).append(item)
    for family in families.values():
        grouped = len(family) > 1
        head = f"Eén oproep, {len(family)} onderwerpen: {one_line(family[0].call.umbrella, 150)}" if grouped else ""
        yield TopicLine(family[0], head, grouped)
        yield from (TopicLine(item, grouped=grouped) for item in family[1:])
