"""Mail as services see it: the outbox, and the server that takes letters. Protocols and plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from syncd.errors import SyncdError, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager


class MailServerError(TryLaterError):
    """The mail server cannot be used now: no letter gets through until that has changed."""

    code = "mail_server"


class MailNotNowError(SyncdError):
    """The server does not take this letter now (a full mailbox, greylisting); others may get through."""

    code = "mail_not_now"


class MailRefusedError(SyncdError):
    """The server will never take this letter."""

    code = "mail_refused"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. The same ``mark`` always makes the same Message-ID, so that a receiver can tell a repetition."""

    to: str
    subject: str
    body: str
    mark: str


class MailSession(Protocol):
    """An open connection to a mail server."""

    def send(self, letter: Letter) -> None:
        """Hand over one letter.

        Raises ``MailRefusedError``, ``MailNotNowError``, or ``MailServerError``, after which the session is of no use.
        """
        ...


class MailServer(Protocol):
    """A mail server that letters can be handed to."""

    def session(self) -> AbstractContextManager[MailSession]:
        """Connect and log in. Raises ``MailServerError``."""
        ...


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A mail to queue, to a user (whose address counts when it is sent) or to an address.

    ``key`` names what is told: a second message of the same key is not queued.
    """

    kind: str
    key: str
    subject: str
    body: str
    user_id: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail in the outbox. ``to`` is None for a user who has no address (any more), or wants no mail."""

    id: int
    kind: str
    key: str
    login: str | None
    to: str | None
    subject: str
    body: str
    state: str
    attempts: int
    next_try: str
    last_error: str | None
    created_at: str
    queued_at: str
    sent_at: str | None


@dataclass(frozen=True, slots=True)
class OutboxStanding:
    """How many mails wait, since when, and how many were given up."""

    waiting: int
    oldest: str | None
    given_up: int


class OutboxPort(Protocol):
    """The outbox. A message is ``waiting``, ``sent``, ``given_up`` or ``dropped`` (there was nobody to send it to)."""

    def add(self, group_id: int, message: NewMessage) -> None:
        """Queue a message, in the transaction of what it tells."""
        ...

    def due(self, limit: int) -> tuple[Queued, ...]:
        """Messages whose time has come, those tried least first."""
        ...

    def claim(self, message: Queued, next_try: str) -> bool:
        """Count an attempt before it is made; False when another process was quicker."""
        ...

    def settle(self, message_id: int, state: str, error: str | None = None) -> None:
        """Store how an attempt ended. What was sent or dropped keeps neither subject nor body."""
        ...

    def postpone(self, until: str, *, error: str | None = None) -> None:
        """Let everything that is due wait; an ``error`` counts as an attempt of each."""
        ...

    def give_up(self, queued_before: str) -> None:
        """Stop trying what was tried and has waited since before then."""
        ...

    def drop(self, queued_before: str) -> None:
        """Let go of what has waited since before then, tried or not."""
        ...

    def prune(self, before: str) -> None:
        """Forget messages that were done with before then."""
        ...

    def standing(self, group_id: int) -> OutboxStanding:
        """How the outbox of a group stands."""
        ...

    def list(self, group_id: int, states: Iterable[str], limit: int) -> tuple[Queued, ...]:
        """Messages of a group in these states, newest first."""
        ...

    def retry(self, group_id: int) -> int:
        """Let every message of a group that was given up or waits be due now; returns how many."""
        ...
