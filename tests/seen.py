"""What people on either side would find in a world, in a form that two worlds can be compared by."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from syncd.store.tables import Conflict, Customer, History, Intent, Link

if TYPE_CHECKING:
    from syncd.register.fields import Value
    from tests.world import World

NOT_COMPARED = frozenset({"Id", "ChangedUtc", "LastInvoiceDate"})
_REMOTE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFERENCES = {
    "orders": "OurReference",
    "customerinvoicedrafts": "OurReference",
    "quotes": "CompanyReference",
    "quotedrafts": "CompanyReference",
}


def everything(world: World) -> dict[str, Any]:
    """What people on either side would find, in a form that two worlds can be compared by."""
    return {
        "accounting": _accounting(world),
        "documents": _documents(world),
        "register": _register(world),
        "links": _links(world),
        "conflicts": _conflicts(world),
        "history": _history(world),
    }


def open_intents(world: World) -> int:
    """Writes whose outcome nobody has looked up yet."""
    with world.database.reader() as session:
        return len(session.scalars(select(Intent.id).where(Intent.state == "open")).all())


def _accounting(world: World) -> list[str]:
    rows = [{k: v for k, v in row.items() if k not in NOT_COMPARED} for row in world.company.customers()]
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


def _documents(world: World) -> list[tuple[str, str]]:
    rows = ((kind, name, row) for kind, name in REFERENCES.items() for row in world.company.documents(kind))
    return sorted((kind, str(row[name])) for kind, name, row in rows)


def _register(world: World) -> dict[str, dict[str, Value]]:
    with world.database.reader() as session:
        ids = session.scalars(select(Customer.id)).all()
    with world.store.reading() as work:
        return {one.number: dict(one.fields) for one in work.customers.load_many(ids)}


def _links(world: World) -> list[tuple[Any, ...]]:
    numbers = {row["Id"]: row["CustomerNumber"] for row in world.company.customers()}
    with world.database.reader() as session:
        names: dict[int, str] = dict(session.execute(select(Customer.id, Customer.number)).all())
        rows = session.scalars(select(Link)).all()
    return sorted(
        (
            names.get(row.customer_id, ""),
            numbers.get(row.remote_id, ""),
            row.state,
            row.reason or "",
            json.dumps(row.base, sort_keys=True) if row.state == "linked" else "",
        )
        for row in rows
    )


def _conflicts(world: World) -> Counter[tuple[Any, ...]]:
    """Every conflict ever opened, so that a false one shows even when it was closed again."""
    with world.database.reader() as session:
        rows = session.scalars(select(Conflict)).all()
    return Counter((row.kind, row.customer_number, row.field_key, row.status, row.pending) for row in rows)


def _history(world: World) -> Counter[tuple[Any, ...]]:
    with world.database.reader() as session:
        names: dict[int, str] = dict(session.execute(select(Customer.id, Customer.number)).all())
        rows = session.scalars(select(History)).all()
    shown = ((names.get(h.customer_id), h.who, h.kind, h.field, _known(h.before), _known(h.after)) for h in rows)
    return Counter(shown)


def _known(value: object) -> str:
    """A value without remote ids, which are another world's own."""
    return _REMOTE_ID.sub("(id)", str(value))
