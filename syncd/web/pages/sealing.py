"""Texts in addresses that only this session can read: addresses are logged, and kept by browsers and proxies."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken


def sealed(session_token: str, text: str) -> str:
    """Seal a text for a session."""
    return _of(session_token).encrypt(text.encode()).decode()


def unsealed(session_token: str, text: str) -> str:
    """Read a sealed text; empty for one that was not sealed in this session."""
    try:
        return _of(session_token).decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def _of(session_token: str) -> Fernet:
    key = hmac.new(session_token.encode(), b"address", hashlib.sha256).digest()
    return Fernet(urlsafe_b64encode(key))
