"""In with the organisation's account: to its provider and back, and out when the provider says so (OpenID Connect).

The network is asked outside any transaction that writes, so that a slow provider holds up nobody.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select
from starlette.responses import JSONResponse, RedirectResponse, Response

from db.models import ProviderVisit
from db.session import writing
from db.vocabulary_audit import Action
from notifications.links import Links
from scrapers.outgoing import NoAnswer
from tracker.errors import NotFound
from tracker.people.access import end_provider_sessions, hashed
from tracker.people.arrivals import NotLetIn, StepUpNeeded, arrive
from tracker.people.provider_talk import ProviderTalk, Visit
from tracker.people.providers import LEEWAY, NotBelieved, Provider, provider_named, signed_in_since
from tracker.web.frame.context import RequestContext
from tracker.web.frame.safety import home_path
from tracker.web.people.signed_in import HINT, SHORTLY, VISIT, cookie, set_cookie, sign_in, visitor_token

AWAY = "De inlogpagina van uw organisatie antwoordt niet. Probeer het straks opnieuw."
NOT_OURS = "Dit inloggen is verlopen, al gebruikt of in een andere browser begonnen. Begin opnieuw."
NOT_SURE = "Wat uw organisatie over u zei, klopte niet of kwam niet van haar. U bent niet ingelogd."
NOT_GIVEN = "Uw organisatie liet u niet door. U bent niet ingelogd."
TOO_OLD = "Uw organisatie vroeg niet opnieuw wie u bent, en dat moet voor beheerders. U bent niet ingelogd."
TOO_LITTLE = "Beheerders loggen in met een tweede stap, zoals een code op de telefoon. Die ontbrak."


@dataclass(frozen=True)
class Providers:
    """The providers of this installation, and the conversation with them; one for as long as the pages run."""

    all: tuple[Provider, ...]
    talk: ProviderTalk


class _Refused(Exception):
    """Not let in: what the page says, and what the audit log keeps."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(why)
        self.message, self.why = message, why


def providers_of(request: RequestContext) -> Providers:
    """Whom people may sign in with."""
    found: Providers = request.site.parts[Providers]
    return found


def start(request: RequestContext) -> Response:
    """Off to the provider: what comes back must match what is kept here and in this browser."""
    return _off(request, _provider(request), home_path(request.query.get("next")), stepping_up=False)


def _provider(request: RequestContext) -> Provider:
    found = provider_named(providers_of(request).all, request.params["provider"])
    if found is None:
        raise NotFound
    return found


def _off(request: RequestContext, provider: Provider, going: str, stepping_up: bool) -> Response:
    state, verifier, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32), visitor_token(request)
    kept = Visit(secrets.token_urlsafe(32), verifier, _return_address(request, provider))
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # 9 MiB: only where somebody goes to a provider

    challenge = create_s256_code_challenge(verifier)
    hint = cookie(request, HINT)
    try:
        address = providers_of(request).talk.authorization_address(provider, state, kept, challenge, hint, stepping_up)
    except (NoAnswer, NotBelieved) as error:
        return _turn_away(request, provider, AWAY, f"no answer: {error}", 503)
    now = request.now.instant
    with writing(request.site.engine) as session:
        session.connection().execute(delete(ProviderVisit).where(col(ProviderVisit.expires_at) < now - SHORTLY))
        session.add(
            ProviderVisit(
                state_hash=hashed(state), browser_hash=hashed(browser), provider=provider.id, nonce=kept.nonce,
                verifier=verifier, next_path=going, stepping_up=stepping_up, started_at=now, expires_at=now + SHORTLY,
            )
        )  # fmt: skip
    answer = RedirectResponse(address, 303, headers=request.answer_headers)
    set_cookie(answer, request, VISIT, browser, SHORTLY)
    return answer


def _return_address(request: RequestContext, provider: Provider) -> str:
    """One for each provider, from the configured base: what one provider started, no other can end."""
    return Links(request.site.settings.base_url, ()).page(f"/inloggen/met/{provider.id}/terug")


def come_back(request: RequestContext) -> Response:
    """Let in whom the provider names, or say plainly why not; either way it stands in the audit log."""
    provider = _provider(request)
    try:
        visit = _visit(request, provider)
        _same_issuer(request, provider)
        claims = _claims(request, provider, visit)
    except _Refused as refused:
        return _turn_away(request, provider, refused.message, refused.why)
    except NoAnswer as error:
        return _turn_away(request, provider, AWAY, f"no answer: {error}", 503)
    try:
        with writing(request.site.engine) as session:
            return _let_in(replace(request, session=session), provider, claims, visit)
    except NotLetIn as error:
        return _turn_away(request, provider, str(error), error.why)
    except StepUpNeeded:
        if visit.stepping_up:
            return _turn_away(request, provider, TOO_LITTLE, "no second step")
        return _off(request, provider, visit.next_path, stepping_up=True)


def _visit(request: RequestContext, provider: Provider) -> ProviderVisit:
    """What was kept of this visit, spent: it is good once, for this provider, in this browser. Raises _Refused."""
    state, browser = request.query.get("state", ""), cookie(request, VISIT)
    with writing(request.site.engine) as session:
        visit = _kept(session, request, provider, state, browser)
        if visit is None:
            raise _Refused(NOT_OURS, "unknown, used or foreign state")
        visit.used_at = request.now.instant
        session.flush()
        session.expunge(visit)
    return visit


def _kept(
    session: Session, request: RequestContext, provider: Provider, state: str, browser: str
) -> ProviderVisit | None:
    return session.exec(
        select(ProviderVisit)
        .where(ProviderVisit.state_hash == hashed(state), ProviderVisit.browser_hash == hashed(browser))
        .where(ProviderVisit.provider == provider.id, col(ProviderVisit.used_at).is_(None))
        .where(col(ProviderVisit.expires_at) > request.now.instant)
        .with_for_update()
    ).first()


def _same_issuer(request: RequestContext, provider: Provider) -> None:
    """RFC 9207: a provider that names itself in its answer must be the one that was asked."""
    named = request.query.get("iss")
    if named is not None and named != provider.issuer:
        raise _Refused(NOT_SURE, "answer of another issuer")


def _claims(request: RequestContext, provider: Provider, visit: ProviderVisit) -> dict[str, Any]:
    code, error = request.query.get("code"), request.query.get("error")
    if error is not None or not code:
        raise _Refused(NOT_GIVEN, f"the provider said {(error or 'nothing')[:60]!r}")
    kept = Visit(visit.nonce, visit.verifier, _return_address(request, provider))
    talk = providers_of(request).talk
    try:
        doors = talk.doors(provider).metadata
        if doors.get("authorization_response_iss_parameter_supported") is True and "iss" not in request.query:
            raise _Refused(NOT_SURE, "answer without its issuer")
        claims = talk.claims(provider, code, kept, request.now.instant)
    except NotBelieved as error_:
        raise _Refused(NOT_SURE, str(error_)) from error_
    if visit.stepping_up and not signed_in_since(claims, visit.started_at.timestamp() - LEEWAY):
        raise _Refused(TOO_OLD, "no new sign-in there")
    return claims


def _let_in(request: RequestContext, provider: Provider, claims: dict[str, Any], visit: ProviderVisit) -> Response:
    user, identity, done = arrive(request.session, provider, providers_of(request).all, claims, request.now.instant)
    request.record(Action.SIGN_IN, f"user {user.id}", f"{done}, by {provider.id}")
    sid = claims.get("sid")
    return sign_in(request, user, visit.next_path, identity, sid if isinstance(sid, str) else "")


def _turn_away(request: RequestContext, provider: Provider, message: str, why: str, status: int = 403) -> Response:
    with writing(request.site.engine) as session:
        replace(request, session=session).record(Action.SIGN_IN, f"provider {provider.id}", f"refused: {why}"[:300])
    return request.page("people/provider_refused.html", status, message=message, provider=provider)


def also_there(request: RequestContext) -> Response:
    """Out here; and, where the provider has a door for it, an offer to be out there too."""
    provider = _provider(request)
    try:
        out = providers_of(request).talk.way_out(provider, Links(request.site.settings.base_url, ()).page("/inloggen"))
    except (NoAnswer, NotBelieved):
        out = ""
    if request.viewer.user_id is not None or not out:
        return request.to("/inloggen", done="afgemeld")
    return request.page("people/login_left.html", provider=provider, out=out)


def log_out(request: RequestContext) -> Response:
    """The provider itself says whose sessions are over (OpenID Connect Back-Channel Logout 1.0)."""
    provider = _provider(request)
    try:
        token = str(request.form.get("logout_token", ""))
        claims = providers_of(request).talk.logout(provider, token, request.now.instant)
    except (NotBelieved, NoAnswer) as error:
        with writing(request.site.engine) as session:
            replace(request, session=session).record(
                Action.SIGN_OUT, f"provider {provider.id}", f"refused: {error}"[:300]
            )
        return JSONResponse({"error": "invalid_request"}, 400, headers=request.answer_headers)
    with writing(request.site.engine) as session:
        began = datetime.fromtimestamp(claims["iat"], UTC) + timedelta(seconds=LEEWAY)
        ended = end_provider_sessions(
            session, provider.issuer, str(claims.get("sub") or ""), str(claims.get("sid") or ""), began
        )
        replace(request, session=session).record(Action.SIGN_OUT, f"provider {provider.id}", f"{ended} sessions ended")
    return Response(status_code=200, headers=request.answer_headers)
