"""Outside moments: pages and words of their own, any of them for any dossier, the real day before the usual one."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Body, Call, DecisionClock, Dossier, DossierMoment, Meeting, Moment
from db.session import reading, writing
from db.vocabulary import Nature
from db.vocabulary_calendar import MilestoneStep
from db.vocabulary_lobby import Level, MomentKind
from scrapers.listing import Listing
from tests.make.crawls import closes, make_listing, store
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import DecisionRoute, milestones_of, plan_for
from tracker.calendar.due import due_items_of
from tracker.clock import Now
from tracker.lobby import moments
from tracker.lobby.moment_sheet import sheet_of
from tracker.lobby.timeline import timeline
from tracker.lobby.yearly_moments import patterns, ref_of
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def debate(number: int = 88, day: str = "2026-06-18", **fields: object) -> Listing:
    """A committee debate as Parliament's source tells it."""
    usual = {"source": "tweede_kamer", "nature": "moment", "title": "Commissiedebat: MIRT", "external_id": f"d{number}"}
    dates = [closes(day, kind="consultation", hour="10:00", text="Commissiedebat")]
    return make_listing(number, **{**usual, "deadlines": dates, **fields})


def told(session: Session, listing: Listing, now: datetime) -> Call:
    store(session, [listing], now, source=listing.source)
    call = session.exec(select(Call).where(Call.title == listing.title).order_by(col(Call.id).desc())).first()
    assert call is not None
    return call


def coming(cast: Cast, day: date = TODAY, with_ended: bool = False) -> dict[str, date | None]:
    found = moments.upcoming(cast.session, viewer_of(cast.lobbyist), day, with_ended)
    return {m.title: m.ends_on for m in found}


def test_the_usual_moments_of_brussels_ship_and_an_eu_dossier_can_hook_on(cast: Cast) -> None:
    kinds = {p.kind for p in patterns() if p.level == Level.EU}
    wanted = {
        MomentKind.COMMISSION_PLAN,
        MomentKind.EP_VOTE,
        MomentKind.TRILOGUE,
        MomentKind.COR_OPINION,
        MomentKind.COMITOLOGY,
    }
    assert wanted <= kinds
    _, maybe = moments.for_dossier(cast.session, cast.open(level=Level.EU), viewer_of(cast.lobbyist), TODAY)
    assert {m.level for m in maybe[:5]} == {Level.EU}, "its own level comes first"


def test_any_moment_can_be_hooked_by_hand_to_any_dossier(cast: Cast) -> None:
    call = told(cast.session, make_listing(77, source="have_your_say", nature="moment", title="Bouwproducten", language="en",
                deadlines=[closes("2026-07-01", kind="consultation")]), cast.now)  # fmt: skip
    dossier = cast.open(level=Level.NATIONAL)
    _, maybe = moments.for_dossier(cast.session, dossier, viewer_of(cast.lobbyist), TODAY)
    assert {f"call:{call.id}", "pattern:bo-mirt:2026", "pattern:commissie-werkprogramma:2026"} <= {m.ref for m in maybe}
    for ref in (f"call:{call.id}", "pattern:commissie-werkprogramma:2026"):
        moments.hook(cast.deed(), dossier, ref)
    mine, _ = moments.for_dossier(cast.session, dossier, viewer_of(cast.lobbyist), TODAY)
    assert {m.title for m in mine} == {"Bouwproducten", "Werkprogramma van de Europese Commissie"}


def test_a_real_day_takes_the_place_of_the_usual_one_also_where_a_dossier_hooked_on_before(cast: Cast) -> None:
    usual = "Commissiedebat MIRT (voor de zomer)"
    assert coming(cast)[usual] == date(2026, 7, 3)
    dossier = cast.open()
    kept = moments.hook(cast.deed(), dossier, "pattern:debat-mirt:2026")
    call = told(cast.session, debate(), cast.now)
    found = coming(cast)
    assert found[usual] == date(2026, 6, 18)
    assert "Commissiedebat: MIRT" not in found, "it stands there once"
    assert moments.hook(cast.deed(), cast.open(), f"call:{call.id}") == kept
    (hooked,), _ = moments.for_dossier(cast.session, dossier, viewer_of(cast.lobbyist), TODAY)
    assert (hooked.ends_on, hooked.sure, hooked.url) == (date(2026, 6, 18), True, call.url)
    [line] = [line for line in timeline(cast.session, dossier, viewer_of(cast.lobbyist)) if line.what == "moment"]
    assert line.day == date(2026, 6, 18)


def test_the_usual_day_does_not_come_back_when_the_real_one_has_passed(cast: Cast) -> None:
    told(cast.session, debate(), cast.now)
    assert coming(cast)["Commissiedebat: MIRT"] == date(2026, 6, 18)
    after = coming(cast, date(2026, 6, 20))
    assert [day for title, day in after.items() if "Commissiedebat" in title] == [date(2027, 7, 3)]


@pytest.mark.parametrize(
    ("title", "day"), [("Commissiedebat: Wonen", "2026-06-18"), ("Commissiedebat: MIRT", "2026-11-25")]
)
def test_another_debate_or_another_season_is_not_the_usual_one(cast: Cast, title: str, day: str) -> None:
    told(cast.session, debate(day=day, title=title), cast.now)
    assert coming(cast)["Commissiedebat MIRT (voor de zomer)"] == date(2026, 7, 3)
    assert coming(cast)[title] == date.fromisoformat(day)


LIST, MONTH = CALENDARS = ("/kalender?view=lijst", "/kalender?month=2026-06")


def test_a_debate_that_is_off_says_so_everywhere(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with Session(engine, expire_on_commit=False) as session:
        cast = gather(session, now)
        call = told(session, debate(day="2026-06-10"), now)
        dossier = cast.open(visibility="mra")
        moment = moments.hook(cast.deed(), dossier, f"call:{call.id}")
        told(session, debate(day="2026-06-10", source_word="withdrawn"), now + timedelta(hours=1))
        call_id, dossier_id, moment_id = call.id, dossier.id, moment.id
        session.commit()
        session.refresh(cast.lobbyist)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for page in (f"/momenten/{moment_id}", f"/dossiers/{dossier_id}", "/momenten", MONTH):
            assert "gaat niet door" in visitor.get(page).text.lower(), page
        assert f"/momenten/bron-{call_id}" in visitor.get(MONTH).text
        for page in (LIST, "/"):
            assert "gaat niet door" not in visitor.get(page).text.lower(), f"{page} is of what comes"
    with reading(engine) as session:
        assert "Commissiedebat: MIRT" not in {
            m.title for m in moments.upcoming(session, viewer_of(cast.lobbyist), TODAY)
        }


def test_a_debate_that_was_moved_says_from_which_day(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with Session(engine, expire_on_commit=False) as session:
        cast = gather(session, now)
        call = told(session, debate(day="2026-06-10"), now)
        dossier = cast.open(visibility="mra")
        moments.hook(cast.deed(), dossier, f"call:{call.id}")
        told(session, debate(day="2026-06-17"), now + timedelta(hours=1))
        call_id, dossier_id = call.id, dossier.id
        session.commit()
        session.refresh(cast.lobbyist)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for page in (f"/momenten/bron-{call_id}", f"/dossiers/{dossier_id}", "/momenten", "/", *CALENDARS):
            assert re.search(r"[Vv]erplaatst[:,] was .{0,40}10 juni?", visitor.get(page).text), page


OF_GRANTS = ("Aanvragen kan", "Start aanvraag", "zelf aan te vragen", "Soort: subsidie", ">subsidie", "Halen wij het nog", "handtekeningen", "loket", "Penvoerder", "go/no-go", "Go/no-go")  # fmt: skip


def test_nothing_of_applying_stands_on_a_moment(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with Session(engine, expire_on_commit=False) as session:
        cast = gather(session, now)
        session.add(Body(id="mra-bestuur", kind="board", name="Het MRA Bestuur"))
        session.flush()
        days = (date(2026, 6, 5), date(2026, 9, 11))
        session.add_all(
            Meeting(body_id="mra-bestuur", day=d, papers_on=d - timedelta(7), modified_at=now) for d in days
        )
        call = told(session, debate(day="2026-09-30"), now)
        call_id = call.id
        session.commit()
        session.refresh(cast.lobbyist)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        answer = visitor.get(f"/regelingen/{call_id}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/momenten/bron-{call_id}")
        for page in (f"/momenten/bron-{call_id}", "/momenten/bo-mirt-2026", f"/regelingen/{call_id}/klok"):
            text = visitor.get(page).text
            assert [word for word in OF_GRANTS if word in text] == [], page
        assert "Commissiedebat" in visitor.get("/kalender?view=lijst").text
        assert visitor.send_form(f"/regelingen/{call_id}/aanvraag").status_code == 404  # type: ignore[attr-defined]
        assert visitor.send_form(f"/regelingen/{call_id}/dossier").status_code == 404  # type: ignore[attr-defined]
        opened = visitor.send_form(f"/momenten/bron-{call_id}/dossier")
        dossier = int(opened.headers["location"].split("/")[2].split("?")[0])  # type: ignore[attr-defined]
    with reading(engine) as session:
        hooked = select(Moment.call_id).join(DossierMoment).where(DossierMoment.dossier_id == dossier)
        assert session.exec(hooked).all() == [call_id]
        assert session.get_one(Dossier, dossier).visibility == "own"


def test_the_steps_back_from_a_moment_are_those_of_a_reaction(cast: Cast) -> None:
    session = cast.session
    session.add_all(
        [
            Body(id="mra-bestuur", kind="board", name="Het MRA Bestuur"),
            Body(id="mra-platform", kind="platform", name="Platform"),
        ]
    )
    session.flush()
    for body, days in {"mra-bestuur": (date(2026, 9, 11),), "mra-platform": (date(2026, 8, 27),)}.items():
        session.add_all(Meeting(body_id=body, day=d, papers_on=d - timedelta(7), modified_at=cast.now) for d in days)
    session.flush()
    route = DecisionRoute("amsterdam", tables=("mra-platform", "mra-bestuur"), reaction=True)
    plan = plan_for(body_calendar(session), date(2026, 9, 30), route, TODAY)
    assert [p.step.kind for p in plan.steps] == [
        MilestoneStep.REACTION, MilestoneStep.OFFICIALS, MilestoneStep.PLATFORM, MilestoneStep.BOARD, MilestoneStep.SENDING,
    ]  # fmt: skip
    assert plan.go_by == plan.steps[0].begins


def test_a_moment_has_a_page_with_the_dossiers_one_may_see(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        shared, own = cast.open(title="Openlijk", visibility="mra"), cast.open(title="KANARIE", visibility="own")
        for dossier in (shared, own):
            moments.hook(cast.deed(), dossier, "pattern:bo-mirt:2026")
        third = cast.open(title="Derde", visibility="mra").id
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        page = visitor.get("/momenten/bo-mirt-2026").text
        assert ("Openlijk" in page, "KANARIE" in page) == (True, False)
        assert "gebruikelijke tijd" in page
        for key in ("bron-1", "bron-99999", "99999", "bo-mirt-1", "niets-2026", "x", "²", "bron-²"):
            assert visitor.get(f"/momenten/{key}").status_code == 404, key
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert visitor.send_form("/momenten/bo-mirt-2026/dossiers", dossier=third).status_code == 303  # type: ignore[attr-defined]
        assert "Derde" in visitor.get("/momenten/1").text


def test_a_usual_time_that_nobody_knows_the_day_of_is_never_said_to_be_missed(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    """29 May: what ought to begin before 19 May for a day that is only assumed, is around then, and not gone by."""
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open(title="Openlijk", visibility="mra")
        moments.hook(cast.deed(), dossier, "pattern:bo-leefomgeving:2026")
        number = dossier.id
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page = visitor.get("/momenten/bo-leefomgeving-2026").text
        assert "Intern beginnen rond" in page
        for path in ("/momenten/bo-leefomgeving-2026", "/momenten?text=Leefomgeving", f"/dossiers/{number}"):
            shown = visitor.get(path).text
            assert "rond" in shown, path
            assert "aangenomen" in shown, path
            assert not any(said in shown for said in ("voorbij<", "dat is voorbij", "te laat", "Te laat")), path


def test_steps_that_were_kept_for_an_assumed_day_are_never_late(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        session.add(Body(id="mra-bestuur", kind="board", name="Het MRA Bestuur"))
        session.flush()
        days = [date(2026, month, 5) for month in (6, 7)]
        session.add_all(Meeting(body_id="mra-bestuur", day=day, papers_on=day, modified_at=now) for day in days)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        answer = visitor.send_form("/momenten/bo-leefomgeving-2026/stappen")
        assert answer.headers["location"].startswith("/kalender/klok/1"), answer.text  # type: ignore[attr-defined]
    with visit(engine, now + timedelta(days=14), tmp_path, cast.lobbyist) as visitor:
        for path in ("/kalender/klok/1", "/momenten/1", "/kalender?view=lijst"):
            page = visitor.get(path).text
            assert "aangenomen" in page, path
            assert not any(said in page for said in ("te laat", "Te laat", 'class="alarm"')), path


def test_an_address_and_a_ref_lead_to_each_other(cast: Cast) -> None:
    call = told(cast.session, debate(), cast.now)
    for moment in moments.upcoming(cast.session, viewer_of(cast.lobbyist), TODAY):
        assert ref_of(moment.address.rpartition("/")[2]) == moment.ref
        assert sheet_of(cast.session, viewer_of(cast.lobbyist), moment.ref).moment == moment
    assert call.nature == Nature.MOMENT
    assert call.closes_at == datetime(2026, 6, 18, 8, tzinfo=UTC)


def test_the_first_moment_of_each_dossier_of_a_list_is_read_at_once(cast: Cast) -> None:
    one, other, none = (cast.open(title) for title in ("Een", "Twee", "Drie"))
    for dossier in (one, other):
        moments.hook(cast.deed(), dossier, "pattern:prinsjesdag:2026")
    near = moments.NewMoment("Dichtbij", MomentKind.OTHER, Level.NATIONAL, ends_on=date(2026, 6, 2))
    moments.hook(cast.deed(), other, f"moment:{moments.add_moment(cast.deed(), near).id}")
    ids = [one.id, other.id, none.id]
    found = moments.next_moments(cast.session, viewer_of(cast.lobbyist), ids, date(2026, 5, 29))
    assert {number: found[number].title.split(",")[0] for number in found} == {
        one.id: "Prinsjesdag",
        other.id: "Dichtbij",
    }


def test_the_steps_back_from_a_usual_moment_are_kept_and_move_with_its_day(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        session.add(Body(id="mra-bestuur", kind="board", name="Het MRA Bestuur"))
        session.flush()
        days = [date(2026, month, 5) for month in (6, 7, 8, 9, 10, 11)]
        session.add_all(
            Meeting(body_id="mra-bestuur", day=day, papers_on=day - timedelta(days=7), modified_at=now) for day in days
        )
        lobbyist = cast.lobbyist
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        assert "Zet deze stappen in de kalender" in visitor.get("/momenten/prinsjesdag-2026").text
        answer = visitor.send_form("/momenten/prinsjesdag-2026/stappen")
        assert answer.headers["location"].startswith("/kalender/klok/1"), answer.text  # type: ignore[attr-defined]
        assert "Prinsjesdag" in visitor.get("/kalender/klok/1").text
        visitor.send_form("/momenten/prinsjesdag-2026/stappen")  # once more
        assert "Deze stappen staan in de kalender" in visitor.get("/momenten/1").text
        with reading(engine) as session:
            (clock,) = session.exec(select(DecisionClock))
            steps = {row.key: row.day for row in milestones_of(session, clock)}
            assert (clock.planned_for, clock.moment_id) == (date(2026, 9, 15), 1)
            assert "board:mra-bestuur" in steps
            assert "Prinsjesdag" in {
                item.title.split(",")[0] for item in due_items_of(session, "amsterdam", Now(now), date(2026, 12, 31))
            }
        assert "Prinsjesdag" in visitor.get(f"/kalender?month={steps['board:mra-bestuur']:%Y-%m}").text
        day = {"ref": "moment:1", "ends_on": "2026-11-20", "sure": "true", "seen": 1}
        assert visitor.send_form("/momenten/dag", **day).status_code == 303  # type: ignore[attr-defined]
    with reading(engine) as session:
        (clock,) = session.exec(select(DecisionClock))
        later = {row.key: row.day for row in milestones_of(session, clock)}
    assert clock.planned_for == date(2026, 11, 20)
    assert all(later[key] > steps[key] for key in steps)
