"""The lexicon: which words count, which mislead, and what odd keywords do."""

import pytest

from tracker.matching import ChallengeText, agenda
from tracker.matching.agenda import counting
from tracker.matching.lexicon import Lexicon, Term
from tracker.matching.sentences import clean, folded, language_of, sentences

OPGAVE = ChallengeText(
    "x",
    "x",
    words_nl=("fiets*", "energietransitie*", "bos*", "AI*", "RES", "metro*", "hub*", "veiligheid*"),
    words_en=("culture", "mobility", "landscape", "cycling", "smart grid", "grid", "node", "network", "housing",
              "climate", "storage", "hydrogen", "prevention", "ports", "skills", "SAF", "energy community",
              "multimodal", "adaptation", "restoration", "charging", "aircraft"),
    words_not=("radioactive",),
)  # fmt: skip
LEXICON = agenda.lexicon([OPGAVE])


def counted(text: str) -> set[str]:
    return {hit.term.words for hit in counting(LEXICON.look(text))[0]}


MISLEADING = [
    ("culture", "Cell culture methods for cultured meat", "Support for art and culture in the region"),
    ("culture", "A safety culture in nuclear plants", "Culture and heritage for all"),
    ("mobility", "Social mobility across generations", "Clean mobility in cities"),
    ("mobility", "Staff mobility for researchers", "Urban mobility plans"),
    ("landscape", "The threat landscape of cybersecurity", "Restoring the landscape"),
    ("landscape", "A changing media landscape", "Peat landscape and nature"),
    ("hub*", "Digital innovation hubs for SMEs", "A hub for shared cars"),
    ("cycling", "Thermal cycling of batteries", "Cycling in the city"),
    ("grid", "Grid computing for science", "Congestion on the grid"),
    ("node", "Lymph node imaging", "A node of public transport"),
    ("network", "Neural network accelerators", "A network of cities"),
    ("network", "A doctoral network in chemistry", "The cycling network"),
    ("housing", "Animal housing and welfare", "Affordable housing"),
    ("climate", "A better business climate", "Climate adaptation"),
    ("storage", "Data storage in the cloud", "Heat storage in districts"),
    ("hydrogen", "The hydrogen bond in proteins", "Clean hydrogen in ports"),
    ("multimodal", "Multimodal foundation models for medicine", "Multimodal transport of passengers"),
    ("adaptation", "Domain adaptation of language models", "Local adaptation to climate change"),
    ("restoration", "Restoration of trust in media", "Restoration of wetlands"),
    ("charging", "Road charging for lorries", "Charging of electric cars"),
    ("aircraft", "Combat aircraft of the next generation", "Quieter aircraft near airports"),
    ("veiligheid*", "Regeling verkeersveiligheid voor wegen", "Veiligheid in de wijk"),
    ("prevention", "Fraud prevention in customs", "Health prevention in the neighbourhood"),
]


@pytest.mark.parametrize(("word", "misleads", "means"), MISLEADING)
def test_a_word_counts_where_it_means_what_the_opgave_means(word: str, misleads: str, means: str) -> None:
    assert word not in counted(misleads)
    assert word in counted(means)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Snelle FIETSROUTES", {"fiets*"}),
        ("gebiedsenergietransitie", {"energietransitie*"}),
        ("bosgrond en bos", {"bos*"}),
        ("AI-gestuurd", {"AI*"}),
        ("aid for its aims", set()),
        ("de RES van de regio", {"RES"}),
        ("res nullius", set()),
        ("SAF and saf", {"SAF"}),
        ("energy communities", {"energy community"}),
        ("metropool en metropolitan area", set()),
        ("smart grids", {"smart grid", "grid"}),
    ],
)
def test_stems_compounds_capitals_and_plurals(text: str, words: set[str]) -> None:
    assert words <= counted(text)
    assert bool(counted(text)) == bool(words)


@pytest.mark.parametrize("keyword", ["", "*", "a*", "de", "the of and", ".*(", "(?:", "[", "\\", "  ", "-*", "\x00"])
def test_a_keyword_without_sense_finds_nothing(keyword: str) -> None:
    assert Lexicon([Term(0, keyword)]).look("de the a .*( (?: [ \\ anything at all -") == []


@pytest.mark.parametrize(
    ("keyword", "text"), [("C++", "a course in C++ and more"), ("R&D", "costs of R&D."), ("P+R", "een P+R bij")]
)
def test_a_keyword_with_signs_finds_itself(keyword: str, text: str) -> None:
    assert [text[h.start : h.end] for h in Lexicon([Term(0, keyword)]).look(text)] == [keyword]


def test_an_excluded_word_is_told_apart() -> None:
    _, excluded = counting(LEXICON.look("radioactive hydrogen"))
    assert [hit.term.words for hit in excluded] == ["radioactive"]


def test_folding_keeps_every_character_in_its_place() -> None:
    for text in ("İstanbul – ß", "a\x00b", "ÀÉÎ", "🚲 fiets"):
        assert len(folded(text)) == len(text) + 2


def test_mojibake_is_put_right_and_sentences_are_bounded() -> None:
    assert clean("â€œcirculairâ€\x9d") != ""
    assert clean("RÃ©gion") == "Région"
    assert max(map(len, sentences("woord " * 500))) <= 320


def test_the_language_is_guessed_where_nobody_says_it() -> None:
    assert language_of(None, "Subsidie voor de aanleg van fietspaden", "Gemeenten kunnen het aanvragen") == "nl"
    assert language_of(None, "Support for the circular economy", "The projects are expected to deliver") == "en"
    assert language_of("NL", "", "") == "nl"
