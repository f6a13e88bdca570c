"""Share what one found with a colleague: a search or one call, by a mail with one's own sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Challenge, User
from db.vocabulary_audit import Action
from notifications.message import Letter, one_line
from notifications.outbox import put
from tracker.mailing.mailer import open_mailer
from tracker.mailing.personal import mail_to, must_be_few
from tracker.matching.search import find
from tracker.web.calls.filter_form import Filter, in_words, query_string
from tracker.web.calls.rows import find_call
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm
from tracker.web.frame.phrases import challenge_name

MOST_NAMED = 5


class ShareForm(BaseModel):
    """To whom, and the sentence that goes with it."""

    colleague: int
    sentence: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class Shared:
    """What is shared: its address here, what it is called, and the first calls of a search."""

    path: str
    name: str
    total: int
    titles: tuple[str, ...]
    back: str


def _search(request: RequestContext) -> Shared:
    query = request.read_query(Filter).wanted()
    address = query_string(query)
    path = f"/regelingen?{address}" if address else "/regelingen"
    calls = find(request.session, query, request.now.instant)
    names = {challenge.id: challenge_name(challenge) for challenge in request.session.exec(select(Challenge))}
    name = "; ".join(f"{field}: {text}" for field, text in in_words(query, names)) or "alle regelingen"
    return Shared(path, f"Regelingen, {name}", calls.total, _titles(calls.calls), path)


def _call(request: RequestContext) -> Shared:
    call = find_call(request)
    path = f"/regelingen/{call.id}"
    return Shared(path, call.title, 1, (), path)


def _titles(calls: list[Call]) -> tuple[str, ...]:
    return tuple(one_line(call.title, 150) for call in calls[:MOST_NAMED])


def colleagues(session: Session, but: int | None) -> Iterator[tuple[str, str]]:
    """Everybody who can read here, by name, with the address that tells two of one name apart."""
    people = select(User).where(col(User.deactivated_at).is_(None), User.id != but).order_by(col(User.name))
    return ((str(user.id), f"{user.name} ({user.email})") for user in session.exec(people))


def _page(request: RequestContext, shared: Shared, state: FormState) -> Response:
    action = request.path + (f"?{request.query}" if request.query else "")
    people = list(colleagues(request.session, request.viewer.user_id))
    return request.page("calls/share.html", state=state, shared=shared, colleagues=people, action=action)


def _send(request: RequestContext, shared: Shared, form: ShareForm) -> str:
    """Put the mail in the outbox."""
    to = request.session.get(User, form.colleague)
    if to is None or to.deactivated_at is not None or to.id == request.viewer.user_id:
        raise InvalidForm({"colleague": "Kies een collega uit de lijst."})
    now = request.now.instant
    must_be_few(request.session, request.user, now, "sentence")
    mailer = open_mailer(request.site.settings, request.site.engine)
    context = {"to": to, "by": request.user, "shared": shared, "sentence": form.sentence.strip()}
    context["link"] = mailer.links.page(shared.path)
    text, html = (request.site.render(f"calls/share_mail.{kind}", context) for kind in ("txt", "html"))
    subject = f"{one_line(request.user.name, 60)} deelt: {one_line(shared.name, 120)}"
    mail = mail_to(request.user, to, "", Letter(subject, text, html), now)
    put(request.session, [mail], mailer.key, mailer.domain)
    request.record(Action.SHARED, f"user {to.id}")
    return shared.back


share_search = PageOf(_search, _page, lambda shared: shared.path)
send_search = share_search.form(ShareForm, done="gedeeld")(_send)
share_call = PageOf(_call, _page, lambda shared: shared.path)
send_call = share_call.form(ShareForm, done="gedeeld")(_send)
