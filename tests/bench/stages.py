"""One measured stage, in a process of its own: its processor time and its memory are nobody else's.

Started by ``tests.bench`` with a JSON object on standard input; answers with one on standard output. Imports and the
opening of the database happen before the clock starts.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import sys
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from tests.bench.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = 1000
Done = tuple[int, dict[str, int], str, object]
"""Requests, counts, how it ended and why."""
FULL = "full"


@dataclass(frozen=True)
class Measured:
    """What a stage cost. Memory in megabytes: at its highest, and of that before the stage began."""

    cpu: float
    wall: float
    peak: float
    before: float
    requests: int
    counts: dict[str, int]
    status: str
    error: object = None


def measure(work: Callable[[], Done]) -> Measured:
    """Run a stage and say what it cost."""
    before, wall, cpu = _memory("VmRSS"), time.perf_counter(), time.process_time()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measured(cpu, wall, _memory("VmHWM"), before, *done)


def _memory(what: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def sync(order: dict[str, Any]) -> Measured:
    """A run of syncd, as ``syncd sync`` would do it."""
    with closing(Installation(Path(order["directory"]), order["url"])) as installation:
        installation.app.connect(installation.connection).close()  # what a connector imports
        runner = installation.runner()

        def work() -> Done:
            run = installation.run(runner, full=order["kind"] == FULL)
            return run.requests, dict(run.counts), run.status, run.error

        return measure(work)


def floor_read(order: dict[str, Any]) -> Measured:
    """The least that reading every customer can cost: pages over http.client, json, one upsert per page."""
    file = Path(order["directory"]) / "floor.db"
    file.unlink(missing_ok=True)
    with closing(_database(file)) as database, closing(_api(order["url"])) as api:

        def work() -> Done:
            read = pages = 0
            for rows in _pages(api, order["token"]):
                read, pages = read + len(rows), pages + 1
                _upsert(database, rows)
            return pages, {"read": read}, "floor", None

        return measure(work)


def floor_write(order: dict[str, Any]) -> Measured:
    """The least that creating every customer can cost: one POST and one committed row each."""
    with (
        closing(sqlite3.connect(Path(order["directory"]) / "floor.db")) as source,
        closing(_database(Path(order["directory"]) / "written.db")) as database,
        closing(_api(order["url"])) as api,
    ):
        bodies = [(number, _body(json.loads(raw))) for number, raw in source.execute("SELECT number, raw FROM mirror")]

        def work() -> Done:
            for _, body in bodies:
                _upsert(database, [_send(api, order["token"], "POST", "customers", body)])
            return len(bodies), {"written": len(bodies)}, "floor", None

        return measure(work)


def _body(customer: dict[str, Any]) -> str:
    kept = ("CustomerNumber", "Name", "InvoiceCity", "InvoicePostalCode", "IsPrivatePerson", "IsActive")
    return json.dumps({key: customer[key] for key in (*kept, "TermsOfPaymentId")})


def _pages(api: http.client.HTTPConnection, token: str) -> Iterator[list[dict[str, Any]]]:
    number = 1
    while True:
        query = urlencode({"$page": number, "$pagesize": PAGE}, quote_via=quote)
        page = _send(api, token, "GET", f"customers?{query}")
        yield page["Data"]
        if number >= page["Meta"]["TotalNumberOfPages"]:
            return
        number += 1


def _send(api: http.client.HTTPConnection, token: str, method: str, path: str, body: str | None = None) -> Any:  # noqa: ANN401  JSON
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    api.request(method, f"/v2/{path}", body, headers)
    return json.loads(api.getresponse().read())


def _api(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(str(urlsplit(url).hostname), urlsplit(url).port)


def _database(file: Path) -> sqlite3.Connection:
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


def main() -> None:
    """Carry out the stage that standard input names."""
    order = json.load(sys.stdin)
    threading.current_thread().name = "bench"
    stage = {"sync": sync, "floor read": floor_read, "floor write": floor_write}[order["stage"]]
    json.dump(asdict(stage(order)), sys.stdout)


if __name__ == "__main__":
    main()
