"""Whose money a call is: a municipality, province or water authority gives it within its own borders only.

Said beside who may apply, so that "zelf aan te vragen" of one province is not read as ours by who lies in another.
"""

import re

AUTHORITY = re.compile(
    r"(?:^|over regeling (?:van )?)(?:de )?(provincie|gemeente|waterschap|hoogheemraadschap)(?: van)? ([^(),;|]+)", re.I
)
WITHIN = {
    "provincie": "alleen in de provincie {name}",
    "gemeente": "alleen in de gemeente {name}",
    "waterschap": "alleen in het gebied van waterschap {name}",
    "hoogheemraadschap": "alleen in het gebied van hoogheemraadschap {name}",
}


def giver_named(publisher: str | None) -> tuple[str, str] | None:
    """The kind and the name of the authority that gives, where the publisher names one."""
    giver = AUTHORITY.search(publisher or "")
    return (giver[1].lower(), giver[2].strip()) if giver else None


def only_within(publisher: str | None) -> str:
    """Where alone its money may land, in Dutch; empty where the publisher is no authority of one area."""
    giver = giver_named(publisher)
    return WITHIN[giver[0]].format(name=giver[1]) if giver else ""
