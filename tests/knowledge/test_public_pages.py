"""The KennisHuis on screen and in public: an address that stays, an end that is said, a feed, and DCAT-AP-NL."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef
from sqlalchemy import Engine
from sqlmodel import select

from db.models import AuditEntry, Publication, PublicationText
from db.session import open_engine, reading, writing
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, settings_for, visit
from tests.web.test_rights import Unlimited
from tracker.knowledge import publications, releases
from tracker.knowledge.publications import PublicationFields, PublicationKind, Upload
from tracker.knowledge.texts import read_waiting

pytestmark = pytest.mark.one_database  # what is stored, tests/knowledge/test_publications.py asks on both

World = tuple[Engine, Cast, Visitor, Visitor]
FILLED = {
    "kind": "study", "title": "Warmte in de wijk", "summary": "Wat werkt.", "owner": "Hogeschool", "year": "2025",
    "licence": "cc_by_sa", "language": "nl", "subjects": "warmte", "challenges": "A20-1",
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path, now: datetime) -> Iterator[World]:
    (tmp_path / "world.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        cast = gather(session, now)
    settings = settings_for(tmp_path).model_copy(update={"responsible_organisation": "amsterdam"})
    with (
        visit(engine, now, tmp_path, cast.lobbyist, Unlimited(), settings=settings) as visitor,
        visit(engine, now, tmp_path, None, Unlimited(), settings=settings) as nobody,
    ):
        yield engine, cast, visitor, nobody
    engine.dispose()


def sent(visitor: Visitor, name: str = "nota.txt", content: bytes = b"Aquathermie loont.", **other: str) -> str:
    """Add a publication by its form; gives its address."""
    data = {"csrf": visitor.csrf, **FILLED, **other}
    answer = visitor.post("/kennishuis/nieuw", data=data, files={"file": (name, content)}, follow_redirects=False)
    assert answer.status_code == 303, re.findall(r'<li><a href="#veld[^<]*<', answer.text)
    return answer.headers["location"].partition("?")[0]


def released(world: World, page: str) -> None:
    engine, cast, visitor, _nobody = world
    assert visitor.send_form(f"{page}/openbaar", seen=visitor.seen_on(page, f"{page}/openbaar")).status_code == 303
    with writing(engine) as session:
        row = session.get_one(Publication, int(page.rpartition("/")[2]))
        waiting = releases.waiting_of(session, row)
        cast.session = session
        releases.confirm(cast.deed(session.merge(cast.second)), row, waiting.id)


def test_a_publication_is_added_found_by_its_text_and_made_public_and_ends(world: World) -> None:
    engine, _cast, visitor, nobody = world
    page = sent(visitor)
    shown = page.replace("/kennishuis/", "/openbaar/publicaties/")
    assert "binnen enkele minuten" in visitor.get(page).text
    assert (read_waiting(engine), read_waiting(engine)) == (1, 0)
    for place in ("/zoeken?text=aquathermie", "/opgaven/A20-1", "/kennishuis?challenge=A20-1"):
        assert f'href="{page}"' in visitor.get(place).text, place
    assert nobody.get(shown).status_code == nobody.get(f"{shown}/bestand").status_code == 404
    released(world, page)
    assert "Hogeschool" in nobody.get(shown).text
    assert nobody.get(f"{shown}/bestand").content == b"Aquathermie loont."
    changed = {**FILLED, "title": "Andere naam", "seen": visitor.seen_on(f"{page}/bijwerken")}
    assert visitor.send_form(f"{page}/bijwerken", **changed).status_code == 303
    assert "Andere naam" not in nobody.get(shown).text
    released(world, page)
    assert "Andere naam" in nobody.get(shown).text
    gone = visitor.send_form(f"{page}/intrekken", why="Verouderd", seen=visitor.seen_on(page, f"{page}/intrekken"))
    assert gone.status_code == 303
    for address in (shown, f"{shown}/bestand"):
        ended = nobody.get(address)
        assert (ended.status_code, "is ingetrokken of niet meer openbaar" in ended.text) == (410, True)
    assert "Andere naam" not in nobody.get("/openbaar").text + nobody.get("/openbaar.atom").text
    with reading(engine) as session:
        deeds = session.exec(select(AuditEntry.action).where(AuditEntry.object == "publication 1")).all()
        assert session.exec(select(PublicationText)).all() == []
    said = ["publication added", "release proposed", "publication changed", "release proposed", "publication withdrawn"]
    assert deeds == said


def test_what_is_wrong_comes_back_with_what_was_typed_and_keeps_nothing(world: World) -> None:
    engine, _cast, visitor, _nobody = world
    data = {"csrf": visitor.csrf, **FILLED, "title": "Getypt"}
    answer = visitor.post("/kennishuis/nieuw", data=data, files={"file": ("nota.pdf", b"MZ" + bytes(60))})
    assert answer.status_code == 422
    assert answer.text.count("nota.pdf: dit soort bestand kan hier niet.") == 2
    assert 'value="Getypt"' in answer.text
    assert visitor.send_form("/kennishuis/nieuw", les="x").status_code == 422
    with reading(engine) as session:
        assert session.exec(select(Publication)).all() == []


def test_the_feed_holds_what_is_public_at_addresses_that_stay(world: World) -> None:
    _engine, _cast, visitor, nobody = world
    released(world, sent(visitor))
    sent(visitor, content=b"Alleen voor ons", title="Regionaal stuk")
    space = {"a": "http://www.w3.org/2005/Atom"}
    feed = Xml.fromstring(nobody.get("/openbaar.atom").content)
    entries = [
        (e.findtext("a:title", "", space), e.findtext("a:id", "", space)) for e in feed.findall("a:entry", space)
    ]
    assert [title for title, _ in entries] == ["Warmte in de wijk"]
    assert entries[0][1].endswith("/openbaar/publicaties/1")
    assert "Regionaal stuk" not in nobody.get("/openbaar").text


# What DCAT-AP-NL 3.0 makes mandatory, and how often; from its shapes as noted with the profile.
EVERY = {
    DCAT.Catalog: {DCTERMS.title: (1, 9), DCTERMS.description: (1, 9), DCTERMS.publisher: (1, 1), DCAT.contactPoint: (1, 1), DCAT.dataset: (1, 99)},
    DCAT.Dataset: {
        DCTERMS.title: (1, 9), DCTERMS.description: (1, 9), DCTERMS.identifier: (1, 1), DCTERMS.publisher: (1, 1),
        DCTERMS.creator: (1, 9), DCAT.contactPoint: (1, 1), DCTERMS.accessRights: (1, 1), DCAT.theme: (1, 9),
        DCAT.distribution: (1, 9),
    },
    DCAT.Distribution: {DCAT.accessURL: (1, 1), DCTERMS.license: (1, 1), DCAT.downloadURL: (0, 1)},
    DCAT.DataService: {
        DCTERMS.title: (1, 9), DCTERMS.description: (1, 9), DCTERMS.identifier: (1, 1), DCTERMS.publisher: (1, 1),
        DCTERMS.license: (1, 1), DCTERMS.accessRights: (1, 1), DCAT.contactPoint: (1, 1), DCAT.theme: (1, 9),
        DCAT.endpointDescription: (1, 1), DCAT.endpointURL: (1, 1), DCTERMS.creator: (0, 1),
    },
    FOAF.Agent: {FOAF.name: (1, 9)},
}  # fmt: skip
LISTS = {
    DCTERMS.accessRights: "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    DCAT.theme: "http://publications.europa.eu/resource/authority/data-theme/",
    DCTERMS.language: "http://publications.europa.eu/resource/authority/language/",
    DCTERMS.license: "https://definities.geostandaarden.nl/dcat-ap-nl/id/waardelijst/licenties/",
    DCAT.mediaType: "https://www.iana.org/assignments/media-types/",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # the parser's own
def test_the_catalogue_has_what_dcat_ap_nl_makes_mandatory(world: World) -> None:
    _engine, _cast, visitor, nobody = world
    released(world, sent(visitor))
    sent(visitor, content=b"Alleen voor ons", title="Regionaal stuk")
    turtle = Graph().parse(data=nobody.get("/openbaar/catalogus.ttl").content, format="turtle")
    json_ld = Graph().parse(data=nobody.get("/openbaar/catalogus.jsonld").content, format="json-ld")
    assert len(turtle) == len(json_ld) > 80
    for kind, needed in EVERY.items():
        nodes = list(turtle.subjects(RDF.type, kind))
        assert nodes, kind
        for node in nodes:
            counts = {name: len(list(turtle.objects(node, name))) for name in needed}
            assert {n: c for n, c in counts.items() if not needed[n][0] <= c <= needed[n][1]} == {}, node
    for name, start in LISTS.items():
        assert [str(value) for _, value in turtle.subject_objects(name) if not str(value).startswith(start)] == []
    for file in turtle.subjects(DCAT.downloadURL):
        assert turtle.value(file, DCAT.mediaType) is not None
    titles = {
        str(title) for node in turtle.subjects(RDF.type, DCAT.Dataset) for title in turtle.objects(node, DCTERMS.title)
    }
    assert "Warmte in de wijk" in titles
    assert "Regionaal stuk" not in titles
    with_title = turtle.subjects(DCTERMS.title, Literal("Warmte in de wijk", lang="nl"))
    [ours] = [node for node in with_title if (node, RDF.type, DCAT.Dataset) in turtle]
    assert str(turtle.value(ours, DCTERMS.identifier)) == str(ours)
    assert turtle.value(turtle.value(ours, DCTERMS.publisher), FOAF.name) == Literal("Amsterdam", lang="nl")
    assert turtle.value(turtle.value(ours, DCTERMS.creator), FOAF.name) == Literal("Hogeschool", lang="nl")


def test_every_address_in_the_catalogue_answers_without_an_account(world: World) -> None:
    _engine, _cast, visitor, nobody = world
    released(world, sent(visitor))
    graph = Graph().parse(data=nobody.get("/openbaar/catalogus.ttl").content, format="turtle")
    named = (DCAT.accessURL, DCAT.downloadURL, DCAT.landingPage, DCAT.endpointDescription)
    addresses = {str(value) for name in named for value in graph.objects(None, name) if isinstance(value, URIRef)}
    assert len(addresses) > 8
    paths = [re.sub(r"^https?://[^/]+", "", address) for address in sorted(addresses)]
    assert [
        (path, status) for path in paths if (status := nobody.get(path, follow_redirects=False).status_code) != 200
    ] == []


def test_beside_it_stands_only_what_its_reader_may_see(world: World, now: datetime, tmp_path: Path) -> None:
    engine, cast, visitor, _nobody = world
    with writing(engine) as session:
        cast.session = session
        by = session.merge(cast.lobbyist)
        cast.open("Gedeeld dossier", by=by)
        cast.open("Geheim dossier", by=by, visibility="own")
        fields = PublicationFields(PublicationKind.STUDY, "Kort", "Wat werkt.", "Zeist", 2024, challenges=("A20-1",))
        made = publications.add(cast.deed(by), fields, Upload("a.txt", b"a", 9)).id
    mine = visitor.get(f"/kennishuis/{made}").text
    with visit(engine, now, tmp_path, cast.haarlem, Unlimited()) as other:
        theirs = other.get(f"/kennishuis/{made}").text
    assert [name in mine for name in ("Gedeeld dossier", "Geheim dossier")] == [True, True]
    assert [name in theirs for name in ("Gedeeld dossier", "Geheim dossier")] == [True, False]


def test_who_can_be_the_second_person_sees_it_on_vandaag_and_confirms_it_there(
    world: World, now: datetime, tmp_path: Path
) -> None:
    engine, cast, visitor, nobody = world
    page = sent(visitor)
    visitor.send_form(f"{page}/openbaar", seen=visitor.seen_on(page, f"{page}/openbaar"))
    assert f'action="{page}/vrijgaven' not in visitor.get("/").text
    with visit(engine, now, tmp_path, cast.second, Unlimited()) as second:
        assert "Warmte in de wijk" in second.get("/").text
        assert second.send_form(f"{page}/vrijgaven/1/bevestigen").status_code == 303
        assert "Warmte in de wijk" not in second.get("/").text
    assert nobody.get("/openbaar/publicaties/1").status_code == 200
