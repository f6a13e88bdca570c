"""Topics of one call stand together in a digest, under the name of that call. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notifications.digest import Item
from notifications.message import one_line


@dataclass(frozen=True)
class TopicLine:
    """An item of a section; ``head`` stands above the first of several topics of one call.

    ``same_day``: all of them close at the same moment, so that the head can say it for all.
    """

    item: Item
    head: str = ""
    grouped: bool = False
    same_day: bool = False


def lines(items: Iterable[Item]) -> Iterator[TopicLine]:
    """The items of one section in their order, each topic behind the first one of its call that stands there."""
    families: dict[str | int, list[Item]] = {}
    for item in items:
        families.setdefault((item.brief and item.call.umbrella) or item.call.id, []).append(item)
    for family in families.values():
        grouped = len(family) > 1
        head = f"Eén oproep, {len(family)} onderwerpen: {one_line(family[0].call.umbrella, 150)}" if grouped else ""
        same_day = grouped and all(_closing(item) == _closing(family[0]) for item in family)
        yield TopicLine(family[0], head, grouped, same_day)
        yield from (TopicLine(item, "", grouped, same_day) for item in family[1:])


def _closing(item: Item) -> tuple[object, ...]:
    """All that is said of when it closes or opens."""
    call = item.call
    dates = tuple((due.kind, due.day, due.at, due.assumed) for due in (call.next_due, call.opens) if due)
    return dates, call.later_dues, call.remark, call.status, call.gone_on, call.stale, call.doubted
