from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.engine.lines import Line

if TYPE_CHECKING:
    from syncd.ports.register import GroupInfo
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
    assert (ended.error, dict(ended.counts), ended.requests, ended.marks) == ({"code": "x"}, {"errors": 1}, 7, ("m",))
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
        assert (latest.id, latest.marks) == (held, ("m1",))
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
