"""Personal data law: everything held on a customer is shown, or erased, on demand and after a while (R-14, S-55).

Bookkeeping is kept by the accounting system, under laws of its own: nothing there is touched.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.errors import LockedError, RefusedError
from syncd.ports.clock import stamp
from syncd.register.access import Verb, require
from syncd.register.history import EventKind
from syncd.register.language import Text
from syncd.register.problems import UnknownCustomerError
from syncd.services.register.finding import author
from syncd.services.uploads.storing import upload_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from syncd.ports.personal import Remote, Subject
    from syncd.ports.work import Store, Work
    from syncd.register.access import Actor

NAME = Text("Erased customer", "Raderad kund")
"""What a customer is called whose name was erased."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of it. ``again``: it had been erased before. ``remains``: what accounting still holds.

    ``wiped``: nothing of it can be read from the database's own files any more.
    """

    number: str
    again: bool
    remains: tuple[Remote, ...]
    wiped: bool


def export(
    store: Store, actor: Actor, group_id: int, number: str, customer_id: int | None = None, *, now: datetime
) -> dict[str, Any]:
    """Everything that is held on a customer, as one document; that it was handed out stands in the history."""
    require(actor, Verb.DISCLOSE)
    with store.work() as work:
        subject = _subject(work, group_id, number, customer_id)
        work.personal.note(subject, EventKind.EXPORTED, author(actor))
        work.commit()
    with store.reading() as work:
        head = {"number": subject.number, "exported_at": stamp(now), "exported_by": actor.login}
        return {**head, "deleted_at": subject.deleted_at, **work.personal.collect(subject)}


def erase(store: Store, actor: Actor, group_id: int, number: str, customer_id: int | None = None) -> Erased:
    """Erase everything personal that is held on a customer; all of it or nothing.

    Raises ``RefusedError`` while business is done with it, ``LockedError`` while a run is under way.
    """
    require(actor, Verb.ERASE)
    with no_run(store, group_id), store.work() as work:
        subject = _subject(work, group_id, number, customer_id)
        if subject.erased_at is None:
            _refuse_live(subject)
            work.personal.erase(subject, NAME.to(work.groups.settings(group_id).language), author(actor))
            work.commit()
    return Erased(subject.number, subject.erased_at is not None, subject.remotes, store.wipe())


def _subject(work: Work, group_id: int, number: str, customer_id: int | None) -> Subject:
    found = [one for one in work.personal.find(group_id, number) if customer_id in {None, one.customer_id}]
    if not found:
        raise UnknownCustomerError(number.strip())
    if len(found) > 1:
        known = "; ".join(f"--id {one.customer_id}: deleted {str(one.deleted_at)[:10]}" for one in found)
        raise RefusedError(f"Several deleted customers had the number {number.strip()}.", remedy=f"Name one: {known}.")
    return found[0]


def _refuse_live(subject: Subject) -> None:
    """Nobody is erased with whom business is done, and nothing of which it is not known whether it was sent."""
    if subject.open_writes:
        raise RefusedError(
            f"It is not known yet whether a change of customer {subject.number} reached accounting.",
            remedy="Synchronise first: syncd sync",
            code="open_writes",
        )
    for one in live(subject):
        remedy = f"Synchronise first: syncd sync {one.connection}."
        if subject.active:
            remedy = f"Deactivate it first: syncd customer deactivate {subject.number}; syncd sync {one.connection}."
        if subject.deleted_at is None:
            remedy += f" Or end the link: syncd customer unlink {subject.number} --connection {one.connection}."
        message = f"Customer {subject.number} is still kept in step with {one.connection}."
        raise RefusedError(message, remedy=remedy, code="still_linked")


def live(subject: Subject) -> tuple[Remote, ...]:
    """The records that a later run would still carry something over to or from."""
    over = subject.active or subject.deleted_at is not None
    return tuple(one for one in subject.remotes if one.linked and (over or one.active))


@contextmanager
def no_run(store: Store, group_id: int) -> Iterator[None]:
    """Keep runs from writing what is being erased."""
    with store.reading() as work:
        connections = work.connections.list(group_id)
        uploads = work.uploads.list(group_id)
    if uploads:
        raise LockedError("an upload is not stored yet", remedy="Wait for it; one that was cut off goes on by itself.")
    with ExitStack() as held:
        for one in connections:
            if not held.enter_context(store.lock(f"run-{one.id}")):
                raise LockedError(f"a run of {one.name} is under way", remedy="Wait for it to end, then repeat it.")
        if not held.enter_context(store.lock(upload_lock(group_id))):
            raise LockedError("an upload is under way", remedy="Wait for it to end, then repeat it.")
        yield
