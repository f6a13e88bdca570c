"""Geometry of the pictures: numbers in, coordinates out; the templates draw them as inline SVG, a table beside."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

SPARK_WIDTH, SPARK_HEIGHT = 120, 24


class Spark(NamedTuple):
    """A line of small numbers over time: points for a polyline, where it broke, and the height of the usual value."""

    points: str
    breaks: list[tuple[float, float]]
    usual: float | None


class Share(NamedTuple):
    """A bar of two parts, each in hundredths of the longest bar."""

    first: float
    second: float


class Bar(NamedTuple):
    """One thing and its numbers, each the length of a bar under the other: class, length, and what stands beside it."""

    name: str
    y: int
    lengths: tuple[tuple[str, float, str], ...]


BAR, BETWEEN, WIDTH = 22, 16, 1000  # of bars: the height of one, the room between two things, and the whole picture
NAME, LABEL = 300, 210  # the room for a name, and for what stands beside a bar
Numbers = Sequence[tuple[str, Decimal | int, str]]  # class, number, and what stands beside its bar


def bars(rows: Sequence[tuple[str, Numbers]], label: int = LABEL) -> list[Bar]:
    """Bars to the length of the largest number, as many to each name as the first has; ``label``: room for words."""
    most = max((number for _, numbers in rows for _, number, _ in numbers), default=0) or 1
    step = (len(rows[0][1]) if rows else 0) * BAR + BETWEEN
    room = WIDTH - NAME - label
    return [
        Bar(name, place * step, tuple((kind, round(float(n / most) * room, 1), said) for kind, n, said in numbers))
        for place, (name, numbers) in enumerate(rows)
    ]


def spark(values: Sequence[int], complete: Sequence[bool], usual: int | None = None) -> Spark:
    """Counts of a source's crawls, oldest first; an incomplete crawl is a dot on its value."""
    top = max([*values, usual or 0, 1])
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    places = [(round(2 + n * step, 1), _height(value, top)) for n, value in enumerate(values)]
    breaks = [place for place, whole in zip(places, complete, strict=True) if not whole]
    points = " ".join(f"{x},{y}" for x, y in places)
    return Spark(points, breaks, None if usual is None else _height(usual, top))


def _height(value: int, top: int) -> float:
    return round(2 + SPARK_HEIGHT * (1 - value / top), 1)


def shares(numbers: Mapping[str, tuple[int, int]]) -> dict[str, Share]:
    """Two amounts for each key as shares of the longest, in hundredths."""
    top = max((first + second for first, second in numbers.values()), default=0) or 1
    return {
        key: Share(round(100 * first / top, 1), round(100 * second / top, 1))
        for key, (first, second) in numbers.items()
    }
