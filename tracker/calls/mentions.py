"""Texts that name a call: a letter, a question or a publication with its official reference or its whole title in it.

Certain cases only. A reference that another call carries too, or a title that another call has, says not which of the
two is meant; a short title may be an ordinary phrase. Neither is taken.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import reduce

from sqlmodel import Session, col, select

from db.models import Call, Reference, Sighting
from db.search import matching
from db.search_words import fold
from db.status import IS_CALL
from tracker.calls.identity import same_reference

MOST_WORDS = 5  # of a title that are searched for
MOST = 200  # texts that are looked at for one call
LONG_TITLE, MANY_WORDS = 30, 4  # characters and words from which on a title is no ordinary phrase
NUMBER = re.compile(r"\d{2,}")
BETWEEN = re.compile(r"[^a-z0-9]+")
# What makes a title that goes on another call's: "... ronde 2", "... 2027".
GOES_ON = r"(?! (?:ronde|tranche|round|call|fase|phase|deel|part|openstelling|[ivx]+|\d+)\b)"


def mentions(session: Session, call: Call, sources: Collection[str]) -> list[tuple[Sighting, str]]:
    """What these sources published elsewhere that names the call, each with the words in which it does."""
    own = session.exec(select(Sighting).where(Sighting.call_id == call.id)).all()
    named: dict[int, tuple[Sighting, str]] = {}
    for reference in _only_its_own(session, call, {r for s in own for r in s.references}):
        for text in _sieved(session, call, reference, sources):
            if words := named_as(reference, _text(text)):
                named.setdefault(text.id, (text, words))
    title = plain(call.title)
    if len(title) >= LONG_TITLE and title.count(" ") + 1 >= MANY_WORDS:
        for text, words in _with_title(session, call, title, sources):
            named.setdefault(text.id, (text, words))
    return [named[key] for key in sorted(named)]


def plain(text: str) -> str:
    """A text as titles are compared: words and numbers alone, without capitals and accents."""
    return BETWEEN.sub(" ", fold(text)).strip()


def named_as(reference: str, text: str) -> str:
    """The words in which a text names a reference, or nothing."""
    wanted = same_reference(reference)
    for written, meant in named_in(text).items():
        if wanted == meant:
            return written
    literal = re.search(rf"(?<![\w-]){re.escape(reference)}(?![\w-])", text, re.IGNORECASE)
    return literal[0] if literal and NUMBER.search(reference) and len(reference) >= 8 else ""


def _only_its_own(session: Session, call: Call, references: Iterable[str]) -> list[str]:
    """The official references of a call that no other call carries."""
    by_name = {same_reference(r): r for r in references}
    others = (
        select(Reference.reference)
        .join(Sighting, col(Sighting.id) == col(Reference.sighting_id))
        .where(col(Reference.reference).in_(by_name), Sighting.call_id != call.id)
    )
    shared = set(session.exec(others))
    return [by_name[name] for name in sorted(by_name) if name not in shared]


def _sieved(session: Session, call: Call, reference: str, sources: Collection[str]) -> list[Sighting]:
    """Texts that may hold a reference: as it is, or its numbers alone, with and without zeros before them."""
    numbers = NUMBER.findall(reference)
    asked = {reference, " ".join(numbers), " ".join(n.lstrip("0") for n in numbers)}
    return [text for words in sorted(asked) for text in _with(session, call, words, sources)]


def _with(session: Session, call: Call, words: str, sources: Collection[str]) -> list[Sighting]:
    """Texts of these sources that hold all the words, the newest first; a first sieve."""
    if not words.strip():
        return []
    # In steps: asked for source and words at once, SQLite reads everything the source ever said.
    hits = session.exec(select(Call.id).where(matching(words, whole=True)).order_by(col(Call.id).desc()).limit(MOST))
    others = [id_ for id_ in hits if id_ != call.id]
    texts = session.exec(select(Sighting).where(col(Sighting.call_id).in_(others))) if others else ()
    return sorted((text for text in texts if text.source in sources), key=lambda text: -text.id)


def _with_title(session: Session, call: Call, title: str, sources: Collection[str]) -> Iterator[tuple[Sighting, str]]:
    whole = re.compile(rf"\b{title}\b{GOES_ON}")
    sieved = [(text, plain(_text(text))) for text in _with(session, call, _sieve(title), sources)]
    texts = [(text, words) for text, words in sieved if whole.search(words)]
    longer = _longer_titles(session, call, title) if texts else {}
    if title in longer.values():
        return
    for text, words in texts:
        others = [other for id_, other in longer.items() if id_ != text.call_id]
        if whole.search(reduce(lambda rest, other: rest.replace(other, ""), others, words)):
            yield text, call.title


def _sieve(title: str) -> str:
    """The longest words, which few texts have: those that all have cost the most and tell the least."""
    return " ".join(sorted(set(title.split()), key=lambda word: (-len(word), word))[:MOST_WORDS])


def _longer_titles(session: Session, call: Call, title: str) -> dict[int, str]:
    """Other calls whose titles hold this one, the same included: a text may mean those."""
    alike = select(Call.id, Call.title).where(matching(_sieve(title), whole=True), IS_CALL, Call.id != call.id)
    standing = session.exec(alike.where(col(Call.joined_into).is_(None)))
    titles = {id_ or 0: plain(other) for id_, other in standing}
    return {id_: other for id_, other in titles.items() if title in other}


def _text(sighting: Sighting) -> str:
    return " ".join(str(sighting.fields.get(name) or "") for name in ("title", "summary"))


PAPERS = {"staatscourant": "stcrt", "staatsblad": "stb", "provinciaal blad": "prb"}


# Official references as they stand in running text, and how our sightings name them.
NAMED = (
    (re.compile(r"\b(stcrt|stb|prb|gmb)-(\d{4})-(\d{1,6})\b", re.IGNORECASE), "{0}-{1}-{2}"),
    (re.compile(r"\b(stcrt|stb|prb|gmb)\.? ?(\d{4}), ?(?:nr\. ?)?(\d{1,6})\b", re.IGNORECASE), "{0}-{1}-{2}"),
    (
        re.compile(r"\b(staatscourant|staatsblad|provinciaal blad) (\d{4}), ?(?:nr\. ?)?(\d{1,6})\b", re.IGNORECASE),
        "{0}-{1}-{2}",
    ),
    (re.compile(r"\b(WGK) ?0*(\d{1,6})\b"), "{0}{1:0>6}"),
    (re.compile(r"\b(20\d\d)([DZA])(\d{5})\b"), "{0}{1}{2}"),
    (re.compile(r"\bAres\((\d{4})\) ?(\d+)\b"), "Ares({0}){1}"),
)


def named_in(text: str) -> dict[str, str]:
    """The official references a text names: as it writes them -> as they are compared."""
    references = {}
    for pattern, form in NAMED:
        for match in pattern.finditer(text):
            first = PAPERS.get(match[1].lower(), match[1])
            references[match[0]] = same_reference(form.format(first, *match.groups()[1:]))
    return references
