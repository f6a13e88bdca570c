"""A region: its names, places, bodies and colours, read from one folder of data."""

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from db.home import Home
from db.region_colours import Colours

SHIPPED = Path(__file__).parents[1] / "tracker" / "agendas"  # a folder a region, beside what all regions share
USUAL = SHIPPED / "mra"  # where nobody chose


class Part(BaseModel):
    """A piece of a region's description; a field that is not known is a slip of the pen, and refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NamedPlace(Part):
    """A pattern in the head of a call, and the area it stands for."""

    pattern: str
    area: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        re.compile(value)
        return value


class Places(Part):
    """Where money may land: how the region's places are named, what lies elsewhere, and its codes in European files."""

    country: str = Field(default="", description="its ISO code; without it no call is told to be for another country")
    nuts: tuple[str, ...] = ()
    named: tuple[NamedPlace, ...] = ()
    elsewhere: tuple[str, ...] = Field(default=(), description="patterns, small letters")
    just_transition: str = Field(default="", description="the part where JTF money may land")
    words_here: tuple[str, ...] = ()
    words_elsewhere: tuple[str, ...] = ()


class Asked(Part):
    """What the sources are asked for this region, and which are not asked at all."""

    left_out: tuple[str, ...] = ()
    provinces: tuple[str, ...] = Field(default=(), description="whose Provinciaal blad and regulations are read")
    councils: dict[str, int] = Field(default={}, description="participant -> its number at Notubiz")
    words: tuple[str, ...] = Field(default=(), description="beside the usual words, in documents of the Tweede Kamer")
    named: tuple[str, ...] = Field(default=(), description="as lists of European calls name places here")


class Shown(Part):
    """What the demo shows: of whom its people are, and which opgaven the reader follows."""

    participant: str
    follows: tuple[str, ...]


class Region(Part):
    """A region as people know it. ``full`` and ``called`` stand in a sentence: "de Regio X", "de RX"."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str = Field(min_length=1)
    short: str = Field(min_length=1, max_length=20)
    full: str = Field(min_length=1)
    called: str = Field(min_length=1)
    also: tuple[str, ...] = ()
    board: str = Field(description="the id of the body that speaks for the region, in bodies.yaml")
    prepares: tuple[str, ...] = Field(default=(), description="platforms of opgaven that prepare and do not decide")
    words: dict[str, str] = Field(default={}, description="Vocabulary.value -> how it is called here")
    gremia: dict[str, str] = Field(default={}, description="what adopts positions of the region -> its name")
    colours: Colours = Colours()
    places: Places = Places()
    sources: Asked = Asked()
    demo: Shown | None = None
    governments: frozenset[str] = Field(default=frozenset(), description="its municipalities and provinces, folded")
    homes: dict[str, Home] = Field(default={}, description="where its participants lie, by their ids")
    moments: tuple[dict[str, Any], ...] = Field(default=(), description="its own, beside those of State and EU")

    @property
    def entity_names(self) -> frozenset[str]:
        """Names under which somebody may take the region for a legal entity, folded."""
        names = (self.name, self.short, self.id, self.name.replace(" ", "-"), *self.also)
        return frozenset(name.casefold() for name in names)
