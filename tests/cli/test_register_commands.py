"""The registers around the customers, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_discount_letters_are_kept_and_selected(shell: Shell) -> None:
    """Added, listed, searched, changed, retired, restored, deleted; customers select several."""
    assert (
        shell.ok("discount", "add", "A10", "description=Avtal", "percentage=10").out == "Added discount letter A10.\n"
    )
    added = shell.ok("discount", "add", "B", "percentage=12,5", "--json").json
    assert added == {"code": "B", "description": None, "percentage": 12.5, "retired": False}
    assert shell.ok("discount", "set", "b", "description=Bra kund").out == "Discount letter B is saved.\n"
    assert [one["code"] for one in shell.ok("discount", "list", "--search", "avtal", "--json").json] == ["A10"]
    shell.ok("customer", "add", "7", "Åkes", "discount_letters=b,A10")
    assert shell.ok("customer", "show", "7", "--json").json["discount_letters"] == ["A10", "B"]
    assert "A10, B" in shell.ok("customer", "show", "7").out
    refused = shell("discount", "delete", "B")
    assert (refused.code, "in use" in refused.err, "Retire it" in refused.err) == (1, True, True)
    assert shell.ok("discount", "retire", "B", "--json").json["retired"] is True
    assert "Bra kund" not in shell.ok("discount", "list").out
    assert "Bra kund" in shell.ok("discount", "list", "--all").out
    assert shell.ok("discount", "restore", "B").out == "Discount letter B is offered again.\n"
    shell.ok("customer", "set", "7", "discount_letters=")
    assert shell.ok("discount", "delete", "B").out == "Deleted the discount letter.\n"
    assert shell("discount", "show", "B").code == 1
    assert "A10" in shell.ok("discount", "show", "A10").out
    assert shell.ok("discount", "show", "A10", "--json").json["percentage"] == 10


def test_articles_are_placed_on_customers(shell: Shell) -> None:
    """For service orders and work orders apart; the view settings hide them from the card."""
    shell.ok("article", "add", "RESA", "text=Resa", "unit=st", "price=450")
    shell.ok("customer", "add", "7", "Åkes")
    assert shell.ok("item", "add", "7", "service", "RESA", "quantity=2").out == "Placed an article on 7.\n"
    placed = shell.ok("item", "add", "7", "work_order", "resa", "price=300", "text=Fast resa", "--json").json
    assert placed[1] == {
        "place": 2, "kind": "work_order", "article": "RESA", "text": "Fast resa", "quantity": "1", "unit": "st",
        "price": "300",
    }  # fmt: skip
    assert "RESA Resa, 2 st at 450 (service)" in shell.ok("customer", "show", "7").out
    shell.ok("settings", "set", "show_service_items=no")
    assert [one["kind"] for one in shell.ok("customer", "show", "7", "--json").json["items"]] == ["work_order"]
    assert shell.ok("item", "set", "7", "1", "quantity=3").out == "The item of 7 is saved.\n"
    assert "Fast resa" in shell.ok("item", "list", "7").out
    assert shell.ok("item", "remove", "7", "2").out == "Removed an item from 7.\n"
    assert len(shell.ok("item", "list", "7", "--json").json) == 1


def test_facilities_are_kept_with_their_customer(shell: Shell) -> None:
    """And stand instead of its name where the settings say so."""
    shell.ok("customer", "add", "7", "Åkes")
    assert shell.ok("facility", "add", "7", "Norra", "city=Umeå").out == "Added a facility to 7.\n"
    changed = shell.ok("facility", "set", "7", "norra", "line1=Storgatan 1", "--json").json
    assert (changed[0]["place"], changed[0]["line1"], changed[0]["city"]) == (1, "Storgatan 1", "Umeå")
    assert "Norra, Storgatan 1, Umeå" in shell.ok("customer", "show", "7").out
    assert "Storgatan" in shell.ok("facility", "list", "7").out
    shell.ok("settings", "set", "show_facility_name=yes", "include_number_in_display_name=yes")
    listed = shell.ok("customer", "list").out
    assert "Åkes" not in listed
    assert [line.split()[0] for line in listed.splitlines() if line.strip()][2:] == ["7", "Norra"]
    assert shell.ok("customer", "list", "--json").json[0]["display_name"] == "7 Norra"
    assert shell.ok("facility", "remove", "7", "1").out == "Removed a facility from 7.\n"


def test_custom_fields_are_shown_in_the_header_and_in_lists(shell: Shell) -> None:
    """Beneath the discount letters, in their order; in lists by their label where that is wanted."""
    shell.ok("field", "add", "floor", "label=Våning", "type=number", "show_in_list=yes", "position=2")
    shell.ok("field", "add", "vip", "label=VIP", "type=yes_no", "position=1")
    shell.ok("discount", "add", "A10")
    shell.ok("customer", "add", "7", "Åkes", "custom.floor=3", "custom.vip=ja", "discount_letters=A10")
    document = shell.ok("customer", "show", "7", "--json").json
    assert (document["custom.floor"], document["custom.vip"]) == ("3", True)
    shown = [line.split()[0] for line in shell.ok("customer", "show", "7").out.splitlines()]
    assert shown[:6] == ["number", "name", "type", "discount_letters", "custom.vip", "custom.floor"]
    listed = shell.ok("customer", "list").out
    assert "Våning" in listed
    assert "VIP" not in listed
    assert shell.ok("customer", "history", "7", "--json").json[0]["field"] == "discount_letters"
    shell.ok("customer", "set", "7", "custom.vip=")
    assert shell.ok("customer", "show", "7", "--json").json["custom.vip"] is None
    shell.ok("field", "retire", "vip")
    assert "custom.vip" not in shell.ok("customer", "show", "7", "--json").json
    assert shell.ok("field", "delete", "vip").out == "Deleted the custom field.\n"


def test_teams_are_filled_and_assigned(shell: Shell) -> None:
    """Everybody is listed team by team; a whole team is assigned to every customer found."""
    for login in ("kalle", "lisa"):
        shell.ok("user", "add", login, "--name", login.title())
    for number, name in (("7", "Åkes Umeå"), ("8", "Zeta Umeå"), ("9", "Beta")):
        shell.ok("customer", "add", number, name)
    assert shell.ok("team", "add", "Norr").out == "Added team Norr.\n"
    shell.ok("team", "add", "Tomma")
    shell.ok("team", "join", "Norr", "kalle", "lisa")
    listed = shell.ok("team", "list", "--json").json
    assert [(team["name"], [m["login"] for m in team["members"]]) for team in listed] == [
        ("Norr", ["kalle", "lisa"]), ("Tomma", []), (None, ["anna"]),
    ]  # fmt: skip
    assert "(no team)" in shell.ok("team", "list").out
    done = shell.ok("customer", "assign", "--all", "--search", "umeå", "--team", "norr", "--json").json
    assert done == {"customers": 2, "changed": 4}
    assert shell.ok("customer", "unassign", "--all", "kalle").out == "Unassigned 2 from 3 customers.\n"
    assert shell.ok("customer", "assign", "9", "--team", "Norr").out == "Assigned 2 to 9.\n"
    shell.ok("team", "leave", "Norr", "kalle")
    shell.ok("team", "rename", "Norr", "Nord")
    shell.ok("team", "remove", "Nord")
    assert [one["login"] for one in shell.ok("customer", "show", "9", "--json").json["assigned"]] == ["kalle", "lisa"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("customer", "assign", "7"), 64, "NUMBER or LOGIN is missing"),
        (("customer", "assign", "--search", "x", "7", "anna"), 64, "Filters narrow --all"),
        (("customer", "assign", "--all"), 1, "Nobody is chosen"),
        (("customer", "assign", "--all", "--team", "Norr"), 1, "There is no such team"),
        (("discount", "add", "A", "code=B"), 64, "code is given twice"),
        (("discount", "set", "A", "percentage=101"), 1, "There is no such discount letter"),
        (("discount", "add", "A,B"), 1, "code holds a comma"),
        (("article", "add", "X"), 1, "text cannot be empty"),
        (("field", "add", "x", "label=X", "type=color"), 1, "type names something"),
        (("field", "add", "x", "label=X", "type=choice"), 1, "choices cannot be empty"),
        (("item", "add", "7", "service", "NIX"), 1, "There is no such article"),
        (("item", "add", "7", "other", "NIX"), 64, "other"),
        (("item", "add", "7", "service", "NIX", "kind=service"), 64, "kind and article come first"),
        (("facility", "add", "7", "Norra", "name=Södra"), 64, "name is given twice"),
        (("customer", "set", "7", "cost_center=1"), 1, "cost_center is switched off"),
    ],
)
def test_odd_input_gets_a_clear_answer(shell: Shell, words: tuple[str, ...], code: int, told: str) -> None:
    """A message and a remedy; nothing on standard output."""
    shell.ok("customer", "add", "7", "Åkes")
    answer = shell(*words)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "Remedy: " in answer.err
