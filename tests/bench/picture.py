"""A plain picture of a curve: sizes along, values up, both in powers of ten."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BELOW = 640, 320, 70, 190, 34, 46
COLOURS = ("#004699", "#b4002a", "#00664f", "#c26a00", "#5b2a86", "#7a7a7a", "#000000", "#0099cc", "#d83f8a", "#7a9a01")
Points = Sequence[tuple[float, float]]


def draw(title: str, along: str, unit: str, lines: Mapping[str, Points], file: Path) -> None:
    """Write the picture of these lines."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [max(y, 1e-6) for points in lines.values() for _, y in points]
    low = (math.floor(math.log10(min(xs))), math.floor(math.log10(min(ys))))
    high = (math.ceil(math.log10(max(xs))), math.ceil(math.log10(max(ys))))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - low[0]) / max(1, high[0] - low[0])
        up = (math.log10(max(y, 1e-6)) - low[1]) / max(1, high[1] - low[1])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BELOW - up * (HEIGHT - TOP - BELOW)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><text x="{LEFT}" y="18" font-size="14">{escape(title)}</text>',
    ]
    for power in range(low[0], high[0] + 1):
        x, bottom = place(10**power, 10 ** low[1])
        parts.append(f'<line x1="{x:.0f}" y1="{TOP}" x2="{x:.0f}" y2="{bottom:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 16:.0f}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low[1], high[1] + 1):
        x, y = place(10 ** low[0], 10**power)
        parts.append(f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{WIDTH - RIGHT}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{10**power:,g}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">{escape(along)}; {escape(unit)}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour, placed = COLOURS[number % len(COLOURS)], [place(*point) for point in points]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in placed]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{TOP + 14 + 16 * number}" fill="{colour}">{escape(name)}</text>'
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*parts, "</svg>", ""]), "utf-8")
