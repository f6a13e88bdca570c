"""RVO's page of a scheme: its status in fixed words, the cards with its period and budget, and the text around them."""

import re
from datetime import date
from typing import Any

from db.vocabulary import DeadlineKind, Status
from scrapers.extract import extract
from scrapers.listing import ListedDeadline, QuestionField

WORDS = {
    "Open voor aanvragen": Status.OPEN,
    "Bijna open": Status.ANNOUNCED,
    "Binnenkort open": Status.ANNOUNCED,
    "Tijdelijk gesloten": Status.EXPECTED,
    "Gesloten voor aanvragen": Status.CLOSED,
}
STATUS = re.compile(rf"\b(?:{'|'.join(WORDS)})\b")
# The cards of RVO's page with a period and a budget: each label on a line of its own, its value on those that follow.
OPENS, CLOSES, MOST, POT = "startdatum", "einddatum", "u ontvangt maximaal", "totaal budget"
LABEL = re.compile(
    rf"(?:{OPENS}|{CLOSES}|{MOST}|{POT}|verleend|in behandeling|nog beschikbaar\b.{{0,60}}|aanvullende informatie):?",
    re.IGNORECASE,
)
VALUE_LINES = 3  # a day, its hour, and one more that belongs to neither


def page_facts(text: str, today: date, word: Status | None) -> dict[str, Any]:
    """What a page tells: its cards state period and budget, and its text the rest."""
    lines = text.splitlines()
    card = card_of(lines)
    if not card:
        return extract(text, "nl", today, word)
    rest = extract(without_card(lines, card), "nl", today, word)
    return with_card(rest, extract(as_sentences(card), "nl", today))


def card_of(lines: list[str]) -> dict[str, str]:
    """Label -> value of the cards of a page, the first of each; nothing where it has no day to apply from or by."""
    card: dict[str, str] = {}
    for number, line in enumerate(lines):
        if LABEL.fullmatch(line):
            value: list[str] = []
            for following in lines[number + 1 : number + 1 + VALUE_LINES]:
                if LABEL.fullmatch(following) or (value and not following[:1].isdigit()):
                    break
                value.append(following)
            card.setdefault(line.rstrip(":").lower(), " ".join(value))
    return card if card.get(OPENS) or card.get(CLOSES) else {}


def without_card(lines: list[str], card: dict[str, str]) -> str:
    """A page without its cards, and without the day beside its status, which the card states with its hour."""
    values = {part for value in card.values() for part in (value, *value.rsplit(" ", 1))}
    kept = [line for line in lines if not LABEL.fullmatch(line) and line not in values]
    return "\n".join(STATUS.match(line)[0] if STATUS.match(line) else line for line in kept)  # type: ignore[index]


def as_sentences(card: dict[str, str]) -> str:
    """The cards in words that are read as any text is."""
    hour = re.compile(r"(\d\d?[.:]\d\d)$")
    days = {label: hour.sub(r"\1 uur", card.get(label) or "") for label in (OPENS, CLOSES)}
    lines = [
        f"Aanvragen kan vanaf {days[OPENS]}." if days[OPENS] else "",
        f"Aanvragen kan tot en met {days[CLOSES]}." if days[CLOSES] else "",
        f"U ontvangt maximaal: {card[MOST]}" if card.get(MOST) else "",
        f"Totaal budget: {card[POT]}" if card.get(POT) else "",
    ]
    return "\n".join(filter(None, lines))


def with_card(rest: dict[str, Any], card: dict[str, Any]) -> dict[str, Any]:
    """The facts of a text with those of its cards, which count; where the text has other days, a person is told."""
    own = [(deadline, deadline.text.removesuffix(" uur")) for deadline in card["deadlines"]]
    stated = tuple(deadline.model_copy(update={"sentence": "", "text": text}) for deadline, text in own)
    kinds = {deadline.kind for deadline in stated} & {DeadlineKind.OPENS, DeadlineKind.CLOSES}
    others = tuple(deadline for deadline in rest["deadlines"] if deadline.kind not in kinds)
    amounts: dict[str, Any] = {name: card[name] for name in ("budget", "max_amount") if name in card}
    told = {*map(str, kinds), *amounts}
    fields: dict[str, Any] = {**rest, **amounts, "deadlines": (*stated, *others)}
    for name in ("proof", "evidence"):
        fields[name] = rest[name] | {field: card[name][field] for field in amounts}
    fields["questions"] = tuple(question for question in rest["questions"] if question.field not in told)
    fields["review"] = (*other_days(rest, stated), *rest["review"])
    return fields


def other_days(rest: dict[str, Any], stated: tuple[ListedDeadline, ...]) -> tuple[str, ...]:
    """A remark where the text of a page closes on another day than its card."""
    closes = {deadline.day for deadline in stated if deadline.kind is DeadlineKind.CLOSES}
    read = {str(deadline.day) for deadline in rest["deadlines"] if deadline.kind is DeadlineKind.CLOSES}
    asked = (question for question in rest["questions"] if question.field is QuestionField.CLOSES)
    read |= {reading[:10] for question in asked for reading in question.readings}
    other = sorted(read - {str(day) for day in closes})
    return (f"de tekst noemt een andere sluiting dan de kaart ({other[0]}): kijk na",) if closes and other else ()
