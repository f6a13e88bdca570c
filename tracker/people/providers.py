"""The organisations whose account lets people in: which provider speaks for which mail domain, and how it is trusted.

One provider stands in plain settings (OIDC_ISSUER and its neighbours); several stand in a file, OIDC_FILE, as YAML or
JSON: a list, or a list under ``providers``. docs/running.md shows one.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from db.vocabulary import Role
from scrapers.addresses import pairs
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.settings import PREFIX, Settings

MOST_PROVIDERS = 200
LEEWAY = 60  # seconds that clocks may differ
DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}")


class NotBelieved(Exception):
    """A token that is not taken; the message says what is wrong with it, for the audit log."""


class KeyUnknown(NotBelieved):
    """Signed with a key that the provider did not publish when it was last asked."""


class StepUp(BaseModel):
    """What an administrator's sign-in must show besides: one of these ``acr``, or one of these ``amr``; and how new.

    ``max_age``: seconds since the person last showed at the provider who they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age: int | None = Field(default=None, ge=60, le=30 * 86_400)

    @model_validator(mode="after")
    def _something(self) -> "StepUp":
        if not self.acr and not self.amr and self.max_age is None:
            raise ValueError("name at least one acr or amr, or a max_age")
        return self

    def met_by(self, claims: dict[str, Any], now: datetime) -> bool:
        """Whether a sign-in showed enough, and not too long ago."""
        shown = claims.get("amr")
        methods = shown if isinstance(shown, list) else []
        strong = claims.get("acr") in self.acr or any(method in self.amr for method in methods)
        asked = bool(self.acr or self.amr)
        return (strong or not asked) and (
            self.max_age is None or signed_in_since(claims, now.timestamp() - self.max_age)
        )


def signed_in_since(claims: dict[str, Any], since: float) -> bool:
    """Whether the person showed at the provider who they are after this moment (seconds since 1970), by its word."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and not isinstance(at, bool) and at >= since


class Provider(BaseModel):
    """One organisation's provider: where it is, who we are there, and what of its word is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="in our addresses, such as 'haarlem'")
    name: str = Field(min_length=1, max_length=80, description="as people know it, such as 'gemeente Zwolle'")
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    domains: tuple[str, ...] = Field(default=(), description="mail domains of its people")
    scopes: str = "openid email profile"
    mail_checked: Literal["claim", "provider"] = Field(
        default="claim", description="whether email_verified must say so, or the provider is known to check all mail"
    )
    participant: str = Field(default="", description="where its people work, by the participant's id")
    role_claim: str = Field(default="", description="the claim that says who may do what, such as 'groups'")
    roles: dict[str, Role] = Field(default_factory=dict, description="what stands in that claim -> role")
    participant_claim: str = ""
    participants: dict[str, str] = Field(default_factory=dict, description="what stands in that claim -> participant")
    step_up: StepUp | None = Field(default=None, description="what an administrator must show besides")

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{value!r} is no https address of an issuer")
        return value

    @field_validator("domains")
    @classmethod
    def _domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(domain.strip().lower().lstrip("@") for domain in value)
        wrong = [domain for domain in plain if not DOMAIN.fullmatch(domain)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no mail domain")
        return plain

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("scopes without openid bring no identity")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Provider":
        if bool(self.role_claim) != bool(self.roles):
            raise ValueError("role_claim and roles go together")
        if bool(self.participant_claim) != bool(self.participants):
            raise ValueError("participant_claim and participants go together")
        if self.roles and not (self.participant or self.participants):
            raise ValueError("roles need a participant, or participants")
        return self

    def role_of(self, claims: dict[str, Any]) -> Role | None:
        """The highest role that the claims give; none where they give none or are not looked at."""
        given = [self.roles[value] for value in _values(claims.get(self.role_claim)) if value in self.roles]
        return max(given, key=list(Role).index) if given else None

    def participant_of(self, claims: dict[str, Any]) -> str:
        """The participant that the claims name, or the one all its people work for; "" where neither is known."""
        named = (self.participants.get(value) for value in _values(claims.get(self.participant_claim)))
        return next(filter(None, named), self.participant)


def _values(claim: Any) -> list[str]:
    listed = claim if isinstance(claim, list) else [claim]
    return [value for value in listed if isinstance(value, str)]


def read_providers(settings: Settings) -> tuple[Provider, ...]:
    """The providers of this installation; CommandFailed says in one line which setting is wrong, and why."""
    try:
        found = _from_file(settings.oidc_file) if settings.oidc_file else _from_settings(settings)
        _check_together(found, settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "provider"
        raise _wrong(settings, f"{where}: {first['msg'].removeprefix('Value error, ')}") from error
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise _wrong(settings, " ".join(str(error).split())) from error
    return found


def _wrong(settings: Settings, why: str) -> CommandFailed:
    setting = f"{PREFIX}OIDC_FILE ({settings.oidc_file})" if settings.oidc_file else f"{PREFIX}OIDC_*"
    return CommandFailed(f"setting {setting}: {why}", WRONG_USAGE)


def _from_settings(settings: Settings) -> tuple[Provider, ...]:
    if not settings.oidc_issuer:
        if settings.oidc_client_id:
            raise ValueError("OIDC_CLIENT_ID without OIDC_ISSUER")
        return ()
    if not settings.oidc_client_id:
        raise ValueError("OIDC_ISSUER without OIDC_CLIENT_ID")
    return (
        Provider(
            id="organisatie",
            name=settings.oidc_name,
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            domains=settings.oidc_domains,
        ),
    )


def _from_file(path: Path) -> tuple[Provider, ...]:
    if path.stat().st_size > 1_000_000:
        raise ValueError("larger than 1 MB")
    content = yaml.safe_load(path.read_text("utf-8"))  # JSON is YAML too
    listed = content.get("providers") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_PROVIDERS:
        raise ValueError("no list of providers")
    return tuple(Provider.model_validate(row) for row in listed)


def _check_together(found: Sequence[Provider], settings: Settings) -> None:
    for what, values in (
        ("id", [provider.id for provider in found]),
        ("mail domain", [domain for provider in found for domain in provider.domains]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice:
            raise ValueError(f"{what} {twice!r} stands twice")
    allowed = {host for host, _ in pairs(settings.fetch_allow)}
    for provider in found:
        address = urlsplit(provider.issuer)
        if address.scheme == "http" and address.hostname not in allowed:
            raise ValueError(f"{provider.issuer!r} is no https address, and not in FETCH_ALLOW")
    if settings.sign_in_link == "off" and not found:
        raise ValueError("SIGN_IN_LINK is off and there is no provider: nobody could sign in")


def provider_for(providers: Sequence[Provider], address: str) -> Provider | None:
    """Whose account this mail address is, by its domain."""
    domain = address.rpartition("@")[2].lower()
    return next((provider for provider in providers if domain in provider.domains), None)


def provider_named(providers: Sequence[Provider], name: str) -> Provider | None:
    """The provider with this id."""
    return next((provider for provider in providers if provider.id == name), None)
