"""A provider without a network: it does what is asked of it well, or in one chosen way badly."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from scrapers.outgoing import NoAnswer

Twist = Callable[[dict[str, Any]], None]
KEYS: dict[str, RSAKey] = {}


def key_named(kid: str) -> RSAKey:
    """A key pair, made once a run: making one takes a tenth of a second."""
    if kid not in KEYS:
        KEYS[kid] = RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})
    return KEYS[kid]


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says alg none."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."


@dataclass
class FakeIssuer:
    """One issuer. ``twist`` changes the claims of a token, ``sign`` how it is signed, ``says`` its other answers."""

    issuer: str
    now: datetime
    client_id: str = "kansenradar"
    secret: str = "geheim"
    kid: str = "een"
    twist: Twist = lambda claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    says: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    way_out: str = ""  # the address of its door for who logs out
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def log_in(self, location: str, claims: dict[str, Any]) -> str:
        """What the browser comes back with, after somebody signed in at the address it was sent to."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.issuer}/authorize?")
        assert (sent["response_type"], sent["client_id"], sent["code_challenge_method"]) == (
            "code",
            self.client_id,
            "S256",
        )
        code = f"code-{len(self.codes)}"
        self.codes[code] = {"sent": sent, "claims": claims}
        path = urlsplit(sent["redirect_uri"]).path
        return f"{path}?{urlencode({'code': code, 'state': sent['state'], 'iss': self.issuer})}"

    def __call__(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """The fetch that a ProviderTalk is given."""
        if not url.startswith(self.issuer):
            raise NoAnswer(f"{url}: nobody there")
        path = url.removeprefix(self.issuer)
        self.asked.append(path)
        if path in self.says:
            return self.says[path]
        if path == "/token":
            return self._token(parse_qs((body or b"").decode()), headers or {})
        answers = {"/.well-known/openid-configuration": self._metadata(), "/userinfo": self.userinfo}
        answers["/keys"] = {"keys": [key_named(self.kid).as_dict(private=False)]}
        return 200, json.dumps(answers[path]).encode()

    def _metadata(self) -> dict[str, Any]:
        doors = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        doors |= {"userinfo_endpoint": "userinfo"} if self.userinfo is not None else {}
        out = {"end_session_endpoint": self.way_out} if self.way_out else {}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{door}" for name, door in doors.items()}, **out}

    def _token(self, sent: dict[str, list[str]], headers: dict[str, str]) -> tuple[int, bytes]:
        kept = self.codes.pop(sent["code"][0], None)
        pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"][0].encode()).digest()).decode()
        good = kept is not None and headers.get("Authorization") == f"Basic {pair}"
        if not good or kept["sent"]["code_challenge"] != challenge.rstrip("="):
            return 400, b'{"error": "invalid_grant"}'
        if kept["sent"]["redirect_uri"] != sent["redirect_uri"][0]:
            return 400, b'{"error": "invalid_grant"}'
        token = self.token({"nonce": kept["sent"]["nonce"], **kept["claims"]})
        return 200, json.dumps({"id_token": token, "access_token": "toegang", "token_type": "Bearer"}).encode()

    def token(self, claims: dict[str, Any]) -> str:
        """An ID token, or a logout token, with these claims."""
        at = int(self.now.timestamp())
        whole = {"iss": self.issuer, "aud": self.client_id, "iat": at, "exp": at + 300, **claims}
        self.twist(whole)
        if self.sign is not None:
            return self.sign(whole)
        return jwt.encode({"alg": "RS256", "kid": self.kid}, whole, key_named(self.kid))


def signed_with_secret(secret: str) -> Callable[[dict[str, Any]], str]:
    """A token signed with a secret that the client knows too (HS256)."""
    return lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret.ljust(32, "x")))


def signed_by(kid: str, called: str) -> Callable[[dict[str, Any]], str]:
    """A token signed by a key that the issuer never published, under the name of one that it did."""
    return lambda claims: jwt.encode({"alg": "RS256", "kid": called}, claims, key_named(kid))
