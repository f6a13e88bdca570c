"""The account on paper: a sheet for a council, or the report of a year; a tagged PDF that a screen reader reads."""

import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.region_served import region
from db.vocabulary_account import Figure
from notifications.wording import amount, day, percentage, short_day
from tracker.account.facts import Fact
from tracker.account.figures import Figures
from tracker.account.goals import Standing
from tracker.account.report import (
    Account,
    RegionAccount,
    changes,
    figures_of,
    first_of,
    gaps,
    hit_rate,
    said,
    said_before,
)
from tracker.exchange.pdf import compiled

TEMPLATE = Path(__file__).with_name("sheet.typ")
# What one page of A4 holds beside the figures; more is counted, and stands on the screen.
MOST_GOALS, MOST_ROWS, MOST_CHANGES, LONGEST = 3, 5, 6, 110
TOLD = (Figure.WON, Figure.APPLIED, Figure.TAKEN_OVER, Figure.PARTLY)
# What stands above and in its parts, and what where there is nothing.
HEADS = {
    "has_changes": True,
    "has_rows": True,
    "no_goals": "Er is nog geen doel vastgelegd.",
    "changes_head": "Wat er veranderde",
    "no_changes": "Niets verschilt van het jaar ervoor.",
    "rows_head": "Wat het opbracht",
    "no_rows": "Nog niets, voor zover het te zien is.",
}
LINES = (Figure.SEEN, Figure.JUDGED, Figure.APPLIED, Figure.WON, Figure.TAKEN_OVER)


def as_pdf(account: Account, name: str, names: Mapping[str, str]) -> bytes:
    """The page as a file; ``names``: what participants are called."""
    return compiled(TEMPLATE, words(account, name, names))


def words(account: Account, name: str, names: Mapping[str, str]) -> dict[str, Any]:
    """All that stands on it, in Dutch and in its order; a participant has no goals, those are of opgaven."""
    told = first_of(row for figure in TOLD for row in account.of(figure))
    every = changes(account)
    return {
        "title": f"Verantwoording {account.period}: {name}",
        "author": region().name,
        "intro": f"Wat werven en lobby in {account.period} deden en opbrachten. Stand van kennis op "
        f"{day(account.span.known_on)}: alleen wat toen was vastgelegd, telt. {gaps(account)}".rstrip(),
        "heads": ["Wat", account.period, account.earlier],
        "figures": [
            *(
                [figure.label, said(account.now, figure), said_before(account, figure)]
                for figure in figures_of(account)
            ),
            ["toegekend van wat beslist is", hit_rate(account.now), hit_rate(account.before)],
        ],
        **HEADS,
        "has_goals": not account.of_participant,
        "goals": [goal_line(standing) for standing in account.goals[:MOST_GOALS]],
        "more_goals": left_over(len(account.goals) - MOST_GOALS, "doelen"),
        "changes": every[:MOST_CHANGES],
        "more_changes": left_over(len(every) - MOST_CHANGES, "verschillen"),
        "rows": [_row(row, names) for row in told[:MOST_ROWS]],
        "more_rows": left_over(len(told) - MOST_ROWS, "regels"),
        **_lines(account),
        "foot": f"Stand van kennis op {short_day(account.span.known_on)}; voor zover wie dit maakte het mag zien.",
    }


def _lines(account: Account) -> dict[str, Any]:
    """The report of the region also has a line an opgave and a participant."""
    if not isinstance(account, RegionAccount):
        return {"tables": []}
    return {
        "tables": [
            _table("Per opgave", "Opgave", LINES, [(row.name or row.id, found) for row, found in account.by_challenge]),
            _table("Per deelregio", "Deelregio", LINES[1:], [(row.name, found) for row, found in account.by_subregion]),
            _table(
                "Per deelnemer", "Deelnemer", LINES[1:], [(row.name, found) for row, found in account.by_participant]
            ),
        ]
    }


def _table(title: str, first: str, shown: Sequence[Figure], found: list[tuple[str, Figures]]) -> dict[str, Any]:
    heads = [first, *(figure.label for figure in shown)]
    return {
        "title": title,
        "heads": heads,
        "lines": [[name, *(said(of, f).replace("€ ", "€\xa0") for f in shown)] for name, of in found],
    }


def goal_line(standing: Standing) -> list[str]:
    """A goal as a line of the table: what, to be reached, and how far it is."""
    goal, value = standing.goal, standing.value
    aim = f"{number(goal.target)} {goal.unit} op {short_day(goal.due_on)}"
    now = (
        f"{number(value.value)} op {short_day(value.day)} ({shortened(value.source, LONGEST // 2)})"
        if value
        else "nog geen waarde"
    )
    later = " Later gewijzigd." if standing.reworded else ""
    serves = f" Dient: {shortened(goal.vision, LONGEST // 2)}." if goal.vision else ""
    return [
        f"{shortened(goal.text.rstrip('.'))}.{serves} Bron: {shortened(goal.source, LONGEST // 2)}.{later}",
        aim,
        now,
    ]


def number(value: Decimal) -> str:
    """A number as it is read in Dutch, such as 1.250,5."""
    return percentage(value).removesuffix("%")


def _row(row: Fact, names: Mapping[str, str]) -> list[str]:
    worth = amount(row.amount) if row.amount is not None else "–"
    return [row.figure.label, shortened(row.what), names.get(row.carrier, row.carrier), short_day(row.day), worth]


def left_over(number_left: int, what: str) -> str:
    """That there is more than stands here; empty where there is not."""
    return f"Nog {number_left} {what} staan op het scherm." if number_left > 0 else ""


def shortened(text: str, most: int = LONGEST) -> str:
    """As much of a text as a cell holds, by whole words."""
    return textwrap.shorten(text, most, placeholder=" …")
