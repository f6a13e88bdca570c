"""Amounts in euro and percentages in running Dutch or English text; a number that can be read two ways is unknown."""

import re
from dataclasses import replace
from decimal import Decimal

from scrapers.facts.spans import MOST_SPANS, Span
from scrapers.facts.words import names, one_of, pattern

_SCALES = names("scales")
_WORDS = {word: str(value) for word, value in names("numbers").items()}
_NUMBER = (
    r"(?:(?<!\d)(?<!\d[.,])\d{1,3}(?:[.,] \d{3}(?!\d)){1,4}(?: \d{3}(?!\d))?"
    r"|\d{1,12}(?:[.,]\d{1,4}(?!\d)| \d{3}(?!\d)){0,6}(?:[.,](?:-{1,2}|=))?)"
)
_SPOKEN = one_of(_WORDS)
_FULL = one_of(word for word in _SCALES if len(word) > 1)
_SCALE, _LONG = rf"(?:{_FULL}|m|k)\b", rf"(?:{_FULL})\b"
_CURRENCY = r"(?:€|eur(?:o'?s?)?\b)"


def _part(n: str) -> str:
    """One amount: currency before or behind, digits or a word, a scale."""
    return (
        rf"(?P<pre{n}>k\s?(?:€|eur\b)|m\s?(?:€|eur\b)|{_CURRENCY})?\s{{0,3}}(?:(?P<num{n}>{_NUMBER})(?:\s{{0,2}}-?(?P<scale{n}>{_SCALE}))?"
        rf"|\b(?P<word{n}>{_SPOKEN})\s(?P<wscale{n}>{_LONG}))\s{{0,2}}(?P<post{n}>(?:[mk]\s?(?:€|eur\b)|{_CURRENCY})(?!\s{{0,3}}\d))?"
    )


_AMOUNT = re.compile(
    rf"(?<![\d.,/a-z\ue000-\ue00f]){_part('1')}"
    rf"(?:\s{{0,3}}(?P<how>-|à|tot en met|tot maximaal|tot|t/m|en|to|and|up to)\s{{0,3}}"
    rf"(?:de\s|een\s|maximaal\s)?{_part('2')})?"
    r"(?![\d/])"
)
_NOT_MONEY = pattern("phrases", "no_money", r"\s{0,2}(?:{})\b")
_OTHER_CURRENCY = pattern("phrases", "other_money", "(?:{})")
_HALF = pattern("phrases", "half", "(?:{})")
_PERCENT = re.compile(
    r"(?<![\d.,])(?P<low>\d{1,3}(?:[.,]\d{1,2})?)\s{0,2}(?P<sign>%|procent(?!punt)|percent(?!age)|per cent|pct)?"
    r"(?:\s{0,2}(?P<how>-|tot en met|tot|à|en|and|to|of|or)\s{0,2}(?:de\s)?(?P<high>\d{1,3}(?:[.,]\d{1,2})?)\s{0,2}"
    r"(?P<sign2>%|procent\b|percent\b|per cent\b|pct\b))?"
)


def exact(value: Decimal) -> Decimal:
    """Without an exponent and without trailing zeros: 2500000, 62.5."""
    return Decimal(int(value)) if value == int(value) else value.normalize()


def number(text: str, comma_decimal: bool, scaled: bool) -> Decimal | None:
    """The number that was written, none when it could be a factor thousand off.

    ``comma_decimal``: Dutch (1.500 is fifteen hundred, 1,500 is unclear) or English (the other way round).
    """
    text = re.sub(r"[.,](?:-{1,2}|=)$", "", text)
    many, few = (".", ",") if comma_decimal else (",", ".")
    if re.fullmatch(r"[1-9]\d{0,2}(?P<mark>[.,]) (?:000|\d{3}(?P=mark) \d{3})(?:(?P=mark) \d{3})?", text):
        text = re.sub(r"\D+", "", text)  # "16, 000, 000"; of "5, 300" nobody knows whether it is a list
    if re.fullmatch(r"\d+", text):
        return Decimal(text) if len(text) == 1 or text[0] != "0" else None
    if re.fullmatch(r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d\d)?", text):
        return Decimal(text.replace(" ", "").replace(",", "."))
    for mark, other in ((".", ","), (",", ".")):
        m, o = re.escape(mark), re.escape(other)
        if re.fullmatch(
            rf"[1-9]\d{{0,2}}(?:{m}\d{{3}}){{2,}}(?:{o}\d{{1,2}})?|[1-9]\d{{0,2}}{m}\d{{3}}{o}\d{{1,2}}", text
        ):
            return Decimal(text.replace(mark, "").replace(other, "."))
    if not comma_decimal and not scaled and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text):
        return Decimal(text.replace(".", ""))  # 50.000 EUR: nobody writes a tenth of a cent
    if re.fullmatch(rf"[1-9]\d{{0,2}}{re.escape(many)}\d{{3}}", text):
        return None if scaled else Decimal(text.replace(many, ""))
    if re.fullmatch(r"\d{1,3}[.,]\d{1,2}", text) and (scaled or text[-2:-1] == few or text[-3:-2] == few):
        return Decimal(text.replace(",", "."))
    if scaled and re.fullmatch(rf"\d{{1,3}}{re.escape(few)}\d{{3}}", text):
        return Decimal(text.replace(few, "."))
    return None


OTHER_CURRENCY = "other currency"
LOW_UNCLEAR = "lower end unclear"
# "€ 100.000 (ongeveer $ 110.000)": the same money once more.
_SAME_MONEY = re.compile(
    r"\s?[(/=\[][^.;€]{0,20}|,?\s?(?:or|of|oftewel|ofwel|i\.e\.)\s(?:about |circa |ongeveer |some )?"
)


def find_amounts(text: str, comma_decimal: bool) -> list[Span]:
    """Every amount in the lower-cased text from which dates have been blanked out, in order.

    One in another currency has its number and the slip of that name; where it only repeats one in euro, it is left out.
    """
    signs = [hit.span() for hit in _OTHER_CURRENCY.finditer(text)]
    amounts = _all_amounts(_OTHER_CURRENCY.sub(lambda hit: "€".ljust(len(hit.group())), text), comma_decimal)
    ends = {span: [end for start, end in signs if span.start <= start < span.end] for span in amounts}
    euros = [span for span in amounts if not ends[span]]
    return [
        replace(span, end=max(span.end, *ends[span]), slip=OTHER_CURRENCY) if ends[span] else span
        for span in amounts
        if not (ends[span] and any(_repeats(text, span, euro) for euro in euros))
    ]


def _repeats(text: str, foreign: Span, euro: Span) -> bool:
    first, second = sorted((foreign, euro), key=lambda each: each.start)
    return _SAME_MONEY.fullmatch(text, first.end, second.start) is not None


def _all_amounts(text: str, comma_decimal: bool) -> list[Span]:
    amounts: list[Span] = []
    place = 0
    while len(amounts) < MOST_SPANS and (hit := _AMOUNT.search(text, place)):
        mention = _amount(text, hit, comma_decimal)
        place = max(hit.start() + 1, mention.end if mention else _past_first(hit))
        if mention:
            amounts.append(mention)
    return amounts


# "Plafond (in euro's): 21.300.000", "Budget (EUR) - Year 2027: 24 000 000": the unit stands in the label.
_UNIT_IN_LABEL = re.compile(
    r"(?:[(](?:in )?(?:€|eur|euro|euro's)[)](?:\s?-\s?year\s?:?\s?20\d\d)?|\b(?:in euro's|in euro))\s?[:|]\s{0,3}"
    rf"(?P<first>{_NUMBER})(?:\s(?:to|tot|-)\s(?P<second>{_NUMBER}))?(?![\d/%]|\s?(?:{_SCALE}|{_CURRENCY}))"
)
# A number in thousands as a cell of a table, or behind the word for a ceiling: an amount without its sign.
_CELL = re.compile(r"\|\s*(?P<first>[1-9]\d{0,2}(?:\.\d{3})+)(?P<second>)\s*(?=\||\n|$)")
_CEILING = re.compile(
    r"plafond[^.;\d\ue00f€]{0,60}?\s(?P<first>[1-9]\d{0,2}(?:\.\d{3})+)(?P<second>)(?![.,]?\d|\s?[%€]|\seuro)"
)
# The topic pages of the EU portal head this column "Contributions" and mean euro per project.
_CONTRIBUTIONS = re.compile(r"\bcontributions\s?[:|]\s{0,3}(?P<first>\d{5,9})\s(?:to|-)\s(?P<second>\d{5,9})\b")


def labelled_amounts(text: str, comma_decimal: bool) -> list[Span]:
    """Bare numbers behind a label that says they are euro."""
    shapes = (_UNIT_IN_LABEL, _CONTRIBUTIONS, _CELL, _CEILING)
    hits = [hit for shape in shapes for hit in shape.finditer(text) if not _is_beside_other_currency(text, hit)]
    return sorted((m for hit in hits[:MOST_SPANS] if (m := _labelled(hit, comma_decimal))), key=lambda m: m.start)


def _is_beside_other_currency(text: str, hit: re.Match[str]) -> bool:
    before = _OTHER_CURRENCY.search(text, max(0, hit.start("first") - 5), hit.start("first"))
    return bool(before or _OTHER_CURRENCY.match(text[hit.end() : hit.end() + 30].lstrip()))


def _labelled(hit: re.Match[str], comma_decimal: bool) -> Span | None:
    first = number(hit["first"], comma_decimal, False)
    second = number(hit["second"], comma_decimal, False) if hit["second"] else None
    start, end = hit.start("first"), hit.end("second" if hit["second"] else "first")
    if first is None or (hit["second"] and second is None):
        return Span("amount", None, start, end, why="amount in an unclear notation")
    if second is None:
        return Span("amount", exact(first), start, end)
    return Span("amount", exact(second), start, end, low=exact(first)) if first < second else None


def _past_first(hit: re.Match[str]) -> int:
    return hit.end("num1") if hit["num1"] else hit.end("word1")


def _is_money(hit: re.Match[str], n: str) -> bool:
    scale = hit[f"scale{n}"] or hit[f"wscale{n}"] or ""
    return bool(hit[f"pre{n}"] or hit[f"post{n}"] or len(scale) > 1)


_GOES_ON = re.compile(r"'\d|\s{0,2}ton\b")  # 1'500'000; "3 ton" are 300,000


def _amount(text: str, hit: re.Match[str], comma_decimal: bool) -> Span | None:
    if hit["how"] and _is_spread(text, hit):
        return _spread(hit, comma_decimal)
    if not _is_money(hit, "1"):
        return None
    end = _end(hit, "1")
    if not (hit["pre1"] or hit["post1"]) and _NOT_MONEY.match(text, end):
        return None
    value = _value(hit, "1", comma_decimal)
    if value is None or _GOES_ON.match(text, end):
        return Span("amount", None, hit.start(), end, why="amount in an unclear notation")
    return Span("amount", value, hit.start() + _blank(hit), end)


def _blank(hit: re.Match[str]) -> int:
    return len(hit.group()) - len(hit.group().lstrip())


def _end(hit: re.Match[str], n: str) -> int:
    """The end of one part, without the blanks behind it."""
    return max(hit.end(f"{name}{n}") for name in ("num", "scale", "word", "wscale", "post"))


def _value(hit: re.Match[str], n: str, comma_decimal: bool, scale: str = "") -> Decimal | None:
    own = hit[f"scale{n}"] or hit[f"wscale{n}"] or scale
    for sign in (hit[f"pre{n}"], hit[f"post{n}"]):
        own = sign[0] if sign and sign[0] in "km" else own
    word = hit[f"word{n}"]
    value = Decimal(_WORDS[word]) if word else number(hit[f"num{n}"], comma_decimal, bool(own))
    if value is None or (own in {"m", "k", "mn"} and hit[f"pre{n}"] is None and hit[f"post{n}"] is None):
        return None
    return exact(value * 10 ** _SCALES[own] if own else value)


def _is_spread(text: str, hit: re.Match[str]) -> bool:
    """ "3 tot 5 miljoen" is one; "fase 2 - € 500.000", "2023 - 5 miljoen" and "€ 5.000 en € 3.000" are not."""
    if not (_is_money(hit, "1") or _is_money(hit, "2")):
        return False
    if hit["pre2"] and not _is_money(hit, "1"):
        return False
    between = re.search(
        r"\b(?:tussen|between)\s(?:de\s|the\s)?$", text[max(0, hit.start() - 14) : hit.start() + _blank(hit)]
    )
    if hit["how"] in {"en", "and"} and not between:
        return False
    bare = hit["num1"] and not _is_money(hit, "1")
    return not (bare and re.fullmatch(r"(?:19|20)\d\d", hit["num1"]))


def _spread(hit: re.Match[str], comma_decimal: bool) -> Span | None:
    scale2 = hit["scale2"] or hit["wscale2"] or ""
    borrows = scale2 and not (hit["scale1"] or hit["wscale1"]) and not hit["pre1"] and not hit["post1"]
    low, high = _value(hit, "1", comma_decimal, scale2 if borrows else ""), _value(hit, "2", comma_decimal)
    if low is not None and low < 1000 and scale2 and not borrows and not hit["scale1"]:
        low = None  # "€ 5 tot € 40 miljoen": five euro, or five million
    end = _end(hit, "2")
    start = hit.start() + _blank(hit)
    if high is None or (low is not None and low >= high):
        return Span("amount", None, start, end, why="amounts in an unclear notation")
    return Span("amount", high, start, end, low=low, slip="" if low else LOW_UNCLEAR)


_BARE = re.compile(
    r"percentage(?: (?:\w+ ){0,2}?(?:van|is|was|bedraagt|bedroeg|of)|\s?:) (\d{1,2})"
    r"(?!\d|[.,]\d|\s?[%/-]|\s?procent|\s?percent|\s(?:tot|of|à|en|to|and|or)\s)"
)


def find_rates(text: str) -> list[Span]:
    """Every percentage, and "de helft van de kosten"; two bounds make one mention without a value."""
    halves = [Span("rate", Decimal(50), hit.start(), hit.end()) for hit in _HALF.finditer(text)]
    bare = [Span("rate", Decimal(hit[1]), hit.start(1), hit.end(1)) for hit in _BARE.finditer(text)]
    return sorted([*_percentages(text), *halves, *bare], key=lambda m: m.start)[:MOST_SPANS]


def _percentages(text: str) -> list[Span]:
    percentages: list[Span] = []
    for hit in _PERCENT.finditer(text):
        ranged = hit["how"] and (hit["how"] not in {"en", "and", "of", "or"} or not hit["sign"] or _between(text, hit))
        if not hit["sign"] and not ranged:
            continue
        value = Decimal(hit["low"].replace(",", "."))
        if not hit["how"] and value > 100:
            percentages.append(Span("rate", None, hit.start(), hit.end(), why="more than the whole"))
        elif not hit["how"]:
            percentages.append(Span("rate", exact(value), hit.start(), hit.end()))
        elif ranged:
            percentages.append(_range_of(hit))
        else:
            percentages += _two(hit)
        if len(percentages) >= MOST_SPANS:
            break
    return percentages


def _range_of(hit: re.Match[str]) -> Span:
    """ "40-60%": both ends."""
    low, high = (exact(Decimal(hit[name].replace(",", "."))) for name in ("low", "high"))
    if low >= high or high > 100:
        return Span("rate", None, *hit.span(), why="more than one percentage")
    return Span("rate", high, *hit.span(), low=low)


def _between(text: str, hit: re.Match[str]) -> bool:
    return bool(re.search(r"\b(?:tussen|between)\s(?:de\s|the\s)?$", text[max(0, hit.start() - 14) : hit.start()]))


def _two(hit: re.Match[str]) -> list[Span]:
    """ "40% of 50%": two mentions, each with its own value."""
    low, high = (exact(Decimal(hit[name].replace(",", "."))) for name in ("low", "high"))
    return [Span("rate", low, hit.start(), hit.end("sign")), Span("rate", high, hit.start("high"), hit.end())]
