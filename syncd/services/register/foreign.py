"""Fields that an accounting system leads are not changed in the register: the next run would put them back (S-20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from syncd.errors import RefusedError
from syncd.values.units import is_field, unit_of

LedByAccounting = Callable[[int], Mapping[str, str]]
"""Given a group's id: the fields that its active connections take from accounting, each with the connection."""


class LedByAccountingError(RefusedError):
    """Accounting leads the field; the message says which setting makes it so."""

    code = "led_by_accounting"

    def __init__(self, led: Mapping[str, str]) -> None:
        self.led = led
        named = "; ".join(f"{name} (connection {connection}, {_key(name)})" for name, connection in led.items())
        keys = dict.fromkeys(f"syncd connection set {connection} {_key(name)}=both" for name, connection in led.items())
        super().__init__(
            f"Accounting leads this, so it cannot be changed here: {named}.",
            remedy=f"Change it in the accounting system, or let both lead: {'; '.join(keys)}",
        )


def nobody_leads(_group_id: int) -> Mapping[str, str]:
    """Without connections, the register leads everything."""
    return {}


def refuse_foreign(fields: Iterable[str], directions: Mapping[str, str]) -> None:
    """Refuse a change of fields that accounting leads. ``directions`` names the connection of each such field."""
    led = {name: directions[name] for name in fields if name in directions}
    if led:
        raise LedByAccountingError(led)


def _key(name: str) -> str:
    return f"field.{unit_of(name).name if is_field(name) else name}.direction"
