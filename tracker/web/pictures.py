"""Geometry of the pictures: numbers in, coordinates out; the templates draw them as inline SVG, a table beside."""

from collections.abc import Sequence
from typing import NamedTuple

SPARK_WIDTH, SPARK_HEIGHT = 120, 24


class Spark(NamedTuple):
    """A line of small numbers over time: points for a polyline, where it broke, and the height of the usual value."""

    points: str
    breaks: list[tuple[float, float]]
    usual: float | None


class Bar(NamedTuple):
    """One bar of a chart: its label, its two parts in pixels, and what they say."""

    label: str
    y: int
    first: float
    second: float
    text: str


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


def bars(rows: Sequence[tuple[str, float, float, str]], width: float, row_height: int = 26) -> list[Bar]:
    """Label, two amounts and the text at the end of the bar; the longest bar is as wide as given."""
    top = max((first + second for _, first, second, _ in rows), default=0) or 1
    return [
        Bar(label, n * row_height, round(first / top * width, 1), round(second / top * width, 1), text)
        for n, (label, first, second, text) in enumerate(rows)
    ]
