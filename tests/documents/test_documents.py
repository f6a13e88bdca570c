"""Documents on dossiers, positions and contacts: who sees them, kept once, taken back with history, nothing half."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from db.models import ContactMoment, Document, DocumentContent, Dossier, Stakeholder, User
from db.vocabulary import Visibility
from db.vocabulary_documents import DocumentKind
from tests.make.lobby import Cast, gather
from tracker.care.erasure import erase_person, erase_user
from tracker.care.spelling import GONE
from tracker.documents import documents
from tracker.documents.documents import Host
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.lobby import contacts, dossier_ends, history, positions
from tracker.lobby.contacts import ContactFields, Office
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

MOST = 1000
TEXT = b"Wij vragen de minister om regie.\n"


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def add(cast: Cast, host: Host, level: str = Visibility.OWN, content: bytes = TEXT, by: User | None = None) -> Document:
    return documents.add_file(cast.deed(by), host, "nota.txt", content, level, MOST)


def talk(cast: Cast, dossier: Dossier | None, level: str = Visibility.OWN) -> ContactMoment:
    fields = ContactFields(date(2026, 5, 20), "x", dossier_id=dossier.id if dossier else None, visibility=level)
    return contacts.log_contact(cast.deed(), fields, Office("Ministerie van VRO", "Directeur", "Jan Jansen"))


def seen(cast: Cast, host: Host, reader: User) -> list[str]:
    return [row.document.name for row in documents.documents_of(cast.session, viewer_of(reader), host)]


def kept(cast: Cast) -> int:
    return len(cast.session.exec(select(DocumentContent)).all())


def test_a_document_begins_at_the_own_organisation_and_is_never_wider_than_what_it_hangs_on(cast: Cast) -> None:
    shared = cast.open()
    private = talk(cast, shared)
    document = add(cast, shared)
    assert (seen(cast, shared, cast.reader), seen(cast, shared, cast.haarlem)) == (["nota.txt"], [])
    with pytest.raises(NotFound):
        documents.document_for(cast.session, viewer_of(cast.haarlem), document.id)
    add(cast, shared, Visibility.REGION, b"anders")
    assert len(seen(cast, shared, cast.haarlem)) == 1
    for host, level in ((shared, Visibility.PUBLIC), (private, Visibility.REGION)):
        with pytest.raises(Incomplete, match="niet ruimer"):
            add(cast, host, level, b"te ruim")
    with pytest.raises(NotFound):
        add(cast, private, by=cast.haarlem)
    with pytest.raises(NotAllowed):
        add(cast, shared, by=cast.reader)


def test_what_hangs_on_a_position_or_contact_follows_it(cast: Cast) -> None:
    shared = cast.open()
    draft = positions.draft(cast.deed(), shared, positions.Wording(public="Concept"), Visibility.OWN)
    open_talk = talk(cast, shared, Visibility.REGION)
    add(cast, draft)
    on_talk = add(cast, open_talk, Visibility.REGION, b"verslag")
    assert seen(cast, shared, cast.lobbyist) == ["nota.txt", "nota.txt"]
    assert seen(cast, shared, cast.reader) == ["nota.txt"]  # a draft is for those who work on it
    assert seen(cast, shared, cast.haarlem) == ["nota.txt"]
    other = cast.open("Ander dossier", visibility=Visibility.OWN)
    history.correct(cast.deed(), open_talk, {"dossier_id": other.id, "visibility": "own"}, open_talk.version)
    assert (on_talk.dossier_id, on_talk.visibility) == (other.id, Visibility.OWN)
    assert seen(cast, open_talk, cast.haarlem) == []


def test_the_same_file_is_stored_once_and_goes_with_the_last_that_needs_it(cast: Cast) -> None:
    one, two = cast.open(), cast.open("Ander dossier")
    first, again, elsewhere = add(cast, one), add(cast, one), add(cast, two)
    assert (first.id, kept(cast)) == (again.id, 1)
    documents.withdraw(cast.deed(), first, first.version)
    assert documents.content_of(cast.session, elsewhere) == TEXT
    documents.withdraw(cast.deed(), elsewhere, elsewhere.version)
    assert kept(cast) == 0
    assert add(cast, one).id != first.id


def test_who_added_it_takes_it_back_and_its_history_stays(cast: Cast) -> None:
    dossier = cast.open()
    document = add(cast, dossier, Visibility.REGION)
    with pytest.raises(NotAllowed):
        documents.withdraw(cast.deed(cast.haarlem), document, document.version)
    with pytest.raises(ChangedMeanwhile):
        documents.withdraw(cast.deed(), document, 7)
    documents.withdraw(cast.deed(cast.coordinator), document, document.version)
    assert seen(cast, dossier, cast.lobbyist) == []
    ((row, by, away),) = documents.history_of(cast.session, viewer_of(cast.lobbyist), dossier)
    assert (row.name, by, away) == ("nota.txt", cast.lobbyist.name, cast.coordinator.name)
    assert documents.history_of(cast.session, viewer_of(cast.haarlem), dossier) == []


def test_what_others_hung_on_a_contact_stays_theirs_when_it_goes_or_is_refused(cast: Cast) -> None:
    shared, own = cast.open(), cast.open("Van ons", visibility=Visibility.OWN)
    for change in ({"dossier_id": own.id, "visibility": "own"}, {"visibility": "own"}, None):
        said = talk(cast, shared, Visibility.REGION)
        ours, theirs = add(cast, said), add(cast, said, content=b"van Haarlem", by=cast.haarlem)
        if change:
            history.correct(cast.deed(), said, change, said.version)
        else:
            history.withdraw(cast.deed(), said, said.version)
        assert documents.document_for(cast.session, viewer_of(cast.haarlem), theirs.id).dossier_id == shared.id
        assert (documents.content_of(cast.session, theirs), ours.contact_id is None) == (b"van Haarlem", not change)
        documents.withdraw(cast.deed(cast.haarlem), theirs, theirs.version)
    for level, whose in ((Visibility.OWN, "een andere organisatie"), (Visibility.REGION, "Haarlem")):
        alone = talk(cast, None, Visibility.REGION)
        document = add(cast, alone, level, by=cast.haarlem)
        with pytest.raises(Incomplete, match=f"nog een document van {whose} aan"):
            history.withdraw(cast.deed(), alone, alone.version)
        assert documents.content_of(cast.session, document) == TEXT


def test_a_contact_takes_its_documents_along_and_a_dossier_with_some_is_not_empty(cast: Cast) -> None:
    dossier = cast.open()
    said = talk(cast, dossier)
    add(cast, said)
    assert "documenten" in dossier_ends.contents(cast.session, dossier)
    history.withdraw(cast.deed(), said, said.version)
    assert (kept(cast), seen(cast, dossier, cast.lobbyist)) == (0, [])
    alone = talk(cast, None)
    add(cast, alone)
    history.withdraw(cast.deed(), alone, alone.version)
    assert kept(cast) == 0
    ((change, _),) = history.withdrawn_without_dossier(cast.session, viewer_of(cast.coordinator))
    assert f"document: nota.txt, van {cast.lobbyist.name} op" in change.before, "what went is told in its history"
    assert history.withdrawn_without_dossier(cast.session, viewer_of(cast.haarlem)) == []


def test_a_merged_dossier_brings_its_documents_and_shows_them_to_nobody_more(cast: Cast) -> None:
    wide, narrow = cast.open(), cast.open("Smal", visibility=Visibility.OWN)
    add(cast, wide, Visibility.REGION)
    dossier_ends.merge(cast.deed(), wide, narrow, wide.version)
    assert (seen(cast, narrow, cast.lobbyist), seen(cast, narrow, cast.haarlem)) == (["nota.txt"], [])
    row = cast.session.exec(select(Document)).one()
    cast.session.refresh(row)
    assert row.visibility == Visibility.OWN


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leeg.txt", b"", "leeg.txt is leeg."),
        ("groot.txt", b"x" * (MOST + 1), "groter dan"),
        ("nota.zip", b"PK\x03\x04" + bytes(30), "beschadigd"),
        ("a/b.txt", TEXT, "schuine streep"),
    ],
)
def test_what_is_refused_leaves_nothing(cast: Cast, name: str, content: bytes, said: str) -> None:
    with pytest.raises(Incomplete, match=said):
        documents.add_file(cast.deed(), cast.open(), name, content, Visibility.OWN, MOST)
    assert (kept(cast), cast.session.exec(select(Document)).all()) == (0, [])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "nota", "https://", "ftp://e.nl/x", "https://e.nl/a b", "http://[x"]
)
def test_a_link_leads_to_a_page(cast: Cast, url: str) -> None:
    with pytest.raises(Incomplete, match="https://"):
        documents.add_link(cast.deed(), cast.open(), "Nota", url, Visibility.OWN)


def test_a_link_is_kept_once(cast: Cast) -> None:
    dossier = cast.open()
    first, again = (
        documents.add_link(cast.deed(), dossier, " Kamerbrief  wonen ", "https://e.nl/x", Visibility.OWN)
        for _ in range(2)
    )
    assert (first.id, first.name, first.kind) == (again.id, "Kamerbrief wonen", DocumentKind.LINK)


def test_erasing_a_person_strikes_titles_and_names_files_for_a_human(cast: Cast, now: datetime) -> None:
    said = talk(cast, cast.open())
    document = add(cast, said)
    link = documents.add_link(cast.deed(), said, "Verslag van Jan Jansen", "https://e.nl/x", Visibility.OWN)
    report = erase_person(cast.session, cast.session.get_one(Stakeholder, said.stakeholder_id), now)
    assert link.name == f"Verslag van {GONE}"
    assert f"document {document.id}, inhoud" in report.left
    erase_user(cast.session, cast.lobbyist, now)
    assert documents.documents_of(cast.session, viewer_of(cast.reader), said)[0].by == f"gewist {cast.lobbyist.id}"
