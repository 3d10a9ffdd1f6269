"""API tokens of users."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from syncd.errors import RefusedError
from syncd.ports.api_tokens import ApiToken
from syncd.ports.clock import stamp
from syncd.store.tables import User
from syncd.store.tables.api import ApiTokenRow as Row

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from syncd.ports.api_tokens import NewApiToken
    from syncd.ports.clock import Clock


class TokenNameTakenError(RefusedError):
    """Another token of the group has the name."""

    code = "token_name_taken"

    def __init__(self) -> None:
        super().__init__("There is a token of this name already.", remedy="Choose another name, or revoke that one.")


class ApiTokens:
    """Reads and writes the API tokens of all groups."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, group_id: int, user_id: int, token: NewApiToken) -> ApiToken:
        """Store a token. Raises ``RefusedError`` for a name that is taken."""
        statement = insert(Row).values(
            group_id=group_id,
            user_id=user_id,
            name=token.name,
            handle=token.handle,
            digest=token.digest,
            scope=None if token.scope is None else list(token.scope),
            created_at=stamp(self._clock()),
            expires_at=token.expires_at,
        )
        try:
            with self._session.begin_nested():
                self._session.execute(statement)
        except IntegrityError as error:
            raise TokenNameTakenError from error
        return _info(self._session.execute(_select().where(Row.handle == token.handle)).one())

    def find(self, handle: str) -> ApiToken | None:
        """Read a token by the part of it that is no secret; a revoked one as well."""
        row = self._session.execute(_select().where(Row.handle == handle)).first()
        return None if row is None else _info(row)

    def list(self, group_id: int, user_id: int | None = None, *, revoked: bool = False) -> tuple[ApiToken, ...]:
        """The tokens of a group, or of one user, by name; revoked ones if they are asked for."""
        chosen = _select().where(Row.group_id == group_id).order_by(Row.name, Row.id)
        if user_id is not None:
            chosen = chosen.where(Row.user_id == user_id)
        if not revoked:
            chosen = chosen.where(Row.revoked_at.is_(None))
        return tuple(_info(row) for row in self._session.execute(chosen))

    def revoke(self, token_id: int) -> None:
        """Let a token be used no more."""
        self._session.execute(update(Row).where(Row.id == token_id).values(revoked_at=stamp(self._clock())))

    def used(self, token_id: int, at: str) -> None:
        """Note when a token was last used."""
        self._session.execute(update(Row).where(Row.id == token_id).values(last_used_at=at))


def _select() -> Select[Any]:
    return select(
        *(Row.id, Row.group_id, Row.user_id, User.login, Row.name, Row.handle, Row.digest, Row.scope),
        *(Row.created_at, Row.expires_at, Row.last_used_at, Row.revoked_at),
    ).join(User, User.id == Row.user_id)


def _info(row: Any) -> ApiToken:
    return replace(ApiToken(*row), scope=None if row.scope is None else tuple(row.scope))
