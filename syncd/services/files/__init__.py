"""Files attached to customers (R-29): attached, listed, read, deleted; and the shelf kept in order.

The content is on the shelf, durably, before the database names it, and leaves the shelf after the database has
forgotten it. A crash in between leaves a content that no file has, never a file without its content.
"""

from syncd.services.files.attaching import attach, delete_file, list_files, open_file
from syncd.services.files.copying import copy_contents
from syncd.services.files.keeping import discard, missing, tidy

__all__ = ["attach", "copy_contents", "delete_file", "discard", "list_files", "missing", "open_file", "tidy"]
