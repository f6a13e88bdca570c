"""Each page explains itself to its reader in three sentences, and one tells all keys."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.vocabulary import NoReason, Role
from tests.make.addresses import is_page
from tests.make.pages import visit
from tracker.web.frame.help import entries, help_for
from tracker.web.routes import ROUTES

PAGES = [route for route in ROUTES if is_page(route) and route.role is not None]


@pytest.mark.parametrize("role", list(Role))
def test_every_page_says_three_sentences_to_whoever_may_come(role: Role) -> None:
    above = [route for route in PAGES if list(Role).index(route.role) <= list(Role).index(role)]
    wrong = {route.path: said for route in above if len(said := help_for(route.path, role)) != 3}
    assert wrong == {}


def test_help_is_short_ends_in_a_stop_and_is_for_pages_that_exist() -> None:
    begun = {route.path for route in PAGES}
    for key, entry in entries().items():
        assert any(path == key or path.startswith(f"{key}/") for path in begun), key
        said = [sentence for words in entry.values() for sentence in (words if isinstance(words, list) else [words])]
        assert all(sentence.endswith(".") and len(sentence) <= 160 for sentence in said), key


def test_the_third_sentence_is_for_the_role_and_nobody_signed_out_gets_one() -> None:
    assert help_for("/dossiers/1", Role.READER)[2] != help_for("/dossiers/1", Role.LOBBYIST)[2]
    assert help_for("/dossiers/1", Role.ADMINISTRATOR)[2] == help_for("/dossiers", Role.COORDINATOR)[2]
    assert help_for("/dossiers", None) == help_for("/nergens", Role.READER) == ()


def test_every_key_that_does_something_stands_on_the_page_of_keys(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    web = Path(__file__).parents[2] / "tracker/web"
    templates = "".join(path.read_text("utf-8") for path in web.rglob("*.html"))
    keys = set(re.findall(r'data-key="(.)"', templates)) | set(re.findall(r'event\.key === "(.)"', script_of(web)))
    reasons = len(re.findall(r"data-reason=", templates))
    with visit(engine, now, tmp_path) as visitor:
        shown = visitor.get("/toetsen").text
    told = set(re.findall(r"<kbd>(.)</kbd>", shown))
    assert {"1", "2", "3", "u", "?"} < keys
    assert reasons == 1
    assert (keys - {" "}) | set("abcdefghi"[: len(NoReason)]) <= told
    assert [
        text for text in re.findall(r'class="ams-skip-link" href="[^"]*">([^<]+)<', shown) if text not in shown
    ] == []


def test_no_key_of_one_letter_works_outside_its_own_section() -> None:
    script = script_of(Path(__file__).parents[2] / "tracker/web")
    handler = script[script.index('addEventListener("keydown"') :]
    assert handler.index('closest("[data-keys]")') < handler.index('event.key === "?"')


def script_of(web: Path) -> str:
    return (web / "static/site.js").read_text("utf-8")
