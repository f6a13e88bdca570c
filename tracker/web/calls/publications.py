"""The way to a call on its page: add a step one knows of, or take one off."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from db.models import Call
from db.vocabulary_audit import Action
from db.vocabulary_lobby import ChainKind
from tracker.calls import publications
from tracker.web.calls import detail as call_detail
from tracker.web.calls.rows import find_call
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext


class LinkForm(BaseModel):
    link_kind: ChainKind
    link_title: Annotated[str, Field(max_length=300)] = ""
    link_url: Annotated[str, Field(max_length=1000)] = ""
    link_day: date | None = None


call_page = PageOf(find_call, call_detail.page, lambda call: f"/regelingen/{call.id}#keten")


@call_page.form(LinkForm)
def add(request: RequestContext, call: Call, form: LinkForm) -> None:
    """Keep a step, or ask again at the field that is not right."""
    link = publications.NewLink(form.link_kind, form.link_title, form.link_url, form.link_day)
    publications.add_link(request.session, call, link, request.user, request.now.instant)
    request.record(Action.CHAIN_LINK_ADDED, f"call {call.id}")


@call_page.button(done="verwijderd")
def withdraw(request: RequestContext, call: Call) -> None:
    """Take a step off."""
    link_id = request.params["link_id"]
    publications.withdraw_link(request.session, call, link_id, request.user, request.now.instant)
    request.record(Action.CHAIN_LINK_WITHDRAWN, f"link {link_id}")
