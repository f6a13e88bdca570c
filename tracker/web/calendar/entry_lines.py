"""An entry of the calendar as a line of HTML, put together here: a page has two hundred, a template took half its time.

Mark, word, hour and title; never colour alone. All that is not ours is escaped.
"""

from collections.abc import Iterator

from markupsafe import Markup, escape

from db.vocabulary_calendar import EntryKind, MilestoneState
from notifications.wording import CITIES, capitalize_first, clock_time, day, month, short_day
from tracker.calendar.entries import Entry


def entry_line(entry: Entry, full: bool = False) -> Markup:
    """One entry in the grid of a month; ``full``: with all that is known of it, as in the list."""
    anchor = f' id="{escape(entry.anchor)}"' if entry.anchor else ""
    what = escape(capitalize_first(entry.what) if full else entry.what)
    hour = f' <span class="figure nowrap">{clock_time(entry.at)}</span>' if entry.at else ""
    said = "".join(f" {part}" for part in (*_state(entry, full), *(_details(entry) if full else ())))
    return Markup(  # noqa: S704 - each part is escaped above and below
        f'<span class="entry entry--{entry.kind}{_look(entry)}"{anchor}>'
        f'<span class="entry__mark" aria-hidden="true">{entry.mark}</span> '
        f'<span class="entry__what">{what}{hour}</span>{_title(entry)}{said}</span>'
    )


def _look(entry: Entry) -> str:
    gone = entry.cancelled or entry.ended or entry.state == MilestoneState.DROPPED
    late = " entry--late" if entry.overdue and not entry.rhythm else ""
    done = " entry--done" if entry.state == MilestoneState.DONE else ""
    return f"{late}{' entry--gone' if gone else ''}{done}"


def _title(entry: Entry) -> str:
    if not entry.title:
        return ""
    title = escape(entry.title)
    whose = f" {quiet(entry.publisher)}" if entry.publisher else ""
    named = f'<a href="{escape(entry.href)}">{title}</a>' if entry.href else f"<span>{title}</span>"
    return f" {named}{whose}"


def _state(entry: Entry, full: bool) -> Iterator[str]:
    """Whether it is off, moved, done, late, gone by or assumed; and whose it is."""
    yield from moved_or_off(entry)
    if entry.state == MilestoneState.DONE:
        yield quiet("gedaan")
    yield from late(entry)
    words = ["voorbij"] * entry.past + ["aangenomen ritme"] * entry.rhythm
    if words:
        yield quiet(", ".join(words))
    if entry.who and not full:
        yield quiet(entry.who)


def _details(entry: Entry) -> Iterator[str]:
    if entry.at and entry.assumed:
        yield quiet("gebruikelijk uur")
    elif entry.at and entry.zone in CITIES:
        yield quiet(f"{CITIES[entry.zone]}se tijd")
    elif not entry.at and entry.kind == EntryKind.DEADLINE:
        yield quiet("uur niet genoemd")
    if entry.until and entry.until != entry.day:
        yield quiet(f"tot en met {day(entry.until)}")
    if entry.note:
        yield quiet(entry.note)
    if entry.who:
        yield quiet(f"door {entry.who}")


def entry_row(entry: Entry) -> Markup:
    """One entry as a row of the table of a quarter; of a day that nobody knows only its month is told."""
    on = month(entry.day) if entry.unknown_day else short_day(entry.day)
    hour = f", {clock_time(entry.at)}" if entry.at else ""
    title = f'<a href="{escape(entry.href)}">{escape(entry.title)}</a>' if entry.href else escape(entry.title)
    who, blank = escape(entry.who), "" if entry.who else ' class="blank"'
    return Markup(  # noqa: S704 - each part is escaped above and below
        f'<tr><td class="figure nowrap">{on}{hour}</td>'
        f'<td><span aria-hidden="true">{entry.mark}</span> {escape(entry.what)}{"".join(_row_state(entry))}</td>'
        f"<td>{title}{''.join(_row_details(entry))}</td>"
        f'<td{blank} data-label="door">{who}</td></tr>'
    )


def _row_state(entry: Entry) -> Iterator[str]:
    for said in (*late(entry), *moved_or_off(entry)):
        yield f" {said}"
    if entry.state in (MilestoneState.DONE, MilestoneState.DROPPED):
        yield f" {quiet('gedaan' if entry.state == MilestoneState.DONE else 'vervallen')}"


def _row_details(entry: Entry) -> Iterator[str]:
    for said in (entry.publisher, entry.note, "voorbij" * entry.past, "aangenomen ritme" * entry.rhythm):
        if said:
            yield f" {quiet(said)}"


def moved_or_off(entry: Entry) -> Iterator[str]:
    """That it is off in its source's own word, else the day it was moved from."""
    if entry.cancelled or entry.ended:
        yield f'<b class="alarm">{escape(entry.ended or "vervallen")}</b>'
    elif entry.was:
        yield quiet(f"verplaatst, was {short_day(entry.was)}")


def late(entry: Entry) -> Iterator[str]:
    """That it is late; by an assumed rhythm only that it is not done, since nobody knows that its day was missed."""
    if entry.overdue:
        yield quiet("nog niet gedaan") if entry.rhythm else '<b class="alarm">te laat</b>'


def quiet(said: str) -> str:
    """Words beside what matters."""
    return f'<span class="quiet">{escape(said)}</span>'
