"""Colours of a region: measured as WCAG does, and held to the style sheet."""

import re
from pathlib import Path

import pytest

from db.region_colours import FIXED, USUAL, Colours, contrast, unreadable

TOKENS = Path("tracker/web/static/tokens.css")


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b5c73", "#0b5c73", 1.0)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


def test_the_usual_colours_are_those_of_the_style_sheet() -> None:
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in TOKENS.read_text().split("@media")[:2]
    )
    for shown, kept in ((light, FIXED["light"] | USUAL["light"]), (dark, FIXED["dark"] | USUAL["dark"])):
        assert {name: shown[name] for name in kept} == kept


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_usual_colours_can_be_read(ground: str) -> None:
    assert unreadable(ground, {}) == []


def test_one_colour_changed_is_judged_with_those_that_stay() -> None:
    with pytest.raises(ValueError, match=r"dark: on-accent .* is 1\.0 to 1"):
        Colours(dark={"on-accent": "#7dc8de"})
