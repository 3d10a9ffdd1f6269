"""A whole installation in one process: a simulated Visma eAccounting over HTTP, a database, a group and its people.

Three kinds of people act in it. A *register user* adds and changes customers, a *bookkeeper* works in the accounting
program (``world.company``), an *administrator* sets the connection, answers conflicts and starts runs.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from cryptography.fernet import Fernet
from sqlalchemy import event

from syncd import bootstrap
from syncd.connectors.pacing import Pacing
from syncd.connectors.retry import Retry
from syncd.connectors.session import TokenSession
from syncd.connectors.visma_eaccounting import VismaEAccounting, VismaSettings, oauth
from syncd.engine.targets import targets
from syncd.errors import RefusedError
from syncd.ports.people import NewUser
from syncd.ports.queue import Order
from syncd.register.access import Actor
from syncd.sandbox import Sandbox, Switches
from syncd.services import conflicts, connections, linking, undo
from syncd.services.register import assignment, customers, group_settings, users
from syncd.services.sync import report
from syncd.services.sync.context import REFERENCES
from syncd.services.sync.run import Runner
from syncd.store.database import Database
from syncd.store.tokens import StoredTokens
from syncd.store.uow import Store
from syncd.store.vault import Vault
from syncd.store.witness import FileWitness
from syncd.values.tokens import Tokens
from tests.crashing import MortalConnector, MortalStore, MortalWitness, Steps
from tests.nearby import Nearby

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from syncd.engine.state import Local
    from syncd.ports.customers import HistoryEntry
    from syncd.ports.queue import RunKind
    from syncd.ports.records import ConflictInfo, ConnectionInfo, RunInfo
    from syncd.register.fields import Value
    from syncd.sandbox import Company
    from syncd.services.connections import HeldTokens

GROUP, CONNECTION = "Värmebolaget AB", "visma"
LOGIN = "anna"
FAST = Retry(attempts=4, first=0.01, longest=0.05, total=5.0)
TIMEOUT = 0.5
UNHURRIED = 1_000_000
"""Requests a minute: no scenario waits for our own pacing unless it asks to."""


class World:
    """One installation. Close it when done; use it as a context manager.

    Its accounting system is reached over HTTP, or (``nearby``) without a network, many times faster.
    """

    def __init__(
        self,
        database: Database,
        directory: Path,
        *,
        switches: Switches | None = None,
        timeout: float = TIMEOUT,
        nearby: bool = False,
    ) -> None:
        self.directory = directory
        self.timeout = timeout
        self.sandbox = Sandbox(switches=switches)
        self.network = Nearby(self.sandbox) if nearby else None
        if self.network is None:
            self.sandbox.start()
        self.database = database
        if database.is_sqlite:
            event.listen(database.engine, "connect", _unsafe_but_fast)
        self.store = Store(database, bootstrap.now, Vault(Fernet.generate_key()))
        self.stop = threading.Event()
        self.pacing = Pacing(UNHURRIED)
        self._people()
        self.give_tokens()

    def _people(self) -> None:
        """The group with its administrator, and a connection that has consent."""
        with self.store.work() as work:
            self.group = work.groups.create(GROUP)
            anna = work.users.add(self.group.id, NewUser(LOGIN, "Anna Admin", administrator=True))
            self.connection_id = work.connections.add(self.group.id, CONNECTION, bootstrap.VISMA_EACCOUNTING).id
            work.connections.save(self.connection_id, state="ready")
            work.commit()
        self.anna = Actor(LOGIN, anna.name, user_id=anna.id, administrator=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and give the database back."""
        self.sandbox.stop()
        self.database.close()

    @property
    def company(self) -> Company:
        """The bookkeeper's program."""
        return self.sandbox.company

    # ----- assembling, as syncd/bootstrap.py does

    def connect(self, connection: ConnectionInfo, held: HeldTokens | StoredTokens | None = None) -> VismaEAccounting:
        """A connector, impatient enough for tests."""
        settings = VismaSettings(
            client_id=self.sandbox.client_id,
            client_secret=self.sandbox.client_secret,
            api_url=self.sandbox.api_url,
            identity_url=self.sandbox.identity_url,
            timeout=self.timeout,
            retry=FAST,
            network=self.network,
        )
        tokens = held if held is not None else StoredTokens(self.store, connection.id)
        return VismaEAccounting(
            settings,
            TokenSession(oauth(settings, time.time), tokens, time.time, stop=self.stop),
            self.pacing,
            terms_of_payment=connection.settings.get("terms_of_payment"),
            targets=targets(connection.settings),
            stop=self.stop,
        )

    def runner(self, steps: Steps | None = None) -> Runner:
        """What carries out runs; every durable step of them is told to ``steps``, which may kill the process there."""
        steps = steps or Steps()
        store: Any = MortalStore(self.store, steps)

        def connect(connection: ConnectionInfo) -> Any:  # noqa: ANN401  a connector that can die
            return MortalConnector(self.connect(connection, StoredTokens(store, connection.id)), steps)

        witness = MortalWitness(FileWitness(self.directory / "state"), steps)
        return Runner(store, connect, witness, self.stop, bootstrap.silent, time.monotonic)

    # ----- the administrator

    @property
    def connection(self) -> ConnectionInfo:
        """The connection as it is now."""
        with self.store.reading() as work:
            return work.connections.get(self.connection_id)

    def run(
        self,
        kind: RunKind | None = None,
        *,
        customer: str | None = None,
        dry_run: bool = False,
        approve: bool = False,
        wait: float = 10,
        steps: Steps | None = None,
    ) -> RunInfo:
        """Start a run and wait for its end."""
        order = Order(LOGIN, kind, customer, dry_run=dry_run, approve=approve)
        return self.runner(steps).run(self.connection, order, wait=wait)

    def undo(
        self,
        undoes: str,
        *,
        customer: str | None = None,
        dry_run: bool = False,
        approve: bool = False,
        wait: float = 10,
        steps: Steps | None = None,
    ) -> RunInfo:
        """Take back what a run wrote, or (``references``) every reference that still stands."""
        how: dict[str, Any] = {"dry_run": dry_run, "approve": approve}
        if undoes == REFERENCES:
            order = undo.take_back_references(self.anna, **how)
        else:
            _, order = undo.undo_run(self.store, self.anna, self.group.id, int(undoes), customer, **how)
        return self.runner(steps).run(self.connection, order, wait=wait)

    def latest_run(self) -> int:
        """The id of the latest run."""
        with self.store.reading() as work:
            return next((run.id for run in work.runs.list([self.connection_id], limit=1)), 0)

    def document(self, run: RunInfo) -> dict[str, Any]:
        """The ``sync`` document of a run (cli.md)."""
        with self.store.reading() as work:
            return report.document(run, work.runs.lines(run.id))

    def sync(self, kind: RunKind | None = None, **order: Any) -> dict[str, Any]:  # noqa: ANN401  see run
        """Run, and return the ``sync`` document."""
        return self.document(self.run(kind, **order))

    def configure(self, settings: Mapping[str, object]) -> None:
        """Change settings of the connection, as typed."""
        texts = {key: "true" if value is True else str(value) for key, value in settings.items()}
        connections.set_settings(self.store, self.anna, self.connection, texts, bootstrap.capabilities)

    def configure_group(self, settings: Mapping[str, object]) -> None:
        """Change settings of the group, as typed."""
        with self.store.work() as work:
            group_settings.set_settings(work, self.anna, self.group.id, {k: str(v) for k, v in settings.items()})

    def give_tokens(self, company: Company | None = None, scopes: Iterable[str] | None = None) -> None:
        """Put tokens in the connection's hand without anybody looking whose they are."""
        with self.store.work() as work:
            work.connections.save_tokens(self.connection_id, Tokens("", self._consent(company, scopes), 0))
            work.commit()

    def authorize(self, company: Company | None = None) -> None:
        """Consent in the browser, and back."""
        tokens = Tokens("", self._consent(company), 0)
        connections.authorize(self.store, self.anna, self.connection, tokens, self.connect)

    def _consent(self, company: Company | None, scopes: Iterable[str] | None = None) -> str:
        if scopes is None:
            return self.sandbox.issue_refresh_token(company)
        return self.sandbox.issue_refresh_token(company, tuple(scopes))

    def conflicts(self, status: str = "open") -> tuple[ConflictInfo, ...]:
        """Conflicts, oldest first."""
        return conflicts.list_conflicts(self.store, self.anna, self.group.id, {"status": status})

    def resolve(self, conflict: ConflictInfo, answer: str, value: str | None = None) -> None:
        """Answer a conflict."""
        reply = conflicts.Reply(answer, value)
        conflicts.resolve(self.store, self.anna, self.group.id, conflict.id, reply, bootstrap.capabilities)

    def link(self, number: str, there: str | None = None, *, same: bool = False) -> None:
        """Link a customer to its record on purpose."""
        linking.link(self.store, self.anna, self.connection, number, linking.Partner(number=there, same=same))

    def unlink(self, number: str) -> None:
        """End a customer's link."""
        linking.unlink(self.store, self.anna, self.connection, number)

    def hire(self, login: str, name: str, **known: str) -> None:
        """A technician."""
        with self.store.work() as work:
            users.add_user(work, self.anna, self.group.id, users.Person(login, name, **known), None)

    # ----- the register user

    def _led(self) -> Callable[[int], Mapping[str, str]]:
        return connections.led_by_accounting(self.store, bootstrap.default_directions)

    def add(self, number: str | None, fields: Mapping[str, Value]) -> Local:
        """Add a customer to the register."""
        with self.store.work() as work:
            return customers.add_customer(work, self.anna, self.group.id, number, fields)

    def change(self, number: str, fields: Mapping[str, Value]) -> None:
        """Change a customer in the register."""
        with self.store.work() as work:
            customers.change_customer(work, self.anna, self.group.id, number, fields, led=self._led())

    def renumber(self, number: str, new: str) -> None:
        """Give a customer of the register another number."""
        with self.store.work() as work:
            customers.renumber_customer(work, self.anna, self.group.id, (number, new), self._led())

    def set_active(self, number: str, *, active: bool) -> None:
        """Deactivate or reactivate a customer in the register."""
        with self.store.work() as work:
            customers.set_active(work, self.anna, self.group.id, number, active=active, led=self._led())

    def delete(self, number: str) -> None:
        """Delete a customer from the register."""
        with self.store.work() as work:
            customers.delete_customer(work, self.anna, self.group.id, number)

    def assign(self, number: str, logins: Iterable[str]) -> None:
        """Assign technicians to a customer, after those assigned already."""
        with self.store.work() as work:
            assignment.assign_users(work, self.anna, self.group.id, [number], logins)

    def unassign(self, number: str, logins: Iterable[str]) -> None:
        """Take technicians away from a customer."""
        with self.store.work() as work:
            assignment.unassign_users(work, self.anna, self.group.id, [number], logins)

    # ----- looking

    def customer(self, number: str) -> Local | None:
        """A customer of the register."""
        with self.store.reading() as work:
            return work.customers.find(self.group.id, number)

    def numbers(self) -> list[str]:
        """Every customer number of the register, in order."""
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT number FROM customers ORDER BY number").all()
        return [str(row[0]) for row in rows]

    def history(self, number: str) -> list[HistoryEntry]:
        """What happened to a customer, newest first."""
        found = self.customer(number)
        if found is None:
            raise RefusedError(f"no customer {number}")
        with self.store.reading() as work:
            return work.customers.history(found.id)

    def link_state(self, number: str) -> str:
        """``linked``, ``ended`` or ``none``."""
        found = self.customer(number)
        if found is None:
            return "none"
        with self.store.reading() as work:
            links = work.customers.links([found.id]).get(found.id, [])
        return links[-1].state if links else "none"

    def state_of_sync(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that a dry run must leave alone, row by row."""
        tables = {
            "customers": "*",
            "links": "*",
            "conflicts": "*",
            "connections": "id, settings, company, cursors, progress",
        }
        with self.database.engine.connect() as connection:
            return {
                table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT {what} FROM {table}").all()), key=repr)  # noqa: S608  names of ours
                for table, what in tables.items()
            }

    # ----- accidents

    def back_up(self) -> None:
        """Copy the embedded database away."""
        self.database.backup(self.directory / "backup.db")

    def restore(self) -> None:
        """Put the copy back, as after a broken disk."""
        file = self.database.file
        if file is None:
            _only_embedded()
        self.database.close()
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.directory / "backup.db", file)

    def stamp_newer_schema(self) -> None:
        """As if a newer program had written the database."""
        file = self.database.file
        if file is None:
            _only_embedded()
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()

    def restart(self) -> None:
        """Start the program anew on the same database."""
        Database(self.database.url.render_as_string(hide_password=False)).require_current()


def _unsafe_but_fast(connection: Any, _record: object) -> None:  # noqa: ANN401  a driver's own
    """No test pulls the plug of the machine: nobody waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def _only_embedded() -> NoReturn:
    raise RefusedError("only an embedded database can be copied like this")
