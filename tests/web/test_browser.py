"""What people do, in a real browser: with keyboard, without JavaScript, on a phone, and held against WCAG by axe."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect
from sqlmodel import col, delete, func, select

from db.models import Call, Challenge, Deadline, Delivery, Subscription, Verdict
from db.session import reading, writing
from db.vocabulary import DeadlineKind
from notifications.links import Links
from tests.make.addresses import page_addresses, plant
from tests.make.browser import AXE, ROOT, Served, chromium, open_page, serve_world
from tracker.mailing.keys import signing_keys

pytestmark = pytest.mark.slow
SHOTS = ROOT / "tests" / "output" / "pages"  # make this folder to get a picture of each page


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
        assert _looked_at(page, where) == []
        words = page.locator("svg text")
        words.first.evaluate("text => { text.style.fill = '#999' }")
        assert words.count() > 1
        assert len(page.evaluate(PALE)) == 1


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_for_everybody(browser: Browser, served: Served, half: int, tmp_path: Path) -> None:
    """Each page once: axe wide, on a phone and at 200 %, in light and dark, no overflow, no complaint, valid HTML."""
    if not AXE.exists():
        pytest.skip("no axe-core: run 'make setup'")
    with writing(served.engine) as session:
        gaps = plant(session, served.settings, served.now)
    complaints: list[str] = []
    inside, outside = (open_page(browser, served, role) for role in ("administrator", ""))
    for page in (inside, outside):
        page.on("console", lambda message: complaints.extend(_said(message)))
    for number, (where, signed_out) in enumerate(page_addresses(gaps)):
        if number % 2 == half:
            page = outside if signed_out else inside
            answer = page.goto(where)
            assert answer is not None
            right = {"/bestaat-niet": 404, "/regelingen?status=nee": 422}.get(where, 200)
            complaints += [] if answer.status == right else [f"{where}: {answer.status}"]
            (tmp_path / f"{number}.html").write_text(f"<!-- {where} -->{answer.text()}", "utf-8")
            complaints += _looked_at(page, where)
    assert not complaints, "\n".join(complaints)
    assert _validated(tmp_path) == ""


def _said(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" and "Failed to load" not in message.text else []


def _looked_at(page: Page, where: str) -> list[str]:
    wrong = []
    name = re.sub(r"\W+", "_", where).strip("_")[:60] or "vandaag"
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{where} is wider than {width}")
        wrong += [f"{where} at {width}: {what}" for what in page.evaluate(HIDDEN)]
        if SHOTS.is_dir():
            page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    page.evaluate(UNROLL)
    page.evaluate(AXE.read_text("utf-8"))
    for width, scheme, kinds, only in AXE_LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(RUN_AXE, only)
        wrong += [f"{where} {width} {scheme} is too pale: {text}" for text in page.evaluate(PALE)]
        for kind in kinds:
            for one in found[kind]:
                wrong += [f"{where} {width} {scheme} {kind} {one['id']}: {text}"] if (text := _nodes(one)) else []
    page.emulate_media(color_scheme="light")
    return wrong


# 1280 pixels at 200 % are 640. What axe cannot tell is looked at where the whole page is wide: in a narrow one the
# columns of a table that scrolls lie under its edge, and their colour is the same. In the dark only colours differ, and
# between a phone and a wide page only what a width does: every rule twice would take half as long again.
OF_COLOUR, OF_WIDTH = ["color-contrast", "link-in-text-block"], ["target-size", "scrollable-region-focusable"]
AXE_LOOKS: tuple[tuple[int, Literal["light", "dark"], tuple[str, ...], list[str]], ...] = (
    (1280, "light", ("violations", "incomplete"), []),
    (1280, "dark", ("violations", "incomplete"), OF_COLOUR),
    (390, "light", ("violations",), []),
    (640, "light", ("violations",), OF_WIDTH),
)


# What cannot be reached: an entry of the menu off the screen, or a table that goes on at the side and does not say so.
HIDDEN = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const off = [...document.querySelectorAll('.menu a')].filter((a) => a.getBoundingClientRect().right > innerWidth);
  const silent = [...document.querySelectorAll('.ams-table')].filter((box) =>
    box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box, '::before').content === 'none');
  return [...off.map((a) => `${a.textContent} is off the screen`), ...silent.map(() => 'a table goes on in silence')];
}"""
# The frame of a mail runs nothing, axe neither; tests/letters/test_every_mail.py looks at mails by themselves.
RUN_AXE = """only => axe.run(document, {
    resultTypes: ['violations', 'incomplete'],
    ...(only.length ? {runOnly: only} : {rules: {'frame-tested': {enabled: false}, 'target-size': {enabled: true}}}),
})"""
# What is cut off at the edge of a box that scrolls has no colour that axe can tell: show it whole.
UNROLL = "document.querySelectorAll('.scroll').forEach(box => { box.style.maxBlockSize = 'none' })"
# Reviewed 2026-11-24: axe cannot judge the contrast of a sign or a number on stripes. Ours are decoration beside words
# (aria-hidden), in the colour of those words, which axe did judge.
# And it measures words that only a screen reader gets as if they were seen.
# Reviewed 2026-11-30: a drawing is an image to axe, so that it can tell of no word in one; PALE does.
REVIEWED = re.compile(
    r'aria-hidden="true">\S{1,2}</|>[^<]+<span class="ams-visually-hidden">|^<text |^<div class="(timeline__title|load__name)'
)
# The words in drawings that stand out too little from the ground of the page.
PALE = """() => {
  const words = [...document.querySelectorAll('svg text, svg foreignObject *')];
  if (words.length === 0) return [];
  const { Color, getContrast } = axe.commons.color;
  const colour = (said) => { const made = new Color(); made.parseString(said); return made; };
  const grounds = [document.body, document.documentElement].map((one) => getComputedStyle(one).backgroundColor);
  const ground = colour(grounds.find((one) => colour(one).alpha === 1));
  const said = (word) => getComputedStyle(word)[word.matches('text') ? 'fill' : 'color'];
  return words.filter((word) => getContrast(ground, colour(said(word))) < 4.5).map((word) => word.outerHTML);
}"""


def _nodes(found: dict[str, object]) -> str:
    nodes = found["nodes"]
    assert isinstance(nodes, list)
    left = [node for node in nodes if found["id"] != "color-contrast" or not REVIEWED.search(node["html"])]
    said = [(node["html"][:120], [a.get("message", "")[:90] for a in node["any"]]) for node in left[:3]]
    return json.dumps(said) if said else ""


def _validated(folder: Path) -> str:
    validator = ROOT / "node_modules" / ".bin" / "html-validate"
    if not validator.exists():
        pytest.skip("no html-validate: run 'make setup'")
    (folder / ".htmlvalidate.json").write_text(
        '{"root": true, "extends": ["html-validate:standard"], "rules": {"long-title": "off"}}'
    )
    outcome = subprocess.run(
        [validator, "--formatter", "text", str(folder)], capture_output=True, text=True, cwd=folder, check=False
    )
    return outcome.stdout.replace(str(folder), "")
