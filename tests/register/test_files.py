"""Which files are taken: by name and by what they hold (R-29)."""

from __future__ import annotations

import pytest

from syncd.register.files import (
    TYPES,
    BadFileNameError,
    Content,
    EmptyFileError,
    FileRules,
    FileTypeError,
    check_content,
    clean_name,
    type_of_name,
)

TRUE: dict[str, Content] = {
    "plan.pdf": Content(b"%PDF-1.7\n"),
    "bild.png": Content(b"\x89PNG\r\n\x1a\n...."),
    "bild.JPG": Content(b"\xff\xd8\xff\xe0"),
    "bild.jpeg": Content(b"\xff\xd8\xff\xe1"),
    "bild.gif": Content(b"GIF89a"),
    "bild.webp": Content(b"RIFF\x10\x00\x00\x00WEBPVP8 "),
    "bild.tif": Content(b"II*\x00"),
    "bild.heic": Content(b"\x00\x00\x00\x18ftypheic\x00\x00"),
    "avtal.docx": Content(b"PK\x03\x04", ["[Content_Types].xml", "word/document.xml"]),
    "lista.xlsx": Content(b"PK\x03\x04", ["[Content_Types].xml", "xl/workbook.xml"]),
    "avtal.odt": Content(b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.textPK"),
    "lista.ods": Content(b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK"),
    "ritning.dwg": Content(b"AC1027\x00"),
    "ritning.dxf": Content(b"  0\r\nSECTION\r\n"),
    "ritning3.dxf": Content(b"999\r\nskapad\r\n  0\r\nSECTION\r\n"),
    "ritning2.dxf": Content(b"AutoCAD Binary DXF\r\n\x1a\x00"),
    "text.txt": Content("Åke\r\n\tsa".encode()),
    "lista.csv": Content("namn;ort\nÅke;Umeå".encode("cp1252")),
}
"""A true example of every type."""


def taken(name: str, content: Content, allowed: tuple[str, ...] = tuple(TYPES)) -> str:
    promised = type_of_name(name, allowed)
    check_content(promised, content, allowed)
    return promised.media_type


def test_every_type_is_taken_for_what_it_is() -> None:
    """By the ending of its name in any letter case, and by what it begins with or packs."""
    assert {taken(name, content) for name, content in TRUE.items()} == {one.media_type for one in TYPES.values()}


@pytest.mark.parametrize("name", TRUE)
def test_a_file_is_what_its_name_says_or_is_refused(name: str) -> None:
    """A program, a web page or another type under a good name; the ending alone proves nothing."""
    for start in (
        b"MZ\x90\x00\x03\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"PK\x03\x04\x00\x00",
        b"\x00\x00\x00\x18ftypisom",
    ):
        with pytest.raises(FileTypeError, match="as its name says"):
            taken(name, Content(start, ["setup.exe"]))
    others = {"bild.png", "bild.webp", "avtal.docx", "avtal.odt", "ritning.dwg", "bild.heic"} - {name}
    for content in (TRUE[other] for other in sorted(others)):
        with pytest.raises(FileTypeError):
            taken(name, content)


@pytest.mark.parametrize(
    "name", ["page.html", "bild.svg", "skript.js", "setup.exe", "plan.pdf.exe", "pdf", "makro.docm"]
)
def test_what_a_browser_or_machine_would_run_has_no_type(name: str) -> None:
    """And the answer says what is taken."""
    with pytest.raises(FileTypeError) as refused:
        type_of_name(name, ("pdf", "jpeg"))
    assert "its name" in refused.value.message
    assert refused.value.remedy == "Attach one of: .pdf .jpg .jpeg"


def test_an_installation_takes_what_it_says() -> None:
    """Nothing else, nothing larger, and nothing empty."""
    with pytest.raises(FileTypeError):
        taken("ritning.dxf", TRUE["text.txt"])
    assert FileRules(25, ("pdf",)).most_bytes == 25 * 1024 * 1024
    with pytest.raises(FileTypeError):
        taken("bild.png", TRUE["bild.png"], ("pdf",))
    with pytest.raises(EmptyFileError):
        taken("plan.pdf", Content(b""))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("plan.pdf", "plan.pdf"),
        ("a", "a"),
        ("x" * 200, "x" * 200),
        (" ../../etc/plan.pdf ", "plan.pdf"),
        ("C:\\Ritningar\\pla\u030an.pdf", "plån.pdf"),
    ],
)
def test_a_name_is_never_a_path(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", " ", "a/", ".pdf", "..", "a\nb.pdf", "a\u202eb.pdf", "x" * 201])
def test_a_name_that_would_mislead_is_refused(typed: str) -> None:
    with pytest.raises(BadFileNameError):
        clean_name(typed)
