"""The parts every request shares: settings, database, clock, templates and the addresses of static files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from starlette.responses import Response
from starlette.staticfiles import StaticFiles as PlainStaticFiles
from starlette.types import Scope

from db import (
    vocabulary,
    vocabulary_account,
    vocabulary_calendar,
    vocabulary_care,
    vocabulary_documents,
    vocabulary_knowledge,
    vocabulary_lobby,
    vocabulary_network,
    vocabulary_organisations,
    vocabulary_winners,
)
from db.region_served import region
from notifications import wording
from tracker import __version__
from tracker.clock import Clock
from tracker.settings import Settings
from tracker.web.frame import phrases
from tracker.web.frame.forms import held_against, of_row, ticked
from tracker.web.frame.help import help_for

HERE = Path(__file__).parent.parent
LOOK = "region.css"  # made, and of no file
STATIC = HERE / "static"
T = TypeVar("T")
PRACTICE_PATH = "/demo/oefensite"  # a made-up site in the demo, to practise adding a source with


@dataclass(frozen=True)
class Site:
    """What the application is made of; no globals."""

    settings: Settings
    engine: Engine
    clock: Clock
    parts: dict[type[Any], Any] = field(default_factory=dict)
    demo: bool = False  # whether the demo's own pages are there

    def part(self, kind: type[T]) -> T:
        """What a page keeps for as long as the application runs, such as a cache; made when it is first asked for."""
        if kind not in self.parts:
            self.parts[kind] = kind()
        part: T = self.parts[kind]
        return part

    @property
    def secure(self) -> bool:
        """Whether people come over HTTPS: everywhere except on a developer's own machine."""
        return self.settings.base_url.startswith("https://")

    @property
    def templates(self) -> Environment:
        """Where pages are rendered."""
        return environment()

    def render(self, template: str, context: Mapping[str, Any], block: str | None = None) -> str:
        """A page as text, or one block of it."""
        page = self.templates.get_template(template)
        if block is None:
            return page.render(context)
        return "".join(page.blocks[block](page.new_context(dict(context))))


@cache
def environment() -> Environment:
    """Jinja2 with escaping always on (its select_autoescape leaves .ics and .txt unescaped) and no silent gaps.

    One for the process: a template is compiled once, however many applications are built (tests build hundreds).
    """
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(phrases.FILTERS)
    made.globals.update(asset=asset, words=vocabulary, lobby=vocabulary_lobby, wording=wording, phrases=phrases)
    made.globals.update(organisations=vocabulary_organisations, files=vocabulary_documents, care=vocabulary_care)
    made.globals.update(calendar_words=vocabulary_calendar, winner_words=vocabulary_winners)
    made.globals.update(
        knowledge_words=vocabulary_knowledge, network_words=vocabulary_network, account_words=vocabulary_account
    )
    made.globals.update(version=__version__, region=region)
    made.globals.update(held_against=held_against, of_row=of_row, ticked=ticked)
    made.globals["help_for"] = help_for
    made.globals["has_vendor"] = (STATIC / "vendor" / "ams.css").exists()
    return made


@cache
def _hashes() -> dict[str, str]:
    files = (path for path in sorted(STATIC.rglob("*")) if path.is_file())
    return {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}


def asset(name: str) -> str:
    """The address of a static file, with its hash, so that browsers may keep it for a year."""
    shown = look() if name == LOOK else b""
    return f"/static/{name}?v={hashlib.sha256(shown).hexdigest()[:12] if shown else _hashes().get(name, '0')}"


def look() -> bytes:
    """The colours of the region, over those of tokens.css."""
    colours = region().colours

    def block(given: Mapping[str, str]) -> str:
        return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in given.items()) + " }"

    return f"{block(colours.light)}\n@media (prefers-color-scheme: dark) {{ {block(colours.dark)} }}\n".encode()


class StaticFiles(PlainStaticFiles):
    """Starlette's, kept by browsers for a year where the address carries the hash, asked again otherwise."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = Response(look(), media_type="text/css") if path == LOOK else await super().get_response(path, scope)
        hashed = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
