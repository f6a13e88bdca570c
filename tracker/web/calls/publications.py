"""The way to a call on its page: add a step one knows of, or take one off."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from db.queries import Viewer
from db.vocabulary_lobby import ChainKind
from tracker.calls import publications
from tracker.web.calls import detail as call_detail
from tracker.web.calls.rows import find_call
from tracker.web.frame import actions, audit
from tracker.web.frame.context import Asked
from tracker.web.frame.forms import filled


class LinkForm(BaseModel):
    """One step."""

    link_kind: ChainKind
    link_title: Annotated[str, Field(max_length=300)] = ""
    link_url: Annotated[str, Field(max_length=1000)] = ""
    link_day: date | None = None


def add(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep a step, or ask again at the field that is not right."""
    row = find_call(session, asked)
    form, errors = filled(LinkForm, asked.form)
    if form is None:
        return call_detail.page(asked, viewer, session, now, row, actions.Typed(asked.form, errors, actions.REFUSED))
    new = publications.NewLink(form.link_kind, form.link_title, form.link_url, form.link_day)
    refused = actions.tried(session, asked.form, lambda: publications.add_link(session, row, new, asked.user, now))
    if refused:
        return call_detail.page(asked, viewer, session, now, row, refused)
    audit.record(session, asked, "chain link added", f"call {row.id}")
    return asked.to(f"/regelingen/{row.id}#keten", "bewaard")


def withdraw(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Take a step off."""
    row = find_call(session, asked)
    link_id = asked.params["link_id"]
    refused = actions.tried(
        session, asked.form, lambda: publications.withdraw_link(session, row, link_id, asked.user, now)
    )
    if refused:
        return call_detail.page(asked, viewer, session, now, row, refused)
    audit.record(session, asked, "chain link withdrawn", f"link {link_id}")
    return asked.to(f"/regelingen/{row.id}#keten", "verwijderd")
