"""The line that a topic of the EU stands in: its code without years and numbers, the same over rounds. Pure.

    HORIZON-CL5-2021-D3-01-05           -> HORIZON-CL5-D3
    HORIZON-HLTH-2024-TOOL-05-06-two-stage -> HORIZON-HLTH-TOOL
    LC-SC3-SCC-1-2018-2019-2020         -> LC-SC3-SCC

A year tells the round and a number tells the topic in it; a letter with a number ("CL5", "D3") names the subject. The
stages of a procedure say nothing of the subject.
"""

import re

from db.vocabulary_winners import PastProgrammeCode

NUMBER = re.compile(r"\d+(?:[.,]\d+)*[A-Z]?")
STAGES = re.compile(r"-(?:SINGLE|ONE|TWO)-STAGE\b")
SEVERAL = re.compile(r"[\s,;]+")


def topic_line(code: str) -> str:
    """The line of a topic's code, in capitals; empty where nothing is left of it but the name of a programme."""
    first = SEVERAL.split(code.strip().upper())[0]
    parts = [part for part in STAGES.sub("", first).split("-") if part and not NUMBER.fullmatch(part)]
    return "" if "-".join(parts) in list(PastProgrammeCode) else "-".join(parts)


def programme_of(code: str, named: list[str]) -> PastProgrammeCode | None:
    """The programme of a call, by the names that its source gives or by the beginning of its topic's code."""
    start = code.strip().upper().split("-")[0]
    return next((one for one in PastProgrammeCode if one.label in named or one == start), None)
