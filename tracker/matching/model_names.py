"""What the fitted weights are called and from which score a match is told, read without the weights themselves."""

import json
import zipfile
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("weights.zip")
RULES = 5  # of who may apply; one more with each change of them, so that what is stored is matched again


def _about() -> dict[str, Any]:
    with zipfile.ZipFile(FILE) as file:
        about: dict[str, Any] = json.loads(file.read("about.json"))
    return {"version": about["version"], "threshold": float(about["threshold"])}


_ABOUT = _about()
DIGEST_THRESHOLD: float = _ABOUT["threshold"]
MODEL = f"kansenradar-{_ABOUT['version']}.{RULES}"
LEXICON_ONLY = f"{MODEL} lexicon only"


def model_name(encoder: str | None) -> str:
    """The matcher's name and version with that of its sentence encoder, as kept with every match."""
    return f"{MODEL} {encoder}" if encoder else LEXICON_ONLY
