"""Talk to a provider: where its doors are and with which keys it signs, and a code changed for who signed in."""

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from scrapers.outgoing import NoAnswer
from tracker.people.provider_fetch import Fetch
from tracker.people.providers import KeyUnknown, NotBelieved, Provider

KEPT_SECONDS = 3600.0  # doors and keys, before they are asked for again
REFRESH_SECONDS = 30.0  # at most this often because a key is unknown
DOORS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Visit:
    """What was kept of somebody who went to a provider, to be held against what comes back."""

    nonce: str
    verifier: str
    redirect_uri: str


@dataclass
class Doors:
    """What one provider says of itself."""

    metadata: dict[str, Any]
    keys: dict[str, Any]
    read_at: float


@dataclass
class ProviderTalk:
    """Conversations with providers; remembers what they say of themselves, per process."""

    fetch: Fetch
    _known: dict[str, Doors] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def doors(self, provider: Provider, older_than: float = KEPT_SECONDS) -> Doors:
        """Its addresses and keys. Raises NoAnswer, or NotBelieved where it says to be another."""
        known = self._known.get(provider.id)
        if known is None or time.monotonic() - known.read_at > older_than:
            with self._lock:
                known = self._known.get(provider.id)
                if known is None or time.monotonic() - known.read_at > older_than:
                    known = self._known[provider.id] = self._read(provider)
        return known

    def _read(self, provider: Provider) -> Doors:
        metadata = self._json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != provider.issuer:
            raise NotBelieved("the provider calls itself otherwise than its setting")
        missing = [door for door in DOORS if not isinstance(metadata.get(door), str)]
        if missing:
            raise NoAnswer(f"{urlsplit(provider.issuer).hostname}: names no {missing[0]}")
        return Doors(metadata, self._json(metadata["jwks_uri"]), time.monotonic())

    def authorization_address(
        self, provider: Provider, state: str, visit: Visit, challenge: str, hint: str, stepping_up: bool
    ) -> str:
        """Where the browser goes. Raises as ``doors``."""
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": visit.redirect_uri,
            "scope": provider.scopes,
            "state": state,
            "nonce": visit.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if hint:
            asked["login_hint"] = hint
        if stepping_up and provider.step_up is not None:
            asked |= {"prompt": "login", "max_age": "0"}
            if provider.step_up.acr:
                asked["acr_values"] = " ".join(provider.step_up.acr)
        door = str(self.doors(provider).metadata["authorization_endpoint"])
        return f"{door}{'&' if '?' in door else '?'}{urlencode(asked)}"

    def way_out(self, provider: Provider, back: str) -> str:
        """Where somebody also ends the session at the provider, and comes ``back`` from; "" where it has no such door.

        Named by our client id, since no ID token is kept (OpenID Connect RP-Initiated Logout 1.0). Raises as ``doors``.
        """
        door = self.doors(provider).metadata.get("end_session_endpoint")
        if not isinstance(door, str) or urlsplit(door).scheme not in ("https", urlsplit(provider.issuer).scheme):
            return ""
        asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
        return f"{door}{'&' if '?' in door else '?'}{asked}"

    def claims(self, provider: Provider, code: str, visit: Visit, now: datetime) -> dict[str, Any]:
        """Who signed in: the ID token, and beside it what userinfo adds. Raises NoAnswer or NotBelieved."""
        answer = self._exchange(provider, code, visit)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise NotBelieved("no id token")
        opened = str(access or "")
        from tracker.people.id_tokens import id_token_claims  # with what checks signatures, 9 MiB

        claims = self._believed(provider, lambda keys: id_token_claims(token, keys, provider, visit.nonce, opened, now))
        wanted = {"email", "email_verified", "name", provider.role_claim, provider.participant_claim} - {""}
        door = self.doors(provider).metadata.get("userinfo_endpoint")
        if isinstance(door, str) and opened and not wanted <= set(claims):
            added = self._json(door, headers={"Authorization": f"Bearer {opened}"})
            if added.get("sub") != claims["sub"]:
                raise NotBelieved("userinfo is about another")
            claims = {**added, **claims}
        return claims

    def logout(self, provider: Provider, token: str, now: datetime) -> dict[str, Any]:
        """Whose sessions a logout token ends. Raises NoAnswer or NotBelieved."""
        from tracker.people.id_tokens import logout_claims

        return self._believed(provider, lambda keys: logout_claims(token, keys, provider, now))

    def _believed(self, provider: Provider, check: Any) -> dict[str, Any]:
        """Checked with the keys we know, and once more with new ones where the provider changed them."""
        try:
            checked: dict[str, Any] = check(self.doors(provider).keys)
        except KeyUnknown:
            checked = check(self.doors(provider, REFRESH_SECONDS).keys)
        return checked

    def _exchange(self, provider: Provider, code: str, visit: Visit) -> dict[str, Any]:
        doors = self.doors(provider)
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": visit.redirect_uri,
            "code_verifier": visit.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        secret = provider.client_secret.get_secret_value()
        ways = doors.metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if secret and "client_secret_basic" in ways:
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            body["client_id"] = provider.client_id
            body |= {"client_secret": secret} if secret else {}
        return self._json(doors.metadata["token_endpoint"], urlencode(body).encode(), headers)

    def _json(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        status, content = self.fetch(url, body, headers)
        host = urlsplit(url).hostname
        if body is not None and 400 <= status < 500:
            raise NotBelieved(f"the provider refused the code {status}")
        if status != 200:
            raise NoAnswer(f"{host}: answered {status}")
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise NoAnswer(f"{host}: no JSON") from error
        if not isinstance(answer, dict):
            raise NoAnswer(f"{host}: no JSON object")
        return answer
