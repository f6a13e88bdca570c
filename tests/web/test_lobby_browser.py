"""The ways people go through the lobby's pages, in a real browser: a contact in under a minute on a phone, and more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select

from db.models import Application, ContactMoment, Dossier, Position, User
from db.session import open_engine, reading, writing
from db.vocabulary_lobby import ApplicationStage, Check, PartyKind, PositionState
from tests.make.browser import chromium, open_page, serve
from tests.make.lobby import Cast, gather
from tracker.applications import stages
from tracker.lobby import coalition
from tracker.organisations.load import load_organisations
from tracker.rights import Deed

pytestmark = pytest.mark.slow

# A careful thumb: two and a half characters a second, two and a half seconds to find and tap a thing.
SECONDS_A_KEY, SECONDS_A_TAP = 0.4, 2.5


class Site:
    """The application with the cast in it, served to browsers."""

    def __init__(self, tmp: Path, template: Path, now: datetime, browser: Browser) -> None:
        self.now, self.tmp, self.browser = now, tmp, browser
        (tmp / "site.db").write_bytes(template.read_bytes())
        self.engine = open_engine(f"sqlite:///{tmp / 'site.db'}")
        with writing(self.engine) as session:
            self.cast: Cast = gather(session, now)
            self.dossier = self.cast.open(lobbyist_id=self.cast.lobbyist.id)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path, now: datetime, browser: Browser) -> Site:
    return Site(tmp_path, sqlite_template, now, browser)


@contextmanager
def page_of(site: Site, user: User, width: int = 1280, height: int = 900, script: bool = True) -> Iterator[Page]:
    """A page in a browser in which the user is signed in."""
    screen = {"width": width, "height": height}
    with serve(site.engine, site.now, site.tmp) as served:
        page = open_page(site.browser, served, user, viewport=screen, java_script_enabled=script, locale="nl-NL")
        yield page
        page.context.close()


class Thumb:
    """Types and taps, and counts both."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.taps, self.fields = page, 0, 0, 0

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=False).first
        field.fill("")
        field.press_sequentially(text)
        self.keys, self.taps, self.fields = self.keys + len(text), self.taps + 1, self.fields + 1

    def tap(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.taps += 1

    @property
    def seconds(self) -> float:
        return self.keys * SECONDS_A_KEY + self.taps * SECONDS_A_TAP


@pytest.mark.parametrize("script", [True, False])
def test_a_contact_is_logged_in_under_a_minute_on_a_phone(site: Site, script: bool) -> None:
    with page_of(site, site.cast.lobbyist, 390, 844, script) as page:
        page.goto(f"/dossiers/{site.dossier.id}")
        thumb = Thumb(page)
        thumb.tap("Contact vastleggen", "link")
        thumb.write("Organisatie", "Ministerie VRO")
        thumb.write("Functie", "directeur Wonen")
        thumb.write("Wat hebt u ingebracht?", "Waarborg voor warmte gevraagd")
        thumb.write("Reactie", "Komt erop terug")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390 if script else True
        assert page.locator("form#contact :required").count() == 2
        thumb.tap("Leg vast")
        page.wait_for_url("**/contacten/*")
        assert page.get_by_text("Waarborg voor warmte gevraagd").is_visible()
    with reading(site.engine) as session:
        kept = session.exec(select(ContactMoment)).one()
    assert (kept.dossier_id, kept.day) == (site.dossier.id, date(2026, 5, 29))
    print(f"{thumb.fields} fields, {thumb.keys} keystrokes, {thumb.taps} taps: {thumb.seconds:.0f} s")
    assert thumb.fields <= 4
    assert thumb.seconds < 60


def test_a_contact_takes_four_taps_and_three_typed_fields_on_a_phone_and_is_for_the_own_organisation(
    site: Site,
) -> None:
    typed = (
        ("Organisatie", "Ministerie VRO"),
        ("Functie", "directeur Wonen"),
        ("Wat hebt u ingebracht?", "Waarborg gevraagd"),
    )
    with page_of(site, site.cast.lobbyist, 390, 844) as page:
        page.goto(f"/dossiers/{site.dossier.id}")
        taps = 0
        for step in ("Contact vastleggen", *(label for label, _ in typed), "Leg vast"):
            field = page.get_by_label(step, exact=False).first if step in dict(typed) else None
            if field is None:
                page.locator(f"main :is(a, button):text-is('{step}')").first.click()
                taps += 1
                continue
            if not field.evaluate("field => field === document.activeElement"):  # the first has the cursor already
                field.click()
                taps += 1
            page.keyboard.type(dict(typed)[step])
        page.wait_for_url("**/contacten/*")
    with reading(site.engine) as session:
        kept = session.exec(select(ContactMoment)).one()
    assert (kept.dossier_id, kept.day, kept.visibility) == (site.dossier.id, date(2026, 5, 29), "own")
    assert (taps, len(typed)) == (4, 3)


def test_the_phone_is_told_who_was_there_as_soon_as_the_office_is_named(site: Site) -> None:
    from tracker.lobby.contacts import ContactFields, Office, log_contact

    with writing(site.engine) as session:
        haarlem = session.get_one(User, site.cast.haarlem.id)
        log_contact(
            Deed(session, haarlem, site.now),
            ContactFields(date(2026, 5, 20), "x", visibility="mra"),
            Office("Ministerie VRO", "directeur Wonen"),
        )
    with page_of(site, site.cast.lobbyist, 390, 844, script=False) as page:
        page.goto("/contacten/nieuw")
        page.get_by_label("Organisatie", exact=True).fill("ministerie vro")
        page.get_by_label("Functie").fill("Directeur wonen")
        page.get_by_role("button", name="Kijk wie er al was").click()
        assert page.get_by_text("lobbyist haarlem (Haarlem)").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_that_a_partner_was_there_is_said_before_the_contact_is_kept(site: Site, script: bool) -> None:
    from tracker.lobby.contacts import ContactFields, Office, log_contact

    with writing(site.engine) as session:
        haarlem = session.get_one(User, site.cast.haarlem.id)
        office = Office("Ministerie VRO", "directeur Wonen")
        log_contact(Deed(session, haarlem, site.now), ContactFields(date(2026, 5, 20), "x", visibility="own"), office)
    with page_of(site, site.cast.lobbyist, 390, 844, script) as page:
        page.goto("/contacten/nieuw")
        page.get_by_label("Organisatie", exact=True).fill("ministerie vro")
        page.get_by_label("Functie").fill("Directeur wonen")
        page.get_by_label("Wat hebt u ingebracht?").fill("Waarborg gevraagd")
        if script:
            page.get_by_text("Iemand van Haarlem was er dit kwartaal").wait_for()
        else:
            page.get_by_role("button", name="Leg vast").click()
            assert page.get_by_text("Nog niet bewaard").first.is_visible()
            assert page.get_by_text("Iemand van Haarlem was er dit kwartaal").is_visible()
        page.get_by_role("button", name="Leg vast").click()
        page.wait_for_url("**/contacten/*?*")
        assert page.get_by_text("Waarborg gevraagd").first.is_visible()
    with reading(site.engine) as session:
        assert len(session.exec(select(ContactMoment)).all()) == 2


def test_a_field_that_waits_is_red_only_after_an_attempt_to_send(site: Site) -> None:
    look = "field => [getComputedStyle(field).borderColor, getComputedStyle(field).boxShadow].join()"
    with page_of(site, site.cast.coordinator) as page:
        page.goto("/contacten/nieuw")
        message, reply = page.locator("[name=message]"), page.locator("[name=reply]")
        page.keyboard.type("Ministerie VRO")
        page.keyboard.press("Tab")
        message.hover()
        waiting = message.evaluate(look)
        page.mouse.move(0, 0)
        assert waiting == message.evaluate(look) == reply.evaluate(look)
        page.get_by_role("button", name="Leg vast").click()
        page.mouse.move(0, 0)
        assert message.evaluate(look) != waiting
        page.goto("/contacten")
        both = '<select class="ams-select"></select><select class="ams-select" required><option value="">kies</select>'
        page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", both)
        free, asked = page.locator("main > select").all()
        assert asked.evaluate(look) == free.evaluate(look)


def test_a_note_typed_at_a_meeting_is_kept_on_going_on_and_asked_after_on_going_away(site: Site) -> None:
    with writing(site.engine) as session:
        cast = site.cast
        dossier = session.get_one(Dossier, site.dossier.id)
        dossier.lobbyist_id = None
        stages.start(Deed(session, session.get_one(User, cast.lobbyist.id), site.now), cast.call)
    with page_of(site, site.cast.lobbyist) as page:
        page.goto("/overleg")
        page.get_by_role("button", name="Begin").first.click()
        page.wait_for_url("**/punten/*")
        first = page.url.split("?")[0]
        hint = page.locator(".judge__hint").inner_text()
        offered = page.locator("[data-focus]").evaluate_all("all => all.map(each => each.dataset.focus)")
        assert [key for key in "tvgbnp" if f" {key} " in hint] == [key for key in "tvgbnp" if key in offered]
        page.keyboard.press("?")
        page.get_by_role("link", name="Terug naar het overleg").click()
        page.wait_for_url(lambda url: url.split("?")[0] == first)  # a key before the page stands goes nowhere
        page.keyboard.press("n")
        page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
        page.keyboard.type("Wethouder belt eerst")
        page.keyboard.press("Escape")
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        with page.expect_event("dialog"):
            page.keyboard.press("o")
        assert (asked, page.url.split("?")[0]) == (["beforeunload"], first)
        page.keyboard.press(" ")
        page.wait_for_url(lambda url: url.split("?")[0] != first)
        page.goto(first.split("/punten")[0])
        assert page.get_by_text("Wethouder belt eerst").is_visible()


def test_after_choosing_what_followed_an_ended_organisation_the_link_goes_there(site: Site) -> None:
    with writing(site.engine) as session:
        load_organisations(session, site.now)
    with page_of(site, site.cast.lobbyist) as page:
        page.goto("/contacten/nieuw?organisation=KGG")
        about = page.get_by_role("link", name="Alles over")
        assert [link.inner_text() for link in about.all()] == ["Alles over Ministerie van Economische Zaken en Klimaat"]
        page.get_by_label("toch Ministerie van Klimaat en Groene Groei").check()
        assert [link.inner_text() for link in about.all()] == ["Alles over Ministerie van Klimaat en Groene Groei"]


def test_a_position_is_adopted_and_succeeded(site: Site) -> None:
    for number, text, day in ((1, "Eerste tekst", "2026-05-01"), (2, "Tweede tekst", "2026-05-20")):
        with page_of(site, site.cast.coordinator) as page:
            page.goto(f"/dossiers/{site.dossier.id}/standpunten")
            page.get_by_label("Openbare tekst").fill(text)
            page.get_by_role("button", name="Bewaar concept").click()
            page.get_by_role("link", name="Besluit van een MRA-gremium vastleggen").click()
            page.get_by_label("Besluit", exact=True).fill(f"B-{number}")
            page.get_by_label("Vastgesteld op").fill(day)
            page.get_by_label("Geldt vanaf").fill(day)
            page.get_by_role("button", name="Leg voor aan een tweede mens").click()
            page.get_by_text("Bewaard.").wait_for()
        with page_of(site, site.cast.second) as page:
            page.goto(f"/dossiers/{site.dossier.id}/standpunten")
            page.get_by_role("button", name="Bevestig dit besluit").click()
            page.get_by_text("Bewaard.").wait_for()
            page.get_by_label("Wat zeiden wij op").fill("2026-05-10")
            page.get_by_role("button", name="Toon").click()
            assert page.locator("blockquote").inner_text() == "Eerste tekst"
    with page_of(site, site.cast.coordinator) as page:
        page.goto(f"/dossiers/{site.dossier.id}/standpunten")
        assert page.get_by_role("heading", name="Standpunt 2: MRA-standpunt").is_visible()
        assert page.get_by_role("heading", name="Standpunt 1: opgevolgd standpunt").is_visible()
    with reading(site.engine) as session:
        states = [(p.number, p.state, p.ended_on) for p in session.exec(select(Position).order_by(Position.number))]
    assert states == [(1, PositionState.ADOPTED, date(2026, 5, 20)), (2, PositionState.ADOPTED, None)]


def test_a_sign_off_with_one_objector(site: Site) -> None:
    with writing(site.engine) as session:
        dossier, by = session.get_one(Dossier, site.dossier.id), session.get_one(User, site.cast.lobbyist.id)
        for kind, name, party in ((PartyKind.PARTICIPANT, "", "haarlem"), (PartyKind.KNOWLEDGE, "Hogeschool", "")):
            coalition.join(Deed(session, by, site.now), dossier, name, kind, date(2026, 5, 1), party)
    address = f"/dossiers/{site.dossier.id}/coalitie"
    with page_of(site, site.cast.lobbyist) as page:
        page.goto(address)
        page.get_by_text("Afstemronde openen").click()
        page.get_by_label("Waarop vraagt u akkoord?").fill("Akkoord met de brief?")
        page.get_by_role("button", name="Open ronde").click()
        page.get_by_label("Partij", exact=True).select_option(label="Hogeschool")
        page.get_by_role("button", name="Leg vast").click()
        assert page.get_by_text("nog niets gehoord van Haarlem").is_visible()
    with page_of(site, site.cast.haarlem) as page:
        page.goto(address)
        page.get_by_label("Houding", exact=True).select_option(label="bezwaar")
        page.get_by_role("button", name="Leg vast").click()
        page.get_by_text("Schrijf in één zin waarom.").first.wait_for()
        page.get_by_label("In eigen woorden").fill("Eerst een toets")
        page.get_by_role("button", name="Leg vast").click()
        page.get_by_text("Nog geen overeenstemming: bezwaar van Haarlem").wait_for()
        page.goto("/")
        assert page.get_by_text("Haarlem tegenover MRA-lijn").is_visible()


def test_an_application_goes_from_signal_to_decision(site: Site) -> None:
    with page_of(site, site.cast.lobbyist) as page:
        page.goto(f"/regelingen/{site.cast.call.id}")
        page.get_by_role("button", name="Start aanvraag").click()
        page.get_by_role("button", name="Naar ‘verkennen’").click()
        page.get_by_role("button", name="Naar ‘go/no-go’").click()
        page.get_by_role("heading", name="Go of no-go").wait_for()
        page.get_by_text("Penvoerder kiezen").click()
        page.locator("select[name=lead]").select_option(label="Haarlem")
        page.get_by_role("button", name="Kies penvoerder").click()
        page.get_by_text("Bewaard.").wait_for()
        for check in Check:
            page.locator(f"input[name={check.value}][value=yes]").check()
        page.get_by_role("button", name="Go", exact=True).click()
        page.get_by_role("button", name="Naar ‘ingediend’").wait_for()
        page.get_by_text("Bedragen, kans en staatssteun").click()
        page.get_by_label("Gevraagd bedrag").fill("250.000")
        page.get_by_label("Staatssteungrond").select_option(label="geen staatssteun")
        page.get_by_role("button", name="Bewaar bedragen").click()
        page.get_by_role("button", name="Naar ‘ingediend’").click()
        page.get_by_label("Toegekend bedrag").fill("240.000")
        page.get_by_label("Beschikkingsnummer").fill("WIS-26-1")
        page.get_by_role("button", name="Leg besluit vast").click()
        page.get_by_text("beschikking WIS-26-1").wait_for()
    with reading(site.engine) as session:
        found = session.exec(select(Application)).one()
        assert session.get_one(Dossier, found.dossier_id).stage == ApplicationStage.AWARDED
    assert found.lead_id == "haarlem"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_is_wider_than_the_screen_or_grumbles(site: Site, width: int) -> None:
    with page_of(site, site.cast.coordinator, width) as page:
        grumbles: list[str] = []
        page.on("console", lambda message: grumbles.append(message.text) if message.type == "error" else None)
        d = site.dossier.id
        for path in (
            "/dossiers",
            f"/dossiers/{d}",
            f"/dossiers/{d}/standpunten",
            f"/dossiers/{d}/coalitie",
            f"/dossiers/{d}/krachtenveld",
            "/dossiers/nieuw",
            "/contacten",
            "/contacten/nieuw",
            "/momenten",
            "/aanvragen",
            "/aanvragen/cofinanciering",
            "/lobbyagenda/2026",
        ):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert [g for g in grumbles if "favicon" not in g] == []
