"""What we offer everybody, described for machines: a catalogue by DCAT-AP-NL 3.0 of publications and data sets.

The names of the lists (themes, languages, file types, licences) are those that the profile makes mandatory; its
publisher, contact point and identifier may each stand there once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from db.models import PublicationRelease
from db.region_served import region
from db.vocabulary_documents import DocumentKind
from db.vocabulary_knowledge import Licence, PublicationKind, PublicationLanguage
from notifications.wording import local_day
from tracker.documents.file_types import MEDIA_TYPES

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = Namespace("http://publications.europa.eu/resource/authority/")
MEDIA = Namespace("https://www.iana.org/assignments/media-types/")
LICENCES = Namespace("https://definities.geostandaarden.nl/dcat-ap-nl/id/waardelijst/licenties/")
LICENCE_NAMES = {
    Licence.CC0: "cc0", Licence.CC_BY: "naamsvermelding40", Licence.CC_BY_SA: "naamsvermelding_gelijkdelen40",
    Licence.CC_BY_ND: "naamsvermelding_geen_afgeleide_werken40", Licence.CLOSED: "niet_open",
    Licence.CC_BY_NC: "naamsvermelding_niet_commercieel40",
}  # fmt: skip
LANGUAGES = {"nl": "NLD", "en": "ENG", "de": "DEU", "fr": "FRA"}
FILE_TYPES = {
    DocumentKind.PDF: "PDF", DocumentKind.WORD: "DOCX", DocumentKind.EXCEL: "XLSX", DocumentKind.SLIDES: "PPTX",
    DocumentKind.ODT: "ODT", DocumentKind.PNG: "PNG", DocumentKind.JPEG: "JPEG", DocumentKind.TEXT: "TXT",
    DocumentKind.CSV: "CSV",
}  # fmt: skip
FORMS = {"turtle": "text/turtle; charset=utf-8", "json-ld": "application/ld+json"}


@dataclass(frozen=True)
class Publisher:
    """Who answers for the catalogue: a participant by name, where mail goes, and the address of our pages."""

    base: str
    name: str
    mail: str
    licence: Licence


@dataclass(frozen=True)
class DataSet:
    """A data set that we serve; ``ways``: title, path and media type of each of its distributions."""

    key: str
    title: str
    description: str
    keywords: tuple[str, ...]
    ways: tuple[tuple[str, str, str], ...]


DATA_SETS = (
    DataSet(
        "regelingen", "Subsidieregelingen en calls voor {full}",
        "Regelingen van Rijk, EU en provincies: termijnen, bedragen, wie mag aanvragen en bij welke opgave zij horen.",
        ("subsidie", "regeling", "call"),
        (
            ("Als JSON", "/api/v1/regelingen", "application/json"),
            ("Als CommonGrants", "/common-grants/opportunities", "application/json"),
            ("Als Atom", "/regelingen.atom", "application/atom+xml"),
            ("Als kalender", "/regelingen.ics", "text/calendar"),
        ),
    ),
    DataSet(
        "opgaven", "Opgaven van {full}",
        "De opgaven van de agenda van {called}, waaraan regelingen en publicaties hangen.", ("opgave", "beleidsagenda"),
        (("Als JSON", "/api/v1/opgaven", "application/json"),),
    ),
    DataSet(
        "bronnen", "Bronnen van Kansenradar",
        "Welke bronnen gelezen worden, hoe oud hun woord is en of zij volledig gelezen zijn.", ("bron", "actualiteit"),
        (("Als JSON", "/api/v1/bronnen", "application/json"),),
    ),
)  # fmt: skip


def data_sets() -> tuple[DataSet, ...]:
    """Those of the region that is served."""
    here = region()

    def named(text: str) -> str:
        return text.format(full=here.full, called=here.called)

    return tuple(replace(one, title=named(one.title), description=named(one.description)) for one in DATA_SETS)


class Catalogue:
    """The graph as it grows."""

    def __init__(self, publisher: Publisher, now: datetime) -> None:
        self.by, self.now = publisher, now
        self.graph = Graph()
        for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("vcard", VCARD)):
            self.graph.bind(prefix, space)
        self.node = self._at("/openbaar")
        self.agent = self._at("/openbaar#uitgever")
        self.contact = self._at("/openbaar#contact")

    def _at(self, path: str) -> URIRef:
        return URIRef(f"{self.by.base}{path}")

    def say(self, node: URIRef | BNode, **words: object) -> None:
        """Add properties by name; a list says each of its values."""
        for name, value in words.items():
            space = DCAT if name in DCAT_NAMES else DCTERMS
            for each in value if isinstance(value, list) else [value]:
                self.graph.add(
                    (node, space[name], each if isinstance(each, URIRef | BNode | Literal) else _dutch(each))
                )

    def begin(self) -> None:
        """The catalogue itself, who publishes it, and where to ask."""
        self.graph.add((self.node, RDF.type, DCAT.Catalog))
        self.graph.add((self.agent, RDF.type, FOAF.Agent))
        self.graph.add((self.agent, FOAF.name, _dutch(self.by.name)))
        self.graph.add((self.contact, RDF.type, VCARD.Organization))
        self.graph.add((self.contact, VCARD.fn, _dutch(f"Kansenradar, {self.by.name}")))
        self.graph.add((self.contact, VCARD.hasEmail, URIRef(f"mailto:{self.by.mail}")))
        self.graph.add((self.node, FOAF.homepage, self.node))
        self.say(
            self.node, title=f"Kansenradar {region().name}",
            description="Publicaties van het KennisHuis en gegevens over subsidieregelingen voor de regio.",
            publisher=self.agent, contactPoint=self.contact, language=EU["language/NLD"],
            modified=_day(local_day(self.now)),
            license=LICENCES[LICENCE_NAMES[self.by.licence]],
        )  # fmt: skip

    def dataset(self, path: str, **words: object) -> URIRef:
        """A data set with all that every one must have; gives its node."""
        node = self._at(path)
        self.graph.add((node, RDF.type, DCAT.Dataset))
        self.say(self.node, dataset=node)
        self.say(
            node, identifier=Literal(str(node)), publisher=self.agent, contactPoint=self.contact,
            accessRights=EU["access-right/PUBLIC"], theme=[EU["data-theme/GOVE"], EU["data-theme/REGI"]], **words,
        )  # fmt: skip
        return node

    def distribution(self, of: URIRef, path: str, licence: Licence, **words: object) -> None:
        """One way to get at a data set."""
        node = URIRef(f"{of}{'-' if '#' in of else '#'}{path.strip('/').replace('/', '-')}")
        self.graph.add((node, RDF.type, DCAT.Distribution))
        self.say(of, distribution=node)
        self.say(node, license=LICENCES[LICENCE_NAMES[licence]], **words)

    def served(self, one: DataSet) -> None:
        """One of the data sets that our interfaces serve."""
        node = self.dataset(
            f"/openbaar#{one.key}", title=one.title, description=one.description, creator=self.agent,
            language=EU["language/NLD"], keyword=list(one.keywords), accrualPeriodicity=EU["frequency/DAILY"],
            landingPage=self.node,
        )  # fmt: skip
        for title, path, media in one.ways:
            at = self._at(path)
            self.distribution(
                node, path, self.by.licence, title=title, accessURL=at, downloadURL=at, mediaType=MEDIA[media]
            )

    def service(self) -> None:
        """The API that serves them."""
        node = self._at("/api/v1")
        self.graph.add((node, RDF.type, DCAT.DataService))
        self.say(self.node, service=node)
        self.say(
            node, title="API van Kansenradar", description="Regelingen, opgaven en bronnen als JSON, zonder account.",
            identifier=Literal(str(node)), publisher=self.agent, creator=self.agent, contactPoint=self.contact,
            license=LICENCES[LICENCE_NAMES[self.by.licence]], accessRights=EU["access-right/PUBLIC"],
            theme=EU["data-theme/GOVE"], endpointURL=node, endpointDescription=self._at("/api/v1/openapi.json"),
            servesDataset=[self._at(f"/openbaar#{one.key}") for one in data_sets()], language=EU["language/NLD"],
        )  # fmt: skip

    def publication(self, release: PublicationRelease, opgaven: Mapping[str, str]) -> None:
        """What two people released of a publication."""
        shown, path = release.details, f"/openbaar/publicaties/{release.publication_id}"
        creator, language = BNode(f"maker{release.id}"), EU[f"language/{LANGUAGES[shown['language']]}"]
        self.graph.add((creator, RDF.type, FOAF.Agent))
        self.graph.add((creator, FOAF.name, _dutch(release.owner)))
        named = [opgaven[key] for key in shown["challenges"] if key in opgaven]
        node = self.dataset(
            path, title=Literal(release.title, lang=shown["language"]), description=release.summary, creator=creator,
            language=language, landingPage=self._at(path),
            keyword=[*shown["subjects"], *named, PublicationKind(shown["kind"]).label],
            issued=Literal(str(shown["year"]), datatype=XSD.gYear),
            modified=_day(local_day(release.settled_at or self.now)),
        )  # fmt: skip
        file = self._file(release, path) if release.sha256 else {}
        self.distribution(
            node,
            path,
            Licence(shown["licence"]),
            title=release.title,
            accessURL=self._at(path),
            language=language,
            **file,
        )

    def _file(self, release: PublicationRelease, path: str) -> dict[str, object]:
        kind = DocumentKind(release.details["file_kind"])
        return {
            "downloadURL": self._at(f"{path}/bestand"),
            "mediaType": MEDIA[MEDIA_TYPES[kind].partition(";")[0]],
            "format": EU[f"file-type/{FILE_TYPES[kind]}"],
            "byteSize": Literal(release.details["size"], datatype=XSD.nonNegativeInteger),
        }


DCAT_NAMES = frozenset({
    "dataset", "service", "distribution", "contactPoint", "theme", "keyword", "landingPage", "accessURL", "downloadURL",
    "mediaType", "byteSize", "endpointURL", "endpointDescription", "servesDataset",
})  # fmt: skip


def catalogue(
    publisher: Publisher, releases: Iterable[PublicationRelease], opgaven: Mapping[str, str], now: datetime
) -> Graph:
    """The whole of it; ``opgaven``: what each is called."""
    made = Catalogue(publisher, now)
    made.begin()
    for one in data_sets():
        made.served(one)
    made.service()
    for release in releases:
        made.publication(release, opgaven)
    return made.graph


def _dutch(text: object) -> Literal:
    return Literal(str(text), lang=PublicationLanguage.DUTCH.value)


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=XSD.date)
