"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LONG = 60.0


def until(look: Callable[[], T], seconds: float = LONG) -> T:
    """Look again and again until there is something to see."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return seen
