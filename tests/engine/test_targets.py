"""Which field an administrator may put where (S-23, S-24)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.engine.settings import parse_setting
from syncd.engine.targets import checked_targets, fitting, targets, with_targets
from syncd.errors import RefusedError
from syncd.values.capabilities import Capabilities, FieldRule, Target

CAN = Capabilities(
    "x", {}, targets={"Note": Target(4000, lines=True), "Line": Target(35), "Place": Target(address=True)}
)
OWN = {"custom.floor": "text", "custom.area": "number", "custom.gate": "yes_no"}


def test_a_field_gets_the_place_that_was_chosen() -> None:
    """An empty text takes the place away again."""
    stored = {"field.custom.floor.target": "Line", "field.note.target": "Note", "field.mail_address.target": None}
    assert targets(stored) == {"custom.floor": "Line", "note": "Note"}
    assert checked_targets(stored, CAN, OWN) == {}
    assert parse_setting("field.custom.floor.target", " Line ") == "Line"
    assert parse_setting("field.custom.floor.target", "") is None
    assert parse_setting("field.custom.floor.direction", "off") == "off"
    assert parse_setting("field.custom.floor.policy", "register") == "register"


def test_a_chosen_place_says_what_the_field_may_hold() -> None:
    """Like a place that the field has by itself; a whole address is divided by the vendor, an unknown place is none."""
    stored = {"field.custom.floor.target": "Line", "field.mail_address.target": "Place", "field.note.target": "Gone"}
    can = with_targets(replace(CAN, fields={"name": FieldRule(limit=50)}), stored)
    assert can.fields == {"name": FieldRule(limit=50), "custom.floor": FieldRule(limit=35)}
    assert can.targets == CAN.targets


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("custom.floor", ("Note", "Line")),
        ("custom.area", ("Note", "Line")),
        ("custom.gate", ()),
        ("note", ("Note",)),
        ("mail_address", ("Place",)),
    ],
)
def test_only_places_that_can_hold_a_field_are_offered(name: str, places: tuple[str, ...]) -> None:
    """What would be refused is not in the list."""
    assert fitting(name, CAN, OWN) == places


@pytest.mark.parametrize("visiting", [{}, {"field.visiting_address.direction": "off"}])
def test_the_mail_address_may_have_the_place_that_the_visiting_address_leaves(visiting: dict[str, str]) -> None:
    """One of the two is off."""
    assert checked_targets({"field.mail_address.target": "Place", **visiting}, CAN, OWN) == {}


def test_what_is_no_text_goes_to_accounting_alone() -> None:
    """A number typed as a text there need not be one."""
    stored = {"field.custom.area.target": "Line"}
    assert checked_targets(stored, CAN, OWN) == {"field.custom.area.direction": "to_accounting"}
    assert checked_targets({**stored, "field.custom.area.direction": "off"}, CAN, OWN) == {}
    for way in ("both", "from_accounting"):
        with pytest.raises(RefusedError, match=r"custom\.area is no text") as refused:
            checked_targets({**stored, "field.custom.area.direction": way}, CAN, OWN)
        assert refused.value.remedy == "Set field.custom.area.direction=to_accounting."


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ({"field.note.target": "Name"}, "accounting has no free place Name"),
        ({"field.custom.roof.target": "Line"}, "there is no such custom field"),
        ({"field.custom.gate.target": "Line"}, "it is yes or no"),
        ({"field.note.target": "Line"}, "it may have several lines"),
        ({"field.comments.target": "Place"}, "that place takes a whole address"),
        ({"field.mail_address.target": "Note"}, "a whole address needs a place for one"),
        ({"field.note.target": "Note", "field.comments.target": "Note"}, "target of several fields: comments, note"),
        (
            {"field.mail_address.target": "Place", "field.visiting_address.direction": "both"},
            "the visiting address and the mail address share one place",
        ),
    ],
)
def test_a_place_that_does_not_fit_is_refused(stored: dict[str, str], told: str) -> None:
    with pytest.raises(RefusedError, match=told) as refused:
        checked_targets(stored, CAN, OWN)
    assert refused.value.remedy


def test_a_refusal_names_the_places_that_there_are() -> None:
    """Or says that this accounting system has none."""
    for can, told in ((CAN, "Free places: Note, Line, Place."), (replace(CAN, targets={}), "It has none.")):
        with pytest.raises(RefusedError) as refused:
            checked_targets({"field.note.target": "Name"}, can, OWN)
        assert refused.value.remedy == told


@pytest.mark.parametrize(
    "key", ["field.phone.target", "field.custom..target", "field.custom.direction", "field.x.policy"]
)
def test_other_fields_have_their_own_place(key: str) -> None:
    with pytest.raises(RefusedError, match="no such connection setting"):
        parse_setting(key, "Note")
