"""The brief before a talk, in words: one page as PDF and as a mail, of what its reader may see."""

import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db.models import Organisation, Stake
from db.queries import Viewer
from db.region_served import region
from db.vocabulary_lobby import StakeRole
from notifications.wording import amount, day, short_day
from tracker.exchange.pdf import compiled
from tracker.lobby.presence import Talk
from tracker.lobby.relations import LAST_TALKS, BriefLine, brief, relation_with

TEMPLATE = Path(__file__).with_name("brief.typ")
STANCES = {-2: "sterk tegen", -1: "tegen", 0: "neutraal", 1: "voor", 2: "sterk voor"}
NO_POSITION = "geen vastgesteld standpunt dat vandaag geldt"
# What one page holds beside the talks: so many lines of so many letters. More is named, and stands on the screen.
MOST_LINES, LETTERS, MOST_ROWS, LONGEST, LONGEST_TITLE, LONGEST_TALK = 36, 85, 2, 190, 75, 220


def brief_for(
    session: Session, viewer: Viewer, organisation: Organisation, names: Mapping[int, str], today: date
) -> dict[str, Any]:
    """What this viewer reads before a talk there, in Dutch and in its order."""
    relation = relation_with(session, viewer, organisation, today)
    lines = brief(session, viewer, relation, today)
    talks = relation.presence.at_office[:LAST_TALKS]
    here, top = relation.organisation, relation.top
    keepers = ", ".join(names.get(id_, "onbekend") for id_ in relation.keepers) or "nog niemand"
    dossiers: list[dict[str, Any]] = [
        {"title": _short(line.dossier.title, LONGEST_TITLE), "facts": facts_of(line, today)} for line in lines
    ]
    room = _fitting(dossiers)
    more = [each["title"] for each in dossiers[room:]]
    return {
        "title": here.name if here.id == top.id else f"{here.name}, {top.name}",
        "author": region().name,
        "intro": f"Kort voor een gesprek, {day(today)}. Relatie: {keepers}.",
        "dossiers": dossiers[:room],
        "more": _short(f"Ook lopend: {'; '.join(more)}.") if more else "",
        "talks": [{"head": f"{day(t.contact.day)}, {t.who} met {t.whom}:", "text": _said(t)} for t in talks],
        "nobody": relation.presence.ask or ("" if talks else "Niemand sprak hier nog, voor zover vastgelegd."),
        "foot": f"Alleen voor wie het leest bedoeld. Stand van {short_day(today)}.",
    }


def _fitting(dossiers: list[dict[str, Any]]) -> int:
    """How many of them one page holds."""
    room = MOST_LINES
    for number, each in enumerate(dossiers):
        room -= 2 + sum(-(-len(text) // LETTERS) for _, text in each["facts"])
        if room < 0:
            return number
    return len(dossiers)


def facts_of(line: BriefLine, today: date) -> list[tuple[str, str]]:
    """One dossier: what we ask, what holds today, where they stand, what they promised."""
    dossier, position = line.dossier, line.position
    asked = [dossier.request, amount(dossier.requested_amount) if dossier.requested_amount is not None else ""]
    holds = position.public_wording or "geen openbare tekst" if position else NO_POSITION
    late = [f"{p.text.rstrip('.')}{_until(p.due_on, today)}" for p in line.promises]
    facts = [
        ("Kernboodschap", dossier.message_nl), ("Wij vragen", " ".join(filter(None, asked))),
        ("Standpunt vandaag", holds),
        *(("Houding", _stance(stake)) for stake, _ in line.stakes[:MOST_ROWS]),
        *(("Open toezegging", text) for text in late[:MOST_ROWS]),
    ]  # fmt: skip
    return [(name, _short(text)) for name, text in facts if text]


def _stance(stake: Stake) -> str:
    stance = "houding niet bekend" if stake.stance is None else STANCES[stake.stance]
    return f"{StakeRole(stake.role).label}, {stance}" + (f" ({stake.source})" if stake.source else "")


def _until(due: date | None, today: date) -> str:
    return f", vóór {day(due)}{' (te laat)' if due < today else ''}" if due else ""


def _said(talk: Talk) -> str:
    reply = f" Reactie: {talk.contact.reply}" if talk.contact.reply else ""
    return _short(f"{talk.contact.message}{reply}", LONGEST_TALK)


def _short(text: str, most: int = LONGEST) -> str:
    return textwrap.shorten(text, most, placeholder=" …")


def as_pdf(words: Mapping[str, Any]) -> bytes:
    """One page of A4 that a screen reader reads."""
    return compiled(TEMPLATE, words)
