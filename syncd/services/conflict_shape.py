"""A conflict as JSON shows it, wherever it is shown (cli.md, JSON shapes). Personal identity numbers are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from syncd.ports.records import ConflictInfo

_SHOWN = (
    *("id", "connection", "kind", "customer_number", "customer_name", "field", "base", "register", "accounting"),
    *("status", "choices", "message", "first_seen", "last_seen", "times_seen", "resolved_by"),
)
_VALUES = ("base", "register", "accounting")


def conflict(info: ConflictInfo, *, personal: bool = False) -> dict[str, Any]:
    """Return a conflict, masked unless ``personal``. ``resolution`` is the chosen word."""
    shape = {name: getattr(info, name) for name in _SHOWN}
    if not personal:
        shape |= {name: masked(info.field, shape[name]) for name in _VALUES}
        shape |= {name: masked(None, shape[name]) for name in ("customer_name", "message")}
    answer = (info.resolution or {}).get("answer")
    return {**shape, "choices": list(info.choices), "resolution": answer}
