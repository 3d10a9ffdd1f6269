"""Every request that the connector sends is one that the vendor describes.

A session exercises every method against the sandbox; its request log is compared with the vendor's schemas, which lie
beside the checkout and are never copied into it. Without them there is nothing to compare with, and this is skipped.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from syncd.errors import RejectedError
from syncd.sandbox import Sandbox, Switches, populate
from tests.connectors.visma import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.connectors.visma_eaccounting import VismaEAccounting
    from syncd.register.fields import Value
    from syncd.sandbox import Request

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "api" / "eaccounting"
FILES = {"companysettings": "company-settings", "termsofpayments": "termsofpayment"}
LIST_PARAMETERS = {"$page", "$pagesize", "$filter", "$orderby"}
"""What the vendor's pages on paging and filtering describe; the schemas declare no parameters at all."""
NEW: dict[str, Value] = {
    "number": "90001",
    "name": "Ny kund AB",
    "type": "company",
    "organisation_number": "556036-0793",
    "vat_number": "SE556036079301",
    "active": True,
    "invoice_line1": "Storgatan 1",
    "invoice_postal_code": "903 26",
    "invoice_city": "Umeå",
    "invoice_country": "SE",
    "visiting_city": "Luleå",
    "contact_email": "eva@example.com",
    "terms_of_payment": "20 dagar netto",
    "discount_percentage": "12.5",
    "currency": "SEK",
    "language": "sv",
    "apartment_number": "1101",
    "housing_association_number": "769600-0000",
}

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the vendor's schemas are not beside the checkout")


@cache
def document(resource: str) -> dict[str, Any]:
    file = SCHEMAS / f"visma-{FILES.get(resource, resource)}-api-openapi.yml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def operation(request: Request) -> dict[str, Any]:
    """The vendor's description of this method and path."""
    words = request.path.removeprefix("/v2/").split("/")
    for template, operations in document(words[0])["paths"].items():
        parts = template.strip("/").split("/")
        fits = len(parts) == len(words) and all(a == b or a.startswith("{") for a, b in zip(parts, words, strict=True))
        if fits and request.method.lower() in operations:
            found: dict[str, Any] = operations[request.method.lower()]
            return found
    raise LookupError(request.method, request.path)


def problems(request: Request) -> list[str]:
    """What the vendor would not recognise."""
    body = operation(request).get("requestBody")
    found = [f"parameter {name}" for name in request.query if name not in LIST_PARAMETERS or "/" in request.path[4:]]
    if body is None:
        return found + (["a body where none is described"] if request.body else [])
    resource = request.path.split("/")[2]
    schema = body["content"]["application/json"]["schema"] | {"components": document(resource)["components"]}
    errors = OAS31Validator(schema, format_checker=oas31_format_checker).iter_errors(json.loads(request.body or "null"))
    return found + [f"{error.json_path}: {error.message[:200]}" for error in errors]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(add_future_fields=False)) as started:
        populate(started.company, 5)
        yield started


def exercise(visma: VismaEAccounting, sandbox: Sandbox) -> None:
    """Call every method of the port."""
    visma.company()
    assert "30 dagar netto" in (visma.capabilities().fields["terms_of_payment"].codes or ())
    (page,) = visma.customers()
    list(visma.customers(page.server_time))
    created = visma.create(NEW)
    changed = visma.update(visma.customer(created.remote_id), {**NEW, "number": "90002", "phone": None})
    visma.update(changed, {"active": False, "discount_percentage": None, "apartment_number": None})
    visma.delete(visma.find("90002")[0].remote_id)
    used = str(sandbox.company.add_quote_draft("1001")["CustomerId"])
    with pytest.raises(RejectedError):
        visma.delete(used)
    for kind in ("orders", "customerinvoicedrafts", "quotes"):
        sandbox.company.add_document(kind, "1001")
    for feed in visma.capabilities().feeds:
        seen = [document for page in visma.documents(feed.name) for document in page.documents if document.is_open]
        list(visma.documents(feed.name, page.server_time))
        visma.write_reference(visma.document(feed.name, seen[-1].remote_id), "Eva Tekniker")


def test_every_request_is_one_the_vendor_describes(sandbox: Sandbox) -> None:
    """The real accounting system takes what the simulated one took."""
    with connected(sandbox) as visma:
        exercise(visma, sandbox)
    asked = [request for request in sandbox.requests if request.path.startswith("/v2/")]
    assert {request.method for request in asked} == {"GET", "POST", "PUT", "DELETE"}
    assert {request.path.split("/")[2] for request in asked} == {
        *("companysettings", "termsofpayments", "customers"),
        *("orders", "customerinvoicedrafts", "quotes", "quotedrafts"),
    }
    assert {f"{one.method} {one.path}": wrong for one in asked if (wrong := problems(one))} == {}
