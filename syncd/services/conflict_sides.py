"""Both records of a conflict, field by field, as far as they are known; personal identity numbers are masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.register.fields import CONTACT_FIELDS, FIELDS
from syncd.services.conflict_shape import conflict as shape_of
from syncd.services.register.masking import masked_fields
from syncd.values.equality import same
from syncd.values.units import UNITS

if TYPE_CHECKING:
    from syncd.ports.records import ConflictInfo
    from syncd.ports.work import Store, Work


@dataclass(frozen=True, slots=True)
class Side:
    """One field on both sides, and what was last agreed. ``known``: which sides are known to hold it."""

    field: str
    base: Any
    register: Any
    accounting: Any
    differs: bool


def sides(store: Store, conflict: ConflictInfo) -> list[Side]:
    """The fields in question, those that differ first; of a question about a whole customer every field it has."""
    shown = shape_of(conflict)
    unit = UNITS.get(conflict.field or "")
    if unit is not None and conflict.kind != "rejected":
        values = {side: _parts(unit.name, shown[side]) for side in ("base", "register", "accounting")}
        rows = [_side(name, values) for name in unit.members]
    else:
        with store.reading() as work:
            values = {"base": {}, **_records(work, conflict, shown)}
        names = [
            name
            for name in (*FIELDS, *CONTACT_FIELDS)
            if values["register"].get(name) or values["accounting"].get(name)
        ]
        rows = [_side(name, values) for name in names if name != "comments"]
    return sorted(rows, key=lambda row: not row.differs)


def _parts(name: str, value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {name: value}


def _side(name: str, values: Mapping[str, Mapping[str, Any]]) -> Side:
    base, ours, theirs = (values[side].get(name) for side in ("base", "register", "accounting"))
    return Side(name, base, ours, theirs, differs=not same(name, ours, theirs))


def _records(work: Work, conflict: ConflictInfo, shown: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the conflict keeps of both, else what the register and the mirror hold now."""
    local = work.customers.load(conflict.customer_id) if conflict.customer_id is not None else None
    mirrored = work.mirrors.load(conflict.connection_id, [conflict.remote_id]) if conflict.remote_id else {}
    remote = mirrored.get(conflict.remote_id or "")
    now = {
        "register": masked_fields(local.fields) if local is not None else {},
        "accounting": masked_fields(remote.fields) if remote is not None else {},
    }
    return {side: {**now[side], **(shown[side] if isinstance(shown[side], Mapping) else {})} for side in now}
