"""Recordings that go wrong on purpose: fields renamed, emptied or typed otherwise; pages refused, cut or answered as
another; rows doubled, mirrored or reordered; totals that lie. The seed decides everything.
"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from scrapers.recordings import Recording

Change = Callable[[bytes], bytes]
TOTALS = re.compile(
    rb'("(?:total\w*|numberOfElements|count)"\s*:\s*)(\d+)|(<\w*:?numberOfRecords>)(\d+)', re.IGNORECASE
)
DAY = re.compile(r"\b(20[23]\d)(-\d\d-\d\d)")
ELEMENT = re.compile(rb"<(?!/|html|head|body|!|\?)([a-zA-Z][\w:.-]*)")
REFUSALS = (401, 403, 404, 410, 429, 451, 500, 503)
OTHER_PAGES = {
    "login": b"<html><head><title>Inloggen</title></head><body><main><h1>Inloggen</h1><p>Log in om verder te gaan.</p></main></body></html>",
    "consent": b"<html><head><title>Uw privacy</title></head><body><main><h1>Uw privacy</h1><p>Wij vragen uw toestemming voor cookies.</p></main></body></html>",
    "soft 404": b"<html><head><title>Niet gevonden</title></head><body><main><h1>Pagina niet gevonden</h1><p>Deze pagina bestaat niet.</p></main></body></html>",
    "maintenance": b"<html><head><title>Onderhoud</title></head><body><main><h1>Wij zijn zo terug</h1><p>Er wordt aan de site gewerkt.</p></main></body></html>",
    "challenge": b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>",
    "error": b'{"error": "something went wrong"}',
    "empty": b"",
}  # fmt: skip


class MutatedRecording(Recording):
    """A recording of which some answers are changed; ``what`` says in a line how."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder)
        self.random = Random(seed)
        self.files = sorted({answer["file"] for answer in self.index["answers"] if answer.get("file")})
        self.statuses: dict[str, int] = {}
        self.bodies: dict[str, bytes] = {}
        self.what = self.random.choice(MUTATIONS)(self)

    def _response(self, answer: Any, request: Request) -> Response:
        response = super()._response(answer, request)
        name = answer.get("file", "")
        if name in self.statuses:
            return TextResponse(request.url, status=self.statuses[name], request=request)
        if name not in self.bodies:
            return response
        body, kind = self.bodies[name], type(response)
        kind = HtmlResponse if body.startswith(b"<html>") else kind
        return kind(request.url, status=response.status, headers=response.headers, body=body, request=request)

    def body(self, name: str) -> bytes:
        """The bytes of a file as they are now."""
        return self.bodies.get(name, (self.folder / name).read_bytes())

    def some(self, names: list[str]) -> list[str]:
        """One of the files, or all of them."""
        return names if self.random.random() < 0.5 else [self.random.choice(names)]

    def change(self, names: list[str], how: Change) -> None:
        """Change these files."""
        for name in names:
            self.bodies[name] = how(self.body(name))

    def of_kind(self, *endings: str) -> list[str]:
        """The files with such a name."""
        return [name for name in self.files if name.endswith(endings)]


def field_of_json(recording: MutatedRecording, how: str, value: Callable[[Any], Any] | None) -> str:
    """One key of the JSON answers, everywhere; without ``value`` it gets another name."""
    names = recording.of_kind(".json")
    keys = sorted({key for name in names for key in keys_of(json.loads(recording.body(name)))})
    key = recording.random.choice(keys)

    def change(body: bytes) -> bytes:
        return json.dumps(with_key(json.loads(body), key, value)).encode()

    recording.change(names, change)
    return f"key {key} {how}"


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def with_key(document: Any, key: str, value: Callable[[Any], Any] | None) -> Any:
    if isinstance(document, list):
        return [with_key(inner, key, value) for inner in document]
    if not isinstance(document, dict):
        return document
    changed = {}
    for name, inner in document.items():
        if name != key:
            changed[name] = with_key(inner, key, value)
        elif value is None:
            changed[f"{name}_2"] = inner
        else:
            changed[name] = value(inner)
    return changed


def emptied(value: Any) -> Any:
    return [] if isinstance(value, list) else {} if isinstance(value, dict) else "" if isinstance(value, str) else None


def typed_otherwise(value: Any) -> Any:
    if isinstance(value, list):
        return {"value": value}
    if isinstance(value, dict):
        return [value]
    return 12345678 if isinstance(value, str) else str(value)


def field_of_markup(recording: MutatedRecording, how: str) -> str:
    """One element of the HTML, XML or RSS answers, everywhere."""
    names = recording.some(recording.of_kind(".html", ".xml", ".rss"))
    tags = sorted({tag for name in names for tag in ELEMENT.findall(recording.body(name))})
    tag = recording.random.choice(tags)
    opening, whole = (
        re.compile(p % re.escape(tag), re.DOTALL) for p in (rb"<(/?)%s(?=[\s>/])", rb"(<%s(?:\s[^>]*)?>)[^<]*")
    )
    changes: dict[str, Change] = {
        "renamed": lambda body: opening.sub(rb"<\1x-other", body),
        "emptied": lambda body: whole.sub(rb"\1", body),
        "typed otherwise": lambda body: whole.sub(rb"\g<1>12345678", body),
    }
    recording.change(names, changes[how])
    return f"element {tag.decode()} {how} in {', '.join(names)}"


def field(recording: MutatedRecording) -> str:
    """A field renamed, emptied or typed otherwise."""
    how = recording.random.choice(("renamed", "emptied", "typed otherwise"))
    if recording.of_kind(".json") and (
        recording.random.random() < 0.7 or not recording.of_kind(".html", ".xml", ".rss")
    ):
        return field_of_json(recording, how, {"renamed": None, "emptied": emptied}.get(how, typed_otherwise))
    return field_of_markup(recording, how)


def refused(recording: MutatedRecording) -> str:
    """Pages that are refused."""
    names, status = recording.some(recording.files), recording.random.choice(REFUSALS)
    recording.statuses.update(dict.fromkeys(names, status))
    return f"HTTP {status} for {', '.join(names)}"


def cut(recording: MutatedRecording) -> str:
    """Pages that break off."""
    names, part = recording.some(recording.files), recording.random.random()
    recording.change(names, lambda body: body[: int(len(body) * part)])
    return f"cut at {part:.2f}: {', '.join(names)}"


def answered_as_another(recording: MutatedRecording) -> str:
    """Pages answered with another page of the recording, or with one that every site has."""
    names = recording.some(recording.files)
    others = [name for name in recording.files if name not in names]
    if others and recording.random.random() < 0.4:
        other = recording.random.choice(others)
        recording.change(names, lambda _: recording.body(other))
        return f"{other} in place of {', '.join(names)}"
    kind = recording.random.choice(sorted(OTHER_PAGES))
    recording.change(names, lambda _: OTHER_PAGES[kind])
    return f"{kind} in place of {', '.join(names)}"


def rows(recording: MutatedRecording) -> str:
    """Rows doubled, mirrored with older days, or in another order."""
    how = recording.random.choice(("doubled", "mirrored", "reordered"))
    random = Random(recording.random.random())

    def change(body: bytes) -> bytes:
        return with_rows(body, how, random)

    recording.change(recording.files, change)
    return f"rows {how}"


def with_rows(body: bytes, how: str, random: Random) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return with_items(body, how, random)
    for listed in lists_of_rows(document):
        listed[:] = changed_rows(listed, how, random)
    return json.dumps(document).encode()


def lists_of_rows(document: Any) -> Iterator[list[Any]]:
    """The outermost lists of objects."""
    if isinstance(document, list) and document and all(isinstance(row, dict) for row in document):
        yield document
    elif isinstance(document, dict):
        for inner in document.values():
            yield from lists_of_rows(inner)


def changed_rows(listed: list[Any], how: str, random: Random) -> list[Any]:
    if how == "reordered":
        return random.sample(listed, len(listed))
    copies = deepcopy(listed)
    if how == "mirrored":
        copies = [older(row) for row in copies]
    return [*listed, *copies] if random.random() < 0.5 else [*copies, *listed]


def older(row: Any) -> Any:
    """A copy in an outdated mirror: its days are those of a year ago, and it says that it is a mirror where rows do."""
    text = DAY.sub(lambda day: f"{int(day[1]) - 1}{day[2]}", json.dumps(row))
    return json.loads(text.replace('"SEDIA"', '"SEDIA_PRD_CENTRICITY"'))


def with_items(body: bytes, how: str, random: Random) -> bytes:
    """The items of a feed, the entries of a list."""
    items = re.compile(rb"<item>.*?</item>|<url>.*?</url>|<li\b.*?</li>|<tr\b.*?</tr>", re.DOTALL)
    found = items.findall(body)
    if not found:
        return body
    order = iter(random.sample(found, len(found)))
    if how == "reordered":
        return items.sub(lambda _: next(order), body)
    return items.sub(lambda match: match[0] * 2, body)


def totals(recording: MutatedRecording) -> str:
    """Totals that lie."""
    lie = recording.random.choice((0, 1, 7, 1_000, 10**7))
    recording.change(recording.files, lambda body: TOTALS.sub(lambda m: (m[1] or m[3]) + str(lie).encode(), body))
    return f"totals say {lie}"


MUTATIONS = (field, field, field, field, refused, cut, answered_as_another, rows, totals)
