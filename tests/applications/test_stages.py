"""An application goes from signal to decision, each step with what it needs; the co-funding guard counts exactly."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, Cofunding, Dossier, User
from db.session import writing
from db.vocabulary_lobby import ApplicationStage, Check, GoDecision, PartnerRole, StateAid
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.applications import stages
from tracker.applications.cofunding import (
    HitRate,
    Promise,
    agree,
    counted_for_us,
    exposure,
    guard,
    hit_rates,
    promise_in_our_name,
    waiting_for_word,
    wilson,
)
from tracker.applications.stages import Money, decide, decide_go, move, promise, set_lead, set_money, start
from tracker.errors import Incomplete, LeadNotAllowed, MoveNotAllowed, NotAllowed, NotFound, ParticipantGone
from tracker.lobby.timeline import timeline
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # rules of stages on plain rows

S = ApplicationStage
YES = {check.value: "yes" for check in Check}


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def to(cast: Cast, dossier: Dossier, *stages: ApplicationStage) -> None:
    for stage in stages:
        move(cast.deed(), dossier, stage, dossier.version)


def test_an_application_goes_from_signal_to_award(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)
    to(cast, dossier, S.SCOUTING, S.GO_NO_GO)
    decide_go(cast.deed(), dossier, GoDecision.GO, YES, [], "", dossier.version)
    with pytest.raises(MoveNotAllowed, match="penvoerder"):
        to(cast, dossier, S.PREPARING)
    set_lead(cast.deed(), dossier, "haarlem", dossier.version)
    to(cast, dossier, S.PREPARING)
    with pytest.raises(MoveNotAllowed, match="gevraagde bedrag"):
        to(cast, dossier, S.SUBMITTED)
    money = Money(Decimal("400000"), Decimal("1000000"), 40, StateAid.NONE)
    set_money(cast.deed(), dossier, money, dossier.version)
    to(cast, dossier, S.SUBMITTED)
    with pytest.raises(MoveNotAllowed, match="besluit van de verstrekker"):
        to(cast, dossier, S.AWARDED)
    with pytest.raises(Incomplete, match="toegekende bedrag"):
        decide(cast.deed(), dossier, S.AWARDED, date(2026, 5, 29), dossier.version)
    decide(cast.deed(), dossier, S.AWARDED, date(2026, 5, 29), dossier.version, Decimal("380000"), "WIS-26-001")
    found = cast.session.exec(select(Application)).one()
    assert (dossier.stage, found.granted, found.grant_number) == (S.AWARDED, Decimal("380000"), "WIS-26-001")


def test_the_day_it_went_in_is_the_day_people_say(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call, lead="haarlem")
    to(cast, dossier, S.SCOUTING, S.GO_NO_GO)
    by, now = cast.lobbyist, cast.now
    decide_go(Deed(cast.session, by, now), dossier, GoDecision.GO, YES, [], "", dossier.version)
    money = Money(Decimal("400000"), Decimal("1000000"), 40, StateAid.NONE)
    set_money(Deed(cast.session, by, now), dossier, money, dossier.version)
    with pytest.raises(Incomplete, match="later dan vandaag"):
        move(Deed(cast.session, by, now), dossier, S.SUBMITTED, dossier.version, date(2026, 5, 30))
    move(Deed(cast.session, by, now), dossier, S.SUBMITTED, dossier.version, date(2026, 5, 20))
    assert stages.application_of(cast.session, dossier).submitted_on == date(2026, 5, 20)
    [line] = [line for line in timeline(cast.session, dossier, viewer_of(by)) if "'ingediend'" in line.text]
    assert line.day == date(2026, 5, 20)
    with pytest.raises(Incomplete, match="voor de dag van indienen"):
        decide(Deed(cast.session, by, now), dossier, S.REJECTED, date(2026, 5, 19), dossier.version)


def test_the_mra_is_never_penvoerder(cast: Cast) -> None:
    for name in ("MRA", "Metropoolregio Amsterdam", " mra "):
        with pytest.raises(LeadNotAllowed, match="geen rechtspersoon"):
            start(cast.deed(), cast.call, lead=name)
    assert cast.session.exec(select(Dossier)).all() == []


def test_a_participant_that_is_gone_leads_and_promises_nothing(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)
    set_lead(cast.deed(), dossier, "wijdemeren", dossier.version)
    with pytest.raises(ParticipantGone, match="opgegaan in Hilversum"):
        promise(cast.deed(), dossier, "wijdemeren", 2027, Decimal(1000))
    promise(cast.deed(), dossier, "wijdemeren", 2026, Decimal(1000))
    with pytest.raises(ParticipantGone):
        stages.add_partner(cast.deed(), dossier, "", PartnerRole.FUNDER, "atlantis")


def test_a_no_go_names_its_reason_and_ends_it(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)
    to(cast, dossier, S.SCOUTING, S.GO_NO_GO)
    gap = {k: v for k, v in YES.items() if k != Check.BURDEN}
    for decision, answers, reasons in (
        (GoDecision.GO, gap, []),
        (GoDecision.NO_GO, YES, []),
        (GoDecision.NO_GO, YES, ["zomaar"]),
    ):
        with pytest.raises(Incomplete):
            decide_go(cast.deed(), dossier, decision, answers, reasons, "", dossier.version)
    with pytest.raises(Incomplete, match="toch een go"):
        decide_go(cast.deed(), dossier, GoDecision.GO, YES | {"burden": "no"}, [], "", dossier.version)
    decide_go(cast.deed(), dossier, GoDecision.NO_GO, YES, ["no_capacity"], "", dossier.version)
    assert (dossier.stage, dossier.closed_at) == (S.DROPPED, cast.now)


def test_a_checklist_with_gaps_names_each_of_them_on_the_page(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = start(cast.deed(), cast.call)
        to(cast, dossier, S.SCOUTING, S.GO_NO_GO)
        session.flush()
        session.expunge_all()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        typed = {"seen": str(dossier.version), "go": "go", "go_text": "Bewaar dit", "fit": "yes"}
        answer = visitor.send_form(f"/aanvragen/{dossier.id}/go", **typed)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = answer.text  # type: ignore[attr-defined]
    assert "Deze velden kloppen nog niet:" in page
    open_questions = [check for check in Check if check is not Check.FIT]
    assert re.findall(r'<a href="#veld-(\w+)">Beantwoord nog: ', page) == [check.value for check in open_questions]
    assert page.count("check--wrong") == len(open_questions)
    assert "Bewaar dit" in page


def test_the_map_of_moves_has_no_loose_ends() -> None:
    reachable, fresh = {S.SIGNAL}, {S.SIGNAL}
    while fresh:
        fresh = {t for s in fresh for t in stages.MOVES[s]} - reachable
        reachable |= fresh
    assert reachable == set(S) == set(stages.MOVES)


def test_a_reader_starts_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        start(cast.deed(cast.reader), cast.call)


def test_a_refused_step_stores_nothing(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = start(Deed(session, cast.lobbyist, now), cast.call)
    wrong = Money(Decimal(10), Decimal(5))
    with pytest.raises(Incomplete), writing(engine) as session:
        set_money(Deed(session, cast.lobbyist, now), session.get_one(Dossier, dossier.id), wrong, 1)
    with pytest.raises(Incomplete), writing(engine) as session:
        promise(Deed(session, cast.lobbyist, now), session.get_one(Dossier, dossier.id), "haarlem", 20270, Decimal(5))
    with writing(engine) as session:
        assert session.exec(select(Cofunding)).all() == []
        assert session.get_one(Dossier, dossier.id).version == 1


def promised(
    amount: str,
    stage: str = S.SUBMITTED,
    chance: int | None = None,
    year: int = 2026,
    aid: str = "0",
    covered: bool = True,
) -> Promise:
    return Promise("haarlem", year, Decimal(amount), Decimal(aid), stage, chance, covered)


def test_the_guard_counts_at_least_likely_and_all_won() -> None:
    rows = [
        promised("100000.10", S.AWARDED),
        promised("50000.05", S.SUBMITTED, 30),
        promised("7000", S.PREPARING),
        promised("999999", S.REJECTED),
        promised("999999", S.DROPPED, 90),
    ]
    found = exposure(rows, {("haarlem", 2026): Decimal(150000)})
    assert [(e.best, e.likely, e.all_win) for e in found] == [
        (Decimal("100000.10"), Decimal("122000.12"), Decimal("157000.15"))
    ]
    assert found[0].warnings == ("meer dan de ruimte als alles wordt toegekend",)


def test_exact_cents_stay_exact() -> None:
    found = exposure([promised("0.10") for _ in range(3)], {})
    assert found[0].all_win == Decimal("0.30")


def test_de_minimis_counts_over_three_years() -> None:
    rows = [promised("1", year=y, aid="150000") for y in (2025, 2026, 2027, 2029)]
    found = {e.year: e for e in exposure(rows, {})}
    assert {y: e.de_minimis_three_years for y, e in found.items()} == {
        2025: Decimal(150000), 2026: Decimal(300000), 2027: Decimal(450000), 2029: Decimal(300000),
    }  # fmt: skip
    assert found[2026].warnings == ()
    assert found[2027].warnings == ("boven het de-minimisplafond over drie jaar",)


def test_uncovered_money_is_said() -> None:
    assert exposure([promised("5", covered=False)], {})[0].warnings == ("nog niet alles gedekt",)


def counted(cast: Cast, user: User) -> list[tuple[str, Decimal]]:
    return [(p.id, e.all_win) for p, e in guard(cast.session, viewer_of(user))]


def test_what_somebody_promised_for_another_is_shown_to_it_and_counts_once_it_agreed(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)  # seen by Amsterdam only
    promise(cast.deed(), dossier, "haarlem", 2026, Decimal("12000"), "krediet 7")
    row = promise(cast.deed(), dossier, "haarlem", 2026, Decimal("15000"), "krediet 7")
    promise(cast.deed(), dossier, "amsterdam", 2026, Decimal("1"))
    assert counted(cast, cast.haarlem) == []
    assert counted(cast, cast.lobbyist) == [("amsterdam", Decimal("1"))]
    (told,) = waiting_for_word(cast.session, viewer_of(cast.haarlem))
    assert (told.promise.amount, told.owner, told.title, told.ours) == (Decimal("15000"), "Amsterdam", "", True)
    assert told.call == cast.call, "one cannot say yes to an amount without knowing what for"
    with pytest.raises(NotFound):
        promise_in_our_name(cast.session, viewer_of(cast.lobbyist), row.id)
    agree(cast.deed(cast.haarlem), promise_in_our_name(cast.session, viewer_of(cast.haarlem), row.id))
    assert counted(cast, cast.haarlem) == [("haarlem", Decimal("15000"))]
    assert counted(cast, cast.lobbyist) == [("amsterdam", Decimal("1")), ("haarlem", Decimal("15000"))]
    promise(cast.deed(), dossier, "haarlem", 2026, Decimal("99000"), "krediet 7")
    assert counted(cast, cast.haarlem) == [], "another amount asks for another word"


def test_what_counts_for_us_in_anothers_application_is_named_and_tells_no_chance(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)  # seen by Amsterdam only
    set_money(cast.deed(), dossier, Money(chance=30), dossier.version)
    row = promise(cast.deed(), dossier, "haarlem", 2026, Decimal("10000"), "krediet 7", Decimal(500))
    agree(cast.deed(cast.haarlem), row)

    def likely(user: User) -> list[Decimal]:
        return [e.likely for _, e in guard(cast.session, viewer_of(user))]

    assert (likely(cast.lobbyist), likely(cast.haarlem)) == ([Decimal("3000.00")], [Decimal("10000.00")])
    (named,) = counted_for_us(cast.session, viewer_of(cast.haarlem))
    assert (named.promise.amount, named.owner, named.title) == (Decimal("10000"), "Amsterdam", "")
    assert counted_for_us(cast.session, viewer_of(cast.lobbyist)) == []
    promise(cast.deed(), dossier, "haarlem", 2026, Decimal("10000"), "krediet 7", Decimal(299_000))
    assert counted(cast, cast.haarlem) == [], "nor does other state aid count in its name"


def test_a_hit_rate_needs_ten_cases_and_shows_its_uncertainty() -> None:
    few = [("LIFE", S.AWARDED)] * 5 + [("LIFE", S.REJECTED)] * 4 + [("LIFE", S.SUBMITTED), ("LIFE", S.RESERVE)] * 9
    many = [("WIS", S.RUNNING)] * 5 + [("WIS", S.REJECTED)] * 5
    life, wis = hit_rates(few + many)
    assert life == HitRate("LIFE", 5, 9)
    assert (wis.rate, round(wis.low or 0, 3), round(wis.high or 0, 3)) == (0.5, 0.237, 0.763)


def test_the_wilson_interval_stays_between_nothing_and_everything() -> None:
    # values of Newcombe (1998), method 3: 81/263 and 0/20
    assert [round(x, 4) for x in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(x, 4) for x in wilson(0, 20)] == [0.0, 0.1611]
