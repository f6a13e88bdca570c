"""A mail address as it is compared and as it is kept where only a hash may stay."""

import hashlib
import unicodedata


def folded(address: str) -> str:
    """Addresses compare in NFC and lower case."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def _address_hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
