"""A closed dossier for the archive: its words and files in one ZIP, each with metadata as MDTO 1.0.1 asks.

How it is valued and how long it is kept is the organisation's own choice, by its selection list; it is asked each time.
"""

import hashlib
import html
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml.builder import ElementMaker
from sqlmodel import Session

from db.models import Dossier, Participant
from db.queries import Viewer
from notifications.wording import local_day
from tracker.care.pieces import Piece, file_of, pieces_of
from tracker.care.woo import packed, safe_name
from tracker.errors import Incomplete, required

SPACE = "https://www.nationaalarchief.nl/mdto"
SCHEMA = f"{SPACE} {SPACE}/MDTO-XML1.0.1.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
VALUES = {"B": "Blijvend te bewaren", "V": "Tijdelijk te bewaren"}
FORMATS = {  # PRONOM's names and codes, of endings that a document here can have
    "html": ("Hypertext Markup Language 5", "fmt/471"),
    "txt": ("Plain Text File", "x-fmt/111"),
    "docx": ("Microsoft Word for Windows 2007 onwards", "fmt/412"),
    "xlsx": ("Microsoft Excel for Windows 2007 onwards", "fmt/214"),
    "pptx": ("Microsoft Powerpoint for Windows 2007 onwards", "fmt/215"),
    "pdf": ("Portable Document Format", ""),
}
MDTO = ElementMaker(namespace=SPACE, nsmap={None: SPACE, "xsi": XSI})


@dataclass(frozen=True)
class ArchiveTerms:
    """How the dossier is valued: B or V, for how many years where V, and by which category of which selection list."""

    valuation: str
    years: int | None
    category: str
    selection_list: str


def bundle(session: Session, viewer: Viewer, dossier: Dossier, terms: ArchiveTerms, now: datetime) -> bytes:
    """The dossier as its taker may see it. Raises Incomplete in Dutch while it is open or a term is missing."""
    if dossier.closed_at is None:
        raise Incomplete("Alleen een gesloten dossier gaat naar het archief.", "form")
    _check(terms)
    maker = _Maker(dossier, terms, session.get_one(Participant, dossier.participant_id).name, now)
    contents: dict[str, bytes] = {}
    parts = []
    for number, piece in enumerate(pieces_of(session, viewer, dossier), 1):
        content = file_of(session, piece)
        name = f"{number:03d}-{safe_name(piece)}" if content is not None else f"{number:03d}.html"
        body = content if content is not None else _as_html(piece).encode()
        key = f"{maker.key}-{number:03d}"
        parts.append((key, piece.title))
        contents[name] = body
        contents[f"{number:03d}.mdto.xml"] = maker.piece(key, piece.title, name)
        contents[f"{name}.bestand.mdto.xml"] = maker.file(key, piece.title, name, body)
    return packed({"dossier.mdto.xml": maker.dossier_file(parts), **contents}, now)


def _check(terms: ArchiveTerms) -> None:
    if terms.valuation not in VALUES:
        raise Incomplete("Kies of het dossier blijvend of tijdelijk bewaard wordt.", "valuation")
    if terms.valuation == "V" and not terms.years:
        raise Incomplete("Vul in hoeveel jaar het bewaard wordt.", "years")
    required(terms.category, "category", "Vul de categorie van de selectielijst in.")
    required(terms.selection_list, "selection_list", "Vul in welke selectielijst geldt.")


def _as_html(piece: Piece) -> str:
    parts = "".join(f"<h2>{html.escape(h)}</h2><p>{html.escape(said)}</p>" for h, said in piece.words)
    title = html.escape(piece.title)
    return f'<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>{parts}</body></html>'  # fmt: skip # noqa: E501


@dataclass(frozen=True)
class _Maker:
    """What every document of metadata of one dossier says; the order of elements is the schema's."""

    dossier: Dossier
    terms: ArchiveTerms
    owner: str
    now: datetime

    @property
    def key(self) -> str:
        return f"KR-dossier-{self.dossier.id}"

    def dossier_file(self, parts: list[tuple[str, str]]) -> bytes:
        opened, closed = local_day(self.dossier.opened_at), local_day(self.dossier.closed_at or self.now)
        covers = MDTO.dekkingInTijd(
            _term("dekkingInTijdType", "Looptijd", "Begrippenlijst DekkingInTijdType MDTO"),
            MDTO.dekkingInTijdBegindatum(opened.isoformat()),
            MDTO.dekkingInTijdEinddatum(closed.isoformat()),
        )
        contains = [_reference("bevatOnderdeel", title, key) for key, title in parts]
        return self._written(
            MDTO.informatieobject(
                _identity(self.key),
                MDTO.naam(self.dossier.title),
                _term("aggregatieniveau", "Dossier", "Begrippenlijst Aggregatieniveaus MDTO"),
                covers,
                MDTO.taal("nl"),
                *self._events(),
                *self._valued(),
                *contains,
                *self._closing(),
            )
        )

    def piece(self, key: str, title: str, file: str) -> bytes:
        return self._written(
            MDTO.informatieobject(
                _identity(key),
                MDTO.naam(title),
                _term("aggregatieniveau", "Archiefstuk", "Begrippenlijst Aggregatieniveaus MDTO"),
                MDTO.taal("nl"),
                *self._valued(),
                _reference("isOnderdeelVan", self.dossier.title, self.key),
                _reference("heeftRepresentatie", file, f"{key}-bestand"),
                *self._closing(),
            )
        )

    def file(self, key: str, title: str, name: str, content: bytes) -> bytes:
        label, code = FORMATS.get(name.rpartition(".")[2].lower(), ("onbekend", ""))
        return self._written(
            MDTO.bestand(
                _identity(f"{key}-bestand"),
                MDTO.naam(name),
                MDTO.omvang(str(len(content))),
                _term("bestandsformaat", label, "PRONOM-register", code),
                MDTO.checksum(
                    _term("checksumAlgoritme", "SHA256", "Begrippenlijst ChecksumAlgoritme MDTO"),
                    MDTO.checksumWaarde(hashlib.sha256(content).hexdigest()),
                    MDTO.checksumDatum(self.now.isoformat(timespec="seconds")),
                ),
                _reference("isRepresentatieVan", title, key),
            )
        )

    def _events(self) -> list[etree._Element]:
        moments = (("Creatie", self.dossier.opened_at), ("Afsluiting", self.dossier.closed_at))
        return [
            MDTO.event(
                _term("eventType", kind, "Begrippenlijst EventTypeLijst MDTO"),
                MDTO.eventTijd(at.isoformat(timespec="seconds")),
                MDTO.eventVerantwoordelijkeActor(MDTO.verwijzingNaam(self.owner)),
            )
            for kind, at in moments
            if at is not None
        ]

    def _valued(self) -> list[etree._Element]:
        terms, closed = self.terms, local_day(self.dossier.closed_at or self.now)
        valued = [_term("waardering", VALUES[terms.valuation], "Begrippenlijst Waarderingen MDTO", terms.valuation)]
        if terms.valuation == "V":
            start = MDTO.termijnStartdatumLooptijd(closed.isoformat())
            valued.append(MDTO.bewaartermijn(start, MDTO.termijnLooptijd(f"P{terms.years}Y")))
        return [*valued, _term("informatiecategorie", terms.category, terms.selection_list)]

    def _closing(self) -> list[etree._Element]:
        limits = _term("beperkingGebruikType", "Persoonsgegevens", "Begrippenlijst BeperkingGebruikTypeLijst MDTO")
        return [MDTO.archiefvormer(MDTO.verwijzingNaam(self.owner)), MDTO.beperkingGebruik(limits)]

    def _written(self, content: etree._Element) -> bytes:
        root = MDTO.MDTO(content)
        root.set(f"{{{XSI}}}schemaLocation", SCHEMA)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _identity(key: str) -> etree._Element:
    return MDTO.identificatie(MDTO.identificatieKenmerk(key), MDTO.identificatieBron("Kansenradar"))


def _term(element: str, label: str, listed: str, code: str = "") -> etree._Element:
    inside = [MDTO.begripLabel(label), *([MDTO.begripCode(code)] if code else [])]
    return MDTO(element, *inside, MDTO.begripBegrippenlijst(MDTO.verwijzingNaam(listed)))


def _reference(element: str, name: str, key: str) -> etree._Element:
    identity = MDTO.verwijzingIdentificatie(MDTO.identificatieKenmerk(key), MDTO.identificatieBron("Kansenradar"))
    return MDTO(element, MDTO.verwijzingNaam(name), identity)
