"""Weak matches, under the threshold of a digest, on every page: never in the type of a strong one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Call, Challenge, Match
from db.session import open_engine, writing
from tests.make.addresses import page_addresses, plant
from tests.make.pages import Visitor, settings_for, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.matching.search import SHOWN_FROM

pytestmark = [pytest.mark.one_database, pytest.mark.slow]  # every page, three times
WEAK = "Zwakke opgave"
# What is set in the type of a weak match: small print, and what one has to open.
QUIET = "//*[contains(concat(' ', @class, ' '), ' quiet ')] | //details[contains(summary, 'zwakker')]"


@pytest.fixture
def engine(tmp_path: Path, sqlite_world: Path) -> Iterator[Engine]:
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    yield engine
    engine.dispose()


def in_strong_type(page: str) -> list[str]:
    """The words of a page without those in the type of weak matches, and without the dots between them."""
    tree = html.fromstring(page)
    for element in tree.xpath(QUIET):
        element.drop_tree()
    return [" ".join(part.split()) for text in tree.itertext() for part in text.split("·") if part.strip()]


def pages(visitor: Visitor, addresses: list[str]) -> dict[str, list[str]]:
    answers = {address: visitor.get(address) for address in addresses}
    return {a: in_strong_type(answer.text) for a, answer in answers.items() if answer.status_code == 200}


def match_weakly(engine: Engine, score: float, now: datetime) -> None:
    """Every call meets an opgave of its own name, with this score."""
    with writing(engine) as session:
        for old in session.exec(select(Match).where(Match.challenge_id == "A20-zwak")):
            session.delete(old)
        session.flush()
        reason = {
            "kind": "title",
            "weight": 1,
            "place": "title",
            "call": "x",
            "challenge": "zwak",
            "text": "Zwakke zin",
        }
        for call in session.exec(select(Call.id).order_by(col(Call.id))):
            about = {"call_id": call, "challenge_id": "A20-zwak", "reasons": [reason]}
            session.add(Match(**about, score=score, topic=score, model="proef", at=now))


def test_no_page_shows_a_weak_match_in_the_type_of_a_strong_one(engine: Engine, tmp_path: Path, now: datetime) -> None:
    with writing(engine) as session:
        gaps = plant(session, settings_for(tmp_path), now)
        session.add(Challenge(id="A20-zwak", agenda_id="A20", kind="line", status="official", name=WEAK, position=999))
        person = seeded_people(session)["administrator"]
    addresses = [address for address, signed_out in page_addresses(gaps) if not signed_out]
    addresses.remove("/beheer/logboek")  # it tells that the others were looked at
    addresses += ["/opgaven/A20-zwak", "/regelingen?challenges=A20-zwak"]
    with visit(engine, now, tmp_path, person, Unlimited()) as visitor:
        without = pages(visitor, addresses)
        match_weakly(engine, SHOWN_FROM - 0.01, now)
        weak = pages(visitor, addresses)
        match_weakly(engine, SHOWN_FROM + 0.01, now)
        strong = pages(visitor, addresses)
    shown = {a: [word for word in weak[a] if word not in without[a]] for a in weak if weak[a] != without[a]}
    assert shown == {}
    told = {address for address in strong if strong[address] != without[address]}
    assert {"/regelingen", "/regelingen/3", "/opgaven", "/opgaven/A20-zwak"} <= told  # the test sees what is shown
