"""Addresses."""

import hashlib
import unicodedata


def folded(address: str) -> str:
    """Addresses compare in NFC and lower case."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def _address_hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
