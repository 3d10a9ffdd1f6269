"""What people do on either side between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from syncd.errors import SyncdError
from tests.machine.oracle import must
from tests.machine.stage import EDITS, PLACES, Stage
from tests.machine.story import said
from tests.machine.vocabulary import CUSTOMERS, HOME, NUMBERS, STRANGERS, TECHNICIANS, UNITS, in_visma

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.machine.vocabulary import Value

NAMES = st.sampled_from((*CUSTOMERS, *STRANGERS))
DOCUMENTS = ("orders", "customerinvoicedrafts")
CLOSED_ORDER = 3


class RegisterUser(Stage):
    """Whoever works in the register."""

    @rule(number=st.sampled_from(NUMBERS), name=NAMES, edit=EDITS, home=st.booleans())
    def register_adds(self, *, number: str, name: str, edit: dict[str, Value], home: bool) -> None:
        """A customer is added, with an address or without."""
        fields = {**edit, "name": name, **(HOME if home else {})}
        given = {name: value for name, value in fields.items() if value is not None}
        if self.world.customer(number) is None:
            self.story.tell("register", f"adds {number} with {said(given)}")
            self.oracle.added_here(self.world.add(number, given).id, given)

    @rule(place=PLACES, edit=EDITS)
    def register_edits(self, *, place: int, edit: dict[str, Value]) -> None:
        """Some fields of a customer are changed or cleared; what accounting leads is refused."""
        number = self.number_here(place)
        found = self.world.customer(number) if number is not None else None
        if number is None or found is None:
            return
        led = [name for name, value in edit.items() if self._is_led(name) and value != found.fields[name]]
        self.story.tell("register", f"changes {number}: {said(edit)}{', which is refused' if led else ''}")
        try:
            self.world.change(number, edit)
        except SyncdError as error:
            must(error.code == "led_by_accounting" and led, f"the register refused {edit}: {error}")
        else:
            must(not led, f"the register let {led} be changed, which accounting leads")
            self.oracle.touched_here(found.id, edit)

    def _is_led(self, name: str) -> bool:
        unit = next(unit for unit, names in UNITS.items() if name in names)
        return self.oracle.rules(unit).way == "from_accounting"

    @rule(place=PLACES, active=st.booleans())
    def register_activates(self, *, place: int, active: bool) -> None:
        """A customer is deactivated or reactivated."""
        number = self.number_here(place)
        found = self.world.customer(number) if number is not None else None
        if number is not None and found is not None:
            self.story.tell("register", f"{'reactivates' if active else 'deactivates'} {number}")
            self.world.set_active(number, active=active)
            self.oracle.touched_here(found.id, {"active": active})

    @rule(place=PLACES, number=st.sampled_from(NUMBERS))
    def register_renumbers(self, *, place: int, number: str) -> None:
        """A customer gets another number."""
        old = self.number_here(place)
        if old is None or self.world.customer(number) is not None:
            return
        led = self._is_led("number")
        self.story.tell("register", f"renumbers {old} to {number}{', which is refused' if led else ''}")
        try:
            self.world.renumber(old, number)
        except SyncdError as error:
            must(error.code == "led_by_accounting" and led, f"the register refused to renumber {old}: {error}")
        else:
            must(not led, "the register let a number be changed, which accounting leads")

    @rule(place=PLACES)
    def register_deletes(self, *, place: int) -> None:
        """A customer is deleted."""
        number = self.number_here(place)
        if number is not None:
            self.story.tell("register", f"deletes {number}")
            self.world.delete(number)

    @rule(place=PLACES, login=st.sampled_from(sorted(TECHNICIANS)), assigned=st.booleans())
    def register_assigns(self, *, place: int, login: str, assigned: bool) -> None:
        """A technician is assigned to a customer, or no longer."""
        number = self.number_here(place)
        if number is not None:
            self.story.tell("register", f"{'assigns' if assigned else 'unassigns'} {TECHNICIANS[login]} to {number}")
            (self.world.assign if assigned else self.world.unassign)(number, [login])


class Bookkeeper(Stage):
    """Whoever works in the accounting program, which lets people do what its API would refuse."""

    @rule(number=st.sampled_from(NUMBERS), name=NAMES, edit=EDITS)
    def bookkeeper_adds(self, *, number: str, name: str, edit: dict[str, Value]) -> None:
        """A customer is entered under a number that is free there."""
        fields = {**_held_there(edit), "number": number, "name": name}
        if number not in self.numbers_there():
            self.story.tell("bookkeeper", f"adds {said(fields)}")
            self.world.company.add_customer(**in_visma(fields))

    @rule(place=PLACES, name=NAMES, edit=EDITS)
    def bookkeeper_doubles(self, *, place: int, name: str, edit: dict[str, Value]) -> None:
        """A customer is entered under a number that another one has."""
        row = self.row_there(place)
        if row is not None:
            fields = {**_held_there(edit), "number": row["CustomerNumber"], "name": name}
            self.story.tell("bookkeeper", f"adds another one with {said(fields)}")
            self.world.company.add_customer(**in_visma(fields))

    @rule(place=PLACES, edit=EDITS)
    def bookkeeper_edits(self, *, place: int, edit: dict[str, Value]) -> None:
        """Some fields of a customer are changed or cleared."""
        row, fields = self.row_there(place), _held_there(edit)
        if row is not None and fields:
            self.bookkeeper_changes(row, fields)

    @rule(place=PLACES, active=st.booleans())
    def bookkeeper_activates(self, *, place: int, active: bool) -> None:
        """A customer is deactivated or reactivated."""
        row = self.row_there(place)
        if row is not None:
            self.bookkeeper_changes(row, {"active": active})

    @rule(place=PLACES, number=st.sampled_from(NUMBERS))
    def bookkeeper_renumbers(self, *, place: int, number: str) -> None:
        """A customer gets another number that is free there."""
        row = self.row_there(place)
        if row is not None and number not in self.numbers_there():
            self.bookkeeper_changes(row, {"number": number})

    @rule(place=PLACES)
    def bookkeeper_deletes(self, *, place: int) -> None:
        """A customer is deleted, which leaves no trace among the changes."""
        row = self.row_there(place)
        if row is not None:
            self.story.tell("bookkeeper", f"deletes {row['CustomerNumber']}")
            self.world.company.delete_customer(row["Id"])
            self.blind = True
            self.ledger.doubtful = self.ledger.doubtful or self.trouble

    def bookkeeper_changes(self, row: Mapping[str, Any], fields: dict[str, Value]) -> None:
        """A bookkeeper saves a customer."""
        self.story.tell("bookkeeper", f"changes {row['CustomerNumber']}: {said(fields)}")
        self.world.company.edit_customer(row["Id"], **in_visma(fields))
        self.oracle.touched_there(row["Id"], fields)
        self.ledger.doubtful = self.ledger.doubtful or self.trouble

    @rule(place=PLACES, kind=st.sampled_from(DOCUMENTS))
    def bookkeeper_opens_a_document(self, *, place: int, kind: str) -> None:
        """An order or an invoice draft is entered for a customer."""
        row = self.row_there(place)
        if row is not None:
            self.story.tell("bookkeeper", f"enters a document ({kind}) for {row['CustomerNumber']}")
            self.world.company.add_document(kind, row["Id"])

    @rule(
        place=PLACES, kind=st.sampled_from(DOCUMENTS), text=st.sampled_from((None, "Eva Ekonomsson", "Tove Tekniker"))
    )
    def bookkeeper_types_a_reference(self, *, place: int, kind: str, text: str | None) -> None:
        """Somebody types our reference himself, or clears it."""
        rows = self.world.company.documents(kind)
        if rows:
            row = rows[place % len(rows)]
            self.story.tell("bookkeeper", f"types our reference on a document ({kind}): {text}")
            self.world.company.edit_document(row["Id"], OurReference=text)
            self.ledger.doubtful = self.ledger.doubtful or self.trouble

    @rule(place=PLACES)
    def bookkeeper_ships_an_order(self, *, place: int) -> None:
        """An order is shipped: nothing is written on it any more."""
        rows = self.world.company.documents("orders")
        if rows:
            self.story.tell("bookkeeper", "ships an order")
            self.world.company.edit_document(rows[place % len(rows)]["Id"], Status=CLOSED_ORDER)


def _held_there(edit: Mapping[str, Value]) -> dict[str, Value]:
    """The accounting program takes no name that is empty or too long."""
    return {name: value for name, value in edit.items() if name != "name" or value in CUSTOMERS}
