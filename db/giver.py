"""Whose money a call is: a municipality, province or water authority gives it within its own borders only.

Said beside who may apply, so that "zelf aan te vragen" of one province is not read as ours by who lies in another.
"""

import re
import unicodedata

AUTHORITY = re.compile(
    r"(?:^|over regeling (?:van )?)(?:de )?(provincie|gemeente|waterschap|hoogheemraadschap)(?: van)? ([^();|]+)", re.I
)
WATER = ("waterschap", "hoogheemraadschap")
WITHIN = {
    "provincie": "alleen in de provincie {name}",
    "gemeente": "alleen in de gemeente {name}",
    "waterschap": "alleen in het gebied van waterschap {name}",
    "hoogheemraadschap": "alleen in het gebied van hoogheemraadschap {name}",
}


def giver_named(publisher: str | None) -> tuple[str, str] | None:
    """The kind and the name of the authority that gives, where the publisher names one."""
    giver = AUTHORITY.search(publisher or "")
    if giver is None:
        return None
    kind = giver[1].lower()
    name = giver[2] if kind in WATER else giver[2].partition(",")[0]  # "Amstel, Gooi en Vecht" is one of them
    return kind, name.strip()


def giver_key(publisher: str | None) -> str | None:
    """The same as one word to compare by, such as ``provincie:gelderland``."""
    giver = giver_named(publisher)
    return key_of(*giver) if giver else None


def key_of(kind: str, name: str) -> str:
    """The key of an authority; water authorities have two words for one thing."""
    return f"{WATER[0] if kind in WATER else kind}:{slug(name)}"


def slug(name: str) -> str:
    """'Ter Aar' -> 'ter-aar'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def only_within(publisher: str | None) -> str:
    """Where alone its money may land, in Dutch; empty where the publisher is no authority of one area."""
    giver = giver_named(publisher)
    return WITHIN[giver[0]].format(name=giver[1]) if giver else ""
