"""What makes two texts, addresses, references or listings the same."""

import hashlib
import html
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import TypeAdapter

from scrapers.links import path_without_session
from scrapers.listing import Listing

# Neither is what a source says of a call: the bytes and the spans it was read from differ on every visit.
# Nor are its code and edition, which say which call and which copy it is.
NOISE = {"snapshot", "evidence", "code", "edition"}
LISTINGS = TypeAdapter(Listing)
TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid|pk_\w+|piwik_\w+|jsessionid|phpsessid|aspsessionid\w*|session_?id|sid)$",
    re.IGNORECASE,
)


def fingerprint(listing: Listing) -> str:
    """SHA-256 of what a source says; equal means that nothing at all needs comparing."""
    noise = None if NOISE.isdisjoint(listing.model_fields_set) else NOISE  # to leave out takes as long as the rest
    content = LISTINGS.serializer.to_json(listing, exclude=noise, exclude_defaults=True)
    return hashlib.sha256(content).hexdigest()


def identity(external_id: str) -> str:
    """The key of a call within its source: an address without what changes while the page stays the same."""
    return same_address(external_id) if external_id[:4].lower() == "http" else external_id


def same_address(url: str) -> str:
    """http is https; tracking, sessions and a trailing slash do not matter, nor do case and order of the query."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # "http://[x": half an address, and the same as itself only
        return url
    query = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.match(k))
    host = parts.netloc.removesuffix(":80").removesuffix(":443")
    path = path_without_session(parts.path).rstrip("/")
    address = f"https://{host}{path}" + (f"?{urlencode(query)}" if query else "")
    return address.lower()


def same_reference(reference: str) -> str:
    """An official reference as it is compared: case, spaces and dashes of any kind do not matter."""
    folded = unicodedata.normalize("NFKC", reference).casefold()
    return re.sub(r"[\s‐-―]+", "-", folded.strip())


def same_text(text: str) -> str:
    """A text as it is compared: entities resolved, NFC, white space folded."""
    if text.isascii() and "&" not in text:
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", html.unescape(html.unescape(text))).split())
