"""Our words as Visma eAccounting's JSON: what changes in a customer, and the body of a new one (FACTS §5).

The register has three fields where Visma has one reference with a type. The apartment goes first, because a
deduction for an apartment needs it: with an apartment number the reference is that number (type 1) and
TaxDeductionNumber the housing association's; without one it is the property's designation (type 2). A designation
beside an apartment number therefore stays in the register alone, and the vendor's answer says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from syncd.errors import RejectedError
from syncd.mapping.overlay import overlay
from syncd.mapping.visma_eaccounting.customer import APARTMENT, PROPERTY
from syncd.mapping.visma_eaccounting.fields import PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.mapping.overlay import JsonObject, JsonValue
    from syncd.mapping.visma_eaccounting.fields import Place
    from syncd.mapping.visma_eaccounting.terms import Terms
    from syncd.register.fields import Value

_PROPERTY_FIELDS = ("apartment_number", "property_designation")


def changes_to_wire(
    changes: Mapping[str, Value], seen: Mapping[str, Value], terms: Terms, places: Mapping[str, Place] = PLACE
) -> JsonObject:
    """The keys that must be overlaid to make ``changes``, and no other. ``seen``: the fields as just read.

    Raises ``RejectedError`` for terms of payment that the company does not have.
    """
    wire: JsonObject = {}
    for name, value in changes.items():
        place = places[name]
        if place.form == "terms":
            wire |= _terms(value, terms)
        elif place.form != "property":
            wire[place.key] = _plain(place, value)
    if any(name in changes for name in _PROPERTY_FIELDS):
        wire |= _property(changes, seen)
    return wire


def create_body(
    fields: Mapping[str, Value],
    terms: Terms,
    defaults: Mapping[str, JsonValue],
    places: Mapping[str, Place] = PLACE,
) -> str:
    """The body of a new customer: the filled fields over ``defaults``; what is empty is left out."""
    wire = changes_to_wire({name: value for name, value in fields.items() if value is not None}, {}, terms, places)
    return overlay("{}", {"IsActive": True, "IsPrivatePerson": False, **defaults, **wire})


def _plain(place: Place, value: Value) -> JsonValue:
    match place.form:
        case "type":
            return value == "private"
        case "percent":
            return Decimal(str(value or "0")).scaleb(-2)
        case _:
            return value


def _terms(value: Value, terms: Terms) -> JsonObject:
    """Terms cannot be taken away from a customer (FACTS §5.1, required): an erasure changes nothing."""
    if value is None:
        return {}
    term_id = terms.id_of(str(value))
    if term_id is None:
        reason = "the accounting system has no such terms of payment for sales"
        raise RejectedError(
            f"terms_of_payment does not fit: {reason}", fields=(("TermsOfPaymentId", reason),), code="does_not_fit"
        )
    return {"TermsOfPaymentId": term_id}


def _property(changes: Mapping[str, Value], seen: Mapping[str, Value]) -> JsonObject:
    """Type and reference together, when they differ from what stands there."""
    wanted = _reference({**seen, **changes})
    if all(name in seen for name in _PROPERTY_FIELDS) and wanted == _reference(seen):
        return {}
    kind, reference = wanted
    return {"PropertyType": kind, "PropertyReference": reference}


def _reference(fields: Mapping[str, Value]) -> tuple[int | None, Value]:
    apartment, designation = (fields.get(name) or None for name in _PROPERTY_FIELDS)
    if apartment is not None:
        return APARTMENT, apartment
    return (None, None) if designation is None else (PROPERTY, designation)
