"""Many rows at once: what the driver is given is what SQLAlchemy would have stored."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from db.bulk import add, change, in_parts
from db.models import Call, Crawl, Deadline
from db.models.columns import table
from db.session import reading, writing
from scrapers.watched_sites import read_watched

CALL, CRAWL, DEADLINE = table(Call), table(Crawl), table(Deadline)


def rows_of_calls(now: datetime, first: int) -> list[dict[str, object]]:
    """With money, lists, empty and accented texts, other zones and nothing at all."""
    elsewhere = now.astimezone(timezone(timedelta(hours=5)))
    return [
        {**Call(title=title, language="nl", url="u", first_seen=seen, last_seen=now).model_dump(exclude=LEFT_OUT),
         "id": first + n, "budget": money, "programme": names, "published_on": day}
        for n, (title, seen, money, names, day) in enumerate([
            ("Één 'regeling'", now, Decimal("2500000.50"), ["LIFE", "ë"], date(2026, 5, 1)),
            ("", elsewhere, None, [], None),
            ("T", now, Decimal(0), ["x"], None),
        ])
    ]  # fmt: skip


LEFT_OUT = {"id", "eligible", "matched_with", "matched_revision"}


def test_rows_that_the_driver_stores_are_those_that_sqlalchemy_stores(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        add(session, CALL, rows_of_calls(now, 1))
        session.connection().execute(insert(CALL), rows_of_calls(now, 11))
        dated = [{"kind": "closes", "day": now.date(), "at": now, "gate_at": None, "modified_at": now}] * 2
        for first in (1, 11):
            rows = [{**row, "call_id": first + n} for n, row in enumerate(dated)]
            add(session, DEADLINE, rows) if first == 1 else session.connection().execute(insert(DEADLINE), rows)
    with reading(engine) as session:
        for into, key in ((CALL, "id"), (DEADLINE, "call_id")):
            stored = session.connection().execute(select(into).order_by(into.c[key])).all()
            plain = [{name: value for name, value in row._mapping.items() if not name.endswith("id")} for row in stored]
            half = len(plain) // 2
            assert plain[:half] == plain[half:]
            assert half


def test_rows_that_the_driver_changes_are_those_that_sqlalchemy_would_store(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        for first in (1, 11):
            add(session, CALL, [{**row, "title": "Was", "budget": None} for row in rows_of_calls(now, first)])
        anew = [{"b_id": row.pop("id"), **row} for row in rows_of_calls(now, 1)]
        change(session, CALL, anew)
        for row in anew:
            values = {name: value for name, value in row.items() if name != "b_id"}
            session.connection().execute(update(CALL).where(CALL.c.id == row["b_id"] + 10).values(values))
        change(session, CALL, [])
    with reading(engine) as session:
        stored = session.connection().execute(select(CALL).order_by(CALL.c.id)).all()
        plain = [{name: value for name, value in row._mapping.items() if name != "id"} for row in stored]
        assert plain[:3] == plain[3:]
        assert [row["title"] for row in plain[:3]] == ["Één 'regeling'", "", "T"]


def test_a_moment_without_a_zone_and_a_word_that_is_none_are_refused_in_bulk_too(engine: Engine, now: datetime) -> None:
    good = {"source": "x", "kind": "catalogue", "started_at": now, "finished_at": now, "complete": True}
    with pytest.raises((StatementError, ValueError)), writing(engine) as session:
        add(session, CRAWL, [good, {**good, "finished_at": now.replace(tzinfo=None)}])
    with pytest.raises(IntegrityError), writing(engine) as session:
        add(session, CRAWL, [good, {**good, "kind": "nonsense"}])
    with reading(engine) as session:
        assert session.connection().execute(select(CRAWL.c.id)).all() == []


def test_a_question_about_thousands_of_values_finds_each_once(engine: Engine, now: datetime) -> None:
    usual = {"kind": "catalogue", "started_at": now, "finished_at": now, "complete": True}
    with writing(engine) as session:
        add(session, CRAWL, [{"source": f"b'ron {n}", **usual} for n in range(1200)])
        asked = [*(f"b'ron {n}" for n in range(0, 2000, 2)), "", "b'ron 2"]
        found = in_parts(session, select(CRAWL.c.source), CRAWL.c.source, asked)
        assert len(found) == len({row.source for row in found}) == 600
        assert in_parts(session, select(CRAWL.c.source), CRAWL.c.source, []) == []


def test_a_watched_page_whose_file_changed_is_read_anew(tmp_path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "fonds.yaml"
    for publisher in ("Fonds A", "Fonds Bé"):
        page.write_text(
            f'name: fonds\npublisher: {publisher}\nstart: https://f.example/s\nlinks: "^/s/"\n', encoding="utf-8"
        )
        pages, wrong = read_watched(tmp_path)
        assert wrong == []
        assert pages["fonds"].publisher == publisher


def test_thousands_of_rows_go_in_by_the_hundred_each_as_it_is_and_the_last_few_too(
    engine: Engine, now: datetime
) -> None:
    usual = {"kind": "catalogue", "started_at": now, "finished_at": now, "complete": True}
    rows = [{"source": f"bron {n}", "lost": [f"é{n}"] * (n % 2), "seen": n, **usual} for n in range(1201)]
    with writing(engine) as session:
        add(session, CRAWL, rows)
    with reading(engine) as session:
        stored = session.connection().execute(select(CRAWL.c.source, CRAWL.c.lost, CRAWL.c.seen).order_by(CRAWL.c.id))
        assert list(stored) == [(row["source"], row["lost"], row["seen"]) for row in rows]


@pytest.mark.parametrize("wrong", [0, 600, 1200])
def test_one_wrong_row_among_thousands_is_refused_wherever_it_stands(engine: Engine, now: datetime, wrong: int) -> None:
    usual = {"started_at": now, "finished_at": now, "complete": True}
    rows = [{"source": "x", "kind": "nonsense" if n == wrong else "catalogue", **usual} for n in range(1201)]
    with pytest.raises(IntegrityError), writing(engine) as session:
        add(session, CRAWL, rows)
    with reading(engine) as session:
        assert session.connection().execute(select(CRAWL.c.id)).first() is None
