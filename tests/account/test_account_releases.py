"""A kept report and a visie are public once a second coordinator lets them: figures and words, and no row of anybody."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import AccountRelease, AuditEntry, User
from db.session import reading, writing
from notifications.wording import local_day
from tests.account.test_kept_reports import words_of
from tests.account.test_visions import TEXT
from tests.make.awards import applied, award
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, visit
from tests.make.pdf_tags import read_tags
from tracker.account import releases, reports, visions
from tracker.errors import ChangedMeanwhile, MoveNotAllowed, NotAllowed, NotFound
from tracker.rights import Deed

YEAR = date(2026, 1, 1), date(2026, 12, 31)
REPORT, PUBLIC_REPORT = "/verantwoording/verslagen/1", "/openbaar/verantwoording/1"
VISION, PUBLIC_VISION = "/visie/1", "/openbaar/visie/1"


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def test_a_second_coordinator_lets_it_and_what_was_kept_for_us_alone_never_leaves(cast: Cast) -> None:
    session, deed, second = cast.session, cast.deed(cast.coordinator), cast.deed(cast.second)
    own, shared = (reports.keep(deed, "", *YEAR, local_day(cast.now), to) for to in ("own", "mra"))
    for by, row in ((cast.deed(), shared), (deed, own), (cast.deed(cast.haarlem), shared)):
        with pytest.raises((NotAllowed, MoveNotAllowed)):
            releases.propose(by, row)
    release = releases.propose(deed, shared)
    with pytest.raises(MoveNotAllowed):
        releases.propose(second, shared)
    with pytest.raises(NotAllowed):
        releases.confirm(deed, release, release.version)
    with pytest.raises(NotFound):
        releases.public_report(session, shared.id)
    assert releases.standing_of(session, cast.second, shared).may_confirm
    assert not releases.standing_of(session, cast.coordinator, shared).may_confirm
    releases.confirm(second, release, release.version)
    with pytest.raises(ChangedMeanwhile):
        releases.drop(deed, release, 1)
    assert releases.public_report(session, shared.id) == shared
    with pytest.raises(MoveNotAllowed):
        reports.remove(deed, shared, shared.version)
    session.expire_all()
    releases.end(deed, release, release.version)
    assert releases.public_report(session, shared.id) is None
    reports.remove(deed, shared, shared.version)
    assert session.exec(select(AccountRelease)).all() == []


def test_a_next_version_of_a_visie_is_public_by_its_own_release(cast: Cast) -> None:
    session, deed, second = cast.session, cast.deed(cast.coordinator), cast.deed(cast.second)
    first = visions.propose(cast.deed(), "A20-1", TEXT, 0)
    old = visions.take_over(deed, first, "", first.version)
    release = releases.propose(deed, old)
    releases.confirm(second, release, release.version)
    next_one = visions.propose(cast.deed(), "A20-1", visions.VisionFields("T", "Nieuw.", "Wij", "Beter."), 1)
    new = visions.take_over(deed, next_one, "", next_one.version)
    shown = releases.vision_shown(session, old.vision_id)
    assert shown is not None
    assert shown.number == 1, "what holds in the region is not public by itself"
    assert releases.standing_of(session, cast.second, new).outdated
    again = releases.propose(deed, new)
    releases.confirm(second, again, again.version)
    shown = releases.vision_shown(session, old.vision_id)
    assert shown is not None
    assert shown.number == 2
    assert [row.number for row in releases.all_public_visions(session)] == [2]


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[str, User]:
    with writing(engine) as session:
        cast = gather(session, now)
        award(cast, applied(cast, date(2026, 2, 1)), date(2026, 3, 1), "300000")
        reports.keep(cast.deed(cast.coordinator), "", *YEAR, local_day(now), "mra")
        text = visions.propose(Deed(session, cast.lobbyist, now), "", TEXT, 0)
        visions.take_over(cast.deed(cast.coordinator), text, "", text.version)
        found = {"coordinator": cast.coordinator, "second": cast.second, "lobbyist": cast.lobbyist}
        session.flush()
        session.expunge_all()
    return found


@pytest.mark.one_database
def test_everybody_reads_figures_and_words_once_two_people_let_it(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    def press(visitor: Visitor, page: str, deed: str, number: int, seen: int) -> int:
        answer = visitor.send_form(f"{page}/vrijgave", release=number, deed=deed, seen=seen)
        return answer.status_code  # type: ignore[attr-defined,no-any-return]

    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        for number, page in enumerate((REPORT, VISION), 1):
            assert f'action="{page}/openbaar"' in visitor.get(page).text
            assert visitor.send_form(f"{page}/openbaar").status_code == 303  # type: ignore[attr-defined]
            assert press(visitor, page, "confirm", number, 1) == 403
    with visit(engine, now, tmp_path) as visitor:
        assert {visitor.get(p).status_code for p in (PUBLIC_REPORT, PUBLIC_VISION, f"{PUBLIC_REPORT}/pdf")} == {404}
    with visit(engine, now, tmp_path, people["second"]) as visitor:
        assert press(visitor, REPORT, "confirm", 2, 1) == 404, "the release of another thing"
        assert press(visitor, REPORT, "confirm", 1, 1) == press(visitor, VISION, "confirm", 2, 1) == 303
    with visit(engine, now, tmp_path) as visitor:
        report, vision = visitor.get(PUBLIC_REPORT).text.replace("\xa0", " "), visitor.get(PUBLIC_VISION).text
        assert ("1, samen € 300.000" in report, "In 2040 is elk huis warm." in vision) == (True, True)
        assert "/aanvragen/" not in report
        assert (people["lobbyist"].name in vision, "Programmateam Energie" in vision) == (False, True)
        index = visitor.get("/openbaar").text
        assert (f'href="{PUBLIC_REPORT}"' in index, f'href="{PUBLIC_VISION}"' in index) == (True, True)
        pdf = visitor.get(f"{PUBLIC_REPORT}/pdf").content
        assert visitor.get(f"{PUBLIC_VISION}/pdf").headers["content-type"] == "application/pdf"
    assert "Wat het opbracht" not in words_of(pdf)
    tags = read_tags(pdf)
    assert (tags.lang, tags.marked) == ("nl-NL", True)
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        assert press(visitor, REPORT, "end", 1, 2) == 303
    with visit(engine, now, tmp_path) as visitor:
        assert visitor.get(PUBLIC_REPORT).status_code == 410
        assert PUBLIC_REPORT not in visitor.get("/openbaar").text
    with reading(engine) as session:
        deeds = [row.action for row in session.exec(select(AuditEntry)) if row.action.startswith("account release")]
    assert deeds.count("account release decided") == 3
