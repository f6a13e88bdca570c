"""The audit log as it is read: what exists for whom, in Dutch, found back by person, organisation, dossier and day."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from db.models import AuditEntry, Dossier, User
from db.vocabulary import Role, Visibility
from db.vocabulary_audit import Action
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker.lobby import contacts
from tracker.lobby.contacts import ContactFields, Office
from tracker.people.audit_log import AuditFilter, AuditLine, action_name, in_dutch, lines_in
from tracker.people.people_list import PeopleFilter, people_in
from tracker.rights import viewer_of


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def wrote(
    cast: Cast, by: User, action: str, object_: str, dossier: Dossier | None = None, result: str = "done"
) -> None:
    cast.session.add(
        AuditEntry(
            at=cast.now, actor=f"user {by.id}", action=action, object=object_, result=result, origin="10.0.0.1",
            participant_id=by.participant_id, dossier_id=dossier.id if dossier else None,
        )
    )  # fmt: skip
    cast.session.flush()


def read(cast: Cast, reader: User, **wanted: object) -> list[AuditLine]:
    return lines_in(cast.session, viewer_of(reader), AuditFilter(**wanted)).rows


def test_an_administrator_reads_dutch_and_of_others_files_nothing(cast: Cast, now: datetime) -> None:
    ours = make_user(cast.session, now, Role.ADMINISTRATOR)
    theirs = make_user(cast.session, now, Role.ADMINISTRATOR, "haarlem")
    hidden, shared = cast.open("Verborgen", visibility=Visibility.OWN), cast.open("Gedeeld")
    said = ContactFields(date(2026, 5, 20), "gezegd", dossier_id=shared.id, visibility=Visibility.OWN)
    talk = contacts.log_contact(cast.deed(), said, Office("Ministerie van VRO", "Directeur"))
    wrote(cast, cast.lobbyist, Action.DOSSIER_OPENED, f"dossier {hidden.id}", hidden)
    wrote(cast, cast.lobbyist, Action.DOSSIER_OPENED, f"dossier {shared.id}", shared)
    wrote(cast, cast.lobbyist, Action.CONTACT_LOGGED, f"contact {talk.id}", shared)
    wrote(cast, cast.lobbyist, Action.CONTACT_WITHDRAWN, "contact 987", shared)
    wrote(cast, cast.reader, Action.PERSON_CHANGED, f"user {cast.reader.id}", result="role reader to lobbyist")
    own = read(cast, ours)
    assert [(line.what, line.title) for line in own] == [
        ("persoon gewijzigd", cast.reader.name),
        ("contact ingetrokken", ""),
        ("contact vastgelegd", "Directeur, Ministerie van VRO, 20 mei 2026"),
        ("dossier geopend", "Gedeeld"),
        ("dossier geopend", "Verborgen"),
    ]
    assert (own[0].result, own[0].who, own[0].organisation) == (
        "rol lezer naar lobbyist",
        cast.reader.name,
        "Amsterdam",
    )
    other = read(cast, theirs)
    assert [(line.what, line.title) for line in other] == [
        ("persoon gewijzigd", cast.reader.name),
        ("dossier geopend", "Gedeeld"),
    ]
    assert lines_in(cast.session, viewer_of(theirs), AuditFilter()).total == 2
    assert read(cast, theirs, dossier=hidden.id) == []


def test_lines_are_found_by_person_organisation_dossier_and_day(cast: Cast, now: datetime) -> None:
    reader = make_user(cast.session, now, Role.ADMINISTRATOR)
    dossier = cast.open()
    wrote(cast, cast.lobbyist, Action.NOTE_ADDED, "note 1", dossier)
    wrote(cast, cast.haarlem, Action.SIGN_IN, f"user {cast.haarlem.id}")
    wrote(cast, cast.lobbyist, Action.SIGN_IN, f"user {cast.lobbyist.id}")
    by = {
        "person": cast.lobbyist.id, "organisation": "haarlem", "dossier": dossier.id, "action": Action.SIGN_IN,
        "after": now.date(), "before": now.date() - timedelta(days=1),
    }  # fmt: skip
    assert {name: len(read(cast, reader, **{name: value})) for name, value in by.items()} == {
        "person": 2, "organisation": 1, "dossier": 1, "action": 2, "after": 3, "before": 0,
    }  # fmt: skip
    cast.haarlem.participant_id = "amsterdam"  # who moves takes no deeds along
    assert len(read(cast, reader, organisation="haarlem")) == 1


def test_a_line_of_before_its_organisation_was_kept_goes_by_where_its_actor_works(cast: Cast) -> None:
    old = {"at": cast.now, "action": "read positions", "result": "done", "origin": "x"}
    cast.session.add(AuditEntry(actor=f"user {cast.haarlem.id}", object="position 1", **old))
    cast.session.flush()
    assert [line.organisation for line in read(cast, cast.haarlem, organisation="haarlem")] == ["Haarlem"]
    assert read(cast, cast.lobbyist) == []


def test_words_that_nobody_knows_any_more_stay_as_they_are() -> None:
    assert action_name("something of long ago") == "something of long ago"
    assert in_dutch("mra to own") == f"{Visibility.REGION.label} naar {Visibility.OWN.label}"
    assert in_dutch("waits for a second person") == "wacht op een tweede persoon"
    assert in_dutch("A20-1") == "A20-1"


def test_people_are_found_by_organisation_and_by_whether_they_ever_came(cast: Cast) -> None:
    cast.haarlem.seen_at = cast.now
    cast.session.flush()
    found = people_in(cast.session, PeopleFilter(organisation="haarlem"))
    assert [(row.user.id, row.organisation, row.last_sign_in) for row in found.rows] == [
        (cast.haarlem.id, "Haarlem", cast.now)
    ]
    quiet = people_in(cast.session, PeopleFilter(quiet_since=cast.now - timedelta(days=90)))
    assert cast.haarlem.id not in {row.user.id for row in quiet.rows}
    assert quiet.total == people_in(cast.session, PeopleFilter()).total - 1
    assert [r.user.id for r in people_in(cast.session, PeopleFilter(text="LEZER amster")).rows] == [cast.reader.id]
    later = PeopleFilter(quiet_since=cast.now + timedelta(days=1))
    assert people_in(cast.session, later).total == people_in(cast.session, PeopleFilter()).total
