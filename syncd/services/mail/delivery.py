"""Sending what waits in the outbox. A failure belongs to the message or to the server, and never to whoever queued it.

One process at a time sends, and an attempt is counted before it is made. A message is sent twice only if the process
dies, or the connection breaks, between the server's *taken* and the commit after it; both then have one Message-ID.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from syncd.ports.clock import stamp
from syncd.ports.mail import Letter, MailNotNowError, MailRefusedError, MailServerError
from syncd.services.digests import has_news, write_digests

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.ports.clock import Clock
    from syncd.ports.mail import MailServer, MailSession, Queued
    from syncd.ports.work import Store
    from syncd.services.sync.context import Stop

_log = structlog.wrap_logger(logging.getLogger(__name__), wrapper_class=structlog.stdlib.BoundLogger)

_PAGE = 50
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
KEPT = timedelta(days=30)
"""How long is remembered what was sent, so that nothing is queued again under the same key."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round came to. ``busy``: another process is sending. ``error``: the server could not be used."""

    sent: int = 0
    failed: int = 0
    busy: bool = False
    error: MailServerError | None = None


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: a minute, then twice as long each time, at most an hour."""
    return min(_FIRST * float(2 ** min(attempts - 1, 10)), _LONGEST)


@dataclass(frozen=True, slots=True)
class Mailer:
    """Writes digests and sends what is due. Without a ``server`` nothing is sent, and what grew too old is let go.

    ``seconds`` is a monotonic clock; ``give_up_after`` is how long a message is tried; ``url`` leads to the console.
    """

    store: Store
    server: MailServer | None
    clock: Clock
    seconds: Callable[[], float]
    stop: Stop
    give_up_after: timedelta
    url: str | None = None

    def deliver_due(self, *, most_seconds: float | None = None) -> Delivered:
        """Tell what is news, send what is due, for at most so many seconds. Raises what the database raises."""
        if not self._anything():
            return Delivered()
        with self.store.lock("mail") as got:
            if not got:
                return Delivered(busy=True)
            done = Delivered()
            if self.server is not None:
                write_digests(self.store, self.url)
                done = self._round(self.server, self._end(most_seconds))
            self._tidy()
            return done

    def _anything(self) -> bool:
        with self.store.reading() as work:
            return bool(work.outbox.due(1)) or (self.server is not None and has_news(work))

    def _end(self, most_seconds: float | None) -> float:
        return float("inf") if most_seconds is None else self.seconds() + most_seconds

    def _round(self, server: MailServer, end: float) -> Delivered:
        begun = _Round(self, end)
        try:
            with server.session() as session:
                begun.send_all(session)
        except MailServerError as error:
            begun.break_off(error)
        done = begun.done
        _log.info("mail.round", sent=done.sent, failed=done.failed, error=done.error and done.error.message)
        return done

    def _tidy(self) -> None:
        """Give up what was tried for too long, forget what has been done with for long."""
        now = self.clock()
        with self.store.work() as work:
            if self.server is None:
                work.outbox.drop(stamp(now - self.give_up_after))
            work.outbox.give_up(stamp(now - self.give_up_after))
            work.outbox.prune(stamp(now - KEPT))
            work.commit()


class _Round:
    """What one connection to the mail server is used for."""

    def __init__(self, mailer: Mailer, end: float) -> None:
        self._mailer, self._end = mailer, end
        self._under_way: Queued | None = None
        self.done = Delivered()

    def send_all(self, session: MailSession) -> None:
        """Send until nothing is due, the time is over, or somebody asks to stop."""
        while page := self._due(_PAGE):
            for message in page:
                if self._mailer.stop.is_set() or self._mailer.seconds() >= self._end:
                    return
                if self._claimed(message):
                    self._send(session, message)

    def _send(self, session: MailSession, message: Queued) -> None:
        if message.to is None:
            self._settle(message, "dropped", "nobody to send it to")
            return
        self._under_way = message
        mark = f"{message.id} {message.created_at} {message.key}"
        try:
            session.send(Letter(message.to, message.subject, message.body, mark))
        except MailRefusedError as error:
            self._settle(message, "given_up", error.message)
        except MailNotNowError as error:
            self._settle(message, "waiting", error.message)
        else:
            self._settle(message, "sent")
        self._under_way = None

    def break_off(self, error: MailServerError) -> None:
        """Nothing gets through now, so everything waits.

        In the middle of a letter that may be the letter's own fault: the others keep their attempts and go first next
        time.
        """
        self.done = replace(self.done, error=error)
        guilty = self._under_way
        if guilty is not None:
            self._settle(guilty, "waiting", error.message)
        tried = guilty.attempts if guilty is not None else min((m.attempts for m in self._due(1)), default=0)
        with self._mailer.store.work() as work:
            work.outbox.postpone(self._next(tried + 1), error=error.message if guilty is None else None)
            work.commit()

    def _due(self, limit: int) -> tuple[Queued, ...]:
        with self._mailer.store.reading() as work:
            return work.outbox.due(limit)

    def _claimed(self, message: Queued) -> bool:
        with self._mailer.store.work() as work:
            got = work.outbox.claim(message, self._next(message.attempts + 1))
            work.commit()
        return got

    def _settle(self, message: Queued, state: str, error: str | None = None) -> None:
        with self._mailer.store.work() as work:
            work.outbox.settle(message.id, state, error)
            work.commit()
        sent, failed = self.done.sent + (state == "sent"), self.done.failed + (error is not None)
        self.done = replace(self.done, sent=sent, failed=failed)

    def _next(self, attempts: int) -> str:
        return stamp(self._mailer.clock() + wait_after(attempts))
