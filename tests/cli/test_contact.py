from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

PERSON = "811228-9874"


def test_contacts_are_added_changed_and_removed(shell: Shell) -> None:
    """With their places, for people and for programs."""
    shell.ok("customer", "add", "7", "Åkes")
    assert shell.ok("contact", "add", "7", "name=Eva Ek", "email=eva@x.test").out == "Added a contact to 7.\n"
    added = shell.ok("contact", "add", "7", "name=Bo", "role=Chef", "accounting=ja", "--json").json
    assert added[1] == {
        "place": 2, "name": "Bo", "role": "Chef", "phone": None, "mobile": None, "email": None,
        "send_service_protocol": False, "send_work_orders": False, "accounting": True,
    }  # fmt: skip
    assert shell.ok("contact", "set", "7", "eva ek", "send_service_protocol=ja").out == "The contact of 7 is saved.\n"
    assert "eva@x.test" in shell.ok("contact", "list", "7").out
    assert shell.ok("contact", "remove", "7", "1").out == "Removed a contact from 7.\n"
    assert [one["name"] for one in shell.ok("contact", "list", "7", "--json").json] == ["Bo"]
    assert shell.ok("customer", "show", "7", "--json").json["contact_name"] == "Bo"


def test_a_contact_that_is_not_there_is_said(shell: Shell) -> None:
    """Without quoting what may be a person's name."""
    shell.ok("customer", "add", "7", "Åkes", f"contact_name={PERSON}")
    gone = shell("contact", "set", "7", "Eva Ek", "phone=08-1")
    assert (gone.code, gone.out) == (1, "")
    assert gone.err.startswith("There is no such contact.\nRemedy: ")
    assert shell("contact", "add", "7").code == 64
    assert shell("contact", "list", "8").code == 1
    assert "9874" not in shell.ok("contact", "list", "7").out
