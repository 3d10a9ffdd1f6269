"""What could tell of a hidden customer, beside a look at it: numbers that are taken, files, the time it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from syncd.register.numbers import NumberTakenError
from syncd.services.exports.files import unwatched
from syncd.services.register.customers import add_customer
from syncd.services.uploads.uploading import upload
from syncd.store.shelf import FileShelf
from tests.access.entries import Services
from tests.access.operations import MINE, NOBODY, OPERATIONS, OTHER
from tests.access.world import MARKS, fill
from tests.services.register.conftest import somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.services.uploads.report import Report
    from syncd.store.database import Database
    from syncd.store.uow import Store
    from tests.conftest import TickingClock
    from tests.services.register.conftest import Somebody

__all__ = ["somebody"]

LOOK_UPS = [one for one in OPERATIONS if one.typed in {"customer show {number}", "order show {order}"}]


@pytest.fixture(autouse=True)
def inhabitants(store: Store, group: GroupInfo, actor: Actor) -> None:
    with store.work() as work:
        fill(work, actor, group.id)


@pytest.fixture
def asked(database: Database) -> Iterator[list[str]]:
    """Every question put to the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("operation", LOOK_UPS, ids=lambda one: one.typed)
@pytest.mark.parametrize("login", ["c-view_only_assigned", "u-view", "c"])
def test_looking_for_a_hidden_customer_takes_what_looking_for_none_takes(
    database: Database, clock: TickingClock, asked: list[str], operation: object, login: str, tmp_path: Path
) -> None:
    """The same questions to the database, word for word: no clock could tell the two apart."""
    services = Services(database, FileShelf(tmp_path), clock)
    heard: list[list[str]] = []
    for target in (OTHER, NOBODY, MINE):
        asked.clear()
        services.attempt(operation, login, target)  # type: ignore[arg-type]  # one of those above
        heard.append(list(asked))
    hidden, unknown, own = heard
    assert hidden == unknown
    assert (own == unknown) == (login == "c")


def test_a_taken_number_is_refused_without_its_holder(
    store: Store, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """Its holder is named to those who may see that customer (R-01)."""
    unseeing, seeing = somebody("bo", "create"), somebody("eva", "create", "view")
    with store.work() as work:
        for who, named in ((unseeing, False), (seeing, True), (actor, True)):
            with pytest.raises(NumberTakenError) as refused:
                add_customer(work, who, group.id, OTHER.number, {"name": "Ny"})
            assert (MARKS[OTHER] in refused.value.message) == named


def test_a_file_tells_no_more_of_a_hidden_customer_than_its_number(
    store: Store, group: GroupInfo, somebody: Somebody, tmp_path: Path
) -> None:
    """A row for one is refused in the dry run already; a contact of one belongs to nobody, as for an unknown number."""
    bo = somebody("bo", "upload", "view_only_assigned", "edit_only_assigned", "create")

    def taken(kind: str, text: str) -> Report:
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        return upload(store, bo, group.id, kind, file, led=lambda _: {}, dry_run=True, advance=unwatched)

    (row,) = taken("customers", f"number,name\n{OTHER.number},Ny\n90,Ny\n").problems
    assert (row.row, row.reason) == (2, "is taken")
    rows = taken("contacts", f"number,name\n{OTHER.number},Ny\n{NOBODY.number},Ny\n").problems
    assert [one.reason for one in rows] == ["belongs to no customer that you may change"] * 2
