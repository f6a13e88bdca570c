"""What a provider's signed word is worth: its signature, from whom, for whom, when, and for which visit. Pure."""

import contextlib
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import JWKRegistry, KeySet

from tracker.people.providers import LEEWAY, KeyUnknown, NotBelieved, Provider

# Signatures that only the provider can make: neither "none", nor one made with a secret that both sides hold.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
PUBLIC_KINDS = ("RSA", "EC", "OKP")
OLDEST_LOGOUT = 300  # seconds
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError)


def id_token_claims(
    token: str, keys: dict[str, Any], provider: Provider, nonce: str, access_token: str, now: datetime
) -> dict[str, Any]:
    """Who signed in, of a token that was asked for with this nonce. Raises NotBelieved."""
    decoded = _decoded(token, keys)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id}},
        {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except UNREADABLE as error:
        raise NotBelieved(_why(error)) from error
    _only_us(decoded.claims, provider)
    return _with_subject(decoded.claims)


def logout_claims(token: str, keys: dict[str, Any], provider: Provider, now: datetime) -> dict[str, Any]:
    """Whose sessions end (``sub``, ``sid`` or both), by a logout token of this provider. Raises NotBelieved."""
    claims = _decoded(token, keys).claims
    if claims.get("iss") != provider.issuer:
        raise NotBelieved("another issuer")
    _only_us(claims, provider)
    at, until, events = claims.get("iat"), claims.get("exp"), claims.get("events")
    if not isinstance(at, int | float) or abs(now.timestamp() - at) > OLDEST_LOGOUT:
        raise NotBelieved("not of now")
    if until is not None and (not isinstance(until, int | float) or until < now.timestamp() - LEEWAY):
        raise NotBelieved("expired")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise NotBelieved("no logout token")
    if not (isinstance(claims.get("sub"), str) or isinstance(claims.get("sid"), str)):
        raise NotBelieved("names nobody")
    return claims


def _decoded(token: str, keys: dict[str, Any]) -> jwt.Token:
    try:
        return jwt.decode(token, _public_keys(keys), algorithms=ALGORITHMS)
    except InvalidKeyIdError as error:
        raise KeyUnknown(_why(error)) from error
    except UNREADABLE as error:
        raise NotBelieved(_why(error)) from error


def _public_keys(keys: dict[str, Any]) -> KeySet:
    """The keys that can prove who signed; one that we cannot read does not stop the others."""
    listed, readable = keys.get("keys"), []
    for key in listed if isinstance(listed, list) else []:
        if isinstance(key, dict) and key.get("kty") in PUBLIC_KINDS and key.get("use", "sig") == "sig":
            with contextlib.suppress(*UNREADABLE):
                readable.append(JWKRegistry.import_key(key))
    if not readable:
        raise NotBelieved("no key that can be read")
    return KeySet(readable)


def _only_us(claims: dict[str, Any], provider: Provider) -> None:
    audience = claims.get("aud")
    if audience != provider.client_id and audience != [provider.client_id]:
        raise NotBelieved("meant for others too")


def _with_subject(claims: dict[str, Any]) -> dict[str, Any]:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotBelieved("names nobody")
    return claims


def _why(error: Exception) -> str:
    """In the words of the audit log, which puts them into Dutch."""
    if isinstance(error, BadSignatureError):
        return "bad signature"
    if isinstance(error, InvalidKeyIdError):
        return "key unknown"
    if isinstance(error, ExpiredTokenError):
        return "expired"
    if isinstance(error, InvalidClaimError | MissingClaimError):
        return f"claim {error.claim} {'is missing' if isinstance(error, MissingClaimError) else 'is wrong'}"
    return f"cannot be read {type(error).__name__}"
