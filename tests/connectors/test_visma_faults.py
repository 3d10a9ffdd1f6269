"""What goes wrong between us and Visma eAccounting, and what syncd then knows and does."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
import respx
from typing_extensions import override

from syncd.connectors.retry import Retry
from syncd.connectors.visma_eaccounting import VismaSettings
from syncd.errors import (
    DuplicateError,
    NeedsAttentionError,
    NeedsConsentError,
    RejectedError,
    StopError,
    TryLaterError,
    UnknownOutcomeError,
)
from syncd.sandbox import Fault, Sandbox, Switches
from syncd.values.tokens import Tokens
from tests.connectors.visma import API, Shelf, Told, connected

if TYPE_CHECKING:
    from syncd.connectors.visma_eaccounting import VismaEAccounting
    from syncd.register.fields import Value

NEW: dict[str, Value] = {"number": "2001", "name": "Ny AB", "invoice_postal_code": "903 26", "invoice_city": "Umeå"}
LIST = "/v2/customers"
ONE = "/v2/customers/*"


def created(sandbox: Sandbox) -> int:
    return len(sandbox.company.customers())


def posts(sandbox: Sandbox) -> int:
    return len([request for request in sandbox.requests if request.method == "POST" and request.path == LIST])


@pytest.mark.parametrize(
    ("kind", "acted"),
    [
        *(("timeout_after", True), ("reset_mid_body", True), ("error_500_after", True), ("cut_json", True)),
        *(("wrong_types", True), ("missing_field", True)),
        *(("timeout_before", False), ("refuse", False), ("error_500", False), ("error_503", False), ("html", False)),
    ],
)
def test_a_create_whose_answer_is_lost_is_sent_once(
    sandbox: Sandbox,
    visma: VismaEAccounting,
    kind: str,
    acted: bool,  # noqa: FBT001
) -> None:
    """Nobody knows whether it was carried out, so nobody sends it again."""
    sandbox.faults.add(Fault(kind, method="POST", path=LIST, seconds=0.05))
    with pytest.raises(UnknownOutcomeError):
        visma.create(NEW)
    assert posts(sandbox) == 1
    assert created(sandbox) == acted
    assert [record.number for record in visma.find("2001")] == ["2001"] * acted


@pytest.mark.parametrize("kind", ["timeout_after", "reset_mid_body", "error_500_after", "cut_json", "html", "refuse"])
def test_an_update_whose_answer_is_lost_is_sent_once(sandbox: Sandbox, visma: VismaEAccounting, kind: str) -> None:
    """An edit is neither repeated blindly nor believed blindly."""
    seen = visma.customer(str(sandbox.company.add_customer(CustomerNumber="1001")["Id"]))
    sandbox.faults.add(Fault(kind, method="PUT", path=ONE, seconds=0.05))
    with pytest.raises(UnknownOutcomeError):
        visma.update(seen, {"phone": "08-1"})
    assert len(sandbox.requests.writes()) == 1


def test_a_document_whose_answer_is_lost_is_sent_once(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Also a reference is settled by reading."""
    sandbox.company.add_customer(CustomerNumber="1001")
    seen = visma.document("orders", str(sandbox.company.add_order("1001")["Id"]))
    sandbox.faults.add(Fault("wrong_types", field="Status", method="PUT"))
    with pytest.raises(UnknownOutcomeError):
        visma.write_reference(seen, "Eva")
    assert visma.document("orders", seen.remote_id).reference == "Eva"


def test_a_delete_whose_answer_is_lost_is_sent_once(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Nobody deletes twice."""
    added = sandbox.company.add_customer(CustomerNumber="1001")
    sandbox.faults.add(Fault("timeout_after", method="DELETE", seconds=0.05))
    with pytest.raises(UnknownOutcomeError):
        visma.delete(str(added["Id"]))
    assert len(sandbox.requests.writes()) == 1


@pytest.mark.parametrize("duplicate_status", [400, 409])
def test_a_duplicate_is_one_by_any_status(sandbox: Sandbox, visma: VismaEAccounting, duplicate_status: int) -> None:
    """The engine can look the number up instead of creating another customer."""
    sandbox.switches = Switches.from_json({"duplicate_status": duplicate_status})
    sandbox.company.add_customer(CustomerNumber="2001")
    with pytest.raises(DuplicateError):
        visma.create(NEW)


@pytest.mark.parametrize("renumber", ["reject", "ignore"])
def test_a_number_that_cannot_be_changed_is_noticed(sandbox: Sandbox, visma: VismaEAccounting, renumber: str) -> None:
    """Either the vendor refuses, or its answer still shows the old number."""
    seen = visma.customer(str(sandbox.company.add_customer(CustomerNumber="1001")["Id"]))
    sandbox.switches = Switches.from_json({"renumber_by_put": renumber})
    if renumber == "reject":
        with pytest.raises(RejectedError):
            visma.update(seen, {"number": "1009"})
    else:
        assert visma.update(seen, {"number": "1009"}).number == "1001"


def test_an_expired_token_is_renewed_unnoticed(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A token that ends early costs one refresh, for reads and writes alike."""
    list(visma.customers())
    sandbox.expire_access_tokens()
    list(visma.customers())
    sandbox.expire_access_tokens()
    assert visma.create(NEW).number == "2001"
    assert created(sandbox) == 1


def test_a_refused_new_token_needs_consent(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """One refresh, one repeat, and then a person is asked."""
    sandbox.faults.add(Fault("unauthorized", path=LIST, times=None))
    with pytest.raises(NeedsConsentError):
        list(visma.customers())
    assert len([request for request in sandbox.requests if request.path == LIST]) == 2


def test_a_changed_password_needs_consent(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """All tokens are dead at once; the connection says that it must be authorized again."""
    list(visma.customers())
    sandbox.kill_tokens()
    with pytest.raises(NeedsConsentError) as caught:
        list(visma.customers())
    assert "authorize" in str(caught.value.remedy)


@pytest.mark.parametrize("forbidden_status", [400, 403])
@pytest.mark.parametrize("code", [4003, 4004, 4007, 4011, 4012, 4034])
def test_a_closed_door_needs_attention(
    sandbox: Sandbox, visma: VismaEAccounting, code: int, forbidden_status: int
) -> None:
    """Licence, rights and set-up are for a person, on reading and on writing."""
    visma.capabilities()
    sandbox.switches = Switches.from_json({"refuse_all": code, "forbidden_status": forbidden_status})
    with pytest.raises(NeedsAttentionError):
        list(visma.customers())
    with pytest.raises(NeedsAttentionError):
        visma.delete("5b1f1a70-0000-4000-8000-000000000001")


def test_missing_scopes_need_attention(sandbox: Sandbox) -> None:
    """A consent with too few rights says so."""
    shelf = Shelf(Tokens("", sandbox.issue_refresh_token(scopes=("ea:api",)), 0.0))
    with connected(sandbox, shelf=shelf) as visma, pytest.raises(NeedsAttentionError, match="4006"):
        list(visma.customers())


@pytest.mark.parametrize("header", [True, False])
def test_too_many_requests_are_waited_out(sandbox: Sandbox, visma: VismaEAccounting, header: bool) -> None:  # noqa: FBT001
    """The run goes on after the pause that the vendor asked for, also when it was a write."""
    sandbox.faults.add(
        Fault("too_many", method="GET", path=LIST, seconds=1, header=header),
        Fault("too_many", method="POST", path=LIST, seconds=1, header=header),
    )
    started = time.monotonic()
    list(visma.customers())
    assert visma.create(NEW).number == "2001"
    assert created(sandbox) == 1
    assert time.monotonic() - started >= 2.0


def test_an_endless_refusal_ends_the_run(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A vendor that wants an hour is not waited for."""
    sandbox.faults.add(Fault("too_many", path=LIST, seconds=3600))
    started = time.monotonic()
    with pytest.raises(TryLaterError, match="too many"):
        list(visma.customers())
    assert time.monotonic() - started < 60.0


def test_a_stop_is_heard_during_a_pause(sandbox: Sandbox) -> None:
    """A shut-down does not wait for the vendor's minute."""
    stop = threading.Event()
    with connected(sandbox, stop=stop) as visma:
        sandbox.faults.add(Fault("too_many", path=LIST, seconds=60))
        threading.Timer(0.1, stop.set).start()
        started = time.monotonic()
        with pytest.raises(StopError):
            list(visma.customers())
        assert time.monotonic() - started < 30.0


def test_a_dead_server_is_given_up_soon(sandbox: Sandbox) -> None:
    """Nobody waits a minute to hear that the network is down; nothing was sent."""
    stop = Told()
    with connected(sandbox, retry=Retry(), stop=stop) as visma:
        visma.capabilities()
        sent = visma.requests
        sandbox.stop()
        with pytest.raises(TryLaterError):
            list(visma.customers())
        with pytest.raises(TryLaterError):
            visma.delete("5b1f1a70-0000-4000-8000-000000000001")
        assert sum(stop.waits) < 2 * 10
        assert len(stop.waits) == 6
        assert visma.requests <= sent + 2


def test_a_write_that_was_surely_not_sent_is_sent_again(sandbox: Sandbox) -> None:
    """A refused connection cannot have created anything."""

    class Restart(Told):
        @override
        def wait(self, timeout: float | None = None) -> bool:
            sandbox.start()
            return super().wait(timeout)

    stop = Restart()
    with connected(sandbox, stop=stop) as visma:
        assert visma.capabilities().fields["terms_of_payment"].codes
        sandbox.stop()
        time.sleep(0.05)  # for the end of the old connection to arrive
        assert visma.create(NEW).number == "2001"
        assert len(stop.waits) == created(sandbox) == 1


def test_a_slow_answer_is_cut_off(sandbox: Sandbox) -> None:
    """A request ends within its time, so that a stop does, too."""
    with connected(sandbox, timeout=0.3, retry=Retry(attempts=1)) as visma:
        list(visma.customers())
        sandbox.faults.add(Fault("slow", path=LIST, seconds=60))
        started = time.monotonic()
        with pytest.raises(TryLaterError):
            list(visma.customers())
        assert time.monotonic() - started < 20.0


@respx.mock
def test_a_wrong_address_is_said(strange: VismaEAccounting) -> None:
    """A 404 for a whole list is not a deleted customer."""
    respx.get(f"{API}customers").respond(404)
    with pytest.raises(TryLaterError) as caught:
        list(strange.customers())
    assert "api_url" in str(caught.value.remedy)


@respx.mock
def test_a_redirected_write_is_unknown(strange: VismaEAccounting) -> None:
    """Who redirects a delete may have carried it out."""
    respx.delete(f"{API}customers/x").respond(302, headers={"Location": "https://evil.example.com/"})
    with pytest.raises(UnknownOutcomeError):
        strange.delete("x")


def test_nothing_secret_is_in_a_message(visma: VismaEAccounting) -> None:
    """A refused value is not repeated in the error's own text."""
    with pytest.raises(RejectedError) as caught:
        visma.create({**NEW, "organisation_number": "19" * 20})
    assert "1919" not in f"{caught.value}"
    assert "secret" not in repr(VismaSettings("id", "very-secret"))
