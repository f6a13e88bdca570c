"""Notes and labels of an organisation on a call: written, changed and taken back; what stood there stays readable."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Call, CallNote, User
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from tracker.errors import ChangedMeanwhile, Incomplete, NotFound
from tracker.rights import Deed, may_change, must_change, must_have

MOST_LABELS, LONGEST_LABEL = 10, 40


@dataclass(frozen=True)
class NoteOnCall:
    """A note as it stands, who wrote it, and what stood there before, newest first."""

    note: CallNote
    author: str
    before: list[tuple[CallNote, str]]
    may_change: bool


def labels_of(typed: str) -> list[str]:
    """What stands between commas, once each, in small letters. Raises Incomplete where it is too much."""
    labels = list(dict.fromkeys(" ".join(part.split()).lower() for part in typed.split(",") if part.strip()))
    if len(labels) > MOST_LABELS or any(len(label) > LONGEST_LABEL for label in labels):
        raise Incomplete(f"Hoogstens {MOST_LABELS} labels van {LONGEST_LABEL} tekens.", "labels")
    return labels


def notes_on(session: Session, viewer: Viewer, call: Call) -> list[NoteOnCall]:
    """What the viewer may see, newest first; also what was noted on a call that was joined into this one."""
    joined = select(Call.id).where(Call.joined_into == call.id)
    query = select(CallNote, User.name).where(
        CallNote.user_id == User.id,
        (col(CallNote.call_id) == call.id) | col(CallNote.call_id).in_(joined),
        visible(viewer, CallNote),
    )
    rows = list(session.exec(query.order_by(col(CallNote.id).desc())))
    standing = [(note, name) for note, name in rows if note.ended_at is None]
    return [
        NoteOnCall(note, name, [each for each in rows if _before(each[0], note)], may_change(viewer, note))
        for note, name in standing
    ]


def _before(earlier: CallNote, note: CallNote) -> bool:
    return earlier.id != note.id and note.first_id is not None and note.first_id in (earlier.id, earlier.first_id)


def write_note(
    deed: Deed, call: Call, text: str, labels: Sequence[str], visibility: str, instead: CallNote | None = None
) -> CallNote:
    """A new note, or what one says from now on. Raises Incomplete where it says nothing."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u hier niets toevoegen.")
    if not text.strip() and not labels:
        raise Incomplete("Schrijf een notitie of een label.", "note_text")
    if visibility not in (Visibility.OWN, Visibility.REGION):
        raise Incomplete("Kies wie de notitie ziet.", "note_visibility")
    note = CallNote(
        call_id=call.id, text=text.strip(), labels=list(labels), user_id=deed.by.id, at=deed.now,
        participant_id=deed.by.participant_id, visibility=visibility,
        first_id=(instead.first_id or instead.id) if instead else None,
    )  # fmt: skip
    deed.session.add(note)
    deed.session.flush()
    return note


def change_note(deed: Deed, call: Call, note_id: int, text: str, labels: Sequence[str], visibility: str) -> CallNote:
    """Say something else; raises ChangedMeanwhile where somebody did so already."""
    return write_note(deed, call, text, labels, visibility, instead=_ended(deed, call, note_id))


def withdraw_note(deed: Deed, call: Call, note_id: int) -> None:
    """Take it back."""
    _ended(deed, call, note_id)


def _ended(deed: Deed, call: Call, note_id: int) -> CallNote:
    note = deed.session.get(CallNote, note_id)
    home = deed.session.get(Call, note.call_id) if note else None
    if note is None or home is None or call.id not in (home.id, home.joined_into):
        raise NotFound
    if not may_see(deed.session, deed.viewer, note):
        raise NotFound
    must_change(deed, note)
    if note.ended_at is not None:
        raise ChangedMeanwhile("Deze notitie is intussen gewijzigd. Kijk opnieuw.", "note_text")
    note.ended_at, note.version = deed.now, note.version + 1
    deed.session.add(note)
    deed.session.flush()
    return note
