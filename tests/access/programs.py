"""The API as a way in: each operation as a request, carried out over real HTTP as a token's user."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from syncd import bootstrap
from syncd.daemon.listener import Listener
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.services.register.api_tokens import add_token
from syncd.services.register.seen import entry_version, order_version, user_version, version_of
from syncd.store.queue import StoredQueue
from syncd.store.shelf import FileShelf
from syncd.store.uow import Store
from syncd.store.vault import Vault
from syncd.web.api.application import application
from syncd.web.api.house import House
from tests.access.entries import REFUSED, THROUGH, UNKNOWN, Outcome, Rehearsal
from tests.access.operations import OPERATIONS, PDF, RULES, Operation
from tests.access.world import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection
    from starlette.types import Receive, Scope, Send

    from syncd.store.database import Database
    from tests.access.operations import Target

SECONDS = 60
_NEVER_JUDGED = {401, 405, 412, 415, 428, 429}
"""What the requests here have no reason to meet: it would say nothing about rights."""

_HIDDEN = {"unknown_customer", "unknown_order", "unknown_user", "unknown_file"}
_ENTRIES = ((ARTICLES, "RESA"), (DISCOUNT_LETTERS, "A10"), (CUSTOM_FIELDS, "risk"))
_NOTHING = hashlib.sha256(b"").hexdigest()
"""What stands for no conflict at all."""


@dataclass(frozen=True)
class Request:
    """How an operation is asked for. ``{number}``, ``{order}`` and so on stand for the target's, in the body as well.

    A body of bytes is a form with a file.
    """

    verb: str
    path: str
    body: Any = None


_C, _O, _U = "/customers/{number}", "/orders/{order}", "/users/{login}"
_FORM = b"--x\r\nContent-Disposition: form-data; name=file; filename=plan.pdf\r\n\r\n" + PDF + b"\r\n--x--\r\n"
_NY = {"login": "ny", "name": "Ny Person"}

_READ = ("list", "show")


def _of_books() -> dict[str, Request]:
    """Every address of the registers beside the customers that no operation of the command line asks for."""
    field = {"key": "ny", "label": "Ny", "type": "text"}
    books: dict[str, tuple[str, str, Any, str]] = {
        "article": ("/articles", "RESA", {"number": "NY", "text": "Ny"}, "restore show list add delete"),
        "letter": ("/discount-letters", "A10", {"description": "Ny"}, "set retire restore"),
        "field": ("/custom-fields", "risk", field, "show add retire restore delete"),
    }
    asked: dict[str, Request] = {}
    for book, (path, key, body, verbs) in books.items():
        one = f"{path}/{key}"
        every = {
            "list": Request("GET", path),
            "show": Request("GET", one),
            "add": Request("POST", path, body),
            "set": Request("PATCH", one, body),
            "retire": Request("POST", f"{one}/retire"),
            "restore": Request("POST", f"{one}/restore"),
            "delete": Request("DELETE", one),
        }
        asked |= {f"{book} {verb}": every[verb] for verb in verbs.split()}
    return asked


def _verb_of(typed: str) -> str:
    book, verb = typed.split()
    changing = "SETTINGS" if book == "field" else "CATALOGUES"
    return "CHOOSE" if verb in _READ else changing


REQUESTS = {
    "customer list": Request("GET", "/customers"),
    "customer list --search tan": Request("POST", "/customers/search", {"search": "tan"}),
    "customer show {number}": Request("GET", _C),
    "customer history {number}": Request("GET", f"{_C}/history"),
    "customer add auto Ny": Request("POST", "/customers", {"name": "Ny"}),
    "customer set {number} phone=08-1234567": Request("PATCH", _C, {"phone": "08-1234567"}),
    "customer renumber {number} 70": Request("POST", f"{_C}/renumber", {"number": "70"}),
    "customer set {number} number=70": Request("PATCH", _C, {"number": "70"}),
    "customer deactivate {number}": Request("POST", f"{_C}/deactivate"),
    "customer reactivate {number}": Request("POST", f"{_C}/reactivate"),
    "customer delete {number}": Request("DELETE", _C),
    "customer assign {number} anna": Request("POST", f"{_C}/assign", {"logins": ["anna"]}),
    "customer unassign {number} anna": Request("POST", f"{_C}/unassign", {"logins": ["anna"]}),
    "contact list {number}": Request("GET", f"{_C}/contacts"),
    "contact add {number} name=Ny": Request("POST", f"{_C}/contacts", {"name": "Ny"}),
    "contact set {number} 1 role=Ny": Request("PATCH", f"{_C}/contacts/1", {"role": "Ny"}),
    "contact remove {number} 1": Request("DELETE", f"{_C}/contacts/1"),
    "facility list {number}": Request("GET", f"{_C}/facilities"),
    "facility add {number} 'Ny plats'": Request("POST", f"{_C}/facilities", {"name": "Ny plats"}),
    "facility set {number} 1 city=Ny": Request("PATCH", f"{_C}/facilities/1", {"city": "Ny"}),
    "facility remove {number} 1": Request("DELETE", f"{_C}/facilities/1"),
    "item list {number}": Request("GET", f"{_C}/items"),
    "item add {number} service RESA": Request("POST", f"{_C}/items", {"kind": "service", "article": "RESA"}),
    "item set {number} 1 quantity=2": Request("PATCH", f"{_C}/items/1", {"quantity": 2}),
    "item remove {number} 1": Request("DELETE", f"{_C}/items/1"),
    "file list {number}": Request("GET", f"{_C}/files"),
    "file get {number} {file} out.pdf --overwrite": Request("GET", f"{_C}/files/{{file}}"),
    "file add {number} plan.pdf": Request("POST", f"{_C}/files", _FORM),
    "file delete {number} {file}": Request("DELETE", f"{_C}/files/{{file}}"),
    "order set {order} status=done": Request("PATCH", _O, {"status": "done"}),
    "order send {order}": Request("POST", f"{_O}/send", {}),
    "protocol list --all": Request("GET", "/protocols"),
    "protocol list --order {order}": Request("GET", "/protocols?order={order}"),
    "protocol add {order} text=Ny": Request("POST", f"{_O}/protocols", {"text": "Ny"}),
    "discount list": Request("GET", "/discount-letters"),
    "discount show A10": Request("GET", "/discount-letters/A10"),
    "discount add B5": Request("POST", "/discount-letters", {"code": "B5"}),
    "discount delete A10": Request("DELETE", "/discount-letters/A10"),
    "article set RESA text=Ny": Request("PATCH", "/articles/RESA", {"text": "Ny"}),
    "article retire RESA": Request("POST", "/articles/RESA/retire"),
    "field list": Request("GET", "/custom-fields"),
    "field set risk label=Ny": Request("PATCH", "/custom-fields/risk", {"label": "Ny"}),
    "user list": Request("GET", "/users"),
    "user add ny --name 'Ny Person'": Request("POST", "/users", _NY),
    "user add ny --name 'Ny Person' --customer {number}": Request("POST", "/users", {**_NY, "customer": "{number}"}),
    "user show {login}": Request("GET", _U),
    "user set {login} name=Ny": Request("PATCH", _U, {"name": "Ny"}),
    "user grant {login} view": Request("POST", f"{_U}/grant", {"permissions": ["view"]}),
    "user revoke {login} view": Request("POST", f"{_U}/revoke", {"permissions": ["view"]}),
    "user delete {login}": Request("DELETE", _U),
    "order list --all": Request("GET", "/orders"),
    "order list --customer {number}": Request("GET", "/orders?customer={number}"),
    "order show {order}": Request("GET", "/orders/{order}"),
    "order add {number} --kind error_report Ny": Request(
        "POST", f"{_C}/orders", {"kind": "error_report", "title": "Ny"}
    ),
    "conflicts list": Request("GET", "/conflicts"),
    "runs list": Request("GET", "/runs"),
    "runs show 1": Request("GET", "/runs/1/report"),
    "runs undo 1": Request("POST", "/runs/1/undo", {}),
    # asked for over the API alone, or under another name
    "assign many {number}": Request("POST", "/customers/assign", {"logins": ["anna"], "customers": ["{number}"]}),
    "unassign many {number}": Request("POST", "/customers/unassign", {"logins": ["anna"], "customers": ["{number}"]}),
    "assign all": Request("POST", "/customers/assign", {"logins": ["anna"], "all": True}),
    "conflict": Request("GET", "/conflicts/1"),
    "resolve": Request("POST", "/conflicts/1/resolve", {"answer": "register"}),
    "preview": Request("POST", "/conflicts/preview", {"answer": "register"}),
    "resolve all": Request("POST", "/conflicts/resolve", {"answer": "register"}),
    "look at sending {order}": Request("GET", f"{_O}/send"),
    "protocol": Request("GET", "/protocols/1"),
    "protocol set": Request("PATCH", "/protocols/1", {"text": "Ny"}),
    "run": Request("GET", "/runs/1"),
    "approve": Request("POST", "/runs/1/approve"),
    "sync": Request("POST", "/connections/visma/runs", {}),
    "ticket": Request("GET", "/tickets/1"),
    "status": Request("GET", "/status"),
    **_of_books(),
}
"""Every request that the API takes, by the operation it asks for."""


def _own(typed: str, verb: str) -> Operation:
    return Operation(typed, (verb,), lambda _stage, _target: None)


ASKED = [one for one in OPERATIONS if one.typed in REQUESTS] + [
    *(_own(typed, "ASSIGN") for typed in ("assign many {number}", "unassign many {number}", "assign all")),
    *(_own(typed, "RESOLVE") for typed in ("conflict", "resolve", "preview", "resolve all")),
    *(_own(typed, "VIEW") for typed in ("protocol", "protocol set")),
    _own("look at sending {order}", "SEND"),
    *(_own(typed, _verb_of(typed)) for typed in _of_books()),
    *(_own(typed, "SYNC") for typed in ("run", "approve", "sync", "ticket", "status")),
]
"""The operations that the API knows, each with the verb that opens it."""


class Programs:
    """Programs that act as everybody, each request in a house whose changes are undone."""

    def __init__(self, database: Database, files: Path, here: Path, clock: Callable[..., Any]) -> None:
        self._database, self._clock = database, clock
        self._files, self._here = files, here
        self._vault = Vault(Fernet.generate_key())
        self._tokens = self._made_tokens()
        self._street = _Street()
        self._listener = Listener(self._street, ("127.0.0.1", 0))
        self._listener.start()
        self._at = urlsplit(str(self._listener.at)).netloc

    def close(self) -> None:
        self._listener.stop()

    def attempt(self, operation: Operation, login: str, target: Target) -> Outcome:
        with self._database.engine.connect() as connection, connection.begin() as whole:
            self._street.house = self._opened(connection)
            shutil.copytree(self._files, self._here, dirs_exist_ok=True)
            try:
                return self._asked(REQUESTS[operation.typed], login, target)
            finally:
                whole.rollback()

    def _asked(self, request: Request, login: str, target: Target) -> Outcome:
        said = {name: quote(word, safe="") for name, word in target.words.items()}
        form = isinstance(request.body, bytes)
        body = request.body if form or request.body is None else _filled(json.dumps(request.body), target)
        headers = {"Authorization": f"Bearer {self._tokens[login]}", "If-Match": self._versions(target)}
        connection = http.client.HTTPConnection(self._at, timeout=SECONDS)
        if body is not None:
            headers["Content-Type"] = "multipart/form-data; boundary=x" if form else "application/json"
        connection.request(request.verb, f"/v1{request.path.format(**said)}", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        told = sorted(name for name in answer.headers if name != "date")
        return Outcome(_verdict(answer.status, text), f"{answer.status} {told} {text}")

    def _versions(self, target: Target) -> str:
        """The true ones, so that nothing but the right to see keeps a request from going through."""
        assert self._street.house is not None
        with self._street.house.store.reading() as work:
            group = work.groups.list()[0].id
            customer, order = work.customers.find(group, target.number), work.orders.find(group, target.order)
            user = work.users.find(group, target.login)
            entries = [work.catalogues.find(group, *known) for known in _ENTRIES]
        found = [version_of(customer)] if customer else []
        found += [order_version(order)] if order else []
        found += [user_version(user)] if user else []
        return ", ".join(f'"{one}"' for one in (*found, *map(entry_version, entries), _NOTHING))

    def _opened(self, connection: Connection) -> House:
        store: Any = Rehearsal(connection, self._clock)
        rehearsed: Any = _Sessions(connection)
        return House(
            store=store,
            queue=StoredQueue(rehearsed, self._clock),
            clock=self._clock,
            seconds=lambda: 0.0,
            sealer=self._vault,
            led=lambda _: {},
            holds=bootstrap.capabilities,
            standing=lambda _: {"daemon": None, "database": {}, "connections": [], "mail": {}},
            wake=lambda: None,
            shelf=FileShelf(self._here),
            rules=RULES,
        )

    def _made_tokens(self) -> dict[str, str]:
        with Store(self._database, self._clock).work() as work:
            group = work.groups.list()[0].id
            actors = [work.users.actor(group, one.login) for one in EVERYBODY]
            return {one.login: add_token(work, one, group, one.login)[1] for one in actors if one is not None}


@dataclass
class _Street:
    """Where one house after the other answers."""

    house: House | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.house is not None
        await application(self.house)(scope, receive, send)


@dataclass(frozen=True)
class _Sessions:
    """A database of one connection, whose transactions do not last."""

    connection: Connection

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session

    reader = session


def _filled(text: str, target: Target) -> str:
    return text.replace("{number}", target.number)


def _verdict(status: int, text: str) -> str:
    if status == http.client.FORBIDDEN:
        return REFUSED
    assert status not in _NEVER_JUDGED, text
    assert status < http.client.INTERNAL_SERVER_ERROR, text
    hidden = status == http.client.NOT_FOUND and json.loads(text)["code"] in _HIDDEN
    return UNKNOWN if hidden else THROUGH
