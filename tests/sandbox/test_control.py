"""The control interface: everything that a test does with the object, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.calling import GOOD, Caller, Form, control

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox


def test_it_says_where_everything_is(sandbox: Sandbox) -> None:
    """Addresses, client and companies."""
    about = control(sandbox, "GET", "")
    assert about["api_url"] == sandbox.api_url
    assert about["client_secret"] == sandbox.client_secret
    assert about["companies"] == [{"id": sandbox.company.id, "name": "Testbolaget AB"}]


def test_people_edit_customers(sandbox: Sandbox) -> None:
    """Added, listed, read, edited, deleted; numbers keep their text."""
    made = control(sandbox, "POST", "customers", {"CustomerNumber": "1", "Name": "A"})
    assert control(sandbox, "GET", "customers") == [made]
    assert control(sandbox, "PUT", "customers/1", {"DiscountPercentage": 0.25})["DiscountPercentage"] == 0.25
    assert control(sandbox, "GET", f"customers/{made['Id']}")["Name"] == "A"
    assert control(sandbox, "DELETE", "customers/1") is None
    assert control(sandbox, "GET", "customers/1") == 404
    assert control(sandbox, "PATCH", "customers/1") == 404


def test_people_edit_documents(sandbox: Sandbox) -> None:
    """Of every kind, by the names of the API."""
    sandbox.company.add_customer(CustomerNumber="1")
    made = control(sandbox, "POST", "documents/orders", {"customer": "1", "OurReference": "Eva"})
    assert control(sandbox, "GET", "documents/orders") == [made]
    path = f"documents/orders/{made['Id']}"
    assert control(sandbox, "PUT", path, {"Status": 3})["Status"] == 3
    assert control(sandbox, "GET", path)["OurReference"] == "Eva"
    assert control(sandbox, "DELETE", path) is None
    assert control(sandbox, "GET", path) == 404
    assert control(sandbox, "GET", "documents/hats") == 404
    assert control(sandbox, "GET", "documents") == 404
    assert control(sandbox, "PATCH", path) == 404


def test_settings_terms_and_users_can_be_edited(sandbox: Sandbox) -> None:
    """Settings key by key, the lists as a whole."""
    assert control(sandbox, "PUT", "settings", {"OurReference": "X"})["City"] == "Stockholm"
    assert control(sandbox, "GET", "settings")["OurReference"] == "X"
    terms = control(sandbox, "GET", "terms")
    assert control(sandbox, "PUT", "terms", terms[:1]) == terms[:1] == sandbox.company.terms
    assert len(control(sandbox, "GET", "users")) == 2


def test_another_company_is_named_by_its_id(sandbox: Sandbox) -> None:
    """An unknown one is not found."""
    other = control(sandbox, "POST", "companies", {"name": "Andra AB"})["id"]
    control(sandbox, "POST", f"customers?company={other}", {"Name": "B"})
    assert control(sandbox, "GET", "customers") == []
    assert len(control(sandbox, "GET", f"customers?company={other}")) == 1
    assert control(sandbox, "GET", "customers?company=x") == 404


def test_the_log_can_be_read_and_cleared(sandbox: Sandbox, api: Caller) -> None:
    """Control calls are not in it."""
    api.get("customers")
    api.post("customers", GOOD)
    assert [line["method"] for line in control(sandbox, "GET", "requests")] == ["GET", "POST"]
    (write,) = control(sandbox, "GET", "requests?writes=1")
    assert control(sandbox, "GET", "requests?count=1") == {"requests": 2, "writes": 1}
    assert write["status"] == 201
    assert control(sandbox, "DELETE", "requests") == []
    assert control(sandbox, "GET", "requests") == []


def test_faults_can_be_planned_and_cleared(sandbox: Sandbox, api: Caller) -> None:
    """One, a list, or by chance; they never strike the control interface."""
    planned = control(sandbox, "POST", "faults", {"kind": "error_500", "times": None})
    assert [one["kind"] for one in planned] == ["error_500"]
    control(sandbox, "POST", "faults", [{"kind": "slow", "seconds": 0.01}])
    control(sandbox, "POST", "faults", {"seed": 1, "rate": 1.0})
    assert api.get("users").status == 500
    assert len(control(sandbox, "GET", "faults")) == 2
    assert control(sandbox, "DELETE", "faults") == []
    assert api.get("users").status == 200
    assert control(sandbox, "POST", "faults", {"kind": "hat"}) == 400


def test_switches_can_be_set_by_name(sandbox: Sandbox) -> None:
    """Others stay; unknown names and positions are refused."""
    after = control(sandbox, "PUT", "switches", {"vies": "down", "granted_scopes": ["ea:api"], "lag_seconds": 0.5})
    assert after == control(sandbox, "GET", "switches")
    assert sandbox.switches.vies == "down"
    assert sandbox.switches.granted_scopes == ("ea:api",)
    assert control(sandbox, "PUT", "switches", {"rate_limit": 5})["vies"] == "down"
    assert control(sandbox, "PUT", "switches", {"hat": 1}) == 400
    assert control(sandbox, "PUT", "switches", {"vies": "perhaps"}) == 400


def test_the_clock_can_be_set(sandbox: Sandbox) -> None:
    """Frozen, set, advanced, running again."""
    start = {"freeze": True, "set": "2030-01-01T00:00:00+00:00"}
    assert control(sandbox, "PUT", "clock", start) == {"now": "2030-01-01T00:00:00+00:00"}
    assert control(sandbox, "PUT", "clock", {"advance": 90})["now"] == "2030-01-01T00:01:30+00:00"
    control(sandbox, "PUT", "clock", {"freeze": False})
    assert control(sandbox, "GET", "clock")["now"] > "2030-01-01T00:01:30"


def test_tokens_can_be_issued_and_ended(sandbox: Sandbox, identity: Form) -> None:
    """As if a person had consented, or changed the password."""
    token = control(sandbox, "POST", "refresh-tokens")["refresh_token"]
    fresh = identity.refresh(token).json
    narrow = control(sandbox, "POST", "refresh-tokens", {"scopes": ["ea:api"]})["refresh_token"]
    assert identity.refresh(narrow).json["scope"] == "ea:api"
    control(sandbox, "POST", "expire-access-tokens")
    assert Caller(sandbox, fresh["access_token"]).get("users").status == 401
    control(sandbox, "POST", "kill-tokens")
    assert identity.refresh(fresh["refresh_token"]).json == {"error": "invalid_grant"}


def test_a_register_can_be_filled_and_everything_reset(sandbox: Sandbox) -> None:
    """Reset leaves one empty company and default switches."""
    control(sandbox, "POST", "populate", {"customers": 3})
    control(sandbox, "PUT", "switches", {"vies": "down"})
    assert len(control(sandbox, "GET", "customers")) == 3
    control(sandbox, "POST", "reset")
    assert control(sandbox, "GET", "customers") == []
    assert sandbox.switches.vies == "ok"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "hats", None, 404),
        ("POST", "customers", [1], 400),
        ("POST", "populate", {"hats": 1}, 400),
        ("PUT", "clock", {"set": "noon"}, 400),
        ("POST", "documents/orders", {"customer": "9"}, 404),
    ],
)
def test_a_control_call_that_makes_no_sense_is_refused(
    sandbox: Sandbox, method: str, path: str, body: object, status: int
) -> None:
    """With a word about it instead of a broken connection."""
    assert control(sandbox, method, path, body) == status
