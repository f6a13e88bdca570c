"""What the fitted weights are called and from which score a match is told, read without the weights themselves."""

import json
import zipfile
from pathlib import Path

FILE = Path(__file__).with_name("weights.zip")
RULES = 6  # of who may apply; one more with each change of them, so that what is stored is matched again


def _about() -> tuple[str, float]:
    """The version of the weights and their threshold (0 to 1), by what the file says of itself."""
    with zipfile.ZipFile(FILE) as file:
        about = json.loads(file.read("about.json"))
    return about["version"], float(about["threshold"])


_VERSION, DIGEST_THRESHOLD = _about()
MODEL = f"kansenradar-{_VERSION}.{RULES}"
LEXICON_ONLY = f"{MODEL} lexicon only"


def model_name(encoder: str | None) -> str:
    """The matcher's name and version with that of its sentence encoder, as kept with every match."""
    return f"{MODEL} {encoder}" if encoder else LEXICON_ONLY
