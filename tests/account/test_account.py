"""The account of a year: its figures against plain SQL, whoever reads it and on whichever day it was known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db.models import Challenge, Crawl, Dossier, Goal, Instalment, Match, Outcome, Verdict
from db.vocabulary import Role, Visibility
from db.vocabulary_account import Figure, Part
from db.vocabulary_lobby import CommitmentState, OutcomeResult
from notifications.wording import local_day
from tests.make.awards import applied, award
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker.account import periods, report, reports, subjects
from tracker.account.facts import Fact, Span
from tracker.account.figures import Figures, by_opgave, figures
from tracker.account.goals import GoalWords, add_value, change_goal, end_goal, set_goal, standings
from tracker.applications import stages, tasks
from tracker.applications.stages import Money
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed
from tracker.lobby import contacts, moments
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

F = Figure
OF_ONE = "SELECT count(*), coalesce(sum({0}), 0) FROM application a JOIN dossier d ON d.id = a.dossier_id WHERE {1}"


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def year_of(cast: Cast, known: date | None = None, year: int = 2026) -> Span:
    today = local_day(cast.now)
    return report.year_span(year, known or today, today)


def region(cast: Cast, user: object = None, known: date | None = None) -> report.RegionAccount:
    account = account_of(cast, "", year_of(cast, known), user)
    assert isinstance(account, report.RegionAccount)
    return account


def account_of(cast: Cast, path: str, span: Span, user: object = None) -> report.Account:
    subject = subjects.subject_of(cast.session, path)
    return report.account_of(cast.session, viewer_of(user or cast.lobbyist), subject, span)  # type: ignore[arg-type]


def worked(cast: Cast) -> Dossier:
    """A year of work: two applications, one award with a payment and own money, requests, promises, verdicts."""
    won = applied(cast, date(2026, 2, 1))
    award(cast, won, date(2026, 3, 1), "300000")
    stages.promise(cast.deed(), won, "amsterdam", 2026, Decimal(25_000), "K-1", seen=won.version)
    tasks.expect(cast.deed(), won, date(2026, 4, 1), Decimal(100_000), "Voorschot")
    paid = cast.session.exec(text("SELECT id FROM instalment")).one()[0]  # type: ignore[call-overload]
    row = cast.session.get_one(Instalment, paid)
    tasks.receive(cast.deed(), won, paid, row.version, date(2026, 4, 3), Decimal(90_000))
    applied(cast, date(2026, 3, 1), visibility="own", requested="111000")
    dossier = cast.open()
    moments.record_outcome(
        cast.deed(), dossier, "Meer regie", OutcomeResult.TAKEN_OVER, date(2026, 4, 1), passage="Regie"
    )
    moments.record_outcome(cast.deed(), dossier, "Geld", OutcomeResult.NOT, date(2026, 4, 2))
    told = ContactFields(date(2026, 5, 1), "Gesproken", dossier_id=dossier.id, visibility=Visibility.REGION)
    contact = log_contact(cast.deed(), told, Office("Ministerie van Warmte", "directeur"))
    promise = contacts.commit_to(cast.deed(), contact, "Een brief", date(2026, 5, 1))
    promise.state, promise.closed_at = CommitmentState.KEPT, cast.now
    cast.session.add(Match(call_id=cast.call.id, challenge_id="A20-1", score=0.9, model="t", at=cast.now))
    said = {"call_id": cast.call.id, "say": "yes", "visibility": "mra", "at": cast.now}
    for who in (cast.lobbyist, cast.haarlem):
        cast.session.add(
            Verdict(challenge_id="A20-1", user_id=who.id, participant_id=who.participant_id, **said)
        )  # fmt: skip
    cast.session.flush()
    return won


def by_sql(cast: Cast, query: str) -> tuple[int, Decimal]:
    """A count and a sum of cents of the own hand, past every rule of ours."""
    count, cents = cast.session.connection().execute(text(query)).one()
    return count, Decimal(cents) / 100


def told(found: Figures, figure: Figure) -> tuple[int, Decimal]:
    return found.counts[figure], found.sums.get(figure, Decimal(0))


def test_every_figure_is_what_plain_sql_counts(cast: Cast) -> None:
    worked(cast)
    found = region(cast).now
    in_year = "{0} BETWEEN '2026-01-01' AND '2026-12-31'"
    expected = {
        F.APPLIED: OF_ONE.format("a.requested", in_year.format("a.submitted_on")),
        F.WON: OF_ONE.format("a.granted", in_year.format("a.decided_on") + " AND a.granted IS NOT NULL"),
        F.RECEIVED: "SELECT count(*), sum(received) FROM instalment WHERE " + in_year.format("received_on"),
        F.OWN_MONEY: "SELECT count(*), sum(amount) FROM cofunding WHERE year = 2026 AND agreed_on IS NOT NULL",
        F.TAKEN_OVER: "SELECT count(*), 0 FROM outcome WHERE result = 'taken_over'",
        F.PARTLY: "SELECT count(*), 0 FROM outcome WHERE result = 'partly'",
        F.NOT: "SELECT count(*), 0 FROM outcome WHERE result = 'not'",
        F.KEPT: "SELECT count(*), 0 FROM commitment WHERE state = 'kept'",
        F.BROKEN: "SELECT count(*), 0 FROM commitment WHERE state = 'broken'",
        F.JUDGED: "SELECT count(DISTINCT call_id), 0 FROM verdict WHERE undone_at IS NULL",
        F.SEEN: "SELECT count(*), 0 FROM call WHERE joined_into IS NULL AND nature = 'call'",
        F.LOST: "SELECT count(*), 0 FROM dossier WHERE stage = 'rejected'",
    }
    assert {figure: told(found, figure) for figure in Figure} == {f: by_sql(cast, q) for f, q in expected.items()}
    assert told(found, F.APPLIED) == (2, Decimal(511_000)), "the world is not empty"
    assert [told(found, f) for f in (F.WON, F.RECEIVED, F.OWN_MONEY)] == [
        (1, Decimal(300_000)), (1, Decimal(90_000)), (1, Decimal(25_000)),
    ]  # fmt: skip


def test_every_figure_is_the_number_of_rows_behind_it(cast: Cast) -> None:
    worked(cast)
    for account in (region(cast), of_opgave(cast), of_amsterdam(cast)):
        assert {figure: len(account.of(figure)) for figure in Figure} == dict(account.now.counts)
    assert region(cast).now.counts[F.JUDGED] == 1, "a call that two judged is one"


def of_opgave(cast: Cast) -> report.Account:
    return account_of(cast, "opgaven/A20-1", year_of(cast))


def of_amsterdam(cast: Cast, name: str = "amsterdam") -> report.Account:
    return account_of(cast, f"deelnemers/{name}", year_of(cast))


def test_an_opgave_counts_what_serves_it_and_a_participant_what_it_carries(cast: Cast) -> None:
    worked(cast)
    assert told(of_opgave(cast).now, F.WON) == (1, Decimal(300_000))
    empty = Challenge(id="A20-2", agenda_id="A20", kind="line", status="official", name="Water")
    below = Challenge(id="A20-1-a", agenda_id="A20", parent_id="A20-1", kind="line", status="official", name="Warmte")
    cast.session.add_all([empty, below])
    cast.session.flush()
    lines = {challenge.id: found.counts[F.APPLIED] for challenge, found in region(cast).by_challenge}
    assert lines == {"A20-1": 2}
    rows = [Fact(F.SEEN, "Warmte", date(2026, 1, 1), "/regelingen/9", opgaven=frozenset({"A20-1-a"}))]
    assert set(by_opgave(rows, {"A20-1-a": ("A20-1-a", "A20-1"), "A20-2": ("A20-2",)})) == {"A20-1-a", "A20-1"}
    assert told(of_amsterdam(cast, "haarlem").now, F.APPLIED) == (2, Decimal(511_000)), "the penvoerder carries it"
    assert told(of_amsterdam(cast).now, F.OWN_MONEY) == (1, Decimal(25_000)), "own money is of whom promised it"
    assert of_amsterdam(cast).now.counts[F.APPLIED] == 0
    assert of_amsterdam(cast).now.counts[F.SEEN] == 0, "what sources name is nobody's"


def test_no_sum_holds_what_a_reader_may_not_see(cast: Cast) -> None:
    worked(cast)
    stranger = region(cast, make_user(cast.session, cast.now, Role.LOBBYIST, "zaanstad"))
    assert told(stranger.now, F.APPLIED) == (1, Decimal(400_000))
    assert Decimal(111_000) not in {row.amount for row in stranger.rows}
    assert {told(found, F.APPLIED) for _, found in stranger.by_challenge} == {(1, Decimal(400_000))}
    for model in ("application", "dossier", "cofunding", "outcome", "commitment", "verdict"):
        cast.session.connection().execute(text(f"UPDATE {model} SET visibility = 'own'"))
    cast.session.expire_all()
    hidden = region(cast, make_user(cast.session, cast.now, Role.ADMINISTRATOR, "zaanstad")).now
    assert {figure for figure in Figure if hidden.counts[figure]} == {F.SEEN}
    assert sum(hidden.sums.values()) == 0


def test_examples_count_nowhere(cast: Cast) -> None:
    worked(cast)
    cast.session.connection().execute(text("UPDATE dossier SET example = true"))
    cast.session.expire_all()
    assert {figure for figure in Figure if region(cast).now.counts[figure]} == {F.SEEN, F.JUDGED}


def test_only_what_was_written_down_by_the_day_counts(cast: Cast) -> None:
    """Who fills in on 29 May what came in February knew nothing of it in April."""
    today, before = local_day(cast.now), local_day(cast.now) - timedelta(days=1)
    worked(cast)
    known = region(cast, known=before).now
    assert {figure for figure in Figure if known.counts[figure]} == set()
    assert sum(known.sums.values()) == 0
    assert region(cast, known=today).now.counts[F.WON] == 1
    cast.now += timedelta(days=30)
    assert region(cast, known=today).now == region(cast).now, "and it stays known afterwards"


def test_an_amount_that_was_changed_later_is_not_told_for_the_day_before(cast: Cast) -> None:
    day = local_day(cast.now)
    dossier = applied(cast, date(2026, 2, 1))
    cast.now += timedelta(days=30)
    money = Money(Decimal(900_000), Decimal(1_000_000), 40, "none")
    stages.set_money(cast.deed(), dossier, money, dossier.version)
    then = region(cast, known=day)
    assert (told(then.now, F.APPLIED), "1 aanvraag" in report.gaps(then)) == ((1, Decimal(0)), True)
    assert (told(region(cast).now, F.APPLIED), report.gaps(region(cast))) == ((1, Decimal(900_000)), "")


def test_a_verdict_that_was_undone_later_stood_on_the_day(cast: Cast) -> None:
    worked(cast)
    day = local_day(cast.now)
    cast.now += timedelta(days=5)
    for verdict in cast.session.exec(report.select(Verdict)):
        verdict.undone_at = cast.now
    cast.session.flush()
    assert (region(cast, known=day).now.counts[F.JUDGED], region(cast).now.counts[F.JUDGED]) == (1, 0)


def decided(won: int, lost: int) -> Figures:
    rows = [(F.WON, n) for n in range(won)] + [(F.LOST, n) for n in range(lost)]
    return figures(Fact(figure, str(n), date(2026, 1, 1), f"/aanvragen/{n}") for figure, n in rows)


@pytest.mark.parametrize("won", range(5))
def test_small_numbers_are_no_rate(won: int) -> None:
    found = decided(won, 4 - won)
    assert found.hits is None
    assert "%" not in report.hit_rate(found)
    assert report.hit_rate(found) == f"{won} van 4; te weinig voor een percentage"


def test_enough_decisions_are_a_rate_with_its_interval(cast: Cast) -> None:
    assert report.hit_rate(decided(0, 20)) == "0 van 20: 0% (95%-interval 0% tot 16%)"
    assert report.hit_rate(decided(81, 182)) == "81 van 263: 31% (95%-interval 26% tot 37%)"
    assert report.hit_rate(decided(0, 0)) == "nog niets beslist"


def test_it_says_what_differs_from_the_year_before(cast: Cast) -> None:
    award(cast, applied(cast, date(2025, 12, 30)), date(2026, 3, 1), "300000")
    said = report.changes(region(cast))
    assert "Aanvragen toegekend: 1, samen € 300.000; in 2025 was dat 0." in [line.replace("\xa0", " ") for line in said]
    assert any(line.startswith("Aanvragen ingediend: 0; in 2025") for line in said)


def test_a_year_in_which_nothing_was_read_yet_is_no_zero_to_compare_with(cast: Cast) -> None:
    began = datetime(2026, 1, 5, 8, tzinfo=UTC)
    cast.session.add(Crawl(source="x", kind="stream", started_at=began, finished_at=began, complete=True))
    cast.session.flush()
    account = region(cast)
    said = report.changes(account)
    assert any(line.startswith("Regelingen gezien") and "in 2025 werd nog niet geteld" in line for line in said)
    assert not any("in 2025 was dat 0" in line for line in said if line.startswith("Regelingen gezien"))
    assert report.said_before(account, Figure.SEEN) == "nog niet geteld"
    assert report.said_before(replace(account, began=date(2024, 1, 1)), Figure.SEEN) == "0"


WORDS = GoalWords("Woningen van het gas", Decimal(15_000), "woningen", date(2030, 1, 1), "MRA Agenda", "Warmtevisie")


def test_a_goal_stands_beside_the_figures_as_it_was_known(cast: Cast) -> None:
    coordinator, day = cast.deed(cast.coordinator), local_day(cast.now)
    goal = set_goal(coordinator, cast.session.get_one(Challenge, "A20-1"), WORDS)
    add_value(coordinator, goal, Decimal(1_200), date(2026, 1, 1), "CBS")
    assert standings(cast.session, ["A20-1"], year_of(cast, day - timedelta(days=1))) == []
    cast.now += timedelta(days=10)
    later = cast.deed(cast.coordinator)
    add_value(later, goal, Decimal(2_000), date(2026, 5, 1), "CBS")
    change_goal(later, goal, GoalWords(**{**WORDS.__dict__, "target": Decimal(9)}), goal.version)
    (then,), (now,) = (standings(cast.session, ["A20-1"], year_of(cast, known)) for known in (day, None))
    assert [(s.value.value if s.value else None, s.reworded) for s in (then, now)] == [(1200, True), (2000, False)]
    end_goal(later, goal, goal.version)
    assert standings(cast.session, ["A20-1"], year_of(cast)) == []
    assert len(standings(cast.session, ["A20-1"], year_of(cast, day))) == 1


def test_only_a_coordinator_sets_goals_whole_and_in_turn(cast: Cast) -> None:
    challenge = cast.session.get_one(Challenge, "A20-1")
    with pytest.raises(NotAllowed):
        set_goal(cast.deed(cast.lobbyist), challenge, WORDS)
    for gap in ({"text": " "}, {"target": None}, {"unit": ""}, {"source": ""}):
        with pytest.raises(Incomplete):
            set_goal(cast.deed(cast.coordinator), challenge, GoalWords(**{**WORDS.__dict__, **gap}))
    goal: Goal = set_goal(cast.deed(cast.coordinator), challenge, WORDS)
    with pytest.raises(Incomplete):
        add_value(cast.deed(cast.coordinator), goal, Decimal(1), date(2026, 12, 31), "CBS")
    seen = goal.version
    change_goal(cast.deed(cast.coordinator), goal, WORDS, seen)
    with pytest.raises(ChangedMeanwhile):
        change_goal(cast.deed(cast.second), goal, WORDS, seen)


def test_a_day_ends_at_midnight_in_amsterdam() -> None:
    span = report.year_span(2026, date(2026, 7, 1), date(2026, 11, 30))
    assert span.limit == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert report.year_span(2026, date(2027, 1, 1), date(2026, 11, 30)).known_on == date(2026, 11, 30)


def test_a_quarter_and_a_deelregio_are_what_plain_sql_counts(cast: Cast) -> None:
    worked(cast)
    cast.session.get_one(report.Participant, "haarlem").subregion = "Zuid-Kennemerland"
    cast.session.flush()
    today = local_day(cast.now)
    found = account_of(cast, "deelregios/zuid-kennemerland", periods.span_of(2026, Part.Q1, today, today))
    whose = (
        "coalesce(a.lead_id, d.participant_id) IN (SELECT id FROM participant WHERE subregion = 'Zuid-Kennemerland')"
    )
    quarter = "{0} >= '2026-01-01' AND {0} < '2026-04-01' AND " + whose
    expected = {
        F.APPLIED: OF_ONE.format("a.requested", quarter.format("a.submitted_on")),
        F.WON: OF_ONE.format("a.granted", quarter.format("a.decided_on") + " AND a.granted IS NOT NULL"),
        F.RECEIVED: "SELECT count(*), 0 FROM instalment WHERE received_on BETWEEN '2026-01-01' AND '2026-03-31'",
    }
    assert {f: told(found.now, f) for f in expected} == {f: by_sql(cast, q) for f, q in expected.items()}
    assert (told(found.now, F.WON), found.now.counts[F.RECEIVED]) == ((1, Decimal(300_000)), 0)
    lines = {row.name: told(of, F.APPLIED) for row, of in region(cast).by_subregion}
    assert lines == {"Zuid-Kennemerland": (2, Decimal(511_000))}
    quarters = [periods.span_of(2026, part, today, today) for part in (Part.Q1, Part.Q2, Part.Q3, Part.Q4)]
    for figure in Figure:  # four quarters are the year, also of own money
        parts = [told(account_of(cast, "", each).now, figure) for each in quarters]
        assert tuple(map(sum, zip(*parts, strict=True))) == told(region(cast).now, figure), figure


def test_the_period_a_year_before_has_the_same_days_and_a_name() -> None:
    day = date(2026, 11, 30)
    for first, last, name, earlier in (
        (date(2026, 1, 1), date(2026, 3, 31), "eerste kwartaal 2026", "eerste kwartaal 2025"),
        (date(2024, 1, 1), date(2024, 6, 30), "eerste helft 2024", "eerste helft 2023"),
        (
            date(2025, 2, 1),
            date(2025, 2, 28),
            "1 feb 2025 t/m 28 feb 2025",
            "1 feb 2024 t/m 29 feb 2024",
        ),
        (date(2024, 2, 29), date(2024, 3, 5), "29 feb 2024 t/m 5 mrt 2024", "28 feb 2023 t/m 5 mrt 2023"),
    ):
        span = periods.free_span(first, last, day, day)
        assert (periods.name_of(span), periods.name_of(periods.year_before(span))) == (name, earlier)
    with pytest.raises(Incomplete):
        periods.free_span(date(2026, 5, 1), date(2026, 4, 30), day, day)


def test_a_kept_report_stays_and_says_what_changed_since(cast: Cast) -> None:
    won = worked(cast)
    deed, today = cast.deed(cast.coordinator), local_day(cast.now)
    year = "", date(2026, 1, 1), date(2026, 12, 31), today
    with pytest.raises(NotAllowed):
        reports.keep(cast.deed(), *year, "own")
    shared, own = reports.keep(deed, *year, "mra"), reports.keep(deed, *year, "own")
    kept = [reports.figures_of(each).counts[F.APPLIED] for each in (shared, own)]
    assert kept == [1, 2], "what the region reads holds nothing of the own organisation alone"
    assert "111000" not in str(shared.rows)
    assert reports.reports_in(cast.session, viewer_of(cast.haarlem)) == [shared]
    assert not reports.changed_since(reports.ledger_for(cast.session, shared), shared, today).any
    paid = cast.session.exec(text("SELECT id FROM instalment")).one()[0]  # type: ignore[call-overload]
    cast.session.get_one(Instalment, paid).received = Decimal(80_000)
    late = applied(cast, date(2026, 4, 5))
    gone = cast.session.exec(text("SELECT id FROM outcome WHERE result = 'not'")).one()[0]  # type: ignore[call-overload]
    cast.session.delete(cast.session.get_one(Outcome, gone))
    cast.session.flush()
    since = reports.changed_since(reports.ledger_for(cast.session, shared), shared, today)
    assert [(row.figure, row.address) for row in since.later] == [(F.APPLIED, f"/aanvragen/{late.id}")]
    assert [(row.figure, row.amount) for row in since.other] == [(F.RECEIVED, Decimal(80_000))]
    assert [line[0] for line in since.gone] == [F.NOT.value]
    second = reports.keep(deed, *year, "mra")
    assert second.previous_id == shared.id
    told_now = reports.differences(second, shared)
    assert [line.partition(":")[0] for line in told_now] == [
        "Aanvragen ingediend", "Betalingen ontvangen", "Verzoeken niet overgenomen",
    ]  # fmt: skip
    assert told_now[2] == "Verzoeken niet overgenomen: 0; in het vorige verslag 1."
    reports.remove(deed, shared, shared.version)
    assert second.previous_id is None
    assert won.title not in str(second.rows)
    second.figures = {**second.figures, "won": [30, "1"], "lost": [10, "0"]}
    assert report.hit_rate(reports.figures_of(second)) == report.hit_rate(decided(30, 10)), "enough for a rate"
