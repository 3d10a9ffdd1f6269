"""Free places on Visma's customer, and the fields that an administrator put there (FACTS §5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.mapping.visma_eaccounting.fields import PLACES, Place, address
from syncd.register.custom_fields import KINDS
from syncd.register.fields import FIELDS
from syncd.values.capabilities import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

DELIVERY = "Delivery"

TARGETS: dict[str, Target] = {
    "Note": Target(4000, lines=True),
    "DeliveryCustomerName": Target(100),
    "ElectronicReference": Target(35),
    DELIVERY: Target(address=True),
}
"""Free text that neither the vendor nor syncd reads anything into, and the delivery address."""


def places(chosen: Mapping[str, str]) -> tuple[Place, ...]:
    """Return where each field stands, those with a chosen place among them."""
    return (*PLACES, *(place for name, target in sorted(chosen.items()) for place in _chosen(name, target)))


def _chosen(name: str, target: str) -> tuple[Place, ...]:
    if target == DELIVERY:
        return address("mail", DELIVERY, "both", target=DELIVERY)
    if target not in TARGETS:
        return ()
    known = FIELDS.get(name)
    holds = known.limit if known is not None else KINDS["text"][1]
    lines = known is not None and known.lines
    return (Place(name, target, TARGETS[target].limit, target=target, holds=holds, lines=lines),)
