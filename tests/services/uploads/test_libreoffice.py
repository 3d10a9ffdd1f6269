"""A register that went through LibreOffice comes back as it left (R-28).

`libreoffice.xlsx` was written by LibreOffice 7.4 (`soffice --headless --convert-to xlsx`) from an export of syncd.
The whole way, with ten thousand customers, is gone where LibreOffice is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from syncd.services.exports import write_file
from syncd.services.exports.files import unwatched
from syncd.services.register.reading import show_customer
from syncd.services.uploads.exporting import register_sheet
from syncd.services.uploads.uploading import upload

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.records import Author
    from syncd.register.access import Actor
    from syncd.register.fields import Value
    from syncd.services.uploads.report import Report
    from syncd.store.uow import Store

FIXTURE = Path(__file__).with_name("libreoffice.xlsx")
FEW = 500
MANY = 10_000 if os.environ.get("SYNCD_SOAK") else 500
SOFFICE = shutil.which("soffice")
CITIES = ("Umeå", "Ängelholm", "Östersund", "Åre")


def customer(n: int) -> dict[str, Value]:
    """Everything that spreadsheets like to read something into: numbers, dates, percent, formulas, blanks, lines."""
    return {
        "number": str(1000 + n), "name": f"{CITIES[n % 4]}s Rör & Värme {n}", "organisation_number": "556036-0793",
        "phone": f"08-{1_000_000 + n}", "email": f"kund{n}@example.com", "invoice_line1": f"Gatan {n}/3",
        "invoice_postal_code": "903 26", "invoice_city": CITIES[n % 4], "note": f"Rad ett\nRad två; {n}",
        "discount_percentage": "12.5" if n % 3 else None, "comments": "=1+1" if n % 5 == 0 else "3-4 gånger",
    }  # fmt: skip


def fill(store: Store, group: GroupInfo, by: Author, count: int) -> None:
    with store.work() as work:
        work.customers.insert_many(group.id, [(customer(n), frozenset()) for n in range(count)], by)
        work.commit()


def taken(store: Store, group: GroupInfo, actor: Actor, file: Path) -> Report:
    return upload(store, actor, group.id, "customers", file, led=lambda _: {}, dry_run=False, advance=unwatched)


def test_what_libreoffice_saved_changes_nothing(store: Store, group: GroupInfo, actor: Actor, by: Author) -> None:
    """Every row is known again, cell by cell."""
    fill(store, group, by, FEW)
    report = taken(store, group, actor, FIXTURE)
    assert (report.rows, report.unchanged, report.problems) == (FEW, FEW, [])


def test_what_libreoffice_saved_fills_an_empty_register(store: Store, group: GroupInfo, actor: Actor) -> None:
    """As it was exported; a comment that looks like a formula is a text still."""
    assert taken(store, group, actor, FIXTURE).added == FEW
    with store.reading() as work:
        found = show_customer(work, actor, group.id, "1010").customer.fields
    assert {name: found[name] for name in customer(10)} == customer(10)


@pytest.mark.soak
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
def test_a_register_goes_through_libreoffice_and_back(
    store: Store, group: GroupInfo, actor: Actor, by: Author, tmp_path: Path
) -> None:
    """Exported, opened and saved by LibreOffice, uploaded: nothing has changed."""
    fill(store, group, by, MANY)
    with store.reading() as work:
        sheet = register_sheet(work, actor, group.id, "customers", personal=True, made=datetime(2026, 3, 1, tzinfo=UTC))
        write_file(tmp_path / "out.xlsx", sheet)
    home, made = f"-env:UserInstallation=file://{tmp_path}/home", tmp_path / "back"
    words = [
        str(SOFFICE),
        home,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(made),
        str(tmp_path / "out.xlsx"),
    ]
    subprocess.run(words, check=True, timeout=300, stdout=subprocess.DEVNULL)
    report = taken(store, group, actor, made / "out.xlsx")
    assert (report.rows, report.unchanged, report.problems) == (MANY, MANY, [])
