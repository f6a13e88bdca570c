"""What each source covers, said once: for the command, the page and the API."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from db.models import Crawl
from db.session import writing
from db.vocabulary import SourceForm, SourceState
from scrapers import sources
from tracker.operations.upkeep import findings
from tracker.settings import Settings
from tracker.sources.coverage import SourceCoverage, as_age, coverage, in_trouble
from tracker.sources.health import source_health
from tracker.watch.look import Watched
from tracker.watch.machine import Machine

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

DAY = timedelta(days=1)


@pytest.mark.parametrize("name", sources.names())
def test_every_source_says_what_it_promises_and_what_it_cannot_see(name: str) -> None:
    source = sources.load(name)
    assert source.promises
    assert source.unseen
    assert not source.promises.endswith(".")
    assert source.form is (SourceForm.WATCHED if name in sources.shipped() else source.form)
    said = vars(sources.profile(name))  # what pages show, read without running the source
    assert said == {field: getattr(source, field) for field in said}


def crawled(session: Session, name: str, at: datetime, **fields: Any) -> None:
    row = {"source": name, "started_at": at, "finished_at": at, "complete": True, "seen": 40, "new": 1, **fields}
    session.add(Crawl(**row))
    session.flush()


def covered(session: Session, now: datetime, folder: Path, **settings: Any) -> dict[str, SourceCoverage]:
    return {row.name: row for row in coverage(session, Settings(data_dir=folder, **settings), now)}


def test_a_source_says_what_it_is_and_how_old_its_word_is(session: Session, now: datetime, tmp_path: Path) -> None:
    crawled(session, "rvo", now - timedelta(hours=5), expected=40)
    rows = covered(session, now, tmp_path)
    assert set(sources.names()) <= set(rows)
    assert (rows["rvo"].state, rows["rvo"].form, rows["rvo"].age) == (
        SourceState.OK, SourceForm.EXACT, timedelta(hours=5)
    )  # fmt: skip
    assert (rows["nwo"].state, rows["nwo"].form, rows["nwo"].age) == (SourceState.NEVER, SourceForm.WATCHED, None)
    assert rows["nwo"].promises == "de regelingen waarnaar nwo.nl/en/calls linkt"
    assert rows["rvo"].as_json()["age_hours"] == 5.0
    assert (as_age(rows["rvo"].age), as_age(3 * DAY), as_age(None)) == ("5 h", "3 d", "-")


def test_a_source_that_is_off_is_listed_as_off_and_never_in_trouble(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    crawled(session, "zonmw", now - 9 * DAY)
    rows = covered(session, now, tmp_path, sources_off=("zonmw",))
    assert (rows["cvdr"].state, rows["cvdr"].on) == (SourceState.OFF, False)
    assert (rows["zonmw"].state, rows["zonmw"].trouble) == (SourceState.OFF, "")


def test_overdue_is_a_state_of_its_own(session: Session, now: datetime, tmp_path: Path) -> None:
    crawled(session, "rvo", now - 5 * DAY)
    crawled(session, "dus_i", now - 5 * DAY)
    crawled(session, "dus_i", now, complete=False, why="page 1: HTTP 503")
    crawled(session, "eui", now - DAY, complete=False, why="page 1: HTTP 500")
    crawled(session, "dut", now - 9 * DAY, complete=False, why="page 1: HTTP 404")
    crawled(session, "dut", now, complete=False, why="page 1: HTTP 404")
    rows = covered(session, now, tmp_path)
    assert {name: str(rows[name].state) for name in ("rvo", "dus_i", "eui", "dut")} == {
        "rvo": "overdue", "dus_i": "overdue", "eui": "incomplete", "dut": "overdue"
    }  # fmt: skip
    assert dict(in_trouble(session, Settings(data_dir=tmp_path), now)) == {
        "rvo": "te lang niet volledig: al 5 dagen",
        "dus_i": "te lang niet volledig: al 5 dagen: bladzijde 1: de site antwoordt HTTP 503",
        "eui": "laatste ronde niet volledig: bladzijde 1: de site antwoordt HTTP 500",
        "dut": "te lang niet volledig: nog nooit: bladzijde 1: de site antwoordt HTTP 404",
    }


def test_the_first_page_asks_of_all_sources_at_once(session: Session, now: datetime, tmp_path: Path) -> None:
    """A question for each source, and a count of what each holds back, took longer than the rest of the page."""
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *said: asked.append(said[2]))
    for name in ("rvo", "dus_i", "eui", "dut", "zonmw"):
        crawled(session, name, now - 5 * DAY)
    session.flush()
    asked.clear()
    assert len(in_trouble(session, Settings(data_dir=tmp_path), now)) == 5
    assert len([each for each in asked if "FROM" in each]) == 2  # of the newest crawls, and of those before them


def test_an_improbable_silence_is_trouble_on_the_page_too(session: Session, now: datetime, tmp_path: Path) -> None:
    for age in range(20, -1, -1):
        crawled(session, "rvo", now - age * DAY, new=3 if age > 5 else 0)
    row = covered(session, now, tmp_path)["rvo"]
    assert row.state is SourceState.SILENT
    assert row.trouble == "al 6 dagen niets nieuws, waar 3,0 per dag gewoon is"


def test_a_source_that_was_never_complete_is_overdue_once_it_was_asked_for_three_days(now: datetime) -> None:
    failed = [
        Crawl(source="x", started_at=at, finished_at=at, complete=False, seen=0, new=0, why="page 1: HTTP 500")
        for at in (now, now - 2 * DAY)
    ]
    assert source_health("x", failed, now).state == "incomplete"
    assert source_health("x", failed, now + 2 * DAY).state == "overdue"


def test_only_crawls_are_left_of_a_source_that_is_no_more(session: Session, now: datetime, tmp_path: Path) -> None:
    crawled(session, "vroeger", now)
    row = covered(session, now, tmp_path)["vroeger"]
    assert (row.state, row.unseen) == (SourceState.OFF, "alles: deze bron bestaat niet meer")


def test_the_check_asks_nothing_of_a_source_that_is_off(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        crawled(session, "zonmw", now - 9 * DAY)
        crawled(session, "rvo", now - 9 * DAY)
    said = {finding.what: finding.broken for finding in findings(engine, now, Watched(Machine(), on=["rvo"]))}
    assert (said.get("source rvo"), "source zonmw" in said) == (True, False)
