"""Orders, error reports and quotations, with what they copied from their customer (R-12, R-19)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select, update

from syncd.ports.clock import stamp
from syncd.ports.orders import OrderInfo
from syncd.ports.orders import OrderTechnician as Technician
from syncd.register.customer import changes as differences
from syncd.register.history import EventKind
from syncd.register.items import ArticleLine
from syncd.register.orders import ORDER_COLUMNS
from syncd.store.customer_search import SearchRow
from syncd.store.customer_trail import Happening, Trail
from syncd.store.dialect import chunks
from syncd.store.sort_keys import LAST, shown_key, sort_key
from syncd.store.tables import Group
from syncd.store.tables.register import Order, OrderArticle, OrderTechnician

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Row, Select, Table
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.orders import NewOrder, OrderQuery
    from syncd.ports.records import Author
    from syncd.register.fields import Value
    from syncd.store.eyes import Eyes

ORDERS: Table = Order.__table__  # type: ignore[assignment]  # declared with __tablename__
_LEADING = (ORDERS.c.id, ORDERS.c.customer_id, ORDERS.c.number, ORDERS.c.kind, ORDERS.c.created_at, ORDERS.c.created_by)
_READ = (*_LEADING, *(ORDERS.c[name] for name in ORDER_COLUMNS))


class Orders:
    """Reads and writes the orders of all groups."""

    def __init__(self, session: Session, clock: Clock, eyes: Eyes) -> None:
        self._session = session
        self._clock = clock
        self._eyes = eyes
        self._trail = Trail(session, clock)

    def add(self, group_id: int, order: NewOrder, by: Author) -> OrderInfo:
        """Add an order with the next number of the group."""
        row = {
            **_columns(order.fields),
            "group_id": group_id,
            "customer_id": order.customer_id,
            "number": next_number(self._session, ORDERS, group_id),
            "kind": order.kind,
            "technician_key": shown_key(order.technicians[0].name) if order.technicians else LAST,
            "created_at": stamp(self._clock()),
            "created_by": by.who,
        }
        order_id = self._session.scalars(insert(ORDERS).values(row).returning(ORDERS.c.id)).one()
        self._copy(order_id, order)
        number = str(row["number"])
        self._trail.noted(group_id, [Happening(order.customer_id, EventKind.ORDERED, order.kind, None, number)], by)
        return OrderInfo(
            order_id, order.customer_id, number, order.kind, _known(order.fields), row["created_at"], by.who
        )

    def find(self, group_id: int, number: str) -> OrderInfo | None:
        """Read an order by number."""
        wanted = number_of(number)
        if wanted is None:
            return None
        numbered = ORDERS.c.group_id == group_id, ORDERS.c.number == wanted
        statement = select(*_READ).where(*numbered, *self._eyes.seen(ORDERS.c.customer_id))
        row = self._session.execute(statement).first()
        return None if row is None else _info(row)

    def by_id(self, order_ids: Iterable[int]) -> list[OrderInfo]:
        """Read orders by id; the ids come from a look-up."""
        found: list[OrderInfo] = []
        for part in chunks(order_ids):
            statement = select(*_READ).where(ORDERS.c.id.in_(part), *self._eyes.own(ORDERS.c.customer_id))
            found += map(_info, self._session.execute(statement))
        return found

    def hold(self, order_id: int) -> OrderInfo:
        """Read an order and keep it from everybody else until the transaction ends."""
        held = select(*_READ).where(ORDERS.c.id == order_id).with_for_update()
        return _info(self._session.execute(held).one())

    def write(self, order: OrderInfo, changes: Mapping[str, Value], by: Author) -> OrderInfo:
        """Change fields of an order."""
        group_id = self._session.scalars(
            select(ORDERS.c.group_id).where(ORDERS.c.id == order.id).with_for_update()
        ).one()
        before = self.find(group_id, order.number) or order
        done = differences(before.fields, changes)
        if not done:
            return before
        after = {**before.fields, **{change.field: change.after for change in done}}
        self._session.execute(update(ORDERS).where(ORDERS.c.id == order.id).values(_columns(after)))
        lines = [
            Happening(order.customer_id, EventKind.CHANGED, f"{order.kind}.{order.number}.{c.field}", c.before, c.after)
            for c in done
        ]
        self._trail.noted(group_id, lines, by)
        return OrderInfo(
            order.id, order.customer_id, order.number, order.kind, after, order.created_at, order.created_by
        )

    def page(self, group_id: int, query: OrderQuery) -> list[OrderInfo]:
        """A page of what the query finds."""
        column = _sorted_by(query.sort.removeprefix("-"))
        order = (column.desc(), ORDERS.c.number.desc()) if query.sort.startswith("-") else (column, ORDERS.c.number)
        statement = select(*_READ).where(*self._found(group_id, query))
        if query.after is not None:
            beyond = ORDERS.c.number < query.after if query.sort.startswith("-") else ORDERS.c.number > query.after
            statement = statement.where(beyond)
        if query.sort.removeprefix("-") == "customer":
            statement = statement.join(SearchRow, SearchRow.customer_id == ORDERS.c.customer_id)
        page = statement.order_by(*order).limit(query.limit).offset(query.offset)
        return [_info(row) for row in self._session.execute(page)]

    def count(self, group_id: int, query: OrderQuery) -> int:
        """How many the query finds."""
        statement: Select[int] = select(func.count()).select_from(ORDERS).where(*self._found(group_id, query))
        return self._session.scalar(statement) or 0

    def _found(self, group_id: int, query: OrderQuery) -> list[ColumnElement[bool]]:
        asked = {"customer_id": query.customer_id, "kind": query.kind, "type": query.type, "status": query.status}
        conditions = [ORDERS.c[name] == value for name, value in asked.items() if value is not None]
        return [ORDERS.c.group_id == group_id, *conditions, *self._eyes.seen(ORDERS.c.customer_id)]

    def any_of(self, customer_id: int) -> bool:
        """Whether anything was ever ordered, reported or offered for the customer."""
        return bool(self._session.scalar(select(exists().where(ORDERS.c.customer_id == customer_id))))

    def technicians(self, order_ids: Iterable[int]) -> dict[int, list[Technician]]:
        """Read whom orders were placed on, the responsible one first."""
        found: dict[int, list[Technician]] = {}
        for part in chunks(order_ids):
            statement = select(OrderTechnician).where(OrderTechnician.order_id.in_(part))
            for row in self._session.scalars(statement.order_by(OrderTechnician.position)):
                people = found.setdefault(row.order_id, [])
                people.append(Technician(row.login, row.name, responsible=not people))
        return found

    def articles(self, order_ids: Iterable[int]) -> dict[int, list[ArticleLine]]:
        """Read what orders copied from their customer."""
        columns = [getattr(OrderArticle, name) for name in ArticleLine.__dataclass_fields__]
        found: dict[int, list[ArticleLine]] = {}
        for part in chunks(order_ids):
            statement = select(OrderArticle.order_id, *columns).where(OrderArticle.order_id.in_(part))
            for order_id, *values in self._session.execute(statement.order_by(OrderArticle.position)):
                found.setdefault(order_id, []).append(ArticleLine(*values))
        return found

    def _copy(self, order_id: int, order: NewOrder) -> None:
        people = [
            {"order_id": order_id, "position": at, "login": one.login, "name": one.name}
            for at, one in enumerate(order.technicians)
        ]
        lines = [{"order_id": order_id, "position": at, **asdict(line)} for at, line in enumerate(order.articles)]
        if people:
            self._session.execute(insert(OrderTechnician), people)
        if lines:
            self._session.execute(insert(OrderArticle), lines)


_LONGEST = 18


def next_number(session: Session, table: Table, group_id: int) -> int:
    """The group's next number of orders, or of protocols: everybody who adds one waits here for the one before."""
    session.execute(select(Group.id).where(Group.id == group_id).with_for_update(key_share=True))
    highest: int | None = session.scalar(select(func.max(table.c.number)).where(table.c.group_id == group_id))
    return (highest or 0) + 1


def number_of(text: str) -> int | None:
    """The number that somebody typed, if it can be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else None


def _columns(fields: Mapping[str, Value]) -> dict[str, Any]:
    return {**_known(fields), "title_key": sort_key(str(fields["title"]))}


def _known(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name: fields.get(name) for name in ORDER_COLUMNS}


def _sorted_by(heading: str) -> ColumnElement[Any]:
    keys: dict[str, Any] = {
        "title": ORDERS.c.title_key,
        "technician": ORDERS.c.technician_key,
        "customer": SearchRow.name_key,
    }
    return keys[heading] if heading in keys else ORDERS.c[heading]


def _info(row: Row[*tuple[Any, ...]]) -> OrderInfo:
    order_id, customer_id, number, kind, created_at, created_by, *values = row
    fields = dict(zip(ORDER_COLUMNS, values, strict=True))
    return OrderInfo(order_id, customer_id, str(number), kind, fields, created_at, created_by)
