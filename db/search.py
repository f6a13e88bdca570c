"""Search: which calls have the words that somebody typed, and how well they have them, on both databases alike.

SQLite keeps the words in the FTS5 table ``search_call``, PostgreSQL in a GIN index of that name. A hit has every word
of the question: as it stands in Dutch or in English, as the beginning of a longer word, as the halves of a compound, as
a part of its code, or as a word that an opgave gives for it in the other language. What stands in quotation marks must
stand there as it was typed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Integer,
    Subquery,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlmodel import Session, col

from db.general_words import ALSO_IN_ENGLISH, SAYS_NOTHING
from db.models.calls import Call, Challenge
from db.search_nodes import COUNTS, AsQuestion, Every, Hits, HitsThatStand, Node, Some, Token, Without, counted
from db.search_words import (
    CODE,
    PROGRAMME,
    STEMMERS,
    TITLE,
    WORDS,
    endings,
    fold,
    halves,
    programme_word,
    stem,
)

MOST_CHARACTERS = 1000  # of a question
MOST_WORDS = 12
MOST_TOGETHER = 3  # words of a phrase that an opgave translates
LONG_ENOUGH = 4  # from here on a word also finds longer ones: fiets -> fietsroute
SHORTEST_CODE, SHORTEST_NUMBER = 2, 5
QUOTED = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]")
SPELLED = (Call.title, Call.summary, Call.call_title, Call.destination)  # where a phrase is looked for

# Where a question is a row: the index is asked once for each, and the calls are looked at once for all.
OF_EACH = {
    "sqlite": "SELECT search_call.rowid AS call_id, each.key AS number FROM json_each(:asked) AS each"
    " JOIN search_call ON search_call.search_call MATCH each.value WHERE each.value != ''",
    "postgresql": "SELECT call.id AS call_id, each.number - 1 AS number"
    " FROM json_array_elements_text(CAST(:asked AS json)) WITH ORDINALITY AS each(question, number)"
    " JOIN call ON to_tsvector('simple'::regconfig, call.search_text)"
    " @@ to_tsquery('simple'::regconfig, each.question)",
}

Translations = Mapping[str, Sequence[str]]  # the stems of a word or phrase -> what it is called in the other language


@dataclass(frozen=True)
class AskedWord:
    """A word of a question, or a phrase that an opgave translates: what finds it, and what finds it in a title.

    ``single``: what finds it by a word; ``phrases``: what finds it only where several words stand together.
    """

    single: Node
    phrases: tuple[str, ...] = ()

    @property
    def anywhere(self) -> Node:
        """What a call must have to be looked at: of a phrase its words, wherever they stand."""
        return Some((self.single, self.beyond)) if self.phrases else self.single

    @property
    def beyond(self) -> Node:
        """What may have one of its phrases: the words of it, wherever they stand."""
        return Some(tuple(map(_all_words, self.phrases)))


@dataclass(frozen=True)
class Asked:
    """A question in parts: its words, and what stands in it in quotation marks."""

    words: tuple[AskedWord, ...]
    quoted: tuple[str, ...]

    @property
    def nodes(self) -> list[Node]:
        """What a call must have to be looked at, a part each."""
        return [*(word.anywhere for word in self.words), *map(_all_words, self.quoted)]

    @property
    def by_words(self) -> Node:
        """What is found by words alone, wherever they stand."""
        return Every((*(word.single for word in self.words), *map(_all_words, self.quoted)))

    @property
    def spelled(self) -> list[ColumnElement[bool]]:
        """That the phrases in quotation marks stand there as they were typed."""
        return [_spelled(phrase) for phrase in self.quoted if " " in phrase.strip()]

    @property
    def by_phrase(self) -> list[ColumnElement[bool]]:
        """That what has the words of a phrase only, and not the word itself, has the phrase as it is spelled.

        Asked that way round since those are few: what has the word itself may be thousands.
        """
        return [
            or_(not_(Hits(self._beyond(at))), *map(_spelled, word.phrases))
            for at, word in enumerate(self.words)
            if word.phrases
        ]

    @property
    def beyond(self) -> list[Node]:
        """For each word with phrases: what may have one of them, and whatever else is asked for."""
        return [_with(self.nodes, at, word.beyond) for at, word in enumerate(self.words) if word.phrases]

    def _beyond(self, at: int) -> Without:
        word = self.words[at]
        return Without(_with(self.nodes, at, word.beyond), _with(self.nodes, at, word.single))


def matching(question: str, whole: bool = False, translations: Translations | None = None) -> ColumnElement[bool]:
    """A condition on Call; an empty question is met by every call, one without words by none.

    ``whole``: nothing but these words, none as the beginning of a longer one.
    """
    if not question.strip():
        return true()
    if whole:
        words = _words(fold(question[:MOST_CHARACTERS]))
        return Hits(Every(tuple(_stems(word, begins=False) for word in words))) if words else false()
    asked = _in_parts(question, translations)
    if not asked.nodes:
        return false()
    return and_(Hits(Every(tuple(asked.nodes))), *asked.spelled, *asked.by_phrase)


def matching_what_stands(
    question: str, now: datetime, since: datetime, translations: Translations
) -> ColumnElement[bool]:
    """The same of what has not closed, or closed after ``since`` and is said to be open."""
    if not question.strip():
        return true()
    asked = _in_parts(question, translations)
    if not asked.nodes:
        return false()
    return and_(HitsThatStand(Every(tuple(asked.nodes)), now, since), *asked.spelled, *asked.by_phrase)


def how_many(session: Session, question: str, translations: Translations, few: int) -> int | None:
    """How many calls have what was typed, counted in the index; not counted: moments, and what was joined into another.

    None where that gains nothing: where they are ``few`` at most, and unasked of several words or of a code, which few
    have. None too where the index cannot know: a phrase in quotation marks must be read in each call.
    """
    asked = _in_parts(question, translations)
    if asked.spelled or len(asked.nodes) != 1 or _whole_code(question):
        return None
    by_words = counted(session, asked.by_words)
    beyond = asked.beyond
    if by_words <= few:
        return None if by_words or beyond else 0
    rest = Hits(Without(Some(tuple(beyond)), asked.by_words))
    by_phrase = select(func.count()).where(COUNTS, rest, *asked.by_phrase)
    return by_words + (session.connection().execute(by_phrase).scalar_one() if beyond else 0)


def _in_parts(question: str, translations: Translations | None) -> Asked:
    loose, quoted = _apart(question)
    return Asked(tuple(_asked(loose, translations or {}, bool(quoted))), tuple(quoted))


def _with(nodes: Sequence[Node], at: int, instead: Node) -> Node:
    """All of these, with one put in the place of another: asking for both would read the same words twice."""
    return Every((*nodes[:at], instead, *nodes[at + 1 :]))


def hits_of_each(dialect: str) -> Subquery:
    """Which calls have each of the questions in the parameter ``asked``: ``call_id``, ``number`` of the question."""
    found = text(OF_EACH[dialect]).columns(column("call_id", Integer), column("number", Integer))
    return found.subquery("hit")


def asked_of_each(questions: Iterable[str], dialect: Dialect) -> str:
    """Questions as ``hits_of_each`` takes them; what holds no word is found nowhere."""
    put = AsQuestion()
    nodes = (Every(tuple(word.anywhere for word in _asked(question, {}, False))) for question in questions)
    return json.dumps([put.process_bind_param(node, dialect) if node.of else "" for node in nodes])


def by_code(question: str) -> ColumnElement[bool] | None:
    """Whether the whole question is a call's code, or begins like one of its parts; None where it can be neither."""
    code = _whole_code(question)
    return Hits(Token(CODE + code, begins=True)) if code else None


def by_name(question: str, translations: Translations | None = None, whole: bool = False) -> ColumnElement[bool]:
    """Whether all the words stand in a call's title, or in the name of its programme.

    ``whole``: none of them as the beginning of a longer one: LIFE is a programme, and no lifetime.
    """
    nodes = tuple(_in_parts(question, translations).nodes)
    return Hits(Some(tuple(_marked(Every(nodes), mark, whole) for mark in (TITLE, PROGRAMME)))) if nodes else false()


def of_programme(names: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a call is of one of these programmes."""
    return Hits(Some(tuple(Token(programme_word(name)) for name in names)))


def programmes(session: Session) -> list[str]:
    """The programmes that calls are of, by name."""
    rows = session.connection().execute(select(col(Call.programme)).where(col(Call.joined_into).is_(None)))
    return sorted({name for names in rows.scalars() for name in names}, key=fold)


def in_other_language(question: str, translations: Translations) -> list[str]:
    """What a question is looked for beside its own words."""
    folded = [part for word in WORDS.findall(fold(_apart(question)[0])) for part in word.split("-")]
    return [other for phrase in _grouped(folded, translations) for other in _others(phrase, translations)]


def parts_of(question: str) -> list[str]:
    """What a question asks for apart: each phrase in quotation marks, and each word outside them."""
    loose, quoted = _apart(question)
    words = _telling(WORDS.findall(fold(loose)), bool(quoted))
    return list(dict.fromkeys([*(f'"{phrase}"' for phrase in quoted), *words]))[:MOST_WORDS]


def read_translations(session: Session) -> Translations:
    """What the opgaven call the same thing in the other language, by the stems of a word or phrase, both ways; and what
    belongs to no opgave."""
    return _translations(tuple(session.connection().execute(select(cast(col(Challenge.translations), Text))).scalars()))


@lru_cache(maxsize=4)
def _translations(written: tuple[str, ...]) -> Translations:
    """From the JSON that opgaven keep: the same for every question until one of them is changed."""
    called: dict[str, dict[str, None]] = {}
    for pairs in (*map(json.loads, written), ALSO_IN_ENGLISH):
        for dutch, english in pairs.items():
            for other in english:
                called.setdefault(_key(dutch, "nl"), {})[other] = None
                called.setdefault(_key(other, "en"), {})[dutch] = None
    return {key: tuple(others) for key, others in called.items()}


@lru_cache(maxsize=20_000)
def _key(words: str, language: str) -> str:
    return " ".join(stem(word, language) for word in _words(fold(words)))


def _apart(question: str) -> tuple[str, list[str]]:
    """What is typed without quotation marks, and each phrase within them."""
    question = question[:MOST_CHARACTERS]
    quoted = [phrase for phrase in QUOTED.findall(question) if WORDS.search(fold(phrase))]
    return QUOTED.sub(" ", question), quoted


def _words(folded: str) -> list[str]:
    """The words of a question, those with a hyphen in parts, each once."""
    return list(dict.fromkeys(part for word in WORDS.findall(folded) for part in word.split("-")))[:MOST_WORDS]


def _asked(question: str, translations: Translations, others: bool) -> list[AskedWord]:
    """The words of a question that tell something; a phrase that an opgave translates is taken as one."""
    folded = WORDS.findall(fold(question))
    pieces = [piece for word in folded for piece in ([word] if _is_code(word) else word.split("-"))]
    groups = {" ".join(words): words for words in _grouped(pieces, translations)}
    return [_asked_word(groups[told], translations) for told in _telling(list(groups), others)]


def _telling(words: Sequence[str], others: bool) -> Sequence[str]:
    """Without what says nothing of a call, where that leaves anything, or there are ``others``."""
    told = [word for word in words if word not in SAYS_NOTHING]
    return told if told or others else words


def _grouped(words: Iterable[str], translations: Translations) -> Iterator[list[str]]:
    """Each word once, with the words after it where an opgave translates them together."""
    left = list(dict.fromkeys(words))[:MOST_WORDS]
    while left:
        size = next((n for n in range(min(MOST_TOGETHER, len(left)), 1, -1) if _others(left[:n], translations)), 1)
        yield left[:size]
        del left[:size]


def _asked_word(words: list[str], translations: Translations) -> AskedWord:
    others = _others(words, translations)
    single = [_given(other) for other in others if " " not in other.strip()]
    phrases = tuple(other for other in others if " " in other.strip())
    if len(words) > 1:
        return AskedWord(Some((Every(tuple(_stems(word) for word in words)), *single)), phrases)
    (word,) = words
    if _is_code(word):
        return AskedWord(Token(CODE + word.replace("-", ""), begins=True))
    nodes = [_stems(word), *single]
    if pair := halves(word):
        nodes.append(Every(tuple(_half(half, translations) for half in pair)))
    if _may_be_code(word):
        nodes.append(Token(CODE + word, begins=True))
    return AskedWord(Some(tuple(nodes)), phrases)


def _half(half: str, translations: Translations) -> Node:
    """A part of a compound, as it stands or by one word of the other language: energiearmoede is energy and poverty."""
    return Some((_stems(half), *(_given(other) for other in _others([half], translations) if " " not in other.strip())))


def _others(words: Sequence[str], translations: Translations) -> list[str]:
    """What the words are called in the other language."""
    keys = dict.fromkeys(" ".join(stem(word, language) for word in words) for language in STEMMERS)
    return list(dict.fromkeys(other for key in keys for other in translations.get(key, ())))


def _is_code(word: str) -> bool:
    """``CL5-2027-07-D3``, ``D3-07``: many parts, or a number in each; no period (2021-2027) and no date."""
    numbered = [any(c.isdigit() for c in part) for part in word.split("-")]
    several = (len(numbered) > 2 and any(numbered)) or (len(numbered) > 1 and all(numbered))
    return several and any(c.isalpha() for c in word)


def _may_be_code(word: str) -> bool:
    long_enough = len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST_CODE)
    return long_enough and any(c.isdigit() for c in word)


def _whole_code(question: str) -> str:
    """The question as one code, where it can be one: it has a number in it, however its parts are joined."""
    code = next(endings(question[:MOST_CHARACTERS].strip('"“”„ ')), "")
    return code if any(c.isdigit() for c in code) and len(code) >= SHORTEST_NUMBER else ""


def _stems(word: str, begins: bool = True) -> Node:
    """The stems that a word may stand under, each also as the beginning of a longer one where it is long enough."""
    stems = sorted({stem(word, language) for language in STEMMERS})
    return Some(tuple(Token(each, begins and len(each) >= LONG_ENOUGH) for each in stems))


def _all_words(phrase: str) -> Node:
    return Every(tuple(_stems(word, begins=False) for word in _words(fold(phrase))))


def _given(word: str) -> Node:
    """A word that an opgave gives: as it stands, as a compound's halves, or, with an asterisk, as a beginning."""
    whole = Every(tuple(_stems(part, begins=word.endswith("*")) for part in _words(fold(word))))
    pair = halves(fold(word))
    return Some((whole, Every(tuple(_stems(half, begins=False) for half in pair)))) if pair else whole


def _spelled(phrase: str) -> ColumnElement[bool]:
    """That a phrase stands somewhere as it was typed, whatever stands between its words; any letter for an accent."""
    words = re.findall(r"\w+", phrase.lower())
    pattern = "_".join("".join(c if c.isascii() else "_" for c in word) for word in words)
    return or_(*(col(column).ilike(f"%{pattern}%") for column in SPELLED))


def _marked(node: Node, mark: str, whole: bool) -> Node:
    """The same where a mark says that the word stands in a title, or in the name of a programme."""
    if isinstance(node, Token):
        begins = node.begins and mark == TITLE and not whole
        return node if node.word.startswith(CODE) else Token(mark + node.word, begins)
    return type(node)(tuple(_marked(each, mark, whole) for each in node.of))
