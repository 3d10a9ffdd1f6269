"""The outbox as administrators look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.ports.mail import OutboxStanding, Queued
    from syncd.ports.work import Store
    from syncd.register.access import Actor

STATES = ("waiting", "given_up", "sent", "dropped")
"""What can become of a message."""


def list_messages(
    store: Store, actor: Actor, group_id: int, states: Iterable[str] = ("waiting", "given_up"), limit: int = 50
) -> tuple[Queued, ...]:
    """The group's messages in these states, newest first."""
    require(actor, Verb.SETTINGS)
    with store.reading() as work:
        return work.outbox.list(group_id, states, limit)


def standing(store: Store, group_id: int) -> OutboxStanding:
    """How many of the group's messages wait, and how many were given up."""
    with store.reading() as work:
        return work.outbox.standing(group_id)


def retry(store: Store, actor: Actor, group_id: int) -> int:
    """Let everything that was given up or waits be sent by the next round; returns how many messages that is."""
    require(actor, Verb.SETTINGS)
    with store.work() as work:
        number = work.outbox.retry(group_id)
        work.commit()
    return number
