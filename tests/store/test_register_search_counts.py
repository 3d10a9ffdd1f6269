"""A page of the register costs as many statements for fifty customers as for one, and reads no others (R-30)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from syncd.ports.customers import CustomerFilter
from syncd.services.register import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from syncd.register.access import Actor
    from syncd.store.uow import Store

QUERIES = (
    reading.Query(limit=50),
    reading.Query("kund", limit=50, sort="-number"),
    reading.Query("kund umeå", CustomerFilter(active=True, assigned=False, in_conflict=False, in_accounting=False)),
)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)


def add(store: Store, group: GroupInfo, by: Author, first: int, count: int) -> None:
    rows = [
        ({"number": str(n), "name": f"Kund {n}", "invoice_city": "Umeå", "contact_name": f"Eva {n}"}, frozenset[str]())
        for n in range(first, first + count)
    ]
    with store.work() as work:
        work.customers.insert_many(group.id, rows, by)
        work.commit()


@pytest.mark.parametrize("query", QUERIES, ids=["first page", "many found", "filters combined"])
def test_a_page_costs_as_many_statements_however_many_customers_there_are(
    store: Store, group: GroupInfo, actor: Actor, by: Author, query: reading.Query
) -> None:
    """What stands around customers is read for all of a page at once."""

    def cost() -> tuple[int, int]:
        with store.reading() as work, statements(store) as sent:
            return len(reading.list_customers(work, actor, group.id, query)), len(sent)

    add(store, group, by, 1, 1)
    one = cost()
    add(store, group, by, 2, 49)
    fifty = cost()
    add(store, group, by, 51, 200)
    assert (one[0], fifty[0]) == (1, 50)
    assert one[1] == fifty[1] <= 15
    if query.limit:
        assert cost() == fifty
