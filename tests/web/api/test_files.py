"""Attached files over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.access.operations import PDF
from tests.web.api.conftest import at

if TYPE_CHECKING:
    from tests.web.api.conftest import Office, Program, Reply

FILES = f"{at('1')}/files"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


def form(content: bytes, filename: str = "avtal.pdf", name: str = "file") -> bytes:
    """A form as programs send it."""
    about = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return about.encode() + content + b"\r\n--x--\r\n"


def send(program: Program, body: bytes) -> Reply:
    return program("POST", FILES, body, FORM)


def test_a_file_is_attached_fetched_and_deleted(office: Office, admin_program: Program) -> None:
    """Whole, as an attachment of its own type that no browser guesses at; once of a name."""
    office.add("1")
    added = send(admin_program, form(PDF * 10_000))
    assert (added.status, added.json["name"], added.json["size"]) == (201, "avtal.pdf", len(PDF) * 10_000)
    assert admin_program.get(FILES).json == [added.json]
    assert send(admin_program, form(PDF)).code == (409, "file_taken")
    fetched = admin_program.get(added.headers["Location"].removeprefix("/api/v1"))
    assert fetched.text == (PDF * 10_000).decode()
    assert fetched.headers["Content-Type"] == "application/pdf"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    one = f"{FILES}/{added.json['id']}"
    assert admin_program("DELETE", one).status == 204
    assert (admin_program.get(one).code, admin_program.get(FILES).json) == ((404, "unknown_file"), [])


def test_what_is_no_file_to_attach_is_refused(office: Office, admin_program: Program) -> None:
    """By type, by size, by what the request is; and to whoever may not attach: nothing is kept."""
    office.add("1")
    assert send(admin_program, form(b"MZ\x90\x00", "avtal.pdf")).code == (422, "file_type")
    assert send(admin_program, form(PDF, "avtal.exe")).code == (422, "file_type")
    assert send(admin_program, form(b"")).code == (422, "empty_file")
    assert send(admin_program, form(PDF + b" " * 1_100_000)).code == (413, "file_too_large")
    assert send(admin_program, form(PDF + b" " * 2_000_000)).code == (413, "file_too_large")
    assert send(admin_program, form(PDF, name="other")).code == (400, "no_file")
    assert send(admin_program, b"nonsense").code == (400, "no_file")
    assert admin_program("POST", FILES, PDF, {"Content-Type": "application/pdf"}).code == (415, "not_json")
    reader = office.calls("kalle", "view")
    assert (send(reader, form(PDF)).status, reader.get(FILES).json) == (403, [])
    assert send(office.program(None), form(PDF)).code == (401, "token_missing")
    assert list((office.shelf / "incoming").iterdir()) == []
