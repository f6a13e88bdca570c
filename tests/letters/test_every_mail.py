"""Every kind of mail as the mail library leaves it: laid out by tables alone, light, and fit for the dark."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine

from db.models import Call
from db.queries import CallFilter
from db.session import reading, writing
from db.vocabulary import ToldKind
from notifications import due_today
from notifications.catalogue import CatalogueCall, Change, read_catalogue
from notifications.digest import Coverage, Digest, Item, Reason, SubscriptionQuery
from notifications.digest_extras import DigestExtras, FollowedDossier, InDoubt
from notifications.due_today import AgendaLine, DueToday
from notifications.letter import AlertLine, Sender, Writer
from notifications.links import Links
from notifications.message import Addressee, Letter, as_bytes
from notifications.places import DecisionWindow, Place
from notifications.plain_letter import TEMPLATES, plain_letter, sign_in
from tests.make.browser import AXE, chromium
from tests.make.mail_cases import make_agenda, make_call
from tests.make.word_engine import as_word_shows, word_faults

pytestmark = pytest.mark.one_database  # it only reads
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
TO = Addressee(1, "Jan", "jan@haarlem.example")
MOVED = Change(2, "closes", [{"day": "2026-11-01", "hour": "17:00"}], [{"day": "2026-12-01", "hour": "17:00"}], NOW)
TITLE = "Facilitating implementation of actionable solutions for climate adaptation of regions and local authorities"


@pytest.fixture
def call(engine: Engine) -> CatalogueCall:
    make_agenda(engine)
    number = make_call(
        engine, NOW, TITLE, eligible="self", programme=["Horizon Europe"], language="en",
        type_of_action="HORIZON Innovation Actions", publisher="Europese Commissie",
        budget=5_000_000, max_amount=5_000_000,
    )  # fmt: skip
    with writing(engine) as session:
        session.get_one(Call, number).particulars = {"expected_grants": 1}
    with reading(engine) as session:
        return replace(read_catalogue(session, NOW, 0.5).calls[number], code="HORIZON-MISS-2026-01-CLIMA-02")


@pytest.fixture
def writer() -> Writer:
    return Writer(Links("https://kansenradar.example", (b"key",)), Sender("k@haarlem.example", "Haarlem"), NOW)


def items(call: CatalogueCall, lines: int) -> Iterator[Item]:
    """Six to choose from, some of every other place, and as many lines of ours as asked for."""
    reason = Reason("klimaat", "Klimaatadaptatie", ("“climate adaptation of regions and local authorities”",), (), 0.9)
    places = [*[Place.CHOOSE] * 6, *[Place.OURS] * lines, *Place]
    window = DecisionWindow(date(2026, 6, 9))
    for number, place in enumerate(places):
        kind = {Place.CHANGED: ToldKind.CHANGED, Place.GONE: ToldKind.GONE}.get(place, ToldKind.NEW)
        changes = (MOVED,) if place is Place.CHANGED else ()
        each = replace(call, id=number + 1, umbrella="One call" if number % 3 else "")
        yield Item(each, kind, (reason,), number == 5, changes, place, window)


def digest_of(call: CatalogueCall, writer: Writer, lines: int = 25, due: DueToday | None = None) -> Letter:
    """A digest with everything that can stand in one, as much of it as fits."""
    named = tuple(sorted(items(call, lines), key=lambda item: list(Place).index(item.place)))
    coverage = Coverage(24, 23, ("rvo",), NOW, 2)
    digest = Digest(NOW, named, (SubscriptionQuery(1, "Klimaat", CallFilter()),), coverage,
                    frozenset({900}), frozenset({901}), (replace(call, id=902),))  # fmt: skip
    lobby = (AgendaLine(date(2026, 5, 20), "Toezegging afhandelen", "", "/contacten/1", overdue=True),)
    lost = (InDoubt(date(2026, 5, 28), "/abonnementen/overzicht/3"),)
    followed = (FollowedDossier("Warmte", "/dossiers/1", lobby),)
    extras = DigestExtras(lobby, lost, {1: "aanvraag: in voorbereiding (Haarlem)"}, due or DueToday(), (), followed)
    return writer.digest(writer.fitted(digest, extras), TO, extras)


def due_of(call: CatalogueCall) -> DueToday:
    """One of everything that can be due on a day."""
    due = call.next_due
    assert due is not None
    calls = (
        due_today.near(call, due, NOW, ()), due_today.moved(call, due, "1 november 2026", NOW, ()),
        due_today.vanished(Item(call, ToldKind.GONE, followed=True)), due_today.next_round(call, 3, NOW),
    )  # fmt: skip
    lines = (
        AgendaLine(date(2026, 6, 9), "Go/no-go", call.title, "/kalender/klok/1"),
        AgendaLine(
            date(2026, 5, 28), "Toezegging afhandelen", "", "/contacten/1", overdue=True, why="U bent eigenaar."
        ),
    )
    return DueToday(calls, lines)


def every_mail(call: CatalogueCall, writer: Writer) -> dict[str, Letter]:
    """One of each kind, by the folder of its templates."""
    return {
        "digest": digest_of(call, writer, due=due_of(call)),
        "day": writer.day(due_of(call), TO),
        "alert": writer.alert("rvo: wacht", "Er is iets.", (AlertLine("Regeling", "veel", "/r/1"),), "/bronnen", TO),
        "round": plain_letter(
            "round",
            {
                "owner": "Amsterdam",
                "party": "Hogeschool",
                "question": "Akkoord?",
                "last_day": "vrijdag 12 juni 2026",
                "link": "https://kansenradar.example/afstemming/x",
                "asker": "Sanne",
                "sender_name": "Kansenradar",
            },
        ),
        "brief": plain_letter(
            "brief",
            {
                "title": "directeur Warmte, KGG",
                "intro": "Kort voor een gesprek.",
                "more": "",
                "nobody": "",
                "dossiers": [{"title": "Warmte", "facts": [("Houding", "voor")]}],
                "foot": "Alleen voor wie het leest.",
                "talks": [{"head": "vrijdag 29 mei 2026:", "text": "gezegd"}],
                "sender": "Sanne",
                "link": "https://kansenradar.example/organisaties/1/kort",
                "sender_name": "Kansenradar",
            },
        ),
        "minutes": plain_letter(
            "minutes",
            {
                "title": "Overleg van vrijdag 29 mei 2026",
                "people": "Sanne en Jan",
                "parts": [{"name": "Te laat", "points": [{"head": "Go/no-go: Warmte", "lines": ["Jan doet het."]}]}],
                "left": "2 punten",
                "link": "https://kansenradar.example/overleg/1",
                "sender": "Sanne",
                "sender_name": "Kansenradar",
            },
        ),
        "release": plain_letter(
            "release",
            {
                "title": "Gids voor warmtenetten in de wijk",
                "proposer": "Sanne",
                "day": "vrijdag 29 mei 2026",
                "organisation": "Haarlem",
                "link": "https://kansenradar.example/kennishuis/1",
                "sender_name": "Kansenradar",
            },
        ),
        "sign_in": sign_in("https://kansenradar.example/inloggen/link/x", "Jan"),
    }


def test_every_mail_is_laid_out_by_what_words_engine_keeps(call: CatalogueCall, writer: Writer) -> None:
    mails = every_mail(call, writer)
    assert set(mails) == {folder.name for folder in TEMPLATES.glob("[!_]*") if folder.is_dir()}
    assert {name: word_faults(mail.html) for name, mail in mails.items()} == {name: [] for name in mails}


@pytest.mark.parametrize("html", [
    '<div style="color:red">x</div>', '<p>x</p>', '<img src="x">', '<span style="display:block">x</span>',
    '<a style="padding:4px">x</a>', '<td style="max-width:3px">x</td>', '<h1 style="margin:-2px">x</h1>',
    '<table role="presentation" style="background:red"></table>', "<table><tr><td>x</td></tr></table>",
])  # fmt: skip
def test_what_words_engine_ignores_is_named(html: str) -> None:
    assert word_faults(html)


def test_every_mail_has_hooks_for_the_dark_and_no_image(call: CatalogueCall, writer: Writer) -> None:
    for mail in every_mail(call, writer).values():
        assert "prefers-color-scheme: dark" in mail.html
        assert "[data-ogsc]" in mail.html
        assert '<meta name="color-scheme" content="light dark">' in mail.html
        assert "<img" not in mail.html
        assert "url(" not in mail.html


def test_no_header_line_is_longer_than_it_may_be_and_no_link_in_one_is_cut(call: CatalogueCall) -> None:
    sender = Sender("post@kansenradar.example", "Coöperatieve Vervoerregio en Provinciën rond het IJsselmeer e.o.")
    writer = Writer(Links("https://kansenradar.example", (b"k" * 32,)), sender, NOW)
    many = [SubscriptionQuery(number, "", CallFilter()) for number in range(1_000, 1_300)]
    for queries in (many[:1], many):
        digest = Digest(NOW, (Item(call, ToldKind.NEW),), tuple(queries), Coverage())
        mail = writer.digest(digest, Addressee(1, "An", "an@x.example"))
        head = as_bytes(mail.headers, NOW, "<a@b>", mail.text, mail.html).partition(b"\r\n\r\n")[0].decode("ascii")
        assert all(len(line) <= 76 for line in head.split("\r\n") if "=?" in line)
        assert all(len(line) <= 998 for line in head.split("\r\n"))
        parsed = message_from_string(head)
        assert str(make_header(decode_header(parsed["From"]))) == f"{sender.name} <{sender.address}>"
        assert ("List-Unsubscribe" in parsed) is (len(queries) == 1)
        [leave] = set(re.findall(r'href="(https://kansenradar.example/afmelden/1-1000[^"]*)"', mail.html))
        assert mail.headers.get("List-Unsubscribe", f"<{leave}>") == f"<{leave}>"


@pytest.mark.parametrize(
    ("name", "said"), [("Klimaat", "voor: Klimaat."), ("Kunst " * 20, "Kunst K…"), ("", "uw abonnement.")]
)
def test_the_foot_of_a_digest_ends_in_one_way(call: CatalogueCall, writer: Writer, name: str, said: str) -> None:
    query = SubscriptionQuery(1, name, CallFilter())
    mail = writer.digest(Digest(NOW, (Item(call, ToldKind.NEW),), (query,), Coverage()), TO)
    for part in (mail.text, mail.html):
        foot = part.split("U krijgt dit ")[1]
        assert said in foot
        assert "…." not in foot
    assert f"{said}\nVerzonden namens" in mail.text


def test_forty_named_calls_stay_under_90_kb(call: CatalogueCall, writer: Writer) -> None:
    """With titles of 82 characters, the average of the 711 open topics of 2026-05-29."""
    mail = digest_of(replace(call, title=TITLE[:82]), writer, lines=25)
    assert mail.text.count("* Facilitating") == 40
    whole = as_bytes({**mail.headers, "Subject": mail.subject}, NOW, "<a@b>", mail.text, mail.html)
    assert len(whole) < 90_000


def test_first_what_it_is_then_who_how_much_and_when_then_why(call: CatalogueCall, writer: Writer) -> None:
    mail = digest_of(call, writer)
    for text in (mail.text, mail.html):
        order = [
            TITLE, "De missie Klimaatadaptatie van Horizon Europe helpt regio's",
            "Gevraagd wordt een innovatieactie", "100% voor overheden", "zelf aan te vragen", "€ 5 mln per project",
            "1 project verwacht", "sluit dinsdag 1 december 2026", "Klimaatadaptatie", "/oordeel/",
        ]  # fmt: skip
        places, start = [], text.index("6 kansen") if "6 kansen" in text else 0
        for words in order:
            start = text.replace("&#x27;", "'").replace("&#39;", "'").index(words, start)
            places.append(start)
        assert places == sorted(places)
        assert "in voorbereiding (haarlem)" in text.lower()
        assert "/regelingen/1/waarom" in text


@pytest.mark.slow
def test_on_a_phone_and_in_outlook_nothing_sticks_out(call: CatalogueCall, writer: Writer, tmp_path: Path) -> None:
    """Lines that were blocks only by a style would run into each other; the page would be as wide as the window."""
    mails = every_mail(call, writer)
    with chromium() as browser:
        for name, mail in mails.items():
            phone, outlook = browser.new_page(viewport={"width": 390, "height": 800}), browser.new_page()
            phone.set_content(mail.html)
            outlook.set_content(as_word_shows(mail.html))
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390, name
            widths = "[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().width)"
            assert max(outlook.evaluate(widths)) <= 640, name
            fonts = "[...document.querySelectorAll('td')].map(t => getComputedStyle(t).fontFamily)"
            assert not [font for font in outlook.evaluate(fonts) if "Times" in font], name
            assert _too_faint(phone, mail.html) == [], name
            phone.close()
            outlook.close()


def _too_faint(page: Page, html: str) -> list[str]:
    """What is hard to read, in the light and in the dark."""
    page.set_content(html)
    page.evaluate(AXE.read_text("utf-8"))
    faint: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")
        faint += [f"{scheme}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]
    return faint


def test_topics_of_one_call_that_close_together_say_so_once(call: CatalogueCall, writer: Writer) -> None:
    """Each keeps its own code, for whom, amount and way to judge; the text part says all of each."""
    mail = digest_of(call, writer)
    head = mail.html.index("Eén oproep, ")
    section = mail.html[head : mail.html.index("<h2", head)]
    assert section.split("</td>")[0].endswith("onderwerpen: One call, sluit dinsdag 1 december 2026, 17:00 (Brussel)")
    topics = section[: section.index("Eén oproep", 10)] if "Eén oproep" in section[10:] else section
    assert topics.count("sluit dinsdag") < topics.count("/oordeel/")
    assert mail.text.count("sluit dinsdag 1 december 2026, 17:00 (Brussel)") >= mail.text.count("\n* ")
