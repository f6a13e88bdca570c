"""Notes and labels on the page of a call: write one, change it, take it back."""

from pydantic import BaseModel

from db.models import Call
from db.vocabulary import Visibility
from tracker.calls import notes
from tracker.web.calls import detail as call_detail
from tracker.web.calls.rows import find_call
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line, Sharing, Text


class CallNoteForm(BaseModel):
    """What is noted."""

    note_text: Text = ""
    labels: Line = ""
    note_visibility: Sharing = Visibility.OWN


call_page = PageOf(find_call, call_detail.page, lambda call: f"/regelingen/{call.id}#notities")


@call_page.form(CallNoteForm)
def write(request: RequestContext, call: Call, form: CallNoteForm) -> None:
    """Keep a note."""
    notes.write_note(request.deed, call, form.note_text, notes.labels_of(form.labels), form.note_visibility)


@call_page.form(CallNoteForm)
def change(request: RequestContext, call: Call, form: CallNoteForm) -> None:
    """Keep what it says now."""
    said = form.note_text, notes.labels_of(form.labels), form.note_visibility
    notes.change_note(request.deed, call, request.params["note_id"], *said)


@call_page.button(done="verwijderd")
def withdraw(request: RequestContext, call: Call) -> None:
    """Take it back."""
    notes.withdraw_note(request.deed, call, request.params["note_id"])
