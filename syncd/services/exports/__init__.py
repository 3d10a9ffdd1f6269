"""Files for people and their programs: one ``Sheet``, written as CSV, Excel, JSON or HTML (S-85).

Build a ``Sheet`` (headings, documents), then ``write_file`` it by the suffix of its name, or ``write`` it to a stream.
"""

from syncd.services.exports.files import check_target, write_file
from syncd.services.exports.formats import FORMATS, write
from syncd.services.exports.sheet import Cell, Column, Sheet

__all__ = ["FORMATS", "Cell", "Column", "Sheet", "check_target", "write", "write_file"]
