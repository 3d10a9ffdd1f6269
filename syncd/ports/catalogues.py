"""The registers beside the customers: discount letters, articles and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.register.catalogues import Catalogue, Entry
    from syncd.register.fields import Value


class CataloguesPort(Protocol):
    """The registers beside the customers."""

    def add(self, group_id: int, catalogue: Catalogue, key: str, values: Mapping[str, Value]) -> Entry:
        """Add an entry. Raises ``EntryTakenError``."""
        ...

    def find(self, group_id: int, catalogue: Catalogue, key: str) -> Entry:
        """Read an entry by its key, in any letter case. Raises ``UnknownEntryError``."""
        ...

    def named(self, group_id: int, catalogue: Catalogue, keys: Iterable[str]) -> dict[str, Entry]:
        """Read entries by their keys; unknown ones are left out. The answer is by key in small letters."""
        ...

    def list(self, group_id: int, catalogue: Catalogue, text: str = "", *, retired: bool = False) -> list[Entry]:
        """Read the entries in which every word of ``text`` is found, in order; retired ones if they are asked for."""
        ...

    def hold(self, catalogue: Catalogue, entry: Entry) -> Entry:
        """Read an entry anew and keep it from everybody else until the transaction ends."""
        ...

    def set(self, entry: Entry, changes: Mapping[str, Value]) -> Entry:
        """Change fields of an entry."""
        ...

    def retire(self, entry: Entry, *, retired: bool) -> Entry:
        """Offer an entry no longer, or again."""
        ...

    def delete(self, catalogue: Catalogue, entry: Entry) -> None:
        """Delete an entry. Raises ``EntryInUseError``."""
        ...
