"""The lobby agenda as a file: PDF/UA-1 by typst and Word by python-docx, both from the same lines."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from db.region_served import region
from notifications.wording import day as in_words
from notifications.wording import short_day
from tracker.exchange.pdf import LONGEST, compiled
from tracker.lobby.agenda_document import AgendaDocument, AgendaLine

TEMPLATE = Path(__file__).with_name("lobby_agenda.typ")
WORD = (sys.executable, "-m", "tracker.exchange.agenda_word")  # a process of its own: pages do not carry its library


def as_pdf(document: AgendaDocument, today: date) -> bytes:
    """Tagged PDF that a screen reader reads."""
    return compiled(TEMPLATE, as_words(document, today))


def as_docx(document: AgendaDocument, today: date) -> bytes:
    """The same for Word, to work on before a decision."""
    told = json.dumps([as_words(document, today), today.isoformat()]).encode()
    return subprocess.run(WORD, input=told, stdout=subprocess.PIPE, check=True, timeout=LONGEST).stdout  # noqa: S603


def as_words(document: AgendaDocument, today: date) -> dict[str, Any]:
    """What the document says, in Dutch, in its order; pure."""
    return {
        "title": f"Lobbyagenda {document.year}",
        "author": region().name,
        "status": status_of(document),
        "note": "" if document.frozen else f"Stand van {in_words(today)}; de teksten kunnen nog veranderen.",
        "foot": f"Lobbyagenda {document.year}, {document.state.label}. Afgedrukt op {in_words(today)}.",
        "overview": [[line.title, line.level, line.priority, line.euros or "–"] for line in document.lines],
        "difference_title": f"Wat er anders is dan in {document.year - 1}",
        "differences": differences(document),
        "items": [{"title": line.title, "facts": facts_of(document, line)} for line in document.lines],
    }


def status_of(document: AgendaDocument) -> str:
    """How far the agenda is, by which decision and when."""
    adopted = f", {in_words(document.adopted_on)}" if document.adopted_on else ""
    noted = (
        f"; ter kennisname van de Algemene Vergadering op {short_day(document.noted_on)}" if document.noted_on else ""
    )
    number = f", besluit {document.decision}" if document.decision else ""
    return f"{document.state.label[:1].upper()}{document.state.label[1:]}{number}{adopted}{noted}."


def differences(document: AgendaDocument) -> list[str]:
    """What is new, changed or no longer there beside last year's agenda, a line each."""
    titles = {line.dossier_id: line.title for line in document.lines}
    told = []
    for dossier, change in document.changes.items():
        what = "nieuw" if change.new else "; ".join(f"{name} was: {before}" for name, before in change.was.items())
        told.append(f"{titles[dossier]}: {what}")
    return [*told, *(f"{title}: staat er niet meer op" for title in document.dropped)]


def facts_of(document: AgendaDocument, line: AgendaLine) -> list[tuple[str, str]]:
    """What a bestuurder decides on, thing by thing; what is not known says so where a decision needs it."""
    decided = f" ({line.decided})" if line.decided else ""
    position = f"{line.position}{decided}" if line.position else "nog geen vastgesteld standpunt"
    facts = (
        ("Opgave", ", ".join(line.opgaven)),
        ("Lobbydoel", line.goal),
        (f"{region().short}-standpunt", position),
        ("Kernboodschap", line.message),
        ("Gevraagd", line.ask or "nog niet ingevuld"),
        ("Bedrag", line.euros or "geen bedrag"),
        ("Eerstvolgend moment", line.when or "nog geen moment gekozen"),
        ("Coalitie", ", ".join(line.coalition) or "nog niemand"),
        ("Wie", document.who(line)),
        ("Van", f"{line.owner}{', meegenomen uit ' + str(document.year - 1) if line.rolled_over else ''}"),
        ("Let op", "dit is een voorbeeld, geen echt dossier" if line.example else ""),
    )
    return [(name, value) for name, value in facts if value]
