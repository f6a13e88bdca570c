"""Notes and labels on a call: seen by whom they are for, changed with what stood there kept, taken back."""

from datetime import datetime

import pytest
from sqlmodel import Session

from db.vocabulary import Visibility
from tests.make.lobby import gather
from tracker.calls.notes import change_note, labels_of, notes_on, withdraw_note, write_note
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database


def test_a_note_keeps_what_stood_there_and_is_seen_by_whom_it_is_for(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    first = write_note(cast.deed(), cast.call, "Bel RVO", ["haven"], Visibility.OWN)
    second = change_note(cast.deed(), cast.call, first.id, "RVO gebeld", ["haven"], Visibility.REGION)
    third = change_note(cast.deed(), cast.call, second.id, "RVO belt terug", [], Visibility.REGION)
    (mine,) = notes_on(session, viewer_of(cast.lobbyist), cast.call)
    assert mine.note.id == third.id
    assert [note.text for note, _ in mine.before] == ["RVO gebeld", "Bel RVO"]
    (theirs,) = notes_on(session, viewer_of(cast.haarlem), cast.call)
    assert [note.text for note, _ in theirs.before] == ["RVO gebeld"], "what was internal stays so"
    assert (mine.may_change, theirs.may_change) == (True, False)
    with pytest.raises(ChangedMeanwhile):
        change_note(cast.deed(), cast.call, first.id, "te laat", [], Visibility.OWN)
    with pytest.raises(NotAllowed):
        withdraw_note(cast.deed(cast.haarlem), cast.call, third.id)
    with pytest.raises(NotFound):
        withdraw_note(cast.deed(cast.haarlem), cast.call, first.id)
    withdraw_note(cast.deed(), cast.call, third.id)
    assert notes_on(session, viewer_of(cast.lobbyist), cast.call) == []


def test_a_note_says_something_and_labels_are_few_and_short(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    assert labels_of(" Haven,  grote   klus, haven,, ") == ["haven", "grote klus"]
    for typed in (",".join("abcdefghijk"), "x" * 41):
        with pytest.raises(Incomplete):
            labels_of(typed)
    with pytest.raises(Incomplete):
        write_note(cast.deed(), cast.call, "  ", [], Visibility.OWN)
    with pytest.raises(NotAllowed):
        write_note(cast.deed(cast.reader), cast.call, "x", [], Visibility.OWN)
