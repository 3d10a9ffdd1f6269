"""Long lists in pieces: one page of them at a time, with the way to the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syncd.web.pages.visit import Visit

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """One page of a list. ``before`` and ``after`` are the addresses beside it, empty at the ends."""

    items: Sequence[T]
    first: int
    last: int
    total: int
    before: str
    after: str


def pieces(everything: Sequence[T], visit: Visit, *, size: int = SIZE) -> Piece[T]:
    """The piece of a list that the address asks for."""
    number = page_number(visit)
    start = min((number - 1) * size, max(len(everything) - 1, 0) // size * size)
    return piece(everything[start : start + size], visit, start=start, total=len(everything), size=size)


def page_number(visit: Visit) -> int:
    """Which page the address asks for; anything odd is the first."""
    asked = visit.asked("page")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) <= 6 and int(asked) > 0 else 1  # noqa: PLR2004 - a million pages


def piece(items: Sequence[T], visit: Visit, *, start: int, total: int, size: int = SIZE) -> Piece[T]:
    """A piece that was read by itself, from place ``start`` of ``total``."""
    here = start // size + 1
    return Piece(
        items=items,
        first=start + 1 if items else 0,
        last=start + len(items),
        total=total,
        before=_address(visit, here - 1) if start else "",
        after=_address(visit, here + 1) if start + size < total else "",
    )


def _address(visit: Visit, page: int) -> str:
    kept = {name: value for name, value in visit.request.query_params.items() if name not in {"page", "said"}}
    return f"{visit.path}?{urlencode({**kept, 'page': page})}"
