"""Passwords: Argon2id hashes, checked in constant time, never stored or shown otherwise."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from syncd.errors import RefusedError

SHORTEST = 8
_LONGEST = 1024
_ONE_TIME_BYTES = 12


class WeakPasswordError(RefusedError):
    """The password is too short to be one, or too long to be hashed."""

    code = "weak_password"

    def __init__(self) -> None:
        super().__init__(
            f"The password must have {SHORTEST} to {_LONGEST} characters.",
            remedy="Choose a longer one; several words are easy to remember.",
        )


def hashed(password: str) -> str:
    """Return the hash of a new password. Raises ``WeakPasswordError``."""
    if not SHORTEST <= len(password) <= _LONGEST:
        raise WeakPasswordError
    return PasswordHasher().hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether this is the password."""
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def one_time() -> str:
    """Return a password that nobody could guess."""
    return secrets.token_urlsafe(_ONE_TIME_BYTES)
