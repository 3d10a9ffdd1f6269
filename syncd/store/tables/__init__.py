"""The tables that every program needs; those of single rooms stand beside, and are loaded with their rooms.

``group_id`` is everywhere a group's data is; a connection belongs to one group.

Times are UTC, stored as ISO 8601 text so that both databases sort and show them alike. JSON columns hold values as
the register's vocabulary spells them.
"""

from syncd.store.tables.base import Base, BigId, Json
from syncd.store.tables.connections import Connection, QueuedOrder, Token
from syncd.store.tables.customers import Assignment, Contact, Customer, History
from syncd.store.tables.messages import Notification, Outbox, Told
from syncd.store.tables.pairs import Conflict, Document, Link, Mirror, Touched
from syncd.store.tables.people import Attempt, Group, LoginSession, User
from syncd.store.tables.runs import Intent, Run, RunLine

__all__ = [
    "Assignment",
    "Attempt",
    "Base",
    "BigId",
    "Conflict",
    "Connection",
    "Contact",
    "Customer",
    "Document",
    "Group",
    "History",
    "Intent",
    "Json",
    "Link",
    "LoginSession",
    "Mirror",
    "Notification",
    "Outbox",
    "QueuedOrder",
    "Run",
    "RunLine",
    "Token",
    "Told",
    "Touched",
    "User",
]

for _table in Base.metadata.tables.values():
    if "id" in _table.primary_key.columns:
        _table.dialect_options["sqlite"]["autoincrement"] = True  # an id is never given twice: history refers to it
