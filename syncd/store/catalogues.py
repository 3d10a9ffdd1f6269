"""The registers beside the customers: discount letters, articles. One table for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from syncd.register.catalogues import Entry, EntryInUseError, EntryTakenError, UnknownEntryError
from syncd.store.dialect import chunks
from syncd.store.sort_keys import number_key
from syncd.store.tables.register import CatalogueEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row, Table
    from sqlalchemy.orm import Session

    from syncd.register.catalogues import Catalogue
    from syncd.register.fields import Value
    from syncd.store.eyes import Eyes

ENTRIES: Table = CatalogueEntry.__table__  # type: ignore[assignment]  # declared with __tablename__
_READ = (ENTRIES.c.id, ENTRIES.c.key, ENTRIES.c["values"], ENTRIES.c.retired)


class Catalogues:
    """Reads and writes the entries of all groups."""

    def __init__(self, session: Session, eyes: Eyes) -> None:
        self._session = session
        self._eyes = eyes

    def add(self, group_id: int, catalogue: Catalogue, key: str, values: Mapping[str, Value]) -> Entry:
        """Add an entry. Raises ``EntryTakenError``."""
        row = {"group_id": group_id, "kind": catalogue.kind, "retired": False, **_columns(key, values)}
        try:
            with self._session.begin_nested():
                entry_id = self._session.scalars(insert(ENTRIES).values(row).returning(ENTRIES.c.id)).one()
        except IntegrityError as error:
            raise EntryTakenError(catalogue) from error
        return Entry(entry_id, key, row["values"])

    def find(self, group_id: int, catalogue: Catalogue, key: str) -> Entry:
        """Read an entry by its key, in any letter case. Raises ``UnknownEntryError``."""
        found = self.named(group_id, catalogue, [key]).get(key.casefold())
        if found is None:
            raise UnknownEntryError(catalogue)
        return found

    def named(self, group_id: int, catalogue: Catalogue, keys: Iterable[str]) -> dict[str, Entry]:
        """Read entries by their keys; unknown ones are left out. The answer is by key in small letters."""
        found: dict[str, Entry] = {}
        for part in chunks({key.casefold() for key in keys}):
            statement = select(*_READ).where(*_of(group_id, catalogue), ENTRIES.c.folded.in_(part))
            entries = self._eyes.entries(catalogue, map(_entry, self._session.execute(statement)))
            found.update((entry.key.casefold(), entry) for entry in entries)
        return found

    def list(self, group_id: int, catalogue: Catalogue, text: str = "", *, retired: bool = False) -> list[Entry]:
        """Read the entries in which every word of ``text`` is found, in order; retired ones if they are asked for."""
        words = [ENTRIES.c.text.contains(word.casefold(), autoescape=True) for word in text.split()]
        statement = select(*_READ).where(*_of(group_id, catalogue), *words)
        if not retired:
            statement = statement.where(~ENTRIES.c.retired)
        rows = self._session.execute(statement.order_by(ENTRIES.c.order_key))
        return self._eyes.entries(catalogue, map(_entry, rows))

    def hold(self, catalogue: Catalogue, entry: Entry) -> Entry:
        """Read an entry anew and keep it from everybody else until the transaction ends."""
        held = select(*_READ).where(ENTRIES.c.id == entry.id).with_for_update()
        row = self._session.execute(held).first()
        if row is None:
            raise UnknownEntryError(catalogue)
        return _entry(row)

    def set(self, entry: Entry, changes: Mapping[str, Value]) -> Entry:
        """Change fields of an entry."""
        columns = _columns(entry.key, {**entry.values, **changes})
        self._session.execute(update(ENTRIES).where(ENTRIES.c.id == entry.id).values(columns))
        return Entry(entry.id, entry.key, columns["values"], entry.retired)

    def retire(self, entry: Entry, *, retired: bool) -> Entry:
        """Offer an entry no longer, or again."""
        self._session.execute(update(ENTRIES).where(ENTRIES.c.id == entry.id).values(retired=retired))
        return Entry(entry.id, entry.key, entry.values, retired)

    def delete(self, catalogue: Catalogue, entry: Entry) -> None:
        """Delete an entry. Raises ``EntryInUseError``."""
        try:
            with self._session.begin_nested():
                self._session.execute(delete(ENTRIES).where(ENTRIES.c.id == entry.id))
        except IntegrityError as error:
            raise EntryInUseError(catalogue) from error


def _of(group_id: int, catalogue: Catalogue) -> tuple[Any, ...]:
    return ENTRIES.c.group_id == group_id, ENTRIES.c.kind == catalogue.kind


def _columns(key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    words = [key, *(value for value in values.values() if isinstance(value, str))]
    return {
        "key": key,
        "folded": key.casefold(),
        "order_key": number_key(key),
        "text": "\n".join(words).casefold(),
        "values": dict(values),
    }


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(*row)
