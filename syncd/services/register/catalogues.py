"""The registers beside the customers: discount letters (R-08), articles (R-09), custom fields (R-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, require
from syncd.register.catalogues import EntryInUseError, changed_entry, clean_key, new_entry
from syncd.register.custom_fields import CUSTOM_FIELDS, PREFIX, check_custom_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.catalogues import Catalogue, Entry
    from syncd.register.fields import Value


def list_entries(
    work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, text: str = "", *, retired: bool = False
) -> list[Entry]:
    """Return what can be chosen, or found by a search; retired entries if they are asked for."""
    require(actor, Verb.CHOOSE)
    return work.catalogues.list(group_id, catalogue, text, retired=retired)


def show_entry(work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, key: str) -> Entry:
    """Return one entry."""
    require(actor, Verb.CHOOSE)
    return work.catalogues.find(group_id, catalogue, clean_key(catalogue, key))


def add_entry(
    work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, typed: Mapping[str, Value]
) -> Entry:
    """Add an entry."""
    require(actor, catalogue.change)
    key, values = new_entry(catalogue, typed)
    _check(catalogue, values)
    added = work.catalogues.add(group_id, catalogue, key, values)
    work.commit()
    return added


def change_entry(
    work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, key: str, typed: Mapping[str, Value]
) -> Entry:
    """Change fields of an entry, wherever it is used."""
    require(actor, catalogue.change)
    entry = work.catalogues.find(group_id, catalogue, clean_key(catalogue, key))
    changes = changed_entry(catalogue, typed)
    _check(catalogue, {**entry.values, **changes})
    changed = work.catalogues.set(entry, changes)
    work.commit()
    return changed


def retire_entry(
    work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, key: str, *, retired: bool
) -> Entry:
    """Offer an entry no longer, or again; where it is used it stays."""
    require(actor, catalogue.change)
    entry = work.catalogues.find(group_id, catalogue, clean_key(catalogue, key))
    changed = work.catalogues.retire(entry, retired=retired)
    work.commit()
    return changed


def delete_entry(work: RegisterWork, actor: Actor, group_id: int, catalogue: Catalogue, key: str) -> None:
    """Delete an entry that nobody uses. Raises ``EntryInUseError``."""
    require(actor, catalogue.change)
    entry = work.catalogues.find(group_id, catalogue, clean_key(catalogue, key))
    if catalogue is CUSTOM_FIELDS and work.customers.holds(group_id, PREFIX + entry.key):
        raise EntryInUseError(catalogue)
    work.catalogues.delete(catalogue, entry)
    work.commit()


def _check(catalogue: Catalogue, values: Mapping[str, Value]) -> None:
    if catalogue is CUSTOM_FIELDS:
        check_custom_field(values)
