"""Ontwikkelingen en trends: every number once more by hand, none that says more than it knows, and its rows behind it."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from db.models import Call, Challenge, Match, Sighting
from db.session import open_engine, writing
from db.vocabulary import ChallengeKind, ChallengeStatus, Visibility
from db.vocabulary_knowledge import PublicationKind
from db.vocabulary_lobby import ApplicationStage
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tests.web.test_rights import Unlimited
from tracker.applications import stages
from tracker.knowledge import publications
from tracker.knowledge.publications import PublicationFields, Upload
from tracker.knowledge.trends import Trends, trends
from tracker.rights import viewer_of

TODAY = date(2026, 5, 29)


def call(cast: Cast, title: str, published: date | None, budget: int | None, **other: object) -> Call:
    fits, closes, source = other.pop("fits", ["A20-1"]), other.pop("closes", None), other.pop("source", "rvo")
    made = Call(
        title=title, language="nl", url=f"https://example.nl/{title}", first_seen=cast.now, last_seen=cast.now,
        published_on=published, budget=None if budget is None else Decimal(budget),
        closes_at=datetime.fromisoformat(f"{closes}T15:00:00+00:00") if closes else None, **other,
    )  # fmt: skip
    cast.session.add(made)
    cast.session.flush()
    seen = {"first_seen": cast.now, "last_seen": cast.now, "url": made.url, "fields": {}, "fingerprint": "f"}
    cast.session.add(Sighting(source=source, external_id=title, call_id=made.id, **seen))
    for opgave in fits:
        cast.session.add(Match(call_id=made.id, challenge_id=opgave, score=0.9, model="t", at=cast.now))
    cast.session.flush()
    return made


def planted(session: Session, now: datetime) -> Cast:
    """A theme with a part, an empty part, calls of two years, and a pot that three topics share."""
    cast = gather(session, now)
    for id_, parent in (("A20-2", None), ("A20-1-warmte", "A20-1"), ("A20-2-leeg", "A20-2")):
        session.add(
            Challenge(
                id=id_,
                agenda_id="A20",
                parent_id=parent,
                kind=ChallengeKind.LINE,
                status=ChallengeStatus.OFFICIAL,
                name=f"Opgave {id_}",
            )
        )
        session.flush()
    call(cast, "Een", date(2026, 1, 10), 1_000, closes="2026-02-09", fits=["A20-1-warmte"])
    call(cast, "Twee", date(2026, 3, 1), None, closes="2026-03-31", fits=["A20-1", "A20-1-warmte"])
    call(cast, "Drie", date(2025, 3, 1), 70)
    for topic in range(3):
        call(cast, f"Topic {topic}", date(2026, 4, 1), 500, call_title="Eén call", source="eu_portal", fits=["A20-2"])
    call(cast, "Past nergens", date(2026, 4, 1), 9_000, fits=[])
    return cast


def told(session: Session, now: datetime, year: int = 2026) -> Trends:
    return trends(session, viewer_of(planted(session, now).lobbyist), year, TODAY)


def test_money_is_counted_by_theme_and_year_and_a_shared_pot_once(session: Session, now: datetime) -> None:
    found = told(session, now)
    by_theme = {theme.challenge.id: theme for theme in found.themes}
    assert list(by_theme) == ["A20-1", "A20-2"]
    assert (by_theme["A20-1"].money[2026], by_theme["A20-1"].money[2025]) == (1_000, 70)
    assert (by_theme["A20-2"].money[2026], by_theme["A20-2"].counts[2026]) == (500, 3)
    assert by_theme["A20-1"].counts[2026] == 2, "a call that fits a theme twice is one"
    assert (found.years, found.without_budget) == ([2025, 2026], 2)  # Twee, and the call of the cast
    assert [challenge.id for challenge in found.spots] == ["A20-2-leeg"]


def test_a_median_is_told_of_enough_calls_only_and_only_where_both_days_are_known(
    session: Session, now: datetime
) -> None:
    cast = planted(session, now)
    few = trends(session, viewer_of(cast.lobbyist), 2026, TODAY).leads
    assert [(lead.source, lead.number, lead.shortest, lead.longest, lead.middle) for lead in few] == [
        ("rvo", 2, 30, 30, None), ("", 2, 30, 30, None),
    ]  # fmt: skip
    for number in range(8):
        call(cast, f"Meer {number}", date(2026, 1, 1), None, closes=str(date(2026, 1, 1) + timedelta(number)))
    many = trends(session, viewer_of(cast.lobbyist), 2026, TODAY).leads
    assert (many[0].number, many[0].middle, many[0].shortest) == (10, round((4 + 5) / 2), 0)


def test_a_rate_is_no_rate_of_few_and_counts_what_one_may_see(session: Session, now: datetime) -> None:
    cast = planted(session, now)
    dossier = stages.start(cast.deed(), cast.call, "amsterdam", Visibility.OWN, ["A20-1-warmte"])
    stages.application_of(session, dossier).decided_on = date(2026, 4, 1)
    dossier.stage = ApplicationStage.REJECTED
    session.flush()
    mine = trends(session, viewer_of(cast.lobbyist), 2026, TODAY)
    theirs = trends(session, viewer_of(cast.haarlem), 2026, TODAY)
    assert (mine.said, theirs.said) == ("0 van 1; te weinig voor een percentage", "nog niets beslist")
    assert [len(theme.decided) for theme in mine.themes] == [1, 0]


def test_of_what_was_done_only_the_decisions_are_read(session: Session, now: datetime) -> None:
    cast, read = planted(session, now), list[str]()
    event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _k, statement, *_: read.append(statement))
    trends(session, viewer_of(cast.lobbyist), 2026, TODAY)
    assert any("FROM application" in one for one in read)
    assert not [one for one in read if any(f"FROM {table}" in one for table in ("verdict", "outcome", "commitment"))]


@pytest.mark.one_database
def test_each_number_leads_to_rows_that_add_up_to_it_on_screen_and_as_a_file(
    tmp_path: Path, sqlite_template: Path, now: datetime
) -> None:
    (tmp_path / "world.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        cast = planted(session, now)
    with visit(engine, now, tmp_path, cast.reader, Unlimited()) as visitor:
        page = visitor.get("/kennishuis/ontwikkelingen?jaar=2026").text
        asked = "jaar=2026&rijen=geld&thema=A20-2"
        assert f"/kennishuis/ontwikkelingen?{asked.replace('&', '&amp;')}#rijen" in page
        shown = visitor.get(f"/kennishuis/ontwikkelingen?{asked}").text
        rows = json.loads(visitor.get(f"/kennishuis/ontwikkelingen.json?{asked}").content)
        whole = json.loads(visitor.get("/kennishuis/ontwikkelingen.json?jaar=2026").content)
        assert (
            visitor.get("/kennishuis/ontwikkelingen?jaar=2026&rijen=doorlooptijd&bron=rvo").text.count("30</td>") == 2
        )
        assert visitor.get("/kennishuis/ontwikkelingen?jaar=2019").status_code == 200
    engine.dispose()
    assert shown.count("zelfde pot, telt niet nog eens") == 2
    assert sum(row["telt mee in euro"] or 0 for row in rows) == 500
    assert [row["bedrag in euro"] for row in rows] == [500, 500, 500]
    assert {row["wat"] for row in whole} == {
        "geld in nieuwe regelingen",
        "nieuwe regelingen",
        "van publicatie tot sluiting",
    }


def test_studies_of_the_year_stand_beside_the_numbers(session: Session, now: datetime, tmp_path: Path) -> None:
    cast = gather(session, now)
    for kind, year, title in (
        ("study", 2026, "Warmte in beeld"),
        ("study", 2025, "Vorig jaar"),
        ("guide", 2026, "Gids"),
    ):
        fields = PublicationFields(PublicationKind(kind), title, "Wat er gebeurt.", "Hogeschool Amstel", year)
        publications.add(cast.deed(), fields, Upload("nota.txt", b"Tekst", 100))
    session.commit()
    with visit(session.get_bind(), now, tmp_path, cast.reader, Unlimited()) as visitor:  # type: ignore[arg-type]
        page = visitor.get("/kennishuis/ontwikkelingen?jaar=2026").text
        assert ("Warmte in beeld" in page, "Vorig jaar" in page, "Gids" in page) == (True, False, False)
        assert "Hogeschool Amstel" in page
        assert "Nog geen onderzoek uit 2024" in visitor.get("/kennishuis/ontwikkelingen?jaar=2024").text
