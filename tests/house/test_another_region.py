"""Another region is a folder of data: no code names one, a wrong folder is said in one line, and a database is of one."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Body, Challenge, KeptRegion, Participant
from db.region import SHIPPED, USUAL
from db.region_folder import RegionUnreadable, read_region
from db.region_served import region, serve
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import Gremium
from notifications.letter import Sender
from tests.conftest import ROOT
from tests.house.test_house_rules import ROOMS, migration, name, tracked
from tests.make.nursery import kansenradar
from tests.make.pages import make_user, visit
from tracker.lobby.yearly_moments import patterns
from tracker.matching.area import area
from tracker.matching.certainty import Certainty
from tracker.matching.model import Matcher, fitted
from tracker.matching.practice import cues
from tracker.matching.texts import CallText, ChallengeText
from tracker.operations import demo
from tracker.settings import Settings
from tracker.sources.crawl import crawlable

OTHER = SHIPPED / "waterhoek"
PLACES = re.compile(
    r"\bMRA\b|\bmra\b|Metropoolregio|[Aa]msterdam|Haarlem|Zaan(?:stad|streek)|Almere|Lelystad|Noord-Holland|Flevoland|"
    r"Gooise|IJmond|Purmerend|Amstelland|Hilversum|Waterland"
)
CLOCK = re.compile(  # the zone of every clock here is named after a city; so are the design system and its author
    r"Europe/Amsterdam|AMSTERDAM|in Amsterdam|Amsterdam(?:'s)? (?:wall|clock|calendar|day|time|is)|@amsterdam|"
    r"[Aa]msterdam(?:se)? (?:time|tijd): ?Amsterdam|time: Amsterdam|\(Amsterdam\)|Amsterdam's\b|two Amsterdam days|one Amsterdam day|"
    r"From one Amsterdam|its Amsterdam day|The Amsterdam day|Amsterdam days"
)
STORED = re.compile(r"""["']mra["']""")  # a word in databases that is older than the second region; nobody is shown it
STORES = {
    "db/region.py",
    "db/vocabulary.py",
    "db/vocabulary_lobby.py",
    "db/models/applications.py",
    "db/models/organisations.py",
}
# Sources and programmes are things in the world with names of their own; which are read is the region's choice.
OF_SOURCES = (
    "scrapers/sources/",
    "scrapers/watched_pages/",
    "scrapers/expected.json",
    "tracker/matching/applicants.yaml",
)
SOURCE_NAMES = re.compile(r'"(?:flevoland|jtf_ijmond)": "[^"]*"')
DATA = ("tracker/agendas/", "scrapers/labels/", "tracker/matching/examples.jsonl", "tracker/web/static/vendor/")


def checked() -> list[Path]:
    """Every text of the rooms, without what is data of a region, of labelled calls, or of a source."""
    texts = [p for p in tracked() if p.relative_to(ROOT).parts[0] in ROOMS and p.suffix not in {".zip", ".npz", ".gz"}]
    return [p for p in texts if not migration(p) and not name(p).startswith((*DATA, *OF_SOURCES))]


def named_in(text: str, path: str = "") -> list[str]:
    """The places of the usual region that a text names."""
    plain = SOURCE_NAMES.sub("", CLOCK.sub("", text))
    return PLACES.findall(STORED.sub("", plain) if path in STORES else plain)


def test_no_code_and_no_template_names_a_region_or_its_places() -> None:
    found = {name(p): named_in(p.read_text("utf-8", errors="ignore"), name(p)) for p in checked()}
    assert {path: words for path, words in found.items() if words} == {}
    assert named_in("<h1>Kansenradar MRA</h1>") == ["MRA"]
    assert named_in('home = "amsterdam"') == ["amsterdam"]


@pytest.fixture
def other() -> Iterator[None]:
    """The invented region in force."""
    serve(read_region(OTHER))
    yield
    serve(None)


@pytest.mark.parametrize("folder", [USUAL, OTHER], ids=lambda folder: folder.name)
def test_every_region_that_ships_is_whole(folder: Path) -> None:
    told = read_region(folder)
    assert told.demo
    assert told.board
    assert told.id == folder.name


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("bodies.yaml", None, None, "misses bodies.yaml"),
        ("agenda-2026-2029.yaml", None, None, r"misses agenda-\*.yaml"),
        ("region.yaml", "short: Waterhoek\n", "", "region.yaml: short: Field required"),
        ("region.yaml", "board: bestuur", "board: raad", "region.yaml: board: raad is no body in bodies.yaml"),
        ("region.yaml", '"#8a3b12"', '"red"', "region.yaml: colours.light: .*accent: red"),
        (
            "region.yaml",
            '"#8a3b12"',
            '"#f0ad83"',
            "light: accent #f0ad83 on ground #ffffff is 1.9 to 1, and text needs 4.5",
        ),
        ("region.yaml", "called:", "caled:", "region.yaml: "),
        ("participants.yaml", "mergers: []", "", "participants.yaml: misses mergers"),
        ("participants.yaml", "[Veenland]", "[Veenland", "participants.yaml: no YAML at line"),
        ("bodies.yaml", "kind: board, id", "kind: bord, id", "bodies.yaml: "),
        ("agenda-2026-2029.yaml", "id: W26-veen", "id: W26-water", "agenda-2026-2029.yaml: W26-water: stands twice"),
        ("agenda-2026-2029.yaml", "parent: W26-2", "parent: W26-9", "W26-fiets: its parent W26-9"),
        ("agenda-2026-2029.yaml", "platforms: [bestuur]", "platforms: [raad]", "platform raad is no body"),
        ("agenda-2026-2029.yaml", "id: W26-veen", "id: A20-1-circulair", "id of an opgave of another region"),
    ],
)
def test_what_is_wrong_in_a_folder_is_said_in_one_line_with_the_file(
    tmp_path: Path, file: str, old: str | None, new: str | None, said: str
) -> None:
    folder = tmp_path / "waterhoek"
    shutil.copytree(OTHER, folder)
    if old is None or new is None:
        (folder / file).unlink()
    else:
        text = (folder / file).read_text("utf-8")
        wrong = text.replace(old, new, 1) if "kind: board" not in old else text.replace("kind: board", "kind: bord", 1)
        assert wrong != text
        (folder / file).write_text(wrong, "utf-8")
    with pytest.raises(RegionUnreadable, match=said) as error:
        read_region(folder)
    assert "\n" not in str(error.value)


def test_the_words_of_the_region_stand_where_people_read(other: None) -> None:
    assert Visibility.REGION.label == "Waterhoek"
    assert Gremium.BOARD.label == "bestuur van de Waterhoek"
    assert "deelnemer in Samenwerking De Waterhoek" in Sender("a@b.nl", "Oudersluis").legal
    assert [p.title for p in patterns() if p.kind == "mra"] == ["Jaarplan van de Waterhoek: naar de raden"]
    assert not any("Noordwest" in p.title for p in patterns())


def test_a_call_for_the_region_and_one_for_elsewhere_are_told_apart(other: None) -> None:
    assert area("Subsidie erfgoed", "Voor projecten.", "Provincie Veenland", "nl") == "provincie Veenland"
    assert area("Subsidie Noord-Holland", "", None, "nl") == "Noord-Holland, buiten de Waterhoek"
    assert area("JTF", "", None, "en") == "alleen JTF-gebieden, buiten de Waterhoek"
    assert "veenland*" in cues()["ours"]
    assert "flevoland" not in crawlable(Settings(_env_file=None))
    assert "flevoland" in crawlable(Settings(_env_file=None, sources_on=("flevoland",)))


def test_its_opgaven_match_by_words_at_once_and_say_that_they_do(other: None) -> None:
    """Nobody labelled a call for them: no head, no neighbour of theirs is in the weights."""
    peat = ChallengeText(
        id="W26-veen", name="Veen dat blijft liggen", words_nl=("veenweide*",), words_en=("peatland*",)
    )
    assert peat.id not in fitted().heads
    assert peat.id not in fitted().labelled.ids
    call = CallText(
        id="1",
        title="Subsidie veenweide voor gemeenten",
        text="Gemeenten kunnen subsidie krijgen voor veenweidegebieden.",
    )
    found = Matcher([peat], None).match([call])[0]
    assert [m.challenge_id for m in found.matches] == ["W26-veen"]
    assert Certainty(0, 0, 0).word == "alleen op woorden en strekking"


def test_init_keeps_the_region_and_later_commands_know_it(tmp_path: Path) -> None:
    said = kansenradar(tmp_path, "init", "--region", "waterhoek").stdout
    assert "Samenwerking De Waterhoek" in said
    assert kansenradar(tmp_path, "init").returncode == 0  # safe to repeat, also without saying which
    people = kansenradar(
        tmp_path, "user", "add", "j@v.example", "--name", "J", "--role", "lezer", "--participant", "polderwijk"
    )
    assert people.returncode == 0, people.stderr
    wrong = kansenradar(tmp_path, "init", "--region", "mra")
    assert wrong.returncode == 2
    assert "is of the region waterhoek, not of mra" in wrong.stderr
    missing = kansenradar(tmp_path, "init", "--region", "nergens")
    assert missing.returncode == 2
    assert "nergens: no folder of a region" in missing.stderr


@pytest.mark.slow
def test_the_demo_of_the_other_region_names_the_usual_one_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_recorded", lambda: ["rvo", "dus_i"])
    said: list[str] = []
    shown = demo.prepare(tmp_path / "demo", 8000, read_region(OTHER), OTHER)
    try:
        demo.fill(shown, said.append)
        demo.match_all(shown, said.append)
        demo.mail_all(shown, said.append)
        demo.add_example(shown, said.append)
        with reading(shown.engine) as session:
            assert session.exec(select(KeptRegion.folder)).one() == "waterhoek"
            assert {p.name for p in session.exec(select(Participant))} == {
                "Oudersluis",
                "Merendam",
                "Polderwijk",
                "Veenland",
            }
            assert session.get(Body, "bestuur")
            assert session.get(Challenge, "W26-veen")
    finally:
        serve(None)
    assert "1.1 Veilig en genoeg water" in "\n".join(said)
    assert not re.search(r"MRA|Metropool", "\n".join(said))


def test_the_pages_carry_the_regions_name_and_colours(
    engine: Engine, now: datetime, tmp_path: Path, other: None
) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
    with visit(engine, now, tmp_path, user) as visitor:
        page = visitor.get("/")
        sheet = re.search(r'href="(/static/region\.css\?v=\w+)"', page.text)
        assert sheet
        assert "#8a3b12" in visitor.get(sheet[1]).text
    assert "Waterhoek" in page.text
    assert "MRA" not in page.text
    assert region().id == "waterhoek"
