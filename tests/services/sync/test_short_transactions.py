"""A run never keeps a person's save waiting: its transactions are short, however much there is to do (counted)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from syncd.sandbox import Switches, populate
from syncd.services import connections

if TYPE_CHECKING:
    from tests.world import World

CUSTOMERS = 1500
MOST_ROWS = 1000
"""Rows in one transaction: some 30 ms on a slow machine."""
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Counted:
    """How many rows each transaction wrote."""

    def __init__(self, world: World) -> None:
        self.rows: list[int] = []
        self._before = 0
        event.listen(world.database.engine, "begin", self._begin)
        event.listen(world.database.engine, "commit", self._commit)

    def _begin(self, connection: Any) -> None:  # noqa: ANN401  any SQLAlchemy connection
        self._before = connection.connection.dbapi_connection.total_changes

    def _commit(self, connection: Any) -> None:  # noqa: ANN401  same
        self.rows.append(connection.connection.dbapi_connection.total_changes - self._before)


@embedded
def test_no_transaction_of_a_huge_run_is_long(world: World) -> None:
    """Held, approved, compared, gone through again with changed rules, adopted from both sides, forgotten."""
    world.sandbox.switches = Switches(rate_limit=10_000_000)
    populate(world.company, CUSTOMERS)
    counted = Counted(world)
    assert world.run().status == "held"
    assert world.run(approve=True).counts["create_in_register"] == CUSTOMERS
    assert world.run("full").status == "succeeded"
    world.configure({"field.phone.direction": "to_accounting"})
    assert world.run().status == "succeeded"
    assert sum(counted.rows) > CUSTOMERS
    assert max(counted.rows) <= MOST_ROWS
    with world.store.work() as work:
        work.session.connection().exec_driver_sql("UPDATE runs SET started_at = '2001-01-01'")
        work.session.connection().exec_driver_sql("DELETE FROM links")
        work.commit()
    counted.rows.clear()
    world.configure({"first_link": "accounting", "max_changes_minimum": str(CUSTOMERS)})
    run = world.run("full")
    assert (run.status, run.counts["in_step"]) == ("succeeded", CUSTOMERS)
    assert sum(counted.rows) > CUSTOMERS
    assert max(counted.rows) <= MOST_ROWS
    with world.store.reading() as work:
        assert [one.id for one in work.runs.list([world.connection_id])] == [run.id, run.id - 1]
    counted.rows.clear()
    connections.remove(world.store, world.anna, world.connection)
    assert sum(counted.rows) > CUSTOMERS
    assert max(counted.rows) <= MOST_ROWS
