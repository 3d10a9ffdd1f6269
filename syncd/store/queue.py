"""The waiting line as a table: one waiting ticket per connection and key is a unique index, not a hope (S-53)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from syncd.ports.clock import stamp
from syncd.ports.queue import Order, Ticket
from syncd.store.dialect import insert
from syncd.store.tables import QueuedOrder

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.store.database import Database

KEPT = timedelta(days=1)
"""How long a ticket can be looked at, and how long a forgotten one waits."""

_WAITING = text("state = 'waiting'")


class Line:
    """The end of the waiting line, within somebody's transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def join(self, connection_id: int, order: Order) -> Ticket:
        """Stand in line; an order that waits already is joined. A person's name takes the place of the schedule's."""
        self._forget()
        row = self._session.get_one(QueuedOrder, self._placed(connection_id, order))
        if order.trigger == "manual" and row.order["trigger"] != "manual":
            row.order = asdict(order)
        self._session.flush()
        return _ticket(row)

    def _placed(self, connection_id: int, order: Order) -> int:
        """The id of the one ticket that waits for this; one statement, so that nobody claims it in between."""
        values = {
            "connection_id": connection_id,
            "key": order.key,
            "order": asdict(order),
            "state": "waiting",
            "asked_at": stamp(self._clock()),
            "askers": 1,
        }
        adding = insert(self._session, QueuedOrder).values(values)
        once = {"index_elements": ["connection_id", "key"], "index_where": _WAITING}
        joining = adding.on_conflict_do_update(**once, set_={"askers": QueuedOrder.askers + 1}).returning(
            QueuedOrder.id
        )
        return int(self._session.execute(joining).scalar_one())

    def _forget(self) -> None:
        old = QueuedOrder.asked_at < stamp(self._clock() - KEPT)
        self._session.execute(delete(QueuedOrder).where(old, QueuedOrder.state != "running"))


class StoredQueue:
    """The waiting line in the database, shared by every process on it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def join(self, connection_id: int, order: Order) -> Ticket:
        """Stand in line, in a transaction of its own."""
        with self._database.session() as session:
            ticket = Line(session, self._clock).join(connection_id, order)
            session.commit()
            return ticket

    def claim(self, connection_id: int, ticket_id: int | None = None) -> Ticket | None:
        """Take the oldest waiting ticket, or this one, holding the connection's lock."""
        with self._database.session() as session:
            for left in session.scalars(_of(connection_id).where(QueuedOrder.state == "running")).all():
                _let_wait(session, left)
            waiting = _of(connection_id).where(_WAITING)
            if ticket_id is not None:
                waiting = waiting.where(QueuedOrder.id == ticket_id)
            row = session.scalar(waiting.limit(1).with_for_update())
            if row is not None:
                row.state, row.claims = "running", row.claims + 1
            session.commit()
            return _ticket(row) if row is not None else None

    def finish(self, claimed: Ticket, run_id: int | None) -> None:
        """The ticket, as it was claimed, was carried out by this run."""
        with self._database.session() as session:
            session.execute(update(QueuedOrder).where(*_still(claimed)).values(state="done", run_id=run_id))
            session.commit()

    def release(self, claimed: Ticket) -> None:
        """The run was cut off: the ticket waits again, or goes where an equal one waits already."""
        with self._database.session() as session:
            row = session.scalar(select(QueuedOrder).where(*_still(claimed)))
            if row is not None:
                _let_wait(session, row)
            session.commit()

    def withdraw(self, ticket_id: int) -> None:
        """Leave the line; a ticket that is being carried out stays, and so does one that others asked for too."""
        with self._database.session() as session:
            left = update(QueuedOrder).where(QueuedOrder.id == ticket_id, _WAITING)
            state = case((QueuedOrder.askers > 1, "waiting"), else_="withdrawn")
            session.execute(left.values(askers=QueuedOrder.askers - 1, state=state))
            session.commit()

    def get(self, ticket_id: int) -> Ticket | None:
        """Look at a ticket; None when it was forgotten."""
        with self._database.reader() as session:
            row = session.get(QueuedOrder, ticket_id)
            return _ticket(row) if row is not None else None

    def pending(self) -> tuple[Ticket, ...]:
        """Every ticket that waits or runs, oldest first."""
        with self._database.reader() as session:
            busy = select(QueuedOrder).where(QueuedOrder.state.in_(("waiting", "running"))).order_by(QueuedOrder.id)
            return tuple(_ticket(row) for row in session.scalars(busy))


def _of(connection_id: int) -> Any:
    return select(QueuedOrder).where(QueuedOrder.connection_id == connection_id).order_by(QueuedOrder.id)


def _still(claimed: Ticket) -> tuple[Any, ...]:
    """That nobody else took the ticket up since."""
    return QueuedOrder.id == claimed.id, QueuedOrder.state == "running", QueuedOrder.claims == claimed.claims


def _let_wait(session: Session, row: QueuedOrder) -> None:
    """The index decides whether an equal ticket waits already, also when that one comes at the same moment."""
    try:
        with session.begin_nested():
            row.state = "waiting"
    except IntegrityError:
        row.state = "withdrawn"


def _ticket(row: QueuedOrder) -> Ticket:
    state: Any = row.state
    return Ticket(
        row.id, row.connection_id, Order(**row.order), state, row.run_id, row.asked_at, row.claims, row.askers
    )
