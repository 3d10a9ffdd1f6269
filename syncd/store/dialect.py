"""What the two databases spell differently, and long lists of ids in pieces."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T")
CHUNK = 500


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut into lists of at most ``size``: neither database takes endless parameter lists."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def append(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows of one shape: as rows, not as objects, which cost several times as much."""
    if rows:
        session.execute(table.metadata.tables[table.__tablename__].insert(), rows)


def insert(session: Session, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT on either database."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - costs every command a tenth of a second

    return postgresql.insert(table)
