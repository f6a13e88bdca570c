"""The colours of a region, and whether text on them can be read.

The measure is WCAG 2.2, success criterion 1.4.3: 4.5 to 1 between text and its ground
(https://www.w3.org/TR/WCAG22/#contrast-minimum), by its definition of relative luminance.
"""

import re

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

READABLE = 4.5
# What a region may set, and what it has where it sets nothing; a test holds these to tokens.css.
USUAL = {
    "light": {"accent": "#0b5c73", "accent-deep": "#073f50", "on-accent": "#ffffff", "accent-wash": "#e3f0f4"},
    "dark": {"accent": "#7dc8de", "accent-deep": "#b4e2ef", "on-accent": "#06222b", "accent-wash": "#153540"},
}
FIXED = {
    "light": {"ground": "#ffffff", "wash": "#f2f5f7", "ink": "#17212b"},
    "dark": {"ground": "#11171c", "wash": "#1a232a", "ink": "#e5eaee"},
}
# text, and what it stands on somewhere in the pages
READ_ON = (
    ("accent", "ground"),
    ("accent", "wash"),
    ("accent", "accent-wash"),
    ("accent-deep", "ground"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("ink", "accent-wash"),
)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 for black to 1 for white."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far two colours lie apart: 1 for alike to 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class Colours(BaseModel):
    """The accent on light and on dark ground, as #rrggbb by the names of ``USUAL``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    light: dict[str, str] = {}
    dark: dict[str, str] = {}

    @field_validator("light", "dark")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for name, colour in value.items():
            if name not in USUAL["light"] or not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
                raise ValueError(f"{name}: {colour} is none of {', '.join(USUAL['light'])} as #rrggbb")
        return value

    @model_validator(mode="after")
    def _readable(self) -> "Colours":
        for ground, given in (("light", self.light), ("dark", self.dark)):
            for line in unreadable(ground, given):
                raise ValueError(line)
        return self


def unreadable(ground: str, given: dict[str, str]) -> list[str]:
    """A line for each text that nobody can read once these colours are set."""
    shown = FIXED[ground] | USUAL[ground] | given
    pairs = ((text, under, contrast(shown[text], shown[under])) for text, under in READ_ON)
    return [
        f"{ground}: {text} {shown[text]} on {under} {shown[under]} is {ratio:.1f} to 1, and text needs {READABLE}"
        for text, under, ratio in pairs
        if ratio < READABLE
    ]
