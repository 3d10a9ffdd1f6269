"""Who changed what when on each side of a conflict (S-81)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.values.units import find_unit

if TYPE_CHECKING:
    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Store, Work


@dataclass(frozen=True, slots=True)
class Trail:
    """The last change in the register (when, who), and when accounting last changed the record; None if unknown."""

    register: tuple[str, str] | None
    accounting: str | None


def trail(store: Store, conflict: ConflictInfo) -> Trail:
    """Look up when each side was last changed."""
    with store.reading() as work:
        return Trail(_register(work, conflict), _accounting(work, conflict))


def _register(work: Work, conflict: ConflictInfo) -> tuple[str, str] | None:
    if conflict.customer_id is None:
        return None
    unit = find_unit(conflict.field)
    found = [
        entry
        for name in (unit.members if unit is not None else (None,))
        for entry in work.customers.history(conflict.customer_id, field=name, limit=1)
    ]
    newest = max(found, key=lambda entry: entry.id, default=None)
    return (newest.at, newest.who) if newest is not None else None


def _accounting(work: Work, conflict: ConflictInfo) -> str | None:
    if conflict.remote_id is None:
        return None
    record = work.mirrors.load(conflict.connection_id, [conflict.remote_id]).get(conflict.remote_id)
    return record.version if record is not None else None
