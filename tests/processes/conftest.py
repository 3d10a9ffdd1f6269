"""Real processes on a real database: a machine where syncd is installed, and the accounting program it talks to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from syncd import bootstrap
from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.sandbox import Fault, Sandbox, Switches
from syncd.store.database import Database
from syncd.store.uow import Store
from syncd.store.vault import Vault, make_key_file
from syncd.values.tokens import Tokens
from tests.pausing import Pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SYNCD = Path(sys.executable).with_name("syncd")
SECONDS = 180
"""What a machine with much else to do needs at most for one command."""

_CONFIGURATION = """
database = "{database}"
secret_key_file = "{home}/secret_key"
state_directory = "{machine}/state"

[systems.visma_eaccounting]
api_url = "{api_url}"
identity_url = "{identity_url}"
client_id = "{client_id}"
client_secret_file = "{home}/client_secret"
rate_limit_per_minute = 100000
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def run(self) -> Any:  # noqa: ANN401 - any JSON
        """The head of the ``sync`` document."""
        return json.loads(self.out)["run"]

    @property
    def error(self) -> str | None:
        """The code of what went wrong."""
        return str(self.run["error"]["code"]) if self.run["error"] is not None else None


class Machine:
    """A directory with a configuration of its own. Several machines may share one server's database."""

    def __init__(self, home: Path, name: str, database: str, sandbox: Sandbox) -> None:
        self.directory = home / name
        self.directory.mkdir()
        self.sandbox = sandbox
        self.database = database
        self.started: list[subprocess.Popen[str]] = []
        text = _CONFIGURATION.format(
            database=database,
            home=home,
            machine=self.directory,
            api_url=sandbox.api_url,
            identity_url=sandbox.identity_url,
            client_id=sandbox.client_id,
        )
        (self.directory / "syncd.toml").write_text(text)

    def start(self, *words: str, before: Callable[[], None] | None = None, **environment: str) -> subprocess.Popen[str]:
        """Start the program and go on; ``before`` happens in the new process, before the program begins."""
        process = subprocess.Popen(
            [SYNCD, *words],
            cwd=self.directory,
            env={**os.environ, **environment},
            preexec_fn=before,  # noqa: PLW1509 - no thread of ours holds a lock that it needs
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def ended(self, process: subprocess.Popen[str]) -> Ended:
        """Wait for its end."""
        out, err = process.communicate(timeout=SECONDS)
        assert "Traceback" not in err
        return Ended(process.returncode, out, err)

    def __call__(self, *words: str) -> Ended:
        """Start the program and wait for its end."""
        return self.ended(self.start(*words))

    def stop(self) -> None:
        """Leave no process behind."""
        for process in self.started:
            with process:
                process.kill()


class Office:
    """An installation: its machines, its database, its accounting program."""

    def __init__(self, home: Path, database: str, sandbox: Sandbox) -> None:
        self.home, self.database, self.sandbox = home, database, sandbox
        make_key_file(home / "secret_key")
        secret = home / "client_secret"
        secret.write_text(sandbox.client_secret)
        secret.chmod(0o600)
        self.machines: list[Machine] = []
        self._set_up()

    def _set_up(self) -> None:
        with self.store() as store, store.work() as work:
            self.group = work.groups.create("Värmebolaget AB")
            work.users.add(self.group.id, NewUser("anna", "Anna Admin", administrator=True))
            self.connection = work.connections.add(self.group.id, "visma", bootstrap.VISMA_EACCOUNTING).id
            work.connections.save(self.connection, state="ready", settings={"approve_first_run": False})
            work.connections.save_tokens(self.connection, Tokens("", self.sandbox.issue_refresh_token(), 0))
            work.commit()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, as another process sees it."""
        with closing(Database(self.database)) as database:
            yield Store(database, bootstrap.now, Vault.from_file(self.home / "secret_key"))

    def machine(self) -> Machine:
        """One more machine on the same database."""
        made = Machine(self.home, f"machine{len(self.machines)}", self.database, self.sandbox)
        self.machines.append(made)
        return made

    def add(self, number: str) -> None:
        """Somebody adds a customer to the register."""
        fields = {
            "number": number,
            "name": f"Kund {number} AB",
            "invoice_city": "Umeå",
            "invoice_postal_code": "903 26",
        }
        with self.store() as store, store.work() as work:
            work.customers.insert(self.group.id, fields, (), Author("anna"))
            work.commit()

    def pause(self, method: str, path: str, nth: int = 1) -> Pause:
        """Let the ``nth`` such request wait; a read also when it is repeated."""
        made, times = Pause(), None if method == "GET" else 1
        self.sandbox.faults.add(Fault("call", method=method, path=path, nth=nth, times=times, call=made))
        return made

    def writes(self) -> list[str]:
        """What reached the books, in order."""
        return [f"{one.method} {one.path}" for one in self.sandbox.requests.writes() if one.path.startswith("/v2/")]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(refresh_reuse="reject")) as running:
        yield running


@pytest.fixture
def office(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Iterator[Office]:
    made = Office(tmp_path, database_url, sandbox)
    yield made
    for machine in made.machines:
        machine.stop()


@pytest.fixture
def machine(office: Office) -> Machine:
    return office.machine()
