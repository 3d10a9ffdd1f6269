"""What runs cost on a large register, in requests and writes: counted, never timed (S-26, S-52)."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from syncd.sandbox import Sandbox, Switches, populate
from tests.bench.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from syncd.ports.records import RunInfo

pytestmark = pytest.mark.xdist_group("counts")
"""One worker keeps the register."""

CUSTOMERS = 10_000
PAGES = 10
COMPANY = 1
"""The request that asks whether this still is the company that was connected."""
FEEDS = {"companysettings", "customers", "orders", "customerinvoicedrafts", "quotes", "quotedrafts"}


ROWS_OF_AN_IDLE_RUN = 6
STATEMENTS_OF_AN_IDLE_RUN = 34
STATEMENTS_OF_A_LOOK_AT_EVERYTHING = 12
"""What a full run asks beyond an idle one, however many customers there are."""
LOOKS_AT_A_PAGE = 4
"""Statements for a page of 1 000, its transaction and the marks of its customers, 500 at a time."""


class Counted:
    """What a run asks of the database and changes in it."""

    def __init__(self, installation: Installation) -> None:
        self._asked: list[str] = []
        self.rows = 0
        self._before = 0
        engine = installation.app.store.database.engine
        event.listen(engine, "before_cursor_execute", self._ask)
        event.listen(engine, "begin", self._begun)
        event.listen(engine, "commit", self._done)

    @property
    def statements(self) -> int:
        """How many questions were asked, the beginnings of transactions included."""
        return len(self._asked)

    def scanned(self, pattern: str) -> list[str]:
        """The questions of this kind."""
        return [statement for statement in self._asked if re.search(pattern, statement)]

    def _ask(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self._asked.append(statement)

    def _begun(self, connection: Connection) -> None:
        self._before = _changes(connection)

    def _done(self, connection: Connection) -> None:
        self.rows += _changes(connection) - self._before


def _changes(connection: Connection) -> int:
    raw: Any = connection.connection.dbapi_connection
    return int(raw.total_changes)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(rate_limit=1_000_000)) as running:
        populate(running.company, CUSTOMERS)
        yield running


@pytest.fixture(scope="module")
def in_step(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A register of 10 000 customers, all of them in step with accounting."""
    with closing(Installation(tmp_path_factory.mktemp("counts"), sandbox.url)) as installation:
        installation.connect_anew(sandbox.issue_refresh_token())
        imported = installation.run(installation.runner(), full=True)
        assert imported.counts["create_in_register"] == CUSTOMERS
        yield installation


@pytest.fixture
def asked(sandbox: Sandbox) -> Sandbox:
    """The sandbox, with nothing asked so far."""
    sandbox.clear_requests()
    return sandbox


def run(installation: Installation, *, full: bool) -> RunInfo:
    done = installation.run(installation.runner(), full=full)
    assert done.status == "succeeded"
    assert sum(done.counts.values()) - done.counts["in_step"] == 0, "nothing is to be done"
    assert done.counts["in_step"] == CUSTOMERS
    return done


def resources(sandbox: Sandbox) -> list[str]:
    return [line.path.removeprefix("/v2/") for line in sandbox.requests if line.path.startswith("/v2/")]


def writes(sandbox: Sandbox) -> list[str]:
    return [line.path for line in sandbox.requests.writes() if line.path.startswith("/v2/")]


def test_a_full_run_over_10_000_customers_in_step_reads_each_page_once_and_writes_nothing(
    in_step: Installation, asked: Sandbox
) -> None:
    done = run(in_step, full=True)
    assert writes(asked) == []
    assert done.requests == len(resources(asked)) == PAGES + COMPANY


def test_a_full_run_over_10_000_customers_in_step_stores_no_customer(in_step: Installation) -> None:
    """What accounting shows word for word as before is neither read again nor written: a page costs two looks."""
    counted = Counted(in_step)
    run(in_step, full=True)
    assert counted.rows <= ROWS_OF_AN_IDLE_RUN
    most = STATEMENTS_OF_AN_IDLE_RUN + STATEMENTS_OF_A_LOOK_AT_EVERYTHING + PAGES * LOOKS_AT_A_PAGE
    assert counted.statements <= most
    assert counted.scanned(r"count\(\*\)"), "a look at everything counts"


def test_an_incremental_run_over_10_000_customers_in_step_asks_the_database_little(in_step: Installation) -> None:
    """However large the register, a run without news is a handful of questions, none of which counts customers."""
    run(in_step, full=False)
    counted = Counted(in_step)
    run(in_step, full=False)
    assert not counted.scanned(r"count\(\*\)|retry_at_run")
    assert counted.rows <= ROWS_OF_AN_IDLE_RUN
    assert counted.statements <= STATEMENTS_OF_AN_IDLE_RUN


def test_terms_of_payment_that_are_known_by_id_alone_are_not_asked_for_by_an_idle_run(tmp_path: Path) -> None:
    """A customer that changed last is listed again by every run; its terms were read when it was new (S-52)."""
    with Sandbox() as sandbox, closing(Installation(tmp_path, sandbox.url)) as installation:
        sandbox.company.add_customer(CustomerNumber="1001", TermsOfPayment=None)
        installation.connect_anew(sandbox.issue_refresh_token())
        assert installation.run(installation.runner(), full=True).counts["create_in_register"] == 1
        sandbox.clear_requests()
        assert installation.run(installation.runner(), full=False).requests == 1 + COMPANY
        assert resources(sandbox) == ["companysettings", "customers"]


def test_an_incremental_run_over_10_000_customers_in_step_makes_one_request(
    in_step: Installation, asked: Sandbox
) -> None:
    done = run(in_step, full=False)
    assert writes(asked) == []
    assert done.requests == len(resources(asked)) == 1 + COMPANY


def test_with_our_reference_an_incremental_run_makes_one_request_per_feed(
    in_step: Installation, asked: Sandbox
) -> None:
    in_step.set(add_assigned_in_our_reference="true")
    run(in_step, full=False)
    asked.clear_requests()
    done = run(in_step, full=False)
    assert writes(asked) == []
    assert done.requests == len(FEEDS)
    assert sorted(resources(asked)) == sorted(FEEDS)
