"""The KennisHuis: what is kept and refused, who makes it public, what stays of what was, and what a search finds."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from db.models import (
    Delivery,
    DocumentContent,
    Match,
    Publication,
    PublicationChange,
    PublicationLink,
    PublicationRelease,
    PublicationText,
)
from db.vocabulary import DeliveryState, Role, Visibility
from db.vocabulary_knowledge import Licence, PublicationKind
from db.vocabulary_lobby import ApplicationStage
from notifications.outbox import put
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import MAILER
from tests.make.pages import make_user
from tracker.applications import stages
from tracker.care.places import named, publications_naming
from tracker.documents import documents
from tracker.errors import ChangedMeanwhile, Incomplete, MoveNotAllowed, NotAllowed, NotFound, Refused
from tracker.knowledge import links, publications, related, releases
from tracker.knowledge.history import history_of
from tracker.knowledge.publications import PublicationFields, PublicationFilter, Upload
from tracker.mailing.release_mail import release_mails, rewrite_releases, second_persons
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove


def fields(**other: Any) -> PublicationFields:
    said = {"title": "Warmte in de wijk", "summary": "Wat werkt.", "owner": "Amsterdam", "year": 2025}
    return PublicationFields(**{"kind": PublicationKind.STUDY, "challenges": ("A20-1",), **said, **other})


def upload(name: str = "nota.txt", content: bytes = b"Aquathermie loont in Zaandam.") -> Upload:
    return Upload(name, content, 1000)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def added(cast: Cast, **other: Any) -> Publication:
    return publications.add(cast.deed(), fields(**other), upload())


def public(cast: Cast, publication: Publication) -> PublicationRelease:
    release = releases.propose(cast.deed(), publication, publication.version)
    return releases.confirm(cast.deed(cast.second), publication, release.id)


@pytest.mark.parametrize(
    ("other", "file", "field"),
    [
        ({"title": " "}, upload(), "title"),
        ({"summary": ""}, upload(), "summary"),
        ({"year": 2028}, upload(), "year"),
        ({"url": "javascript:alert(1)"}, None, "url"),
        ({"challenges": ("A99",)}, upload(), "challenges"),
        ({}, None, "file"),
        ({}, upload("nota.pdf", b"MZ\x00"), "file"),
        ({}, upload("nota.txt", b"x" * 1001), "file"),
        ({"subjects": ", ".join(str(n) for n in range(11))}, upload(), "subjects"),
    ],
)
def test_what_cannot_be_says_at_which_field_and_leaves_nothing(
    cast: Cast, other: dict[str, Any], file: Upload | None, field: str
) -> None:
    with pytest.raises(Refused) as refused, cast.session.begin_nested():
        publications.add(cast.deed(), fields(**other), file)
    assert list(refused.value.errors) == [field]
    assert cast.session.exec(select(Publication)).all() == cast.session.exec(select(DocumentContent)).all() == []


def test_a_reader_adds_nothing_and_only_its_organisation_changes_it(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        publications.add(cast.deed(cast.reader), fields(), upload())
    made = added(cast)
    for act in (
        lambda: publications.change(cast.deed(cast.haarlem), made, fields(title="Anders"), None, made.version),
        lambda: publications.withdraw(cast.deed(cast.haarlem), made, "weg", made.version),
        lambda: releases.propose(cast.deed(cast.haarlem), made, made.version),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert publications.publication_for(cast.session, viewer_of(cast.haarlem), made.id) is made


def test_it_becomes_public_by_a_coordinator_who_is_somebody_else(cast: Cast, now: datetime) -> None:
    made = publications.add(cast.deed(cast.coordinator), fields(), upload())
    release = releases.propose(cast.deed(cast.coordinator), made, made.version)
    new = make_user(cast.session, now + timedelta(hours=1), Role.COORDINATOR, email="nieuw@amsterdam.nl")
    same = make_user(cast.session, now, Role.COORDINATOR, email="coordinator+2@amsterdam.nl")
    for user in (cast.coordinator, cast.lobbyist, cast.haarlem, new, same):
        assert not releases.may_confirm(cast.session, user, release)
        with pytest.raises(NotAllowed):
            releases.confirm(Deed(cast.session, user, now + timedelta(hours=2)), made, release.id)
    assert releases.public_of(cast.session, made.id) is None
    assert releases.waiting_for(cast.session, cast.second) == [(made, release)]
    releases.confirm(cast.deed(cast.second), made, release.id)
    assert releases.public_of(cast.session, made.id) is release
    with pytest.raises(MoveNotAllowed):
        releases.confirm(cast.deed(cast.second), made, release.id)


def test_what_is_written_later_is_public_only_by_a_next_release(cast: Cast) -> None:
    made = added(cast)
    first = public(cast, made)
    publications.change(cast.deed(), made, fields(title="Nieuw"), upload("b.txt", b"Anders"), made.version)
    assert releases.standing_of(cast.session, made).outdated
    shown = releases.public_of(cast.session, made.id)
    assert (shown.title, shown.sha256 is None) == ("Warmte in de wijk", False)
    assert len(cast.session.exec(select(DocumentContent)).all()) == 2
    public(cast, made)
    assert (releases.public_of(cast.session, made.id).title, first.ended_at) == ("Nieuw", cast.now)
    assert [row.content for row in cast.session.exec(select(DocumentContent))] == [b"Anders"]


def test_a_change_lets_a_proposal_fall_since_it_was_about_something_else(cast: Cast) -> None:
    made = added(cast)
    release = releases.propose(cast.deed(), made, made.version)
    publications.change(cast.deed(), made, fields(title="Nieuw"), None, made.version)
    with pytest.raises(MoveNotAllowed):
        releases.confirm(cast.deed(cast.second), made, release.id)
    assert releases.public_of(cast.session, made.id) is None


def test_of_two_who_change_it_at_once_the_second_is_told(cast: Cast) -> None:
    made = added(cast)
    seen = made.version
    publications.change(cast.deed(), made, fields(title="Eerste"), None, seen)
    with pytest.raises(ChangedMeanwhile):
        publications.change(cast.deed(), made, fields(title="Tweede"), None, seen)


def test_withdrawn_it_leaves_its_history_and_nothing_else(cast: Cast) -> None:
    made = added(cast)
    public(cast, made)
    publications.change(cast.deed(), made, fields(title="Nieuw", licence=Licence.CC0), None, made.version)
    with pytest.raises(Incomplete):
        publications.withdraw(cast.deed(), made, " ", made.version)
    publications.withdraw(cast.deed(), made, "Verouderd", made.version)
    assert (releases.public_of(cast.session, made.id), releases.was_public(cast.session, made.id)) == (None, True)
    assert cast.session.exec(select(DocumentContent)).all() == []
    assert publications.publications_in(cast.session, viewer_of(cast.lobbyist), PublicationFilter()).total == 0
    with pytest.raises(NotFound):
        publications.publication_for(cast.session, viewer_of(cast.haarlem), made.id)
    said = [(row.deed, row.before.splitlines()[:2]) for row, _ in history_of(cast.session, made)]
    assert [deed for deed, _ in said] == ["withdrawn", "changed", "released", "proposed"]
    assert said[1][1] == ["titel: Warmte in de wijk", "licentie: CC BY 4.0: met naamsvermelding"]
    assert set(cast.session.exec(select(PublicationChange.user_id))) == {cast.lobbyist.id, cast.second.id}


def test_beside_it_are_the_calls_of_its_opgaven_that_one_can_still_enter(cast: Cast) -> None:
    assert related.calls_beside(cast.session, ["A20-1"], cast.now) == []
    cast.session.add(Match(call_id=cast.call.id, challenge_id="A20-1", score=0.9, model="t", at=cast.now))
    cast.call.closes_at = cast.now + timedelta(days=1)
    cast.session.flush()
    assert related.calls_beside(cast.session, ["A20-1"], cast.now) == [cast.call]
    assert related.calls_beside(cast.session, ["A20-1"], cast.now + timedelta(days=2)) == []
    assert related.calls_beside(cast.session, [], cast.now) == []


def test_bytes_stay_while_a_dossier_or_a_release_needs_them(cast: Cast) -> None:
    made = added(cast)
    document = documents.add_file(cast.deed(), cast.open(), "nota.txt", upload().content, Visibility.OWN, 1000)
    publications.withdraw(cast.deed(), made, "Dubbel", made.version)
    assert documents.content_of(cast.session, document) == upload().content
    documents.withdraw(cast.deed(), document, document.version)
    assert cast.session.exec(select(DocumentContent)).all() == []


def test_a_search_finds_words_of_the_file_and_of_what_was_filled_in(cast: Cast) -> None:
    read, unread = added(cast), added(cast, title="Zonder tekst", owner="TU Delft", subjects="inkoop, warmte")
    cast.session.add(PublicationText(publication_id=read.id, sha256=read.sha256, words="aquathermie loont zaandam"))
    cast.session.flush()
    viewer = viewer_of(cast.reader)

    def found(**wanted: Any) -> list[int]:
        rows = publications.publications_in(cast.session, viewer, PublicationFilter(**wanted)).rows
        return [row.id for row in rows]

    assert found(text="aquathermie wijk") == [read.id]
    assert found(text="delft") == found(owner="TU Delft") == found(subject="inkoop") == [unread.id]
    assert found(text="aquathermie delft") == found(year=2019) == found(challenge="A20") == []
    assert found(challenge="A20-1") == [unread.id, read.id]


def test_lessons_of_applications_that_are_over_are_offered_once_to_their_own(cast: Cast) -> None:
    dossier = stages.start(cast.deed(), cast.call, "amsterdam", Visibility.OWN)
    stages.learn(cast.deed(), dossier, "Begin eerder.", dossier.version)
    mine, theirs = viewer_of(cast.lobbyist), viewer_of(cast.haarlem)
    assert related.lessons_to_share(cast.session, mine) == []
    dossier.stage = ApplicationStage.DROPPED
    cast.session.flush()
    assert related.lessons_to_share(cast.session, mine) == [(dossier, "Begin eerder.")]
    assert (
        related.lessons_to_share(cast.session, theirs)
        == related.lessons_to_share(cast.session, viewer_of(cast.reader))
        == []
    )
    with pytest.raises(NotFound):
        publications.add(cast.deed(cast.haarlem), fields(kind=PublicationKind.LESSON), None, dossier.id)
    made = publications.add(cast.deed(), fields(kind=PublicationKind.LESSON), None, dossier.id)
    assert related.lessons_to_share(cast.session, mine) == []
    assert related.dossiers_beside(cast.session, mine, made, []) == [dossier]
    assert related.dossiers_beside(cast.session, theirs, made, []) == []


def test_who_is_erased_and_stands_in_a_file_is_named_to_whoever_erases(cast: Cast) -> None:
    made = added(cast)
    cast.session.add(PublicationText(publication_id=made.id, sha256=made.sha256, words="anna bakker schreef dit"))
    cast.session.flush()
    found = [publications_naming(cast.session, named(name)) for name in ("Anna Bakker", "Anna Visser")]
    assert found == [[made.id], []]


def test_a_person_puts_a_call_and_a_dossier_beside_a_publication_for_who_may_see_them(cast: Cast) -> None:
    row, own = added(cast), cast.open("Eigen dossier", visibility=Visibility.OWN)
    for address in (f"https://radar.example/regelingen/{cast.call.id}?x=1", f"/dossiers/{own.id}"):
        links.link(cast.deed(), row, address)
    for wrong in ("/kalender", "/regelingen/999999", f"/dossiers/{own.id}"):  # the last hangs there already
        with pytest.raises(Incomplete) as refused:
            links.link(cast.deed(), row, wrong)
        assert list(refused.value.errors) == ["address"]
    theirs = publications.add(cast.deed(cast.haarlem), fields(title="Van Haarlem"), upload())
    with pytest.raises(Incomplete, match="bestaat niet"):
        links.link(cast.deed(cast.haarlem), theirs, f"/dossiers/{own.id}")
    with pytest.raises(NotAllowed):
        links.link(cast.deed(cast.haarlem), row, f"/regelingen/{cast.call.id}")
    assert [call.id for _, call in links.calls_of(cast.session, row)] == [cast.call.id]
    seen = [len(links.dossiers_of(cast.session, viewer_of(who), row)) for who in (cast.lobbyist, cast.haarlem)]
    assert seen == [1, 0]
    on = PublicationLink.call_id == cast.call.id
    assert links.linked_to(cast.session, viewer_of(cast.haarlem), on) == [row]
    with pytest.raises(NotFound):
        links.unlink(cast.deed(cast.haarlem), theirs, links.calls_of(cast.session, row)[0][0].id)
    links.unlink(cast.deed(), row, links.calls_of(cast.session, row)[0][0].id)
    assert links.linked_to(cast.session, viewer_of(cast.haarlem), on) == []


def test_who_can_be_the_second_person_is_mailed_once_and_not_after_it_was_decided(cast: Cast) -> None:
    row = added(cast)
    release = releases.propose(cast.deed(cast.coordinator), row, row.version)
    later = cast.now + timedelta(minutes=1)
    assert [user.id for user in second_persons(cast.session, release)] == [cast.second.id]
    mails = release_mails(cast.session, MAILER, release, later)
    assert [(mail.address, f"/kennishuis/{row.id}" in mail.text) for mail in mails] == [(cast.second.email, True)]
    put(cast.session, mails, MAILER.key, MAILER.domain)
    assert rewrite_releases(cast.session, MAILER, later) == 0
    releases.confirm(cast.deed(cast.second), row, release.id)
    assert rewrite_releases(cast.session, MAILER, later) == 1
    assert cast.session.exec(select(Delivery.state)).all() == [DeliveryState.CANCELLED]
