"""Arguments that several commands take: FIELD=VALUE pairs, passwords from files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def pairs(words: Iterable[str]) -> dict[str, str]:
    """Return FIELD=VALUE words by field. ``FIELD=`` empties the field. The words themselves are never quoted."""
    found: dict[str, str] = {}
    for place, word in enumerate(words, 1):
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"Pair {place} is not FIELD=VALUE.", remedy="Write phone=08-123456; quote blanks.")
        if name.strip() in found:
            raise UsageError(f"{name.strip()} is given twice.", remedy="Give each field once.")
        found[name.strip()] = value
    return found


password_file_option = click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar="FILE|-",
    help="A file whose first line is the password.",
)


def read_password(file: Path) -> str:
    """Return the first line of a file, or of standard input for ``-``."""
    if str(file) == "-":
        return sys.stdin.readline().rstrip("\r\n")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RefusedError(f"The password file {file} cannot be read: {reason}.", remedy="Check its name.") from None
    return lines[0] if lines else ""
