"""Settings that are well formed and yet cannot be meant: refused by what stays, said by ``check``.

``read_settings`` sees a name that is none and a value that is malformed; whether a source, a participant or a relay
fits is only known beside the database and the other settings.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import Engine

from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.mailing.mailer import responsible_organisation, transport_of
from tracker.settings import Settings
from tracker.sources.crawl import unknown_sources, wrong_root


def wrong_settings(settings: Settings, engine: Engine) -> Iterator[CommandFailed]:
    """Each that cannot be meant, in one line; reads the database, makes no file and asks no network."""
    for line in (*unknown_sources(settings), *(wrong_root(name, settings) for name in settings.source_roots)):
        if line:
            yield CommandFailed(line, WRONG_USAGE)
    asked: tuple[Callable[[], object], ...] = (
        lambda: transport_of(settings),
        lambda: responsible_organisation(settings, engine),
    )
    for ask in asked:
        try:
            ask()
        except CommandFailed as refusal:
            yield refusal
