"""The sheet of an opgave: what was asked and won in a year, by whom, and as far as the viewer may see."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import writing
from db.vocabulary_lobby import OutcomeResult
from tests.make.awards import applied, award
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.challenges.results import Results, results
from tracker.lobby import moments
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # it only reads


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def sums(found: Results) -> tuple[int, Decimal, int, Decimal]:
    return found.submitted, found.requested, found.awarded, found.granted


def test_a_year_counts_what_went_in_and_what_was_decided_in_it(cast: Cast) -> None:
    late = applied(cast, date(2025, 12, 30))
    award(cast, late, date(2026, 3, 1), "300000")
    applied(cast, date(2026, 2, 1), requested="100000")
    viewer = viewer_of(cast.haarlem)
    found = results(cast.session, ["A20-1"], 2026, viewer)
    assert sums(found) == (1, Decimal(100000), 1, Decimal(300000))
    assert [a.carrier for a in found.asked] == ["Haarlem", "Haarlem"]
    assert sums(results(cast.session, ["A20-1"], 2025, viewer)) == (1, Decimal(400000), 0, Decimal(0))
    assert results(cast.session, ["A20-1"], 2024, viewer) == Results()
    assert results(cast.session, ["A20-9"], 2026, viewer) == Results()


def test_what_stays_within_an_organisation_is_in_no_sum_of_others(cast: Cast) -> None:
    applied(cast, date(2026, 2, 1), visibility="own")
    assert sums(results(cast.session, ["A20-1"], 2026, viewer_of(cast.reader)))[0] == 1
    assert results(cast.session, ["A20-1"], 2026, viewer_of(cast.haarlem)) == Results()


def test_examples_are_shown_and_not_counted(cast: Cast) -> None:
    applied(cast, date(2026, 2, 1)).example = True
    cast.session.flush()
    found = results(cast.session, ["A20-1"], 2026, viewer_of(cast.haarlem))
    assert (len(found.asked), sums(found)) == (1, (0, Decimal(0), 0, Decimal(0)))


def test_lobby_tells_what_came_of_its_requests_in_the_year(cast: Cast) -> None:
    dossier = cast.open()
    for day, result in ((date(2026, 4, 1), OutcomeResult.TAKEN_OVER), (date(2025, 4, 1), OutcomeResult.NOT)):
        given = {"passage": "De regio krijgt regie"} if result != OutcomeResult.NOT else {}
        moments.record_outcome(cast.deed(), dossier, "Meer regie", result, day, **given)
    (found,) = results(cast.session, ["A20-1"], 2026, viewer_of(cast.haarlem)).lobbied
    assert [(o.day, o.result) for o in found.outcomes] == [(date(2026, 4, 1), OutcomeResult.TAKEN_OVER)]
    dossier.closed_at = cast.now - timedelta(days=200)
    cast.session.flush()
    assert results(cast.session, ["A20-1"], 2026, viewer_of(cast.haarlem)).lobbied == []


def test_a_reader_gets_the_sheet_of_a_year(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        award(cast, applied(cast, date(2026, 2, 1)), date(2026, 5, 1), "380000")
        cast.open()
    with visit(engine, now, tmp_path, cast.reader) as visitor:
        page = visitor.get("/opgaven/A20-1/resultaat").text.replace("\xa0", " ")
        for text in ("1 aanvraag", "€ 400.000", "€ 380.000", "Haarlem", "Meer regie op warmtenetten", "resultaat 2026"):
            assert text in page, text
        before = visitor.get("/opgaven/A20-1/resultaat?jaar=2025").text
        assert "Geen aanvraag is in 2025 ingediend of beslist" in before
        assert visitor.get("/opgaven/nergens/resultaat").status_code == 404
        assert "/opgaven/A20-1/resultaat" in visitor.get("/opgaven/A20-1").text
