from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_orders_reports_and_quotations_are_added_to_a_customer(shell: Shell) -> None:
    """Listed on it, the newest first; ten of them, and all when asked for."""
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("customer", "assign", "7", "anna")
    added = shell.ok("order", "add", "7", "--kind", "order", "Byt pump", "type=service", "--json").json
    assert added | {"created_at": "", "date": ""} == {
        "number": "1", "kind": "order", "title": "Byt pump", "type": "service", "status": "new", "date": "",
        "facility": None, "description": None, "customer_number": "7", "customer_name": "Åkes", "display_name": "Åkes",
        "technicians": [{"login": "anna", "name": "anna", "responsible": True}], "articles": [],
        "sent": [],
        "created_at": "", "created_by": "anna",
    }  # fmt: skip
    told = shell.ok("order", "add", "7", "--kind", "error_report", "Läcker", "description=Under diskbänken").out
    assert told == "Added error report 2 to customer 7.\n"
    for _ in range(10):
        shell.ok("order", "add", "7", "--kind", "quotation", "Ny panna")
    few = shell.ok("order", "list", "--customer", "7")
    assert ("Byt pump" in few.out, "10 of 12 are shown" in few.err) == (False, True)
    assert "Byt pump" in shell.ok("order", "list", "--customer", "7", "--all").out
    assert len(shell.ok("order", "list", "--customer", "7", "--json").json) == 12
    assert [one["number"] for one in shell.ok("order", "list", "--kind", "error_report", "--json").json] == ["2"]
    assert shell.ok("order", "set", "1", "status=done").out == "Order 1 is saved.\n"
    assert shell.ok("order", "set", "1", "date=2026-01-02", "--json").json["status"] == "done"
    assert "2026-01-02" in shell.ok("order", "show", "1").out
    assert shell.ok("order", "show", "2", "--json").json["description"] == "Under diskbänken"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "7", "Byt pump"), 64, "kind"),
        (("add", "7", "--kind", "order", "Byt pump", "title=x"), 64, "title is given twice"),
        (("add", "9", "--kind", "order", "Byt pump"), 1, "There is no customer 9."),
        (("add", "8", "--kind", "order", "Byt pump"), 1, "Customer 8 is deactivated"),
        (("add", "7", "--kind", "order", "Byt pump", "date=x"), 1, "date is not a date"),
        (("add", "7", "--kind", "order", "Byt pump"), 1, "customer_order_number is required"),
        (("show", "1"), 1, "There is no such order."),
        (("set", "1"), 64, "Missing argument"),
        (("list", "--customer", "9"), 1, "There is no customer 9."),
        (("list", "--sort", "color"), 64, "color"),
    ],
)
def test_odd_input_gets_a_clear_answer(shell: Shell, words: tuple[str, ...], code: int, told: str) -> None:
    """A message and a remedy; nothing on standard output."""
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("customer", "add", "8", "Zeta", "active=no")
    shell.ok("settings", "set", "require_order_number=yes")
    answer = shell("order", *words)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "Remedy: " in answer.err


def test_a_customer_with_orders_stays(shell: Shell) -> None:
    """Deleting it is refused, with what to do instead."""
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("order", "add", "7", "--kind", "quotation", "Ny panna")
    refused = shell("customer", "delete", "7")
    assert (refused.code, "syncd customer deactivate 7" in refused.err) == (1, True)
