"""What people do, in a real browser: with keyboard, without JavaScript, on a phone, and held against WCAG by axe."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect
from sqlmodel import col, delete, func, select

from db.models import Call, Challenge, Deadline, Delivery, Subscription, Verdict
from db.session import reading, writing
from db.vocabulary import DeadlineKind
from notifications.links import Links
from tests.make.addresses import page_addresses, plant
from tests.make.browser import AXE, Served, chromium, open_page, serve_world
from tests.make.looks import AXE_LOOKS, PALE, looked_at, validated
from tracker.mailing.keys import signing_keys

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path, now: datetime) -> Iterator[Served]:
    with serve_world(tmp_path_factory.mktemp("browser"), sqlite_world, now) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_signing_in_by_the_link_in_the_mail(browser: Browser, served: Served) -> None:
    page = open_page(browser, served)
    page.goto("/regelingen/3")
    page.get_by_label("E-mailadres van uw werk").fill("coordinator@amsterdam.nl")
    page.get_by_role("button", name="Stuur mij een link").click()
    expect(page.get_by_role("heading", name="Kijk in uw mail")).to_be_visible()
    with reading(served.engine) as session:
        mail = session.exec(
            select(Delivery).where(Delivery.kind == "sign_in").order_by(col(Delivery.id).desc())
        ).first()
    assert mail is not None
    sent = Links(served.address, signing_keys(served.settings)).completed(mail.key, mail.text)
    link = re.search(r"http\S+/inloggen/link/\S+", sent)
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/regelingen/3$"))
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("status")).to_have_text("U bent uitgelogd.")


def test_ten_calls_are_judged_by_keyboard_alone(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "lobbyist")
    page.goto("/beoordelen")
    seen = []
    for key in ("1", "3", "a", "b", "1", "c", "3", "h", "1", "i"):
        seen.append(page.locator("#regeling").inner_text())
        with page.expect_navigation():
            page.keyboard.press(key)
    assert len(set(seen)) == 10
    mine = select(func.count()).select_from(Verdict).where(Verdict.user_id == served.people["lobbyist"].id)
    standing = mine.where(col(Verdict.undone_at).is_(None))
    with reading(served.engine) as session:
        assert session.exec(standing).one() == 10
    with page.expect_navigation():
        page.keyboard.press("u")
    with reading(served.engine) as session:
        assert session.exec(standing).one() == 9


def test_a_key_outside_the_queue_does_nothing(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator")
    page.goto("/beoordelen")
    title = page.locator("#regeling").inner_text()
    page.get_by_role("link", name="Kansenradar MRA").focus()
    page.keyboard.press("1")
    page.wait_for_timeout(200)
    assert page.locator("#regeling").inner_text() == title


def test_a_filter_found_while_typing_is_saved_as_a_subscription(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator")
    page.goto("/regelingen")
    page.get_by_label("Zoekwoorden").press_sequentially("fietsparkeren")
    expect(page.locator("#uitkomst")).to_contain_text("3 regelingen")
    expect(page).to_have_url(re.compile("text=fietsparkeren"))
    page.get_by_role("link", name="Bewaar als abonnement").click()
    page.get_by_label("Naam").fill("Fiets")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("link", name="Fiets")).to_be_visible()
    with reading(served.engine) as session:
        assert (
            session.exec(select(Subscription).where(Subscription.name == "Fiets")).one().filter["text"]
            == "fietsparkeren"
        )


def test_an_opgave_shows_what_new_words_would_find_while_they_are_typed(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator")
    page.goto("/opgaven/A20-2-cultuur/wijzigen")
    before = page.locator("#proef").inner_text()
    words = page.get_by_label("Woorden, Nederlands")
    words.fill("warmtenetten")
    expect(page.locator("#proef")).to_contain_text("Warmtenetten Investeringssubsidie")
    assert page.locator("#proef").inner_text() != before
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard")
    with reading(served.engine) as session:
        assert session.get_one(Challenge, "A20-2-cultuur").words_nl == ["warmtenetten"]


def _added(page: Page, title: str, where: str) -> str:
    page.goto("/regelingen/nieuw")
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Adres bij de verstrekker").fill(where)
    page.get_by_label("Sluit", exact=False).first.fill("2026-09-01")
    page.get_by_role("button", name="Voeg toe").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    return page.url.split("?")[0]


def test_a_deadline_is_corrected_and_two_calls_are_joined(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator")
    first = _added(page, "Kustverdediging ronde een", "https://voorbeeld.nl/kust/1")
    second = _added(page, "Kustverdediging ronde een (kopie)", "https://voorbeeld.nl/kust/2")
    page.get_by_role("link", name="Corrigeer een veld of termijn").click()
    page.get_by_label("Wat klopt niet").select_option("closes")
    page.get_by_label("Datum").fill("2026-10-15")
    page.get_by_label("Uur", exact=False).first.fill("12:00")
    page.get_by_label("Hoe weet u dit").fill("gebeld met het loket")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator("main")).to_contain_text("donderdag 15 oktober 2026, 12:00")
    page.goto(f"{second}/samenvoegen")
    page.get_by_role("radio", name="Kustverdediging ronde een").first.check()
    page.get_by_role("button", name="Voeg samen").click()
    expect(page).to_have_url(re.compile(re.escape(first)))
    page.goto(second)
    expect(page).to_have_url(first)


def test_held_calls_are_released(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator")
    page.goto("/bronnen")
    while page.get_by_role("button", name="Geef vrij").count():
        page.get_by_role("button", name="Geef vrij").first.click()
        page.wait_for_load_state()
    with reading(served.engine) as session:
        assert session.exec(select(func.count()).select_from(Call).where(Call.held)).one() == 0


def test_everything_goes_without_javascript(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator", java_script_enabled=False)
    page.goto("/beoordelen")
    page.get_by_role("button", name="Relevant").click()
    expect(page.get_by_role("button", name="Maak ongedaan")).to_be_visible()
    page.goto("/regelingen")
    page.get_by_label("Zoekwoorden").fill("warmtenetten")
    page.get_by_role("button", name="Zoek", exact=True).click()
    expect(page.locator("#uitkomst")).to_contain_text("Warmtenetten")
    page.goto("/opgaven/A20-2-wonen/wijzigen")
    page.get_by_role("button", name="Toon wat dit vindt").click()
    expect(page.locator("#proef")).to_contain_text("met deze woorden")


def test_on_a_phone_what_matters_of_a_call_and_of_the_meetings_needs_no_sideways_scrolling(
    browser: Browser, served: Served
) -> None:
    page = open_page(browser, served, "coordinator", viewport={"width": 390, "height": 844})
    wider = "[...document.querySelectorAll('.ams-table')].filter(t => t.scrollWidth > t.clientWidth).length"
    for where in ("/regelingen/3", "/kalender/vergaderingen"):
        page.goto(where)
        assert page.evaluate(wider) == 0, where
    assert page.evaluate("document.documentElement.scrollHeight") < 844 * 4
    own, other = "Het college van Amsterdam", "Het college van Zaanstad"
    expect(page.get_by_role("link", name=own)).to_be_visible()
    expect(page.get_by_role("link", name=other)).to_be_hidden()
    page.get_by_text("van andere deelnemers").first.click()
    expect(page.get_by_role("link", name=other)).to_be_visible()
    page.goto("/kalender")
    expect(page.locator(".day--today")).to_be_in_viewport()
    page.goto("/regelingen/3")
    dates = page.locator(".table--stack td.figure").first
    assert dates.evaluate("cell => getComputedStyle(cell).whiteSpace") == "normal", "a long date goes on below"


@pytest.mark.parametrize("width", [1280, 390])
def test_no_title_of_the_timeline_runs_into_the_bars(browser: Browser, served: Served, width: int) -> None:
    page = open_page(browser, served, "coordinator", viewport={"width": width, "height": 900})
    page.goto("/kalender?view=kwartalen")
    page.locator("svg.timeline").scroll_into_view_if_needed()
    left = "Math.min(...[...document.querySelectorAll('.timeline__quarter')].map(q => q.getBoundingClientRect().left))"
    titles = page.locator("svg.timeline .timeline__title")
    assert titles.count() > 5
    first = page.evaluate(left)
    boxes = [box for box in map(Locator.bounding_box, titles.all()) if box]
    assert [box for box in boxes if box["x"] + box["width"] > first] == []
    longest = max(titles.all_text_contents(), key=len)
    assert len(longest) > 50
    expect(page.locator("svg.timeline a", has_text=longest).locator("title").first).to_have_text(longest)


def test_when_a_call_ends_stands_beside_its_title_also_where_that_is_said_in_words(
    browser: Browser, served: Served
) -> None:
    with writing(served.engine) as session:
        for number, kind in ((3, DeadlineKind.ROLLING), (4, DeadlineKind.UNTIL_EXHAUSTED)):
            session.execute(delete(Deadline).where(col(Deadline.call_id) == number))
            session.add(Deadline(call_id=number, kind=kind, zone="Europe/Amsterdam", modified_at=served.now))
    page = open_page(browser, served, "coordinator")
    over = """boxes => boxes.flatMap((box) => [...box.children].filter((child) => {
      const words = document.createRange();
      words.selectNodeContents(child);
      return words.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
    }).map((child) => child.textContent))"""
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/regelingen?status=open")
        ends = page.locator(".call__when")
        assert {"doorlopend open", "tot het budget op is"} & set(ends.locator("b").all_inner_texts())
        assert ends.evaluate_all(over) == [], width


def test_on_paper_nothing_is_cut_off_or_left_folded(browser: Browser, served: Served) -> None:
    page = open_page(browser, served, "coordinator", viewport={"width": 680, "height": 900})  # A4 between its margins
    page.emulate_media(media="print")
    for where in (
        "/opgaven",
        "/opgaven/witte-vlekken",
        "/opgaven/A20-1-circulair",
        "/bronnen",
        "/momenten",
        "/dossiers",
    ):
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth") <= 680, where
    page.goto("/momenten")
    assert page.locator("main table").evaluate("table => getComputedStyle(table).breakInside") == "auto", (
        "else page 1 is empty"
    )
    expect(page.get_by_role("link", name="Excel")).to_be_hidden()
    page.goto("/kalender/vergaderingen")
    expect(page.get_by_role("link", name="Het college van Zaanstad")).to_be_visible()
    expect(page.get_by_text("Kerstvakantie").first).to_be_visible()
    expect(page.get_by_role("button", name="Voeg toe")).to_be_hidden()
    page.goto("/regelingen?text=warmtenetten")
    expect(page.locator(".call__title").first).to_be_visible()
    page.goto("/kalender")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) <= 2, "one sheet; a month that is full goes on to a second"
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1 || getComputedStyle(one).overflow !== 'visible')"
    assert page.locator(".day__entries .entry").evaluate_all(cut) == []
    assert (
        page.locator(".day__entries .entry a").evaluate_all(cut.replace("scrollWidth > one.clientWidth + 1", "hidden"))
        == []
    )
    [box] = set(re.findall(rb"/MediaBox \[([\d. ]+)\]", sheet))
    wide, high = map(float, box.split()[2:])
    assert wide > high, "the wall calendar lies down"


def test_words_in_drawings_stand_out_from_the_page(browser: Browser, served: Served) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core: run 'make setup'")
    with writing(served.engine) as session:
        plant(session, served.settings, served.now)
    page = open_page(browser, served, "administrator")
    for where in ("/kalender/beelden", "/kalender?view=kwartalen"):
        page.goto(where)
        assert looked_at(page, where) == []
        words = page.locator("svg text")
        words.first.evaluate("text => { text.style.fill = '#999' }")
        assert words.count() > 1
        assert len(page.evaluate(PALE)) == 1


@pytest.mark.long
@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_for_everybody(browser: Browser, served: Served, half: int, tmp_path: Path) -> None:
    """Each page once: axe wide in light and at 200 %, or in the dark and on a phone, in turn; no overflow, no
    complaint, valid HTML."""
    assert_for_everybody(browser, served, half, tmp_path, in_turn=True)


@pytest.mark.prove
@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_for_everybody_at_every_look(browser: Browser, served: Served, half: int, tmp_path: Path) -> None:
    assert_for_everybody(browser, served, half, tmp_path, in_turn=False)


def assert_for_everybody(browser: Browser, served: Served, half: int, tmp_path: Path, in_turn: bool) -> None:
    """Of all addresses every other one, each at all looks or at two of them in turn."""
    if not AXE.exists():
        pytest.skip("no axe-core: run 'make setup'")
    with writing(served.engine) as session:
        gaps = plant(session, served.settings, served.now)
    complaints: list[str] = []
    inside, outside = (open_page(browser, served, role) for role in ("administrator", ""))
    for page in (inside, outside):
        page.on("console", lambda message: complaints.extend(_said(message)))
    for number, (where, signed_out) in list(enumerate(page_addresses(gaps)))[half::2]:
        page = outside if signed_out else inside
        answer = page.goto(where)
        assert answer is not None
        right = {"/bestaat-niet": 404, "/regelingen?status=nee": 422}.get(where, 200)
        complaints += [] if answer.status == right else [f"{where}: {answer.status}"]
        (tmp_path / f"{number}.html").write_text(f"<!-- {where} -->{answer.text()}", "utf-8")
        looks = (AXE_LOOKS[0::3], AXE_LOOKS[1:3])[number // 2 % 2] if in_turn else AXE_LOOKS
        complaints += looked_at(page, where, looks)
    assert not complaints, "\n".join(complaints)
    assert validated(tmp_path) == ""


def _said(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" and "Failed to load" not in message.text else []
