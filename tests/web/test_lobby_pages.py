"""The lobby's pages: forms do what they say, refuse in Dutch, and show nobody more than they may see."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import AuditEntry, ContactMoment, Dossier, DossierReader, Position, Stake, Stakeholder
from db.session import reading, writing
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import Check, PartyKind, StakeRole
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user, visit
from tracker.applications import stages
from tracker.lobby import coalition, contacts, dossiers, positions
from tracker.lobby.audience import audiences
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.organisations.alike import names_alike
from tracker.organisations.load import load_organisations
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

CANARIES = ("KANARIE-INTERN", "KANARIE-RODELIJN", "KANARIE-NAAM", "KANARIE-EIGEN", "KANARIE-CONTACT", "KANARIE-CONCEPT")


def filled_cast(session: Session, now: datetime) -> tuple[Cast, Dossier, Dossier]:
    """A dossier the MRA sees and one that is Amsterdam's own, with words that must not travel."""
    cast = gather(session, now)
    shared, own = cast.open(), cast.open("KANARIE-EIGEN dossier", visibility=Visibility.OWN)
    cast.adopted(shared, date(2026, 5, 1), public="Meer regie op warmte")
    concept = positions.Wording(internal="KANARIE-INTERN", public="KANARIE-CONCEPT", red_lines="KANARIE-RODELIJN")
    positions.draft(Deed(session, cast.coordinator, now), own, concept)
    positions.draft(Deed(session, cast.coordinator, now), shared, concept)
    private = ContactFields(date(2026, 5, 20), "KANARIE-CONTACT", dossier_id=shared.id, visibility=Visibility.OWN)
    office = Office("Ministerie van VRO", "Directeur Woningbouw", "KANARIE-NAAM")
    contacts.log_contact(Deed(session, cast.lobbyist, now), private, office)
    coalition.join(Deed(session, cast.lobbyist, now), shared, "", PartyKind.PARTICIPANT, date(2026, 5, 2), "haarlem")
    return cast, shared, own


PAGES = [
    "/dossiers", "/dossiers/nieuw", "/dossiers/{d}", "/dossiers/{d}/bewerken", "/dossiers/{d}/standpunten", "/dossiers/{d}/coalitie",
    "/dossiers/{d}/krachtenveld", "/contacten", "/contacten/nieuw", "/contacten/nieuw?dossier={d}", "/contacten/1", "/momenten",
    "/momenten?niveau=eu", "/aanvragen", "/aanvragen/{a}", "/aanvragen/cofinanciering", "/lobbyagenda/2026", "/", "/regelingen/{c}",
]  # fmt: skip


def test_every_page_answers(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast, shared, _own = filled_cast(session, now)
        application = stages.start(Deed(session, cast.lobbyist, now), cast.call)
        dossiers.put_on_agenda(Deed(session, cast.coordinator, now), shared, 2026)
        who = contacts.stakeholder_for(Deed(session, cast.lobbyist, now), Office("VRO", "Directeur"))
        contacts.stake_for(Deed(session, cast.lobbyist, now), shared, who, StakeRole.DECIDES, 9, -1, "Kamerbrief")
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for path in PAGES:
            address = path.format(d=shared.id, a=application.id, c=cast.call.id)
            answer = visitor.get(address)
            assert answer.status_code == 200, (address, answer.text[:300])


def test_no_page_shows_another_organisation_what_is_not_for_it(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast, shared, own = filled_cast(session, now)
        stages.start(Deed(session, cast.lobbyist, now), cast.call)
    private = [
        f"/dossiers/{own.id}",
        f"/dossiers/{own.id}/standpunten",
        "/contacten/1",
        "/aanvragen/3",
        f"/dossiers/{own.id}/coalitie",
    ]
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        missing = visitor.get("/dossiers/999999")
        for path in private:
            answer = visitor.get(path)
            assert (answer.status_code, answer.text) == (404, missing.text), path
        for path in (
            "/",
            "/dossiers",
            "/contacten",
            "/aanvragen",
            "/lobbyagenda/2026",
            f"/dossiers/{shared.id}",
            f"/dossiers/{shared.id}/coalitie",
            f"/dossiers/{shared.id}/krachtenveld",
            "/aanvragen/cofinanciering",
        ):
            text = visitor.get(path).text
            assert not [c for c in CANARIES if c in text], path


def test_the_page_of_a_contact_names_no_dossier_that_its_viewer_may_not_see(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open("KANARIE-EIGEN dossier")
        told = ContactFields(date(2026, 5, 20), "Ons bod", dossier_id=dossier.id)
        contact = log_contact(Deed(session, cast.haarlem, now), told, Office("VRO"))
        link = f'href="/dossiers/{dossier.id}"'
    with visit(engine, now, tmp_path, cast.haarlem) as visitor, visit(engine, now, tmp_path, cast.lobbyist) as owner:
        before = visitor.get(f"/contacten/{contact.id}").text
        assert ("KANARIE-EIGEN" in before, link in before) == (True, True)
        narrowed = {"seen": 1, "title": "KANARIE-EIGEN dossier", "visibility": "own"}
        assert owner.send_form(f"/dossiers/{dossier.id}/bewerken", **narrowed).status_code == 303
        refused = visitor.send_form(f"/contacten/{contact.id}/toezeggingen", promise=" ")
        for text in (visitor.get(f"/contacten/{contact.id}").text, refused.text, visitor.get("/contacten").text):
            assert ("VRO" in text, "KANARIE-EIGEN" in text, link in text) == (True, False, False)


def test_who_reads_a_dossier_that_was_hidden_is_not_named_beside_an_own_contact_on_it(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        reader = make_user(session, now, Role.FUNDRAISER, "hilversum", "wie@hilversum.x")
        reader.name = "KANARIE-LEZER"
        hidden = cast.open(by=cast.haarlem)
        said = ContactFields(date(2026, 5, 20), "Brief", dossier_id=hidden.id, visibility=Visibility.REGION)
        contact = log_contact(cast.deed(), said, Office("Ministerie van VRO", "Directeur"))
        session.add(DossierReader(dossier_id=hidden.id, user_id=reader.id))
        narrower = dossiers.DossierFields(hidden.title, visibility=Visibility.GROUP)
        dossiers.edit(cast.deed(cast.haarlem), hidden, narrower, hidden.version)
        named = [who.who for who in audiences(session, viewer_of(cast.haarlem), hidden)]
    assert "KANARIE-LEZER" in " ".join(named), "who sees the dossier reads who is in its group"
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert visitor.get(f"/dossiers/{hidden.id}").status_code == 404
        for path in ("bewerken", "documenten"):
            page = visitor.get(f"/contacten/{contact.id}/{path}")
            assert (page.status_code, "KANARIE-LEZER" in page.text) == (200, False), path
            assert "de groep van een dossier dat u niet mag zien" in page.text


def test_internal_words_stand_on_the_positions_page_only(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast, shared, own = filled_cast(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for path in (
            "/",
            "/dossiers",
            f"/dossiers/{shared.id}",
            f"/dossiers/{own.id}",
            f"/dossiers/{shared.id}/coalitie",
            "/contacten",
            "/lobbyagenda/2026",
        ):
            text = visitor.get(path).text
            assert not [
                c for c in ("KANARIE-INTERN", "KANARIE-RODELIJN", "KANARIE-CONCEPT", "KANARIE-NAAM") if c in text
            ], path
        assert "KANARIE-INTERN" in visitor.get(f"/dossiers/{own.id}/standpunten").text
    with reading(engine) as session:
        lines = [(e.action, e.object) for e in session.exec(select(AuditEntry))]
    assert lines == [("read positions", f"dossier {own.id}")]


def test_an_expired_position_cannot_be_exported(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
        past = cast.adopted(dossier, date(2026, 1, 1), date(2026, 4, 30), public="KANARIE-VERLOPEN")
        current = cast.adopted(dossier, date(2026, 5, 1), public="Nu geldig")
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        refused = visitor.get(f"/dossiers/{dossier.id}/standpunten/{past.id}/tekst")
        assert (refused.status_code, "KANARIE" in refused.text) == (409, False)
        given = visitor.get(f"/dossiers/{dossier.id}/standpunten/{current.id}/tekst").text
        assert given.startswith("MRA-standpunt: Meer regie op warmtenetten")
        assert "Nu geldig" in given
        assert "Interne tekst" not in given
        assert "KANARIE" not in visitor.get(f"/dossiers/{dossier.id}").text


def test_a_contact_is_logged_with_its_promise(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        wrong = visitor.send_form("/contacten", organisation="VRO", message=" ", promise="Stuurt brief")
        assert wrong.status_code == 422
        assert "Schrijf in één zin wat u heeft gebracht." in wrong.text
        assert "Stuurt brief" in wrong.text
        fine = visitor.send_form(
            "/contacten",
            organisation="VRO",
            message="Meer regie",
            promise="Stuurt brief",
            participant_id="haarlem",
            user_id="99",
        )
        assert fine.status_code == 303
        assert "Stuurt brief" in visitor.get("/contacten/1").text
    with reading(engine) as session:
        kept = session.exec(select(ContactMoment)).one()
    assert (kept.participant_id, kept.user_id, kept.day) == ("amsterdam", cast.lobbyist.id, date(2026, 5, 29))


def test_a_form_shares_with_the_own_organisation_and_offers_no_more_than_the_dossier(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        shared, own = cast.open(), cast.open("Van ons", visibility=Visibility.OWN)
        application = stages.start(Deed(session, cast.lobbyist, now), cast.call)
    told = {"organisation": "VRO", "message": "Meer regie"}
    stake = {"organisation": "VRO", "role": "ally"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert '<input type="radio" name="visibility" value="own" checked>' in visitor.get("/contacten/nieuw").text
        assert 'name="visibility" value="mra">' not in visitor.get(f"/dossiers/{own.id}").text
        assert 'name="visibility" value="mra">' in visitor.get(f"/dossiers/{shared.id}").text
        for dossier in (own, application):
            for path, form in (
                ("/contacten", told | {"dossier_id": dossier.id}),
                (f"/dossiers/{own.id}/krachtenveld", stake),
                (f"/dossiers/{dossier.id}/notities", {"text": "Notitie"}),
            ):
                refused = visitor.send_form(path, **form, visibility="mra")
                line = "Dit mag niet ruimer zichtbaar zijn dan het dossier: eigen organisatie."
                assert (refused.status_code, line in refused.text) == (422, True), path
                assert visitor.send_form(path, **form).status_code == 303, path
        assert visitor.send_form(f"/dossiers/{shared.id}/krachtenveld", **stake, visibility="mra").status_code == 303
    with reading(engine) as session:
        kept = [set(session.exec(select(model.visibility))) for model in (ContactMoment, Stakeholder)]
        stakes = session.exec(select(Stake.visibility).order_by(col(Stake.dossier_id))).all()
    assert (kept, stakes) == ([{"own"}, {"own"}], ["mra", "own"])


def test_looking_who_was_there_keeps_nothing_and_puts_nothing_in_an_address(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        log_contact(
            Deed(session, cast.haarlem, now), ContactFields(date(2026, 5, 20), "x", visibility="mra"), Office("VRO")
        )
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        answer = visitor.send_form("/contacten", organisation="vro", message="Vertrouwelijk", only_look="true")
        assert answer.status_code == 200
        assert "lobbyist haarlem (Haarlem)" in answer.text
        assert "Vertrouwelijk" in answer.text
        assert 'formmethod="get"' not in answer.text
        assert "hx-get" not in answer.text
        beside = {"organisation": "vro", "only_look": "true", "csrf": visitor.csrf}
        part = visitor.post("/contacten", data=beside, headers={"HX-Request": "true"})
        assert ("lobbyist haarlem (Haarlem)" in part.text, "<form" in part.text) == (True, False)
        unknown = visitor.post("/contacten", data=beside | {"organisation": "Volkshuis"}).text
        assert "‘Volkshuis’ staat nog niet in het register" in unknown
        assert "sprak hier nog" not in unknown  # of a name that is not known, nothing is known
        assert "staat nog niet in het register" not in part.text
    with reading(engine) as session:
        assert len(session.exec(select(ContactMoment)).all()) == 1


NAMES = [
    "Ministerie van Algemene Zaken",
    "Ministerie van Defensie",
    "Ministerie van Financiën",
    "Ministerie van Economische Zaken en Klimaat",
    "Provincie Flevoland",
    "Ministerie van Klimaat en Groene Groei",
]
BOTH = [NAMES[5], NAMES[3]]  # the one that begins so comes first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ministerie van Klim", BOTH),
        ("ministerie van klimaat", BOTH),
        ("Min. Klimaat en groen", [NAMES[5]]),
        ("ministerie van finacien", [NAMES[2]]),
        ("Provincie Flevolnad", [NAMES[4]]),
        ("van", []),
        ("ministerie", []),
        ("Ministerie van X", []),
        ("Waterschap Amstel", []),
    ],
)
def test_a_name_that_is_not_known_asks_whether_a_known_one_is_meant(typed: str, meant: list[str]) -> None:
    assert names_alike(typed, NAMES) == meant


def test_an_organisation_that_ended_is_asked_after_as_well(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        load_organisations(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        text = visitor.get("/contacten/nieuw?organisation=Ministerie van Klim").text
    meant = (
        "Bedoelt u <b>Ministerie van Klimaat en Groene Groei</b> of <b>Ministerie van Economische Zaken en Klimaat</b>?"
    )
    assert meant in text


def test_a_refused_contact_leaves_no_office_behind(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        refused = visitor.send_form("/contacten", organisation="Nieuw bureau", message="x", follow_up_on="2026-06-01")
        assert refused.status_code == 422
        assert visitor.get("/contacten/nieuw").text.count("Nieuw bureau") == 0


def test_two_coordinators_decide_at_once_and_the_second_is_told(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
    fields = {"seen": 1, "title": "Van de een", "visibility": "mra"}
    with visit(engine, now, tmp_path, cast.lobbyist) as first, visit(engine, now, tmp_path, cast.coordinator) as second:
        assert first.send_form(f"/dossiers/{dossier.id}/bewerken", **fields).status_code == 303
        told = second.send_form(f"/dossiers/{dossier.id}/bewerken", **(fields | {"title": "Van de ander"}))
        assert told.status_code == 409
        assert "Iemand anders heeft dit net gewijzigd" in told.text
        assert "Van de ander" in told.text
        assert "Van de een" in first.get(f"/dossiers/{dossier.id}").text


def test_a_position_is_adopted_by_two_and_succeeded_on_screen(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
    base = f"/dossiers/{dossier.id}/standpunten"
    confirm = f"/dossiers/{dossier.id}/besluiten"
    decision = {"gremium": "board", "decision": "B-1", "adopted_on": "2026-05-01", "valid_from": "2026-05-01"}
    with visit(engine, now, tmp_path, cast.coordinator) as one, visit(engine, now, tmp_path, cast.second) as two:
        one.send_form(base, public="Eerste tekst", internal="x")
        form = one.get(f"{base}/vaststellen?door=regio").text
        assert ("MRA Bestuur" in form, "college" in form.split("Door wie")[1].split("</select>")[0]) == (True, False)
        assert "Wijdemeren" in form
        assert one.send_form(f"{base}/vaststellen", position=1, **decision).status_code == 303
        assert one.send_form(f"{confirm}/1/bevestigen").status_code == 403
        assert "Geen vastgesteld standpunt" in one.get(base).text
        assert two.send_form(f"{confirm}/1/bevestigen").status_code == 303
        one.send_form(base, public="Tweede tekst")
        again = decision | {"decision": "B-2", "adopted_on": "2026-05-20", "valid_from": "2026-05-20"}
        overlap = one.send_form(f"{base}/vaststellen", position=2, **again)
        assert overlap.status_code == 422
        assert "In deze periode geldt al standpunt 1" in overlap.text
        assert one.send_form(f"{base}/vaststellen", position=2, succeeds=1, **again).status_code == 303
        two.send_form(f"{confirm}/2/bevestigen")
        for day, text in (("2026-05-10", "Eerste tekst"), ("2026-05-20", "Tweede tekst")):
            shown = one.get(f"{base}?op={day}").text.split("Alle standpunten")[0]
            assert text in shown
        assert "Geen vastgesteld standpunt" in one.get(f"{base}?op=2026-04-01").text
        back = {"what": "withdrawal", "reason": "Het Rijk besliste", "gremium": "board", "decision": "B-3"}
        days = {"adopted_on": "2026-05-28", "valid_from": "2026-05-28"}
        assert one.send_form(f"{base}/2/besluit", **back, **days).status_code == 303
        assert "Het Rijk besliste" in two.get(base).text
        two.send_form(f"{confirm}/3/bevestigen")
        assert "ingetrokken standpunt" in one.get(base).text
    with visit(engine, now, tmp_path, cast.haarlem) as other:
        assert "Wacht op een tweede mens" not in other.get(base).text
        assert other.get(f"{base}/vaststellen?door=regio").status_code == 404
        assert other.get(f"{base}/2/besluit").status_code == 404


def test_an_application_runs_from_a_call_to_its_award_on_screen(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        begun = visitor.send_form(f"/regelingen/{cast.call.id}/aanvraag")
        address = begun.headers["location"].split("?")[0]
        assert visitor.send_form(f"/regelingen/{cast.call.id}/aanvraag").headers["location"] == address
        refused = visitor.send_form(f"{address}/penvoerder", lead="MRA", seen=1)
        assert (refused.status_code, "De MRA is geen rechtspersoon" in refused.text) == (422, True)
        steps = [
            ("fase", {"to": "scouting", "seen": 1}), ("fase", {"to": "go_no_go", "seen": 2}), ("penvoerder", {"lead": "haarlem", "seen": 3}),
            ("go", {"go": "go", "seen": 4} | {c.value: "yes" for c in Check}),
            ("geld", {"requested": "250.000", "total_cost": "500.000", "state_aid": "none", "seen": 6}),
            ("bijdragen", {"participant_id": "haarlem", "year": 2026, "own_money": "100.000", "cover": "krediet 7"}),
            ("fase", {"to": "submitted", "seen": 8, "submitted_on": "2026-05-26"}),
            ("besluit", {"decided": "awarded", "decided_on": "2026-05-29", "granted": "240.000", "grant_number": "WIS-1", "seen": 9}),
        ]  # fmt: skip
        for step, fields in steps:
            answer = visitor.send_form(f"{address}/{step}", **fields)
            assert answer.status_code == 303, (step, answer.text[answer.text.find("alert") :][:600])
        shown = visitor.get(address).text
        assert "€ 240.000" in shown
        assert "26 mei 2026" in shown
        assert "WIS-1" in shown
        assert "€ 100.000" in visitor.get("/aanvragen/cofinanciering").text


@pytest.mark.parametrize("typed", ["abc", "-5", "1.5", "1e9"])
def test_what_is_no_money_is_asked_again(engine: Engine, now: datetime, tmp_path: Path, typed: str) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = stages.start(Deed(session, cast.lobbyist, now), cast.call)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        answer = visitor.send_form(f"/aanvragen/{dossier.id}/geld", requested=typed, seen=1)
    assert answer.status_code == 422
    says = "is op twee manieren te lezen: schrijf 1,5 of 15." if typed == "1.5" else "is geen bedrag"
    assert f"&#39;{typed}&#39; {says}" in answer.text


def test_numbers_that_no_column_holds_and_people_who_are_not_there_are_asked_again(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier, application = cast.open(), stages.start(Deed(session, cast.lobbyist, now), cast.call)
    title = {"title": "Warmte voor de regio"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for path, fields in [
            (f"/dossiers/{dossier.id}/coalitie/houding", {"member": 10**22, "stance": "agrees"}),
            (f"/aanvragen/{application.id}/geld", {"requested": "1", "seen": 2**31}),
            (f"/dossiers/{application.id}/notities", {"text": "x" * 20_001}),
            ("/dossiers", {**title, "lobbyist_id": 0}),
            ("/dossiers", {**title, "official_id": 10**22}),
            ("/dossiers", {**title, "official_id": cast.haarlem.id}),
        ]:
            answer = visitor.send_form(path, **fields)
            assert answer.status_code == 422, (path, fields)
        assert "Kies een collega." in answer.text
        assert title["title"] in answer.text
        assert visitor.get(f"/regelingen?at_least={10**20}").status_code == 422
        assert visitor.send_form(f"/dossiers/{application.id}/fase", to="exploring", seen=1).status_code == 404


def test_a_round_with_one_objector_flags_both_on_vandaag(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast, shared, _own = filled_cast(session, now)
    base = f"/dossiers/{shared.id}/coalitie"
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        visitor.send_form(base, kind="knowledge", name="Hogeschool Inholland")
        visitor.send_form(f"{base}/rondes", question="Akkoord?", due_on="2026-06-12")
        visitor.send_form(f"{base}/houding", member=2, stance="agrees", round=1)
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert visitor.send_form(f"{base}/houding", member=1, stance="objects", round=1).status_code == 422
        assert (
            visitor.send_form(f"{base}/houding", member=1, stance="objects", why="Eerst een toets", round=1).status_code
            == 303
        )
        assert "Haarlem tegenover MRA-lijn" in visitor.get("/").text
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page = visitor.get(base).text
        assert "bezwaar van Haarlem" in page
        assert "Hogeschool Inholland: genoteerd door" in page
        assert "Haarlem: genoteerd door" not in page
        assert "Haarlem tegenover Hogeschool Inholland" in visitor.get("/").text


def test_a_white_spot_opens_a_dossier_in_one_click(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "/opgaven/A20-1/dossier" in visitor.get("/opgaven/witte-vlekken?agenda=A20").text
        assert "/opgaven/A20-1/dossier" in visitor.get("/opgaven/A20-1").text
        answer = visitor.send_form("/opgaven/A20-1/dossier")
        assert answer.status_code == 303
        assert "Geen regeling voor Energietransitie" in visitor.get(answer.headers["location"]).text
        assert visitor.send_form("/opgaven/nergens/dossier").status_code == 404


def test_a_reader_changes_nothing(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
    with visit(engine, now, tmp_path, cast.reader) as visitor:
        for path in (
            f"/dossiers/{dossier.id}/notities",
            f"/dossiers/{dossier.id}/fase",
            "/contacten",
            "/dossiers",
            f"/regelingen/{cast.call.id}/aanvraag",
        ):
            assert visitor.send_form(path, text="x", to="exploring", seen=1, title="x").status_code == 404
    with reading(engine) as session:
        assert session.exec(select(Position)).all() == []


def test_hostile_words_are_inert(engine: Engine, now: datetime, tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open(bad, goal=bad)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        visitor.send_form(f"/dossiers/{dossier.id}/notities", text=bad)
        visitor.send_form(f"/dossiers/{dossier.id}/coalitie", kind="company", name=bad)
        for path in (
            "/dossiers",
            f"/dossiers/{dossier.id}",
            f"/dossiers/{dossier.id}/coalitie",
            f"/dossiers/{dossier.id}/bewerken",
        ):
            text = visitor.get(path).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text


def test_a_day_nobody_can_mean_is_said_at_its_field(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for day in ("0001-01-02", "0206-05-01", "9999-12-31"):
            refused = visitor.send_form("/momenten", title="Debat", ends_on=day, lead_days="300")
            assert (refused.status_code, "Kijk het jaar na" in refused.text) == (422, True)
            assert visitor.get(f"/contacten/nieuw?organisation=VRO&day={day}").status_code == 200
            assert visitor.get(f"/regelingen?closes_before={day}").status_code == 422


def test_a_contact_on_a_hidden_dossier_is_edited_without_losing_it(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open("KANARIETITEL")
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        visitor.send_form("/contacten", organisation="Ministerie van VRO", message="Regie", dossier_id=dossier.id)
        with writing(engine) as session:
            session.get_one(Dossier, dossier.id).visibility = Visibility.OWN
        form = visitor.get("/contacten/1/bewerken").text
        assert f'<option value="{dossier.id}" selected>een dossier dat u niet mag zien: blijft zo' in form
        assert "KANARIETITEL" not in form
