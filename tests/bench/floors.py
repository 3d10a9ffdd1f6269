"""The least that work can cost: http.client, json and sqlite3 in a bare loop over the same pages, or same writes."""

from __future__ import annotations

import http.client
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from tests.bench.measuring import Done, Measured, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = 1000


def read(order: Mapping[str, Any]) -> Measured:
    """Fetch every page, and store it: the floor of whatever looks at everything."""
    return _reading(order, {})


def changes(order: Mapping[str, Any]) -> Measured:
    """Fetch and store what changed since; send ``writes`` of the customers back, each read right before."""
    return _reading(order, {"$filter": f"ChangedUtc ge {order['since']}"}, order["writes"])


def write(order: Mapping[str, Any]) -> Measured:
    """Create every customer: one POST and one committed row each."""
    source = sqlite3.connect(Path(order["directory"]) / "floor.db")
    with closing(source), closing(_database(order, "written.db")) as database, closing(Api(order)) as api:
        bodies = [_body(json.loads(raw)) for (raw,) in source.execute("SELECT raw FROM mirror")]

        def work() -> Done:
            for body in bodies:
                _upsert(database, [api.send("POST", "customers", body)])
            return Done(len(bodies))

        return measure(work)


def _reading(order: Mapping[str, Any], query: Mapping[str, str], writes: int = 0) -> Measured:
    with closing(_database(order, "floor.db")) as database, closing(Api(order)) as api:

        def work() -> Done:
            pages, ids = 0, []
            for rows in api.pages(query):
                _upsert(database, rows)
                ids += [row["Id"] for row in rows]
                pages += 1
            for one in ids[:writes]:
                seen = api.send("GET", f"customers/{one}")
                _upsert(database, [api.send("PUT", f"customers/{one}", json.dumps(seen))])
            return Done(pages + 2 * len(ids[:writes]))

        return measure(work)


class Api:
    """One kept connection, as plain as it gets."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        address = urlsplit(order["url"])
        self._api = http.client.HTTPConnection(str(address.hostname), address.port)
        self._headers = {"Authorization": f"Bearer {order['token']}", "Content-Type": "application/json"}

    def close(self) -> None:
        """Give it back."""
        self._api.close()

    def send(self, method: str, path: str, body: str | None = None) -> Any:  # noqa: ANN401  JSON
        """One request, its answer taken apart."""
        self._api.request(method, f"/v2/{path}", body, self._headers)
        return json.loads(self._api.getresponse().read())

    def pages(self, query: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        """A listing, page by page."""
        number = 1
        while True:
            page = self.send("GET", f"customers?{_asked({'$page': number, '$pagesize': PAGE, **query})}")
            yield page["Data"]
            if number >= page["Meta"]["TotalNumberOfPages"]:
                return
            number += 1


def _asked(query: Mapping[str, object]) -> str:
    return urlencode(query, quote_via=quote)


def _body(customer: Mapping[str, Any]) -> str:
    kept = ("CustomerNumber", "Name", "InvoiceCity", "InvoicePostalCode", "IsPrivatePerson", "IsActive")
    return json.dumps({key: customer[key] for key in (*kept, "TermsOfPaymentId")})


def _database(order: Mapping[str, Any], name: str) -> sqlite3.Connection:
    file = Path(order["directory"]) / name
    file.unlink(missing_ok=True)
    database = sqlite3.connect(file)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE mirror (id TEXT PRIMARY KEY, number TEXT, raw TEXT)")
    return database


def _upsert(database: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
    statement = (
        "INSERT INTO mirror VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET number=excluded.number, raw=excluded.raw"
    )
    with database:
        database.executemany(statement, [(row["Id"], row["CustomerNumber"], json.dumps(row)) for row in rows])
