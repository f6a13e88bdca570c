"""A dossier for a Woo request: what to leave out is proposed, a person decides on each piece, then it leaves as a file.

Nothing leaves undecided, nothing its taker may not see, and a piece that changed is to be decided again.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from db.models import Dossier, WooDecision
from db.queries import Viewer
from db.vocabulary import Role
from db.vocabulary_care import WooGround, WooVerdict
from tracker.care.pieces import INTERNAL, Piece, file_of, pieces_of
from tracker.care.spelling import spelled
from tracker.errors import ChangedMeanwhile, Incomplete, NotFound
from tracker.exchange.tables import as_xlsx
from tracker.rights import Deed, must_change, must_have

# Who answers for a decision is named in public; below that a name is left out.
MANAGEMENT = re.compile(
    r"minister|staatssecretaris|wethouder|burgemeester|gedeputeerde|commissaris|kamerlid|raadslid|statenlid|dijkgraaf"
    r"|heemraad|directeur|secretaris-generaal|gemeentesecretaris|voorzitter|bestuurder",
    re.IGNORECASE,
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<!\d)(?:\+31|0)[\s-]?\d(?:[\s-]?\d){8}(?!\d)")
MOST_STRUCK = 200  # words in one piece; each is looked for in all of it
COLUMNS = ("nummer", "stuk", "besluit", "gronden")


@dataclass(frozen=True)
class Proposal:
    """A word or a whole heading to leave out, and on what ground."""

    word: str
    ground: WooGround

    @property
    def key(self) -> str:
        """As a form says it."""
        return f"{self.ground}|{self.word}"


@dataclass(frozen=True)
class Judged:
    """A piece, what is proposed for it, and what was decided on it as it stands now."""

    piece: Piece
    proposals: list[Proposal]
    decision: WooDecision | None

    @property
    def stand(self) -> str:
        """What a form carries, so that nobody decides over what a colleague decided meanwhile."""
        return _stand(self.decision)


def _stand(decision: WooDecision | None) -> str:
    return f"{decision.user_id} {decision.at.isoformat()}" if decision else ""


def proposals_for(piece: Piece) -> list[Proposal]:
    """Names of who is no manager, addresses and numbers, and headings under which one thinks aloud. Pure."""
    text = "\n".join(said for _heading, said in piece.words)
    names = [name for name, office in piece.people if not MANAGEMENT.search(office) and spelled(name).search(text)]
    found = [*names, *MAIL.findall(text), *(match[0] for match in PHONE.finditer(text))]
    opinions = [heading for heading, _said in piece.words if heading in INTERNAL]
    return [Proposal(word, WooGround.PRIVACY) for word in dict.fromkeys(found)] + [
        Proposal(f"§ {heading}", WooGround.OPINION) for heading in opinions
    ]


def judged(session: Session, viewer: Viewer, dossier: Dossier) -> list[Judged]:
    """Every piece that the viewer may see, with what stands decided."""
    rows = session.exec(select(WooDecision).where(WooDecision.dossier_id == dossier.id))
    made = {row.piece: row for row in rows}
    return [
        Judged(piece, proposals_for(piece), row if (row := made.get(piece.key)) and row.seal == piece.seal else None)
        for piece in pieces_of(session, viewer, dossier)
    ]


@dataclass(frozen=True)
class WooJudgement:
    """What a person decides on one piece: the words to leave out, each with its ground, or all of it."""

    piece: str
    seal: str
    verdict: WooVerdict
    struck: tuple[tuple[str, str], ...] = ()
    ground: WooGround | None = None
    seen: str | None = None  # what stood decided when it was looked at; none does not ask


def decide(deed: Deed, dossier: Dossier, judgement: WooJudgement) -> WooDecision:
    """Keep a decision. Raises ChangedMeanwhile where the piece is not what was looked at, Incomplete in Dutch."""
    must_change(deed, dossier)
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u dit niet beslissen.")
    piece = next((p for p in pieces_of(deed.session, deed.viewer, dossier) if p.key == judgement.piece), None)
    if piece is None:
        raise NotFound
    if piece.seal != judgement.seal:
        raise ChangedMeanwhile("Dit stuk is intussen gewijzigd: kijk het nog eens na.")
    _must_be_whole(piece, judgement)
    row = _decided(deed.session, dossier, piece, judgement) or WooDecision(
        dossier_id=dossier.id, piece=piece.key, seal="", verdict="", user_id=deed.by.id, at=deed.now
    )
    row.seal, row.verdict, row.user_id, row.at = piece.seal, judgement.verdict, deed.by.id, deed.now
    partly = judgement.verdict == WooVerdict.PARTLY
    row.struck = [list(pair) for pair in judgement.struck] if partly else []
    row.ground = judgement.ground or "" if judgement.verdict == WooVerdict.WITHHOLD else ""
    deed.session.add(row)
    deed.session.flush()
    return row


def _decided(session: Session, dossier: Dossier, piece: Piece, judgement: WooJudgement) -> WooDecision | None:
    """What was decided before. Raises ChangedMeanwhile where that is not what was seen."""
    made = select(WooDecision).where(WooDecision.dossier_id == dossier.id, WooDecision.piece == piece.key)
    known = session.exec(made.with_for_update()).first()
    stand = _stand(known if known and known.seal == piece.seal else None)
    if judgement.seen is not None and judgement.seen != stand:
        raise ChangedMeanwhile("Een collega besliste hier intussen over: kijk het nog eens na.")
    return known


def _must_be_whole(piece: Piece, judgement: WooJudgement) -> None:
    if judgement.verdict == WooVerdict.WITHHOLD and judgement.ground is None:
        raise Incomplete("Kies waarom dit stuk niet openbaar is.", "ground")
    if len(judgement.struck) > MOST_STRUCK:
        raise Incomplete(f"Lak hoogstens {MOST_STRUCK} woorden in een stuk, of houd het terug.", "more")
    if judgement.verdict == WooVerdict.PARTLY and not judgement.struck:
        raise Incomplete("Kies wat u weglakt, of maak het stuk openbaar.", "struck")
    if judgement.verdict == WooVerdict.PARTLY and piece.document is not None and piece.document.sha256:
        raise Incomplete(
            "In een bestand lakt Kansenradar niets: voeg een gelakte versie toe, of houd dit terug.", "verdict"
        )


def redacted(piece: Piece, struck: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The words of a piece without what was struck; each gap says on what ground."""
    pairs = list(struck)
    whole = {word.removeprefix("§ "): ground for word, ground in pairs if word.startswith("§ ")}
    words = []
    for heading, said in piece.words:
        words.append((heading, _gap(whole[heading]) if heading in whole else _without(said, pairs)))
    return words


def _without(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for word, ground in pairs:
        if not word.startswith("§ "):
            text = spelled(word).sub(_gap(ground), text)
    return text


def _gap(ground: str) -> str:
    return f"[gelakt: {WooGround(ground).label}]"


def bundle(session: Session, viewer: Viewer, dossier: Dossier, now: datetime) -> bytes:
    """The decided dossier as one ZIP: a page to read, an inventory, and the files that are public.

    Raises Incomplete while a piece is undecided.
    """
    pieces = judged(session, viewer, dossier)
    if left := sum(one.decision is None for one in pieces):
        raise Incomplete(f"Nog {left} van {len(pieces)} stukken niet beoordeeld: er gaat niets weg.", "form")
    decided = {one.piece.key: one.decision for one in pieces if one.decision}
    contents = {
        "leesmij.html": _page([one.piece for one in pieces], decided, now).encode(),
        "inventaris.xlsx": as_xlsx(_inventory([one.piece for one in pieces], decided), "inventaris", COLUMNS),
    }
    for number, one in enumerate(pieces, 1):
        if decided[one.piece.key].verdict == WooVerdict.SHARE and (content := file_of(session, one.piece)) is not None:
            contents[f"documenten/{number:03d}-{safe_name(one.piece)}"] = content
    return packed(contents, now)


def safe_name(piece: Piece) -> str:
    """The name of a file that no folder takes for a path."""
    return re.sub(r"[^\w.-]+", "_", piece.document.name if piece.document else piece.key).lstrip(".") or "bestand"


def packed(contents: Mapping[str, bytes], now: datetime) -> bytes:
    """Files in a ZIP, the same bytes at the same moment."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
    return written.getvalue()


def _inventory(pieces: list[Piece], decided: Mapping[str, WooDecision]) -> list[dict[str, object]]:
    """A line a piece; of a title only what may be told, since it can say what was withheld or struck."""
    lines = []
    for number, piece in enumerate(pieces, 1):
        decision = decided[piece.key]
        cells = (number, _title(piece, decision), WooVerdict(decision.verdict).label, _grounds(decision))
        lines.append(dict(zip(COLUMNS, cells, strict=True)))
    return lines


def _title(piece: Piece, decision: WooDecision) -> str:
    if decision.verdict == WooVerdict.WITHHOLD:
        return piece.title.split(",")[0].split(" met ")[0]
    return _without(piece.title, [(word, ground) for word, ground in decision.struck])


def _grounds(decision: WooDecision) -> str:
    grounds = [decision.ground, *(ground for _word, ground in decision.struck)]
    return "; ".join(WooGround(ground).label for ground in dict.fromkeys(filter(None, grounds)))


def _page(pieces: list[Piece], decided: Mapping[str, WooDecision], now: datetime) -> str:
    parts = [
        "<!DOCTYPE html><html lang='nl'><head><meta charset='utf-8'><title>Woo-bundel</title></head><body>",
        f"<h1>Woo-bundel</h1><p>Opgemaakt op {now:%d-%m-%Y}. Wat gelakt is, staat er met de grond bij.</p>",
    ]
    for number, piece in enumerate(pieces, 1):
        decision = decided[piece.key]
        parts.append(f"<h2>{number}. {html.escape(_title(piece, decision))}</h2>")
        if decision.verdict == WooVerdict.WITHHOLD:
            parts.append(f"<p>Niet openbaar: {html.escape(_grounds(decision))}.</p>")
            continue
        words = redacted(piece, [(word, ground) for word, ground in decision.struck])
        parts += [f"<h3>{html.escape(h)}</h3><p>{html.escape(said)}</p>" for h, said in words]
    return "\n".join([*parts, "</body></html>"])
