from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.engine.lines import Line, Trace

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.store.uow import Store, UnitOfWork

LINE = Line("update_in_accounting", "customer:1", "1001", "accounting", "phone", "08-1", "08-2", "done")


@pytest.fixture
def connection(store: Store, group: GroupInfo) -> int:
    with store.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    return made


def a_run(work: UnitOfWork, connection: int, status: str) -> int:
    run = work.runs.start(connection, "incremental", trigger="manual", who="anna")
    if status != "running":
        work.runs.finish(run, status=status, marks=["m1"])
    return run


def test_a_run_leaves_its_report(store: Store, connection: int) -> None:
    """When, who, how it ended, how much was done, and every line in the order it happened (S-55)."""
    group_line = Line(
        "update_in_register", "customer:1", "1001", "register", "x", {"a": None}, {"a": "b"}, "failed", "no"
    )
    with store.work() as work:
        run = work.runs.start(connection, "full", trigger="scheduled", who="daemon")
        started = work.runs.get(run)
        assert started is not None
        assert (started.status, started.finished_at, started.error) == ("running", None, None)
        work.runs.add_lines(run, 0, [(LINE, 0.5)])
        work.runs.add_lines(run, 1, [(group_line, None)])
        work.runs.add_lines(run, 2, [])
        work.runs.finish(run, status="partial", error={"code": "x"}, counts={"errors": 1}, requests=7, marks=["m"])
        work.commit()
    with store.reading() as work:
        ended = work.runs.get(run)
        assert work.runs.lines(run) == (LINE, group_line)
        assert work.runs.get(run + 1) is None
    assert ended is not None
    assert (ended.connection, ended.kind, ended.who, ended.status) == ("visma", "full", "daemon", "partial")
    assert (ended.error, dict(ended.counts), ended.requests) == ({"code": "x"}, {"errors": 1}, 7)
    assert ended.finished_at is not None
    assert ended.finished_at > ended.started_at


def test_the_latest_runs_come_first(store: Store, group: GroupInfo, connection: int) -> None:
    """Of the connections asked for, no more than asked for."""
    with store.work() as work:
        other = work.connections.add(group.id, "other", "visma_eaccounting").id
        mine = [a_run(work, connection, "succeeded") for _ in range(3)]
        theirs = a_run(work, other, "succeeded")
        assert [run.id for run in work.runs.list([connection], limit=2)] == [mine[2], mine[1]]
        assert [run.id for run in work.runs.list([connection, other])] == [theirs, *reversed(mine)]
        assert work.runs.list([]) == ()


def test_a_run_that_died_without_a_word_is_marked(store: Store, group: GroupInfo, connection: int) -> None:
    """Its successor says so; another connection's run goes on running."""
    with store.work() as work:
        other = work.connections.add(group.id, "other", "visma_eaccounting").id
        dead, done, alive = (
            a_run(work, connection, "running"),
            a_run(work, connection, "held"),
            a_run(work, other, "running"),
        )
        work.runs.interrupt_unfinished(connection)
        statuses = {run.id: (run.status, run.finished_at is None) for run in work.runs.list([connection, other])}
    assert statuses == {dead: ("interrupted", False), done: ("held", False), alive: ("running", True)}


@pytest.mark.parametrize("between", ["planned", "running", "interrupted", "failed"])
def test_a_held_plan_can_be_approved_until_a_run_was_carried_out(store: Store, connection: int, between: str) -> None:
    """A dry run, or a run that the network broke off, does not ask the administrator to look twice."""
    with store.work() as work:
        assert work.runs.latest_held(connection) is None
        held = a_run(work, connection, "held")
        a_run(work, connection, between)
        latest = work.runs.latest_held(connection)
        assert latest is not None
        assert (latest.id, work.runs.marks(held)) == (held, frozenset({"m1"}))
        a_run(work, connection, "succeeded")
        assert work.runs.latest_held(connection) is None


def test_an_approval_is_written_down(store: Store, connection: int) -> None:
    """Who let a held plan through can be looked up."""
    with store.work() as work:
        held = a_run(work, connection, "held")
        work.runs.approve(held, "anna")
        work.commit()
    with store.database.engine.connect() as opened:
        assert opened.exec_driver_sql("SELECT approved_by FROM runs").scalar() == "anna"


def test_a_report_keeps_what_an_undo_must_know(store: Store, connection: int) -> None:
    """Which record, what stood beside, what became of it; nothing where nothing is known (S-56)."""
    traces = (
        Trace("r1", beside={"invoice_city": "Umeå", "invoice_line2": None}),
        Trace("d1", "orders", "Tord"),
        Trace("r1", mark="m"),
        Trace("r1", became="deleted"),
    )
    with store.work() as work:
        run = a_run(work, connection, "succeeded")
        kept = [replace(LINE, trace=trace) for trace in (*traces, Trace(), None)]
        work.runs.add_lines(run, 0, [(line, None) for line in kept])
        work.commit()
    with store.reading() as work:
        assert [line.trace for line in work.runs.lines(run)] == [*traces, None, None]


def test_a_report_that_was_closed_is_added_to(store: Store, connection: int) -> None:
    """What became of a write was found out by a later run (S-55)."""
    with store.work() as work:
        run = a_run(work, connection, "interrupted")
        work.runs.append(run, [LINE])
        work.runs.append(run, [])
        work.runs.append(run, [replace(LINE, field="email"), replace(LINE, field="mobile")])
        assert [line.field for line in work.runs.lines(run)] == ["phone", "email", "mobile"]


def test_a_held_undo_is_no_held_synchronisation(store: Store, connection: int) -> None:
    """Each is approved by itself: the undo of one run, of another, of all references, a synchronisation (S-70)."""
    with store.work() as work:
        held = {}
        for undoes in (None, "7", "8", "references"):
            held[undoes] = work.runs.start(connection, "undo", trigger="manual", who="anna", undoes=undoes)
            work.runs.finish(held[undoes], status="held")
        for undoes, run in held.items():
            found = work.runs.latest_held(connection, undoes)
            assert found is not None
            assert (found.id, found.undoes) == (run, undoes)
        a_run(work, connection, "succeeded")
        assert work.runs.latest_held(connection) is None
        assert work.runs.latest_held(connection, "7") is not None
