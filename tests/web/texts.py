"""The console's texts: found in code and templates, brought into the Swedish catalogue by `make texts`."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from syncd.web.pages.rendering import FOLDER
from syncd.web.pages.words import CATALOGUES

if TYPE_CHECKING:
    from pathlib import Path

FILE: Path = CATALOGUES / "sv.po"
_HEAD = """\
# The console in Swedish. `make texts` adds what is new; the English stands in the code and the templates.
msgid ""
msgstr ""
"Language: sv\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "n_": (1, 2), "say": None, "count": (1, 2), "ngettext": (1, 2)}


def found() -> Catalog:
    """Every text of the console."""
    texts = Catalog()
    strict = {"templates/**.html": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}
    for _name, _line, text, _comments, _context in extract_from_dir(FOLDER, _METHODS, strict, _KEYWORDS):
        texts.add(text)
    return texts


def kept() -> Catalog:
    """The Swedish catalogue."""
    with FILE.open("rb") as file:
        return read_po(file, locale="sv")


def bring_up_to_date() -> None:
    """Add new texts without their Swedish, drop those that have gone."""
    texts = kept()
    texts.update(found(), no_fuzzy_matching=True)
    texts.obsolete.clear()
    written = BytesIO()
    write_po(written, texts, width=110, no_location=True, omit_header=True, sort_output=True)
    FILE.write_bytes(_HEAD.encode() + written.getvalue())


if __name__ == "__main__":
    bring_up_to_date()
    sys.stdout.write("".join(f"{message.id}\n" for message in kept() if message.id and not message.string))
