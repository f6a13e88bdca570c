"""Dutch dates, hours, amounts and percentages, and the words around them; rules: docs/dates-and-amounts.md."""

from datetime import date
from decimal import Decimal

from db.vocabulary import Allocation, DeadlineKind
from scrapers import grammar
from scrapers.dutch_dates import DATES
from scrapers.dutch_money import MONEY
from scrapers.grammar import Tongue
from scrapers.spans import Facts, Moment
from scrapers.words import words

DUTCH = Tongue(
    day_first=True,
    comma_decimal=True,
    dates=DATES,
    money=MONEY,
    allocation=(
        (Allocation.FIRST_COME, words(r"""
            volgorde van (?:\w+ )?(?:ontvangst|binnenkomst|aanmelding|indiening) | wie het eerst komt
            | het eerst aan de beurt | first come,? first serve
        """)),
        (Allocation.TENDER, words(r"""
            \btender\b | tendersysteem | tenderregeling | \brangschikking | gerangschikt
            | volgorde van rangschikking
        """)),
        (Allocation.LOTTERY, words(r"\bloting\b | \bgeloot\b | \bloten\b | \bverloot")),
        (Allocation.ROLLING, words(r"""
            \bdoorlopend\b | het hele jaar (?:door|open) | op elk moment (?:worden )?(?:aan|in)
        """)),
    ),
    flags=(
        (DeadlineKind.ROLLING, words(r"""
            \bdoorlopend\b(?!\s(?:vanaf|van|tot)\b) | het hele jaar door
            | geen (?:vaste )?(?:sluitingsdatum|deadline|einddatum|uiterste)
        """)),
        (DeadlineKind.UNTIL_EXHAUSTED, words(r"""
            (?:zolang|totdat|tot|zodra|als|wanneer|indien)\b[^.;]{0,40}\b(?:budget|geld|plafond|pot|
            subsidie\w*|middelen)\b[^.;]{0,30}\b(?:op is|op raakt|bereikt|uitgeput|is er|strekt|
            toereikend|op$) | op\s?=\s?op | op is op
            | zolang (?:er|het) [^.;]{0,20}(?:budget|geld|voorraad|strekt|beschikbaar|is\b)
            | eerder als dat geld op is
        """)),
    ),
)  # fmt: skip


def read_facts(text: str, today: date | None = None) -> Facts:
    """What a Dutch text on a scheme says for certain."""
    return grammar.read_facts(text, DUTCH, today)


def read_date(text: str) -> date | None:
    """The day of a text that is one date: "1 maart 2026". None when it is more, less or no such day."""
    return grammar.read_date(text, DUTCH)


def read_moment(text: str) -> Moment | None:
    """Day and, where written, hour: "31-12-2026 17.00 uur", local to Amsterdam."""
    return grammar.read_moment(text, DUTCH)


def read_amount(text: str) -> Decimal | None:
    """Euro of a text that is one exact amount: "€ 2,5 miljoen". None for a range, an estimate, dollars."""
    return grammar.read_amount(text, DUTCH)


def read_percentage(text: str) -> Decimal | None:
    """Percent of a text that is one percentage: "max. 40%"."""
    return grammar.read_percentage(text, DUTCH)
