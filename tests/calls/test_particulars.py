"""What sources file a call under: stored with the call, merged field by field, exported under plain names."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from db.models import Call, Revision
from db.queries import CallFilter
from scrapers.listing import PARTICULARS
from tests.make.crawls import make_listing, store
from tracker.exchange.import_calls import call_of
from tracker.exchange.tables import calls

pytestmark = pytest.mark.one_database  # rules on plain rows

DAY = timedelta(days=1)


def only_call(session: Session) -> Call:
    session.expire_all()
    return session.exec(select(Call)).one()


def test_what_a_source_files_a_call_under_is_reachable_from_the_call(session: Session, now: datetime) -> None:
    updates = [{"text": "Verlengd tot oktober", "day": "2026-05-01"}, {"text": "Zonder dag"}]
    store(session, [make_listing(tags=["Water"], targets=["Overheid", "Mkb"], updates=updates)], now)
    assert only_call(session).particulars == {"tags": ["Water"], "targets": ["Overheid", "Mkb"], "updates": updates}
    assert only_call(session).provenance["targets"] == "rvo"


def test_other_order_of_the_same_words_is_no_change_and_another_word_is_one_that_nobody_is_told(
    session: Session, now: datetime
) -> None:
    for day, tags in enumerate((["Water", "Bodem"], ["Bodem", "Water"], ["Bodem", "Lucht"])):
        store(session, [make_listing(tags=tags)], now + day * DAY)
    changed = session.exec(select(Revision).where(Revision.kind == "changed")).all()
    assert [(r.field, r.old, r.new, r.telling) for r in changed] == [
        ("tags", ["Bodem", "Water"], ["Bodem", "Lucht"], False)
    ]


def test_of_two_sources_each_field_comes_from_the_first_that_has_it(session: Session, now: datetime) -> None:
    one = make_listing(source="eu_portal", references=["LIFE-2026-X"], tags=["Heat"], expected_grants=3)
    other = make_listing(2, references=["LIFE-2026-X"], tags=["Other"], subjects=["Energie"])
    store(session, [one], now, source="eu_portal")
    store(session, [other], now)
    assert only_call(session).particulars == {"tags": ["Heat"], "subjects": ["Energie"], "expected_grants": 3}


def test_an_export_names_each_field_also_where_it_is_empty_and_is_read_back(session: Session, now: datetime) -> None:
    fields = {"tags": ["Heat"], "conditions": "Gemeenten", "expected_grants": 2, "updates": [{"text": "Open"}]}
    store(session, [make_listing(**fields)], now)
    [record] = calls(session, CallFilter(), now)
    assert {name: record[name] for name in PARTICULARS} == {
        **fields, "keywords": [], "subjects": [], "sectors": [], "targets": [], "priorities": [], "support": "",
    }  # fmt: skip
    again = call_of(record, now)
    assert (again.tags, again.conditions, again.expected_grants) == (("Heat",), "Gemeenten", 2)
