"""The recording of RVO, read."""

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse

from db.vocabulary import Allocation, Applicant, Status
from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.rvo_cards import page_facts
from scrapers.sources.rvo import Rvo, applicants, created, page_path, status_word, unknown_targets
from scrapers.texts import plain_text
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/rvo"
API = "https://www.rvo.nl/api/v1/opendata/subsidies"


def test_schemes_of_the_open_data_and_of_the_sitemap_are_read_from_their_own_pages() -> None:
    crawled = replay(Rvo, RECORDING)
    calls = {listing.external_id: listing for listing in crawled.listings}
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert list(calls) == ["wis", "circulaire-ketenprojecten", "walstroom-klimaat", "schoon-emissieloos-bouwen"]
    chains = calls["circulaire-ketenprojecten"]
    assert (chains.source_word, chains.rate, chains.budget) == (Status.OPEN, Decimal(50), Decimal(4_750_000))
    assert (chains.allocation, chains.deadlines[1].day) == (Allocation.FIRST_COME, date(2026, 9, 3))
    assert calls["wis"].source_word is Status.ANNOUNCED
    assert calls["walstroom-klimaat"].source_word is Status.CLOSED


def test_the_cards_of_a_page_state_its_period_and_budget() -> None:
    (works,) = [one for one in replay(Rvo, RECORDING).listings if one.external_id == "schoon-emissieloos-bouwen"]
    assert [(d.kind, str(d.day), d.hour, d.text) for d in works.deadlines] == [
        ("opens", "2026-06-09", "09:00", "dinsdag 9 juni 2026 09:00"),
        ("closes", "2026-08-20", "17:00", "donderdag 20 augustus 2026 17:00"),
    ]
    assert (works.budget, works.max_amount, works.questions) == (18_000_000, 2_000_000, ())
    assert (works.source_word, works.proof["budget"].sentence) == (Status.ANNOUNCED, "Totaal budget: € 18.000.000")


CARD = "<dl><dt>Startdatum</dt><dd>maandag 3 mei 2027 om 09:00</dd><dt>Einddatum</dt><dd>{}</dd>{}</dl>"


def facts(end: str, more: str = "", text: str = "") -> dict[str, Any]:
    """What a page with a card and a text tells."""
    page = plain_text(f"<h1>Regeling</h1><strong>Open voor aanvragen</strong>{CARD.format(end, more)}<p>{text}</p>")
    return page_facts(page, date(2027, 5, 10), Status.OPEN)


def test_a_card_in_a_list_of_terms_is_read_as_one_in_boxes() -> None:
    read = facts(
        "vrijdag 28 mei 2027 om 12:00", "<dt>U ontvangt maximaal</dt><dd>€ 7.500</dd><dt>Verleend</dt><dd>€ 9</dd>"
    )
    assert [(str(d.kind), str(d.day), d.hour) for d in read["deadlines"]] == [
        ("opens", "2027-05-03", "09:00"), ("closes", "2027-05-28", "12:00")
    ]  # fmt: skip
    assert (read["max_amount"], "budget" in read, read["review"]) == (7500, False, ())


def test_where_the_text_closes_on_another_day_than_the_card_a_person_is_told() -> None:
    read = facts("vrijdag 28 mei 2027 om 12:00", text="U kunt aanvragen tot en met 31 mei 2027.")
    assert [str(d.day) for d in read["deadlines"]] == ["2027-05-03", "2027-05-28"]
    assert read["review"] == ("de tekst noemt een andere sluiting dan de kaart (2027-05-31): kijk na",)
    assert facts("vrijdag 28 mei 2027 om 12:00", text="U kunt aanvragen tot en met 28 mei 2027.")["review"] == ()


def test_an_end_that_is_no_day_is_no_closing() -> None:
    read = facts("nog niet bekend")
    assert [str(d.kind) for d in read["deadlines"]] == ["opens"]


def test_whom_rvo_says_a_scheme_is_for_is_who_may_apply() -> None:
    calls = {listing.external_id: listing for listing in replay(Rvo, RECORDING).listings}
    heat = calls["wis"]
    assert heat.applicants == (Applicant.GOVERNMENT, Applicant.SME, Applicant.COMPANY)
    assert (heat.targets, heat.subjects, heat.sectors) == (
        ("Overheid", "Mkb", "Grootbedrijf"),
        ("Warmte",),
        ("Energie",),
    )
    assert Applicant.GOVERNMENT not in calls["circulaire-ketenprojecten"].applicants
    assert calls["schoon-emissieloos-bouwen"].applicants == ()  # the sitemap does not say


@pytest.mark.parametrize(
    ("item", "kinds"),
    [
        ({"targets": ["Mkb en grootbedrijf"]}, (Applicant.SME, Applicant.COMPANY)),
        ({"targets": [{"name": "Particulier"}]}, (Applicant.CITIZEN,)),
        ({"targets": ["Mkb"], "sectors": ["Overheid"]}, (Applicant.SME, Applicant.GOVERNMENT)),
        ({"targets": ["Mkb"], "subjects": ["Gemeenten"]}, (Applicant.SME, Applicant.MUNICIPALITY)),
        ({"targets": [], "sectors": ["Overheid"]}, ()),  # no target says who may not
        ({"targets": ["Kunstenaars"]}, ()),
        ({"targets": "Overheid", "sectors": 7, "subjects": [None, 3]}, ()),
        ({}, ()),
    ],
)
def test_targets_are_read_as_kinds_of_applicants(item: dict[str, Any], kinds: tuple[Applicant, ...]) -> None:
    assert applicants(item) == kinds


def test_a_target_that_nobody_knows_is_told() -> None:
    assert unknown_targets({"targets": ["Overheid", "Kunstenaars"]}) == (
        "doelgroep ‘Kunstenaars’ is niet bekend: kijk na wie mag aanvragen",
    )


def items(*urls: str) -> str:
    return json.dumps([{"title": f"Regeling {number}", "url": url} for number, url in enumerate(urls)])


def crawled(folder: Path, *urls: str) -> Crawled:
    """These schemes as open data, each with a page, and no sitemap."""
    page = "<html><body><main><h1>Regeling</h1><p>Open voor aanvragen</p></main></body></html>"
    lists = {f"{API}?page=0": ("application/json", items(*urls)), f"{API}?page=1": ("application/json", "[]")}
    own = {f"https://www.rvo.nl{url}": ("text/html", page) for url in urls if url}
    folder = recorded(folder, {**lists, **own, "https://www.rvo.nl/sitemap.xml": ("text/html", "nee")})
    index = json.loads((folder / "index.json").read_text())
    index["answers"][-1]["status"] = 404
    (folder / "index.json").write_text(json.dumps(index))
    return replay(Rvo, folder)


def test_a_scheme_of_the_open_data_is_kept_wherever_its_page_is_and_named_when_it_has_none(tmp_path: Path) -> None:
    found = crawled(tmp_path, "/subsidies-financiering/a", "/subsidies-financiering/a/huurders", "/subsidie/b", "")
    assert [one.external_id for one in found.listings] == ["a", "a/huurders", "/subsidie/b"]
    assert [row.why for row in found.unreadable] == ["'Regeling 3': '' is no address"]
    assert [page_path(one.external_id) for one in found.listings][1:] == [
        "/subsidies-financiering/a/huurders",
        "/subsidie/b",
    ]


INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://www.rvo.nl/sitemap.xml?page=1</loc></sitemap>
<sitemap><loc>https://www.rvo.nl/sitemap.xml</loc></sitemap>
<sitemap><loc>https://www.rvo.nl/sitemap.xml?page=0</loc><lastmod>2020-01-01</lastmod></sitemap></sitemapindex>"""


@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_that_is_an_index_is_followed_packed_or_not(tmp_path: Path, packed: bool) -> None:
    for file in RECORDING.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    inner = (RECORDING / "sitemap.xml").read_bytes()
    (tmp_path / "inner").write_bytes(gzip.compress(inner) if packed else inner)
    (tmp_path / "sitemap.xml").write_text(INDEX)
    index = json.loads((tmp_path / "index.json").read_text())
    index["answers"].append({"url": "https://www.rvo.nl/sitemap.xml?page=1", "file": "inner", "headers": {}})
    (tmp_path / "index.json").write_text(json.dumps(index))
    crawled = replay(Rvo, tmp_path)
    assert (crawled.stopped, len(crawled.listings)) == ("", 4)


def test_half_an_address_costs_its_own_scheme_only(tmp_path: Path) -> None:
    found = crawled(tmp_path, "http://[x", "/subsidies-financiering/wis")
    assert [row.why for row in found.unreadable] == ["'Regeling 0': 'http://[x' is no address"]
    assert [listing.external_id for listing in found.listings] == ["wis"]


@pytest.mark.parametrize(("schemes", "stopped"), [(49, ""), (50, "50 schemes, perhaps a cap"), (51, "")])
def test_without_a_sitemap_only_open_data_that_may_be_cut_off_is_not_whole(
    tmp_path: Path, schemes: int, stopped: str
) -> None:
    found = crawled(tmp_path, *(f"/subsidies-financiering/{number}" for number in range(schemes)))
    assert len(found.listings) == schemes
    assert found.stopped.startswith(stopped)
    assert bool(found.stopped) == bool(stopped)


def test_the_first_word_of_a_page_is_its_own_status() -> None:
    text = "<main><h1>WIS</h1><p>Gesloten voor aanvragen</p><aside>ISDE: Open voor aanvragen</aside></main>"
    page = HtmlResponse("https://www.rvo.nl/subsidies-financiering/wis", body=text.encode(), encoding="utf-8")
    assert status_word(page) == "Gesloten voor aanvragen"


@pytest.mark.parametrize("stamp", [None, "", "binnenkort", {"value": "2026-10-01"}])
def test_a_day_of_making_that_cannot_be_read_costs_only_itself(stamp: object) -> None:
    assert created({"created": stamp}) is None
    assert created({"created": "2026-10-01T09:00:00+02:00"}) == date(2026, 10, 1)
