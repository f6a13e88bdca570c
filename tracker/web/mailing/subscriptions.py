"""Abonnementen: what I get, how often, and what the next one would say."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import REMINDER_DAYS, Challenge, Subscription, User
from db.queries import CallFilter
from db.vocabulary import Cadence, Eligibility, Instrument, Status, Visibility
from notifications.digest import Digest, Item
from notifications.places import PLACES, Place
from tracker.errors import NotFound, NotPossible
from tracker.mailing.silence import silence_of
from tracker.matching.search import find
from tracker.people.subscriptions import choose_reminders, leave, take_up, write_anew
from tracker.versions import must_stand, stand
from tracker.web.calls.filter_form import Filter, Programmes, choices, in_words, query_string
from tracker.web.frame.actions import Euros, PageOf, attempt
from tracker.web.frame.context import Handler, RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, InvalidForm, checked, filled
from tracker.web.frame.phrases import challenge_name

MOST_ENDED, MOST_COLLEAGUES = 10, 30
REMINDERS = ("reminders", "reminder_days")  # what the form of reminders shows


class SubscriptionForm(BaseModel):
    """The form of a subscription: when, how much, and the filter; ``seen``: how it stood when the page was made."""

    seen: str = ""
    name: str = Field(default="", max_length=120)
    every: Cadence
    weekday: int = Field(default=0, ge=0, le=6)
    most: int = Field(default=6, ge=1, le=100)
    nothing_new: bool = False
    text: str = Field(default="", max_length=200)
    challenges: Annotated[list[str], Field(default_factory=list, max_length=200)]
    status: Annotated[list[Status], Field(default_factory=list)]
    eligible: Annotated[list[Eligibility], Field(default_factory=list)]
    instruments: Annotated[list[Instrument], Field(default_factory=list)]
    sources: Annotated[list[str], Field(default_factory=list, max_length=100)]
    languages: Annotated[list[str], Field(default_factory=list, max_length=10)]
    programmes: Annotated[list[str], Field(default_factory=list, max_length=100)]
    at_least: Euros = None

    def filter(self) -> CallFilter:
        """What is kept."""
        return CallFilter(**{name: getattr(self, name) for name in FILTERS})


class RemindersForm(BaseModel):
    """The form of reminders: how many days before a date."""

    days: Annotated[list[int], Field(default_factory=list, max_length=12)]
    seen: str = ""  # how they stood when the page was made


FILTERS = ("text", "challenges", "status", "eligible", "instruments", "sources", "languages", "programmes", "at_least")


def index(request: RequestContext) -> Response:
    """My subscriptions, each in words."""
    rows = request.session.exec(
        select(Subscription)
        .where(Subscription.user_id == request.viewer.user_id, col(Subscription.ended_at).is_(None))
        .order_by(col(Subscription.id))
    ).all()
    names = {c.id: challenge_name(c) for c in request.session.exec(select(Challenge))}
    described = [_described(request, row, names) for row in rows]
    ended = [(row, in_words(CallFilter.model_validate(row.filter), names)) for row in _ended(request)]
    chosen = request.user.reminder_days if request.user.reminders else []
    offered = sorted({*REMINDER_DAYS, *chosen}, reverse=True)
    silence = silence_of(request.session, request.user.email, request.now.instant)
    context: dict[str, Any] = {
        "rows": described,
        "ended": ended,
        "of_colleagues": _of_colleagues(request, rows, names),
        "chosen": chosen,
        "offered": offered,
        "seen": stand([request.user], *REMINDERS),
    }
    return request.page("mailing/subscriptions_index.html", silence=silence, **context)


def _of_colleagues(
    request: RequestContext, mine: Sequence[Subscription], names: dict[str, str]
) -> list[tuple[str, Subscription, list[tuple[str, str]], str]]:
    """What colleagues read and I do not yet: who, in words, and the form of a new one with it filled in."""
    known = [row.filter for row in mine]
    found = select(User.name, Subscription).join(Subscription, col(Subscription.user_id) == col(User.id))
    found = found.where(
        Subscription.participant_id == request.viewer.participant_id, Subscription.user_id != request.viewer.user_id,
        User.participant_id == Subscription.participant_id,
        col(Subscription.ended_at).is_(None), col(User.deactivated_at).is_(None),
    )  # fmt: skip
    rows = request.session.exec(found.order_by(col(User.name), col(Subscription.id))).all()
    told = [(name, row, CallFilter.model_validate(row.filter)) for name, row in rows if row.filter not in known]
    return [(name, row, in_words(wanted, names), query_string(wanted)) for name, row, wanted in told[:MOST_COLLEAGUES]]


def _ended(request: RequestContext) -> list[Subscription]:
    """Those of mine that stopped, the last one first."""
    ended = select(Subscription).where(
        Subscription.user_id == request.viewer.user_id, col(Subscription.ended_at).is_not(None)
    )
    return list(request.session.exec(ended.order_by(col(Subscription.ended_at).desc()).limit(MOST_ENDED)))


def take_up_again(request: RequestContext) -> Response:
    """Let one of mine that stopped run again."""
    row = request.named(Subscription, "subscription_id")
    if row.user_id != request.viewer.user_id or row.ended_at is None:
        raise NotFound
    take_up(request.session, request.user.id, (row.id,))
    return request.to("/abonnementen", done="hervat")


def _described(
    request: RequestContext, row: Subscription, names: dict[str, str]
) -> tuple[Subscription, list[tuple[str, str]], int, str]:
    """A subscription in words, with how many calls it finds that are open now, and where they are listed."""
    wanted = CallFilter.model_validate(row.filter)
    now_open = wanted if wanted.status else wanted.model_copy(update={"status": (Status.OPEN,)})
    total = find(request.session, now_open, request.now.instant, most=1).total
    return row, in_words(wanted, names), total, query_string(now_open)


def remind(request: RequestContext) -> Response:
    """How many days before a date of a followed call I get a reminder; none ticked is no reminders."""
    form = checked(RemindersForm, request.form)
    days, user = form.days, request.session.get_one(User, request.viewer.user_id)
    if attempt(request, lambda: must_stand([user], form.seen, *REMINDERS)):
        return request.to("/abonnementen#herinneringen", done="intussen-herinneringen")
    try:
        choose_reminders(request.session, user, days, request.now.instant)
    except NotPossible as error:
        raise InvalidForm({"days": "Kies dagen uit de lijst."}) from error
    return request.to("/abonnementen", done="herinneringen")


def stop(request: RequestContext) -> Response:
    """End one of mine, at once and for queued mail too."""
    leave(request.session, request.user.id, (mine(request).id,), request.now.instant)
    return request.to("/abonnementen", done="gestopt")


def mine(request: RequestContext) -> Subscription:
    """The subscription of the address, where it is this person's and stands."""
    row = request.named(Subscription, "subscription_id")
    if row.user_id != request.viewer.user_id or row.ended_at is not None:
        raise NotFound
    return row


def _fresh(request: RequestContext) -> Subscription:
    user = request.user
    return Subscription(
        user_id=user.id, participant_id=user.participant_id, visibility=Visibility.OWN,
        every=Cadence.WEEK, filter={}, created_at=request.now.instant,
    )  # fmt: skip


def new(request: RequestContext) -> Response:
    """The form, with the filter of the address filled in, and what it finds."""
    return _form(request, _fresh(request), request.read_query(Filter).wanted(), EMPTY_FORM, look=True)


def _or_look(find: Callable[[RequestContext], Subscription], keep: Handler) -> Handler:
    """A handler of the form that first shows what the filter finds, where that was asked, and keeps nothing then."""

    def handler(request: RequestContext) -> Response:
        if not request.form.get("look"):
            return keep(request)
        row, (form, errors) = find(request), filled(SubscriptionForm, request.form)
        if form is None:
            return _mine(request, row, FormState(request.form, errors, 422))
        return _form(request, row, form.filter(), FormState(request.form, {}), look=True, most=form.most)

    return handler


def _mine(request: RequestContext, row: Subscription, state: FormState) -> Response:
    if state.errors:
        typed = {name: state.typed.getlist(name) for name in ("challenges", "sources", "languages", "programmes")}
        return _form(request, row, CallFilter.model_validate(typed), state)
    return _form(request, row, CallFilter.model_validate(row.filter), state)


def _form(
    request: RequestContext, row: Subscription, query: CallFilter, state: FormState, look: bool = False,
    most: int | None = None,
) -> Response:  # fmt: skip
    results = find(request.session, query, request.now.instant)
    digest = _found(request, query, most or row.most) if look else None
    return request.page(
        "mailing/subscriptions_form.html",
        state=state,
        row=row,
        seen=stand([row]) if row.id else "",
        query=query,
        total=results.total,
        found=digest,
        sections=_sections(digest) if digest else [],
        saved=query_string(query),
        programmes=request.site.part(Programmes).options(request.session),
        **choices(request.session),
    )


def _sections(digest: Digest) -> list[tuple[Place, list[Item]]]:
    return [(place, [item for item in digest.items if item.place is place]) for place in PLACES]


def _found(request: RequestContext, query: CallFilter, most: int) -> Digest:
    """What the first mail of this filter would name."""
    from tracker.calls.duplicate_pairs import Alike
    from tracker.mailing.mailer import open_mailer
    from tracker.mailing.preview import finds
    from tracker.matching import DIGEST_THRESHOLD

    mailer, now = open_mailer(request.site.settings, request.site.engine), request.now.instant
    alike = request.site.part(Alike)
    return finds(request.session, mailer, request.viewer, query, most, now, DIGEST_THRESHOLD, alike)


def _keep(request: RequestContext, row: Subscription, form: SubscriptionForm) -> None:
    """Keep one of mine; the first mail of a new one is due at once."""
    if not set(form.challenges) <= set(request.session.exec(select(Challenge.id))):
        raise InvalidForm({"challenges": "Kies opgaven uit de lijst."})
    if row.id:
        must_stand([row], form.seen)
    row.filter = form.filter().model_dump(mode="json", exclude_defaults=True)
    row.name, row.every, row.weekday = form.name, form.every, form.weekday
    row.most, row.nothing_new = form.most, form.nothing_new
    request.session.add(row)
    if row.id is not None:
        write_anew(request.session, row, request.now.instant)


edit = PageOf(mine, _mine, lambda _: "/abonnementen")
save = _or_look(mine, edit.form(SubscriptionForm, done="abonnement")(_keep))
create = _or_look(_fresh, replace(edit, find=_fresh).form(SubscriptionForm, done="abonnement")(_keep))
