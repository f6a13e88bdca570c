"""Who was there already is found by any name, is said aloud when it is nobody, and reveals no more than one may see."""

from datetime import date, datetime

import pytest
from sqlalchemy import update
from sqlmodel import Session

from db.models import Organisation, Stakeholder
from db.vocabulary import Visibility
from tests.make.lobby import Cast, gather
from tracker.errors import ChangedMeanwhile
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.lobby.presence import Presence, presence
from tracker.organisations import register
from tracker.organisations.load import load_organisations
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)
KGG = "Ministerie van Klimaat en Groene Groei"
HEAT = Office(KGG, "directeur Warmte")
ASK = "Iemand van Haarlem was er dit kwartaal of het vorige, of gaat er het volgende: vraag een collega daar; er is geen coördinator bekend."


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    cast = gather(session, now)
    load_organisations(session, now)
    return cast


def shared(cast: Cast, office: Office = HEAT, **fields: object) -> None:
    log_contact(cast.deed(cast.haarlem), ContactFields(TODAY, "x", visibility=Visibility.REGION, **fields), office)


def seen(cast: Cast, organisation: str, office: str = "") -> Presence:
    return presence(cast.session, viewer_of(cast.lobbyist), organisation, office, TODAY)


@pytest.mark.parametrize(
    "name",
    [KGG, "KGG", "kgg", "Ministerie KGG", "Ministerie van KGG", "Min. van Klimaat en Groene Groei", "MinKGG",
     " ministerie van  KLIMAAT EN GROENE GROEI ", "Klimaat & Groene Groei", f"{KGG} (KGG)", "Economische Zaken en Klimaat"],
)  # fmt: skip
def test_every_way_to_write_a_ministry_meets_the_same_talks(cast: Cast, name: str) -> None:
    shared(cast)
    assert [t.who for t in seen(cast, name, "Directeur warmte").at_office] == ["lobbyist haarlem (Haarlem)"]
    assert [t.who for t in seen(cast, name).at_office] == ["lobbyist haarlem (Haarlem)"], "the organisation alone"
    other = seen(cast, name, "directeur Warmte en Ondergrond")
    assert (other.at_office, len(other.elsewhere), other.nobody) == ([], 1, False)


def test_another_ministry_is_another(cast: Cast) -> None:
    shared(cast)
    for name in ("BZK", "IenW", "Klimaat", "Groene Groei BV"):
        assert seen(cast, name).nobody, name


def test_nobody_is_said_only_where_it_is_so(cast: Cast) -> None:
    assert seen(cast, "KGG").nobody
    log_contact(cast.deed(cast.haarlem), ContactFields(date(2026, 1, 2), "Geheim"), HEAT)
    hidden = seen(cast, "KGG", "directeur Warmte")
    assert (hidden.at_office, hidden.elsewhere, hidden.ask, hidden.nobody) == ([], [], ASK, False)
    log_contact(cast.deed(cast.haarlem), ContactFields(TODAY, "Geheim"), HEAT)
    assert seen(cast, "KGG", "directeur Warmte") == hidden, "the same, whenever and however often it was"


def test_what_two_keep_to_themselves_meets_without_telling(cast: Cast) -> None:
    """Both typed a name that stands in no register: each has a row of its own."""
    log_contact(cast.deed(cast.haarlem), ContactFields(TODAY, "Geheim"), Office("Warmtefonds B.V.", "directie"))
    for _ in range(2):
        met = seen(cast, "warmtefonds bv", "Directie")
        assert (met.at_office, met.ask) == ([], ASK) or [t.who for t in met.at_office] == [
            "lobbyist amsterdam (Amsterdam)"
        ]
        assert met.ask == ASK
        log_contact(cast.deed(), ContactFields(TODAY, "Ook geheim"), Office("Warmtefonds", "directie"))


def test_a_talk_names_its_dossier_to_who_may_see_that(cast: Cast) -> None:
    hidden, open_one = cast.open("Van ons", by=cast.haarlem, visibility=Visibility.OWN), cast.open("Van allen")
    shared(cast, dossier_id=open_one.id)
    log_contact(cast.deed(cast.haarlem), ContactFields(TODAY, "x", dossier_id=hidden.id), HEAT)
    talks = seen(cast, "KGG").at_office
    assert [t.dossier.title if t.dossier else None for t in talks] == ["Van allen"]


def test_what_one_called_an_organisation_to_itself_stays_so_when_it_is_shared(cast: Cast) -> None:
    log_contact(cast.deed(), ContactFields(TODAY, "x"), Office("Geheime Overname B.V."))
    ours = register.find(cast.session, viewer_of(cast.lobbyist), "Geheime Overname B.V.", TODAY)
    assert ours is not None
    fields = register.OrganisationFields("Bureau Zuid", names="Geheimalias")
    register.edit(cast.deed(), ours, fields, ours.version)
    log_contact(cast.deed(), ContactFields(TODAY, "x", visibility=Visibility.REGION), Office("Bureau Zuid"))
    assert (ours.visibility, register.names_of(cast.session, ours)) == (Visibility.REGION, [])
    for name in ("Geheime Overname", "Geheimalias"):
        found = [register.find(cast.session, viewer_of(by), name, TODAY) for by in (cast.lobbyist, cast.haarlem)]
        assert found == [ours, None], name
    merged = [register.merged_here(cast.session, viewer_of(by), ours) for by in (cast.lobbyist, cast.haarlem)]
    assert [len(rows) for rows in merged] == [2, 0]


def test_of_two_who_merge_two_organisations_crosswise_at_once_one_is_refused(cast: Cast) -> None:
    one, other = (register.enter(cast.deed(), name) for name in ("Warmtefonds", "Warmtebank"))
    cast.session.flush()
    cast.session.connection().execute(  # somebody else merged the other, after this person read it
        update(Organisation).where(Organisation.id == other.id).values(merged_into_id=one.id, version=2)
    )
    with pytest.raises(ChangedMeanwhile):
        register.merge(cast.deed(), one, other, one.version)
    cast.session.expire_all()
    assert (one.merged_into_id, other.merged_into_id) == (None, one.id)
    one.merged_into_id = other.id
    assert register.live(cast.session, one).id == other.id, "and what was merged crosswise hangs nothing"


def test_a_shared_talk_names_the_organisation_as_it_is_called_now(cast: Cast) -> None:
    log_contact(cast.deed(), ContactFields(TODAY, "x"), Office("Oudgeheim", "Geheime functie"))
    ours = register.find(cast.session, viewer_of(cast.lobbyist), "Oudgeheim", TODAY)
    assert ours is not None
    register.edit(cast.deed(), ours, register.OrganisationFields("Nieuw"), ours.version)
    office = Office("Nieuw", "Geheime functie")
    talk = log_contact(cast.deed(), ContactFields(TODAY, "x", visibility=Visibility.REGION), office)
    assert cast.session.get_one(Stakeholder, talk.stakeholder_id).organisation == "Nieuw"


def test_a_talk_of_before_names_what_its_organisation_went_into_or_is_called_now(cast: Cast) -> None:
    shared(cast)
    assert [t.whom for t in seen(cast, KGG).at_office] == [
        f"directeur Warmte, Ministerie van Economische Zaken en Klimaat (voorheen {KGG})"
    ]
    assert [t.whom for t in presence(cast.session, viewer_of(cast.lobbyist), KGG, "", date(2026, 2, 22)).at_office] == [
        f"directeur Warmte, {KGG}"
    ], "it was so until its last day"
    shared(cast, Office("Netbeheerders"))
    shared(cast, Office("Netbeheer Nederland"))
    one, other = (
        register.find(cast.session, viewer_of(cast.haarlem), n, TODAY) for n in ("Netbeheerders", "Netbeheer Nederland")
    )
    assert one is not None
    assert other is not None
    register.merge(cast.deed(cast.coordinator), one, other)
    told = {t.whom for t in seen(cast, "Netbeheer Nederland").at_office}
    assert told == {"Netbeheer Nederland", "Netbeheer Nederland (voorheen Netbeheerders)"}
