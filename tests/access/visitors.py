"""The console as a way in: in this process, every request in a house whose changes are undone, as anybody's browser."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from syncd import bootstrap
from syncd.connectors.visma_eaccounting import VismaSettings, oauth
from syncd.engine.questions import Question
from syncd.errors import TryLaterError
from syncd.ports.people import NewUser
from syncd.ports.queue import Order
from syncd.register.files import FileRules
from syncd.register.orders import OrderKind
from syncd.services.consents import Consents
from syncd.services.logins.entering import token_hash
from syncd.services.logins.sessions import Limits
from syncd.services.register.contacts import change_contact
from syncd.services.register.orders import add_order
from syncd.services.register.protocols import add_protocol
from syncd.store.queue import StoredQueue
from syncd.store.uow import Store
from syncd.web.pages.application import console
from syncd.web.pages.guarding import form_token
from syncd.web.pages.house import House
from tests.access.entries import REFUSED, THROUGH, UNKNOWN, Outcome, Rehearsal
from tests.access.operations import MINE, NOBODY, OTHER, PDF, TODAY
from tests.access.world import ADMINISTRATOR, EVERYBODY, MARKS
from tests.web.site import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from syncd.ports.records import ConnectionInfo
    from syncd.register.access import Actor
    from syncd.services.connections import HeldTokens
    from syncd.store.database import Database
    from syncd.store.shelf import FileShelf
    from syncd.store.uow import UnitOfWork
    from tests.access.operations import Target
    from tests.access.pages import Page

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HERE = "http://127.0.0.1:8470"
STRANGER, NEIGHBOUR = "nobody at all", "the other company's administrator"
_NEVER = {400, 405, 413, 421, 429, 500}
"""What the requests here have no reason to meet: it would say nothing about rights."""


class Stage:
    """A store that stands for the one rehearsal under way."""

    now: Rehearsal

    def work(self) -> AbstractContextManager[UnitOfWork]:
        return self.now.work()

    reading = work

    def wipe(self) -> bool:
        return True

    def give_way(self) -> None:
        """Nobody else waits."""

    def lock(self, name: str, *, wait: float = 0) -> AbstractContextManager[bool]:
        return self.now.lock(name, wait=wait)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.now.work() as work:
            yield work.session

    reader = session


@dataclass(frozen=True)
class Answered(Outcome):
    """What became of a visit: its status, and how many rows it wrote."""

    status: int
    written: int
    shown: Shown


class Visitors:
    """Everybody's browsers."""

    def __init__(self, database: Database, shelf: FileShelf) -> None:
        self._database = database
        self._store = Store(database, lambda: NOW)
        self._stage = Stage()
        self._places = dict(self._prepared())
        self._sessions = dict(self._logged_in())
        self._forms: dict[tuple[str, str], dict[str, Any]] = {}
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(console(self._house(shelf))), base_url=HERE)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    # ----- visits

    def visit(self, page: Page, login: str, target: Target, *, of: Target | None = None) -> Answered:
        """Ask for a page as somebody, in the form an administrator saw; ``of``: whose things are named beneath it."""
        path = self._filled(page, page.path, target, of)
        data = self._data(page, target, of, self._sessions.get(login, "")) if page.method == "POST" else None
        return self._asked(page, path, login, data)

    def _asked(self, page: Page, path: str, login: str, data: dict[str, Any] | None) -> Answered:
        with self._database.engine.connect() as connection, connection.begin() as whole:
            self._stage.now = Rehearsal(connection, lambda: NOW)
            before = _written(connection)
            try:
                answer = self._runner.run(self._sent(page, path, login, data))
                return _answered(answer, path, _written(connection) - before)
            finally:
                whole.rollback()

    async def _sent(self, page: Page, path: str, login: str, data: dict[str, Any] | None) -> httpx.Response:
        token = self._sessions.get(login)
        headers = {"Cookie": f"syncd={token}"} if token else {}
        if data is None:
            return await self._client.get(path, headers=headers)
        own = headers | {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
        files = {"file": ("plan.pdf", PDF)} if page.route.endswith("files/add") else None
        return await self._client.post(path, data=data, files=files, headers=own)

    # ----- what is sent

    def _data(self, page: Page, target: Target, of: Target | None, session: str) -> dict[str, Any]:
        seen = OTHER if target is NOBODY else target
        fields = self._form(page, seen)
        typed = {
            name: self._filled(page, value, target, of) if isinstance(value, str) else value
            for name, value in page.typed.items()
        }
        return {**fields, **typed, "form_token": form_token(session)}

    def _form(self, page: Page, target: Target) -> dict[str, Any]:
        """What an administrator's browser would send from the page with this form."""
        where = page.path if page.form is None else page.form
        if not where:
            return {}
        key = page.route + page.query, target.number
        if key not in self._forms:
            looked = self._asked(page, self._filled(page, where, target, None), ADMINISTRATOR.login, None)
            action = self._filled(page, page.path, target, None).partition("?")[0]
            forms = [form for form in looked.shown.forms if form.action.partition("?")[0] == action]
            assert forms, f"{action} is in no form of {where}: {[form.action for form in looked.shown.forms]}"
            self._forms[key] = forms[0].fields
        return self._forms[key]

    def _filled(self, page: Page, text: str, target: Target, of: Target | None) -> str:
        """A text with what its places stand for: the customer is the target, what lies beneath it may be another's."""
        customer, places = self._places[target.number]["customer"], self._places[(of or target).number]
        return text.format(
            id={"customers": customer, "users": places["user"]}.get(page.path.split("/")[1], "1"),
            customer=customer,
            customer_number=target.number,
            number=places["service" if page.service else "order"],
            file=places["file"],
            protocol=places["protocol"],
            place="1",
            name="visma",
            token="x",
        )

    # ----- the house

    def _prepared(self) -> Iterator[tuple[str, dict[str, str]]]:
        """More of everything that a page can be about; returns what stands in addresses."""
        with self._store.work() as work:
            group = work.groups.list()[0].id
            actor = work.users.actor(group, ADMINISTRATOR.login)
            assert actor is not None
            for target in (MINE, OTHER):
                yield target.number, self._customer(work, actor, group, target)
            connection = work.connections.list(group)[0]
            question = Question("field", "customer:1", "7", MARKS[MINE], "both", "phone", "a", "b", "c")
            work.conflicts.ask(connection.id, question, None)
            held = work.runs.start(connection.id, "incremental", trigger="manual", who="anna")
            work.runs.finish(held, status="held", counts={}, requests=1, marks=["x"])
            work.commit()
        StoredQueue(self._database, lambda: NOW).join(connection.id, Order("anna"))
        yield (
            NOBODY.number,
            {"customer": "999", "order": "99", "service": "99", "protocol": "99", "file": "99", "user": "999"},
        )

    def _customer(self, work: UnitOfWork, actor: Actor, group: int, target: Target) -> dict[str, str]:
        service = {"title": f"Service {MARKS[target]}", "type": "service"}
        done = add_order(work, actor, group, target.number, OrderKind.ORDER, service, today=TODAY)
        text = {"text": f"Protokoll {MARKS[target]}"}
        written = add_protocol(work, actor, group, str(done.order.number), text, [], today=TODAY)
        change_contact(work, actor, group, (target.number, "1"), {"send_work_orders": "yes"})
        customer, user = work.customers.find(group, target.number), work.users.find(group, target.login)
        assert customer is not None
        assert user is not None
        return {
            "customer": str(customer.id),
            "order": target.order,
            "service": str(done.order.number),
            "protocol": written.protocol.number,
            "file": str(work.files.of(customer.id)[0].id),
            "user": str(user.id),
        }

    def _logged_in(self) -> Iterator[tuple[str, str]]:
        """A session for everybody, and for an administrator of another company."""
        with self._store.work() as work:
            group = work.groups.list()[0].id
            found = [(one.login, work.users.find(group, one.login)) for one in EVERYBODY]
            other = work.groups.create("Andra bolaget").id
            found.append((NEIGHBOUR, work.users.add(other, NewUser("olle", "Olle", administrator=True))))
            for name, user in found:
                assert user is not None
                work.users.set_password_hash(user.id, "-")  # one of their own
                work.logins.open(user.id, token_hash(f"token-{user.id}"), "127.0.0.1")
                yield name, f"token-{user.id}"
            work.commit()

    def _house(self, shelf: FileShelf) -> House:
        stage: Any = self._stage
        settings = VismaSettings(client_id="us", client_secret="-", api_url=f"{HERE}/", identity_url=f"{HERE}/")

        def away(connection: ConnectionInfo, held: HeldTokens | None = None) -> NoReturn:  # noqa: ARG001 - nobody answers
            raise TryLaterError("accounting is away")

        return House(
            store=stage,
            queue=StoredQueue(stage, lambda: NOW),
            clock=lambda: NOW,
            standing=lambda _: {"daemon": None, "connections": []},
            stage=lambda _: None,
            wake=lambda: None,
            holds=bootstrap.capabilities,
            led=lambda _: {},
            shelf=shelf,
            rules=FileRules(1, ("pdf",)),
            connect=away,
            consents=Consents(stage, lambda _: oauth(settings, time.time), away, lambda: NOW),
            limits=Limits(timedelta(days=1), timedelta(days=1)),
        )


def _written(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)


def _answered(answer: httpx.Response, path: str, written: int) -> Answered:
    assert answer.status_code not in _NEVER, f"{path}: {answer.text}"
    assert answer.headers.get("location") != "/password"
    told = sorted(name for name in answer.headers if name != "content-length")
    said = f"{answer.status_code} {told} {answer.headers.get('location', '')} {answer.text}".replace(path, "#")
    verdict = {403: REFUSED, 404: UNKNOWN}.get(answer.status_code, THROUGH)
    return Answered(verdict, said, answer.status_code, written, Shown(answer))
