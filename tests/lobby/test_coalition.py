"""In a coalition silence is never consent, and whoever contradicts is shown to both."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from db.models import CoalitionMember, Dossier
from db.rights import may_see
from db.vocabulary import Visibility
from db.vocabulary_lobby import PartyKind, PartyStance
from tests.make.lobby import Cast, gather
from tracker.errors import Incomplete, MoveNotAllowed, NotAllowed, NotFound, ParticipantGone
from tracker.lobby import coalition, positions
from tracker.lobby.coalition import close_round, contradictions, join, open_round, say, tally
from tracker.lobby.round_answers import AskedParty, answer
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def three(cast: Cast, dossier: Dossier) -> list[CoalitionMember]:
    return [
        join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem"),
        join(cast.deed(), dossier, "Hogeschool Inholland", PartyKind.KNOWLEDGE, TODAY),
        join(cast.deed(), dossier, "Waterschap AGV", PartyKind.WATER_AUTHORITY, TODAY),
    ]


def test_a_round_with_one_objector_and_one_silent_is_no_agreement(cast: Cast) -> None:
    dossier = cast.open()
    haarlem, school, _water = three(cast, dossier)
    asked = open_round(cast.deed(), dossier, "Akkoord met concept 1?", date(2026, 6, 12))
    say(cast.deed(), school, PartyStance.AGREES, TODAY, in_round=asked)
    with pytest.raises(Incomplete):
        say(cast.deed(cast.haarlem), haarlem, PartyStance.OBJECTS, TODAY, in_round=asked)
    say(cast.deed(cast.haarlem), haarlem, PartyStance.OBJECTS, TODAY, "Eerst een toets", asked)
    stand = close_round(cast.deed(), asked)
    assert not stand.carried
    assert stand.sentence == "Nog geen overeenstemming: bezwaar van Haarlem; nog niets gehoord van Waterschap AGV."
    with pytest.raises(MoveNotAllowed):
        say(cast.deed(), school, PartyStance.AGREES, TODAY, in_round=asked)


def test_silence_is_never_consent_not_even_after_an_earlier_yes(cast: Cast) -> None:
    dossier = cast.open()
    _haarlem, school, _water = three(cast, dossier)
    first = open_round(cast.deed(), dossier, "Eerste", date(2026, 6, 1))
    say(cast.deed(), school, PartyStance.AGREES, TODAY, in_round=first)
    second = open_round(cast.deed(), dossier, "Tweede", date(2026, 6, 20))
    stand = tally(
        coalition.members_on(cast.session, dossier, TODAY), coalition.stances(cast.session, dossier), second.id
    )
    assert stand.silent == ("Haarlem", "Hogeschool Inholland", "Waterschap AGV")
    assert not stand.carried
    assert not tally([], [], None).carried


def test_a_round_is_carried_only_when_everybody_said_yes(cast: Cast) -> None:
    dossier = cast.open()
    members = three(cast, dossier)
    asked = open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12))
    for member in members:
        say(cast.deed(), member, PartyStance.AGREES, TODAY, in_round=asked)
    assert close_round(cast.deed(), asked).sentence == "Iedereen is akkoord."


def test_contradictions_are_flagged_to_both(cast: Cast) -> None:
    dossier = cast.open()
    haarlem, school, _water = three(cast, dossier)
    say(cast.deed(cast.haarlem), haarlem, PartyStance.OWN_LINE, TODAY, "Wij willen biogas")
    say(cast.deed(), school, PartyStance.AGREES, TODAY)
    found = contradictions(
        coalition.members_on(cast.session, dossier, TODAY), coalition.stances(cast.session, dossier), "amsterdam"
    )
    assert [(c.left, c.right) for c in found] == [("Haarlem", "MRA-lijn"), ("Haarlem", "Hogeschool Inholland")]
    for person in (cast.haarlem, cast.lobbyist):
        assert len(coalition.flags_for(cast.session, viewer_of(person), TODAY)) == 2
    say(cast.deed(cast.haarlem), haarlem, PartyStance.AGREES, TODAY)
    assert coalition.flags_for(cast.session, viewer_of(cast.haarlem), TODAY) == []


def test_a_flag_never_shows_a_dossier_one_may_not_see(cast: Cast) -> None:
    dossier = cast.open(visibility=Visibility.OWN)
    haarlem = three(cast, dossier)[0]
    say(cast.deed(), haarlem, PartyStance.OBJECTS, TODAY, "Nee")
    assert len(coalition.flags_for(cast.session, viewer_of(cast.lobbyist), TODAY)) == 1
    assert coalition.flags_for(cast.session, viewer_of(cast.haarlem), TODAY) == []


def test_who_joined_and_left_is_known_for_any_day(cast: Cast) -> None:
    dossier = cast.open()
    member = join(cast.deed(), dossier, "ORAM", PartyKind.COMPANY, date(2026, 3, 1))
    coalition.leave(cast.deed(), member, date(2026, 5, 1))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1))
    assert [len(coalition.members_on(cast.session, dossier, d)) for d in days] == [0, 1, 1, 0]


def test_a_participant_speaks_for_itself_and_for_nobody_else(cast: Cast) -> None:
    dossier = cast.open()
    haarlem, school, _water = three(cast, dossier)
    say(cast.deed(cast.haarlem), haarlem, PartyStance.AGREES, TODAY)
    with pytest.raises(NotAllowed):
        say(cast.deed(cast.haarlem), school, PartyStance.AGREES, TODAY)


def test_a_participant_that_is_gone_joins_no_coalition(cast: Cast) -> None:
    with pytest.raises(ParticipantGone):
        join(cast.deed(), cast.open(), "", PartyKind.PARTICIPANT, date(2027, 1, 1), "wijdemeren")
    with pytest.raises(ParticipantGone, match="Er is geen deelnemer"):
        join(cast.deed(), cast.open(), "", PartyKind.PARTICIPANT, TODAY, "atlantis")


def test_nobody_joins_on_a_day_to_come(cast: Cast) -> None:
    """The group knows only who is in and who left, so that a party of next year would read along today."""
    dossier = cast.open(visibility=Visibility.GROUP, group_parties=True)
    with pytest.raises(Incomplete, match="moet nog komen"):
        join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY + timedelta(days=1), "haarlem")
    assert not may_see(cast.session, viewer_of(cast.haarlem), dossier)
    join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    assert may_see(cast.session, viewer_of(cast.haarlem), dossier)


def test_a_party_of_a_day_to_come_is_listed_so_that_it_can_be_taken_off(cast: Cast) -> None:
    dossier = cast.open(visibility=Visibility.GROUP, group_parties=True)
    member = join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    member.joined_on = date(2099, 1, 1)  # as it could be written down before
    assert coalition.joining_later(cast.session, dossier, TODAY) == [member]
    coalition.leave(cast.deed(), member, TODAY)
    assert coalition.joining_later(cast.session, dossier, TODAY) == []
    assert not may_see(cast.session, viewer_of(cast.haarlem), dossier)


def test_silence_is_no_answer_so_that_a_round_stays_open_for_who_is_asked(cast: Cast) -> None:
    dossier = cast.open()
    haarlem, school, _water = three(cast, dossier)
    asked = open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12))
    by_mail = AskedParty(asked, dossier, haarlem, cast.haarlem)
    with pytest.raises(Incomplete, match="Wie nog niets zei"):
        say(cast.deed(), haarlem, PartyStance.SILENT, TODAY, in_round=asked)
    with pytest.raises(Incomplete, match="Wie nog niets zei"):
        answer(cast.deed(cast.haarlem), by_mail, PartyStance.SILENT, "")
    for member in (haarlem, school):
        entry = say(cast.deed(), member, PartyStance.AGREES, TODAY, in_round=asked)
        entry.stance = PartyStance.SILENT  # as it could be kept before
    assert [m.name for m in coalition.silent_members(cast.session, asked)] == [
        "Haarlem", "Hogeschool Inholland", "Waterschap AGV",
    ]  # fmt: skip


def test_who_is_silent_in_many_rounds_is_asked_together_and_kept_apart(cast: Cast) -> None:
    first, second = cast.open(), cast.open()
    haarlem, _, _ = three(cast, first)
    three(cast, second)
    asked = [open_round(cast.deed(), each, "Akkoord?", date(2026, 6, 12)) for each in (first, first, second)]
    say(cast.deed(), haarlem, PartyStance.AGREES, TODAY, in_round=asked[0])
    silent = coalition.silent_in(cast.session, asked)
    assert [len(silent[each.id]) for each in asked] == [2, 3, 3]
    assert {member.dossier_id for member in silent[asked[2].id]} == {second.id}
    assert coalition.silent_in(cast.session, []) == {}


def test_no_word_of_a_day_to_come_outlives_what_is_said_after_it(cast: Cast) -> None:
    dossier = cast.open()
    haarlem = three(cast, dossier)[0]
    with pytest.raises(Incomplete, match="moet nog komen"):
        say(cast.deed(), haarlem, PartyStance.AGREES, TODAY + timedelta(days=1))
    say(cast.deed(), haarlem, PartyStance.AGREES, TODAY).said_on = date(2099, 1, 1)  # as it could be kept before
    say(cast.deed(cast.haarlem), haarlem, PartyStance.OBJECTS, TODAY, "Eerst een toets")
    assert coalition.newest(coalition.stances(cast.session, dossier))[haarlem.id].stance == PartyStance.OBJECTS


def test_what_somebody_else_wrote_down_for_a_party_says_so(cast: Cast) -> None:
    dossier = cast.open()
    members = three(cast, dossier)
    haarlem, school, _water = members
    own = say(cast.deed(cast.haarlem), haarlem, PartyStance.AGREES, TODAY)
    others = [say(cast.deed(), member, PartyStance.AGREES, TODAY) for member in (haarlem, school)]
    noted = coalition.noted_for(cast.session, members, [own, *others])
    assert noted == dict.fromkeys((row.id for row in others), f"{cast.lobbyist.name}, Amsterdam")


def test_a_round_is_about_no_draft_that_who_asks_may_not_read(cast: Cast) -> None:
    dossier = cast.open()
    theirs = positions.draft(cast.deed(cast.haarlem), dossier, positions.Wording(public="Haarlem"))
    ours = positions.draft(cast.deed(), dossier, positions.Wording(public="Amsterdam"))
    with pytest.raises(NotFound):
        open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12), theirs.id)
    assert open_round(cast.deed(), dossier, "Akkoord?", date(2026, 6, 12), ours.id).position_id == ours.id


def test_a_party_that_left_says_nothing_any_more_but_what_it_said_before(cast: Cast) -> None:
    dossier = cast.open()
    party = join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, date(2026, 5, 1), "haarlem")
    coalition.leave(cast.deed(), party, date(2026, 5, 20))
    with pytest.raises(MoveNotAllowed, match="doet sinds 20 mei 2026 niet meer mee"):
        say(cast.deed(cast.haarlem), party, PartyStance.OBJECTS, date(2026, 5, 29), "Toch niet")
    assert say(cast.deed(), party, PartyStance.AGREES, date(2026, 5, 10)).said_on == date(2026, 5, 10)
