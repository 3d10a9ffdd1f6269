"""A run that lost its lock writes nothing more: the number of its connection's latest run is its fence (S-53).

The lock keeps runs apart; the fence keeps the data whole when a lock was lost without its holder noticing, with a
database session that the server ended, or a lock file that somebody removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from syncd.errors import TryLaterError
from syncd.store.tables import Connection

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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

    def check(self, session: Session) -> None:
        """Return while the run is the latest. Raises ``TakenOverError``."""
        if session.scalar(select(Connection.run_counter).where(Connection.id == self.connection_id)) != self.run:
            raise TakenOverError

    def hold(self, session: Session) -> None:
        """Check, and let no later run be counted before this transaction ends."""
        session.execute(select(Connection.id).where(Connection.id == self.connection_id).with_for_update(read=True))
        self.check(session)
