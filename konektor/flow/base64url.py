"""Base64url: bytes as browsers write them, without padding."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_ALPHABET = re.compile("[A-Za-z0-9_-]*")


def encoded(data: bytes) -> str:
    """The text of the bytes."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes of a text, with or without its padding. ValueError for any other text."""
    bare = text.rstrip("=")
    if not _ALPHABET.fullmatch(bare) or len(text) - len(bare) > 2:
        raise ValueError("this is not base64url")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise ValueError("this is not base64url") from error
