from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.register.fields import FIELDS
from syncd.store.database import Database
from syncd.store.tables import Connection, Link

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

PERSON = "811228-9874"


def test_a_customer_is_added_changed_and_shown(shell: Shell) -> None:
    """JSON has every field in one shape: numbers, yes and no, and null for nothing."""
    words = ("discount_percentage=12,5", "contact_name=Per", "invoice_city=Örebro", "phone=")
    added = shell.ok("customer", "add", "0042", "Åkes Bygg", *words, "--json").json
    around = ("display_name", "discount_letters", "contacts", "facilities", "items", "assigned", "links")
    assert list(added) == [*FIELDS, *around]
    assert shell.ok("customer", "show", "0042", "--json").json == added
    assert (added["number"], added["discount_percentage"], added["active"], added["phone"]) == (
        "0042",
        12.5,
        True,
        None,
    )
    assert added["contacts"][0]["name"] == "Per"
    assert added["contacts"][0]["accounting"] is True
    changed = shell.ok("customer", "set", "0042", "discount_percentage=10", "invoice_city=", "--json").json
    assert (changed["discount_percentage"], changed["invoice_city"]) == (10, None)
    shown = shell.ok("customer", "show", "0042").out
    assert "Åkes Bygg" in shown
    assert "Per (accounting)" in shown
    assert "saved" in shell.ok("customer", "set", "0042", "note=två\nrader").out


def test_auto_gives_the_next_number(shell: Shell) -> None:
    """And the answer says which."""
    shell.ok("customer", "add", "41", "Åkes")
    assert shell.ok("customer", "add", "AUTO", "Zeta").out == "Added customer 42.\n"


def test_a_customers_life(shell: Shell) -> None:
    """Renumbered, assigned, unassigned, deactivated, reactivated, deleted; the history tells it all."""
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("user", "add", "kalle", "--name", "Kalle K")
    assert shell.ok("customer", "renumber", "7", "8").out == "Customer 7 is now 8.\n"
    assigned = shell.ok("customer", "assign", "8", "kalle", "anna", "--json").json["assigned"]
    assert assigned == [
        {"login": "kalle", "name": "Kalle K", "responsible": True},
        {"login": "anna", "name": "anna", "responsible": False},
    ]
    assert "kalle, responsible" in shell.ok("customer", "show", "8").out
    assert shell.ok("customer", "unassign", "8", "kalle").out == "Unassigned 1 from 8.\n"
    assert "deactivated" in shell.ok("customer", "deactivate", "8").out
    assert shell.ok("customer", "reactivate", "8", "--json").json["active"] is True
    history = shell.ok("customer", "history", "8", "--json").json
    assert [line["kind"] for line in history] == [
        "reactivated", "deactivated", "unassigned", "assigned", "assigned", "renumbered", "created",
    ]  # fmt: skip
    assert history[-2] | {"when": ""} == {
        "when": "", "who": "anna", "run": None, "kind": "renumbered", "field": "number", "before": "7", "after": "8",
    }  # fmt: skip
    assert "reactivated" in shell.ok("customer", "history", "8", "--limit", "1").out
    assert shell.ok("customer", "delete", "8").out == "Customer 8 is deleted.\n"
    gone = shell("customer", "show", "8", "--json")
    assert (gone.code, gone.out, gone.err.splitlines()[0]) == (1, "", "There is no customer 8.")


def test_lists_are_searched_narrowed_and_cut(shell: Shell) -> None:
    """Names in Swedish order; a table for people, JSON for programs."""
    for number, name in (("1", "Östens"), ("2", "Åkes"), ("3", "Zeta [AB]")):
        shell.ok("customer", "add", number, name)
    shell.ok("customer", "deactivate", "3")
    shell.ok("customer", "assign", "2", "anna")

    def numbers(*words: str) -> list[str]:
        return [one["number"] for one in shell.ok("customer", "list", "--json", *words).json]

    assert numbers() == ["3", "2", "1"]
    assert numbers("--search", "ÖST") == ["1"]
    assert numbers("--active") == ["2", "1"]
    assert numbers("--inactive") == ["3"]
    assert numbers("--assigned", "anna") == ["2"]
    assert numbers("--unassigned", "--sort", "-number", "--limit", "1", "--offset", "1") == ["1"]
    assert numbers("--in-conflict") == []
    assert numbers("--not-in-accounting") == ["3", "2", "1"]
    assert "Zeta [AB]" in shell.ok("customer", "list").out
    assert shell.ok("customer", "list", "--search", "nowhere").out == "No customers.\n"


def test_personal_numbers_are_masked_unless_an_administrator_asks(shell: Shell) -> None:
    """In lists, details and history; asking is written down."""
    shell.ok("customer", "add", "7", "Per", "type=privat", f"organisation_number={PERSON}", f"note=nr {PERSON}")
    shell.ok("customer", "set", "7", "organisation_number=8112289874")
    for words in (("list",), ("list", "--json"), ("show", "7"), ("show", "7", "--json"), ("history", "7", "--json")):
        assert "9874" not in shell.ok("customer", *words).out
    shell.ok("user", "add", "kalle", "--name", "Kalle")
    shell.ok("user", "grant", "kalle", "view")
    for words in (("list",), ("show", "7"), ("history", "7")):
        assert shell("customer", *words, "--show-personal", "--as", "kalle").code == 77
        assert "9874" in shell.ok("customer", *words, "--show-personal", "--json").out
    kinds = [line["kind"] for line in shell.ok("customer", "history", "7", "--json").json]
    assert kinds == ["unmasked"] * 3 + ["changed", "created"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "7", "Åkes", "email=x"), 1, "email"),
        (("add", "7", "Åkes", "emial=x"), 1, "Did you mean email?"),
        (("add", "7", "Åkes", "name=Zeta"), 64, "name is given twice"),
        (("add", "7", "Åkes", "phone=1", "phone=2"), 64, "phone is given twice"),
        (("add", "7", "Åkes", "811228-9874"), 64, "Pair 1 is not FIELD=VALUE"),
        (("add", "7", "Åkes", "=x"), 64, "Pair 1 is not FIELD=VALUE"),
        (("add", " ", "Åkes"), 64, "auto"),
        (("add", "7", " "), 1, "name cannot be empty"),
        (("add", "1\n2", "Åkes"), 1, "number"),
        (("add", "x" * 17, "Åkes"), 1, "17 characters"),
        (("add", "7"), 64, "Missing argument 'NAME'"),
        (("add", "1", "Zeta"), 1, "taken by Åkes"),
        (("set", "1", "number="), 1, "number cannot be empty"),
        (("set", "1", "number=2"), 1, "taken"),
        (("set", "1", "organisation_number=811228-****"), 1, "mask"),
        (("set", "1"), 64, "Missing argument"),
        (("set", "9", "phone=1"), 1, "There is no customer 9."),
        (("show", "-7"), 64, "Write -- before a value that begins with a dash."),
        (("show", "--", "-7"), 1, "There is no customer -7."),
        (("show", "\udcff\x00"), 1, "There is no customer."),
        (("renumber", "1", "2"), 1, "taken"),
        (("assign", "1", "nobody"), 1, "There is no user nobody."),
        (("list", "--limit", "0"), 64, "limit"),
        (("lst",), 64, "No such command"),
    ],
)
def test_odd_input_gets_a_clear_answer(shell: Shell, words: tuple[str, ...], code: int, told: str) -> None:
    """A message, a remedy, the right exit code; nothing on standard output, nothing personal anywhere."""
    shell.ok("customer", "add", "1", "Åkes")
    shell.ok("customer", "add", "2", "Zeta")
    answer = shell("customer", *words)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "Remedy: " in answer.err
    assert "9874" not in answer.err


def test_links_are_shown(shell: Shell) -> None:
    """Where the customer stands in each accounting system."""
    shell.ok("customer", "add", "7", "Åkes")
    database = Database("sqlite:///syncd.db")
    with database.session() as session:
        session.add(Connection(id=1, group_id=1, name="Visma", system="visma_eaccounting", created_at=""))
        session.flush()
        session.add(Link(connection_id=1, customer_id=1, remote_id="r-1", state="linked", created_at=""))
        session.commit()
    database.close()
    links = shell.ok("customer", "show", "7", "--json").json["links"]
    assert links == [{"connection": "Visma", "remote_id": "r-1", "number": None, "state": "linked"}]
    assert "Visma: no number, linked (r-1)" in shell.ok("customer", "show", "7").out


def test_numbers_may_begin_with_a_dash(shell: Shell) -> None:
    """After two dashes."""
    shell.ok("customer", "add", "--", "-7", "Åkes", "phone=08-1")
    assert shell.ok("customer", "show", "--json", "--", "-7").json["number"] == "-7"


def test_unprintable_searches_find_nothing(shell: Shell) -> None:
    """Nor do they fail."""
    assert shell.ok("customer", "list", "--search", "\udcffx", "--json").json == []
