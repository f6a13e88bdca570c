"""What a scheme is called across sources: its acronym, and the body that pays; titles differ, these do not. Pure."""

import re

from db.region_served import region

ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,8}\+?(?![\w-])")
# Of bodies, groups and instruments, not of schemes.
NO_SCHEMES = frozenset(
    {"SPUK", "MKB", "SME", "VNG", "IPO", "UVW", "BTW", "RVO", "NWO", "UWV", "NOW", "CALL", "OPEN", "HORIZON"}
    | {"OCW", "BZK", "VWS", "SZW", "EZK", "LNV", "LVVN", "KGG", "VRO", "EFRO", "ESF", "LIFE", "ERASMUS", "INTERREG"}
)
RIJK = re.compile(r"^(ministerie|minister|staatssecretaris|rijks|rvo\b|dus-?i\b|nwo\b|zonmw\b|uwv\b)", re.IGNORECASE)
REGIONAL = re.compile(r"^(provincie|gemeente|waterschap|hoogheemraadschap|metropoolregio)\s+(.+)", re.IGNORECASE)
PROVINCES = frozenset(
    {"drenthe", "flevoland", "fryslân", "friesland", "gelderland", "groningen", "limburg", "noord-brabant"}
    | {"noord-holland", "overijssel", "utrecht", "zeeland", "zuid-holland"}
)


def acronyms(title: str) -> frozenset[str]:
    """The acronyms in a title, without those that every other title has; none of a title in capitals."""
    letters = [letter for letter in title if letter.isalpha()]
    if sum(map(str.isupper, letters)) * 2 > len(letters):
        return frozenset()
    return frozenset(ACRONYM.findall(title)) - NO_SCHEMES - {region().short}


def body_of(publisher: str | None) -> str | None:
    """Who pays, as far as its name says so: the Rijk with its agencies is one; none where the name tells nothing."""
    name = " ".join((publisher or "").split()).casefold()
    if RIJK.match(name):
        return "rijk"
    regional = REGIONAL.match(name)
    if regional:
        return regional[2] if regional[1] == "provincie" else f"{regional[2]} {regional[1]}"
    return name if name in PROVINCES else None


def may_be_one(publisher: str | None, other: str | None) -> bool:
    """Whether two publishers can speak of one scheme; a name that tells nothing speaks against nothing."""
    bodies = {body_of(publisher), body_of(other)} - {None}
    return len(bodies) < 2
