"""Scopes, variants, modules, company status, quotas: facts §4 and §10.6."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.calling import GOOD, Caller

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox


def with_scopes(sandbox: Sandbox, *scopes: str) -> Caller:
    return Caller(sandbox, sandbox.issue_access_token(scopes=scopes))


def test_reading_and_writing_need_their_scopes(sandbox: Sandbox) -> None:
    """4006 otherwise; ea:api is needed always."""
    reader = with_scopes(sandbox, "ea:api", "ea:sales_readonly")
    assert reader.get("customers").status == 200
    assert reader.post("customers", GOOD).code == (403, 4006)
    assert with_scopes(sandbox, "ea:sales").get("customers").code == (403, 4006)
    buyer = with_scopes(sandbox, "ea:api", "ea:purchase")
    assert buyer.get("customers").code == (403, 4006)
    assert buyer.get("termsofpayments").status == 200
    accountant = with_scopes(sandbox, "ea:api", "ea:accounting_readonly")
    assert accountant.get("termsofpayments").code == (403, 4006)
    assert accountant.get("users").status == 200


def test_a_refusal_can_come_with_400(sandbox: Sandbox) -> None:
    """Which of them is 403 and which 400 is unknown."""
    sandbox.switches = replace(sandbox.switches, forbidden_status=400)
    assert with_scopes(sandbox, "ea:api").get("customers").code == (400, 4006)


def test_a_variant_lacks_what_it_does_not_have(sandbox: Sandbox, api: Caller) -> None:
    """Solo has customers and invoice drafts, but no orders and quotes: 4009."""
    sandbox.company.settings["ProductVariant"] = 4
    assert api.get("customers").status == 200
    assert api.get("customerinvoicedrafts").status == 200
    assert {api.get(kind).code for kind in ("orders", "quotes", "quotedrafts")} == {(403, 4009)}


def test_a_module_that_is_not_activated_is_missed(sandbox: Sandbox, api: Caller) -> None:
    """4002, with the module's name in the text."""
    sandbox.company.settings["ActivatedModules"] = ["api_standard"]
    reply = api.get("orders")
    assert reply.code == (403, 4002)
    assert reply.json["DeveloperErrorMessage"].endswith("No access to module: sales_standard")
    assert api.get("customers").status == 200
    sandbox.company.settings["ActivatedModules"] = None
    assert "api_standard" in api.get("customers").json["DeveloperErrorMessage"]


def test_an_inactive_company_answers_nothing(sandbox: Sandbox, api: Caller) -> None:
    """4004; a read-only company can still be read."""
    sandbox.company.settings["CompanyStatus"] = 0
    assert api.get("customers").code == (403, 4004)
    sandbox.company.settings["CompanyStatus"] = 2
    assert api.get("customers").status == 200
    assert api.post("customers", GOOD).code == (403, 4004)


@pytest.mark.parametrize("code", [4003, 4007, 4011, 4012, 4034])
def test_everything_can_be_refused(sandbox: Sandbox, api: Caller, code: int) -> None:
    """Start-up guide, permission, access, licence, sandbox client."""
    sandbox.switches = replace(sandbox.switches, refuse_all=code)
    assert api.get("customers").code == (403, code)


def test_a_read_only_user_can_read(sandbox: Sandbox, api: Caller) -> None:
    """And is refused with 4019 when writing."""
    sandbox.switches = replace(sandbox.switches, refuse_all=4019)
    assert api.get("customers").status == 200
    assert api.post("customers", GOOD).code == (403, 4019)


def test_too_many_calls_are_told_how_long_to_wait(sandbox: Sandbox, api: Caller) -> None:
    """429 with 4010; the seconds stand in the text, and in a header if switched."""
    sandbox.switches = replace(sandbox.switches, rate_limit=2)
    assert [api.get("customers").status for _ in range(3)] == [200, 200, 429]
    assert api.get("users").status == 200
    reply = api.get("customers")
    assert reply.code == (429, 4010)
    seconds = int(reply.headers["Retry-After"])
    assert 58 <= seconds <= 60
    text = f"API calls quota exceeded! maximum admitted 2 per Minute. Try again in {seconds} seconds."
    assert reply.json["DeveloperErrorMessage"] == text
    sandbox.switches = replace(sandbox.switches, retry_after_header=False)
    assert "Retry-After" not in api.get("customers").headers
    sandbox.clock.advance(61)
    assert api.get("customers").status == 200


def test_ids_in_the_path_may_share_a_quota(sandbox: Sandbox, api: Caller) -> None:
    """Whether they are addresses of their own is unknown."""
    ids = [sandbox.company.add_customer()["Id"] for _ in range(2)]
    sandbox.switches = replace(sandbox.switches, rate_limit=1)
    assert [api.get(f"customers/{id_}").status for id_ in ids] == [200, 200]
    sandbox.switches = replace(sandbox.switches, rate_paths="endpoint")
    assert [api.get(f"customers/{id_}").status for id_ in ids] == [200, 429]


def test_all_companies_share_the_clients_quota(sandbox: Sandbox, api: Caller) -> None:
    """It is counted per client, not per tenant."""
    other = Caller(sandbox, sandbox.issue_access_token(sandbox.add_company()))
    sandbox.switches = replace(sandbox.switches, rate_limit=1)
    assert api.get("customers").status == 200
    assert other.get("customers").status == 429
