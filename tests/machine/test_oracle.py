"""The oracle is awake: each promise is broken once by hand, behind the program's back, and the breach is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.machine.looking import look
from tests.machine.oracle import BrokenError, Oracle
from tests.machine.pairing import check_pairs
from tests.machine.passed import Passed
from tests.machine.questions import check_questions
from tests.machine.references import check_references
from tests.machine.reports import Ledger, check_chain, check_history, check_lines, check_texts
from tests.machine.undoing import Record, check_undo
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from syncd.store.database import Database

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOME = {"invoice_postal_code": "111 22", "invoice_city": "Stockholm"}


class Watched:
    """A company with one linked customer, and the oracle beside it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.oracle = Oracle()
        world.configure({"approve_first_run": "false"})
        world.company.add_customer(CustomerNumber="1001", Name="Alfa Rör AB", Telephone="08-111 11 11")
        self.watch(world.sync)

    def watch(self, run: Callable[[], object], *, sure: bool = True) -> None:
        """Something happens, and is judged as if a run had done it."""
        before, mark = look(self.world), len(self.world.sandbox.requests)
        document = run()
        passed = Passed(before, look(self.world), sure=sure)
        asked = self.world.sandbox.requests[mark:]
        check_texts(passed, asked)
        check_pairs(self.oracle, passed)
        check_references(self.oracle, passed)
        check_history(self.world, passed)
        if isinstance(document, dict):
            ledger = Ledger()
            ledger.enter(document, asked)
            ledger.close()
            check_lines(passed, document)
            check_questions(passed)


@pytest.fixture
def watched(database: Database, tmp_path: Path) -> Iterator[Watched]:
    with World(database, tmp_path) as world:
        yield Watched(world)


def breach(watched: Watched, act: Callable[[World], object], about: str, *, sure: bool = True) -> None:
    """What a run must not do is done by hand."""
    with pytest.raises(BrokenError, match=about):
        watched.watch(lambda: act(watched.world) and None, sure=sure)


def test_an_honest_run_is_let_through(watched: Watched) -> None:
    """Both sides change, a run follows, and nothing is wrong."""
    watched.world.change("1001", {"email": "info@alfa.example"})
    watched.world.company.edit_customer("1001", Telephone="08-222 22 22")
    watched.watch(watched.world.sync)


def test_an_edit_that_gets_lost(watched: Watched) -> None:
    """The register's new number is overwritten by accounting's old one."""
    watched.world.change("1001", {"phone": "08-222 22 22"})
    breach(watched, lambda world: world.change("1001", {"phone": "08-111 11 11"}), "phone of customer 1001 went wrong")


def test_an_edit_that_stays_behind(watched: Watched) -> None:
    """An undisturbed run leaves an edit on its own side, and nobody is asked."""
    watched.world.change("1001", {"phone": "08-222 22 22"})
    breach(watched, lambda _: None, "phone of customer 1001 went wrong")


def test_a_value_that_nobody_typed(watched: Watched) -> None:
    """A number out of thin air."""
    breach(
        watched, lambda world: world.company.edit_customer("1001", Telephone="08-999"), "which nobody typed", sure=False
    )


def test_a_value_that_is_only_respelt(watched: Watched) -> None:
    """The same number, written as the other side writes it."""
    watched.world.company.edit_customer("1001", Telephone="+46 8 111 11 11")
    breach(watched, lambda world: world.change("1001", {"phone": "+46 8 111 11 11"}), "only respelt", sure=False)


def test_a_mixed_address(watched: Watched) -> None:
    """The register's street meets accounting's town."""
    watched.world.change("1001", {"invoice_line1": "Storgatan 1"})
    watched.world.company.edit_customer("1001", InvoiceCity="Umeå")
    mix = "invoice_address of customer 1001 went wrong"
    breach(watched, lambda world: world.change("1001", {"invoice_city": "Umeå"}), mix, sure=False)


def test_a_second_create(watched: Watched) -> None:
    """A run that was cut off created a customer, a bookkeeper renumbered it, and the next run creates it again."""
    world, add = watched.world, watched.world.company.add_customer
    world.add("1002", {"name": "Alfa Rör AB", **HOME})
    watched.watch(lambda: add(CustomerNumber="1002", Name="Alfa Rör AB") and None, sure=False)
    world.company.edit_customer("1002", CustomerNumber="1003")
    breach(watched, lambda _: add(CustomerNumber="1002", Name="Alfa Rör AB"), "a second time", sure=False)


def test_a_stranger_in_accounting(watched: Watched) -> None:
    """A customer that nobody in the register wanted there."""
    add = watched.world.company.add_customer
    breach(watched, lambda _: add(CustomerNumber="1009", Name="Beta AB"), "without a partner", sure=False)


def test_a_customer_that_disappears(watched: Watched) -> None:
    """A run deletes nobody from the register."""
    breach(watched, lambda world: world.delete("1001"), "disappeared from the register", sure=False)


def test_a_question_without_a_reason(watched: Watched) -> None:
    """Both sides agree, and a person is asked all the same."""
    world = watched.world
    world.change("1001", {"phone": "08-222 22 22"})
    world.company.edit_customer("1001", Telephone="08-333 33 33")
    watched.watch(world.sync)
    assert world.conflicts()
    world.company.edit_customer("1001", Telephone="08-222 22 22")
    breach(watched, lambda _: None, "phone of customer 1001 went wrong")


def test_an_unmapped_key_that_moves(watched: Watched) -> None:
    """Somebody's note in accounting is none of our business."""
    breach(watched, lambda world: world.company.edit_customer("1001", Note="Hej"), "none of its business", sure=False)


def test_a_replaced_value_without_history(watched: Watched) -> None:
    """The register changes and its history does not say that a run did it."""
    watched.world.company.edit_customer("1001", Telephone="08-222 22 22")
    breach(watched, lambda world: world.change("1001", {"phone": "08-222 22 22"}), "no history says so")


def test_a_gap_in_the_history(watched: Watched) -> None:
    """A line of the history is missing."""
    world = watched.world
    for phone in ("08-222 22 22", "08-333 33 33", "08-111 11 11"):
        world.change("1001", {"phone": phone})
    check_chain(world)
    _sql(world, "DELETE FROM history WHERE after = '\"{0}\"'", "08-333 33 33")
    with pytest.raises(BrokenError, match="gap"):
        check_chain(world)


def test_a_claim_without_a_write(watched: Watched) -> None:
    """The report says that something was written, and accounting knows nothing of it."""
    world = watched.world
    world.change("1001", {"phone": "08-222 22 22"})
    document = world.sync()
    with pytest.raises(BrokenError, match="claims 1, accounting carried out 0"):
        Ledger().enter(document, [])


def test_a_write_without_a_claim(watched: Watched) -> None:
    """Accounting was written, and the report keeps silent."""
    world = watched.world
    world.change("1001", {"phone": "08-222 22 22"})
    before, mark = look(world), len(world.sandbox.requests)
    document = {**world.sync(), "actions": []}
    ledger = Ledger()
    ledger.enter(document, world.sandbox.requests[mark:])
    with pytest.raises(BrokenError, match="no report claims"):
        ledger.close()
    with pytest.raises(BrokenError, match="no report says so"):
        check_lines(Passed(before, look(world), sure=True), document)


def test_a_reference_where_a_person_typed_one(watched: Watched) -> None:
    """A text that a person typed is overwritten."""
    world = watched.world
    world.hire("tove", "Tove Tekniker")
    world.assign("1001", ["tove"])
    order = world.company.add_order("1001", OurReference="Eva Ekonomsson")
    watched.oracle.settings["add_assigned_in_our_reference"] = "true"
    edit = world.company.edit_document
    breach(watched, lambda _: edit(order["Id"], OurReference="Tove Tekniker"), "our reference on a document")


def test_a_run_that_touches_a_number_which_is_there_twice(watched: Watched) -> None:
    """Whose phone it is, only the bookkeeper knows (S-14)."""
    world = watched.world
    world.change("1001", {"phone": "08-222 22 22"})
    row = world.company.customers()[0]
    world.company.add_customer(CustomerNumber="1001", Name="Beta AB")
    edit = world.company.edit_customer
    breach(watched, lambda _: edit(row["Id"], Telephone="08-222 22 22"), "whose number is there twice")


class Undoing:
    """A run pushed a phone number; now it is undone, by hand or by the program."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.world = watched, watched.world
        self.world.change("1001", {"phone": "08-222 22 22"})
        before = look(self.world)
        run = self.world.run()
        self.record = Record(run.id, before, look(self.world))
        self.watched.oracle.judge(Passed(before, self.record.after, sure=True), next(self.record.after.pairs()))

    def check(self, act: Callable[[World], object]) -> None:
        """Something happens, and is judged as if it was the undo."""
        before = look(self.world)
        act(self.world)
        check_undo(self.watched.oracle, self.record, Passed(before, look(self.world), sure=True))

    def program(self, world: World) -> None:
        assert world.undo(str(self.record.run)).status == "succeeded"


def test_an_honest_undo_is_let_through(watched: Watched) -> None:
    """What it put back waits for a person; what was edited since is left."""
    undoing = Undoing(watched)
    undoing.check(undoing.program)
    assert watched.oracle.marks == {next(undoing.record.after.pairs()): {"phone": {True}}}
    watched.watch(watched.world.sync)


@pytest.mark.parametrize(
    ("edit", "act", "about"),
    [
        (None, {}, "was not put back"),
        (None, {"Telephone": "08-999"}, "before the run it was"),
        (None, {"Telephone": "08-111 11 11"}, "nobody is asked"),
        (None, {"Name": "Alfa Rör i Umeå AB"}, "name of customer 1001"),
        ("08-333 33 33", {"Telephone": "08-111 11 11"}, "the run had left"),
    ],
)
def test_an_undo_that_does_something_else(watched: Watched, edit: str | None, act: dict[str, str], about: str) -> None:
    """Nothing, too much, the wrong value, over an edit, or without asking."""
    undoing = Undoing(watched)
    if edit is not None:
        watched.world.company.edit_customer("1001", Telephone=edit)
    with pytest.raises(BrokenError, match=about):
        undoing.check(lambda world: world.company.edit_customer("1001", **act) if act else None)


def test_an_undo_that_takes_an_old_customer_away(watched: Watched) -> None:
    """Its run did not create it."""
    undoing = Undoing(watched)
    row = watched.world.company.customers()[0]
    with pytest.raises(BrokenError, match="disappeared from accounting"):
        undoing.check(lambda world: world.company.delete_customer(row["Id"]))


def _sql(world: World, statement: str, value: str) -> None:
    with world.database.engine.begin() as connection:
        connection.execute(text(statement.format(value)))
