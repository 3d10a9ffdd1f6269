"""Fields in the places that an administrator chose on Visma's customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from syncd.mapping import visma_eaccounting as visma
from syncd.mapping.overlay import overlay, parse, parse_object
from syncd.values.records import RemoteRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.mapping.overlay import JsonValue
    from syncd.mapping.visma_eaccounting.fields import Place
    from syncd.register.fields import Value

CHOSEN = {"custom.floor": "ElectronicReference", "note": "Note", "mail_address": "Delivery"}
TERMS = visma.Terms.of([])
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=35)


def by_name() -> dict[str, Place]:
    return {place.name: place for place in visma.places(CHOSEN)}


def read(values: Mapping[str, JsonValue]) -> RemoteRecord:
    raw = overlay("{}", {"Id": "5b1f1a70-0000-4000-8000-000000000001", **values})
    record = visma.to_record(raw, parse(raw), lambda _: None, visma.places(CHOSEN))
    assert isinstance(record, RemoteRecord)
    return record


def test_without_a_choice_nothing_stands_there() -> None:
    """Comments, note, mail address and the group's own fields are nobody's business in accounting (S-24)."""
    assert visma.places({}) == visma.places({"custom.floor": "Nowhere"})
    names = {place.name for place in visma.places({})}
    assert not {name for name in names if name.startswith(("mail_", "custom."))} | (names & {"note", "comments"})
    assert "custom.floor" not in visma.capabilities(None).fields


def test_what_a_chosen_place_holds_is_known() -> None:
    """Limit and place are the vendor's, for the engine to judge by (S-23)."""
    can = visma.capabilities(None, chosen=CHOSEN)
    rules = can.fields
    assert (rules["custom.floor"].limit, rules["custom.floor"].target) == (35, "ElectronicReference")
    assert (rules["note"].limit, rules["note"].direction) == (4000, "both")
    assert {rules[f"mail_{part}"].target for part in ("line1", "line2", "postal_code", "city", "country")} == {
        "Delivery"
    }
    city = rules["mail_city"]
    assert (city.limit, city.direction, city.required) == (50, "both", False)
    assert set(can.targets) == {"Note", "DeliveryCustomerName", "ElectronicReference", "Delivery"}


def test_what_our_field_cannot_hold_is_said() -> None:
    """Never cut: a text with lines in a field of one line, and one that is too long for it."""
    places = visma.places({"custom.floor": "Note"})

    def unfit(text: str) -> Mapping[str, str]:
        raw = overlay("{}", {"Id": "5b1f1a70-0000-4000-8000-000000000001", "Note": text})
        record = visma.to_record(raw, parse(raw), lambda _: None, places)
        assert isinstance(record, RemoteRecord)
        assert ("custom.floor" in record.fields) is not ("custom.floor" in record.unfit)
        return record.unfit

    assert unfit("two\nlines") == {"custom.floor": "has several lines there, the register takes one"}
    assert unfit("x" * 1001) == {"custom.floor": "holds 1001 characters there, the register takes 1000"}
    assert unfit("x" * 1000) == unfit("one line\n") == {}
    note = "two\n" + "x" * 1001
    assert read({"Note": note}).fields == {"note": note}


def test_a_new_customer_takes_its_chosen_places_with_it() -> None:
    """What a create holds stands where a change would put it."""
    body = parse_object(visma.create_body({"note": "Port 3", "mail_city": "Umeå"}, TERMS, {}, by_name()))
    assert (body["Note"], body["DeliveryCity"]) == ("Port 3", "Umeå")
    assert read({"DeliveryCity": "Umeå"}).fields["mail_city"] == "Umeå"


@given(st.dictionaries(st.sampled_from(["custom.floor", "note", "mail_line1", "mail_city", "phone"]), st.none() | TEXT))
def test_what_is_written_is_read_again(changes: dict[str, Value]) -> None:
    """Round trip of every chosen place, and no other key is touched."""
    places = by_name()
    wire = visma.changes_to_wire(changes, {}, TERMS, places)
    assert set(wire) == {places[name].key for name in changes}
    record = read(wire)
    assert {name: record.fields[name] for name in changes} == changes
