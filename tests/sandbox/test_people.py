"""What people do in the program, the clock they live by, and the register to start from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Clock, Company, Switches, populate
from syncd.sandbox.jsontext import dumps, loads
from syncd.sandbox.visma_eaccounting.books import NoSuchRecordError
from syncd.sandbox.visma_eaccounting.fields import table
from syncd.sandbox.visma_eaccounting.seed import check_digit

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox


def test_a_customer_needs_no_details_to_be_added() -> None:
    """What is not given is sensible; None stays null; unknown keys are kept."""
    company = Company()
    plain = company.add_customer()
    assert (plain["CustomerNumber"], plain["InvoiceCity"], plain["InvoicePostalCode"]) == ("1", "Stockholm", "111 22")
    assert plain["TermsOfPayment"]["Id"] == company.settings["TermsOfPaymentId"]
    odd = company.add_customer(CustomerNumber=None, InvoiceCity=None, Hat="red", ChangedUtc="2020-01-01T00:00:00Z")
    assert (odd["CustomerNumber"], odd["InvoiceCity"], odd["Hat"]) == (None, None, "red")
    assert odd["ChangedUtc"] == "2020-01-01T00:00:00Z"
    assert company.customer(odd["Id"]) == odd
    assert company.add_customer(TermsOfPayment={"Name": "own"})["TermsOfPayment"] == {"Name": "own"}


def test_people_can_give_a_number_twice() -> None:
    """The API would refuse it; both can be edited by id."""
    company = Company()
    first, second = (company.add_customer(CustomerNumber="1") for _ in range(2))
    company.edit_customer(second["Id"], Name="Second")
    company.delete_customer(first["Id"])
    assert company.customer("1")["Name"] == "Second"


def test_who_is_not_there_cannot_be_edited() -> None:
    """An error that names the record."""
    company = Company()
    with pytest.raises(NoSuchRecordError, match="customer '1'"):
        company.edit_customer("1", Name="x")
    with pytest.raises(NoSuchRecordError, match="document 'x'"):
        company.document("x")


def test_edits_move_the_stamp_unless_it_is_given() -> None:
    """A label alone moves it only if the switch says so."""
    company = Company()
    first = company.add_customer(CustomerNumber="1")["ChangedUtc"]
    second = company.edit_customer("1", CustomerLabels=[])["ChangedUtc"]
    assert second > first
    company.world.switches = replace(company.world.switches, changed_by_label_edit=False)
    assert company.edit_customer("1", CustomerLabels=[])["ChangedUtc"] == second
    assert company.edit_customer("1", ChangedUtc=first)["ChangedUtc"] == first


def test_documents_can_be_edited_with_or_without_a_stamp() -> None:
    """A given stamp is kept, a document without a known customer refused."""
    company = Company()
    company.add_customer(CustomerNumber="1")
    order = company.add_order("1", ModifiedUtc="2020-01-01T00:00:00Z")
    assert order["ModifiedUtc"] == "2020-01-01T00:00:00Z"
    assert company.edit_document(order["Id"], OurReference="Eva")["ModifiedUtc"] > "2020"
    quote = company.edit_document(company.add_quote("1")["Id"], ModifiedUtc=None)
    assert quote["ModifiedUtc"] is None
    with pytest.raises(NoSuchRecordError):
        company.add_order("2")


def test_records_can_be_cleared() -> None:
    """Indexes and all."""
    company = Company()
    company.add_customer(CustomerNumber="1")
    customers = company.records["customers"]
    customers.clear()
    assert len(customers) == 0
    assert customers.since("") == customers.find("1") == []
    customers.drop("unknown")


def test_a_register_is_likely_and_the_same_for_the_same_seed() -> None:
    """Companies and private persons with valid test numbers, documents with and without reference."""
    one, two, other = Company(), Company(), Company()
    populate(one, 300, seed=7)
    populate(two, 300, seed=7)
    populate(other, 300, seed=8)
    clean = [[{**row, "ChangedUtc": None} for row in company.customers()] for company in (one, two, other)]
    assert clean[0] == clean[1] != clean[2]
    rows = clean[0]
    assert rows[0]["CustomerNumber"] == "1001"
    assert any("å" in row["Name"] or "Ö" in row["Name"] for row in rows)
    assert {row["IsActive"] for row in rows} == {row["IsPrivatePerson"] for row in rows} == {True, False}
    for row in rows:
        digits = re.sub(r"\D", "", row["CorporateIdentityNumber"])[-10:]
        assert check_digit(digits[:9]) == digits[9]
        assert not row["IsPrivatePerson"] or 980 <= int(digits[6:9]) <= 999
    references = {order["OurReference"] for order in one.documents("orders")}
    assert None in references
    assert len(references) > 1
    assert all(one.documents(kind) for kind in ("customerinvoicedrafts", "quotes", "quotedrafts"))
    assert one.settings["NextCustomerNumber"] == 1301


def test_more_customers_can_be_added_to_a_register() -> None:
    """Their numbers follow."""
    company = Company()
    populate(company, 2)
    populate(company, 1, seed=2)
    assert [row["CustomerNumber"] for row in company.customers()] == ["1001", "1002", "1003"]


def test_the_clock_runs_unless_frozen() -> None:
    """It starts where it is told to."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = Clock(start)
    assert timedelta(0) <= clock.now() - start < timedelta(seconds=5)
    clock.freeze()
    assert clock.now() == clock.now()
    clock.advance(10)
    moment = clock.now()
    clock.resume()
    assert timedelta(0) <= clock.now() - moment < timedelta(seconds=5)


def test_stamps_never_repeat_but_follow_the_clock_back() -> None:
    """A small step forwards or none does not give a stamp twice; a jump back does go back."""
    clock = Clock()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock.freeze(start)
    stamps = [clock.stamp() for _ in range(50)]
    assert stamps[0] == "2026-01-01T00:00:00.0000000Z"
    clock.advance(0.000001)
    clock.set(clock.now())
    assert clock.stamp() > stamps[-1]
    assert clock.server_time() > stamps[-1]
    clock.set(start - timedelta(days=1))
    assert clock.stamp() == "2025-12-31T00:00:00.0000000Z"
    assert clock.monotonic() > Clock().monotonic() - 1


def test_json_keeps_the_text_of_numbers() -> None:
    """Zeros behind the point survive reading and writing."""
    text = '{"a":0.1000,"b":[1250.00,-0.50,1,null,true],"c":"0.1000","d":"å\\u0000"}'
    assert dumps(loads(text)) == text
    assert loads("0.1000") == Decimal("0.1")
    with pytest.raises(TypeError, match="set"):
        dumps({1})


def test_a_table_of_properties_must_be_well_formed() -> None:
    """A mistake shows at import."""
    with pytest.raises(ValueError, match="TEXT"):
        table("Name TEXT")


def test_switches_survive_a_round_trip() -> None:
    """As JSON, with whole and broken numbers."""
    switches = Switches(refused_filters=("Name",), lag_seconds=0.5, refuse_all=4003)
    assert Switches.from_json(switches.to_json()) == switches
    assert Switches.from_json({"lag_seconds": Decimal("0.5")}).lag_seconds == 0.5


def test_company_settings_are_answered_as_they_stand(sandbox: Sandbox) -> None:
    """A person's edit shows at once."""
    sandbox.company.settings["OurReference"] = "Ny"
    assert '"OurReference":"Ny"' in dumps(sandbox.company.settings)
