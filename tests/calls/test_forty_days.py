"""Forty days of the EU portal's index with mirror rows in it: no deadline that stood still is told as moved."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Revision, Sighting
from db.session import writing
from db.vocabulary import CLOSING_KINDS
from scrapers.eu_results import deadlines, identity
from tests.make.eu_index import Index, Result, as_result, crawl_index, mirrored
from tracker.calls.ingest import ingest

RECORDING = Path(__file__).parents[1] / "recordings/eu_portal"
FIRST, DAYS = datetime(2026, 3, 13, 12, tzinfo=UTC), 40
Dates = dict[str, list[Any]]
Moves = set[tuple[str, str]]


def closings_of(result: Result) -> list[Any]:
    """What a person would write down as the closings of a result: kind, day, and the hour where it is certain."""
    data = result["metadata"]
    return [
        (d.kind, d.day, d.hour) for d in deadlines(data, data["type"][0]) if d.kind in CLOSING_KINDS
    ]  # fmt: skip


def truth(results: list[Result]) -> Dates:
    return {identity(r["metadata"], r["metadata"]["REFERENCE"][0]) or "": closings_of(r) for r in results}


def told_moves(session: Session) -> Moves:
    """The calls of which a closing that was known was told as another, with what it became."""
    rows = select(Sighting.external_id, Revision.old, Revision.new).join(
        Revision, col(Revision.call_id) == col(Sighting.call_id)
    )
    moved = (Revision.kind == "changed", col(Revision.telling), col(Revision.field).in_(sorted(CLOSING_KINDS)))
    return {(name, json.dumps(new)) for name, old, new in session.exec(rows.where(*moved)) if old}


def live_through(engine: Engine, days: Iterator[tuple[datetime, list[Result]]]) -> tuple[Moves, Moves, int]:
    """Crawl each day; what was told as moved, what did move, and how many distinct calls there were."""
    chance, known, moved = random.Random(1), Dates(), set[str]()
    for now, results in days:
        crawled = crawl_index(Index(mirrored(results, chance), chance), now)
        assert crawled.stopped == "", crawled.stopped
        with writing(engine) as session:
            ingest(session, crawled, now)
        today = truth(results)
        moved |= {name for name, dates in today.items() if name in known and dates != known[name]}
        known |= today
    with Session(engine) as session:
        told = told_moves(session)
    return told, {(name, "") for name in moved}, len(known)


def assert_only_what_moved_was_told(engine: Engine, days: Iterator[tuple[datetime, list[Result]]]) -> None:
    told, moved, calls = live_through(engine, days)
    invented = {name for name, _ in told} - {name for name, _ in moved}
    print(f"{calls} calls, {len(moved)} moved, {len(told)} told as moved, {len(invented)} that did not move")
    assert invented == set()
    assert len({name for name, _ in told}) >= 0.9 * len(moved)  # and what moved is told
    with Session(engine) as session:
        rows = session.exec(select(Call.id)).all()
        assert len(rows) == calls  # none doubled by its copy
        ended = select(Sighting.id).where(col(Sighting.external_id).contains("(ronde tot"))
        assert session.exec(ended).all() == []  # nor is a topic whose dates were extended a new round
        rounds = select(Call.title).where(col(Call.previous_round_id).is_not(None))
        print("next rounds by name:", session.exec(rounds).all())


def recorded_days() -> Iterator[tuple[datetime, list[Result]]]:
    """The project's own recording, day after day: each third day some topics close a week later, some are absent."""
    pages = sorted(RECORDING.glob("page-*.json"))
    results = [row for page in pages for row in json.loads(page.read_text("utf-8"))["results"] if "metadata" in row]
    results = [row for row in results if row["metadata"].get("deadlineDate")]
    for day in range(12):
        results = deepcopy(results)
        for number, row in enumerate(results):
            stamps = row["metadata"]["deadlineDate"]
            if day % 3 == 2 and number % 9 == day // 3 and len(stamps) == 1 and stamps[0] > "2026-06-15":
                later = datetime.fromisoformat(stamps[0]) + timedelta(days=7)
                row["metadata"]["deadlineDate"] = [later.strftime("%Y-%m-%dT%H:%M:%S.000+0000")]
        yield (
            datetime(2026, 5, 29, 6, tzinfo=UTC) + timedelta(days=day),
            [row for number, row in enumerate(results) if number % 13 != day],
        )


def snapshot_days(shared: Path, days: int = DAYS) -> Iterator[tuple[datetime, list[Result]]]:
    """The snapshot of 13 March with the changes of each of the days that follow, up to that of 29 May."""
    folder = shared / "real/eu-snapshots"
    grants, last = ({g["id"]: g for g in _grants(folder / f"grants_2026-{d}.json")} for d in ("03-13", "05-29"))
    fields = last | grants  # of what was not there yet on the first day
    lines = (folder / "changes_2026-03-13_2026-05-29.jsonl").read_text("utf-8").splitlines()
    changes = [json.loads(line) for line in lines]
    for day in range(days):
        now = FIRST + timedelta(days=day)
        for change in [c for c in changes if c["date"][:10] == f"{now:%Y-%m-%d}"]:
            _apply(change, grants, fields)
        yield now, [as_result(grant) for grant in grants.values()]


def _apply(change: dict[str, Any], grants: dict[str, Any], fields: dict[str, Any]) -> None:
    name = change["id"]
    if change["event"] == "vanished":
        fields[name] = grants.pop(name, fields.get(name))
    elif change["event"] == "appeared":
        if fields.get(name):
            grants[name] = deepcopy(fields[name])
    elif name in grants:
        grants[name] = {**grants[name], change["field"]: change["new"]}


def _grants(path: Path) -> list[dict[str, Any]]:
    grants: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["grants"]
    return grants


@pytest.mark.slow
@pytest.mark.one_database
def test_twelve_days_of_the_recording_with_mirrors_tell_only_what_moved(engine: Engine) -> None:
    assert_only_what_moved_was_told(engine, recorded_days())


@pytest.mark.prove
@pytest.mark.one_database
def test_forty_days_of_real_changes_with_mirrors_tell_only_what_moved(engine: Engine, shared: Path) -> None:
    assert_only_what_moved_was_told(engine, snapshot_days(shared))
