"""Word lists as patterns: alternatives stand apart by `` | ``; a line that does not begin with one goes on."""

import re


def _alternatives(text: str) -> list[str]:
    """Split at a pipe with a blank behind it; a pipe inside an alternative has none."""
    return [part for part in re.split(r"\s*\|\s+", re.sub(r"\n\s*", "", text.strip())) if part]


def words(text: str) -> re.Pattern[str]:
    """Any of these, anywhere."""
    return re.compile("|".join(_alternatives(text)))


def ends(text: str) -> re.Pattern[str]:
    """Any of these at the very end, so right before the mention."""
    return re.compile(rf"(?:^|[\s(,:;-])(?:{'|'.join(_alternatives(text))})[\s:(,]{{0,4}}$")


def begins(text: str) -> re.Pattern[str]:
    """Any of these at the very beginning, so right behind the mention."""
    return re.compile(rf"[\s,:()-]{{0,4}}(?:{'|'.join(_alternatives(text))})")
