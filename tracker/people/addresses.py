"""A mail address as it is compared."""

import unicodedata


def folded(address: str) -> str:
    """Addresses compare in NFC and lower case."""
    return unicodedata.normalize("NFC", address.strip()).lower()
