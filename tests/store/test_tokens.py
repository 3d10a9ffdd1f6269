from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from syncd import bootstrap
from syncd.connectors.session import TokenSession
from syncd.connectors.visma_eaccounting import VismaSettings, oauth
from syncd.errors import NeedsConsentError, TryLaterError
from syncd.sandbox import Fault, Sandbox, Switches
from syncd.store.tokens import WAIT, StoredTokens
from syncd.store.uow import Store
from syncd.store.vault import Vault, make_key_file
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.store.database import Database

TOKEN_PATH = "/identity/connect/token"

ASKER = """
import sys, time
from pathlib import Path
from syncd import bootstrap
from syncd.connectors.session import TokenSession
from syncd.connectors.visma_eaccounting import VismaSettings, oauth
from syncd.store.database import Database
from syncd.store.tokens import StoredTokens
from syncd.store.uow import Store
from syncd.store.vault import Vault
url, key, connection, api, identity, client, secret = sys.argv[1:]
store = Store(Database(url), bootstrap.now, Vault.from_file(Path(key)))
settings = VismaSettings(client_id=client, client_secret=secret, api_url=api, identity_url=identity)
session = TokenSession(oauth(settings, time.time), StoredTokens(store, int(connection)), time.time)
print("ready", flush=True)
sys.stdin.readline()
print(session.access_token(), flush=True)
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(refresh_reuse="reject")) as running:
        yield running


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    make_key_file(tmp_path / "secret.key")
    return tmp_path / "secret.key"


@pytest.fixture
def sealing(database: Database, key_file: Path) -> Store:
    return Store(database, bootstrap.now, Vault.from_file(key_file))


@pytest.fixture
def connection(sealing: Store, group: GroupInfo, sandbox: Sandbox) -> int:
    with sealing.work() as work:
        made = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.connections.save_tokens(made, Tokens("", sandbox.issue_refresh_token(), 0.0))
        work.commit()
    return made


def session_of(sandbox: Sandbox, store: Store, connection: int, *, wait: float = WAIT) -> TokenSession:
    settings = VismaSettings(
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        api_url=sandbox.api_url,
        identity_url=sandbox.identity_url,
    )
    return TokenSession(oauth(settings, time.time), StoredTokens(store, connection, wait=wait), time.time)


def renewals(sandbox: Sandbox) -> int:
    return sum(1 for request in sandbox.requests if request.path == TOKEN_PATH)


def test_two_processes_renew_once(
    sealing: Store, connection: int, sandbox: Sandbox, database_url: str, key_file: Path
) -> None:
    """A manual run beside the daemon: one of them renews, the other takes what it stored; nobody loses consent."""
    where = [sandbox.api_url, sandbox.identity_url, sandbox.client_id, sandbox.client_secret]
    arguments = [sys.executable, "-c", ASKER, database_url, str(key_file), str(connection), *where]
    sandbox.faults.add(Fault("slow", path=TOKEN_PATH, seconds=0.5))
    askers = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for _ in range(2)
    ]
    pipes = [(asker.stdin, asker.stdout) for asker in askers]
    for _, answers in pipes:
        assert answers is not None
        assert answers.readline() == "ready\n"
    for orders, _ in pipes:
        assert orders is not None
        orders.write("go\n")
    tokens = {asker.communicate(timeout=60)[0].strip() for asker in askers}
    assert [asker.returncode for asker in askers] == [0, 0]
    assert renewals(sandbox) == 1
    stored = StoredTokens(sealing, connection).load()
    assert stored is not None
    assert tokens == {stored.access_token}


def test_what_another_process_stored_is_taken_without_asking(sealing: Store, connection: int, sandbox: Sandbox) -> None:
    """A renewed token serves everybody until it ends."""
    one, other = (session_of(sandbox, sealing, connection) for _ in range(2))
    assert one.access_token() == other.access_token()
    assert renewals(sandbox) == 1
    one.close()
    other.close()


def test_a_crash_between_answer_and_storing_needs_a_new_consent(
    sealing: Store, connection: int, sandbox: Sandbox
) -> None:
    """The unavoidable window: the old token is spent, the new one was never stored; it is said, and not tried on."""
    kept = StoredTokens(sealing, connection).load()
    lost = session_of(sandbox, sealing, connection)
    lost.access_token()
    lost.close()
    assert kept is not None
    with sealing.work() as work:
        work.connections.save_tokens(connection, kept)
        work.commit()
    after = session_of(sandbox, sealing, connection)
    asked = renewals(sandbox)
    for _ in range(3):
        with pytest.raises(NeedsConsentError):
            after.access_token()
    assert renewals(sandbox) == asked + 1
    after.close()


def test_what_an_old_consent_gave_is_not_stored_over_a_new_one(sealing: Store, connection: int) -> None:
    """Nor for a connection whose tokens were taken away meanwhile, because it is being removed."""
    store = StoredTokens(sealing, connection)
    old = store.load()
    assert old is not None
    assert store.renew(old.refresh_token, Tokens("access", "second", 9.0))
    assert not store.renew(old.refresh_token, Tokens("late", "third", 9.0))
    assert store.load() == Tokens("access", "second", 9.0)
    with sealing.work() as work:
        work.connections.shut(connection)
        work.commit()
    assert not store.renew("second", Tokens("late", "third", 9.0))
    assert store.load() is None


def test_whoever_waits_too_long_for_a_renewal_tries_again_later(
    sealing: Store, connection: int, sandbox: Sandbox
) -> None:
    """A process that hangs while renewing holds nobody up for ever."""
    waiting = session_of(sandbox, sealing, connection, wait=0.1)
    with StoredTokens(sealing, connection).lock(), pytest.raises(TryLaterError, match="another process"):
        waiting.access_token()
    assert waiting.access_token()
    waiting.close()
