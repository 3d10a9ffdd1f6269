"""A run that lost its lock writes nothing more: the number of its connection's latest run is its fence (S-53).

The lock keeps runs apart; the fence keeps the data whole when a lock was lost without its holder noticing, with a
database session that the server ended, or a lock file that somebody removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from syncd.errors import ChangedMeanwhileError, TryLaterError
from syncd.register.problems import UnknownCustomerError
from syncd.store.tables import Connection, Customer

if TYPE_CHECKING:
    from sqlalchemy import Connection as DatabaseConnection
    from sqlalchemy.orm import Session

    from syncd.engine.state import Local

_COUNTER = select(Connection.run_counter).where(Connection.id == bindparam("connection"))
_VERSION = select(Customer.version).where(Customer.id == bindparam("customer"))
_BOTH = select(_COUNTER.scalar_subquery(), _VERSION.scalar_subquery())


class TakenOverError(TryLaterError):
    """A later run of the connection has begun: this one had lost its lock."""

    code = "taken_over"

    def __init__(self) -> None:
        super().__init__(
            "another run has taken this connection over: this one had lost its lock",
            remedy="The other run goes on. If it happens again, look for ended sessions in the database server's log.",
        )


@dataclass(frozen=True, slots=True)
class Fence:
    """What stands around one run: its connection, and the number that counted it."""

    connection_id: int
    run: int

    def check(self, session: Session | DatabaseConnection, seen: Local | None = None) -> None:
        """Return while the run is the latest, and the customer is as ``seen``.

        Raises ``TakenOverError``, ``ChangedMeanwhileError``, ``UnknownCustomerError``.
        """
        customer = seen.id if seen is not None else None
        counter, version = session.execute(_BOTH, {"connection": self.connection_id, "customer": customer}).one()
        if counter != self.run:
            raise TakenOverError
        if seen is not None and version is None:
            raise UnknownCustomerError(seen.number)
        if seen is not None and version != seen.version:
            raise ChangedMeanwhileError("the customer")

    def hold(self, session: Session) -> None:
        """Check, and let no later run be counted before this transaction ends."""
        session.execute(select(Connection.id).where(Connection.id == self.connection_id).with_for_update(read=True))
        self.check(session)
