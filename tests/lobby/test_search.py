"""One search over all that one may see: words with or without accents and endings, alike on both databases, by kind."""

from datetime import date, datetime
from itertools import product

import pytest
from sqlmodel import Session

from db.models import User
from db.text_search import asked, holds
from db.vocabulary import Visibility
from db.vocabulary_lobby import Gremium, Level, MomentKind
from tests.make.lobby import Cast, gather
from tracker.documents import documents
from tracker.lobby import contact_list, contacts, dossier_list, moments, positions, search
from tracker.lobby.contacts import ContactFields, Office
from tracker.lobby.moments import NewMoment
from tracker.rights import viewer_of


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    """One thing of every kind with the same word: shared ones, and as many of the own organisation's."""
    cast = gather(session, now)
    for level in (Visibility.REGION, Visibility.OWN):
        dossier = cast.open(f"Financiële ruimte voor WÉRELDERFGOED {level}", visibility=level)
        said = ContactFields(date(2026, 5, 20), "Het werelderfgoed besproken", dossier_id=dossier.id, visibility=level)
        contacts.log_contact(cast.deed(), said, Office("Ministerie van OCW", "Directeur"))
        words = positions.Wording(internal="Geheim plan", public="Wij beschermen het werelderfgoed", red_lines="Nooit")
        draft = positions.draft(cast.deed(cast.coordinator), dossier, words)
        cast.adopt(draft, positions.Adoption(Gremium.BOARD, "B-1", date(2026, 5, 1), date(2026, 5, 1)))
        documents.add_file(cast.deed(), dossier, "Kaart werelderfgoed.txt", b"x", level, 100)
    coming = NewMoment("Debat werelderfgoed", MomentKind.COMMITTEE_DEBATE, Level.NATIONAL, ends_on=date(2026, 9, 1))
    moments.add_moment(cast.deed(cast.coordinator), coming)
    return cast


def found(cast: Cast, reader: User, question: str) -> dict[str, int]:
    hits = search.search(cast.session, viewer_of(reader), question, date(2026, 5, 29))
    assert all(len(one.first) == min(one.total, search.SHOWN) for one in hits)
    return {one.kind: one.total for one in hits}


def test_what_may_not_be_seen_is_neither_found_nor_counted(cast: Cast) -> None:
    kinds = ("Lobbydossiers", "Standpunten", "Contacten", "Documenten")
    assert found(cast, cast.lobbyist, "werelderfgoed") == {"Momenten": 1, **dict.fromkeys(kinds, 2)}
    assert found(cast, cast.haarlem, "werelderfgoed") == {"Momenten": 1, **dict.fromkeys(kinds, 1)}


def test_internal_words_are_found_by_nobody(cast: Cast) -> None:
    assert [found(cast, reader, "geheim plan") for reader in (cast.lobbyist, cast.haarlem)] == [{}, {}]


@pytest.mark.parametrize("question", ["financiele", "FINANCIËLE ruimte", "wereld-erfgoed", "werelderfgoed financiële"])
def test_accents_case_and_hyphens_make_no_difference(cast: Cast, question: str) -> None:
    assert found(cast, cast.lobbyist, question)["Lobbydossiers"] == 2


def test_every_word_must_stand_in_it_and_signs_alone_find_nothing(cast: Cast) -> None:
    assert found(cast, cast.lobbyist, "werelderfgoed fiets") == {}
    assert [found(cast, cast.lobbyist, question) for question in ("%", "_", "!!", "--", "\x00")] == [{}] * 5


def test_lists_find_by_the_same_words_as_the_search(cast: Cast) -> None:
    for reader, question in product((cast.lobbyist, cast.haarlem), ("werelderfgoed", "financiele", "ocw")):
        viewer, counted = viewer_of(reader), found(cast, reader, question)
        dossiers = dossier_list.DossierFilter(question)
        talks = contact_list.contacts_in(cast.session, viewer, contact_list.ContactFilter(question), date(2026, 5, 29))
        assert dossier_list.dossiers_in(cast.session, viewer, dossiers, date(2026, 5, 29)).total == counted.get(
            "Lobbydossiers", 0
        )
        assert talks.total == counted.get("Contacten", 0)


def test_a_word_is_known_by_its_root() -> None:
    assert asked("De gesprekken over woningen") == asked("de gesprek over woning")
    assert holds(asked("woningen"), ["Woningbouw"])
    assert not holds(asked("woningen"), ["Wonen aan het IJ"])
