"""What an accounting system can hold (S-23)."""

from __future__ import annotations

import pytest

from syncd.engine.fit import misfit, misfits
from syncd.values.capabilities import Capabilities, FieldRule
from tests.engine.builders import some_rules

RULES = some_rules(
    capabilities=Capabilities(
        "memory",
        {
            "name": FieldRule(limit=5, required=True),
            "phone": FieldRule(limit=5),
            "note": FieldRule(),
            "terms_of_payment": FieldRule(codes=frozenset({"30", "10"})),
            "active": FieldRule(limit=1, required=True),
        },
    )
)


@pytest.mark.parametrize("value", ["x" * 5, "ååååå", "x"])
def test_a_value_up_to_the_limit_fits(value: str) -> None:
    """The limit counts characters, and is allowed itself."""
    assert misfit("name", value, RULES) is None


def test_a_value_over_the_limit_is_named_by_its_length() -> None:
    """Field, length, limit and remedy are told, the value is not (S-23)."""
    found = misfit("phone", "secret", RULES)
    assert found is not None
    assert (found.field, found.reason) == ("phone", "phone is 6 characters, accounting holds 5: shorten it")


@pytest.mark.parametrize("value", [None, "", "   "])
def test_only_a_required_field_may_not_be_empty(value: str | None) -> None:
    """A field that accounting requires is never sent empty (S-23)."""
    found = misfit("name", value, RULES)
    assert found is not None
    assert found.reason == "name is required by accounting: fill it in the register"
    assert misfit("phone", value, RULES) is None
    assert misfit("terms_of_payment", value, RULES) is None


def test_a_code_must_exist_there() -> None:
    """A code that accounting does not have is asked about (S-23)."""
    assert misfit("terms_of_payment", "30", RULES) is None
    found = misfit("terms_of_payment", "45", RULES)
    assert found is not None
    assert found.reason == "terms_of_payment holds a code that accounting does not have: choose one of its own"


def test_yes_and_no_have_no_length() -> None:
    """An active customer fits, and so does an inactive one."""
    assert misfit("active", value=True, rules=RULES) is None
    assert misfit("active", value=False, rules=RULES) is None


def test_every_misfit_is_found() -> None:
    """All that does not fit is told at once."""
    found = misfits({"name": None, "phone": "x" * 9, "note": "y" * 999}, RULES)
    assert [item.field for item in found] == ["name", "phone"]
