"""An upload on both databases: added and changed in one transaction, or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import LockedError, UsageError
from syncd.register.catalogues import DISCOUNT_LETTERS
from syncd.register.numbers import NumberTakenError
from syncd.services.exports.files import unwatched
from syncd.services.register.catalogues import add_entry, delete_entry
from syncd.services.register.customers import add_customer
from syncd.services.register.reading import show_customer
from syncd.services.uploads.storing import finish_all, kind_of, stored
from syncd.services.uploads.uploading import upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.services.uploads.report import Report
    from syncd.store.uow import Store, UnitOfWork


def led(_group_id: int) -> dict[str, str]:
    return {"phone": "Visma"}


def test_a_file_adds_and_changes_customers(store: Store, group: GroupInfo, actor: Actor, tmp_path: Path) -> None:
    """A field that accounting leads is refused with its row, and with it the file."""
    file = tmp_path / "in.csv"
    file.write_text("number,name\n7,Åkes AB\n8,Zeta\n", encoding="utf-8")
    with store.work() as work:
        add_customer(work, actor, group.id, "7", {"name": "Åkes", "phone": "08-1"})
    report = upload(store, actor, group.id, "customers", file, led=led, dry_run=False, advance=unwatched)
    assert (report.added, report.changed, report.problems) == (1, 1, [])
    file.write_text("number,name,phone\n7,Annat,08-2\n8,Zeta,\n", encoding="utf-8")
    report = upload(store, actor, group.id, "customers", file, led=led, dry_run=False, advance=unwatched)
    assert [(one.row, one.reason) for one in report.problems] == [(2, "changes what accounting leads")]
    with store.reading() as work:
        assert show_customer(work, actor, group.id, "7").customer.name == "Åkes AB"
        with pytest.raises(UsageError, match="no register"):
            kind_of(work, actor, group.id, "orders", {})


def take_in(store: Store, group: GroupInfo, actor: Actor, file: Path, name: str = "customers") -> Report:
    return upload(store, actor, group.id, name, file, led=lambda _: {}, dry_run=False, advance=unwatched)


def customers_of(file: Path, count: int) -> Path:
    rows = (f"{1000 + n},Kund {n},Umeå" for n in range(count))
    file.write_text("\n".join(["number,name,invoice_city", *rows]) + "\n", encoding="utf-8")
    return file


class Dying:
    """A store whose process dies at one of its commits."""

    def __init__(self, store: Store, at: int) -> None:
        self._store, self._left = store, at

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a store's own
        return getattr(self._store, name)

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        with self._store.work() as work:
            commit = work.commit

            def counted() -> None:
                self._left -= 1
                if self._left <= 0:
                    raise KeyboardInterrupt
                commit()

            work.commit = counted  # type: ignore[method-assign]  # dies instead
            yield work


@pytest.mark.parametrize("at", [2, 4, 6])
def test_a_file_is_stored_whole_or_not_at_all_wherever_the_program_dies(
    store: Store, group: GroupInfo, actor: Actor, tmp_path: Path, at: int
) -> None:
    """Before it is accepted nothing is left of it; after that the daemon, or the next upload, goes on with it."""
    file = customers_of(tmp_path / "in.csv", 450)
    dying: Any = Dying(store, at)
    with pytest.raises(KeyboardInterrupt):
        take_in(dying, group, actor, file)
    with store.reading() as work:
        accepted = [one.accepted for one in work.uploads.list()]
    finish_all(store, lambda _: {})
    with store.reading() as work:
        assert work.customers.count(group.id) == (450 if accepted == [True] else 0)
        assert work.uploads.list() == []
        assert work.customers.taken_numbers(group.id, ["1449", "2000"]) == ({"1449"} if accepted == [True] else set())
    assert accepted == ([True] if at > 3 else [False])


def test_numbers_of_a_file_that_is_being_stored_are_nobody_elses(
    store: Store, group: GroupInfo, actor: Actor, tmp_path: Path
) -> None:
    """Somebody who adds a customer meanwhile gets a number above them, and may not type one of them (R-01, R-04)."""
    dying: Any = Dying(store, 5)
    with pytest.raises(KeyboardInterrupt):
        take_in(dying, group, actor, customers_of(tmp_path / "in.csv", 450))
    with store.work() as work:
        assert add_customer(work, actor, group.id, None, {"name": "Ny"}).number == "1450"
    with store.work() as work, pytest.raises(NumberTakenError):
        add_customer(work, actor, group.id, "1440", {"name": "Ny"})
    assert take_in(store, group, actor, customers_of(tmp_path / "in.csv", 450)).unchanged == 450


def test_a_row_that_became_impossible_is_left_out_and_said(
    store: Store, group: GroupInfo, actor: Actor, tmp_path: Path
) -> None:
    """The letter it selects was deleted while the file was being stored; everything else is stored."""
    with store.work() as work:
        add_entry(work, actor, group.id, DISCOUNT_LETTERS, {"code": "A10"})
    file = customers_of(tmp_path / "in.csv", 250)
    text = file.read_text(encoding="utf-8").replace("city\n", "city,discount_letters\n")
    file.write_text(text.replace("Kund 120,Umeå", "Kund 120,Umeå,A10"), encoding="utf-8")
    dying: Any = Dying(store, 4)
    with pytest.raises(KeyboardInterrupt):
        take_in(dying, group, actor, file)
    with store.work() as work:
        delete_entry(work, actor, group.id, DISCOUNT_LETTERS, "A10")
    with store.reading() as work:
        (left,) = work.uploads.list()
    report = stored(store, left, {}, unwatched, 0)
    assert (report.added, report.wrong, [one.row for one in report.problems]) == (249, 1, [122])
    with store.reading() as work:
        assert work.customers.count(group.id) == 249


def test_two_uploads_at_once_are_one_after_the_other(
    store: Store, group: GroupInfo, actor: Actor, tmp_path: Path
) -> None:
    with store.lock(f"upload-{group.id}"), pytest.raises(LockedError, match="another upload"):
        take_in(store, group, actor, customers_of(tmp_path / "in.csv", 1))
