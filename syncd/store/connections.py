"""Connections and their sealed tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, inspect, select, tuple_, update

from syncd.errors import ConfigurationError, RefusedError
from syncd.ports.clock import stamp
from syncd.ports.records import ConnectionInfo
from syncd.store.tables import (
    Base,
    Conflict,
    Connection,
    Document,
    Intent,
    Link,
    Mirror,
    QueuedOrder,
    Run,
    RunLine,
    Token,
    Touched,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.store.vault import Vault
    from syncd.values.tokens import Tokens

_OWNED: tuple[type[Base], ...] = (RunLine, Run, Touched, Document, Mirror, Conflict, Intent, QueuedOrder, Link)
"""What goes with a connection, its links last."""

_HALF_REMOVED = {
    "code": "half_removed",
    "message": "the connection was being removed when that was cut off",
    "remedy": "Remove it once more: `syncd connection remove NAME`.",
}


class Connections:
    """Reads and writes connections of all groups."""

    def __init__(self, session: Session, clock: Clock, vault: Vault | None) -> None:
        self._session = session
        self._clock = clock
        self._vault = vault

    def add(self, group_id: int, name: str, system: str) -> ConnectionInfo:
        """Store a new connection without settings of its own. Raises ``RefusedError`` for a name that is taken."""
        if self.find(group_id, name) is not None:
            raise RefusedError(f"a connection named {name} exists already", remedy="Choose another name.")
        row = Connection(group_id=group_id, name=name, system=system, created_at=stamp(self._clock()))
        self._session.add(row)
        self._session.flush()
        return _info(row)

    def get(self, connection_id: int) -> ConnectionInfo:
        """Read one connection, as it is now."""
        statement = select(Connection).where(Connection.id == connection_id)
        return _info(self._session.scalars(statement.execution_options(populate_existing=True)).one())

    def find(self, group_id: int, name: str) -> ConnectionInfo | None:
        """Read a connection by name."""
        row = self._session.scalar(select(Connection).where(Connection.group_id == group_id, Connection.name == name))
        return _info(row) if row is not None else None

    def list(self, group_id: int | None = None) -> tuple[ConnectionInfo, ...]:
        """Every connection, of one group or of all, by name."""
        statement = select(Connection).order_by(Connection.group_id, Connection.name)
        if group_id is not None:
            statement = statement.where(Connection.group_id == group_id)
        return tuple(_info(row) for row in self._session.scalars(statement))

    def save(self, connection_id: int, **columns: Any) -> None:
        """Store some columns: ``settings``, ``company``, ``state``, ``attention``, ``cursors``, ``progress``."""
        self._session.execute(update(Connection).where(Connection.id == connection_id).values(**columns))

    def count_run(self, connection_id: int) -> int:
        """Count one more run and return its number."""
        statement = (
            update(Connection)
            .where(Connection.id == connection_id)
            .values(run_counter=Connection.run_counter + 1)
            .returning(Connection.run_counter)
        )
        return self._session.execute(statement).scalar_one()

    def shut(self, connection_id: int) -> None:
        """Take a connection's tokens away and pause it: whatever then becomes of it, no run begins any more."""
        self._session.execute(delete(Token).where(Token.connection_id == connection_id))
        self.save(
            connection_id,
            settings={**self.get(connection_id).settings, "paused": True},
            state="needs_consent",
            attention=_HALF_REMOVED,
        )

    def remove_part(self, connection_id: int, most: int) -> bool:
        """Forget at most so many rows of what is a connection's, at last itself; returns whether there is more."""
        if any(self._removed(table, connection_id, most) for table in _OWNED):
            return True
        self._session.execute(delete(Connection).where(Connection.id == connection_id))
        return False

    def _removed(self, table: type[Base], connection_id: int, most: int) -> bool:
        """Whether there was anything of it in a table."""
        key = inspect(table).primary_key
        runs = select(Run.id).where(Run.connection_id == connection_id)
        owned = RunLine.run_id.in_(runs) if table is RunLine else table.__table__.c.connection_id == connection_id
        some = delete(table).where(tuple_(*key).in_(select(*key).where(owned).limit(most))).returning(*key)
        return bool(self._session.execute(some.execution_options(synchronize_session=False)).all())

    def tokens(self, connection_id: int) -> Tokens | None:
        """The newest stored tokens."""
        return self._tokens(connection_id, hold=False)

    def renew_tokens(self, connection_id: int, spent: str, tokens: Tokens) -> bool:
        """Store tokens where the refresh token ``spent`` still is the stored one; returns whether it was."""
        stored = self._tokens(connection_id, hold=True)
        if stored is None or stored.refresh_token != spent:
            return False
        self.save_tokens(connection_id, tokens)
        return True

    def save_tokens(self, connection_id: int, tokens: Tokens) -> None:
        """Store tokens, sealed."""
        sealed = self._open_vault().seal(tokens)
        fresh = Token(
            connection_id=connection_id, sealed=sealed, expires_at=tokens.expires_at, stored_at=stamp(self._clock())
        )
        self._session.merge(fresh)

    def token_expiry(self, connection_id: int) -> float | None:
        """When the stored access token expires (seconds since 1970); None without one."""
        return self._session.scalar(select(Token.expires_at).where(Token.connection_id == connection_id))

    def _tokens(self, connection_id: int, *, hold: bool) -> Tokens | None:
        row = self._session.get(Token, connection_id, populate_existing=True, with_for_update=hold)
        return self._open_vault().open(row.sealed) if row is not None else None

    def _open_vault(self) -> Vault:
        if self._vault is None:
            raise ConfigurationError("secret_key_file is not set", remedy="Name the file that `syncd init` made.")
        return self._vault


def _info(row: Connection) -> ConnectionInfo:
    def plain(value: Mapping[str, Any] | None) -> dict[str, Any]:
        return dict(value or {})

    return ConnectionInfo(
        id=row.id,
        group_id=row.group_id,
        name=row.name,
        system=row.system,
        settings=plain(row.settings),
        company=plain(row.company),
        state=row.state,
        attention=plain(row.attention),
        cursors=plain(row.cursors),
        progress=plain(row.progress),
        run_counter=row.run_counter,
    )
