from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from syncd.cli.context import shell_owner
from syncd.store.database import Database
from syncd.store.tables import User

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_users_are_added_changed_and_shown(shell: Shell) -> None:
    """With rights that come and go."""
    added = shell.ok("user", "add", "kalle", "--name", "Kalle K", "--email", "k@example.com", "--json").json
    assert added == {
        "login": "kalle", "name": "Kalle K", "email": "k@example.com", "phone": None, "employee_number": None,
        "administrator": False, "permissions": [], "active": True, "email_notices": True,
        "customer": None,
    }  # fmt: skip
    assert shell.ok("user", "show", "kalle", "--json").json == added
    assert "kalle may: edit, view." in shell.ok("user", "grant", "kalle", "view", "edit").out
    assert shell.ok("user", "revoke", "kalle", "view", "edit").out == "User kalle may: nothing.\n"
    assert shell.ok("user", "grant", "kalle", "administrator", "--json").json["administrator"] is True
    assert shell.ok("user", "set", "kalle", "phone=070-1", "active=no", "--json").json["active"] is False
    assert "phone" in shell.ok("user", "show", "kalle").out
    assert [user["login"] for user in shell.ok("user", "list", "--json").json] == ["anna", "kalle"]
    assert "Kalle K" in shell.ok("user", "list").out
    assert shell("user", "add", "kalle", "--name", "Another").code == 1
    deactivated = shell("user", "list", "--as", "kalle")
    assert (deactivated.code, "deactivated" in deactivated.err) == (77, True)


def test_passwords_come_from_a_file_or_are_printed_once(shell: Shell, tmp_path: Path) -> None:
    """Never from the command line itself."""
    (tmp_path / "password").write_text("korrekt häst\n", encoding="utf-8")
    shell.ok("user", "add", "eva", "--name", "Eva", "--password-file", "password")
    assert shell.ok("user", "password", "eva", "--password-file", "password").out == ""
    assert len(shell.ok("user", "password", "eva").out.strip()) == 16
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert shell("user", "password", "eva", "--password-file", "binary").code == 1


def test_customer_users_are_added_and_see_their_customer_alone(shell: Shell) -> None:
    """On the command line as everywhere: no comments, no others, no history, nothing to change."""
    shell.ok("field", "add", "risk", "label=Risk", "type=text", "hide_for_customer_users=yes")
    for number in ("7", "8"):
        shell.ok(
            "customer", "add", number, f"Kund {number}", "comments=HEMLIGT", "custom.risk=HEMLIGT", "phone=08-1234567"
        )
        shell.ok("order", "add", number, "--kind", "order", f"Arbete hos {number}")
    added = shell.ok("user", "add", "kim", "--name", "Kim", "--customer", "7", "--json").json
    assert (added["customer"], added["permissions"]) == ("7", ["view"])
    assert "Added user mer of customer 7." in shell.ok("user", "add", "mer", "--name", "Mer", "--customer", "7").out
    assert [one["login"] for one in shell.ok("user", "list", "--customer", "7", "--json").json] == ["kim", "mer"]
    assert shell.ok("user", "delete", "mer").out == "User mer is deleted.\n"
    shown = shell.ok("customer", "show", "7", "--as", "kim", "--json")
    assert "HEMLIGT" not in shown.out
    assert "custom.risk" not in shown.json
    assert "HEMLIGT" not in shell.ok("customer", "show", "7", "--as", "kim").out
    assert [one["number"] for one in shell.ok("customer", "list", "--as", "kim", "--json").json] == ["7"]
    assert [one["customer_number"] for one in shell.ok("order", "list", "--as", "kim", "--json").json] == ["7"]
    hidden, unknown = (shell("customer", "show", number, "--as", "kim") for number in ("8", "9"))
    assert (hidden.code, hidden.err) == (unknown.code, unknown.err.replace("9", "8"))
    refusals = (("customer", "history", "7"), ("customer", "set", "7", "phone="), ("user", "list"), ("status",))
    for refused in refusals:
        assert shell(*refused, "--as", "kim").code == 77


def test_settings_are_listed_and_changed(shell: Shell) -> None:
    """Existing numbers outside new lengths are named and stay."""
    for n in range(1, 13):
        shell.ok("customer", "add", str(n), "Åkes")
    answer = shell.ok("settings", "set", "customer_number_min_length=4", "show_cost_center=ja")
    assert "12 numbers are outside these lengths and stay valid: 1, 10, 11" in answer.err
    assert "and 2 more." in answer.err
    assert shell.ok("settings", "get", "customer_number_min_length").out == "4\n"
    assert shell.ok("settings", "get", "show_cost_center", "--json").json == {"show_cost_center": True}
    assert shell.ok("settings", "list", "--json").json["customer_number_min_length"] == 4
    assert "show_cost_center" in shell.ok("settings", "list").out
    assert shell.ok("settings", "set", "show_cost_center=nej", "--json").json["show_cost_center"] is False
    wrong = shell("settings", "set", "show_cost_centre=ja")
    assert (wrong.code, "Did you mean show_cost_center?" in wrong.err) == (1, True)


def test_somebody_acts_with_their_own_rights(shell: Shell) -> None:
    """Before or after the command's name."""
    shell.ok("user", "add", "kalle", "--name", "Kalle")
    shell.ok("user", "grant", "kalle", "view", "create")
    shell.ok("--as", "kalle", "customer", "add", "7", "Åkes")
    assert shell.ok("customer", "history", "7", "--json").json[0]["who"] == "kalle"
    refused = shell("customer", "set", "7", "phone=1", "--as", "kalle")
    assert (refused.code, "Remedy: Ask an administrator for the right edit." in refused.err) == (77, True)
    assert shell("--as", "nobody", "customer", "list").code == 1
    assert shell("--group", "Nowhere", "customer", "list").code == 1


def test_whoever_owns_the_shell_acts(shell: Shell) -> None:
    """If they are an administrator; else the first one, also for an owner without a name."""
    owner = str(shell_owner(os.geteuid()))
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("init", "--group", "Bolaget", "--admin", owner)
    shell.ok("customer", "add", "8", "Åkes")
    shell.ok("user", "revoke", owner, "administrator")
    shell.ok("customer", "add", "9", "Åkes")
    acted = [shell.ok("customer", "history", number, "--json").json[0]["who"] for number in ("7", "8", "9")]
    assert acted == ["anna", owner, "anna"]


def test_a_shell_owner_may_be_unknown() -> None:
    """A container's user often has no name."""
    assert shell_owner(2**31 - 7) is None


def test_a_database_without_groups_says_so(shell: Shell) -> None:
    """And what to do."""
    shell.ok("config", "check")
    Path("syncd.db").unlink()
    shell.ok("db", "upgrade")
    answer = shell("customer", "list")
    assert (answer.code, "no group yet" in answer.err) == (78, True)
    assert shell("--group", "x\udcff", "customer", "list").code == 64


def test_a_group_without_administrator_says_so(shell: Shell) -> None:
    """And how to get one."""
    database = Database("sqlite:///syncd.db")
    with database.session() as session:
        session.query(User).update({"administrator": False})
        session.commit()
    database.close()
    answer = shell("customer", "list")
    assert (answer.code, "no administrator" in answer.err) == (78, True)
