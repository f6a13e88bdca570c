"""What the amounts of a text are for: plafond, most per project, or nothing of ours."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from scrapers.spans import AMOUNT, MONEY_MENTION, RATE, RATES, SPREAD, Mention, Sentence, Spread


@dataclass(frozen=True, slots=True)
class MoneyWords:
    """The words around amounts in one language; patterns over lower-cased sentences."""

    hedge: re.Pattern[str]  # ends right before an amount that is not exact: "ruim"
    nominal: re.Pattern[str]  # of these, the ones that name the figure itself: "circa"
    budget_before: re.Pattern[str]  # "subsidieplafond", "is ... gereserveerd"
    budget_after: re.Pattern[str]  # "beschikbaar", "te verdelen"
    not_budget_before: re.Pattern[str]  # ends right before: "waarvan", "uit de"
    not_budget: re.Pattern[str]  # anywhere near: "vorige regeling", "aangevraagd"
    not_budget_after: re.Pattern[str]  # right behind: "verhoogd naar"
    pot: re.Pattern[str]  # ends right before, and beats what follows: "het budget van"
    most: re.Pattern[str]  # ends right before: "maximaal"
    fixed: re.Pattern[str]  # ends right before: "lump sum of"
    least: re.Pattern[str]
    per_project: re.Pattern[str]  # "per project", "per aanvraag"
    apiece: re.Pattern[str]  # right before: "elk"
    per_other: re.Pattern[str]  # "per woning": a maximum of something smaller
    grant: re.Pattern[str]  # the sentence is about what one applicant gets
    gets: re.Pattern[str]  # right behind: "aanvragen", "krijgen"
    not_grant: re.Pattern[str]  # "eigen bijdrage", "projectkosten"
    rate_before: re.Pattern[str]
    rate_after: re.Pattern[str]
    pays: re.Pattern[str]  # "subsidie", "vergoed": with these 40% may be of anything
    not_rate_before: re.Pattern[str]
    not_rate_after: re.Pattern[str]
    round_pot: re.Pattern[str]  # "in deze eerste periode"
    of_which: re.Pattern[str]  # ends right before a part: "daarvan is"
    for_round: re.Pattern[str]  # right behind: "bestemd voor de eerste call"
    ours: re.Pattern[str]  # ends right before: "verdeelt daarvan"
    here: re.Pattern[str]  # "deze tranche", where "de eerste" may be an earlier one
    this_round: re.Pattern[str]
    whole_programme: re.Pattern[str]
    total: re.Pattern[str]
    share: re.Pattern[str]  # "voor het mkb", "voor spoor": a part of the money
    per_year: re.Pattern[str]
    spent: re.Pattern[str]  # further on: "aangevraagd", "toegekend"
    that_is: re.Pattern[str]  # "voor 2026 is dat #", of the pot in the sentence before
    raised_to: re.Pattern[str]  # ends right before the amount that holds now: "verhoogd tot"
    tranche: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Priced:
    """An amount with a purpose, and what its sentence says of its scope."""

    kind: str
    value: Decimal
    mention: Mention
    scope: frozenset[str] = frozenset()
    label: str = ""


_BREAKS = re.compile(r"[;:.]|,|\b(?:en|and|maar|but|terwijl|while|waarvan|want)\b")
_CLAUSE = re.compile(r"[;:]|,\s(?:met|with|tot|up to)\b|\ben (?:bedraagt|is)\b")
_EACH = re.compile(r"\s{0,2}(?:elk|ieder|apiece|each|per stuk)\b(?! \w)")
_PROJECTS = re.compile(r"\b(?:projecten|aanvragen|initiatieven|plannen|projects|proposals|grants)\b")
_UNIT_BEFORE = re.compile(r"^\s{0,2}(?:euro )?(?:per|/)\s?\w+")  # belongs to the amount before
_LISTED = re.compile(
    r"[^.;:]{0,45}(?:\ben\b|\band\b|,)\s?(?:is |dat |die |(?:de|het) [\w-]{2,20} (?:van |is ))?"
    r"(?:(?:voor|for|in) [^.;:,]{1,40} )?(?:is |ook |eveneens |nog eens |also ){0,2}"
)


def amounts_in(sentence: Sentence, words: MoneyWords) -> list[Priced]:
    """Every amount of the sentence whose purpose is certain."""
    found: list[Priced] = []
    last: Mention | None = None
    split = False
    for mention in sentence.mentions:
        near = sentence.near(mention, MONEY_MENTION)
        split = split or bool(found and found[-1].kind == "budget" and near.rstrip().endswith(":"))
        if mention.mark == SPREAD:
            found += _spread(sentence, mention, words)
        elif mention.mark == AMOUNT:
            own = _kind(sentence, mention, words)
            kind = own or _listed(sentence, mention, words, found, last)
            found += [_priced(kind, sentence, mention, words, split, listed=not own)] if kind else []
            last = mention
    return found


def _listed(
    sentence: Sentence, mention: Mention, words: MoneyWords, found: list[Priced], last: Mention | None
) -> str | None:
    """ "€ 5 miljoen voor 2026 en € 6 miljoen voor 2027": the second is what the first is."""
    listed = _LISTED.fullmatch(sentence.near(mention, MONEY_MENTION))
    if not listed or not found or found[-1].mention is not last or _barred(sentence, mention, words):
        return None
    return found[-1].kind


def _priced(kind: str, sentence: Sentence, mention: Mention, words: MoneyWords, split: bool, listed: bool) -> Priced:
    """``split``: it stands behind the colon after the pot, so it is a part; ``listed``: beside the one before."""
    assert isinstance(mention.value, Decimal)
    scope = _scope(sentence, mention, words) | ({"share"} if split else set()) | ({"listed"} if listed else set())
    scope |= {"project"} if _unit(sentence, mention, words) == "project" else set()
    return Priced(kind, mention.value, _with_hedge(sentence, mention, words), scope, _label(sentence, mention, words))


def _with_hedge(sentence: Sentence, mention: Mention, words: MoneyWords) -> Mention:
    """ "circa € 3 miljoen": who is shown the words sees that it is an estimate."""
    near = sentence.near(mention, MONEY_MENTION)
    hedge = words.nominal.search(near)
    return replace(mention, start=mention.start - len(hedge.group().lstrip(" ,(:;-"))) if hedge else mention


def _barred(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    near = sentence.near(mention, MONEY_MENTION)
    barred = words.hedge.search(near) or words.not_budget_before.search(near) or words.not_budget.search(near)
    return bool(barred) or _unit(sentence, mention, words) == "other"


def _kind(sentence: Sentence, mention: Mention, words: MoneyWords) -> str | None:
    near, follow = sentence.near(mention, MONEY_MENTION), sentence.follow(mention)
    if _is_one_of_two(sentence, mention):
        return None
    if words.hedge.search(near):  # an estimate of the pot is what there is, one of a grant is not a maximum
        rough = words.nominal.search(near) and _unit(sentence, mention, words) is None
        return "budget" if rough and _is_budget(sentence, mention, words) else None
    unit = _unit(sentence, mention, words)
    if unit == "other":
        return None
    if words.least.search(near):
        return "min" if _is_grant(sentence, mention, words, unit) else None
    if words.fixed.search(near) or _AS_LUMP.match(follow):
        return "max" if _is_grant(sentence, mention, words, unit) else None
    if words.most.search(near) and not _is_pot(near, follow, words, unit):
        return "max" if _is_grant(sentence, mention, words, unit) else None
    if unit == "project":
        # "per project is # beschikbaar", "per project is er #"
        pot = words.pot.search(near) or words.budget_after.match(follow) or words.budget_before.search(near[-30:])
        kind = "max" if pot else "per"
        return kind if _is_grant(sentence, mention, words, unit) else None
    return "budget" if _is_budget(sentence, mention, words) else None


_AS_LUMP = re.compile(
    r"\s(?:as (?:a|one) (?:lump|fixed)[ -]sum|als (?:vast bedrag|lump ?sum))\b"
    r"|\s?\((?:flat rate|lump ?sum|vast bedrag|forfaitair)\)"
)
_ALTOGETHER = re.compile(r"\b(?:in totaal|in total|totaal van|total of|samen|bij elkaar|altogether)\b")
_OWN_POT = re.compile(r"\b(?:\w*plafond|\w*budget|pot|potje|totale)\b")
_OR = re.compile(r"\s{0,2}[(]?(?:of|or|/)\s{0,2}")


def _is_one_of_two(sentence: Sentence, mention: Mention) -> bool:
    """ "# of #": nobody knows which."""
    marks = f"[{AMOUNT}{SPREAD}]"
    before = re.search(f"{marks}{_OR.pattern}$", sentence.left(mention))
    return bool(before or re.match(_OR.pattern + marks, sentence.right(mention)))


def _unit(sentence: Sentence, mention: Mention, words: MoneyWords) -> str | None:
    """Per what: right behind the amount, or earlier in its part of the sentence."""
    follow, left = sentence.follow(mention), sentence.left(mention)
    if words.apiece.search(sentence.near(mention, MONEY_MENTION)):
        return "other"
    if _EACH.match(follow):
        return "project" if _PROJECTS.search(sentence.near(mention, MONEY_MENTION)) else "other"
    behind = _BREAKS.split(follow)[0][:40]
    part = re.split(r"[;:.]", left)[-1]
    near = re.split(r"\.(?=[a-z]{3})", sentence.near(mention, MONEY_MENTION)[-100:])[-1]  # "amounts.The total": two
    own = _UNIT_BEFORE.sub("", near) if re.search(MONEY_MENTION, part) else near
    first = re.split(MONEY_MENTION, part)[0]
    if _OWN_POT.search(_BREAKS.split(near)[-1]):
        first = ""  # "per initiatief maximaal # en het budget is #"
    if _ALTOGETHER.search(near.rsplit(",", 1)[-1]):
        own = first = ""  # "het bedrag per gemeente, in totaal #"
    for window in (behind, own, first):
        project = max((hit.start() for hit in words.per_project.finditer(window)), default=-1)
        other = max((hit.start() for hit in words.per_other.finditer(window)), default=-1)
        if project >= 0 or other >= 0:
            return "project" if project >= other else "other"
    return None


_AVAILABLE = re.compile(r"^[^,.;]{0,40}\b(?:beschikbaar|te verdelen|available)\b(?=,)")  # said of the amount before
_POT_LABEL = re.compile(r"(?:budget|plafond|envelope|ceiling)\s?:\s?[\w. ]{0,16}$")


def _is_pot(near: str, follow: str, words: MoneyWords, unit: str | None) -> bool:
    """ "maximaal € 3 miljoen beschikbaar" is the pot, not what one project gets."""
    if unit == "project" or _AND_MOST.fullmatch(near):
        return False
    here = _CLAUSE.split(_AVAILABLE.sub("", near))[-1]
    if _POT_LABEL.search(near):
        return True
    return bool(
        words.budget_after.match(follow) or words.budget_before.search(here[-70:]) or words.round_pot.search(here)
    )


def _is_grant(sentence: Sentence, mention: Mention, words: MoneyWords, unit: str | None) -> bool:
    near, follow = sentence.near(mention, MONEY_MENTION), sentence.follow(mention)
    if _A_YEAR.match(follow) or _SIZE.search(near):
        return False  # a project may last several years; and what it costs is not what it gets
    clause = _CLAUSE.split(near)[-1][-70:]
    if _rate_beside(sentence, mention):
        clause = _OF_COSTS.sub("", clause)
    if _AND_MOST.fullmatch(near):
        clause = re.split(r"[;:.]", sentence.left(mention))[-1][-110:]  # "kost minimaal # en maximaal #"
    behind = _BREAKS.split(follow)[0][:30]
    if words.not_grant.search(clause) or words.not_grant.search(_WITH.split(behind)[0]):
        return False
    if unit == "project" or words.gets.match(follow):
        return True
    return bool(
        words.grant.search(sentence.left(mention)) or words.grant.search(follow[:40]) or _rate_beside(sentence, mention)
    )


_WITH = re.compile(r"\b(?:bij|for)\b")  # "# bij een begroting van": said of something else
_SIZE = re.compile(r"\b(?:(?<!grant )size|costs|\w*omvang|\w*kosten|\w*begroting)[\w ()]{0,20}:\s{0,2}$")
_AND_MOST = re.compile(r"\s?(?:en|and) (?:ten |at )?\w+\s")
_A_YEAR = re.compile(r"\s{0,2}(?:(?:per \w+ )?per (?:\w+)?jaar|(?:per|a) (?:calendar )?year)\b")
_OF_COSTS = re.compile(  # behind "50%": what the percentage is of, not what the amount is
    r"^\s{0,2}(?:subsidie )?(?:van|over|of) (?:[\w']+ ){0,4}?"
    r"\w*(?:kosten|begroting|investering|uitgaven|tekort|costs|budget)\b"
)


def _rate_beside(sentence: Sentence, mention: Mention) -> bool:
    return bool(re.search(f"[{RATE}{RATES}][^.;]{{0,90}}$", sentence.left(mention)))


def _is_budget(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    near, follow = _own_near(sentence, mention), sentence.follow(mention)
    behind = re.split(r"[;:]", follow)[0]
    if _is_part_for_round(sentence, mention, words):
        return True
    if (
        words.not_budget_before.search(near)
        or words.not_budget.search(_CONTRAST.split(near)[-1][-45 if words.pot.search(near) else -80 :])
        or words.not_budget_after.match(follow)
        or _ADDED.match(sentence.right(mention))
        or (_TO_ANOTHER.match(sentence.right(mention)) and _RAISED.search(sentence.left(mention)))
    ):
        return False
    if words.pot.search(near) or _raised(sentence, mention, near):
        return True
    if words.spent.match(sentence.right(mention)):
        return False
    if words.that_is.search(near) and words.budget_before.search(sentence.before):
        return True
    if words.not_budget.search(_BREAKS.split(follow)[0][:60]):
        return False
    pot = (words.most.search(near) or near.rstrip().endswith(":")) and words.round_pot.search(
        _CLAUSE.split(near.rstrip(" :"))[-1]
    )
    return bool(words.budget_before.search(near[-120:]) or words.budget_after.match(behind) or pot)


_CONTRAST = re.compile(r"\b(?:terwijl|maar|while|but)\b")
_OF_FORMER = re.compile(  # "# beschikbaar plus #": said of the first
    r"^(?!\s(?:is|zijn|was|waren|are|were)\b)[^,.;:]{0,50}"
    r"\b(?:beschikbaar|te verdelen|gereserveerd|uitgetrokken|available)\b"
)


def _own_near(sentence: Sentence, mention: Mention) -> str:
    near = sentence.near(mention, MONEY_MENTION)
    first = len(near) == len(sentence.left(mention))
    return near if first else _OF_FORMER.sub("", near)


_RAISED = re.compile(
    r"(?:budget|plafond|envelope|ceiling)\b[^.;]{0,30}(?:verhoogd|opgehoogd|verlaagd|verruimd|stijgt|daalt|groeit|gaat|ging|steeg|groeide|increased|raised|reduced|cut|rose|rises|grew|grows)\b[^.;]{0,12}$"
    r"|(?:verhoogt|verhoogde|verhogen|verlaagt|verlaagde|verruimt|verruimde|raises|raised|increased|reduced)\b"
    r"[^.;]{0,20}(?:budget|plafond|envelope|ceiling)\b[^.;]{0,30}$"
)
_TO_ANOTHER = re.compile(rf"\s{{0,2}}(?:naar|tot|to)\s{{0,2}}{AMOUNT}")
_ADDED = re.compile(rf"[^.;:]{{0,25}}\b(?:(?:plus|vermeerderd met)\s(?:\w+ )?{AMOUNT}|en evenveel\b)")


def _raised(sentence: Sentence, mention: Mention, near: str) -> bool:
    """ "het budget is verhoogd van # naar #": the second is the one that holds."""
    before = sentence.left(mention)[: -len(near) - 1]
    return bool(re.fullmatch(r"\s{0,2}(?:naar|tot|to)\s{0,2}", near) and _RAISED.search(before))


_OF_WHOLE = re.compile(rf"\b(?:van|uit|of|from) (?:de|het|the) {AMOUNT}[^.;]{{0,80}}$")


def _is_part_for_round(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    """ "daarvan is # bestemd voor de eerste call", "van de # gaat in deze ronde #": what this call has to give."""
    near = sentence.near(mention, MONEY_MENTION)
    named = words.of_which.search(near) and words.for_round.match(sentence.follow(mention))
    return bool(
        named or words.ours.search(near) or (_OF_WHOLE.search(sentence.left(mention)) and words.round_pot.search(near))
    )


def _spread(sentence: Sentence, mention: Mention, words: MoneyWords) -> list[Priced]:
    """ "tussen de 5 en 40 miljoen euro" for one project: the least and the most."""
    assert isinstance(mention.value, Spread)
    unit, near = _unit(sentence, mention, words), sentence.near(mention, MONEY_MENTION)
    if _RAISED.search(near) and near.rstrip().endswith((" from", " van")) and mention.value.high:
        return [Priced("budget", mention.value.high, mention, frozenset({"raised"}))]
    if unit == "other" or words.hedge.search(near) or not _is_grant(sentence, mention, words, unit):
        return []
    pot = words.budget_before.search(_CLAUSE.split(near)[-1][-60:]) or words.budget_after.match(
        sentence.follow(mention)
    )
    if pot and unit != "project":
        return []
    bounds = (("min", mention.value.low), ("max", mention.value.high))
    return [Priced(kind, value, mention) for kind, value in bounds if value is not None]


_SUMMED = re.compile(r"[,(]\s(?:dus )?(?:samen|in totaal|totaal|altogether|in total)\s{0,2}$")  # "# en #, samen #"
_TOPIC = re.compile(r"\b(?:topic(?:'s)? (?:budget|envelope)|(?:budget|envelope) (?:for|of) (?:the|this) topic)\b")
_EU_PERIOD = re.compile(  # the seven years of a European programme, never those of one call
    r"\s(?:(?:for|over|in|voor|de|the|period|periode|programming|jaren|years) ){0,4}"
    r"(?:2014(?:-| to | t/m )2020|2021(?:-| to | t/m )2027|2028(?:-| to | t/m )2034)\b"
)
_OF_PROGRAMME = re.compile(r"\bprogramm(?:e|a)\b|\b(?:erdf|efro|interreg|jtf|allocation)\b")
_USED_UP = re.compile(
    r"(?:\)?\s(?:is|was|werd|raakte)\b[^.;,]{0,20}|\s?\((?:\w+ )?)"
    r"\b(?:overtekend|overvraagd|uitgeput|op|bereikt|vergeven)\b"
)
_TENSES = {
    "past": re.compile(r"\b(?:was|waren|bedroeg|were)\b[^.;,]{0,20}$"),
    "then": re.compile(
        r"\b(?:in 20\d\d|toen|destijds|daarvoor|in the past)\b[^.;,]{0,25}\b(?:was|waren|bedroeg|were)\b[^.;,]{0,20}$"
        r"|\b(?:was|waren|bedroeg|were)\b[^.;,]{0,20}\b(?:in 20\d\d|toen|destijds)\b[^.;,]{0,20}$"
    ),
    "now": re.compile(r"\b(?:is|zijn|bedraagt|nu|are|now)\b[^.;,]{0,20}$"),
}


def _scope(sentence: Sentence, mention: Mention, words: MoneyWords) -> frozenset[str]:
    near, follow = sentence.near(mention, MONEY_MENTION)[-110:], re.split(r"[;:,]", sentence.follow(mention))[0][:80]
    tests = {
        "round": words.this_round,
        "here": words.here,
        "programme": words.whole_programme,
        "total": words.total,
        "year": words.per_year,
    }
    scope = {name for name, pattern in tests.items() if pattern.search(near) or pattern.search(follow)}
    if _is_part_for_round(sentence, mention, words):
        scope.add("portion")
    if words.raised_to.search(near):
        scope.add("raised")
    if _TOPIC.search(near):
        scope.add("topic")
    if _EU_PERIOD.match(follow) and _OF_PROGRAMME.search(near):
        scope.add("period")
    if _SUMMED.search(near):
        scope.add("summed")
    scope |= {name for name, verb in _TENSES.items() if verb.search(near)}
    if _USED_UP.match(sentence.follow(mention)):
        scope = scope - {"now"} | {"past", "then"}
    if words.share.search(near) or words.share.match(follow.lstrip()):
        scope.add("share")
    return frozenset(scope)


def _label(sentence: Sentence, mention: Mention, words: MoneyWords) -> str:
    """The year or tranche of a plafond: "2026", "tranche 2"."""
    hits = list(words.tranche.finditer(sentence.near(mention, MONEY_MENTION)[-60:]))
    behind = words.tranche.match(re.sub(r"^[ (,]*(?:(?:voor|in|for) )?", "", sentence.follow(mention)))
    return behind.group().strip() if behind else hits[-1].group().strip() if hits else ""
