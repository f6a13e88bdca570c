"""What went wrong with an answer is said in words by which somebody can act, not in those of a library."""

import zlib

import pytest
from parsel import Selector
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, DownloadTimeoutError
from twisted.internet.error import ConnectionLost

from scrapers.source import RowUnreadable, first_line


def test_what_libraries_say_becomes_plain_words() -> None:
    with pytest.raises(ValueError, match="Cannot use css") as no_page:
        Selector(text='{"error": 1}', type="json").css("h1")
    with pytest.raises(zlib.error) as packed:
        zlib.decompress(b"garbage")
    said = {
        first_line(no_page.value): "JSON, or nothing, came where a page was expected",
        first_line(packed.value): "the answer could not be unpacked",
        first_line(DownloadFailedError(str(ConnectionLost))): "the site broke off before its answer was whole",
        first_line(DownloadTimeoutError("took longer than 30 seconds")): "the site did not answer in time",
        first_line(CannotResolveHostError("DNS lookup failed")): "the name of the site leads nowhere",
        first_line(DownloadFailedError("ConnectError: no route")): "no connection with the site was made",
        first_line(ConnectionRefusedError(111, "refused")): "the site refuses the connection",
    }
    assert list(said) == list(said.values())


def test_our_own_words_and_what_nobody_foresaw_stay() -> None:
    assert first_line(RowUnreadable("'h1' found 2 times")) == "'h1' found 2 times"
    assert first_line(KeyError("x")) == "KeyError: 'x'"
