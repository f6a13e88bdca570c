"""The pages, from the door: what people do on them, on both databases."""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import (
    Call,
    Challenge,
    Correction,
    Crawl,
    Deadline,
    Delivery,
    Dossier,
    DossierReader,
    Follow,
    KeptForm,
    Revision,
    Sighting,
    Subscription,
    Team,
    User,
    Verdict,
)
from db.session import reading, writing
from db.vocabulary import Role
from tests.make.pages import BASE, Visitor, make_user, visit
from tests.make.seed_pages import seeded_people


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with reading(engine) as session:
        return seeded_people(session)


@pytest.fixture
def coordinator(engine: Engine, now: datetime, tmp_path: Path, people: dict[str, User]) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, people["coordinator"]) as visitor:
        yield visitor


@pytest.fixture
def administrator(engine: Engine, now: datetime, tmp_path: Path, people: dict[str, User]) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, people["administrator"]) as visitor:
        yield visitor


@pytest.fixture
def read(engine: Engine, people: dict[str, User]) -> Iterator[Session]:
    """A look into the database after the page did its work."""
    del people
    with reading(engine) as session:
        yield session


def test_today_shows_what_waits_changed_closes_and_is_new(coordinator: Visitor) -> None:
    page = coordinator.get("/").text
    for heading in (
        "Wacht op uw oordeel",
        "Gewijzigd",
        "Sluit binnen drie weken",
        "Nieuw deze week",
        "1 bron heeft een storing",
    ):
        assert heading in page
    assert "sluit: nu 7 juni 2026, 17:00, was 24 mei 2026, 17:00" in page


def test_the_filter_is_the_address_and_becomes_a_subscription(coordinator: Visitor, read: Session) -> None:
    page = coordinator.get("/regelingen?status=open&text=warmtenetten").text
    assert re.search(r"[1-3] regeling", page)
    link = re.search(r'href="(/abonnementen/nieuw\?[^"]+)"', page)
    assert link
    form = coordinator.get(link[1].replace("&amp;", "&")).text
    assert 'value="warmtenetten"' in form
    answer = coordinator.send_form(
        "/abonnementen", every="day", name="Warmte", most=20, text="warmtenetten", status="open"
    )
    assert answer.headers["location"] == "/abonnementen?gedaan=abonnement"
    kept = read.exec(select(Subscription).where(Subscription.name == "Warmte")).one()
    assert kept.filter == {"text": "warmtenetten", "status": ["open"]}
    assert (kept.user_id, kept.visibility) == (4, "own")


def test_search_as_you_type_gets_the_results_only(coordinator: Visitor) -> None:
    part = coordinator.get("/regelingen?text=fiets", headers={"HX-Request": "true"}).text
    assert "fietsparkeren" in part
    assert "<html" not in part


@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=1e9", "order=__class__", "status=' or 1=1", "limit=5", "at_least=veel", "closes_before=31-02"],
)
def test_an_address_that_makes_no_sense_is_refused_with_the_field_named(coordinator: Visitor, query: str) -> None:
    assert coordinator.get(f"/regelingen?{query}").status_code == 422


def test_judging_moves_on_to_the_next_call_and_can_be_undone(coordinator: Visitor, engine: Engine) -> None:
    def waiting() -> str:
        found = re.search(r'action="/regelingen/(\d+)/oordeel"', coordinator.get("/beoordelen").text)
        assert found
        return found[1]

    first = waiting()
    answer = coordinator.send_form(f"/regelingen/{first}/oordeel", say="no:too_small", challenge="A20-1-circulair")
    assert answer.headers["location"].startswith("/beoordelen?laatste=")
    assert waiting() != first
    undo = re.search(r'action="(/oordelen/\d+/ongedaan)"', coordinator.get(answer.headers["location"]).text)
    assert undo
    coordinator.send_form(undo[1])
    assert waiting() == first
    with reading(engine) as session:
        verdict = session.exec(select(Verdict).where(Verdict.call_id == int(first))).one()
    assert (verdict.say, verdict.reason, verdict.undone_at is not None) == ("no", "too_small", True)


def test_a_no_without_a_reason_asks_for_one(coordinator: Visitor, read: Session) -> None:
    answer = coordinator.send_form("/regelingen/1/oordeel", say="no")
    assert answer.status_code == 422
    assert "Kies een reden" in answer.text


def test_nobody_undoes_another_persons_verdict(coordinator: Visitor, read: Session) -> None:
    other = read.exec(select(Verdict).where(Verdict.user_id != 4)).first()
    assert other is not None
    assert coordinator.send_form(f"/oordelen/{other.id}/ongedaan").status_code == 404


def test_following_twice_is_following_once(coordinator: Visitor, engine: Engine) -> None:
    for _ in range(2):
        coordinator.send_form("/regelingen/5/volgen", volg="ja")
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Follow).where(Follow.call_id == 5)).one() == 1
    coordinator.send_form("/regelingen/5/volgen", volg="nee")
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Follow).where(Follow.call_id == 5)).one() == 0


def test_a_corrected_deadline_shows_beside_what_the_source_says_and_can_be_taken_back(
    coordinator: Visitor, engine: Engine, now: datetime
) -> None:
    listing = {"title": "Met de hand", "url": "https://voorbeeld.nl/nieuw", "closes": "2026-09-01", "hour": "17:00"}
    added = coordinator.send_form("/regelingen/nieuw", **listing)
    call = re.search(r"/regelingen/(\d+)", added.headers["location"])
    assert call
    where = f"/regelingen/{call[1]}"
    wrong = coordinator.send_form(f"{where}/corrigeren", version=1, field="closes", reason="gebeld")
    assert wrong.status_code == 422
    assert "Vul een datum in." in wrong.text
    coordinator.send_form(
        f"{where}/corrigeren", version=1, field="closes", day="2026-10-01", hour="12:00", reason="gebeld"
    )
    page = coordinator.get(where).text
    assert "donderdag 1 oktober 2026, 12:00" in page
    assert "met de hand zegt: 1 september 2026, 17:00" in page
    assert "Sluit: nu 1 oktober 2026, 12:00, was 1 september 2026, 17:00" in page
    stale = coordinator.send_form(f"{where}/corrigeren", version=1, field="budget", value="5", reason="x")
    assert stale.status_code == 409
    with reading(engine) as session:
        correction = session.exec(select(Correction).where(Correction.call_id == int(call[1]))).one()
    coordinator.send_form(f"/correcties/{correction.id}/terugnemen")
    assert "dinsdag 1 september 2026, 17:00" in coordinator.get(where).text


def test_an_hour_that_is_not_on_the_clock_is_refused_at_its_field(coordinator: Visitor) -> None:
    """It was moved an hour without a word: nobody set such a deadline, so somebody mistyped it."""
    call = {"title": "Nacht", "url": "https://voorbeeld.nl/nacht", "hour": "02:30"}
    for day, said in (("2027-03-28", "gaat de klok vooruit"), ("2026-10-25", "twee keer voor")):
        refused = coordinator.send_form("/regelingen/nieuw", **call, closes=day)
        assert (refused.status_code, said in refused.text) == (422, True)
    where = (
        coordinator.send_form("/regelingen/nieuw", **call, closes="2027-03-27").headers["location"].partition("?")[0]
    )
    moved = {"version": 1, "field": "closes", "day": "2027-03-28", "hour": "02:30", "reason": "gebeld"}
    assert coordinator.send_form(f"{where}/corrigeren", **moved).status_code == 422
    assert "<title>Corrigeren: Nacht" in coordinator.get(f"{where}/corrigeren").text, "titles tell pages apart"
    views = [coordinator.get(f"/kalender?view={view}").text for view in ("maand", "lijst", "kwartalen")]
    assert len({re.search(r"<title>(.*?)</title>", page)[1] for page in views}) == len(views)


@pytest.mark.parametrize("field", ["budget", "min_amount", "max_amount", "rate"])
def test_a_correction_with_two_readings_is_asked_again(coordinator: Visitor, engine: Engine, field: str) -> None:
    added = coordinator.send_form("/regelingen/nieuw", title="Nieuw", url="https://voorbeeld.nl/n", closes="2026-09-01")
    number = int(re.findall(r"\d+", added.headers["location"])[0])
    where, typed = f"/regelingen/{number}/corrigeren", {"version": 1, "field": field, "reason": "gebeld"}
    for wrong, line in (
        ("2.5", "is op twee manieren te lezen: schrijf 2,5 of 25."),
        ("veel", "schrijf bijvoorbeeld"),
        ("  ", "Vul een getal in"),
    ):
        refused = coordinator.send_form(where, **typed, value=wrong)
        assert (refused.status_code, line in refused.text) == (422, True), wrong
    assert coordinator.send_form(where, **typed, value="2,5").status_code == 303
    with reading(engine) as session:
        assert getattr(session.get_one(Call, number), field) == Decimal("2.5")


def test_every_form_that_takes_a_number_asks_again_what_has_two_readings(coordinator: Visitor, engine: Engine) -> None:
    call = {"title": "Nieuw", "url": "https://voorbeeld.nl/n"}
    both = "is op twee manieren te lezen: schrijf 2,5 of 25."
    for name in ("budget", "max_amount", "rate"):
        refused = coordinator.send_form("/regelingen/nieuw", **call, **{name: "2.5"})
        assert (refused.status_code, both in refused.text) == (422, True), name
    refused = coordinator.send_form("/abonnementen", every="week", at_least="2.5")
    assert (refused.status_code, both in refused.text) == (422, True)
    refused = coordinator.get("/regelingen?at_least=2.5")
    assert (refused.status_code, both in refused.text) == (422, True)
    added = coordinator.send_form("/regelingen/nieuw", **call, budget="€ 25.000,50", rate="2,5")
    with reading(engine) as session:
        kept = session.get_one(Call, int(re.findall(r"\d+", added.headers["location"])[0]))
        assert (kept.budget, kept.rate) == (Decimal("25000.5"), Decimal("2.5"))


def test_an_amount_in_a_filter_survives_its_own_address(coordinator: Visitor, engine: Engine) -> None:
    page = coordinator.get("/regelingen?at_least=25.000,50").text
    assert 'value="25000,50"' in page
    [address] = set(re.findall(r'href="(/abonnementen/nieuw\?[^"]*at_least[^"]*)"', page))
    assert 'value="25000,50"' in coordinator.get(html.unescape(address)).text
    coordinator.send_form("/abonnementen", every="week", at_least="25.000,50")
    with reading(engine) as session:
        row = session.exec(select(Subscription).order_by(col(Subscription.id).desc())).first()
    assert row is not None
    assert row.filter == {"at_least": "25000.50"}
    assert 'value="25000,50"' in coordinator.get(f"/abonnementen/{row.id}").text
    for point in ("25000", "25000.5"):
        assert coordinator.get(f"/api/v1/regelingen?atLeast={point}").status_code == 200


def test_joining_moves_what_is_known_and_leaves_a_redirect(coordinator: Visitor, engine: Engine) -> None:
    ids = []
    for n in (1, 2):
        added = coordinator.send_form(
            "/regelingen/nieuw", title=f"Dubbel {n}", url=f"https://voorbeeld.nl/{n}", closes="2026-09-01"
        )
        ids.append(int(re.findall(r"\d+", added.headers["location"])[0]))
    coordinator.send_form(f"/regelingen/{ids[0]}/oordeel", say="yes")
    assert "Dubbel 2" in coordinator.get(f"/regelingen/{ids[0]}/samenvoegen?zoek=dubbel").text
    assert coordinator.send_form(f"/regelingen/{ids[0]}/samenvoegen", met=ids[0]).status_code == 422
    assert coordinator.send_form(f"/regelingen/{ids[0]}/samenvoegen", met=ids[1]).status_code == 303
    assert (
        coordinator.get(f"/regelingen/{ids[0]}", follow_redirects=False).headers["location"] == f"/regelingen/{ids[1]}"
    )
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Sighting).where(Sighting.call_id == ids[1])).one() == 2
        assert session.exec(select(Verdict).where(Verdict.call_id == ids[1])).one().say == "yes"
    assert "1 regeling" in coordinator.get("/regelingen?text=dubbel").text


def test_held_calls_are_released_by_source(coordinator: Visitor, engine: Engine) -> None:
    with reading(engine) as session:
        held = session.exec(select(Call).where(Call.held)).all()
        sources = set(session.exec(select(Sighting.source).where(col(Sighting.call_id).in_([c.id for c in held]))))
    assert held
    assert "op vrijgave" in coordinator.get("/bronnen").text
    for source in sources:
        coordinator.send_form(f"/bronnen/{source}/vrijgeven")
    with reading(engine) as session:
        assert session.exec(select(Call).where(Call.held)).all() == []


def test_every_source_has_a_page_with_what_it_promises_also_one_that_was_never_asked(coordinator: Visitor) -> None:
    index = coordinator.get("/bronnen").text
    assert "exact gelezen" in index
    assert "bekeken pagina" in index
    assert "Niet te zien: " in index
    page = coordinator.get("/bronnen/flevoland")
    assert page.status_code == 200
    assert "De subsidies in de productencatalogus van de provincie Flevoland." in page.text
    assert "Nog nooit volledig gelezen." in page.text
    assert coordinator.get("/bronnen/bestaat-niet").status_code == 404


def test_an_edited_opgave_shows_at_once_what_it_would_find(coordinator: Visitor, engine: Engine) -> None:
    where = "/opgaven/A20-1-circulair"
    typed = {"csrf": coordinator.csrf, "words_nl": "fietsparkeren", "words_en": ""}
    with writing(engine):  # it waits for nobody who writes
        part = coordinator.post(f"{where}/proef", data=typed).text
    assert '<b class="figure">3 regelingen</b> zouden hierbij passen' in part
    assert re.search(
        r"Tijdelijke stimuleringsregeling fietsparkeren.*?<b>nieuw</b>.*?\d\d%</b> · fietsparkeren", part, re.S
    )
    assert "Past niet meer" in part
    nothing = coordinator.post(f"{where}/proef", data={"csrf": coordinator.csrf, "words_nl": "", "words_en": ""}).text
    assert "zou hierbij passen" in nothing
    assert "%" not in nothing
    form = {
        "version": 1,
        "name": "Circulair",
        "goal": "Kringlopen",
        "words_nl": "kringloop*\nfiets*, fiets*",
        "words_en": "",
    }
    assert coordinator.send_form(f"{where}/wijzigen", **form).status_code == 303
    with reading(engine) as session:
        challenge = session.get_one(Challenge, "A20-1-circulair")
    assert (challenge.version, challenge.words_nl, challenge.words_en) == (2, ["kringloop*", "fiets*"], [])


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(coordinator: Visitor, engine: Engine) -> None:
    where = "/opgaven/A20-1-circulair/wijzigen"
    coordinator.send_form(where, version=1, name="Eerste", words_nl="afval*")
    second = coordinator.send_form(where, version=1, name="Tweede", words_nl="grondstof*")
    assert second.status_code == 409
    assert "Iemand anders wijzigde deze opgave" in second.text
    assert "grondstof*" in second.text
    assert "afval*" in second.text
    assert 'name="version" value="2"' in second.text
    with reading(engine) as session:
        assert session.get_one(Challenge, "A20-1-circulair").name == "Eerste"


def test_a_word_that_is_too_short_is_named(coordinator: Visitor) -> None:
    answer = coordinator.send_form("/opgaven/A20-1-circulair/wijzigen", version=1, name="X", words_nl="afval\nab")
    assert answer.status_code == 422
    assert "Te kort om op te zoeken: ab." in answer.text
    assert "afval\nab" in answer.text


def test_a_team_takes_turns_and_unjudged_matches_go_to_its_coordinator(
    coordinator: Visitor, engine: Engine, now: datetime
) -> None:
    page = coordinator.get("/opgaven/A20-1-circulair").text
    assert "Leest deze week" in page
    answer = coordinator.send_form(
        "/opgaven/A20-1-circulair/team",
        version=1,
        contact_id=4,
        coordinator_id=4,
        patience=1,
        members=["4", "2"],
        leads="amsterdam",
    )
    assert answer.status_code == 303
    assert "Bleef liggen bij een team" in coordinator.get("/").text
    with reading(engine) as session:
        assert session.get_one(Team, "A20-1-circulair").version == 2
    assert coordinator.send_form("/opgaven/A20-1-circulair/team", version=1, members="999").status_code == 422


def test_a_reading_turn_is_set_by_hand_and_given_back(coordinator: Visitor) -> None:
    where = "/opgaven/A20-1-circulair"
    page = coordinator.get(f"{where}/team").text
    turns = re.findall(r'<th scope="row" class="figure nowrap">[^<]+</th><td>([^<]+)</td><td>([^<]+)</td>', page)
    assert turns[0] != turns[1]
    assert {turns[0], turns[1]} == {("Fatima Bakker", "Carla Mulder"), ("Carla Mulder", "Fatima Bakker")}
    ids = {"Fatima Bakker": 2, "Carla Mulder": 4}
    reader, deputy = turns[0]
    wrong = coordinator.send_form(f"{where}/leesbeurt", week="2026-05-26", reader_id=1, deputy_id=1)
    assert wrong.status_code == 422
    assert all(text in wrong.text for text in ("Kies een week uit de lijst.", "Kies iemand uit het team."))
    coordinator.send_form(f"{where}/leesbeurt", week="2026-05-25", reader_id=ids[deputy], deputy_id=ids[reader])
    assert f"Leest deze week</dt><dd>{deputy}" in coordinator.get(where).text
    coordinator.send_form(
        f"{where}/leesbeurt", week="2026-05-25", seen=coordinator.seen_on(f"{where}/team", f"{where}/leesbeurt")
    )
    assert f"Leest deze week</dt><dd>{reader}" in coordinator.get(where).text


def test_the_map_shows_what_is_open_announced_earlier_and_missing(coordinator: Visitor) -> None:
    page = coordinator.get("/opgaven/witte-vlekken").text
    for word in ("open</a>", "komt</a>", "eerder</a>", "niets bekend"):
        assert word in page


def test_a_snapshot_is_shown_as_text_only(coordinator: Visitor) -> None:
    link = re.search(r'href="(/regelingen/3/vastlegging/\w+)"', coordinator.get("/regelingen/3").text)
    assert link
    assert "&lt;p&gt;wat de bron toonde&lt;/p&gt;" in coordinator.get(link[1]).text
    assert coordinator.get(link[1].replace("/3/", "/4/")).status_code == 404


def test_what_a_source_wrote_is_text_everywhere(coordinator: Visitor, engine: Engine) -> None:
    nasty = "<script>alert(1)</script>{{7*7}}"
    with writing(engine) as session:
        call = session.get_one(Call, 15)
        call.title = call.summary = call.publisher = call.amount_text = call.eligible_why = nasty
        call.review = [nasty]
        challenge = session.get_one(Challenge, "A20-2-wonen")
        challenge.name = challenge.goal = nasty
    for path in (
        "/",
        "/regelingen",
        "/regelingen/15",
        "/opgaven",
        "/opgaven/A20-2-wonen",
        "/opgaven/A20-2-wonen/wijzigen",
        "/abonnementen/nieuw",
        "/regelingen/15/samenvoegen",
    ):
        page = coordinator.get(path).text
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"&lt;/script&gt;(\d+)", page)


def test_unseen_and_absent_answer_the_same_bytes(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[str, User]
) -> None:
    with visit(engine, now, tmp_path, people["coordinator"]) as owner:
        owner.send_form("/abonnementen", every="day", name="Van mij")
    with reading(engine) as session:
        mine = session.exec(select(Subscription.id).where(Subscription.name == "Van mij")).one()
    with visit(engine, now, tmp_path, people["haarlem"]) as stranger:
        answers = [
            stranger.get(path)
            for path in (
                f"/abonnementen/{mine}",
                "/abonnementen/99999",
                "/beheer",
                "/bestaat-niet",
                "/regelingen/99999",
            )
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    told = [{n: v for n, v in answer.headers.items() if n != "x-request-id"} for answer in answers]
    assert all(headers == told[0] for headers in told)


def test_a_verdict_of_another_organisation_stays_unseen(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[str, User]
) -> None:
    def sees(role: str) -> bool:
        with visit(engine, now, tmp_path, people[role]) as visitor:
            return "Fatima Bakker" in visitor.get("/regelingen/1").text

    assert (sees("coordinator"), sees("haarlem")) == (True, False)


def test_people_are_added_changed_and_shut_out(
    administrator: Visitor, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    new = {"name": "Nieuw", "email": "Nieuw@Haarlem.nl", "role": "lobbyist", "participant_id": "haarlem"}
    assert administrator.send_form("/beheer/mensen", **new).status_code == 303
    double = administrator.send_form("/beheer/mensen", **new)
    assert double.status_code == 422
    assert "Dit adres is al van iemand." in double.text
    assert 'value="Nieuw@Haarlem.nl"' in double.text
    with reading(engine) as session:
        person = session.exec(select(User).where(User.email == "nieuw@haarlem.nl")).one()
    with visit(engine, now, tmp_path, person) as visitor:
        assert visitor.get("/").status_code == 200
        assert administrator.send_form(f"/beheer/mensen/{person.id}/toegang", to="ended").status_code == 303
        assert visitor.get("/", follow_redirects=False).status_code == 303
    log = administrator.get("/beheer/logboek").text
    assert "Persoon toegevoegd" in log
    assert "Toegang beëindigd" in log
    assert "Nieuw" in log


def test_people_are_invited_by_mail_once_a_day_and_told_in_dutch_what_is_wrong(
    administrator: Visitor, read: Session
) -> None:
    new = {"name": "Gast", "email": "gast@haarlem.nl", "role": "reader", "participant_id": "haarlem"}
    wrong = administrator.send_form("/beheer/mensen", **{**new, "email": "gast@haarlem.test"})
    assert (wrong.status_code, "Vul een geldig e-mailadres in" in wrong.text) == (422, True)
    assert "special-use" not in wrong.text
    assert administrator.send_form("/beheer/mensen", **new, invite="true").status_code == 303
    person = read.exec(select(User).where(User.email == "gast@haarlem.nl")).one()
    again = administrator.send_form(f"/beheer/mensen/{person.id}/uitnodigen")
    assert "Deze persoon is vandaag al uitgenodigd." in again.text
    mail = read.exec(select(Delivery).where(Delivery.user_id == person.id)).one()
    assert (mail.subject, mail.address) == ("Uitnodiging voor Kansenradar", person.email)
    assert f"{BASE}/inloggen" in mail.written.text
    found = administrator.get("/beheer?organisation=haarlem&quiet=true").text
    assert "Gast" in found
    assert "1 persoon" in administrator.get("/beheer?text=gast").text
    assert administrator.get("/beheer/mensen.xlsx?text=gast").content[:2] == b"PK"


def test_nobody_takes_the_last_keys_from_themselves(administrator: Visitor, people: dict[str, User]) -> None:
    me = people["administrator"]
    answer = administrator.send_form(
        f"/beheer/mensen/{me.id}", name=me.name, email=me.email, role="reader", participant_id="amsterdam"
    )
    assert answer.status_code == 422
    assert administrator.send_form(f"/beheer/mensen/{me.id}/toegang").status_code == 404


def test_no_administrator_gets_at_the_files_of_another_organisation_by_moving_people(
    administrator: Visitor, people: dict[str, User], engine: Engine, now: datetime
) -> None:
    def refused(user: User | None, **changed: str) -> str:
        at = f"/beheer/mensen/{user.id}" if user else "/beheer/mensen"
        kept = user or User(name="Nieuw", email="", role="reader", participant_id="", created_at=now)
        form = {field: getattr(kept, field) for field in ("name", "email", "role", "participant_id")}
        answer = administrator.send_form(at, **{**form, **changed})
        assert answer.status_code == 422
        return answer.text

    me, there = people["administrator"], people["haarlem"]
    assert "vraag een andere beheerder" in refused(me, participant_id="haarlem")
    with writing(engine) as session:
        dossier = session.exec(select(Dossier).where(Dossier.participant_id == "amsterdam")).first()
        assert dossier is not None
        session.add(DossierReader(dossier_id=dossier.id, user_id=there.id))
        chief = make_user(session, now, Role.ADMINISTRATOR, "haarlem")
        session.add(KeptForm(user_id=there.id, path="/contacten", fields=[["message", "KANARIE typte dit"]], at=now))
    for user, changed in (
        (people["reader"], {"participant_id": "haarlem"}),
        (None, {"participant_id": "haarlem", "email": "bas.thuis@haarlem.nl"}),
    ):
        way = "die neemt deze persoon op zodra u de toegang hier beëindigt" if user else "die laat mensen toe"
        assert f"heeft een eigen beheerder: {way}." in refused(user, **changed)
    for user in (there, chief):
        page = f"/beheer/mensen/{user.id}"
        for way in ("toegang", "uitnodigen"):
            ended = administrator.send_form(f"{page}/{way}", to="ended")
            assert (ended.status_code, "heeft een eigen beheerder" in ended.text) == (403, True)
        kept = {"name": user.name, "email": user.email, "role": user.role, "participant_id": "haarlem"}
        for changed in ({"role": "reader"}, {"participant_id": "amsterdam"}, {"email": "bas@amsterdam.nl"}):
            assert administrator.send_form(page, **{**kept, **changed}).status_code == 403
    merger = {"name": "Haarlem", "merged_into": "amsterdam", "valid_to": "2026-05-29"}
    assert administrator.send_form("/beheer/deelnemers/haarlem", **merger).status_code == 403
    with writing(engine) as session:
        session.get_one(User, there.id).deactivated_at = now
    form = {"name": there.name, "email": there.email, "role": "reader", "participant_id": "almere"}
    page = f"/beheer/mensen/{there.id}"
    assert administrator.send_form(page, **form, seen=administrator.seen_on(page)).status_code == 303
    assert administrator.send_form(f"{page}/toegang", to="given").status_code == 303
    with reading(engine) as session:  # and nothing of the former desk comes along
        for model in (DossierReader, KeptForm):
            assert session.exec(select(model).where(model.user_id == there.id)).first() is None
        assert session.get_one(User, there.id).participant_since == now


def test_extra_fields_give_nobody_rights(coordinator: Visitor, read: Session) -> None:
    coordinator.send_form(
        "/abonnementen",
        every="day",
        name="Extra",
        user_id=1,
        participant_id="haarlem",
        visibility="public",
        role="administrator",
    )
    kept = read.exec(select(Subscription).where(Subscription.name == "Extra")).one()
    assert (kept.user_id, kept.participant_id, kept.visibility) == (4, "amsterdam", "own")


def test_a_deferred_mail_goes_at_once_and_a_failed_one_never_again(administrator: Visitor) -> None:
    page = administrator.get("/beheer/mail").text
    assert "no such user" in page
    assert "greylisted" in page
    answers = [administrator.send_form(f"/beheer/mail/{n}/opnieuw").status_code for n in (1, 2, 3)]
    assert answers == [404, 303, 404]
    assert 'href="/beheer/mail?page=1" rel="prev">Nieuwer</a>' in administrator.get("/beheer/mail?page=2").text


def test_a_participant_is_merged_into_another_from_a_day_on_by_two_administrators(
    administrator: Visitor, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    where = "/beheer/deelnemers/landsmeer"
    seen = administrator.seen_on(where)
    assert administrator.send_form(where, name="Landsmeer", merged_into="landsmeer").status_code == 422
    assert administrator.send_form(where, name="Landsmeer", merged_into="purmerend").status_code == 422
    assert (
        administrator.send_form(
            where, name="Landsmeer", merged_into="purmerend", valid_to="2030-01-01", seen=seen
        ).status_code
        == 303
    )
    assert "Wacht op een tweede beheerder" in administrator.get(where).text
    assert "wacht op een tweede beheerder" in administrator.get("/beheer/deelnemers").text
    assert administrator.send_form(f"{where}/samenvoeging").status_code == 403
    with writing(engine) as session:
        second = make_user(session, now, Role.ADMINISTRATOR, "haarlem")
    with visit(engine, now, tmp_path, second) as other:
        assert other.send_form(f"{where}/samenvoeging").status_code == 303
        assert "Wacht op een tweede beheerder" not in other.get(where).text


def test_a_source_that_said_nothing_of_dates_gets_a_next_step(coordinator: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        for row in session.exec(select(Deadline).where(Deadline.call_id == 9)):
            session.delete(row)
        call = session.get_one(Call, 9)
        call.opens_at = call.closes_at = call.source_word = None
        call.until_exhausted = False
    page = coordinator.get("/regelingen/9").text
    assert "Bij de bron is geen datum gelezen." in page
    assert "stand niet bekend" in page
    assert ">aangekondigd<" not in page, "nobody announced it"


def test_every_revision_kind_reads_as_a_sentence(coordinator: Visitor, read: Session) -> None:
    assert read.exec(select(func.count()).select_from(Revision)).one() > 40
    assert "Budget: nu € 4 mln, was € 2,5 mln" in coordinator.get("/regelingen/4").text


def test_what_the_source_files_a_call_under_and_says_about_applying_stands_on_its_page(
    coordinator: Visitor, engine: Engine
) -> None:
    with writing(engine) as session:
        session.get_one(Call, 1).particulars = {
            "tags": ["Warmtenet"],
            "expected_grants": 4,
            "conditions": "Alleen <b>gemeenten</b>.",
            "updates": [{"text": "Verlengd tot oktober", "day": "2026-05-01"}, {"text": "Zonder dag"}],
        }
    page = coordinator.get("/regelingen/1").text
    assert re.search(r"<dt>Labels van de bron</dt><dd>Warmtenet", page)
    assert re.search(r"<dt>Verwacht aantal projecten</dt><dd>4", page)
    assert "Alleen &lt;b&gt;gemeenten&lt;/b&gt;." in page
    assert re.search(r'<time datetime="2026-05-01">[^<]*1 mei 2026</time><span[^>]*>Verlengd tot oktober', page)
    assert "Zonder dag" in page
    assert "Hulp bij aanvragen" not in page


def test_a_remark_of_a_whole_crawl_is_told_in_the_list_of_sources(administrator: Visitor, engine: Engine) -> None:
    assert "met opmerkingen" not in administrator.get("/bronnen").text
    with writing(engine) as session:
        newest = select(Crawl).where(Crawl.source == "rvo").order_by(col(Crawl.id).desc())
        crawl = session.exec(newest).first()
        assert crawl
        assert crawl.complete
        crawl.why = "eu_portal lacks 1 that stand here: LIFE-2026-X (Heat)"
    assert '<a href="/bronnen/rvo">met opmerkingen</a>' in administrator.get("/bronnen").text
    assert "LIFE-2026-X (Heat)" in administrator.get("/bronnen/rvo").text
