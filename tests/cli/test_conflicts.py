from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from syncd.engine.questions import CHOICES
from tests.cli.connected import OTHER_PERSON, PERSON, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Shell
    from tests.cli.connected import Connected

TEXT = {"type": ["string", "null"]}
STAMP = {"type": "string", "pattern": "^2.*T.*Z$"}
PROPERTIES: dict[str, Any] = {
    "id": {"type": "integer"},
    "connection": {"type": "string"},
    "kind": {"enum": list(CHOICES)},
    "customer_number": TEXT,
    "customer_name": TEXT,
    "field": TEXT,
    "base": {},
    "register": {},
    "accounting": {},
    "status": {"enum": ["open", "resolved", "closed"]},
    "choices": {"type": "array", "items": {"type": "string"}},
    "message": {"type": "string"},
    "first_seen": STAMP,
    "last_seen": STAMP,
    "times_seen": {"type": "integer", "minimum": 1},
    "resolved_by": TEXT,
    "resolution": TEXT,
}
CONFLICT = {
    "type": "object",
    "properties": PROPERTIES,
    "required": list(PROPERTIES),
    "additionalProperties": False,
}


def checked(document: Any) -> Any:  # noqa: ANN401 - any JSON
    """The conflict, if it has the shape of the contract."""
    Draft202012Validator(CONFLICT).validate(document)
    return document


@pytest.fixture
def visma(shell: Shell, tmp_path: Path) -> Iterator[Connected]:
    with connected(shell, tmp_path) as made:
        yield made


def test_a_conflict_is_listed_shown_and_resolved(visma: Connected) -> None:
    """Both sides beside what they last agreed on; the next run carries the answer out."""
    number = str(visma.question())
    listed = checked(visma.ok("conflicts", "list", "--json").json[0])
    values = [listed[name] for name in ("base", "register", "accounting")]
    assert values == ["08-100 10 10", "08-200 20 20", "08-300 30 30"]
    assert (listed["kind"], listed["field"], listed["choices"]) == ("field", "phone", [*CHOICES["field"]])
    assert checked(visma.ok("conflicts", "show", number, "--json").json) == listed
    shown = visma.ok("conflicts", "show", number).out
    assert "≠   phone" in shown
    assert "last changed" in shown
    assert f"syncd conflicts resolve {number} --take register" in shown
    resolved = checked(visma.ok("conflicts", "resolve", number, "--take", "register", "--json").json)
    assert (resolved["status"], resolved["resolution"], resolved["resolved_by"]) == ("resolved", "register", "anna")
    visma.sync()
    assert visma.company.customer("1")["Telephone"] == "08-200 20 20"
    assert visma.ok("conflicts", "list", "--json").json == []
    assert visma.ok("conflicts", "list").out == "No conflicts are open.\n"
    assert checked(visma.ok("conflicts", "list", "--all", "--json").json[0])["resolution"] == "register"
    assert "resolved: register" in visma.ok("conflicts", "list", "--status", "resolved").out
    assert "What you can answer" not in visma.ok("conflicts", "show", number).out


def test_an_answer_can_be_carried_out_at_once(visma: Connected) -> None:
    """Another value than both sides', written to both."""
    number = str(visma.question())
    answer = visma.ok("conflicts", "resolve", number, "--value", "08-400 40 40", "--sync")
    assert "Done: 1 field changed in accounting, 1 field changed in the register" in answer.out
    assert visma.company.customer("1")["Telephone"] == "08-400 40 40"
    assert visma.ok("customer", "show", "1", "--json").json["phone"] == "08-400 40 40"


def test_an_answer_and_its_run_are_one_document(visma: Connected) -> None:
    """The conflict, with the run beside it."""
    number = str(visma.question())
    told = visma.ok("conflicts", "resolve", number, "--take", "accounting", "--sync", "--json").json
    assert (told["resolution"], told["sync"][0]["counts"]["update_in_register"]) == ("accounting", 1)


def test_conflicts_are_resolved_in_bulk(visma: Connected) -> None:
    """By filters; those that do not take the answer are left, and said."""
    visma.question()
    visma.company.add_customer(CustomerNumber=None)
    visma.sync()
    none = visma("conflicts", "resolve", "--all", "--kind", "no_number", "--take", "register")
    assert (none.code, none.out) == (1, "No conflict was resolved.\n")
    told = visma.ok("conflicts", "resolve", "--all", "--connection", "visma", "--take", "register", "--json").json
    assert [one["kind"] for one in told["resolved"]] == ["field"]
    assert len(told["left"]) == 1
    visma.sync()
    assert visma.ok("conflicts", "resolve", "--all", "--take", "register", "--customer", "1").out.startswith("No")
    (unanswerable,) = visma.ok("conflicts", "list", "--kind", "no_number", "--json").json
    assert "closes by itself" in visma.ok("conflicts", "show", str(unanswerable["id"])).out


def test_a_side_that_moved_meanwhile_refuses_the_answer(visma: Connected) -> None:
    """The conflict is shown anew."""
    number = str(visma.question())
    visma.ok("customer", "set", "1", "phone=08-555 55 55")
    answer = visma("conflicts", "resolve", number, "--take", "register")
    assert answer.code == 1
    assert "changed meanwhile" in answer.err
    assert "08-555 55 55" in answer.out
    visma.ok("customer", "set", "1", "phone=08-666 66 66")
    answer = visma("conflicts", "resolve", number, "--take", "register", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert visma.ok("conflicts", "show", number, "--json").json["register"] == "08-666 66 66"


@pytest.mark.parametrize(
    "words",
    [
        ("1",),
        ("1", "--take", "register", "--value", "x"),
        ("1", "--take", "nobody"),
        ("1", "--all", "--take", "register"),
        ("--take", "register"),
        ("1", "--customer", "1", "--take", "register"),
        ("--all", "--value", "x"),
        ("--all", "--status", "closed", "--take", "register"),
        ("one", "--take", "register"),
    ],
)
def test_contradictions_are_wrong_use(shell: Shell, words: tuple[str, ...]) -> None:
    """64, with a remedy."""
    answer = shell("conflicts", "resolve", *words)
    assert answer.code == 64
    assert "Remedy" in answer.err


def test_what_is_not_there_ends_in_1(visma: Connected) -> None:
    """Unknown conflicts and answers, and a filter that makes no sense is wrong use."""
    number = str(visma.question())
    assert visma("conflicts", "show", "99").code == 1
    assert visma("conflicts", "resolve", "99", "--take", "register").code == 1
    assert visma("conflicts", "resolve", number, "--answer", "same").code == 1
    assert visma("conflicts", "list", "--kind", "nonsense").code == 64
    assert visma("conflicts", "list", "--connection", "nowhere").code == 1


def test_groups_are_compared_member_by_member(visma: Connected) -> None:
    """What differs stands first; the list shows only that."""
    words = ("invoice_line1=Åsgatan 1", "invoice_city=Umeå", "invoice_postal_code=903 26")
    visma.ok("customer", "add", "1", "Åkes Bygg", *words)
    visma.first_sync()
    visma.ok("customer", "set", "1", "invoice_line1=Åsgatan 2")
    visma.company.edit_customer("1", InvoiceAddress1="Åsgatan 3")
    visma.sync()
    listed = visma.ok("conflicts", "list")
    assert "invoice_line1: Åsgatan 2" in listed.out
    assert "invoice_city" not in listed.out
    shown = visma.ok("conflicts", "show", "1").out
    assert shown.index("≠   invoice_line1") < shown.index("invoice_city")
    value = '{"invoice_line1": "Åsgatan 4"}'
    visma.ok("conflicts", "resolve", "1", "--value", value, "--sync")
    assert visma.company.customer("1")["InvoiceAddress1"] == "Åsgatan 4"


def test_a_customer_that_accounting_cannot_hold_is_explained(visma: Connected) -> None:
    """Before it exists there; the value it can hold is typed."""
    visma.ok("customer", "add", "1", "Å" * 60, "invoice_city=Umeå", "invoice_postal_code=903 26")
    visma.first_sync()
    shown = visma.ok("conflicts", "show", "1").out
    assert "syncd conflicts resolve 1 --answer accounting_only --value TEXT" in shown


def test_personal_numbers_are_masked_unless_asked_for(visma: Connected) -> None:
    """In every shape; who asks is written down."""
    visma.ok("customer", "add", "1", "Åke Ek", "type=private", f"organisation_number={PERSON}")
    visma.company.add_customer(CustomerNumber="1", Name="Åke Ek", CorporateIdentityNumber=OTHER_PERSON)
    visma.first_sync()
    found = [visma.ok("conflicts", *words).out for words in (["list"], ["list", "--json"], ["show", "1"])]
    assert all("811228-****" in text for text in found)
    assert not any(PERSON in text or OTHER_PERSON in text for text in found)
    assert PERSON in visma.ok("conflicts", "show", "1", "--show-personal", "--json").out
    assert PERSON in visma.ok("conflicts", "list", "--show-personal").out
    assert "unmasked" in visma.ok("customer", "history", "1").out
