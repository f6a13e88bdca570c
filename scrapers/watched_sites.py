"""The descriptions of watched pages, as data: read without what fetches and reads pages."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from db.vocabulary import Instrument, Nature

FOLDER = Path(__file__).parent / "watched_pages"
# What an address may be, with its root: it is also written into a Python file, so nothing that would end a text there.
ADDRESS = re.compile(r"(https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?)(?:[/?][^\s\"'\\]*)?")


class Watched(BaseModel):
    """One site: a list page or sitemap, which links are schemes (a regular expression on the path), what to read.

    ``also``: further lists of the same site.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    publisher: str
    start: Annotated[str, Field(pattern=r"^https?://")]
    links: Annotated[str, Field(max_length=300)]
    readable: str = "main"
    language: Annotated[str, Field(pattern=r"^(nl|en)$")] = "nl"
    nature: Nature = Nature.CALL
    instrument: Instrument = Instrument.GRANT
    also: tuple[Annotated[str, Field(pattern=r"^https?://")], ...] = ()
    most: Annotated[int, Field(gt=0, le=500)] = 100
    note: str = ""

    @field_validator("links")
    @classmethod
    def _an_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value


@lru_cache(maxsize=2000)
def _read(path: Path, _changed: tuple[int, int, int]) -> Watched:
    """One description, read anew when its file changed: the clock asks for all of them every minute."""
    return Watched.model_validate(yaml.safe_load(path.read_text("utf-8")))


def read_watched(folder: Path) -> tuple[dict[str, Watched], list[str]]:
    """Every description in a folder of YAML files, and one line for each that is not as it should be."""
    sources, wrong = {}, []
    for path in sorted(folder.glob("*.yaml")):
        try:
            at = path.stat()
            watched = _read(path, (at.st_mtime_ns, at.st_size, at.st_ino))
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors())
            wrong.append(f"{path}: {'; '.join(faults)[:300]}")
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            wrong.append(f"{path}: {' '.join(str(error).split())[:200]}")
        else:
            sources[watched.name] = watched
    return sources, wrong
