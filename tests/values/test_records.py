"""Records as accounting shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from syncd.values.capabilities import Capabilities, FieldRule
from syncd.values.fingerprint import fingerprint, raw_mark
from syncd.values.records import RemoteRecord
from syncd.values.tokens import Tokens
from syncd.values.units import UNITS, unit_of

if TYPE_CHECKING:
    from syncd.register.fields import Value

RECORD = RemoteRecord("r-1", {"number": "1", "name": "Bygg AB", "phone": "08-1", "email": None}, raw="{}", version="v1")


def changed(**fields: Value) -> RemoteRecord:
    """The record with some fields changed."""
    return replace(RECORD, fields={**RECORD.fields, **fields})


@pytest.mark.parametrize(
    ("number", "shown"), [("42", "42"), (" 0042 ", "0042"), ("", None), ("  ", None), (None, None), (True, None)]
)
def test_a_number_is_trimmed_and_may_be_missing(number: Value, shown: str | None) -> None:
    """Numbers are compared after trimming; blanks are no number (S-10, S-17)."""
    assert changed(number=number).number == shown


def test_a_record_without_a_number_field_has_none() -> None:
    """An absent number is no number."""
    assert RemoteRecord("r-1", {}, raw="{}").number is None


def test_noise_does_not_move_a_fingerprint() -> None:
    """A record that accounting merely rewrote is not compared again (S-26)."""
    mark = fingerprint(RECORD)
    assert len(mark) == 32
    assert fingerprint(changed(phone="08 1", name="Bygg  AB", email="")) == mark
    assert fingerprint(replace(RECORD, version="v2", raw="{ }")) == mark
    assert fingerprint(replace(RECORD, fields={name: RECORD.fields[name] for name in sorted(RECORD.fields)})) == mark


@pytest.mark.parametrize(
    "other",
    [
        changed(phone="08-2"),
        changed(email="a@b.se"),
        changed(mobile=None),
        replace(RECORD, fields={"number": "1", "name": "Bygg AB", "phone": "08-1"}),
        replace(RECORD, unfit={"discount_percentage": "too fine"}),
    ],
)
def test_a_meaningful_change_moves_a_fingerprint(other: RemoteRecord) -> None:
    """Every edit, a field that appears and one that cannot be read are seen."""
    assert fingerprint(other) != fingerprint(RECORD)


def test_a_raw_mark_sees_everything() -> None:
    """The vendor's own text is compared as it is."""
    assert raw_mark("{}") == raw_mark("{}")
    assert raw_mark("{}") != raw_mark("{ }")


def test_tokens_do_not_show_themselves() -> None:
    """A token never ends up in a log by accident."""
    shown = repr(Tokens("secret-one", "secret-two", 0.0))
    assert "secret" not in shown


def test_every_field_belongs_to_one_unit() -> None:
    """Each field is judged exactly once, alone or in its group (S-21, S-27)."""
    members = [member for unit in UNITS.values() for member in unit.members]
    assert all(unit_of(name) is unit for unit in UNITS.values() for name in unit.members)
    assert len(members) == len(set(members))
    assert {unit.name for unit in UNITS.values() if unit.is_group} == {
        "invoice_address",
        "visiting_address",
        "mail_address",
        "contact",
    }
    assert UNITS["contact"].members == ("contact_name", "contact_email", "contact_phone", "contact_mobile")
    assert unit_of("invoice_city").name == "invoice_address"
    assert unit_of("phone").members == ("phone",)


def test_a_system_supports_what_it_lists() -> None:
    """A field that is not listed is not supported (S-24)."""
    system = Capabilities("memory", {"phone": FieldRule()})
    assert system.supports("phone")
    assert not system.supports("note")
