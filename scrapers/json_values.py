"""JSON of a source as values, where one odd value costs its row and not the page.

What JSON cannot say for certain becomes NaN, which no field of a listing takes: a name that an object holds twice with
different values, a number of thousands of digits, anything nested a hundred deep in an answer that is too deep to read.
"""

import json
import math
import re
from typing import Any

LARGE = 4 * 2**20  # one wide letter, such as an emoji, makes Python keep four bytes for every letter of a text
_WIDE = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
DEEPEST, MOST_DIGITS = 100, 400
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def values_of(body: bytes) -> Any:
    """ValueError for what is no JSON, RecursionError for what is nested without end."""
    if len(body) > LARGE:
        body = _WIDE.sub(b"?", body)
    try:
        return _loads(body)
    except RecursionError:
        try:
            return _loads(shallow(body.decode(json.detect_encoding(body), "surrogatepass")))
        except ValueError as error:
            raise RecursionError from error


def _loads(text: bytes | str) -> Any:
    return json.loads(text, object_pairs_hook=_each_once, parse_int=_number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        values |= {name: math.nan for name, value in pairs if values[name] != value}
    return values


def _number(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else math.nan


def shallow(text: str) -> str:
    """The same JSON with NaN for everything below the deepest level that is read."""
    kept, depth, last = [], 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept += [text[last : token.start()], "NaN"]
        elif token[0] in "]}":
            depth -= 1
            if depth == DEEPEST:
                last = token.end()
    return "".join(kept) + (text[last:] if depth <= DEEPEST else "")
