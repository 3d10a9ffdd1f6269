"""An installation on SQLite beside a sandbox: what the measured stages run on, put together as bootstrap does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.bootstrap import VISMA_EACCOUNTING, App, capabilities
from syncd.ports.people import NewUser
from syncd.ports.queue import Order
from syncd.register.access import Actor
from syncd.services import connections
from syncd.services.register import customers
from syncd.settings import Settings
from syncd.settings.model import Systems, VismaEaccounting
from syncd.store.database import Database
from syncd.store.vault import make_key_file
from syncd.values.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from syncd.ports.records import ConnectionInfo, RunInfo
    from syncd.services.sync.run import Runner

LOGIN, GROUP = "anna", "Värmebolaget AB"
_UNHURRIED = 100_000
_NO_BRAKES = {
    "approve_first_run": "false",
    "max_changes_percent": "100",
    "max_changes_minimum": "100000000",
    "max_deactivations": "100000000",
}


class Installation:
    """A group with one connection, in one directory. The first one there makes the database, a file unless named."""

    def __init__(self, directory: Path, url: str, database: str | None = None) -> None:
        secret = directory / "secret"
        secret.write_text("sandbox-secret")
        settings = Settings(
            database=database or f"sqlite:///{directory / 'syncd.db'}",
            secret_key_file=directory / "key",
            state_directory=directory,
            systems=Systems(
                visma_eaccounting=VismaEaccounting(
                    api_url=f"{url}v2/",
                    identity_url=f"{url}identity/",
                    client_id="sandbox-client",
                    client_secret_file=secret,
                    rate_limit_per_minute=_UNHURRIED,
                )
            ),
        )
        if not (directory / "key").exists():
            make_key_file(directory / "key")
            _make(settings.database)
        self.app = App(settings)
        with self.app.store.work() as work:
            group = work.groups.only() or work.groups.create(GROUP)
            anna = work.users.find(group.id, LOGIN) or work.users.add(
                group.id, NewUser(LOGIN, "Anna Admin", administrator=True)
            )
            work.commit()
        self.group = group
        self.anna = Actor(LOGIN, anna.name, user_id=anna.id, administrator=True)

    def close(self) -> None:
        """Give the database back."""
        self.app.store.database.close()

    @property
    def connection(self) -> ConnectionInfo:
        """The only connection."""
        return connections.find(self.app.store, self.group.id, None)

    def connect_anew(self, refresh_token: str, **settings: str) -> None:
        """Forget what was linked; begin again with the same register."""
        store = self.app.store
        for old in connections.list_connections(store, self.group.id):
            connections.remove(store, self.anna, old)
        self.connect("visma", refresh_token, **settings)

    def connect(self, name: str, refresh_token: str, **settings: str) -> None:
        """One connection more."""
        store = self.app.store
        made = connections.add(store, self.anna, self.group.id, name, VISMA_EACCOUNTING)
        connections.set_settings(store, self.anna, made, {**_NO_BRAKES, **settings}, capabilities)
        connections.authorize(store, self.anna, made, Tokens("", refresh_token, 0), self.app.connect)

    def set(self, **settings: str) -> None:
        """Change settings of the connection, as typed."""
        connections.set_settings(self.app.store, self.anna, self.connection, settings, capabilities)

    def runner(self) -> Runner:
        """What carries out runs."""
        return self.app.runner()

    def run(self, runner: Runner, *, full: bool) -> RunInfo:
        """One run of the connection."""
        return runner.run(self.connection, Order(LOGIN, "full" if full else None))

    def change_phones(self, numbers: Iterable[str]) -> None:
        """Somebody edits these customers in the register."""
        for number in numbers:
            self.change_phone(number, "08-555 000 01")

    def change_phone(self, number: str, phone: str) -> None:
        """One save."""
        with self.app.store.work() as work:
            customers.change_customer(work, self.anna, self.group.id, number, {"phone": phone})

    def add(self, number: str) -> None:
        """Somebody adds a customer of their own."""
        with self.app.store.work() as work:
            customers.add_customer(work, self.anna, self.group.id, number, {"name": "Egen kund AB"})


def _make(url: str) -> None:
    database = Database(url)
    database.upgrade()
    database.close()
