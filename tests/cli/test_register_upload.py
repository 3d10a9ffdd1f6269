"""Registers from files: every format people send, checked row by row, stored whole or not at all."""

from __future__ import annotations

import csv
import zipfile
from typing import TYPE_CHECKING

import pytest
from xlsxwriter import Workbook

from syncd.services.uploads.reading import MOST_UNPACKED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell

PERSON = "811228-9874"


def write(file: Path, text: str, encoding: str = "utf-8") -> str:
    file.write_bytes(text.encode(encoding))
    return str(file)


def workbook(file: Path, rows: list[list[object]], *, merged: str | None = None) -> str:
    with Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        if merged:
            sheet.merge_range(merged, "x")
    return str(file)


def numbers(shell: Shell) -> list[str]:
    return [one["number"] for one in shell.ok("customer", "list", "--sort", "number", "--json").json]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_file_of_any_encoding_and_separator_is_read(
    shell: Shell, tmp_path: Path, encoding: str, separator: str
) -> None:
    """Headings in Swedish or English, in any order and case."""
    rows = [["NAMN", "kundnummer", "E-post", "invoice city"], ["Åkes Bygg", "0042", "a@x.test", "Örebro"]]
    file = write(tmp_path / "in.csv", "".join(separator.join(row) + "\r\n" for row in rows), encoding)
    assert shell.ok("register", "upload", "customers", file).out == "Stored: 1 added, 0 changed, 0 unchanged.\n"
    made = shell.ok("customer", "show", "0042", "--json").json
    assert (made["name"], made["email"], made["invoice_city"]) == ("Åkes Bygg", "a@x.test", "Örebro")


def test_the_same_file_twice_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    """A changed row changes its customer; a column that is missing changes nothing."""
    shell.ok("discount", "add", "A10")
    shell.ok("field", "add", "floor", "label=Våning", "type=number")
    text = "number,name,phone,discount_letters,custom.floor\n7,Åkes,08-1,a10,3\n8,Zeta,,,\n"
    file = write(tmp_path / "in.csv", text)
    shell.ok("register", "upload", "customers", file)
    shell.ok("customer", "set", "8", "email=z@x.test")
    again = shell.ok("register", "upload", "customers", file, "--json").json
    assert (again["added"], again["changed"], again["unchanged"], again["stored"]) == (0, 0, 2, True)
    assert len(shell.ok("customer", "history", "7", "--json").json) == 2
    write(tmp_path / "in.csv", text.replace("08-1,a10", "08-2,"))
    assert "0 added, 1 changed, 1 unchanged" in shell.ok("register", "upload", "customers", file).out
    after = shell.ok("customer", "show", "7", "--json").json
    assert (after["phone"], after["discount_letters"], after["custom.floor"]) == ("08-2", [], "3")
    assert shell.ok("customer", "show", "8", "--json").json["email"] == "z@x.test"


def test_a_dry_run_says_what_would_change_and_stores_nothing(shell: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", "number;name\n7;Åkes\n")
    told = shell.ok("register", "upload", "customers", file, "--dry-run").out
    assert told == ("Would be stored: 1 added, 0 changed, 0 unchanged.\nNothing was stored: this was a dry run.\n")
    assert numbers(shell) == []


def test_one_wrong_row_stops_the_whole_file(shell: Shell, tmp_path: Path) -> None:
    """Each mistake by row, column, value, reason and remedy; personal numbers masked; nothing stored."""
    text = (
        "number,name,email,organisation_number,note\n"
        "1,Åkes,a@x.test,,\n"
        "2,,x,,\n"
        "1,Zeta,,,\n"
        ",Utan,,,\n"
        f"5,Per,,811228-9875,{PERSON}\n"
        "6,Mask,,811228-****,\n"
        f"{'x' * 17},Lång,,,\n"
        "8,Rester,,,,y\n"
    )
    answer = shell("register", "upload", "customers", write(tmp_path / "in.csv", text), "--json")
    assert (answer.code, numbers(shell)) == (1, [])
    report = answer.json
    assert (report["rows"], report["wrong"], report["stored"]) == (8, 7, False)
    assert [(one["row"], one["column"]) for one in report["problems"]] == [
        (4, "number"), (5, "number"), (9, "column 6"), (3, "name"), (3, "email"), (6, "organisation_number"),
        (7, "organisation_number"), (8, "number"),
    ]  # fmt: skip
    assert all(one["reason"] and one["remedy"] for one in report["problems"])
    assert "9874" not in answer.out
    told = shell("register", "upload", "customers", str(tmp_path / "in.csv")).out
    assert "7 of 8 rows are wrong. Nothing was stored." in told


def test_a_workbook_keeps_numbers_as_people_wrote_them(shell: Shell, tmp_path: Path) -> None:
    """42 does not become 42.0; yes and no are yes and no."""
    rows: list[list[object]] = [["Kundnummer", "Namn", "Organisationsnummer", "Aktiv"], [42, "Åkes", 5560160680, False]]
    shell.ok("register", "upload", "customers", workbook(tmp_path / "in.xlsx", rows))
    made = shell.ok("customer", "show", "42", "--json").json
    assert (made["organisation_number"], made["active"]) == ("5560160680", False)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["customers", "contacts", "articles", "discount_letters"])
def test_what_was_exported_uploads_again_unchanged(shell: Shell, tmp_path: Path, kind: str, suffix: str) -> None:
    """Also what a spreadsheet would take for a formula; its template has the same headings."""
    shell.ok("settings", "set", "show_cost_center=yes", "show_order_number=yes")
    shell.ok("field", "add", "floor", "label=Namn", "type=number")
    shell.ok("discount", "add", "A10", "description==1+1", "percentage=12,5")
    shell.ok("article", "add", "RESA", "text=Resa", "price=450,5")
    words = (
        f"organisation_number={PERSON}",
        "note=rad 1\nrad 2",
        "phone=+46 8 1",
        "cost_center=-A1",
        "custom.floor=-3",
    )
    shell.ok("customer", "add", "0042", "=SUM(A1)", "discount_letters=A10", "contact_name=@Per", *words)
    shell.ok("contact", "add", "0042", "name=Eva", "email=eva@x.test", "send_work_orders=yes")
    file = str(tmp_path / f"out.{suffix}")
    assert shell.ok("register", "export", kind, file, "--show-personal").out.startswith("Wrote ")
    report = shell.ok("register", "upload", kind, file, "--json").json
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 0, report["rows"])
    assert report["rows"] >= 1
    shell.ok("register", "template", kind, str(tmp_path / f"empty.{suffix}"))
    empty = shell.ok("register", "upload", kind, str(tmp_path / f"empty.{suffix}"), "--json").json
    assert (empty["rows"], empty["stored"]) == (0, True)
    refused = shell("register", "export", kind, file)
    assert (refused.code, "exists already" in refused.err) == (1, True)


def test_a_masked_export_does_not_upload_again(shell: Shell, tmp_path: Path) -> None:
    """No mask ever replaces a number."""
    shell.ok("customer", "add", "7", "Per", f"organisation_number={PERSON}")
    file = str(tmp_path / "out.csv")
    assert "masked" in shell.ok("register", "export", "customers", file).err
    assert "9874" not in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    answer = shell("register", "upload", "customers", file)
    assert (answer.code, "mask" in answer.out) == (1, True)
    assert [line["kind"] for line in shell.ok("customer", "history", "7", "--json").json] == ["created"]


def test_contacts_find_their_customer_and_themselves(shell: Shell, tmp_path: Path) -> None:
    """By number and name; a flag without an address is refused with its row."""
    shell.ok("customer", "add", "7", "Åkes", "contact_name=Per")
    text = "kundnummer;namn;e-post;skicka arbetsorder\n7;per;per@x.test;ja\n7;Eva;;\n"
    file = write(tmp_path / "in.csv", text)
    assert "1 added, 1 changed, 0 unchanged" in shell.ok("register", "upload", "contacts", file).out
    known = shell.ok("contact", "list", "7", "--json").json
    assert [(one["name"], one["email"], one["accounting"]) for one in known] == [
        ("per", "per@x.test", True), ("Eva", None, False),
    ]  # fmt: skip
    assert "0 added, 0 changed, 2 unchanged" in shell.ok("register", "upload", "contacts", file).out
    write(tmp_path / "in.csv", "number;name;send_work_orders\n7;Bo;ja\n9;Cia;\n")
    report = shell("register", "upload", "contacts", file, "--json").json
    assert [one["row"] for one in report["problems"]] == [2, 3]


def test_articles_and_letters_are_upserted_by_their_key(shell: Shell, tmp_path: Path) -> None:
    shell.ok("article", "add", "RESA", "text=Resa")
    file = write(tmp_path / "in.csv", 'number,benämning,pris\nresa,Framkörning,450\nTIM,Timme,"1 250,50"\n')
    assert "1 added, 1 changed" in shell.ok("register", "upload", "articles", file).out
    assert shell.ok("article", "show", "TIM", "--json").json["price"] == "1250.5"
    write(tmp_path / "in.csv", "number,text\nA,\nB,b\nb,b\n")
    assert [one["row"] for one in shell("register", "upload", "articles", file, "--json").json["problems"]] == [4, 2]


def test_a_file_that_is_none_is_said(shell: Shell, tmp_path: Path) -> None:
    """With what to do about it; nothing is guessed."""
    cases = {
        "empty.csv": ("", "The file is empty"),
        "head.csv": ("number,name,colour\n", "Column 3 has a heading"),
        "twice.csv": ("number,name,Namn\n", "Column 3 names name once more"),
        "keyless.csv": ("name\nÅkes\n", "no column number"),
        "quote.csv": ('number,name\n7,"Åkes\n', "not CSV throughout"),
        "no.xlsx": ("number,name\n7,Åkes\n", "not an Excel workbook"),
    }
    for name, (text, told) in cases.items():
        answer = shell("register", "upload", "customers", write(tmp_path / name, text))
        assert (answer.code, answer.out, told in answer.err) == (1, "", True), name
        assert "Remedy: " in answer.err
    assert shell("register", "upload", "customers", "missing.csv").code == 1
    assert shell("register", "upload", "customers", "in.pdf").code == 64
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as packed:
        packed.writestr("x", "y")
    assert "not an Excel workbook" in shell("register", "upload", "customers", str(tmp_path / "odd.xlsx")).err
    rows: list[list[object]] = [["number", "name"], [7, "Åkes"]]
    merged = workbook(tmp_path / "merged.xlsx", rows, merged="A4:B4")
    assert "merged cells" in shell("register", "upload", "customers", merged).err
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w") as packed:
        packed.writestr("x", "y")
        packed.infolist()[0].file_size = MOST_UNPACKED  # as a file says that unpacks to more than it is
        packed.writestr("y", "y")
    assert "too large unpacked" in shell("register", "upload", "customers", str(tmp_path / "bomb.xlsx")).err
    assert numbers(shell) == []


def test_uploading_needs_its_own_right_and_reaches_no_hidden_customer(shell: Shell, tmp_path: Path) -> None:
    """Who may not change a customer cannot change it by a file either."""
    shell.ok("customer", "add", "7", "Åkes")
    shell.ok("user", "add", "kalle", "--name", "Kalle")
    file = write(tmp_path / "in.csv", "number,name\n7,Zeta\n8,Ny\n")
    assert shell("register", "upload", "customers", file, "--as", "kalle").code == 77
    shell.ok("user", "grant", "kalle", "upload")
    refused = shell("register", "upload", "customers", file, "--as", "kalle", "--json")
    assert (refused.code, [one["row"] for one in refused.json["problems"]]) == (1, [2])
    assert "Åkes" not in refused.out
    shell.ok("user", "grant", "kalle", "edit", "view")
    shell.ok("register", "upload", "customers", file, "--as", "kalle")
    assert shell.ok("customer", "show", "7", "--json").json["name"] == "Zeta"


def test_thousands_of_rows_are_taken_in_parts(shell: Shell, tmp_path: Path) -> None:
    """Each with its number; a duplicate far below is still found."""
    with (tmp_path / "in.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "name"])
        writer.writerows([n, f"Kund {n}"] for n in range(1, 1202))
    file = str(tmp_path / "in.csv")
    assert "1201 added" in shell.ok("register", "upload", "customers", file).out
    assert "1201 unchanged" in shell.ok("register", "upload", "customers", file).out
    with (tmp_path / "in.csv").open("a", encoding="utf-8") as stream:
        stream.write("1,Igen\n")
    assert [one["row"] for one in shell("register", "upload", "customers", file, "--json").json["problems"]] == [1203]
