"""Why a page, crawl or mail went wrong, in Dutch: the code's own words on one side, a reader's on the other. Pure.

The database, the log and the commands keep the code's words; pages and mails say these. What the list does not know,
such as a sentence of a library, is told in general words: no reader gets another language.
"""

import re
from functools import cache
from pathlib import Path

import yaml

LIST = Path(__file__).with_name("reasons.yaml")
UNKNOWN = "er ging iets mis dat wij niet kunnen duiden; de technische melding staat in het logboek van de server"
GAP = re.compile(r"\{(\w+)([*+]?)\}")
BETWEEN = "; "


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    listed: dict[str, str] = yaml.safe_load(LIST.read_text("utf-8"))
    return tuple((_as_pattern(said), told) for said, told in listed.items())


def _as_pattern(said: str) -> re.Pattern[str]:
    pieces, at = [], 0
    for gap in GAP.finditer(said):
        pieces += [re.escape(said[at : gap.start()]), f"(?P<{gap[1]}>.+?)"]
        at = gap.end()
    return re.compile("".join([*pieces, re.escape(said[at:])]), re.DOTALL)


def in_dutch(reason: str) -> str:
    """``page 2: HTTP 500`` -> ``bladzijde 2: de site antwoordt HTTP 500``; nothing stays nothing."""
    return (_known(reason) or _known(reason, UNKNOWN) or UNKNOWN) if reason else ""


def _known(reason: str, inside: str = "") -> str:
    """The Dutch of a reason, empty where it is not known; ``inside`` stands for an unknown one within a known one."""
    for pattern, told in _patterns():
        found = pattern.fullmatch(reason)
        if found and (dutch := _filled(told, found.groupdict(), inside)):
            return dutch
    return ""


def _filled(told: str, gaps: dict[str, str], inside: str) -> str:
    parts = {}
    for name, kind in GAP.findall(told):
        reasons = gaps[name].split(BETWEEN) if kind == "+" else [gaps[name]]
        dutch = [(_known(reason, inside) or inside) if kind else reason for reason in reasons]
        if not all(dutch):
            return ""
        parts[name] = BETWEEN.join(dutch)
    return GAP.sub(lambda gap: parts[gap[1]], told)


def answer_in_dutch(code: int | None, text: str) -> str:
    """Why a mail did not leave: our own words in Dutch, a mail server's as its own."""
    if not text or (known := _known(text)):
        return known if text else ""
    return f"„{text}”" if code is not None else UNKNOWN
