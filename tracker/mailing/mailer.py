"""What writing and sending mail need, made from the settings: keys, links, sender, transport and rules."""

import random
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlmodel import select

from db.leases import this_turn
from db.models import Participant
from db.session import reading
from notifications.letter import Sender, Writer
from notifications.links import Links
from notifications.message import domain_of
from notifications.outbox import Claim, Rules, envelope_sender
from notifications.places import NAMED_BEFORE
from notifications.transport import MailUrlWrong, RelayAddress, Transport, open_transport, read_mail_url
from notifications.wording import start_of_day
from tracker.clock import Clock
from tracker.errors import FAILED, WRONG_USAGE, CommandFailed
from tracker.mailing.keys import signing_keys
from tracker.settings import LOCAL_HOSTS, Settings
from tracker.sources.crawl import crawlable


@dataclass(frozen=True)
class Mailer:
    """Where mail is written."""

    links: Links
    sender: Sender
    bounces: str
    named_before: int = NAMED_BEFORE  # days before closing by which a call of our own must be named
    sources_on: tuple[str, ...] = ()  # what is crawled, also what never was

    @property
    def key(self) -> bytes:
        """Names mails and bounces."""
        return self.links.keys[0]

    @property
    def domain(self) -> str:
        """Ours, for Message-IDs."""
        return domain_of(self.sender.address)

    def writer(self, now: datetime) -> Writer:
        """Writes the letters of one moment."""
        return Writer(self.links, self.sender, now)

    def envelope(self, claim: Claim) -> str:
        """The envelope's sender of a mail."""
        return envelope_sender(self.bounces or self.sender.address, self.key, claim)


def open_mailer(settings: Settings, engine: Engine) -> Mailer:
    """Read the keys and who carries the mail; CommandFailed where a setting is wrong."""
    try:
        links = Links(settings.base_url, signing_keys(settings))
    except OSError as error:
        raise CommandFailed(f"cannot keep a secret key in {settings.data_dir}: {error.strerror}") from error
    sender = Sender(settings.mail_from, responsible_organisation(settings, engine), settings.mail_reply_to)
    on = tuple(crawlable(settings))
    return Mailer(links, sender, settings.mail_bounces, settings.named_before, on)


def responsible_organisation(settings: Settings, engine: Engine) -> str:
    """The name of the participant that carries the mail, empty where none is set; CommandFailed where there is none."""
    slug = settings.responsible_organisation
    if not slug:
        return ""
    with reading(engine) as session:
        participant = session.get(Participant, slug)
        if participant is None:
            near = get_close_matches(slug, session.exec(select(Participant.id)).all(), 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise CommandFailed(f"setting RESPONSIBLE_ORGANISATION: no participant {slug!r}{meant}", WRONG_USAGE)
        return participant.name


def sending_rules(settings: Settings, clock: Clock, transport: Transport, mailer: Mailer, halted: str = "") -> Rules:
    """Who sends, by which clock, and to whom while this is a trial; ``halted``: why only sign-in mail may leave."""
    now = clock.now()
    return Rules(
        this_turn(), random.SystemRandom().uniform, lambda: clock.now().instant, transport.name, settings.mail_allow,
        mailer.writer(now.instant).common_headers(), start_of_day(now.today), halted,
        mailer.links.completed,
    )  # fmt: skip


def transport_of(settings: Settings) -> Transport:
    """The transport of MAIL_URL; CommandFailed says what is wrong with it, or why nothing may leave by it."""
    try:
        where = read_mail_url(settings.mail)
        transport = open_transport(settings.mail)
    except MailUrlWrong as error:
        raise CommandFailed(f"setting MAIL_URL: {error}", WRONG_USAGE) from error
    if isinstance(where, RelayAddress):
        _refuse_local(settings, where)
    return transport


def _refuse_local(settings: Settings, relay: RelayAddress) -> None:
    """Nothing leaves for people with links to localhost, or from an address there that nobody chose.

    With a relay on this machine, a developer may have chosen it: then it was set in so many words.
    """
    local = {
        "base_url": urlsplit(settings.base_url).hostname in LOCAL_HOSTS,
        "mail_from": domain_of(settings.mail_from) == "localhost",
    }
    for name, is_local in local.items():
        if is_local and not (name in settings.model_fields_set and relay.is_here):
            still = f"setting {name.upper()} is still {getattr(settings, name)}"
            raise CommandFailed(f"nothing is sent: {still}, and {relay.host} would mail that to people", FAILED)
