"""What a call is, in two plain Dutch sentences: from its fields, and from what its programme is, kept as data. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

import yaml

from db.vocabulary import Applicant, Instrument
from notifications import wording
from notifications.message import one_line

FILE = Path(__file__).parent / "programmes.yaml"
MOST_LEAD = 280  # characters of a Dutch source's own first sentences
LEAST_SENTENCE = 25
SENTENCE = re.compile(r"[^\n]*?[.!?](?=\s|$)")
Entry = Mapping[str, str]


@dataclass(frozen=True)
class Described:
    """The fields that say what a call is: its topic ``code``, the first sentences (``lead``) of a Dutch source."""

    code: str = ""
    programme: tuple[str, ...] = ()
    action: str = ""
    instrument: str = Instrument.GRANT
    publisher: str = ""
    applicants: tuple[str, ...] = ()
    lead: str = ""
    names_rate: bool = False  # its source names the rate itself


@dataclass(frozen=True)
class Gist:
    """What a call is: two sentences, and what its programme and kind of action are called and usually pay."""

    sentences: str = ""
    asked: bool = False  # whether they end with what is asked
    programme: str = ""
    action: str = ""
    usual: str = ""

    @property
    def with_rate(self) -> str:
        """The sentences, with the usual rate at their end, where one is known."""
        return f"{self.sentences.removesuffix('.')}; {self.usual}." if self.usual and self.asked else self.sentences


def gist(call: Described) -> Gist:
    """The sentences of a Dutch source itself; else the programme's, and what is asked or who may apply.

    Nothing is said that no field and no line of ``programmes.yaml`` says. A usual rate is left out where the source
    names the call's own.
    """
    programme, action = _programme(call), _action(call)
    usual = "" if call.names_rate else action.get("usual", "")
    first = call.lead or programme.get("about") or _plain(call)
    second = "" if call.lead else _asked(action)
    return Gist(
        " ".join(filter(None, (first, second))),
        bool(second),
        programme.get("name") or ", ".join(call.programme),
        action.get("name") or call.action,
        usual,
    )


def lead(summary: str, language: str) -> str:
    """The first two whole sentences of a Dutch text; nothing of another language or of loose words."""
    if language != "nl":
        return ""
    sentences = [one_line(match.group()) for match in SENTENCE.finditer(summary[: 4 * MOST_LEAD])]
    whole = [sentence for sentence in sentences if len(sentence) >= LEAST_SENTENCE]
    return shorten(" ".join(whole[:2]), MOST_LEAD, placeholder=" …")


def _asked(action: Entry) -> str:
    return f"Gevraagd wordt {action['asks']}." if action else ""


def _plain(call: Described) -> str:
    """``Subsidie van Provincie Drenthe voor gemeenten.``"""
    if not call.publisher:
        return ""
    label = Instrument(call.instrument).label
    whom = wording.listed([str(Applicant(name).label) for name in call.applicants if name in set(Applicant)][:4])
    return f"{label[:1].upper()}{label[1:]} van {one_line(call.publisher, 80)}{f' voor {whom}' if whom else ''}."


def _programme(call: Described) -> Entry:
    names = {*call.programme, call.publisher}
    return next((each for each in _data()["programmes"] if _fits(each, call.code, names, "programme")), {})


def _action(call: Described) -> Entry:
    return next((each for each in _data()["actions"] if _fits(each, call.code, {call.action}, "type")), {})


def _fits(entry: Entry, code: str, names: Iterable[str], key: str) -> bool:
    """Whether an entry's conditions hold: its code where it gives one, its name where it gives one."""
    by_code = "code" not in entry or re.match(entry["code"], code) is not None
    return by_code and (key not in entry or entry[key] in names)


@cache
def _data() -> dict[str, list[dict[str, Any]]]:
    data = yaml.safe_load(FILE.read_text("utf-8"))
    assert isinstance(data, dict)
    return data
