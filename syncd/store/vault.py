"""Secrets at rest: tokens sealed with a key that lives outside the database (cli.md, Files)."""

from __future__ import annotations

import json
import os
import stat
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from syncd.errors import ConfigurationError
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Vault:
    """Seals and opens tokens, and what is handed out to come back, with one key.

    The key is read when it is first needed: most commands may not even read it.
    """

    def __init__(self, key: bytes | Callable[[], bytes]) -> None:
        self._key = key

    @classmethod
    def from_file(cls, path: Path | None) -> Vault:
        """With the key in a file; None where the configuration names none."""
        return cls(partial(_key_in, path))

    def check(self) -> None:
        """Raise ``ConfigurationError`` when the key is missing, unreadable, open to others, or no key."""
        assert self._fernet is not None  # noqa: S101 - made by looking

    @cached_property
    def _fernet(self) -> Fernet:
        try:
            return Fernet(self._key() if callable(self._key) else self._key)
        except ValueError as error:
            raise ConfigurationError(
                "secret_key_file does not hold a key", remedy="Restore the file that `syncd init` made."
            ) from error

    def seal(self, tokens: Tokens) -> str:
        """Encrypt."""
        plain = json.dumps([tokens.access_token, tokens.refresh_token, tokens.expires_at, tokens.scope])
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> Tokens:
        """Decrypt. Raises ``ConfigurationError`` when the key is not the one it was sealed with."""
        try:
            plain = self._fernet.decrypt(sealed.encode())
        except InvalidToken as error:
            raise ConfigurationError(
                "the stored tokens were sealed with another key",
                remedy="Restore the old secret_key_file, or authorize the connections again.",
            ) from error
        access, refresh, expires_at, scope = json.loads(plain)
        return Tokens(access, refresh, expires_at, scope)

    def wrap(self, text: str) -> str:
        """Encrypt a text that is handed out and comes back."""
        return self._fernet.encrypt(text.encode()).decode()

    def unwrap(self, sealed: str) -> str | None:
        """Decrypt such a text; None for one that was not sealed with this key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def make_key_file(path: Path) -> None:
    """Write a new key, readable by its owner alone. Never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")


def _key_in(path: Path | None) -> bytes:
    if path is None:
        raise ConfigurationError(
            "secret_key_file is not set",
            remedy="Name the file that `syncd init` made; a service gets it from systemd as the credential secret_key.",
        )
    try:
        mode = path.stat().st_mode
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(
            f"secret_key_file {path} cannot be read: {error.strerror}",
            remedy="Restore it, or let `syncd init` make one (connections must then be authorized again).",
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigurationError(f"secret_key_file {path} is open to others", remedy=f"Run: chmod 600 {path}")
    return key
