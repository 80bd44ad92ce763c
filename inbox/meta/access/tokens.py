"""Page access tokens at rest: encrypted, so that a copy of the database opens no Page."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from inbox.config import settings


class UnreadableTokenError(Exception):
    """None of our keys opens this token: its key is gone from `ENCRYPTION_KEYS`."""


def encrypt(token: str) -> str:
    """With the newest of `ENCRYPTION_KEYS`."""
    return _ring().encrypt(token.encode()).decode()


def decrypt(encrypted: str) -> str:
    """With whichever of `ENCRYPTION_KEYS` fits, so that keys can be replaced. Raises
    `UnreadableTokenError`."""
    try:
        return _ring().decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise UnreadableTokenError("No key of ENCRYPTION_KEYS opens this token.") from error


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings().encryption_keys])
