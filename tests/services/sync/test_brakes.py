"""Plans that are held, approvals, and runs that must not begin (S-54, S-70 to S-73)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import LockedError
from syncd.sandbox import Fault
from syncd.services.sync.report import exit_code
from syncd.values.tokens import Tokens
from tests import crashing
from tests.crashing import Steps
from tests.services.sync import stories

if TYPE_CHECKING:
    from syncd.ports.queue import RunKind
    from syncd.ports.records import RunInfo
    from tests.world import World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBERS = ("1001", "1002", "1003")


def in_step(world: World) -> None:
    """Three linked customers."""
    world.configure({"approve_first_run": False})
    for number in NUMBERS:
        world.company.add_customer(CustomerNumber=number, Name=f"Kund {number} AB")
    assert world.run().status == "succeeded"


def code(run: RunInfo) -> str | None:
    return run.error["code"] if run.error is not None else None


def writes(world: World) -> list[str]:
    return [f"{r.method} {r.path}" for r in world.sandbox.requests if r.method != "GET" and r.path.startswith("/v2/")]


def dump(world: World) -> dict[str, list[Any]]:
    """Every table that a dry run must leave alone, whole."""
    tables = ("customers", "contacts", "history", "links", "conflicts", "users", "groups")
    with world.database.engine.connect() as connection:
        found = {name: sorted(map(str, connection.exec_driver_sql(f"SELECT * FROM {name}"))) for name in tables}  # noqa: S608  names of ours
        found["cursors"] = [str(row) for row in connection.exec_driver_sql("SELECT cursors FROM connections")]
    return found


def test_a_dry_run_shows_everything_and_writes_nothing(world: World) -> None:
    """The plan is the very one that is carried out afterwards; until then nothing moved on either side."""
    stories.everyday(world)
    before, sent = dump(world), writes(world)
    dry = world.sync(dry_run=True)
    assert dry["run"]["status"] == "planned"
    assert dump(world) == before
    assert writes(world) == sent
    real = world.sync()
    planned = {(a["kind"], a["customer_number"], a["field"]) for a in dry["actions"] if a["outcome"] == "planned"}
    done = {(a["kind"], a["customer_number"], a["field"]) for a in real["actions"] if a["outcome"] == "done"}
    assert planned == done
    assert dump(world) != before


def test_a_plan_that_changed_is_held_anew(world: World) -> None:
    """An approval is for what the administrator saw: the same writes with another value need another look."""
    stories.first_meeting(world)
    world.company.edit_customer("1001", Telephone="08-999 99 99")
    held = world.run(approve=True)
    assert (held.status, code(held), exit_code(held)) == ("held", "first_run", 3)
    assert world.numbers() == ["1002", "1003"]
    assert world.run(approve=True).status == "succeeded"
    assert world.numbers() == list(NUMBERS)


def test_a_broken_run_in_between_does_not_ask_for_another_look(world: World) -> None:
    """The network was down when the administrator approved: repeating the command is enough."""
    stories.first_meeting(world)
    world.sandbox.stop()
    assert code(world.run(approve=True)) == "unreachable"
    world.sandbox.start()
    assert world.run(approve=True).status == "succeeded"


@on_sqlite
def test_an_approval_can_be_repeated_after_a_cut(world: World) -> None:
    """Whoever approves the rest of an approved plan again is not told to look again."""
    stories.first_meeting(world)
    assert crashing.run(world, Steps(26), approve=True) is None
    assert world.run(approve=True).status == "succeeded"


@on_sqlite
def test_the_rest_of_an_approved_plan_meets_another_world(world: World) -> None:
    """An approval covers writes, not what happened since: an accounting system found empty holds the run again."""
    stories.first_meeting(world)
    assert crashing.run(world, Steps(26), approve=True) is None
    for customer in world.company.customers():
        world.company.delete_customer(customer["Id"])
    held = world.run()
    assert (held.status, code(held)) == ("held", "empty_side")
    assert world.company.customers() == []


def test_a_paused_connection_runs_nothing(world: World) -> None:
    """Not even a look: no request is sent, and resuming is all that is needed (S-72)."""
    in_step(world)
    world.configure({"paused": True})
    asked = len(world.sandbox.requests)
    run = world.run(approve=True)
    assert (run.status, code(run), exit_code(run)) == ("failed", "paused", 4)
    assert len(world.sandbox.requests) == asked
    assert world.connection.state == "ready"
    world.configure({"paused": "false"})
    assert world.run().status == "succeeded"


def test_another_company_is_never_written_to(world: World) -> None:
    """The token leads elsewhere: nothing is read or written there, no approval helps, and the remedy says so."""
    in_step(world)
    before = dump(world)
    other = world.sandbox.add_company()
    other.add_customer(CustomerNumber="1001", Name="Helt annan kund")
    world.give_tokens(other)
    world.change("1001", {"phone": "08-1"})
    changed = dump(world)
    for approve in (False, True):
        run = world.run(approve=approve)
        assert (run.status, code(run), exit_code(run)) == ("failed", "wrong_company", 4)
    assert dump(world) == changed != before
    assert [customer["Telephone"] for customer in other.customers()] == [None]
    assert world.connection.state == "needs_attention"
    world.give_tokens()
    assert world.run().status == "succeeded"
    assert world.connection.state == "ready"


def test_a_field_that_is_no_longer_synchronised_asks_first(world: World) -> None:
    """Switching a field off by mistake does not pass in silence (S-73)."""
    in_step(world)
    world.configure({"field.phone.direction": "off"})
    held = world.run()
    assert (held.status, code(held)) == ("held", "mapping_changed")
    assert "phone" in str(held.error)
    assert world.run(approve=True).status == "succeeded"
    assert world.run("full").status == "succeeded"


def test_a_second_run_is_turned_away_while_one_is_under_way(world: World) -> None:
    """Two runs of one connection never meet; another connection's lock is another matter (S-53)."""
    with world.store.lock(f"run-{world.connection_id}"), pytest.raises(LockedError) as caught:
        world.run(wait=0.1)
    assert caught.value.exit_code == 5
    with world.store.lock(f"run-{world.connection_id + 1}"):
        assert world.run(wait=0.1).status in {"held", "succeeded"}


# ----- restored databases


def restored(world: World) -> None:
    """A backup, two runs of work, and the backup put back."""
    in_step(world)
    world.back_up()
    world.add("2001", {"name": "Ny AB", **stories.ADDRESS})
    assert world.run().status == "succeeded"
    world.change("1001", {"phone": "08-1"})
    assert world.run().status == "succeeded"
    kept = world.connection
    with world.store.reading() as work:
        tokens = work.connections.tokens(kept.id)
    world.restore()
    assert isinstance(tokens, Tokens)
    with world.store.work() as work:
        work.connections.save_tokens(kept.id, tokens)
        work.commit()


@on_sqlite
def test_a_restored_database_is_held_until_an_administrator_looked(world: World) -> None:
    """It knows less than the world around it: nothing is taken as deleted, and what got lost comes back."""
    restored(world)
    for dry_run in (False, True, False):
        run = world.run(dry_run=dry_run)
        assert code(run) == "restored_database"
    assert world.numbers() == list(NUMBERS)
    assert world.run(approve=True).status == "succeeded"
    assert world.numbers() == [*NUMBERS, "2001"]
    found = world.customer("1001")
    assert found is not None
    assert found.fields["phone"] == "08-1"
    kinds: tuple[RunKind | None, ...] = (None, "full")
    for kind in kinds:
        after = world.sync(kind)
        assert (after["run"]["status"], after["actions"]) == ("succeeded", [])


@on_sqlite
def test_runs_that_fail_do_not_make_a_restored_database_forget(world: World) -> None:
    """However many runs were paused or broke off first, the one that works is still held."""
    restored(world)
    world.configure({"paused": True})
    for _ in range(5):
        assert code(world.run()) == "paused"
    world.configure({"paused": "false"})
    assert code(world.run()) == "restored_database"


@on_sqlite
@pytest.mark.parametrize("moment", ["before note", "after note"])
def test_a_cut_at_the_beginning_does_not_make_a_restored_database_forget(world: World, moment: str) -> None:
    """Killed before or after it was counted outside the database: the next run is held all the same."""
    restored(world)
    assert crashing.run(world, Steps(moment), approve=True) is None
    assert code(world.run()) == "restored_database"
    assert world.run(approve=True).status == "succeeded"
    assert world.run().status == "succeeded"
    assert world.numbers() == [*NUMBERS, "2001"]


@on_sqlite
def test_a_run_that_failed_after_the_backup_counts_too(world: World) -> None:
    """It may have written before it broke off: a database that does not know of it was restored."""
    in_step(world)
    world.back_up()
    world.sandbox.faults.add(Fault("html", path="/v2/customers", times=None))
    assert world.run().status == "failed"
    world.sandbox.faults.clear()
    world.restore()
    assert code(world.run()) == "restored_database"


@on_sqlite
def test_after_a_spent_token_everything_is_compared_and_nothing_taken_as_deleted(world: World) -> None:
    """Without a counter outside, a restored database is known by its spent token: consent, then caution (S-73)."""
    in_step(world)
    world.sandbox.kill_tokens()
    assert code(world.run()) == "needs_consent"
    world.delete("1001")
    world.authorize()
    run = world.run()
    assert (run.status, run.kind) == ("succeeded", "full")
    assert all(customer["IsActive"] for customer in world.company.customers())
    assert world.run().kind == "incremental"
    assert world.run("full").status == "succeeded"
    active = {customer["CustomerNumber"]: customer["IsActive"] for customer in world.company.customers()}
    assert active == {"1001": False, "1002": True, "1003": True}
