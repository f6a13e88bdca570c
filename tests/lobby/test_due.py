"""The clock tracks the lobby: what is due for whom, until it is settled; moments come back every year; mismatches are shown."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call, Commitment, Deadline, Delivery, Dossier, Match, Moment, Participant, User
from db.session import reading, writing
from db.vocabulary import DeadlineKind, DeliveryState, Nature, Role, Status, Visibility
from db.vocabulary_lobby import CommitmentState, Gremium, MomentKind, OutcomeResult, PartyKind, PartyStance
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import plan_at
from tests.make.pages import visit
from tracker.applications import stages
from tracker.applications.mismatches import mismatches
from tracker.challenges.agenda import load_agendas
from tracker.errors import Incomplete, NotFound
from tracker.lobby import coalition, contacts, dossiers, due, moments, positions, yearly_moments
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.mailing.periods import distance_due
from tracker.operations.example_data import load_example
from tracker.people.participants import load_participants
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # it only reads

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def kinds(cast: Cast, now: datetime | None = None) -> list[tuple[str, date]]:
    found = due.lobby_due(cast.session, (now or cast.now).date())
    return [(d.kind, d.due) for d in found if d.user_id == cast.lobbyist.id and d.kind != "decided"]


def test_reviews_and_mandates_remind_the_keeper_of_the_dossier(cast: Cast) -> None:
    dossier = cast.open(lobbyist_id=cast.lobbyist.id)
    draft = positions.draft(cast.deed(cast.coordinator), dossier, positions.Wording(internal="KANARIE"))
    decision = positions.Adoption(Gremium.BOARD, "B", TODAY, TODAY, date(2026, 7, 1), date(2026, 6, 15))
    cast.adopt(draft, decision)
    assert kinds(cast) == [("position_review", date(2026, 6, 15)), ("mandate", date(2026, 7, 1))]
    later = kinds(cast, cast.now + timedelta(days=60))
    assert later == kinds(cast), "what is late stays until somebody settles it"
    draft.ended_on = TODAY
    cast.session.flush()
    assert kinds(cast) == []


def test_promises_and_follow_ups_remind_until_they_are_done(cast: Cast) -> None:
    contact = log_contact(
        cast.deed(), ContactFields(TODAY, "x", follow_up="Bellen", follow_up_on=date(2026, 6, 3)), Office("VRO")
    )
    promised = contacts.commit_to(cast.deed(), contact, "Brief", date(2026, 6, 9))
    assert kinds(cast) == [("follow_up", date(2026, 6, 3)), ("commitment", date(2026, 6, 9))]
    contacts.followed_up(cast.deed(), contact, contact.version)
    contacts.close_commitment(cast.deed(), promised, CommitmentState.KEPT, promised.version)
    assert kinds(cast) == []


def test_a_reminder_says_what_and_with_which_office_and_not_what_was_said_or_by_whom(cast: Cast) -> None:
    dossier = cast.open("Regie op warmte", lobbyist_id=cast.lobbyist.id)
    fields = ContactFields(
        TODAY, "KANARIE", dossier_id=dossier.id, reply="KANARIE", follow_up="Bellen", follow_up_on=date(2026, 6, 3)
    )
    contact = log_contact(cast.deed(), fields, Office("VRO", "directeur Wonen", "KANARIE"))
    contacts.commit_to(cast.deed(), contact, "Brief sturen", date(2026, 6, 9))
    cast.adopted(dossier, TODAY, date(2026, 6, 30), public="KANARIE")
    moments.hook(cast.deed(), dossier, "pattern:prinsjesdag:2026")
    items = due.lobby_due(cast.session, cast.now.date(), timedelta(days=200))
    assert {item.title for item in items} >= {
        "Vervolgactie: Bellen (met directeur Wonen, VRO)",
        "Toezegging afhandelen: Brief sturen (met directeur Wonen, VRO)",
        "Mandaat van een standpunt loopt af: Regie op warmte",
    }
    past = [item.title for item in due.lobby_due(cast.session, date(2026, 7, 1)) if item.kind == "mandate"]
    assert past == ["Mandaat van een standpunt is afgelopen: Regie op warmte"]
    assert not any(word in repr(items) for word in ("KANARIE", "Interne tekst", "Rode lijn"))
    assert all(item.link.startswith("/") for item in items)


def test_two_follow_ups_can_be_told_apart_and_stay_until_they_are_done(cast: Cast) -> None:
    for what in ("Bellen", "Stuk sturen"):
        log_contact(
            cast.deed(), ContactFields(TODAY, "x", follow_up=what, follow_up_on=date(2026, 6, 3)), Office("VRO")
        )
    titles = [item.title for item in due.lobby_due(cast.session, date(2026, 9, 1))]
    assert titles == ["Vervolgactie: Bellen (met VRO)", "Vervolgactie: Stuk sturen (met VRO)"]


def test_who_may_no_longer_see_it_is_no_longer_reminded(cast: Cast) -> None:
    dossier = cast.open()
    dossier.lobbyist_id = cast.haarlem.id  # as it stood when it was chosen: a form takes colleagues only
    cast.adopted(dossier, TODAY, date(2026, 6, 30))

    def reminded() -> list[int]:
        return [d.user_id for d in due.lobby_due(cast.session, cast.now.date()) if d.kind == "mandate"]

    assert reminded() == [cast.haarlem.id]
    dossier.visibility = Visibility.OWN
    cast.session.flush()
    assert reminded() == []
    dossier.visibility, cast.haarlem.deactivated_at = Visibility.REGION, cast.now
    cast.session.flush()
    assert reminded() == []


def test_a_moved_day_is_another_key_and_the_same_day_the_same(cast: Cast) -> None:
    contact = log_contact(cast.deed(), ContactFields(TODAY, "x"), Office("VRO"))
    promised = contacts.commit_to(cast.deed(), contact, "Brief", date(2026, 6, 9))
    first = due.lobby_due(cast.session, cast.now.date())[0].key
    assert due.lobby_due(cast.session, (cast.now + timedelta(days=3)).date())[0].key == first
    promised.due_on = date(2026, 6, 10)
    cast.session.flush()
    assert due.lobby_due(cast.session, cast.now.date())[0].key != first


def test_each_kind_is_told_at_its_own_distances(cast: Cast) -> None:
    day, morning = date(2026, 6, 9), datetime(2026, 6, 9, 6, tzinfo=UTC)
    long_ago = morning - timedelta(days=99)
    distances = due.DISTANCES["commitment"]
    told = [n for n in range(40) if distance_due(day, distances, long_ago, morning - timedelta(days=n)) == n]
    assert told == [0, 1, 7]


def test_silent_partners_and_who_asked_are_reminded_until_the_round_is_closed(cast: Cast) -> None:
    dossier = cast.open()
    member = coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    asked = coalition.open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12))
    waiting = {("sign_off", cast.haarlem.id), ("own_round", cast.lobbyist.id)}
    assert {(d.kind, d.user_id) for d in due.lobby_due(cast.session, cast.now.date())} == waiting
    assert {(d.kind, d.user_id) for d in due.lobby_due(cast.session, date(2026, 8, 1))} == waiting
    coalition.say(cast.deed(cast.haarlem), member, PartyStance.AGREES, TODAY, in_round=asked)
    assert due.lobby_due(cast.session, cast.now.date()) == []


def test_a_partner_without_a_lobbyist_is_asked_through_who_is_there(cast: Cast) -> None:
    dossier = cast.open()
    cast.haarlem.role = Role.FUNDRAISER
    member = coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    nobody = coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "hilversum")
    firm = coalition.join(cast.deed(), dossier, "Warmte BV", PartyKind.COMPANY, TODAY)
    asked = [coalition.asked_people(cast.session, dossier, party) for party in (member, nobody, firm)]
    assert asked == [[cast.haarlem], [], []]
    coalition.open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12))
    assert ("sign_off", cast.haarlem.id) in {(d.kind, d.user_id) for d in due.lobby_due(cast.session, TODAY)}


def remind(engine: Engine, now: datetime, leaves: bool = True) -> int:
    return plan_at(engine, now, leaves).reminders


def test_the_lobby_is_reminded_once_a_distance_by_the_same_outbox(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open("KANARIE dossier")
        said = ContactFields(TODAY, "KANARIE bericht", dossier_id=dossier.id)
        contact = log_contact(Deed(session, cast.lobbyist, now), said, Office("VRO", "directeur Wonen", "KANARIE-naam"))
        contacts.commit_to(Deed(session, cast.lobbyist, now), contact, "Brief", date(2026, 6, 12))
    days = [now + timedelta(days=n) for n in range(20)]
    assert [sum(remind(engine, day + timedelta(minutes=m)) for m in (0, 1, 600)) for day in days] == [
        0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0,
    ]  # fmt: skip
    with writing(engine) as session:
        mails = list(session.exec(select(Delivery).order_by(Delivery.id)))
    assert [m.subject for m in mails] == [
        f"{left}: Toezegging afhandelen: Brief (met directeur Wonen, VRO)"
        for left in ("nog 7 dagen", "morgen", "vandaag")
    ]
    assert not any("KANARIE" in f"{m.subject}{m.text}{m.html}{m.headers}" for m in mails)
    assert all(
        f"https://kansenradar.example/contacten/{contact.id}" in text for m in mails for text in (m.text, m.html)
    )


def test_what_is_done_is_taken_out_of_the_outbox(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        contact = log_contact(Deed(session, cast.lobbyist, now), ContactFields(TODAY, "x"), Office("VRO"))
        promised = contacts.commit_to(Deed(session, cast.lobbyist, now), contact, "Brief", date(2026, 6, 12))
    assert remind(engine, now + timedelta(days=7), leaves=False) == 1
    with writing(engine) as session:
        row = session.get_one(Commitment, promised.id)
        contacts.close_commitment(Deed(session, cast.lobbyist, now), row, CommitmentState.KEPT, row.version)
    assert remind(engine, now + timedelta(days=7, minutes=1), leaves=False) == 0
    with writing(engine) as session:
        assert session.exec(select(Delivery)).one().state == DeliveryState.CANCELLED


def test_after_days_of_downtime_only_the_nearest_distance_is_told(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now - timedelta(days=40))
        contact = log_contact(
            Deed(session, cast.lobbyist, now - timedelta(days=40)), ContactFields(TODAY, "x"), Office("VRO")
        )
        contacts.commit_to(Deed(session, cast.lobbyist, now - timedelta(days=40)), contact, "Brief", date(2026, 5, 30))
    assert remind(engine, now) == 1
    with writing(engine) as session:
        assert session.exec(select(Delivery)).one().subject.startswith("morgen")


def test_a_person_who_wants_no_reminders_gets_none(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        contact = log_contact(Deed(session, cast.lobbyist, now), ContactFields(TODAY, "x"), Office("VRO"))
        contacts.commit_to(Deed(session, cast.lobbyist, now), contact, "Brief", date(2026, 6, 12))
        session.get_one(User, cast.lobbyist.id).reminders = False
    assert remind(engine, now + timedelta(days=7)) == 0


@pytest.mark.parametrize(("name", "year", "day"), [
    ("prinsjesdag", 2026, "2026-09-15"), ("prinsjesdag", 2027, "2027-09-21"), ("prinsjesdag", 2024, "2024-09-17"),
    ("verantwoordingsdag", 2026, "2026-05-20"), ("verantwoordingsdag", 2024, "2024-05-15"),
])  # fmt: skip
def test_fixed_days_of_the_year_fall_where_they_fell(name: str, year: int, day: str) -> None:
    pattern = next(p for p in yearly_moments.patterns() if p.id == name)
    assert pattern.in_year(year) == (date.fromisoformat(day), date.fromisoformat(day))


def test_every_recurring_moment_comes_once_a_year_and_knows_its_kind() -> None:
    for start in (date(2026, 1, 1), date(2026, 11, 23), date(2027, 2, 28)):
        found = yearly_moments.recurring(start)
        assert {m.ref.split(":")[1] for m in found} == {p.id for p in yearly_moments.patterns()}
        assert all(m.kind in {k.value for k in MomentKind} and m.ends_on and m.ends_on >= start for m in found)


def consultation(cast: Cast, closes: datetime | None) -> Call:
    call = Call(
        nature=Nature.MOMENT, title="Wijziging Wet collectieve warmte", language="nl", url="https://example.nl/c", first_seen=cast.now,
        last_seen=cast.now, closes_at=closes, publisher="Ministerie van KGG",
    )  # fmt: skip
    cast.session.add(call)
    cast.session.flush()
    return call


def test_a_consultation_of_a_source_is_a_moment_until_it_closes(cast: Cast) -> None:
    call = consultation(cast, cast.now + timedelta(days=10))
    viewer = viewer_of(cast.lobbyist)
    assert f"call:{call.id}" in {m.ref for m in moments.upcoming(cast.session, viewer, TODAY)}
    assert f"call:{call.id}" not in {m.ref for m in moments.upcoming(cast.session, viewer, date(2026, 6, 9))}


def test_a_dossier_sees_what_it_can_still_influence_and_follows_the_sources_date(cast: Cast) -> None:
    dossier = cast.open()
    call = consultation(cast, cast.now + timedelta(days=10))
    cast.session.add(Match(call_id=call.id, challenge_id="A20-1", score=0.8, model="t", at=cast.now))
    cast.session.flush()
    viewer = viewer_of(cast.lobbyist)
    _, maybe = moments.for_dossier(cast.session, dossier, viewer, TODAY)
    assert f"call:{call.id}" in {m.ref for m in maybe}
    first = moments.hook(cast.deed(), dossier, f"call:{call.id}")
    assert moments.hook(cast.deed(), dossier, f"call:{call.id}") == first
    call.closes_at = cast.now + timedelta(days=20)
    cast.session.flush()
    mine, _ = moments.for_dossier(cast.session, dossier, viewer, TODAY)
    assert [(m.ref, m.ends_on) for m in mine] == [(f"moment:{first.id}", date(2026, 6, 18))]


def test_a_recurring_moment_is_kept_once_and_completed_by_a_person(cast: Cast) -> None:
    dossier, other = cast.open(), cast.open("Ander")
    kept = moments.hook(cast.deed(), dossier, "pattern:bo-mirt:2026")
    assert moments.hook(cast.deed(), other, "pattern:bo-mirt:2026") == kept
    moments.fix_day(cast.deed(), kept, None, date(2026, 11, 11), True, kept.version)
    found = [m for m in moments.upcoming(cast.session, viewer_of(cast.haarlem), TODAY) if "MIRT Noordwest" in m.title]
    assert [(m.ends_on, m.sure, m.act_before) for m in found] == [(date(2026, 11, 11), True, date(2026, 9, 12))]


def test_a_day_is_filled_in_on_the_page_and_the_second_of_two_is_told(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    first = {"ref": "pattern:bo-mirt:2026", "ends_on": "2026-11-11", "sure": "true", "seen": 0}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "Dag invullen" in visitor.get("/momenten").text
        assert visitor.send_form("/momenten/dag", **first).status_code == 303
        assert "11 nov 2026" in visitor.get("/momenten").text
        again = {**first, "ref": "moment:1", "ends_on": "2026-11-12", "seen": 1}
        assert visitor.send_form("/momenten/dag", **again).status_code == 409
        wrong = visitor.send_form("/momenten/dag", **{**again, "starts_on": "2026-11-20", "seen": 2})
        assert (wrong.status_code, "De laatste dag ligt voor de eerste" in wrong.text) == (422, True)
        for ref in ("", "moment:999", "moment:²", f"moment:{10**30}", "pattern:bo-mirt:²"):
            assert visitor.send_form("/momenten/dag", **{**first, "ref": ref}).status_code == 404, ref
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert visitor.send_form("/momenten/dag", **{**again, "seen": 2}).status_code == 403
    with reading(engine) as session:
        kept = session.exec(select(Moment)).one()
        assert (kept.ends_on, kept.sure, kept.visibility) == (date(2026, 11, 11), True, "mra")


def test_a_person_adds_a_moment_nobody_else_tells(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    form = {"title": "Programmacomité LIFE", "kind": "work_programme", "level": "eu", "ends_on": "2026-09-10"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for wrong in ({"title": " "}, {"lead_days": -1}, {"url": "javascript:x"}, {"starts_on": "2026-10-01"}):
            assert visitor.send_form("/momenten", **{**form, **wrong}).status_code == 422, wrong
        assert visitor.send_form("/momenten", **form, lead_days=30).status_code == 303
        assert "Programmacomité LIFE" in visitor.get("/momenten?niveau=eu").text
    with reading(engine) as session:
        (found,) = [m for m in moments.upcoming(session, viewer_of(cast.haarlem), TODAY) if "LIFE" in m.title]
        assert (found.act_before, found.sure) == (date(2026, 8, 11), True)


def test_a_date_without_an_hour_ends_with_its_own_day(cast: Cast) -> None:
    cast.call.nature, cast.call.closes_at = (
        Nature.MOMENT,
        datetime(2026, 6, 12, 22, tzinfo=UTC),
    )  # midnight after the 12th
    (found,) = [m for m in moments.upcoming(cast.session, viewer_of(cast.haarlem), TODAY) if m.of_source]
    assert found.ends_on == date(2026, 6, 12)
    later = moments.upcoming(cast.session, viewer_of(cast.haarlem), date(2026, 6, 13))
    assert [m for m in later if m.of_source] == []


@pytest.mark.parametrize("source", ["tweede_kamer", "rijksoverheid", "rvo_news"])
def test_a_paper_that_is_out_is_no_coming_moment_and_nothing_hooks_on_to_it(cast: Cast, source: str) -> None:
    cast.call.nature, cast.call.provenance = Nature.MOMENT, {"title": source}
    cast.call.published_on = TODAY
    cast.session.flush()
    found = moments.upcoming(cast.session, viewer_of(cast.haarlem), TODAY)
    assert [m.title for m in found if m.of_source] == []
    with pytest.raises(Incomplete, match="al gepubliceerd"):
        moments.hook(cast.deed(), cast.open(), f"call:{cast.call.id}")


def test_the_day_of_a_sources_moment_is_the_sources_own(cast: Cast) -> None:
    cast.call.nature, cast.call.closes_at = Nature.MOMENT, datetime(2026, 6, 20, 22, tzinfo=UTC)
    moment = moments.hook(cast.deed(), cast.open(), f"call:{cast.call.id}")
    with pytest.raises(Incomplete, match="komt van de bron"):
        moments.fix_day(cast.deed(), moment, None, date(2026, 7, 1), True, moment.version)


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "moment:999",
        "call:1",
        "call:x",
        "pattern:nergens:2026",
        "pattern:bo-mirt:x",
        "pattern:bo-mirt:9999",
        "anders",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(cast: Cast, ref: str) -> None:
    with pytest.raises(NotFound):
        moments.hook(cast.deed(), cast.open(), ref)


def test_what_was_taken_over_is_shown_by_its_passage(cast: Cast) -> None:
    dossier = cast.open()
    with pytest.raises(Incomplete):
        moments.record_outcome(cast.deed(), dossier, "Waarborg", OutcomeResult.PARTLY, TODAY)
    kept = moments.record_outcome(cast.deed(), dossier, "Waarborg", OutcomeResult.PARTLY, TODAY, "Artikel 3")
    assert kept.passage == "Artikel 3"


def test_a_call_that_closed_while_its_application_is_prepared_is_shown(cast: Cast) -> None:
    dossier = stages.start(cast.deed(), cast.call)
    viewer = viewer_of(cast.lobbyist)
    assert mismatches(cast.session, viewer, cast.now) == []
    cast.call.closes_at = cast.now
    cast.session.flush()
    assert [m.text for m in mismatches(cast.session, viewer, cast.now)] == [
        "De regeling is gesloten op 29 mei 2026, de aanvraag is niet ingediend."
    ]
    cast.call.source_word = Status.WITHDRAWN
    cast.session.flush()
    assert "ingetrokken" in mismatches(cast.session, viewer, cast.now)[0].text
    assert mismatches(cast.session, viewer_of(cast.haarlem), cast.now) == []
    dossier.stage = "dropped"
    cast.session.flush()
    assert mismatches(cast.session, viewer, cast.now) == []


def test_a_changed_scheme_is_shown_until_somebody_looked(cast: Cast) -> None:
    dossier = cast.open()
    cast.call.version = 2
    cast.session.flush()
    viewer = viewer_of(cast.haarlem)
    assert "gewijzigd" in mismatches(cast.session, viewer, cast.now)[0].text
    dossiers.see_calls_as_they_are(cast.deed(), dossier)
    assert mismatches(cast.session, viewer, cast.now) == []


def test_the_example_is_loaded_once_and_marked_as_one(session: Session, now: datetime) -> None:
    load_agendas(session)
    load_participants(session)
    for n, opgave in enumerate(("A20-1-circulair", "A20-1-energie", "A20-3-fiets")):
        call = Call(title=f"Regeling {n}", language="nl", url="https://e.nl", first_seen=now, last_seen=now)
        session.add(call)
        session.flush()
        session.add(Match(call_id=call.id, challenge_id=opgave, score=0.9, model="t", at=now))
        session.add(Deadline(call_id=call.id, kind=DeadlineKind.CLOSES, day=date(2026, 9, 1), modified_at=now))
        session.flush()
    assert load_example(session, now) == 6
    assert load_example(session, now) == 0
    found = list(session.exec(select(Dossier)))
    assert {d.stage for d in found} >= {"active", "drafting", "exploring", "go_no_go", "submitted", "scouting"}
    assert all(d.example for d in found)
    assert all(u.email.endswith(".example") for u in session.exec(select(User)))
    assert len(due.lobby_due(session, now.date())) >= 5
    assert session.get(Participant, "haarlem")


def test_only_a_consultation_is_said_to_close_and_other_moments_take_place(cast: Cast) -> None:
    dossier = cast.open("Warmte", lobbyist_id=cast.lobbyist.id)
    kept = moments.hook(cast.deed(), dossier, "pattern:bo-mirt:2026")
    moments.fix_day(cast.deed(), kept, None, date(2026, 6, 11), True, kept.version)
    call = consultation(cast, cast.now + timedelta(days=10))
    moments.hook(cast.deed(), dossier, f"call:{call.id}")
    due_then = due.lobby_due(cast.session, date(2026, 5, 29))
    assert sorted(each.title for each in due_then if each.kind == "moment") == [
        "Interventiemoment sluit: Wijziging Wet collectieve warmte (Warmte)",
        "Interventiemoment: BO MIRT Noordwest (Warmte)",
    ]
