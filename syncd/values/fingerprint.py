"""A short mark of what a remote customer means to us: equal marks, nothing to compare."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from syncd.values.equality import key

if TYPE_CHECKING:
    from syncd.values.records import RemoteRecord

_LENGTH = 32


def fingerprint(record: RemoteRecord) -> str:
    """Mark the canonical fields after normalisation: noise does not move it, a meaningful change does."""
    if record.mark is not None:
        return record.mark
    known = sorted(record.fields.items())
    parts = [f"{name}={key(name, value) if value is not None else ''}" for name, value in known]
    parts += [f"{name}!" for name in sorted(record.unfit)]
    return _mark("\x1f".join(parts))


def raw_mark(raw: str) -> str:
    """Mark the vendor's untouched text."""
    return _mark(raw)


def _mark(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_LENGTH // 2).hexdigest()
