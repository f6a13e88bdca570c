"""The way to a call on its page: add a step one knows of, or take one off."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.vocabulary_lobby import ChainKind
from tracker.calls import publications
from tracker.web.calls import detail as call_detail
from tracker.web.calls.rows import find_call
from tracker.web.frame import actions, audit
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import filled


class LinkForm(BaseModel):
    """One step."""

    link_kind: ChainKind
    link_title: Annotated[str, Field(max_length=300)] = ""
    link_url: Annotated[str, Field(max_length=1000)] = ""
    link_day: date | None = None


def add(request: RequestContext) -> Response:
    """Keep a step, or ask again at the field that is not right."""
    row = find_call(request)
    form, errors = filled(LinkForm, request.form)
    if form is None:
        return call_detail.page(request, row, actions.Typed(request.form, errors, actions.REFUSED))
    new = publications.NewLink(form.link_kind, form.link_title, form.link_url, form.link_day)
    refused = actions.tried(
        request.session,
        request.form,
        lambda: publications.add_link(request.session, row, new, request.user, request.now.instant),
    )
    if refused:
        return call_detail.page(request, row, refused)
    audit.record(request, "chain link added", f"call {row.id}")
    return request.to(f"/regelingen/{row.id}#keten", "bewaard")


def withdraw(request: RequestContext) -> Response:
    """Take a step off."""
    row = find_call(request)
    link_id = request.params["link_id"]
    refused = actions.tried(
        request.session,
        request.form,
        lambda: publications.withdraw_link(request.session, row, link_id, request.user, request.now.instant),
    )
    if refused:
        return call_detail.page(request, row, refused)
    audit.record(request, "chain link withdrawn", f"link {link_id}")
    return request.to(f"/regelingen/{row.id}#keten", "verwijderd")
