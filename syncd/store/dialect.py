"""What the two databases spell differently, and long lists of ids in pieces."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

T = TypeVar("T")
CHUNK = 500


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut into lists of at most ``size``: neither database takes endless parameter lists."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def insert(session: Session, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT on either database."""
    maker = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return maker(table)
