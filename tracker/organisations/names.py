"""Names of organisations as people type them: what makes two spellings one, and what kind a name speaks of. Pure."""

import re

from db.vocabulary import without_accents
from db.vocabulary_organisations import OrganisationKind

BEFORE = re.compile(r"^(?:(?:het|de|the) )?(?:ministerie|min)\b(?: van\b)?(?: (?:het|de)\b)? ?")
AFTER = re.compile(r" (?:b ?v|n ?v|u ?a)$")
BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
# What a name says of its kind, first that fits; a name that says nothing is left for a person.
KINDS = (
    (re.compile(r"^(?:het )?min(?:isterie)?\b"), OrganisationKind.MINISTRY),
    (re.compile(r"^gemeente\b"), OrganisationKind.MUNICIPALITY),
    (re.compile(r"^provincie\b"), OrganisationKind.PROVINCE),
    (re.compile(r"^(?:hoogheemraadschap|waterschap)\b"), OrganisationKind.WATER_BOARD),
    (re.compile(r"\beconomic board\b"), OrganisationKind.BOARD),
    (re.compile(r"^(?:metropoolregio|vervoerregio|regio)\b"), OrganisationKind.REGION),
    (re.compile(r"\b(?:universiteit|university|hogeschool|hva|tno)\b"), OrganisationKind.KNOWLEDGE),
    (re.compile(r"^(?:european|europese?)\b"), OrganisationKind.EU),
    (re.compile(r"^(?:tweede|eerste) kamer\b"), OrganisationKind.PARLIAMENT),
    (re.compile(r"^netwerk\b"), OrganisationKind.NETWORK),
    (re.compile(r"^(?:vereniging|koepel|unie)\b"), OrganisationKind.ASSOCIATION),
    (re.compile(r"^stichting\b"), OrganisationKind.CIVIC),
    (AFTER, OrganisationKind.COMPANY),
)


def plain(name: str) -> str:
    """Without capitals, accents and punctuation; "I&W" and "I & W" read as "i en w"."""
    letters = without_accents(name.replace("&", " en ")).casefold()
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())


def in_address(name: str) -> str:
    """How an address names it: two spellings of one name are one there."""
    return "-".join(plain(name).split())


def name_key(name: str) -> str:
    """What "Ministerie van KGG", "Min. KGG" and "kgg" have in common."""
    words = plain(name)
    bare = AFTER.sub("", BEFORE.sub("", words))
    return (bare or words).replace(" ", "") or name.strip()


def keys_of(name: str) -> list[str]:
    """The keys under which a name is looked up; what stands in brackets may be the abbreviation."""
    tries = [name, BRACKETS.sub(" ", name), *BRACKETS.findall(name)]
    return [key for key in dict.fromkeys(map(name_key, tries)) if key]


def kind_of(name: str) -> OrganisationKind:
    """What kind of organisation a name speaks of, as far as it says."""
    words = plain(name)
    return next((kind for said, kind in KINDS if said.search(words)), OrganisationKind.UNKNOWN)
