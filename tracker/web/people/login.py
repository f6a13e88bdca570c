"""In and out: by the organisation's account, or by a link in a mail that works once and only by its button."""

from urllib.parse import quote

from pydantic import BaseModel, EmailStr
from sqlmodel import col, select
from starlette.responses import Response

from db.models import User
from db.vocabulary import Role
from db.vocabulary_audit import Action
from notifications.links import Links
from tracker.mailing.keys import signing_keys
from tracker.people.access import account_of, hashed, is_known, revoke_sessions
from tracker.people.providers import Provider, provider_for, provider_named
from tracker.people.sign_in_links import KNOWN as KNOWN_PLACE
from tracker.people.sign_in_links import WORKS_FOR, ask_for_link, usable, use
from tracker.people.subscriptions import folded
from tracker.web.frame import forms
from tracker.web.frame.context import RequestContext
from tracker.web.frame.safety import home_path
from tracker.web.frame.sessions import cookie_name
from tracker.web.people.provider_login import providers_of
from tracker.web.people.signed_in import HINT, KNOWN, SHORTLY, cookie, set_cookie, sign_in

NO_PROVIDER = "Bij dit e-mailadres kennen wij geen organisatie om mee in te loggen."
MOST_BUTTONS = 3  # providers with a button of their own; where there are more, the mail address tells which it is
TYPED = "/getypt"  # where what was typed without a sign-in waits


class SignInForm(BaseModel):
    email: EmailStr
    next: str = "/"
    by_link: bool = False


def ask(request: RequestContext) -> Response:
    """The form; who is signed in already goes on."""
    going = home_path(request.query.get("next"))
    if request.viewer.user_id is not None:
        return request.to(going)
    return _form(request, 200, going, {})


def _form(request: RequestContext, status: int, going: str, errors: dict[str, str]) -> Response:
    providers = providers_of(request).all
    return request.page(
        "people/login_ask.html",
        status,
        going=going,
        waits=going == TYPED,
        errors=errors,
        typed=request.form,
        buttons=providers if len(providers) <= MOST_BUTTONS else (),
        by_account=bool(providers),
        by_link=request.site.settings.sign_in_link != "off",
    )


def send_link(request: RequestContext) -> Response:
    """On to the organisation's account where there is one, else a link; the same for known and unknown addresses."""
    form, errors = forms.filled(SignInForm, request.form)
    if form is None:
        going = home_path(str(request.form.get("next", "/")))
        errors = {"email": "Vul een geldig e-mailadres in.", **{k: v for k, v in errors.items() if k != "email"}}
        return _form(request, 422, going, errors)
    address, going = folded(form.email), home_path(form.next)
    provider = provider_for(providers_of(request).all, address)
    if provider is not None and not (form.by_link and _links_too(request)):
        answer = request.to(f"/inloggen/met/{provider.id}/kies?next={quote(going)}")
        set_cookie(answer, request, HINT, address, SHORTLY)
        return answer
    if request.site.settings.sign_in_link == "off":
        return _form(request, 422, going, {"email": NO_PROVIDER})
    return _mail(request, address, going, provider)


def _links_too(request: RequestContext) -> bool:
    """Whether a link is mailed also to who has a provider."""
    return request.site.settings.sign_in_link == "on"


def _mail(request: RequestContext, address: str, going: str, provider: Provider | None) -> Response:
    user = request.session.exec(select(User).where(User.email == address, col(User.deactivated_at).is_(None))).first()
    if user is not None and _must_step_up(user, provider):
        user = None  # a link shows no second step: counted as any other, and not mailed
    now, browser = request.now.instant, cookie(request, KNOWN)
    known = is_known(request.session, user, browser, now)
    place = f"{KNOWN_PLACE}{hashed(browser)[:16]}" if known else f"net:{hashed(request.origin)[:16]}"
    links = Links(request.site.settings.base_url, signing_keys(request.site.settings))
    asked = ask_for_link(request.session, links, user, address, place, going, now)
    whom = f"user {user.id}" if user else "nobody"
    request.record(
        Action.SIGN_IN_LINK_ASKED, whom, "done" if asked.mail_key else "not mailed: the newest one still works"
    )
    if asked.works_until is None:
        return request.to("/inloggen/gevraagd")
    return request.page("people/login_asked_often.html", 429, until=asked.works_until)


def _must_step_up(user: User, provider: Provider | None) -> bool:
    return provider is not None and provider.step_up is not None and user.role == Role.ADMINISTRATOR


def choose(request: RequestContext) -> Response:
    """On to the account of one's organisation; or by mail all the same, where that may be."""
    provider = provider_named(providers_of(request).all, request.params["provider"])
    going = home_path(request.query.get("next"))
    if provider is None:
        return request.to("/inloggen")
    return request.page(
        "people/login_choose.html",
        provider=provider,
        going=going,
        hint=cookie(request, HINT),
        by_link=_links_too(request),
    )


def asked_for(request: RequestContext) -> Response:
    """What everybody reads after asking for a link."""
    return request.page("people/login_asked_for.html", minutes=WORKS_FOR.seconds // 60)


def show_button(request: RequestContext) -> Response:
    """Mail scanners open links before people do: opening changes nothing, the button signs in."""
    return request.page("people/login_button.html", token=request.params["token"])


def use_link(request: RequestContext) -> Response:
    """Sign in once; any older session of this browser ends."""
    link = usable(request.session, request.params["token"], request.now.instant)
    user = request.session.get(User, link.user_id) if link and link.user_id else None
    if link is None or user is None or user.deactivated_at is not None or _not_by_link(request, user):
        request.record(Action.SIGN_IN, "nobody", "refused")
        return request.page("people/login_expired.html", 410)
    use(request.session, link, request.now.instant)
    request.record(Action.SIGN_IN, f"user {user.id}")
    return sign_in(request, user, link.next_path)


def _not_by_link(request: RequestContext, user: User) -> bool:
    """Whether a link that was mailed may not be used: links are off, or this person needs a second step."""
    provider = provider_for(providers_of(request).all, user.email)
    return request.site.settings.sign_in_link == "off" or _must_step_up(user, provider)


def leave(request: RequestContext) -> Response:
    """End this session, here and in the database; on to where who came by an account may end it there too."""
    assert request.signed is not None
    assert request.viewer.user_id is not None
    revoke_sessions(request.session, request.viewer.user_id, request.now.instant, only=request.signed.session_id)
    request.record(Action.SIGN_OUT, f"user {request.viewer.user_id}")
    account = account_of(request.session, request.signed.session_id)
    came_by = next((p for p in providers_of(request).all if account and p.issuer == account.issuer), None)
    there = f"/inloggen/met/{came_by.id}/uit" if came_by else ""
    answer = request.to(there) if there else request.to("/inloggen", done="afgemeld")
    answer.delete_cookie(cookie_name(request.site.secure), secure=request.site.secure, httponly=True, samesite="lax")
    return answer
