"""Read what tells odd news from plain: what calls lost, and which of a source's calls are not over."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from db.bulk import in_parts
from db.models import Call, Sighting
from db.models.columns import table
from db.queries import BY_HAND
from db.status import OVER
from tracker.calls.consolidate import SourceRecord
from tracker.calls.oddities import FEWEST_LOST, RunningCall, is_over, is_retitled, lost_counts, title_and_closing
from tracker.calls.plan import SourceMemory, nearly_gone
from tracker.calls.sightings import Comparison, KnownSighting

CALL, SIGHTING = table(Call), table(Sighting)


def with_losses(
    session: Session, source: str, comparison: Comparison, memory: SourceMemory, now: datetime
) -> SourceMemory:
    """What is remembered, with what the calls of this crawl lost and beside which others they stand.

    People may leave out what they like, and call things as they like.
    """
    if source == BY_HAND:
        return memory
    before = memory.records
    losses = lost_counts(comparison, before, now)
    running = under_way(session, source, now) if may_be_odd(comparison, before, now) else {}
    return replace(
        memory,
        losses=losses,
        still_named=still_named(session, losses, comparison.unchanged),
        under_way=running,
        known_titles=(
            known_titles(running, {known.call_id for known in comparison.missing}) if comparison.new else set()
        ),
    )


def may_be_odd(comparison: Comparison, before: Mapping[int, SourceRecord], now: datetime) -> bool:
    """Whether anything is new, gone, over or called otherwise: only that is judged by the other calls of its source."""
    if comparison.new or nearly_gone(comparison.missing):
        return True
    pairs = comparison.changed
    return any(is_over(said, now) or is_retitled(before[known.id], said.said) for known, said in pairs)


def under_way(session: Session, source: str, now: datetime) -> dict[int, RunningCall]:
    """Every call that a source lists and that is not over."""
    c, s = CALL.c, SIGHTING.c
    columns = select(c.id, c.title, c.instrument, c.type_of_action, c.closes_at).join(SIGHTING, s.call_id == c.id)
    running = columns.where(s.source == source, s.gone_at.is_(None), *running_conditions(now))
    rows = session.connection().execute(running).all()
    return {call: RunningCall(title, (kind, action or ""), closes) for call, title, kind, action, closes in rows}


def known_titles(running: Mapping[int, RunningCall], missing: Collection[int]) -> set[tuple[str, datetime | None]]:
    """Title and closing of the calls that may come under another id; without a closing only what the crawl lacks."""
    return {
        title_and_closing(call.title, call.closes_at)
        for call_id, call in running.items()
        if call.closes_at is not None or call_id in missing
    }


def still_named(session: Session, losses: Mapping[str, int], unchanged: Iterable[KnownSighting]) -> Counter[str]:
    """Field or kind of date -> in how many of these sightings it stands; only of what calls lost."""
    wanted = {name for name, count in losses.items() if count >= FEWEST_LOST}
    counts: Counter[str] = Counter()
    if wanted:
        s = SIGHTING.c
        for row in in_parts(session, select(s.fields), s.id, [known.id for known in unchanged]):
            kinds = {d["kind"] for d in row.fields.get("deadlines", ()) if not d.get("stale_since")}
            counts.update(wanted & (({*row.fields} - {*row.fields.get("stale", ())}) | kinds))
    return counts


def running_conditions(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not over by date, nor by the source's word."""
    c = CALL.c
    running = or_(c.closes_at.is_(None), c.closes_at > now)
    return running, or_(c.source_word.is_(None), c.source_word.not_in([str(word) for word in OVER]))
