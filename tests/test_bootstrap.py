"""The composition root: everything a process needs, opened once, with a remedy for what is missing."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from syncd import bootstrap
from syncd.bootstrap import web
from syncd.errors import ConfigurationError, TryLaterError
from syncd.ports.queue import Order
from syncd.ports.records import ConnectionInfo
from syncd.sandbox import Sandbox
from syncd.services.connections import HeldTokens
from syncd.services.logins.elsewhere import Rules
from syncd.settings import Limits, Oidc, Settings, Systems, VismaEaccounting
from syncd.store.database import Database
from syncd.store.vault import make_key_file
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECTION = ConnectionInfo(1, 1, "visma", bootstrap.VISMA_EACCOUNTING)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a key, a client's secret and a migrated database."""
    make_key_file(tmp_path / "secret.key")
    (tmp_path / "client_secret").write_text("sandbox-secret\n")
    database = Database(f"sqlite:///{tmp_path / 'syncd.db'}")
    database.upgrade()
    database.close()
    return tmp_path


def settings_of(home: Path, **visma: object) -> Settings:
    known = {"client_id": "sandbox-client", "client_secret_file": home / "client_secret", **visma}
    return Settings(
        database=f"sqlite:///{home / 'syncd.db'}",
        secret_key_file=home / "secret.key",
        state_directory=home / "state",
        systems=Systems(visma_eaccounting=VismaEaccounting.model_validate(known)),
    )


def test_a_configured_program_runs_a_connection(home: Path, sandbox: Sandbox) -> None:
    """From the configuration alone: database, tokens, connector, and a run that leaves its mark outside."""
    app = bootstrap.App(settings_of(home, api_url=sandbox.api_url, identity_url=sandbox.identity_url))
    with app.store.work() as work:
        group = work.groups.create("Värmebolaget AB")
        made = work.connections.add(group.id, "visma", bootstrap.VISMA_EACCOUNTING)
        work.connections.save(made.id, settings={"approve_first_run": False}, state="ready")
        work.connections.save_tokens(made.id, Tokens("", sandbox.issue_refresh_token(), 0))
        work.commit()
    sandbox.company.add_customer(CustomerNumber="1001", Name="Kund 1001 AB")
    run = app.runner().run(made, Order("anna"))
    assert run.error is None
    assert run.status == "succeeded"
    assert (home / "state" / "runs.json").exists()
    with app.store.reading() as work:
        assert work.customers.find(group.id, "1001") is not None
    app.store.database.close()


def test_a_connector_can_be_opened_on_tokens_in_hand(home: Path, sandbox: Sandbox) -> None:
    """Before a consent is stored, its company is looked at."""
    app = bootstrap.App(settings_of(home, api_url=sandbox.api_url, identity_url=sandbox.identity_url))
    connector = app.connect(CONNECTION, HeldTokens(Tokens("", sandbox.issue_refresh_token(), 0)))
    assert connector.company().name == sandbox.company.settings["Name"]
    connector.close()


def test_an_answer_above_the_limit_is_not_read(home: Path, sandbox: Sandbox) -> None:
    """`limits.answer_megabytes` holds: memory is not filled, and the error names the key that would allow it."""
    sandbox.company.add_customer(CustomerNumber="1001", Name="Kund 1001 AB", Extra="x" * 1_100_000)
    given = settings_of(home, api_url=sandbox.api_url, identity_url=sandbox.identity_url, retries=0)
    for megabytes, read in ((2, True), (1, False)):
        app = bootstrap.App(given.model_copy(update={"limits": Limits(answer_megabytes=megabytes)}))
        connector = app.connect(CONNECTION, HeldTokens(Tokens("", sandbox.issue_refresh_token(), 0)))
        with nullcontext() if read else pytest.raises(TryLaterError, match=r"limits\.answer_megabytes"):
            assert [connector.read(row).number for page in connector.customers() for row in page.rows] == ["1001"]
        connector.close()


def test_all_connections_of_a_client_share_its_pace(home: Path) -> None:
    """The vendor counts requests by client: ten connections may not send ten times as many."""
    app = bootstrap.App(settings_of(home))
    first, second = (app._pace(app._visma()) for _ in range(2))
    assert first is second


@pytest.mark.parametrize("missing", ["client_id", "client_secret_file"])
def test_an_accounting_system_that_is_not_configured_is_named(home: Path, missing: str) -> None:
    """The message names the section and the keys."""
    app = bootstrap.App(settings_of(home, **{missing: None}))
    with pytest.raises(ConfigurationError, match="client_id and client_secret_file are not set"):
        app.connect(CONNECTION, HeldTokens(Tokens("", "", 0)))


def test_a_secret_file_that_cannot_be_read_is_named(home: Path) -> None:
    """The message names the key and the file."""
    (home / "client_secret").unlink()
    app = bootstrap.App(settings_of(home))
    with pytest.raises(ConfigurationError, match="client_secret cannot be read"):
        app.authorizer(bootstrap.VISMA_EACCOUNTING)


def test_a_login_service_is_what_is_configured(home: Path) -> None:
    """It is called by its host where it has no name; without an issuer there is none."""
    configured = Oidc(issuer="https://login.example.com/a", client_id="us", client_secret_file=home / "client_secret")
    found = web.elsewhere(settings_of(home).model_copy(update={"oidc": configured}))
    assert found is not None
    assert (found.rules, found.passwords) == (Rules("login.example.com"), True)
    assert web.elsewhere(settings_of(home)) is None


def test_an_unknown_accounting_system_is_refused(home: Path) -> None:
    """A connection to a system that this version does not know says which it does."""
    app = bootstrap.App(settings_of(home))
    unknown = ConnectionInfo(1, 1, "pyramid", "pyramid")
    for attempt in (lambda: app.connect(unknown), lambda: app.authorizer("pyramid")):
        with pytest.raises(ConfigurationError, match="pyramid") as caught:
            attempt()
        assert bootstrap.VISMA_EACCOUNTING in str(caught.value.remedy)
    assert bootstrap.default_directions("pyramid") == {}


def test_a_database_that_is_not_this_programs_is_refused_at_the_start(home: Path) -> None:
    """Before anything is read: an older or missing database stops the program with its remedy."""
    (home / "syncd.db").unlink()
    with pytest.raises(ConfigurationError, match="no database at"):
        bootstrap.open_store(settings_of(home))


def test_the_clock_tells_the_time_zone() -> None:
    """A time without its zone never gets into the database."""
    assert bootstrap.now().tzinfo is UTC


def test_default_directions_are_known_without_a_connection() -> None:
    """The register knows which fields accounting leads before anybody set anything."""
    directions = bootstrap.default_directions(bootstrap.VISMA_EACCOUNTING)
    assert directions["phone"] == "both"
    assert directions["terms_of_payment"] == "from_accounting"
