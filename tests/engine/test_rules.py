"""Directions and policies by unit (S-20, S-22, S-24)."""

from __future__ import annotations

from syncd.values.units import UNITS
from tests.engine.builders import FREE, REQUIRED, a_system, some_rules

PHONE, CONTACT, NOTE = UNITS["phone"], UNITS["contact"], UNITS["note"]


def test_a_direction_is_the_setting_else_the_mappings() -> None:
    """An administrator's direction goes before the default of the mapping."""
    system = a_system(directions={"phone": "from_accounting", "contact_name": "to_accounting"})
    assert some_rules(capabilities=system).direction(PHONE) == "from_accounting"
    assert some_rules(capabilities=system).direction(CONTACT) == "to_accounting"
    assert some_rules(capabilities=system, directions={"phone": "off"}).direction(PHONE) == "off"


def test_a_field_that_the_vendor_lacks_is_off_whatever_is_set() -> None:
    """No setting makes an unsupported field move (S-24)."""
    assert some_rules(directions={"note": "both"}).direction(NOTE) == "off"
    assert NOTE not in some_rules(directions={"note": "both"}).judged()


def test_a_group_goes_by_the_members_that_the_vendor_has() -> None:
    """A vendor without a contact name still has the contact's telephone."""
    rules = some_rules(system={"names": ("contact_phone",), "directions": {"contact_phone": "from_accounting"}})
    assert rules.supported(CONTACT) == ("contact_phone",)
    assert rules.direction(CONTACT) == "from_accounting"


def test_newest_is_ask_where_accounting_knows_no_times() -> None:
    """Without times per field nobody is newest (S-22)."""
    assert some_rules(conflict_policy="newest").policy(PHONE) == "ask"
    assert some_rules(policies={"phone": "newest"}).policy(PHONE) == "ask"
    assert some_rules(conflict_policy="newest", system={"knows_field_times": True}).policy(PHONE) == "newest"


def test_a_policy_is_the_fields_else_the_connections() -> None:
    """A policy of one field does not change the others."""
    rules = some_rules(conflict_policy="register", policies={"phone": "accounting"})
    assert rules.policy(PHONE) == "accounting"
    assert rules.policy(CONTACT) == "register"


def test_flows_are_fields_by_direction() -> None:
    """A create sends, and an import takes, the fields of its direction and no others."""
    directions = {"phone": "to_accounting", "email": "from_accounting", "mobile": "off"}
    rules = some_rules(directions=directions, system={"names": (*REQUIRED, *FREE)})
    assert rules.flows("to_accounting") == {"phone"}
    assert rules.flows("from_accounting") == {"email"}
    assert "mobile" not in rules.flows("both", "to_accounting", "from_accounting")
    assert rules.flows("both") == {*REQUIRED, *FREE} - {"phone", "email", "mobile"}


def test_members_are_compared_one_by_one() -> None:
    """A missing member is the same as an empty one."""
    rules = some_rules()
    assert rules.all_same(("phone", "email"), {"phone": "08-1"}, {"phone": "08 1", "email": None})
    assert not rules.all_same(("phone", "email"), {"phone": "08-1"}, {"phone": "08 1", "email": "a@b.se"})
    assert rules.rule("phone").limit == 50
