"""The only reader of the environment: every setting, its default and its meaning."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from email.utils import getaddresses, parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from db.vocabulary_knowledge import Licence
from scrapers.addresses import pairs
from scrapers.outgoing import Outgoing
from tracker.errors import WRONG_USAGE, CommandFailed

PREFIX = "KANSENRADAR_"
CONFIG = f"{PREFIX}CONFIG"  # names the file of settings, for `--config` and for the processes that we start
SHORTEST_SECRET = 24  # characters: who knows one link can try short ones
SHORTEST_PASSPHRASE = 12
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
OTHERS = re.compile(r"SOURCE_\w+_(URL|PROXY)|CONFIG")  # names that are right without being a field
NO_PROXY = "no address of a proxy such as http://proxy.example.nl:3128"
DIRECTLY = "none"  # a source that goes by no proxy
NEEDS = {  # what does nothing by itself -> without which; the one who set it would hear of it by waiting
    "bounces_url": "mail_bounces",
    "alert_webhook_key": "alert_webhook",
    "reader_key": "reader_url",
    "reader_model": "reader_url",
    "reader_url": "reader_model",
    "oidc_client_secret": "oidc_issuer",
    "oidc_domains": "oidc_issuer",
}
NO_SECRETS = {"changeme", "change-me", "change_me", "default", "password"}  # what stands in examples


class Settings(BaseSettings):
    """Settings from the environment or from a file, `.env` in the working folder; docs/running.md lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(default="", description="sqlite:///FILE or postgresql://...; default: a file in DATA_DIR")
    data_dir: Path = Field(default=Path("data"), description="where files of the application live")
    base_url: str = Field(default="http://localhost:8000", description="the address people see in mails and feeds")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="signs links and message ids; default: made once, kept in DATA_DIR"
    )
    region: str = Field(
        default="",
        description="the folder of the region's data, or the name of one that ships; default: as `init` kept it",
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
    alert_webhook: str = Field(default="", description="where to post what is broken, as an http or https address")
    alert_webhook_key: SecretStr = Field(default=SecretStr(""), description="signs what is posted there")
    backup_passphrase: SecretStr = Field(
        default=SecretStr(""), description="seals keys and settings in a backup; without it they are left out"
    )
    backup_days: int = Field(default=8, ge=0, description="how old the last backup may be; 0: made in another way")
    mail_reply_to: str = Field(default="", description="who reads answers to mail; without it, mail says nobody does")
    bounces_url: str = Field(
        default="", description="imaps://user:pw@host/folder or file:DIR, where bounces arrive; needs MAIL_BOUNCES"
    )
    responsible_organisation: str = Field(
        default="", description="the participant that legally carries the mail, by its id"
    )
    data_licence: Licence = Field(
        default=Licence.CC_BY,
        description="on which terms others may use our public data: cc0, cc_by, cc_by_sa, cc_by_nd, cc_by_nc or closed",
    )
    fetch_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="host:port pairs that may be private addresses, separated by commas"
    )
    fetch_proxy: SecretStr = Field(
        default=SecretStr(""),
        description="http://user:pw@host:port: what is asked outside is asked through it, and it checks addresses",
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
    oidc_issuer: str = Field(default="", description="sign in with the organisation's account: its issuer's address")
    oidc_client_id: str = Field(default="", description="who we are there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="and the secret that proves it")
    oidc_name: str = Field(default="uw organisatie", description="whose account it is, as people read it on the page")
    oidc_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="mail domains that sign in there, separated by commas"
    )
    oidc_file: Path | None = Field(
        default=None, description="several providers, one a participant: a YAML or JSON file instead of the above"
    )
    sign_in_link: Literal["on", "off", "without-provider"] = Field(
        default="on", description="signing in by a link in a mail: on, off, or without-provider (only where none is)"
    )
    document_megabytes: int = Field(
        default=10, ge=1, le=50, description="the largest file that can hang on a dossier, position or contact, in MB"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="of the log: text or json, a line each")
    metrics_key: SecretStr = Field(
        default=SecretStr(""), description="who shows it as a Bearer token reads /metrics; without it there are none"
    )
    asgi_wrap: str = Field(
        default="", description="module:name that wraps the pages, such as OpenTelemetry's for traces"
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
    source_proxies: dict[str, SecretStr] = Field(
        default_factory=dict, description="filled from SOURCE_<NAME>_PROXY: that source by another proxy, or by none"
    )

    @model_validator(mode="before")
    @classmethod
    def _read_of_sources(cls, values: Any) -> Any:
        """KANSENRADAR_SOURCE_EU_PORTAL_URL -> {"eu_portal": ...}; the environment goes before the file."""
        return {**values, "source_roots": _of_sources("URL", values), "source_proxies": _of_sources("PROXY", values)}

    @field_validator("fetch_allow", "mail_allow", "sources_on", "sources_off", "oidc_domains", mode="before")
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
        more = parts.query or parts.fragment or len(value.split()) > 1
        if parts.scheme not in ("http", "https") or not parts.hostname or more or not _can_be_port(parts):
            raise ValueError(f"{value!r} is no http or https address to build links on")
        if parts.username or parts.password:  # said without it
            raise ValueError("a name or password in it would stand in every link that is mailed")
        return value.strip()

    @field_validator("reader_url", "alert_webhook")
    @classmethod
    def _an_endpoint(cls, value: str, info: ValidationInfo) -> str:
        parts = urlsplit(value)
        has_more = parts.fragment or (parts.query and info.field_name == "reader_url")
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or has_more):
            raise ValueError(f"{value!r} is no http or https address")
        return value

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def _a_sender(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "mail_reply_to":
            return value
        address = parseaddr(value)[1]  # "Kansenradar <k@example.nl>" is often typed; the name we show is our own
        several = len(getaddresses([value])) > 1 or len(value.splitlines()) != 1
        if several or not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", address):
            raise ValueError(f"{value!r} is no mail address")
        return address

    @field_validator("mail_allow")
    @classmethod
    def _addresses_or_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        one = r"[^@<>;]*@[^@<>;]+"  # a bare domain, or two with a semicolon, would allow nobody without a word
        wrong = [entry for entry in value if not re.fullmatch(one, entry)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no address and no domain such as @example.nl")
        return value

    @field_validator("mail_bounces")
    @classmethod
    def _an_envelope(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^\s@<>,;{}]+@[^\s@<>,;{}]+", value.replace("{token}", "token", 1)):
            raise ValueError(f"{value!r} is no address such as bounces+{{token}}@example.nl")
        return value

    @field_validator("security_contact")
    @classmethod
    def _a_contact(cls, value: str) -> str:
        if value and not re.fullmatch(r"mailto:[^\s@<>]+@[^\s@<>]+|https://\S+", value):
            raise ValueError(f"{value!r} is no mailto: or https: address")
        return value

    @field_validator("secret_key")
    @classmethod
    def _a_secret(cls, value: SecretStr) -> SecretStr:
        keys = value.get_secret_value().replace(",", " ").split()
        if (value.get_secret_value() and not keys) or any(key.lower() in NO_SECRETS for key in keys):
            raise ValueError("no secret that others could guess; leave it out and one is made")
        if any(len(key) < SHORTEST_SECRET for key in keys):
            raise ValueError(f"less than {SHORTEST_SECRET} characters can be guessed; leave it out and one is made")
        return value

    @field_validator("backup_passphrase", "alert_webhook_key", "metrics_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_PASSPHRASE:
            raise ValueError(f"less than {SHORTEST_PASSPHRASE} characters can be guessed")
        return value

    @field_validator("fetch_proxy")
    @classmethod
    def _a_proxy(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _is_proxy(value.get_secret_value()):
            raise ValueError(NO_PROXY)
        return value

    @field_validator("source_proxies")
    @classmethod
    def _proxies(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, proxy in value.items():
            if proxy.get_secret_value() != DIRECTLY and not _is_proxy(proxy.get_secret_value()):
                raise ValueError(f"SOURCE_{name.upper()}_PROXY is {NO_PROXY}, nor {DIRECTLY!r}")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        entries = value.replace(",", " ").split()
        for entry in entries:
            try:
                ip_network(entry)
            except ValueError as error:
                raise ValueError(f"{entry!r} is no address or network of a proxy, such as 10.0.0.2") from error
        return ",".join(entries)

    def proxy_of(self, source: str) -> str:
        """The proxy that a source is asked through; empty where it is asked directly."""
        proxy = self.source_proxies.get(source, self.fetch_proxy).get_secret_value()
        return "" if proxy == DIRECTLY else proxy

    @property
    def outgoing(self) -> Outgoing:
        """How what is no crawl goes out: by the same rules and proxy."""
        return Outgoing(pairs(self.fetch_allow), self.fetch_proxy.get_secret_value())

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'kansenradar.db'}"

    @property
    def mail(self) -> str:
        """Where mail goes, with the default filled in."""
        return self.mail_url or f"file:{self.data_dir / 'mail'}"


def config_file() -> str:
    """The file of settings: the one that was named, or `.env` in the working folder."""
    return os.environ.get(CONFIG) or ".env"


def _given() -> dict[str, str]:
    """Every setting of ours that somebody gave, by its name without the prefix; the environment before the file."""
    named = {**dotenv_values(config_file()), **os.environ}
    ours = {name.upper(): value or "" for name, value in named.items() if name.upper().startswith(PREFIX)}
    return {name.removeprefix(PREFIX): value for name, value in ours.items()}


def _of_sources(ending: str, values: Mapping[str, Any]) -> Any:
    """What is set of single sources, by their names: KANSENRADAR_SOURCE_<NAME>_URL and _PROXY."""
    pattern = re.compile(rf"SOURCE_(\w+)_{ending}")
    named = {
        match[1].lower(): value for name, value in _given().items() if value and (match := pattern.fullmatch(name))
    }
    given = values.get({"URL": "source_roots", "PROXY": "source_proxies"}[ending], {})
    return {**named, **given} if isinstance(given, dict) else given


def _can_be_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # no number, or beyond 65535
        return False


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.scheme == "http" and parts.hostname and parts.port and not parts.path.strip("/"))
    except ValueError:  # half an IPv6 address, a port that is no number
        return False


def given_settings() -> dict[str, str]:
    """Every setting that somebody gave, by its name without the prefix, also from a file of its own; with secrets."""
    given = _given()
    known = [name.upper() for name in Settings.model_fields]
    named = {name: value for name, value in given.items() if name.removesuffix("_FILE") not in known or name in known}
    return named | {name.upper(): value for name, value in _from_files(given).items()}


def read_settings() -> Settings:
    """The settings of this process; CommandFailed names each that cannot be meant, in one line."""
    given = _given()
    if os.environ.get(CONFIG) and not Path(config_file()).is_file():
        raise CommandFailed(f"no file of settings at {config_file()}", WRONG_USAGE)
    _refuse_unknown(given)
    try:
        settings = Settings(_env_file=config_file(), **_from_files(given))
    except ValidationError as error:
        wrong = (f"setting {PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise CommandFailed("; ".join(wrong).replace("Value error, ", ""), WRONG_USAGE) from error
    except SettingsError as error:  # a value that should be JSON
        raise CommandFailed(f"{str(error).splitlines()[0]}: {error.__cause__}", WRONG_USAGE) from error
    if odd := list(at_odds(settings)):
        raise CommandFailed("; ".join(odd), WRONG_USAGE)
    return settings


def at_odds(settings: Settings) -> Iterator[str]:
    """Settings of which each is right, and that cannot be meant together, a line each."""
    given = {name for name in settings.model_fields_set if getattr(settings, name)}
    if settings.oidc_file and "oidc_issuer" in given:
        yield f"setting {PREFIX}OIDC_FILE: instead of OIDC_ISSUER, not beside it"
    for name, needed in NEEDS.items():
        if name in given and needed not in given:
            yield f"setting {PREFIX}{name.upper()}: does nothing without {PREFIX}{needed.upper()}"
    if {"bounces_url", "mail_bounces"} <= given and "{token}" not in settings.mail_bounces:
        yield f"setting {PREFIX}MAIL_BOUNCES: without {{token}} nobody can tell which mail came back to BOUNCES_URL"
    for source in sorted({*settings.sources_on} & {*settings.sources_off}):
        yield f"setting {PREFIX}SOURCES_ON: {source!r} stands in SOURCES_OFF, too"


def _refuse_unknown(given: Mapping[str, str]) -> None:
    """A slip of the pen is not obeyed in silence: KANSENRADAR_MAIL_ALOW would have mailed everybody."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(given):
        if name in known or OTHERS.fullmatch(name) or name.removesuffix("_FILE") in known:
            continue
        near = get_close_matches(name, known, 1)
        meant = f"; did you mean {PREFIX}{near[0]}?" if near else "; docs/running.md lists them"
        raise CommandFailed(f"{PREFIX}{name} is no setting{meant}", WRONG_USAGE)


def _from_files(given: Mapping[str, str]) -> dict[str, Any]:
    """What stands in files that KANSENRADAR_<NAME>_FILE names: secrets that should not stand in an environment."""
    values: dict[str, Any] = {}
    for name, path in given.items():
        field = name.removesuffix("_FILE")
        if not (name.endswith("_FILE") and field.lower() in Settings.model_fields and path):
            continue
        if given.get(field):
            raise CommandFailed(f"both {PREFIX}{field} and {PREFIX}{name} are set: which is meant?", WRONG_USAGE)
        try:
            values[field.lower()] = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "no text"
            raise CommandFailed(f"setting {PREFIX}{name}: cannot read {path}: {why}", WRONG_USAGE) from error
    return values
