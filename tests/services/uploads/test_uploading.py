"""An upload on both databases: added and changed in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import UsageError
from syncd.services.exports.files import unwatched
from syncd.services.register.customers import add_customer
from syncd.services.register.reading import show_customer
from syncd.services.uploads.uploading import kind_of, upload

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.ports.register import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store


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
