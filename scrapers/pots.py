"""Of several amounts with the same purpose the one that holds for this call, or none."""

import re
from decimal import Decimal

from scrapers.money import Priced
from scrapers.spans import Read

_STANDING = re.compile(r"\b(?:[Ii]n behandeling|[Vv]erleend)\b")  # a page that keeps the count
_UNANNOUNCED = re.compile(  # "hoeveel geld er voor deze ronde is, maakt de stuurgroep nog bekend"
    r"\b(?:geld|budget|plafond|bedrag)\b[^.;]{0,25}\b(?:deze (?:ronde|call|oproep|openstelling|tranche)|dit tijdvak)\b"
    r"[^.;]{0,40}\b(?:nog|later)\b[^.;]{0,15}\b(?:bekend|bekendgemaakt|vastgesteld)\b"
    r"|\b(?:is het (?:budget|plafond)|het (?:budget|plafond) is) nog niet (?:bekend|vastgesteld)\b"
    r"|\bthe budget (?:is|has) not yet (?:known|been)\b"
    r"|\b(?:budget|funds|funding|amount)\b[^.;]{0,25}\b(?:this|the) (?:\w+ )?(?:call|round)\b[^.;]{0,15}"
    r"\b(?:(?:will|is to|are to|to) be (?:announced|published|confirmed|decided)|(?:is|are) not yet known)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(r"\b[Bb]eschikbaar\s?[:|]?\s{0,3}$")


def settle_budget(priced: list[Priced], source: str) -> Read | None:
    """The one plafond: the sum of the others, this round's, or the only one; else none."""
    if _UNANNOUNCED.search(source):
        return None
    pots = _distinct([one for one in priced if one.kind == "budget" and "period" not in one.scope])
    gone = {"past"} if any("now" in one.scope for one in pots) else {"then"}
    pots = [one for one in pots if not gone & one.scope] or pots  # "bedraagt #; in 2025 was het #"
    if _STANDING.search(source):
        whole = [one for one in pots if not _LEFT.search(source[: one.mention.start])]
        pots = whole if whole and all(one.value <= whole[0].value for one in pots) else pots
    for choose in _CHOICES:
        if chosen := choose(pots):
            return _read("budget", chosen, source)
    return None


def _distinct(priced: list[Priced]) -> list[Priced]:
    kept: dict[tuple[Decimal, str], Priced] = {}
    for one in priced:
        named = [key for key in kept if key[0] == one.value and (not key[1] or not one.label or key[1] == one.label)]
        if "listed" in one.scope:
            named = []  # "# for this and # for that": two, though of one size
        key = (
            named[0] if named else (one.value, one.label or ("listed" if "listed" in one.scope else ""))
        )  # as much for 2026 as for 2027 are two
        known = kept.get(key)
        kept[key] = Priced(one.kind, one.value, known.mention if known else one.mention,
                                 one.scope | (known.scope if known else frozenset()), one.label)  # fmt: skip
    return list(kept.values())


def _only(pots: list[Priced]) -> Priced | None:
    return pots[0] if len(pots) == 1 else None


def _portion(pots: list[Priced]) -> Priced | None:
    ours = [one for one in pots if "portion" in one.scope]
    return ours[0] if len(ours) == 1 and ours[0].value == min(one.value for one in pots) else None


def _of_topic(pots: list[Priced]) -> Priced | None:
    """ "Topic budget: #" beside the budget of the whole call."""
    ours = [one for one in pots if "topic" in one.scope]
    return ours[0] if len(ours) == 1 and ours[0].value == min(one.value for one in pots) else None


def _summed(pots: list[Priced]) -> Priced | None:
    sums = [one for one in pots if "summed" in one.scope and "programme" not in one.scope]
    return sums[0] if len(sums) == 1 and sums[0].value == max(one.value for one in pots) else None


def _sum_of_parts(pots: list[Priced]) -> Priced | None:
    largest = max(pots, key=lambda one: one.value, default=None)
    rest = [one for one in pots if one is not largest]
    if largest is None or len(rest) < 2:
        return None
    return largest if sum(one.value for one in rest) == largest.value else None


def _total_before_parts(pots: list[Priced]) -> Priced | None:
    """ "in totaal # , verdeeld over 2024 (#) en 2025 (#)": the first, when nothing larger stands near it."""
    totals = [one for one in pots if "total" in one.scope]
    if len(totals) != 1 or {"round", "programme"} & totals[0].scope:
        return None
    rest = [one for one in pots if one is not totals[0]]
    if rest and "listed" in min(rest, key=lambda one: one.mention.start).scope:
        return None  # "in total # for area A and # for area B"
    near = all(0 < one.mention.start - totals[0].mention.start < 160 for one in rest)
    return totals[0] if near and all(one.value < totals[0].value and "total" not in one.scope for one in rest) else None


def _of_this_round(pots: list[Priced]) -> Priced | None:
    here = [one for one in pots if "here" in one.scope and "programme" not in one.scope]
    if len(here) == 1 and all("round" in one.scope for one in pots):
        return here[0]  # "voor deze tranche #; in de eerste was #"
    now = [one for one in pots if "round" in one.scope and "programme" not in one.scope]
    rest = [one for one in pots if one not in now]
    return now[0] if len(now) == 1 and all("programme" in one.scope or "total" in one.scope for one in rest) else None


def _whole_without_shares(pots: list[Priced]) -> Priced | None:
    whole = [one for one in pots if "share" not in one.scope]
    if len(whole) != 1 or any(one.value >= whole[0].value for one in pots if one is not whole[0]):
        return None
    return whole[0]


def _beside_programme(pots: list[Priced]) -> Priced | None:
    """ "beschikbaar: #; het programma 2025-2028 heeft #": the one that is not the programme's."""
    ours = [one for one in pots if "programme" not in one.scope]
    fits = len(ours) == 1 and "share" not in ours[0].scope and ours[0].value == min(one.value for one in pots)
    return ours[0] if fits else None


def _raised(pots: list[Priced]) -> Priced | None:
    """ "was #, nu verhoogd tot #": the one that holds now."""
    ours = [one for one in pots if "raised" in one.scope]
    return ours[0] if len(ours) == 1 else None


_CHOICES = (
    _only, _raised, _portion, _of_topic, _summed, _sum_of_parts, _of_this_round, _total_before_parts, _beside_programme,
    _whole_without_shares,
)  # fmt: skip


def settle(priced: list[Priced], kind: str, source: str) -> Read | None:
    """The one amount of this kind, none when there are several."""
    ours = _distinct([one for one in priced if one.kind == kind])
    return _read(f"{kind}_per_project", ours[0], source) if len(ours) == 1 else None


def _read(kind: str, one: Priced, source: str) -> Read:
    return Read(kind, one.value, source[one.mention.start : one.mention.end], one.mention.start, one.mention.end)


def plafonds(priced: list[Priced], source: str) -> tuple[Read, ...]:
    """Every pot with its year or tranche as the kind; ``plafond`` where the text gives none."""
    return tuple(_read(f"plafond {one.label}".strip(), one, source) for one in priced if one.kind == "budget")
