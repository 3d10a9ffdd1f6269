"""What an accounting system can hold and do, as data: the engine never asks for a vendor's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

Direction = Literal["both", "to_accounting", "from_accounting", "off"]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a vendor accepts in one canonical field.

    ``limit`` counts characters (None: no known limit); ``required`` means that neither a create nor an
    update may leave it empty; ``codes`` is the closed list of values, where the vendor has one (a value outside
    it does not fit); ``direction`` is the default direction of the mapping. ``target`` is the place that an
    administrator chose for the field.
    """

    direction: Direction = "both"
    limit: int | None = None
    required: bool = False
    codes: AbstractSet[str] | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A place on the vendor's customer that no field of ours has by itself: an administrator may choose one for it.

    ``limit`` counts characters; ``lines``: it holds several lines; ``address``: it takes a whole address.
    """

    limit: int | None = None
    lines: bool = False
    address: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of documents; ``stamped`` says whether it can be asked for changes only."""

    name: str
    stamped: bool = True


ReferenceTarget = Literal["documents", "none"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Everything the engine needs to know about a connection's accounting system.

    ``fields`` lists the canonical fields it can hold; any other field is *not supported* (S-24).
    """

    system: str
    fields: Mapping[str, FieldRule]
    can_renumber: bool = True
    can_delete: bool = True
    knows_field_times: bool = False
    reference: ReferenceTarget = "none"
    reference_limit: int = 100
    feeds: tuple[Feed, ...] = field(default=())
    targets: Mapping[str, Target] = field(default_factory=dict)

    def supports(self, name: str) -> bool:
        """Whether the vendor has a place for this field."""
        return name in self.fields
