"""HTML: one page that needs nothing beside itself, can be printed, and runs nothing."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, BinaryIO

from syncd.register.language import Text
from syncd.services.exports.sheet import minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.services.exports.sheet import Cell, Sheet

_MADE = Text("Made", "Skapad")
_ROWS = Text("Rows", "Rader")
_NOTHING = Text("There is nothing to show.", "Det finns inget att visa.")

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 2rem; }
h1 { font-size: 1.5rem; margin: 0; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #8888; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: Canvas; }
td { white-space: pre-line; overflow-wrap: anywhere; min-width: 5ch; }
@media print {
  @page { size: A4 landscape; margin: 1cm; }
  :root { color-scheme: light; font-size: 8pt; }
  body { margin: 0; }
  th { position: static; }
  tr { break-inside: avoid; }
}
"""


def write_html(sheet: Sheet, stream: BinaryIO) -> None:
    """Write headings and rows."""
    stream.writelines(part.encode() for part in _parts(sheet))


def _parts(sheet: Sheet) -> Iterator[str]:
    yield _head(sheet)
    rows = 0
    for row in sheet.rows():
        rows += 1
        yield f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>\n"
    yield "</tbody></table>\n"
    told = f"{_ROWS.to(sheet.language)}: {rows}" if rows else _NOTHING.to(sheet.language)
    yield f"<p>{told}</p>\n</body></html>\n"


def _head(sheet: Sheet) -> str:
    made = f"{_MADE.to(sheet.language)} {minute(sheet.made)} UTC"
    remark = " · ".join(part for part in (made, sheet.remark) if part)
    headings = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in sheet.headings)
    return f"""<!doctype html>
<html lang="{sheet.language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(sheet.title)}</title><style>{_STYLE}</style></head>
<body><h1>{escape(sheet.title)}</h1>
<p>{escape(remark)}</p>
<table><thead><tr>{headings}</tr></thead><tbody>
"""


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return escape(minute(cell) if isinstance(cell, datetime) else str(cell))
