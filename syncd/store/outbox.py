"""The outbox: mails wait here, written in the transaction of what they tell, until the mail server has taken them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy import delete as delete_from

from syncd.ports.clock import stamp
from syncd.ports.mail import OutboxStanding, Queued
from syncd.store.dialect import insert
from syncd.store.protocols import remember_sent
from syncd.store.tables import Outbox as Row
from syncd.store.tables import User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import CursorResult, Select
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.mail import NewMessage

_REACHABLE = and_(User.active, User.email_notices)
_TO = case((Row.user_id.is_(None), Row.address), (_REACHABLE, User.email))
"""The address that counts now; a user's may have changed since the message was queued."""

_BLANK = {"subject": "", "body": ""}


class Outbox:
    """Reads and writes the mails of all groups."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, group_id: int, message: NewMessage) -> None:
        """Queue a message, unless its key is known."""
        now = stamp(self._clock())
        row = {
            "group_id": group_id,
            "kind": message.kind,
            "key": message.key,
            "user_id": message.user_id,
            "address": message.address,
            "subject": message.subject,
            "body": message.body,
            "state": "waiting",
            "attempts": 0,
            "next_try": now,
            "created_at": now,
            "queued_at": now,
        }
        self._session.execute(insert(self._session, Row).values(row).on_conflict_do_nothing(index_elements=["key"]))

    def due(self, limit: int) -> tuple[Queued, ...]:
        """Messages whose time has come, those tried least first."""
        statement = self._select().where(self._is_due()).order_by(Row.attempts, Row.next_try, Row.id).limit(limit)
        return tuple(Queued(*row) for row in self._session.execute(statement))

    def claim(self, message: Queued, next_try: str) -> bool:
        """Count an attempt before it is made; False when another process was quicker."""
        seen = and_(Row.id == message.id, Row.state == "waiting", Row.attempts == message.attempts)
        return self._update(seen, attempts=message.attempts + 1, next_try=next_try) == 1

    def settle(self, message_id: int, state: str, error: str | None = None) -> None:
        """Store how an attempt ended. What was sent or dropped keeps neither subject nor body."""
        values: dict[str, Any] = {"state": state, "last_error": error}
        if state in {"sent", "dropped"}:
            values |= {**_BLANK, "sent_at": stamp(self._clock()) if state == "sent" else None}
        self._update(Row.id == message_id, **values)

    def postpone(self, until: str, *, error: str | None = None) -> None:
        """Let everything that is due wait; an ``error`` counts as an attempt of each."""
        counted = {} if error is None else {"attempts": Row.attempts + 1, "last_error": error}
        self._update(self._is_due(), next_try=until, **counted)

    def give_up(self, queued_before: str) -> None:
        """Stop trying what was tried and has waited since before then."""
        self._update(and_(Row.state == "waiting", Row.queued_at < queued_before, Row.attempts > 0), state="given_up")

    def drop(self, queued_before: str) -> None:
        """Let go of what has waited since before then, tried or not."""
        self._update(and_(Row.state == "waiting", Row.queued_at < queued_before), state="dropped", **_BLANK)

    def prune(self, before: str) -> None:
        """Forget messages that were done with before then."""
        old = and_(Row.state != "waiting", Row.next_try < before)
        remember_sent(self._session, old)
        self._session.execute(delete_from(Row).where(old).execution_options(synchronize_session=False))

    def standing(self, group_id: int) -> OutboxStanding:
        """How the outbox of a group stands."""
        waiting = Row.state == "waiting"
        statement = select(
            func.count(case((waiting, 1))),
            func.min(case((waiting, Row.queued_at))),
            func.count(case((Row.state == "given_up", 1))),
        ).where(Row.group_id == group_id)
        return OutboxStanding(*self._session.execute(statement).one())

    def list(self, group_id: int, states: Iterable[str], limit: int) -> tuple[Queued, ...]:
        """Messages of a group in these states, newest first."""
        chosen = and_(Row.group_id == group_id, Row.state.in_(list(states)))
        rows = self._session.execute(self._select().where(chosen).order_by(Row.id.desc()).limit(limit))
        return tuple(Queued(*row) for row in rows)

    def retry(self, group_id: int) -> int:
        """Let every message of a group that was given up or waits be due now; returns how many."""
        now = stamp(self._clock())
        stuck = and_(Row.group_id == group_id, or_(Row.state == "given_up", Row.state == "waiting"))
        return self._update(stuck, state="waiting", next_try=now, queued_at=now)

    def _is_due(self) -> Any:
        return and_(Row.state == "waiting", Row.next_try <= stamp(self._clock()))

    def _update(self, where: Any, **values: Any) -> int:
        statement = update(Row).where(where).values(values).execution_options(synchronize_session=False)
        done: CursorResult[Any] = self._session.execute(statement)  # type: ignore[assignment]  # an update has a count
        return done.rowcount

    def _select(self) -> Select[Any]:
        return select(
            *(Row.id, Row.kind, Row.key, User.login, _TO, Row.subject, Row.body, Row.state),
            *(Row.attempts, Row.next_try, Row.last_error, Row.created_at, Row.queued_at, Row.sent_at),
        ).outerjoin(User, User.id == Row.user_id)
