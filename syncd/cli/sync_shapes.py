"""JSON shapes of runs and connections, as scripts rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.services.connections import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.ports.records import ConnectionInfo


def connection(info: ConnectionInfo, defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a connection with every setting in force, ``defaults`` from the configuration among them."""
    return {**described(info, defaults), "paused": info.paused}
