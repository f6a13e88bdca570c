"""The only reader of the environment: every setting, its default and its meaning."""

import os
import re
from datetime import date
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from scrapers.addresses import pairs
from tracker.errors import WRONG_USAGE, CommandFailed

PREFIX = "KANSENRADAR_"
NO_SECRETS = {"changeme", "change-me", "change_me", "default", "password"}  # what stands in examples


class Settings(BaseSettings):
    """Settings from the environment or from `.env` in the working folder; docs/running.md lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(default="", description="sqlite:///FILE or postgresql://...; default: a file in DATA_DIR")
    data_dir: Path = Field(default=Path("data"), description="where files of the application live")
    base_url: str = Field(default="http://localhost:8000", description="the address people see in mails and feeds")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="signs links and message ids; default: made once, kept in DATA_DIR"
    )
    mail_url: str = Field(default="", description="smtp://user:pw@host:port?tls=required or file:DIR (the default)")
    mail_from: str = Field(default="kansenradar@localhost", description="the sender's address")
    mail_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="for trials: the only addresses or @domains that get mail, separated by commas",
    )
    mail_bounces: str = Field(
        default="", description="envelope sender, such as bounces+{token}@example.nl; default: MAIL_FROM"
    )
    responsible_organisation: str = Field(
        default="", description="the participant that legally carries the mail, by its id"
    )
    fetch_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="host:port pairs that may be private addresses, separated by commas"
    )
    fetch_contact: str = Field(
        default="", description="address in our user agent that a source may write to; default: MAIL_FROM"
    )
    security_contact: str = Field(
        default="", description="where to report a leak, as a mailto: or https: address; default: MAIL_FROM"
    )
    security_expires: date | None = Field(
        default=None, description="the Expires day of security.txt; default: half a year ahead"
    )
    trusted_proxies: str = Field(
        default="", description="addresses of proxies whose X-Forwarded-For is believed, separated by commas"
    )
    snapshot_days: int = Field(default=730, ge=1, description="how long the bytes a source showed are kept as proof")
    wait_for_matching: int = Field(
        default=60, ge=0, description="minutes that a due digest waits while calls are still being matched"
    )
    named_before: int = Field(
        default=60, ge=1, description="days before closing by which a call of our own is named in a digest"
    )
    mail_days: int = Field(default=400, ge=1, description="how long the text of a mail is kept after it left")
    source_limit_seconds: int = Field(default=1800, ge=1, description="longest time one source may take")
    sources_on: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="sources that are off by default and should be crawled, separated by commas"
    )
    sources_off: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="sources that should not be crawled, separated by commas"
    )
    reader_url: str = Field(
        default="", description="an OpenAI-compatible address such as https://host/v1: a second reader; off without it"
    )
    reader_key: SecretStr = Field(default=SecretStr(""), description="the key of the second reader")
    reader_model: str = Field(default="", description="the model the second reader is asked for")
    reader_calls: int = Field(default=200, ge=0, description="how often a day the second reader may be asked")
    reader_euros: Decimal = Field(default=Decimal(1), ge=0, description="what the second reader may cost a day")
    reader_price: Decimal = Field(default=Decimal(5), ge=0, description="euros a million tokens of the second reader")
    source_roots: dict[str, str] = Field(
        default_factory=dict, description="filled from SOURCE_<NAME>_URL: crawl that source at another root"
    )

    @model_validator(mode="before")
    @classmethod
    def _read_source_roots(cls, values: Any) -> Any:
        """KANSENRADAR_SOURCE_EU_PORTAL_URL -> {"eu_portal": ...}; the environment goes before the file."""
        given_names = {name: url for name, url in {**dotenv_values(".env"), **os.environ}.items() if url}
        pattern = re.compile(rf"{PREFIX}SOURCE_(\w+)_URL", re.IGNORECASE)
        roots = {match[1].lower(): url for name, url in given_names.items() if (match := pattern.fullmatch(name))}
        given = values.get("source_roots", {})
        return {**values, "source_roots": {**roots, **given} if isinstance(given, dict) else given}

    @field_validator("fetch_allow", "mail_allow", "sources_on", "sources_off", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, value.replace(",", " ").split())) if isinstance(value, str) else value

    @field_validator("fetch_allow")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        pairs(value)  # a pair that allows nothing is a mistake somebody should hear of
        return value

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{value!r} is no http or https address to build links on")
        return value

    @field_validator("reader_url")
    @classmethod
    def _an_endpoint(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError(f"{value!r} is no http or https address of a reader")
        return value

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        address = parseaddr(value)[1]  # "Kansenradar <k@example.nl>" is often typed; the name we show is our own
        if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", address) or len(value.splitlines()) != 1:
            raise ValueError(f"{value!r} is no mail address")
        return address

    @field_validator("mail_allow")
    @classmethod
    def _addresses_or_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [entry for entry in value if "@" not in entry[:-1]]  # a bare domain would allow nobody, without a word
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no address and no domain such as @example.nl")
        return value

    @field_validator("mail_bounces")
    @classmethod
    def _an_envelope(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;{}]+", value):
            raise ValueError(f"{value!r} is no address such as bounces+{{token}}@example.nl")
        return value

    @field_validator("secret_key")
    @classmethod
    def _a_secret(cls, value: SecretStr) -> SecretStr:
        keys = value.get_secret_value().replace(",", " ").split()
        if (value.get_secret_value() and not keys) or any(key.lower() in NO_SECRETS for key in keys):
            raise ValueError("no secret that others could guess; leave it out and one is made")
        return value

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'kansenradar.db'}"

    @property
    def mail(self) -> str:
        """Where mail goes, with the default filled in."""
        return self.mail_url or f"file:{self.data_dir / 'mail'}"


def read_settings() -> Settings:
    """The settings of this process; CommandFailed names each that cannot be meant, in one line."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"setting {PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise CommandFailed("; ".join(wrong).replace("Value error, ", ""), WRONG_USAGE) from error
    except SettingsError as error:  # a value that should be JSON
        raise CommandFailed(f"{str(error).splitlines()[0]}: {error.__cause__}", WRONG_USAGE) from error
