"""Each page explains itself to its reader in three sentences."""

import pytest

from db.vocabulary import Role
from tests.make.addresses import is_page
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
