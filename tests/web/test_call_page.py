"""The page of a call says first what it is; why it was told, or not, has a page of its own; mails are pages."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Delivery, Dossier, DossierCall, MailText, Revision, User, Verdict
from db.session import reading, writing
from db.vocabulary import DeliveryState, RevisionKind
from tests.make.browser import chromium, open_page, serve
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at, settle_all
from tests.make.pages import make_participant, visit
from tracker.web.calls.text_change import TextChange, text_changes
from tracker.web.challenges.index import counted

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


@pytest.fixture
def agenda(engine: Engine) -> Engine:
    make_agenda(engine)
    return engine


def page(engine: Engine, tmp_path: Path, person: int, path: str) -> str:
    with reading(engine) as session:
        user = session.get_one(User, person)
    with visit(engine, NOW, tmp_path, user) as visitor:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        return answer.text


@pytest.mark.one_database
def test_what_i_found_relevant_reads_as_followed_and_its_changes_stand_on_my_page(
    agenda: Engine, tmp_path: Path
) -> None:
    person, call = make_reader(agenda, NOW), make_call(agenda, NOW, "Van belang", challenge="wonen")
    with writing(agenda) as session:
        for number in (call, make_call(agenda, NOW, "Van anderen", challenge="wonen")):
            session.add(Revision(call_id=number, at=NOW, kind="changed", field="title", old="a", new="b", version=2))
    path = f"/regelingen/{call}"
    assert "Volg deze regeling" in page(agenda, tmp_path, person, path)
    with writing(agenda) as session:
        mine = {"user_id": person, "participant_id": "haarlem", "call_id": call}
        session.add(Verdict(**mine, say="yes", at=NOW, visibility="own"))
    said = page(agenda, tmp_path, person, path)
    assert "U volgt deze regeling, want u vond haar relevant" in said
    assert "Volg deze regeling" not in said


def in_order(text: str, words: list[str]) -> bool:
    start = 0
    for word in words:
        start = text.find(word, start) + 1
        if start == 0:
            pytest.fail(f"{word!r} is not where it should be")
    return True


@pytest.mark.one_database
def test_a_call_says_what_it_is_before_why_and_before_the_rest(agenda: Engine, tmp_path: Path) -> None:
    person = make_reader(agenda, NOW)
    call = make_call(
        agenda, NOW, "Circular cities", eligible="self", language="en", programme=["Horizon Europe"],
        type_of_action="HORIZON Innovation Actions", budget=Decimal(20_000_000), summary="Scope of it.",
        particulars={"expected_grants": 4},
    )  # fmt: skip
    with writing(agenda) as session:
        dossier = Dossier(title="Onze stad", kind="application", stage="preparing", participant_id="haarlem",
                          opened_at=NOW)  # fmt: skip
        session.add(dossier)
        session.flush()
        session.add(DossierCall(dossier_id=dossier.id, call_id=call))
    assert in_order(page(agenda, tmp_path, person, f"/regelingen/{call}"), [
        "Horizon Europe is het EU-programma", "Gevraagd wordt een innovatieactie", "Programma", "Horizon Europe",
        "Soort actie", "gewoonlijk 70%", "Voor wie", "zelf aan te vragen", "Hoeveel", "€ 20 mln", "4 projecten verwacht",
        "Wanneer", "nog 186 dagen", "Bij ons", "Aanvraag: in voorbereiding (Haarlem)", "Onze stad", 'value="yes"',
        "Waarom wel of niet in mijn mail", "Waarom deze regeling", "Termijnen", "Samenvatting", "Scope of it.",
    ])  # fmt: skip


@pytest.mark.one_database
def test_why_says_told_waiting_or_set_aside_in_which_mail_and_where(agenda: Engine, tmp_path: Path) -> None:
    person, other = make_reader(agenda, NOW, most=1), make_reader(agenda, NOW, "an@haarlem.example")
    first = make_call(agenda, NOW, "Sterk", score=0.95, eligible="self")
    second = make_call(agenda, NOW, "Ook sterk", score=0.9, eligible="self")
    aside = make_call(agenda, NOW, "Voor bedrijven", eligible="no")
    far = make_call(agenda, NOW, "Zwak", score=0.2)
    plan_at(agenda, NOW, leaves=False)
    mail = next(each for each in deliveries(agenda) if each.user_id == person)
    waiting = page(agenda, tmp_path, person, f"/regelingen/{first}/waarom")
    assert in_order(
        waiting, ["Wacht", "Als eerste vermelding", "kies eerst, plaats 1 van 1", f"/abonnementen/overzicht/{mail.id}"]
    )
    assert "an@haarlem.example" not in waiting
    assert "EU-portaal X-" in waiting
    settle_all(agenda, DeliveryState.ACCEPTED, NOW)
    assert in_order(page(agenda, tmp_path, person, f"/regelingen/{second}/waarom"),
                    ["Gemaild", "ook zelf aan te vragen, plaats 1 van 1"])  # fmt: skip
    assert "Apart gezet" in page(agenda, tmp_path, person, f"/regelingen/{aside}/waarom")
    assert "past bij geen opgave boven de drempel" in page(agenda, tmp_path, person, f"/regelingen/{far}/waarom")
    assert other


@pytest.mark.one_database
def test_my_mails_are_pages_and_nobody_elses(agenda: Engine, tmp_path: Path) -> None:
    person, other = make_reader(agenda, NOW), make_reader(agenda, NOW, "an@haarlem.example")
    call = make_call(agenda, NOW, "Sterk", eligible="self")
    plan_at(agenda, NOW)
    mine, theirs = (next(m for m in deliveries(agenda) if m.user_id == each) for each in (person, other))
    with writing(agenda) as session:
        key = Delivery(**mine.model_dump(exclude={"id"}) | {
            "key": "login:1", "message_id": "<1@x>", "kind": "sign_in", "subject": "Inloggen"})  # fmt: skip
        key.written = MailText(text="geheim", html="geheim")
        session.add(key)
        session.flush()
        sign_in = key.id
        users = {each: session.get_one(User, each) for each in (person, other)}
    listed = page(agenda, tmp_path, person, "/abonnementen/overzichten")
    assert f"/abonnementen/overzicht/{mine.id}" in listed
    assert f"/abonnementen/overzicht/{theirs.id}" not in listed
    assert "Inloggen" not in listed
    with visit(agenda, NOW, tmp_path, users[person]) as visitor:
        shown = visitor.get(f"/abonnementen/overzicht/{mine.id}")
        assert "sandbox=" in shown.text
        assert "&lt;table" in shown.text
        assert f"/regelingen/{call}/waarom" in shown.text
        assert "script-src 'self';" in shown.headers["content-security-policy"]
        assert visitor.get(f"/abonnementen/overzicht/{theirs.id}").status_code == 404
        assert visitor.get(f"/abonnementen/overzicht/{sign_in}").status_code == 404


@pytest.mark.one_database
def test_the_next_mail_is_shown_as_it_looks_or_said_not_to_leave(agenda: Engine, tmp_path: Path) -> None:
    person = make_reader(agenda, NOW)
    make_call(agenda, NOW, "Sterk", eligible="self")
    before = page(agenda, tmp_path, person, "/abonnementen/voorbeeld")
    assert "Zo ziet uw mail eruit" in before
    assert "&lt;table" in before
    plan_at(agenda, NOW)
    after = page(agenda, tmp_path, person, "/abonnementen/voorbeeld")
    assert "Er zou nu geen mail gaan" in after
    assert "iframe" not in after
    assert "1 open regeling" in page(agenda, tmp_path, person, "/abonnementen")


def test_a_budget_that_topics_share_is_summed_once_and_said_to_be_shared(agenda: Engine, tmp_path: Path) -> None:
    """The EU portal repeats the budget of a call at each of its topics."""
    person, pot = make_reader(agenda, NOW), {"call_title": "CBE 2026", "budget": Decimal(170_000_000)}
    for number in range(4):
        call = make_call(agenda, NOW, f"Topic {number}", eligible="self", **pot)
    make_call(agenda, NOW, "Alleen", budget=Decimal(5_000_000))
    make_call(
        agenda,
        NOW,
        "Eerder",
        source_word="closed",
        call_title="CBE 2026",
        budget=Decimal(1),
        closes=(NOW - timedelta(days=200)).date(),
    )
    with reading(agenda) as session:
        cells, with_earlier = (counted(session, NOW, earlier)["circulair"]["grant"] for earlier in (False, True))
    assert (cells.open, cells.money) == (5, Decimal(175_000_000))
    assert (with_earlier.open, with_earlier.money, with_earlier.earlier) == (5, Decimal(175_000_000), 1)
    for path in ("/regelingen", f"/regelingen/{call}"):
        assert "budget € 170 mln voor 4 onderwerpen samen" in page(agenda, tmp_path, person, path), path


@pytest.mark.one_database
def test_a_revised_text_says_so_in_a_line_with_the_difference_behind_it(agenda: Engine, tmp_path: Path) -> None:
    person, call = make_reader(agenda, NOW), make_call(agenda, NOW, "Circulair")
    old, new = "Eerste zin. Tweede zin. " * 40, "Eerste zin. Tweede zin. " * 40 + "Nu ook voor provincies."
    with writing(agenda) as session:
        session.get_one(Call, call).summary = new
        for field, before, after in (("summary", old, new), ("budget", "1000000", "2000000")):
            session.add(Revision(call_id=call, at=NOW, kind=RevisionKind.CHANGED, field=field, old=before, new=after))
    shown = page(agenda, tmp_path, person, f"/regelingen/{call}")
    changes = shown[shown.index("Wat er veranderde") :]
    assert "Samenvatting: tekst herzien" in changes
    assert "<ins>Nu ook voor provincies.</ins>" in changes
    assert "Eerste zin" not in changes
    assert "Budget: nu € 2 mln, was € 1 mln" in changes
    with reading(agenda) as session:
        assert len(session.exec(select(Revision)).all()) == 2


def test_a_difference_names_what_went_and_what_came() -> None:
    old, new = "Alles blijft.\nTot 1 mei. Voor steden.", "Alles blijft.\nTot 1 juni. Voor steden. Nieuw."
    assert text_changes(old, new) == [TextChange("Tot 1 mei.", "Tot 1 juni."), TextChange("", "Nieuw.")]
    assert text_changes("Zelfde  tekst.", "Zelfde tekst.") == []


@pytest.mark.slow
@pytest.mark.one_database
def test_the_verdict_stands_on_the_first_screen_of_a_phone(agenda: Engine, tmp_path: Path) -> None:
    person = make_reader(agenda, NOW)
    call = make_call(agenda, NOW, "Circular models in the construction sector " * 6, eligible="self", language="en",
                     programme=["Horizon Europe"], type_of_action="HORIZON Innovation Actions")  # fmt: skip
    with writing(agenda) as session:
        user = session.get_one(User, person)
    with serve(agenda, NOW, tmp_path) as served, chromium() as browser:
        page = open_page(browser, served, user, viewport={"width": 390, "height": 844})
        page.goto(f"/regelingen/{call}")
        for say in ("yes", "later"):
            box = page.locator(f"button[name=say][value={say}]").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 844
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("width", [1280, 390])
def test_a_mail_is_shown_as_high_as_it_is(agenda: Engine, tmp_path: Path, width: int) -> None:
    person = make_reader(agenda, NOW)
    for number in range(12):
        make_call(agenda, NOW, f"Sterk {number}", eligible="self")
    with writing(agenda) as session:
        user = session.get_one(User, person)
    with serve(agenda, NOW, tmp_path) as served, chromium() as browser:
        page = open_page(browser, served, user, viewport={"width": width, "height": 844})
        page.goto("/abonnementen/voorbeeld")
        page.wait_for_timeout(300)
        seen, high = page.locator("iframe.mail").evaluate(
            "frame => [frame.clientHeight, frame.contentDocument.documentElement.scrollHeight]"
        )
        assert seen == high > 844


@pytest.mark.one_database
def test_a_page_says_at_most_of_a_rate_and_calls_our_own_words_no_text_of_the_source(
    agenda: Engine, tmp_path: Path
) -> None:
    person, call = make_reader(agenda, NOW), make_call(agenda, NOW, "Tot tachtig", eligible="self", rate=Decimal(80))
    with writing(agenda) as session:
        session.get_one(Call, call).review = ["gelezen van een bekeken pagina; door een mens te bevestigen"]
    for path in (f"/regelingen/{call}", "/regelingen"):
        assert re.search(r"tot 80\s?% van de kosten", page(agenda, tmp_path, person, path)), path
    shown = page(agenda, tmp_path, person, f"/regelingen/{call}")
    assert "door een mens te bevestigen" in shown
    assert "Deze tekst van de bron" not in shown


@pytest.mark.one_database
def test_an_application_that_runs_is_gone_to_and_not_started_again(agenda: Engine, tmp_path: Path) -> None:
    person, call = make_reader(agenda, NOW), make_call(agenda, NOW, "Van belang", challenge="wonen")
    path = f"/regelingen/{call}"

    def begun(participant: str, visibility: str) -> int:
        fields = {"kind": "application", "title": "Onze aanvraag", "stage": "scouting", "opened_at": NOW}
        with writing(agenda) as session:
            make_participant(session, participant, participant.title())
            dossier = Dossier(participant_id=participant, visibility=visibility, **fields)
            session.add(dossier)
            session.flush()
            session.add(DossierCall(dossier_id=dossier.id, call_id=call))
            return dossier.id

    begun("zaanstad", "own")
    assert "Naar de aanvraag" not in page(agenda, tmp_path, person, path)
    theirs = begun("amsterdam", "mra")
    said = page(agenda, tmp_path, person, path)
    assert f'href="/aanvragen/{theirs}">Naar de aanvraag van Amsterdam' in said
    assert "Start eigen aanvraag" in said
    ours = begun("haarlem", "own")
    said = page(agenda, tmp_path, person, path)
    assert f'href="/aanvragen/{ours}">Naar de aanvraag<' in said
    assert '/aanvraag"' not in said
    with writing(agenda) as session:
        session.get_one(Dossier, ours).closed_at = NOW
    assert "Start eigen aanvraag" in page(agenda, tmp_path, person, path)
    assert {"Aanvragen", "Beoordelen"} <= set(re.findall(r'<li><a href="[^"]*"[^>]*>(\w+)</a></li>', said))
