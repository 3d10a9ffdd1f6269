"""Every answer of the sandbox fits the vendor's own schemas.

The schemas lie beside the checkout and are never copied into it; without them there is
nothing to compare with, and these tests are skipped.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from typing_extensions import override

from syncd.sandbox import Fault, Sandbox, Switches, populate
from syncd.sandbox.visma_eaccounting import books
from tests.sandbox.calling import GOOD, Caller, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "api" / "eaccounting"
FILES = {
    "customers": "customers",
    "orders": "orders",
    "customerinvoicedrafts": "customerinvoicedrafts",
    "quotes": "quotes",
    "quotedrafts": "quotedrafts",
    "companysettings": "company-settings",
    "termsofpayments": "termsofpayment",
    "users": "users",
}
NAMES = {
    "customers": "CustomerApi",
    "orders": "OrderApi",
    "customerinvoicedrafts": "CustomerInvoiceDraftApi",
    "quotes": "QuoteApi",
    "quotedrafts": "QuoteApi",
}
LABELS = [{"Name": "VIP", "Description": None}]

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the vendor's schemas are not beside the checkout")


@cache
def document(resource: str) -> dict[str, Any]:
    file = SCHEMAS / f"visma-{FILES[resource]}-api-openapi.yml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def response(resource: str, method: str, path: str, status: int) -> dict[str, Any] | None:
    """The schema of an answer, by the path's template; None for an answer without a body."""
    paths = document(resource)["paths"]
    words = path.split("/")
    for template, operations in paths.items():
        parts = template.strip("/").split("/")
        fits = len(parts) == len(words) and all(a == b or a.startswith("{") for a, b in zip(parts, words, strict=True))
        if fits and method.lower() in operations:
            answer = operations[method.lower()]["responses"][str(status)]
            content: dict[str, Any] = answer.get("content", {}).get("application/json", {})
            return content.get("schema")
    raise LookupError(path)


def check(resource: str, method: str, path: str, reply: Reply) -> None:
    """Compare an answer with its schema."""
    schema = response(resource, method, path, reply.status)
    if schema is None:
        assert reply.text == ""
        return
    whole = schema | {"components": document(resource)["components"]}
    errors = OAS31Validator(whole, format_checker=oas31_format_checker).iter_errors(json.loads(reply.text))
    assert [f"{error.json_path}: {error.message[:200]}" for error in errors] == []


class Checking(Caller):
    """A caller that compares every answer with the vendor's schema."""

    @override
    def __call__(self, method: str, resource: str, body: object = None, **query: object) -> Reply:
        reply = super().__call__(method, resource, body, **query)
        check(resource.partition("/")[0], method, resource, reply)
        return reply


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(add_future_fields=False, missing_status=400)) as running:
        populate(running.company, 150)
        yield running


@pytest.fixture
def api(sandbox: Sandbox) -> Checking:
    return Checking(sandbox)


@pytest.mark.parametrize("resource", FILES)
def test_every_list_fits_its_schema(api: Checking, resource: str) -> None:
    """All rows of a likely register."""
    assert api.get(resource, _pagesize=1000).status == 200


@pytest.mark.parametrize("resource", NAMES)
def test_every_record_fits_its_schema(sandbox: Sandbox, api: Checking, resource: str) -> None:
    """Read alone and put back, and the refusal for one that is not there."""
    record = sandbox.company.customers()[0] if resource == "customers" else sandbox.company.documents(resource)[0]
    if resource != "customers":
        record = sandbox.company.edit_document(record["Id"], **({"Status": 1} if "Status" in record else {}))
    path = f"{resource}/{record['Id']}"
    assert api.put(path, api.get(path).text).status == 200
    assert api.get(f"{resource}/00000000-0000-4000-8000-00000000ffff").code == (400, 3000)
    assert api.put(path, {}).code == (400, 2000)


def test_a_created_customer_fits_its_schema(sandbox: Sandbox, api: Checking) -> None:
    """With as little as possible, and with labels and copies; then deleted."""
    assert api.post("customers", GOOD).status == 201
    more = {"CustomerLabels": LABELS, "EmailAddress": "a@example.com", "EmailAddresses": ["b@example.com"]}
    made = api.post("customers", GOOD | more | {"DiscountPercentage": 0.25})
    assert made.status == 201
    sandbox.company.edit_customer(made.json["Id"], CustomerNumber=None)
    assert api.get(f"customers/{made.json['Id']}/autoinvoicerecipients").status == 200
    assert api.delete(f"customers/{made.json['Id']}").status == 200


@pytest.mark.parametrize("resource", ["orders", "customerinvoicedrafts", "quotes", "quotedrafts"])
def test_a_created_document_fits_its_schema(sandbox: Sandbox, api: Checking, resource: str) -> None:
    """With a row of text; then deleted."""
    row = {"LineNumber": 1, "IsTextRow": True, "Text": "Rad", "IsWorkCost": False}
    row |= {"EligibleForReverseChargeOnVat": False, "ReversedConstructionServicesVatFree": False}
    body: dict[str, object] = {"CustomerId": sandbox.company.customer("1001")["Id"], "Rows": [row]}
    body |= {"QuoteDate": "2026-03-01", "DueDate": "2026-04-01", "Persons": [{"Ssn": "1", "Amount": 1}]}
    sandbox.switches = replace(sandbox.switches, unknown_keys="ignore")
    made = api.post(resource, body | {"CurrencyCode": "SEK", "OrderDate": "2026-03-01", "Status": 1})
    assert made.status == 201
    assert api.delete(f"{resource}/{made.json['Id']}").status == 200


def test_settings_and_terms_fit_their_schemas(sandbox: Sandbox, api: Checking) -> None:
    """Each alone."""
    assert api.get("companysettings").status == 200
    assert api.get(f"termsofpayments/{sandbox.company.terms[0]['Id']}").status == 200


def test_refusals_fit_their_schema(sandbox: Sandbox, api: Checking) -> None:
    """Validation, duplicates, filters, deletion, and a scripted one."""
    assert api.post("customers", {}).code == (400, 2000)
    assert api.post("customers", GOOD | {"CustomerNumber": "1001"}).code == (400, 4000)
    assert api.get("customers", _filter="Hat eq 1").code == (400, 6000)
    order = sandbox.company.documents("orders")[0]
    assert api.delete(f"customers/{order['CustomerId']}").code == (400, 4001)
    sandbox.faults.add(Fault("status", status=400, code=4034))
    assert api.get("customers").code == (400, 4034)


@pytest.mark.parametrize("resource", NAMES)
def test_the_sandbox_knows_every_property_and_its_limits(resource: str) -> None:
    """Same names in the same order, same lengths, same required and read-only ones."""
    schema = document(resource)["components"]["schemas"][NAMES[resource]]
    known = {prop.name: prop for prop in books.TABLES[resource]}
    assert list(known) == list(schema["properties"])
    for name, prop in known.items():
        published = schema["properties"][name]
        assert prop.length == published.get("maxLength"), name
        assert prop.read_only == published.get("readOnly", False), name
        assert prop.required == (name in schema["required"]), name
        assert prop.nullable == ("null" in published.get("type", "")), name
