"""A report that was kept, on paper: the figures and goals as they stood, and what changed since the one before it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from db.models import AccountReport
from db.region_served import region
from db.vocabulary import Visibility
from db.vocabulary_account import Figure
from notifications.wording import amount, count, day, local_day, short_day
from tracker.account.periods import name_of_report
from tracker.account.report import hit_rate, said
from tracker.account.reports import Line, changed_since, differences, figures_of, goals_of, ledger_for, rows_of
from tracker.account.sheet import HEADS, TEMPLATE, TOLD, goal_line, left_over, shortened
from tracker.exchange.pdf import compiled

MOST_ROWS = 100  # a report may be longer than the one page of a sheet; what does not fit is in its file


def as_pdf(
    session: Session, report: AccountReport, before: AccountReport | None, today: date, names: Mapping[str, str]
) -> bytes:
    """The report as a file; ``names``: what participants are called."""
    return compiled(TEMPLATE, words(session, report, before, today, names))


def words(
    session: Session, report: AccountReport, before: AccountReport | None, today: date, names: Mapping[str, str]
) -> dict[str, Any]:
    """All that stands on it, in Dutch and in its order."""
    every = rows_of(session, report, today)
    told = [(line, what) for figure in TOLD for line, what in every if line[0] == figure]
    return {
        **_figures(report, before),
        "intro": f"{_intro(report)} {_since(session, report, today)}",
        "changes": [*differences(report, before), *_corrected(session, before, today)] if before else [],
        "no_changes": "Geen cijfer verschilt." if before else "Dit is het eerste verslag hierover.",
        "rows": [_row(line, what, names) for line, what in told[:MOST_ROWS]],
        "more_rows": left_over(len(told) - MOST_ROWS, "regels"),
    }


def public_pdf(report: AccountReport) -> bytes:
    """The report for everybody: figures and goals, and no row."""
    said = {"intro": _intro(report), "has_changes": False, "has_rows": False, "changes": [], "rows": []}
    return compiled(TEMPLATE, {**_figures(report, None), **said, "no_changes": "", "more_rows": ""})


def _figures(report: AccountReport, before: AccountReport | None) -> dict[str, Any]:
    """What does not depend on who reads it, or when."""
    both, period = [report, *([before] if before else [])], name_of_report(report)
    columns = [figures_of(each) for each in both]
    return {
        **HEADS,
        "title": f"Verslag {period}: {report.name}",
        "author": region().name,
        "heads": ["Wat", period, *([f"{name_of_report(before)} (vorige verslag)"] if before else [])],
        "figures": [
            *([f.label, *(said(found, f) for found in columns)] for f in Figure),
            ["toegekend van wat beslist is", *(hit_rate(found) for found in columns)],
        ],
        "has_goals": report.goals is not None,
        "goals": [goal_line(standing) for standing in goals_of(report)],
        "more_goals": "",
        "no_goals": "Er was nog geen doel vastgelegd.",
        "changes_head": "Wat er veranderde sinds het vorige verslag",
        "more_changes": "",
        "tables": [],
        "foot": f"Stand van kennis op {short_day(report.known_on)}; bewaard op {short_day(local_day(report.made_at))}.",
    }


def _intro(report: AccountReport) -> str:
    return (
        f"Wat werven en lobby in {name_of_report(report)} deden en opbrachten, zoals het op {day(report.known_on)} "
        "was vastgelegd. "
        f"Er telt wat iedereen mag zien voor wie dit verslag is: {Visibility(report.visibility).label}."
    )


def _since(session: Session, report: AccountReport, today: date) -> str:
    """How much is known otherwise by now; the figures stay as they were."""
    found = changed_since(ledger_for(session, report), report, today)
    number = len(found.later) + len(found.gone) + len(found.other)
    if not number:
        return f"Op {day(today)} was daarover niets anders bekend."
    return f"Op {day(today)} was over {count(number, 'rij', 'rijen')} iets anders bekend; de cijfers hier blijven."


def _corrected(session: Session, before: AccountReport, today: date) -> list[str]:
    """What the report before it had counted otherwise than it is known now, by how much of each."""
    found = changed_since(ledger_for(session, before), before, today)
    told = (
        (len(found.later), "later vastgelegd"),
        (len(found.other), "met een andere dag of een ander bedrag"),
        (len(found.gone), "niet meer meegeteld"),
    )
    said_so = [f"{number} {what}" for number, what in told if number]
    return [f"Over de periode van het vorige verslag is sindsdien anders: {', '.join(said_so)}."] if said_so else []


def _row(line: Line, what: str, names: Mapping[str, str]) -> list[str]:
    figure, _address, carrier, on, euros = line
    return [
        Figure(figure).label, shortened(what) or "nu niet meer te zien", names.get(carrier, carrier),
        short_day(date.fromisoformat(on)), amount(Decimal(euros)) if euros else "–",
    ]  # fmt: skip
