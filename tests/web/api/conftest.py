"""The API over real HTTP: on the daemon's own listener, as bootstrap mounts it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from cryptography.fernet import Fernet

from syncd import bootstrap
from syncd.bootstrap.daemon import composed
from syncd.daemon.listener import Listener
from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.services.agenda import Defaults
from syncd.services.connections import led_by_accounting
from syncd.services.register import customers
from syncd.services.register.api_tokens import add_token
from syncd.services.standing import connections
from syncd.store.queue import StoredQueue
from syncd.store.shelf import FileShelf
from syncd.store.vault import Vault
from syncd.web.api.answers import PLACE
from syncd.web.api.application import application
from syncd.web.api.house import House
from tests.access.operations import RULES
from tests.conftest import TickingClock, fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from syncd.engine.state import Local
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.store.uow import Store

SECONDS = 30
_KEY = Fernet.generate_key()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.text)

    @property
    def code(self) -> tuple[int, str]:
        """Status and code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return self.status, self.json["code"]

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


class Program:
    """A program that calls the API with a token, on one connection."""

    def __init__(self, at: str, token: str | None) -> None:
        parts = urlsplit(at)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=SECONDS)
        self.token = token

    def __call__(
        self,
        verb: str,
        path: str,
        body: Any = None,  # noqa: ANN401 - any JSON
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}
        raw: Any = body
        if isinstance(body, dict | list):
            raw, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        self._connection.request(verb, f"{PLACE}/v1{path}", raw, {**sent, **(headers or {})})
        answer = self._connection.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read().decode())
        self._connection.close()  # a machine at work may be slower than the server's patience with idle ones
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:  # noqa: ANN401 - any JSON
        return self("POST", path, body, headers)


class Office:
    """A group whose register the API serves."""

    def __init__(self, store: Store, group: GroupInfo, anna: Actor, clock: TickingClock, shelf: Path) -> None:
        self.store, self.group, self.anna, self.clock, self.shelf = store, group, anna, clock, shelf
        self.seconds = 0.0
        led = led_by_accounting(store, bootstrap.default_directions)
        self.queue, self.woken = StoredQueue(store.database, clock), 0
        house = House(
            store=store,
            queue=self.queue,
            clock=clock,
            seconds=lambda: self.seconds,
            sealer=Vault(_KEY),
            led=led,
            holds=bootstrap.capabilities,
            standing=self.standing,
            wake=self.wake,
            shelf=FileShelf(shelf),
            rules=RULES,
        )
        self.arrived = 0
        self.broken: Exception | None = None
        self._api = application(house)
        self.listener = Listener(composed([], {PLACE: self}), ("127.0.0.1", 0))
        self.listener.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count who comes, and let the API answer."""
        self.arrived += 1
        await self._api(scope, receive, send)

    def standing(self, group_id: int) -> dict[str, Any]:
        """Where the group stands, as the daemon tells it; unless the daemon is ``broken``."""
        if self.broken is not None:
            raise self.broken
        defaults = Defaults("5m", "02:30", "UTC")
        known = connections(self.store, self.queue, group_id, defaults, {})
        return {"daemon": None, "database": {}, "connections": known, "mail": {}}

    def wake(self) -> None:
        self.woken += 1

    def close(self) -> None:
        self.listener.stop()

    def program(self, token: str | None) -> Program:
        """A program with this token."""
        return Program(str(self.listener.at), token)

    def hire(self, login: str, *rights: str, administrator: bool = False) -> Actor:
        """A user with rights."""
        with self.store.work() as work:
            made = work.users.add(self.group.id, NewUser(login, login.title(), administrator=administrator))
            work.users.grant(made.id, rights)
            actor = work.users.actor(self.group.id, login)
            work.commit()
        assert actor is not None
        return actor

    def token(self, actor: Actor, name: str = "crm", scope: tuple[str, ...] | None = None, **until: str) -> str:
        """A token of a user."""
        with self.store.work() as work:
            return add_token(work, actor, self.group.id, name, scope=scope, **until)[1]

    def calls(self, login: str, *rights: str, scope: tuple[str, ...] | None = None) -> Program:
        """A program that acts as a new user with these rights."""
        return self.program(self.token(self.hire(login, *rights), login, scope))

    def add(self, number: str | None = None, **fields: Value) -> Local:
        """A customer."""
        with self.store.work() as work:
            return customers.add_customer(work, self.anna, self.group.id, number, {"name": "Åkes Bygg", **fields})

    def assign(self, number: str, actor: Actor) -> None:
        """Assign a user to a customer."""
        with self.store.work() as work:
            found = work.customers.find(self.group.id, number)
            assert found is not None
            assert actor.user_id is not None
            work.customers.assign(found.id, [actor.user_id], Author("anna"))
            work.commit()


def at(number: str) -> str:
    """The address of a customer."""
    return f"/customers/{quote(number, safe='')}"


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """One database is enough where no SQL is at stake; a test that needs both says so (``BOTH``)."""
    yield from fresh_database(request, tmp_path)


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def clock() -> TickingClock:
    """Today: what is stored is compared with no other clock."""
    return TickingClock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def office(store: Store, group: GroupInfo, actor: Actor, clock: TickingClock, tmp_path: Path) -> Iterator[Office]:
    made = Office(store, group, actor, clock, tmp_path / "files")
    yield made
    made.close()


@pytest.fixture
def admin_program(office: Office) -> Program:
    """A program that acts as the administrator."""
    return office.program(office.token(office.anna, "all"))
