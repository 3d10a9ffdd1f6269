"""Files attached to customers (R-29): what may be attached, told by what it holds and not by its name alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_LONGEST_NAME = 200
_MEGABYTE = 2**20
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file begins with, and the names of what is packed in it, where it is a package."""

    start: bytes
    parts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: how it is served, what its name ends in, and whether some content is of it."""

    media_type: str
    suffixes: tuple[str, ...]
    fits: Callable[[Content], bool]


@dataclass(frozen=True, slots=True)
class FileRules:
    """What this installation takes."""

    most_megabytes: int
    types: tuple[str, ...]

    @property
    def most_bytes(self) -> int:
        """The size of the largest file."""
        return self.most_megabytes * _MEGABYTE


class BadFileNameError(RefusedError):
    """The file cannot be called that."""

    code = "bad_file_name"

    def __init__(self) -> None:
        super().__init__(
            "The file cannot have this name.",
            remedy=f"Use up to {_LONGEST_NAME} printable characters, no dot first; --name gives another one.",
        )


class FileTypeError(RefusedError):
    """The file is of no type that is taken, or is not what its name says."""

    code = "file_type"

    def __init__(self, reason: str, allowed: Iterable[str]) -> None:
        endings = " ".join(ending for name in allowed for ending in TYPES[name].suffixes)
        super().__init__(f"The file is not taken: {reason}.", remedy=f"Attach one of: {endings}")


class FileTooLargeError(RefusedError):
    """The file is larger than this installation takes."""

    code = "file_too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {most_bytes // _MEGABYTE} MB.",
            remedy="Make it smaller, or raise limits.upload_megabytes.",
        )


class EmptyFileError(RefusedError):
    """There is nothing in the file."""

    code = "empty_file"

    def __init__(self) -> None:
        super().__init__("The file is empty.", remedy="Check that it was saved, and choose it again.")


class UnknownFileError(RefusedError):
    """The customer has no such file."""

    code = "unknown_file"

    def __init__(self) -> None:
        super().__init__("There is no such file.", remedy="List the customer's files: they are known by name or id.")


class FileTakenError(RefusedError):
    """The customer has a file of this name."""

    code = "file_taken"

    def __init__(self) -> None:
        super().__init__(
            "The customer has a file of this name already.",
            remedy="Give it another name with --name, or delete that one.",
        )


def _begins(*magic: bytes) -> Callable[[Content], bool]:
    return lambda content: content.start.startswith(magic)


def _packs(*parts: str) -> Callable[[Content], bool]:
    """A package (zip) with one of these in it."""
    return lambda content: any(part.startswith(parts) for part in content.parts)


def _open_document(kind: str) -> Callable[[Content], bool]:
    """The first thing in such a package says what it is, unpacked."""
    return lambda content: f"mimetypeapplication/vnd.oasis.opendocument.{kind}".encode() in content.start[:128]


def _is_webp(content: Content) -> bool:
    return content.start.startswith(b"RIFF") and content.start[8:12] == b"WEBP"


def _is_heif(content: Content) -> bool:
    return content.start[4:8] == b"ftyp" and content.start[8:12] in _HEIF


def _is_text(content: Content) -> bool:
    return not _BINARY.search(content.start)


def _is_dxf(content: Content) -> bool:
    first = content.start.split()[:1]
    return content.start.startswith(b"AutoCAD Binary DXF") or (_is_text(content) and first in ([b"0"], [b"999"]))


_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", (".pdf",), _begins(b"%PDF-")),
    "png": FileType("image/png", (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    "jpeg": FileType("image/jpeg", (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    "gif": FileType("image/gif", (".gif",), _begins(b"GIF87a", b"GIF89a")),
    "webp": FileType("image/webp", (".webp",), _is_webp),
    "tiff": FileType("image/tiff", (".tif", ".tiff"), _begins(b"II*\x00", b"MM\x00*")),
    "heic": FileType("image/heic", (".heic", ".heif"), _is_heif),
    "docx": FileType(f"{_OFFICE}.wordprocessingml.document", (".docx",), _packs("word/")),
    "xlsx": FileType(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), _packs("xl/")),
    "odt": FileType("application/vnd.oasis.opendocument.text", (".odt",), _open_document("text")),
    "ods": FileType("application/vnd.oasis.opendocument.spreadsheet", (".ods",), _open_document("spreadsheet")),
    "dwg": FileType("image/vnd.dwg", (".dwg",), _begins(b"AC10")),
    "dxf": FileType("image/vnd.dxf", (".dxf",), _is_dxf),
    "txt": FileType("text/plain", (".txt",), _is_text),
    "csv": FileType("text/csv", (".csv",), _is_text),
}
"""Every type that is known, by the name that the configuration uses. Nothing that a browser would run."""


def clean_name(typed: str) -> str:
    """Return the name of a file without any folders: it is shown, and never a path. Raises ``BadFileNameError``."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", typed)[-1].strip())
    hidden = any(unicodedata.category(char).startswith("C") for char in name)  # also what turns the direction round
    if not 1 <= len(name) <= _LONGEST_NAME or name.startswith(".") or hidden:
        raise BadFileNameError
    return name


def type_of_name(name: str, allowed: Iterable[str]) -> FileType:
    """Return the type that a file's name promises. Raises ``FileTypeError``."""
    names = tuple(allowed)
    for one in names:
        if name.casefold().endswith(TYPES[one].suffixes):
            return TYPES[one]
    raise FileTypeError("its name ends like no type that is taken here", names)


def check_content(promised: FileType, content: Content, allowed: Iterable[str]) -> None:
    """Refuse a file that is not what its name says. Raises ``FileTypeError``, ``EmptyFileError``."""
    if not content.start:
        raise EmptyFileError
    if not promised.fits(content):
        raise FileTypeError(f"what it holds is not {promised.media_type}, as its name says", allowed)
