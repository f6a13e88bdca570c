"""What we do with it, and every door in.

The way of the data, noun in and noun out::

    page bytes
      | Source.read        scrapers/sources/<name>.py    pure: response -> Listing
      | crawl              tracker/sources/crawl.py         a process of its own -> Crawled(listings, complete, why)
      | ingest             tracker/calls/ingest.py          one transaction -> Call + Revision
      | match              tracker/matching/             pure: call x opgave -> score and reasons
      | compose            notifications/digest.py       what was this person not told yet? -> Digest
      | letter, post       notifications/letter.py, outbox.py
    mail in an inbox
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("kansenradar")
except PackageNotFoundError:  # run from a folder that nobody installed
    __version__ = "0"
