"""Service protocols of orders, and what was sent to customers (R-06, R-12)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from syncd.ports.clock import stamp
from syncd.ports.protocols import ProtocolInfo, Sending, Written
from syncd.register.history import EventKind
from syncd.register.protocols import Row
from syncd.store.customer_trail import Happening, Trail
from syncd.store.dialect import chunks
from syncd.store.orders import ORDERS, next_number, number_of
from syncd.store.sort_keys import sort_key
from syncd.store.tables import Outbox
from syncd.store.tables.protocols import SentDocument, ServiceProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy import Row as Found
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.orders import OrderInfo
    from syncd.ports.protocols import NewSending, ProtocolQuery
    from syncd.ports.records import Author
    from syncd.store.eyes import Eyes

PROTOCOLS: Table = ServiceProtocol.__table__  # type: ignore[assignment]  # declared with __tablename__
_READ = (
    *(PROTOCOLS.c[name] for name in ("id", "customer_id", "order_id")),
    ORDERS.c.number,
    *(PROTOCOLS.c[name] for name in ("number", "date", "login", "technician", "text", "rows")),
    *(PROTOCOLS.c[name] for name in ("created_at", "created_by")),
)
_SORTED: dict[str, ColumnElement[Any]] = {
    "number": PROTOCOLS.c.number,
    "order": ORDERS.c.number,
    "date": PROTOCOLS.c.date,
    "technician": PROTOCOLS.c.technician_key,
}


class Protocols:
    """Reads and writes the service protocols of all groups."""

    def __init__(self, session: Session, clock: Clock, eyes: Eyes) -> None:
        self._session = session
        self._clock = clock
        self._eyes = eyes
        self._trail = Trail(session, clock)

    def add(self, group_id: int, order: OrderInfo, written: Written, by: Author) -> ProtocolInfo:
        """Add a protocol to an order, with the next number of the group."""
        row = {
            **_columns(written),
            "group_id": group_id,
            "customer_id": order.customer_id,
            "order_id": order.id,
            "number": next_number(self._session, PROTOCOLS, group_id),
            "created_at": stamp(self._clock()),
            "created_by": by.who,
        }
        self._session.execute(insert(PROTOCOLS).values(row))
        number = str(row["number"])
        self._note(group_id, order, Happening(order.customer_id, EventKind.ORDERED, "protocol", None, number), by)
        return self._get(group_id, number)

    def find(self, group_id: int, number: str) -> ProtocolInfo | None:
        """Read a protocol by number."""
        wanted = number_of(number)
        if wanted is None:
            return None
        row = self._session.execute(self._select(group_id).where(PROTOCOLS.c.number == wanted)).first()
        return None if row is None else _info(row)

    def hold(self, group_id: int, protocol: ProtocolInfo) -> ProtocolInfo:
        """Read a protocol anew and keep it from everybody else until the transaction ends."""
        self._session.execute(select(PROTOCOLS.c.id).where(PROTOCOLS.c.id == protocol.id).with_for_update())
        return self._get(group_id, protocol.number)

    def write(self, group_id: int, protocol: ProtocolInfo, written: Written, by: Author) -> ProtocolInfo:
        """Store what it says now."""
        known, new = asdict(protocol.written), asdict(written)
        changed = [name for name in ("date", "technician", "text") if known[name] != new[name]]
        if changed:
            self._session.execute(update(PROTOCOLS).where(PROTOCOLS.c.id == protocol.id).values(_columns(written)))
            about = f"protocol.{protocol.number}"
            lines = [
                Happening(protocol.customer_id, EventKind.CHANGED, f"{about}.{name}", known[name], new[name])
                for name in changed
            ]
            self._trail.noted(group_id, lines, by)
        return self._get(group_id, protocol.number)

    def page(self, group_id: int, query: ProtocolQuery) -> list[ProtocolInfo]:
        """A page of what the query finds."""
        column = _SORTED[query.sort.removeprefix("-")]
        down = query.sort.startswith("-")
        order = (column.desc(), PROTOCOLS.c.number.desc()) if down else (column, PROTOCOLS.c.number)
        page = self._select(group_id).where(*_asked(query)).order_by(*order)
        if query.after is not None:
            page = page.where(PROTOCOLS.c.number < query.after if down else PROTOCOLS.c.number > query.after)
        return [_info(row) for row in self._session.execute(page.limit(query.limit).offset(query.offset))]

    def count(self, group_id: int, query: ProtocolQuery) -> int:
        """How many the query finds."""
        found = self._select(group_id).where(*_asked(query)).with_only_columns(func.count())
        return self._session.scalar(found) or 0

    def sent(self, order_ids: Iterable[int]) -> dict[int, list[Sending]]:
        """What was sent about orders, oldest first."""
        found: dict[int, list[Sending]] = {}
        state = func.coalesce(Outbox.state, SentDocument.state)
        columns = (SentDocument.order_id, SentDocument.name, SentDocument.address, PROTOCOLS.c.number)
        more = (SentDocument.work_order, SentDocument.by, SentDocument.queued_at)
        statement = (
            select(*columns, *more, state, func.coalesce(Outbox.sent_at, SentDocument.sent_at))
            .outerjoin(PROTOCOLS, PROTOCOLS.c.id == SentDocument.protocol_id)
            .outerjoin(Outbox, Outbox.key == SentDocument.key)
            .order_by(SentDocument.id)
        )
        for part in chunks(order_ids):
            for order_id, name, address, number, *rest in self._session.execute(
                statement.where(SentDocument.order_id.in_(part))
            ):
                protocol = None if number is None else str(number)
                found.setdefault(order_id, []).append(Sending(name, address, protocol, *rest))
        return found

    def known(self, order_id: int, keys: Iterable[str]) -> set[str]:
        """Those of these keys that something was sent under; whoever sends the same order waits for this one."""
        self._session.execute(select(ORDERS.c.id).where(ORDERS.c.id == order_id).with_for_update())
        return set(self._session.scalars(select(SentDocument.key).where(SentDocument.key.in_(list(keys)))))

    def send(self, group_id: int, order: OrderInfo, sendings: Sequence[NewSending], by: Author) -> None:
        """Remember what is sent, in the transaction that queues it."""
        common = {"order_id": order.id, "by": by.who, "queued_at": stamp(self._clock())}
        self._session.execute(insert(SentDocument), [{**common, **asdict(one)} for one in sendings])
        told = ", ".join(one.address for one in sendings)
        self._note(
            group_id, order, Happening(order.customer_id, EventKind.SENT, f"order.{order.number}", None, told), by
        )

    def _note(self, group_id: int, order: OrderInfo, line: Happening, by: Author) -> None:
        assert line.customer_id == order.customer_id  # noqa: S101 - one story, one customer
        self._trail.noted(group_id, [line], by)

    def _get(self, group_id: int, number: str) -> ProtocolInfo:
        found = self.find(group_id, number)
        assert found is not None  # noqa: S101 - just stored
        return found

    def _select(self, group_id: int) -> Select[*tuple[Any, ...]]:
        seen = self._eyes.seen(PROTOCOLS.c.customer_id)
        joined = select(*_READ).join(ORDERS, ORDERS.c.id == PROTOCOLS.c.order_id)
        return joined.where(PROTOCOLS.c.group_id == group_id, *seen)


def remember_sent(session: Session, before: Any) -> None:
    """Keep what became of mails that are about to be forgotten."""
    old = select(Outbox.key).where(before)
    mine = select(Outbox.state, Outbox.sent_at).where(Outbox.key == SentDocument.key)
    values = {
        "state": mine.with_only_columns(Outbox.state).scalar_subquery(),
        "sent_at": mine.with_only_columns(Outbox.sent_at).scalar_subquery(),
    }
    forgotten = update(SentDocument).where(SentDocument.key.in_(old)).values(values)
    session.execute(forgotten.execution_options(synchronize_session=False))


def _asked(query: ProtocolQuery) -> list[ColumnElement[bool]]:
    asked = {"customer_id": query.customer_id, "order_id": query.order_id}
    return [PROTOCOLS.c[name] == value for name, value in asked.items() if value is not None]


def _columns(written: Written) -> dict[str, Any]:
    return {
        **asdict(written),
        "rows": [asdict(row) for row in written.rows],
        "technician_key": sort_key(written.technician or ""),
    }


def _info(row: Found[*tuple[Any, ...]]) -> ProtocolInfo:
    id_, customer_id, order_id, order, number, date, login, technician, text, lines, *made = row
    written = Written(date, login, technician, text, tuple(Row(**line) for line in lines))
    return ProtocolInfo(id_, customer_id, order_id, str(order), str(number), written, *made)
