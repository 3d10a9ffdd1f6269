"""Attempts at logging in, and the sessions that came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from syncd.ports.clock import stamp
from syncd.ports.logins import LoginInfo, SessionInfo
from syncd.store.tables import Attempt, LoginSession, User

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.logins import NewAttempt, Outcome, Way

_SHOWN = (
    *(LoginSession.id, LoginSession.user_id, User.group_id, User.login),
    *(LoginSession.created_at, LoginSession.seen_at, LoginSession.address),
    LoginSession.opened_by,
)


def _outcome(word: str) -> Outcome:
    return "accepted" if word == "accepted" else "refused"


class Logins:
    """Reads and writes logins of all groups."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    # ----- attempts

    def note(self, attempt: NewAttempt) -> int:
        """Note an attempt as refused, before its password is looked at; returns its id."""
        row = {name: getattr(attempt, name) for name in ("mark", "address", "group_id", "user_id")}
        statement = insert(Attempt).values(**row, at=self._now(), outcome="refused").returning(Attempt.id)
        return self._session.scalars(statement).one()

    def accept(self, attempt_id: int) -> None:
        """The password was right."""
        self._session.execute(update(Attempt).where(Attempt.id == attempt_id).values(outcome="accepted"))

    def forget(self, attempt_id: int) -> None:
        """Strike an attempt that was not even looked at."""
        self._session.execute(delete(Attempt).where(Attempt.id == attempt_id))

    def refused_for(self, mark: str, since: datetime, up_to: int) -> int:
        """How many attempts with this mark were refused since then and since its last login, up to ``up_to``."""
        last = select(func.coalesce(func.max(Attempt.id), 0)).where(
            Attempt.mark == mark, Attempt.outcome == "accepted", Attempt.at >= stamp(since)
        )
        return self._refused(since, up_to, Attempt.mark == mark, Attempt.id > last.scalar_subquery())

    def refused_from(self, address: str, since: datetime, up_to: int) -> int:
        """How many attempts from this address were refused since then, up to attempt ``up_to``."""
        return self._refused(since, up_to, Attempt.address == address)

    def _refused(self, since: datetime, up_to: int, *narrowed: Any) -> int:
        counted = select(func.count()).where(
            Attempt.outcome == "refused", Attempt.at >= stamp(since), Attempt.id <= up_to, *narrowed
        )
        return self._session.scalars(counted).one()

    def latest(self, user_id: int, limit: int) -> tuple[LoginInfo, ...]:
        """A user's logins and refused attempts, newest first."""
        statement = select(Attempt.at, Attempt.address, Attempt.outcome).where(Attempt.user_id == user_id)
        rows = self._session.execute(statement.order_by(Attempt.id.desc()).limit(limit))
        return tuple(LoginInfo(at, address, _outcome(outcome)) for at, address, outcome in rows)

    # ----- sessions

    def open(self, user_id: int, token_hash: str, address: str, by: Way = "password") -> int:
        """Open a session; returns its id."""
        now = self._now()
        row = {"user_id": user_id, "token_hash": token_hash, "address": address, "created_at": now, "seen_at": now}
        row["opened_by"] = by
        return self._session.scalars(insert(LoginSession).values(row).returning(LoginSession.id)).one()

    def find(self, token_hash: str) -> SessionInfo | None:
        """The session of this token."""
        statement = select(*_SHOWN).join(User, User.id == LoginSession.user_id)
        row = self._session.execute(statement.where(LoginSession.token_hash == token_hash)).first()
        return None if row is None else SessionInfo(*row)

    def seen(self, session_id: int) -> None:
        """The session is in use now."""
        self._session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=self._now()))

    def sessions(self, user_id: int) -> tuple[SessionInfo, ...]:
        """A user's sessions, newest first."""
        statement = select(*_SHOWN).join(User, User.id == LoginSession.user_id).where(LoginSession.user_id == user_id)
        return tuple(SessionInfo(*row) for row in self._session.execute(statement.order_by(LoginSession.id.desc())))

    def end(self, user_id: int, session_id: int | None = None, *, but: int | None = None) -> int:
        """End a session of a user, or (None) all ``but`` one; returns how many were ended."""
        chosen = [LoginSession.user_id == user_id]
        if session_id is not None:
            chosen.append(LoginSession.id == session_id)
        if but is not None:
            chosen.append(LoginSession.id != but)
        done: CursorResult[Any] = self._session.execute(delete(LoginSession).where(and_(*chosen)))  # type: ignore[assignment]  # a delete has a count
        return done.rowcount

    def prune(self, *, attempts_before: datetime, seen_before: datetime, created_before: datetime) -> None:
        """Forget old attempts, and sessions that have run out."""
        self._session.execute(delete(Attempt).where(Attempt.at < stamp(attempts_before)))
        over = or_(LoginSession.seen_at < stamp(seen_before), LoginSession.created_at < stamp(created_before))
        self._session.execute(delete(LoginSession).where(over))

    def _now(self) -> str:
        return stamp(self._clock())
