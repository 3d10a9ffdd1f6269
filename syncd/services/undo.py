"""What an administrator asks to be taken back, as an order for a run (S-34, S-56)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.errors import RefusedError
from syncd.ports.queue import Order
from syncd.register.access import Verb, require
from syncd.services import runs
from syncd.services.sync.context import REFERENCES

if TYPE_CHECKING:
    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor

_WROTE_NOTHING = {"planned": "it was a dry run", "held": "it was held"}


def undo_run(
    store: Store, actor: Actor, group_id: int, run_id: int, customer: str | None = None, **how: Any
) -> tuple[ConnectionInfo, Order]:
    """The order that takes a run's writes back, all or one customer's; ``how`` is as in ``Order``.

    Raises ``RefusedError`` for a run that is unknown or wrote nothing, and for a customer that it did not touch.
    """
    run, lines = runs.show(store, actor, group_id, run_id)
    _refuse_without_writes(run)
    with store.reading() as work:
        known = {line.customer_number for line in lines}
        unknown = customer is not None and customer.strip() not in known
        if customer is not None and unknown and work.customers.find(group_id, customer) is None:
            raise RefusedError(f"run {run_id} knows no customer {customer.strip()}", remedy="Check the number.")
        connection = work.connections.get(run.connection_id)
    return connection, Order(who=actor.login, customer=customer, undoes=str(run_id), **how)


def _refuse_without_writes(run: RunInfo) -> None:
    why = _WROTE_NOTHING.get(run.status)
    if why is not None:
        raise RefusedError(f"run {run.id} wrote nothing: {why}", remedy="There is nothing to take back.")


def take_back_references(actor: Actor, **how: Any) -> Order:
    """The order that takes back every reference which still stands as syncd wrote it; ``how`` is as in ``Order``."""
    require(actor, Verb.SYNC)
    return Order(who=actor.login, undoes=REFERENCES, **how)
