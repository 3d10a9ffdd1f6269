"""What was sent about an order, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.cli.output import print_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

_STATES = {"waiting": "on its way", "given_up": "could not be sent", "dropped": "not sent"}


def print_sent(sendings: Iterable[dict[str, Any]]) -> None:
    """Print to whom what was sent, and when."""
    print_pairs(("sent", _line(one)) for one in sendings)


def _line(one: dict[str, Any]) -> str:
    what = [f"service protocol {one['protocol']}"] if one["protocol"] else []
    what += ["work order"] if one["work_order"] else []
    became = one["sent_at"] if one["state"] == "sent" else f"{one['queued_at']} ({_STATES.get(one['state'], '')})"
    to = f"{one['name']} <{one['address']}>" if one["name"] else one["address"]
    return f"{became}: {' and '.join(what)} to {to}, by {one['by']}"
