"""Secrets that are shown once: kept as their hash only."""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

_BYTES: Final = 32


def new_token() -> str:
    """Return a fresh secret of 256 random bits, safe in a URL."""
    return token_urlsafe(_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of `token`; it is too random to need salt or stretching."""
    return sha256(token.encode()).hexdigest()
