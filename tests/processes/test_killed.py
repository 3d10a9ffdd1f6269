"""SIGKILL at any moment: the next run ends where an unbroken one would have, and every write is told once (S-41)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox import Fault
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from tests.processes.conftest import Machine, Office

SYNC = ("sync", "visma", "--json")
TOKEN = "/identity/connect/token"
MOMENTS = {
    "before a create": Fault("call", "POST", "/v2/customers", nth=2),
    "after a create": Fault("call_after", "POST", "/v2/customers", nth=2),
    "after an update": Fault("call_after", "PUT", "/v2/customers/*"),
}
CREATED = {"1001", "1002", "1003"}


def dies(office: Office, machine: Machine, moment: Fault) -> None:
    """Start a run; when accounting gets the request, nothing is left of the process."""

    def kill() -> None:
        machine.started[-1].kill()
        machine.started[-1].wait()

    fault = Fault(moment.kind, moment.method, moment.path, nth=moment.nth, call=kill)
    office.sandbox.faults.add(fault)
    assert machine.ended(machine.start(*SYNC)).code < 0
    office.sandbox.faults.remove(fault)


def prepare(office: Office) -> None:
    """Three customers to be created, one to be joined and completed."""
    for number in (*CREATED, "2001"):
        office.add(number)
    office.sandbox.company.add_customer(
        CustomerNumber="2001", Name="Kund 2001 AB", InvoiceCity="", InvoicePostalCode=""
    )


def check(office: Office) -> None:
    """Nobody twice, nobody missing, nothing in doubt, every write in exactly one report."""
    held = Counter(one["CustomerNumber"] for one in office.sandbox.company.customers())
    assert held == Counter([*CREATED, "2001"])
    assert office.sandbox.company.customer("2001")["InvoiceCity"] == "Umeå"
    assert Counter(line.split()[0] for line in office.writes()) == {"POST": 3, "PUT": 1}
    with office.store() as store, store.reading() as work:
        assert work.journal.open(office.connection) == ()
        assert work.conflicts.pending(office.connection) == ()
        told = [line for run in work.runs.list([office.connection]) for line in work.runs.lines(run.id)]
    there = [line for line in told if line.outcome == "done" and line.target == "accounting"]
    done = Counter((line.kind, line.customer_number, line.field) for line in there)
    assert done == Counter(
        [
            *(("create_in_accounting", number, None) for number in CREATED),
            *(("update_in_accounting", "2001", field) for field in ("invoice_city", "invoice_postal_code")),
        ]
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_process_leaves_nothing_doubled_and_nothing_untold(
    office: Office, machine: Machine, moment: str
) -> None:
    """The power goes while accounting works: what it carried out is recognised, the rest is done by the next run."""
    prepare(office)
    dies(office, machine, MOMENTS[moment])
    after = machine(*SYNC)
    assert (after.code, after.run["status"]) == (0, "succeeded")
    check(office)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_between_new_tokens_and_the_disk_costs_a_consent_and_nothing_else(
    office: Office, machine: Machine
) -> None:
    """The one moment that a spent token cannot survive: said, and after a new consent all is done once (S-46)."""
    prepare(office)
    dies(office, machine, Fault("call_after", "POST", TOKEN))
    refused = machine(*SYNC)
    assert (refused.code, refused.error) == (4, "needs_consent")
    with office.store() as store, store.work() as work:
        work.connections.save(office.connection, state="ready")
        work.connections.save_tokens(office.connection, Tokens("", office.sandbox.issue_refresh_token(), 0))
        work.commit()
    assert machine(*SYNC).code == 0
    check(office)
