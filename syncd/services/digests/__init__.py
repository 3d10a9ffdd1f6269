"""Digests: administrators are told by mail of what waits for them, each matter once until it changes (S-84)."""

from syncd.services.digests.digest import has_news, write_digests

__all__ = ["has_news", "write_digests"]
