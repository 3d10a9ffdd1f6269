from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.engine.lines import Line
from syncd.engine.questions import Question
from syncd.errors import RefusedError
from syncd.ports.records import Intended
from syncd.store.tables import Base
from syncd.values.records import RemoteDocument, RemoteRecord

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from syncd.store.uow import Store

ORDER = RemoteDocument("orders", "d1", "r1", None, is_open=True, raw="{}")


def test_a_connection_comes_back_as_it_was_saved(store: Store, group: GroupInfo) -> None:
    """Settings, company, state and cursors survive a restart; a name is taken once per group."""
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting")
        other = work.groups.create("En annan firma")
        work.connections.add(other.id, "visma", "visma_eaccounting")
        with pytest.raises(RefusedError, match="exists already"):
            work.connections.add(group.id, "visma", "visma_eaccounting")
        work.connections.save(made.id, settings={"paused": True}, cursors={"customers": "2026"}, state="ready")
        work.commit()
    with store.reading() as work:
        read = work.connections.get(made.id)
        assert (dict(read.settings), dict(read.cursors), read.state) == (
            {"paused": True},
            {"customers": "2026"},
            "ready",
        )
        assert read.paused
        assert work.connections.find(group.id, "visma") == read
        assert work.connections.find(group.id, "fortnox") is None
        assert [c.id for c in work.connections.list(group.id)] == [made.id]
        assert len(work.connections.list()) == 2


def test_runs_are_counted_one_by_one(store: Store, group: GroupInfo) -> None:
    """Every run has a number of its own."""
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        assert [work.connections.count_run(made) for _ in range(3)] == [1, 2, 3]
        assert work.connections.get(made).run_counter == 3


def test_removing_a_connection_takes_everything_of_its_own_and_no_customer(
    store: Store, group: GroupInfo, by: Author
) -> None:
    """A connection can be removed at any time: the register stays as it is, and so does every other connection."""
    with store.work() as work:
        customer = work.customers.insert(group.id, {"name": "Åkes Bygg AB"}, [], by)
        for name in ("visma", "other"):
            connection = work.connections.add(group.id, name, "visma_eaccounting").id
            work.mirrors.put(connection, [RemoteRecord("r1", {"number": "1"}, "{}")], 1)
            work.mirrors.store_documents(connection, [ORDER], 1)
            work.links.create(connection, customer.id, "r1", {}, (1, ""))
            work.links.touch(connection, "customer", str(customer.id))
            work.conflicts.ask(connection, Question("no_number", "remote:r1", None, None, "?"), None)
            run = work.runs.start(connection, "full", trigger="manual", who="anna")
            work.runs.add_lines(run, 0, [(Line("renumber", "customer:1", "1", "register"), None)])
            work.journal.intend(connection, run, [Intended("update", {}, remote_id="r1")])
        before = work.customers.history(customer.id)
        work.commit()
    owned = ("mirror", "documents", "links", "touched", "conflicts", "runs", "run_lines", "intents")
    with store.work() as work:
        counted = {table: _count(store, table) for table in owned}
        visma = work.connections.find(group.id, "visma")
        assert visma is not None
        while work.connections.remove_part(visma.id, 1):
            work.commit()
        work.commit()
    assert {table: _count(store, table) for table in owned} == {table: n // 2 for table, n in counted.items()}
    assert all(counted.values())
    with store.reading() as work:
        assert work.customers.load(customer.id) == customer
        assert work.customers.history(customer.id) == before


def _count(store: Store, table: str) -> int:
    assert table in Base.metadata.tables
    with store.database.reader() as session:
        return len(session.execute(Base.metadata.tables[table].select()).all())
