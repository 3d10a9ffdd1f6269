"""What stands around a customer, changed with history, work list and version in one transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from syncd.register import assignment
from syncd.register.contacts import contact_fields
from syncd.register.customer import changes as differences
from syncd.register.history import EventKind
from syncd.store.customer_keeping import CustomerKeeper, after_changes
from syncd.store.customer_trail import Happening
from syncd.store.dialect import chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from syncd.engine.state import Local
    from syncd.ports.records import Author
    from syncd.register.assignment import Difference
    from syncd.register.contacts import Contact
    from syncd.register.facilities import Facility
    from syncd.register.items import Item


class CustomerSurroundings(CustomerKeeper):
    """Changes the contacts, letters, items, facilities and technicians of customers."""

    def set_contacts(
        self, customer_id: int, expected_version: int | None, contacts: Sequence[Contact], by: Author
    ) -> Local:
        """Replace all contacts of the customer as seen. Raises like ``write``."""
        before, group_id = self._hold(customer_id, expected_version)
        known = self._contacts.read([customer_id]).get(customer_id, [])
        if list(contacts) == known:
            return before
        fields = contact_fields(contacts)
        done = differences(before.fields, fields)
        after = after_changes(before, done, before.defaulted - fields.keys(), moved=True)
        self._contacts.replace(customer_id, contacts)
        self._update(group_id, [after], {customer_id: contacts})
        whole = [asdict(contact) for contact in known], [asdict(contact) for contact in contacts]
        self._trail.noted(group_id, [Happening(customer_id, EventKind.CHANGED, "contacts", *whole)], by)
        self._trail.changed(group_id, {customer_id: done}, by)
        return after

    def set_letters(self, customer_id: int, letters: Iterable[int], by: Author) -> Local:
        """Select these discount letters for the customer, and no other."""
        before, group_id = self._hold(customer_id, None)
        known = self._letters.read([customer_id]).get(customer_id, [])
        self._letters.replace(customer_id, letters)
        chosen = self._letters.read([customer_id]).get(customer_id, [])
        return self._surrounded(group_id, before, "discount_letters", (", ".join(known), ", ".join(chosen)), by)

    def set_items(self, customer_id: int, expected_version: int | None, items: Sequence[Item], by: Author) -> Local:
        """Replace the items placed on the customer as seen. Raises like ``write``."""
        before, group_id = self._hold(customer_id, expected_version)
        known = self._items.read([customer_id]).get(customer_id, [])
        self._items.replace(group_id, customer_id, items)
        placed = self._items.read([customer_id]).get(customer_id, [])
        return self._surrounded(group_id, before, "items", ([*map(asdict, known)], [*map(asdict, placed)]), by)

    def set_facilities(
        self, customer_id: int, expected_version: int | None, facilities: Sequence[Facility], by: Author
    ) -> Local:
        """Replace the facilities of the customer as seen. Raises like ``write``."""
        before, group_id = self._hold(customer_id, expected_version)
        known = self._facilities.read([customer_id]).get(customer_id, [])
        self._facilities.replace(customer_id, facilities)
        return self._surrounded(group_id, before, "facilities", ([*map(asdict, known)], [*map(asdict, facilities)]), by)

    def assign(self, customer_id: int, user_ids: Iterable[int], by: Author) -> Difference[int]:
        """Assign users after those assigned already (R-17)."""
        return self.assign_many([customer_id], user_ids, by)[customer_id]

    def unassign(self, customer_id: int, user_ids: Iterable[int], by: Author) -> Difference[int]:
        """Take users away; the next in order becomes responsible."""
        return self.unassign_many([customer_id], user_ids, by)[customer_id]

    def assign_many(
        self, customer_ids: Iterable[int], user_ids: Iterable[int], by: Author
    ) -> dict[int, Difference[int]]:
        """Assign users to many customers, all or none."""
        users = list(user_ids)
        return self._reassign(customer_ids, lambda current: assignment.assign(current, users), by)

    def unassign_many(
        self, customer_ids: Iterable[int], user_ids: Iterable[int], by: Author
    ) -> dict[int, Difference[int]]:
        """Take users away from many customers, all or none."""
        users = list(user_ids)
        return self._reassign(customer_ids, lambda current: assignment.unassign(current, users), by)

    def _surrounded(self, group_id: int, before: Local, field: str, moved: tuple[Any, Any], by: Author) -> Local:
        """Something around a customer moved: the customer is another version of itself, and the history says so."""
        if moved[0] == moved[1]:
            return before
        after = after_changes(before, (), before.defaulted, moved=True)
        self._count(after)
        told = (value or None for value in moved)
        self._trail.happened(group_id, [Happening(before.id, EventKind.CHANGED, field, *told)], by)
        return after

    def _reassign(
        self, customer_ids: Iterable[int], edit: Callable[[tuple[int, ...]], tuple[int, ...]], by: Author
    ) -> dict[int, Difference[int]]:
        done: dict[int, Difference[int]] = {}
        for part in chunks(dict.fromkeys(customer_ids)):
            groups = self._hold_many(part)
            current = self._technicians.ids(part)
            after = {customer_id: edit(current.get(customer_id, ())) for customer_id in part}
            moved = {id_: users for id_, users in after.items() if users != current.get(id_, ())}
            self._technicians.replace(moved)
            done |= {id_: assignment.difference(current.get(id_, ()), after[id_]) for id_ in part}
            self._tell(groups, {id_: done[id_] for id_ in moved}, by)
        return done

    def _tell(self, groups: dict[int, int], moved: dict[int, Difference[int]], by: Author) -> None:
        """Leave a line for everybody who came and went."""
        logins = self._technicians.logins({u for one in moved.values() for u in (*one.assigned, *one.unassigned)})
        for group_id in dict.fromkeys(groups.values()):
            lines: list[Happening] = []
            for id_, one in moved.items():
                if groups[id_] == group_id:
                    lines += [Happening(id_, EventKind.ASSIGNED, "assigned", None, logins[u]) for u in one.assigned]
                    lines += [Happening(id_, EventKind.UNASSIGNED, "assigned", logins[u]) for u in one.unassigned]
            self._trail.happened(group_id, lines, by)
