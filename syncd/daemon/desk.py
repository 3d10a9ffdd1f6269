"""The desk: what people ask over the control socket is judged, put in line, and followed until it is answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from syncd.daemon.protocol import BATCH, Ask, AskFollow, AskStatus, AskSync, Tell
from syncd.errors import LockedError, RefusedError
from syncd.ports.queue import Order
from syncd.register.access import Verb, require
from syncd.services.connections import find
from syncd.services.register.acting import chosen_group, guest_acting, owner_acting
from syncd.services.sync.attempts import attempt_of, without_run
from syncd.services.sync.queued import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from syncd.daemon.workers import Stage, Workers
    from syncd.ports.clock import Clock
    from syncd.ports.queue import RunQueue, Ticket
    from syncd.ports.records import ConnectionInfo
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.services.sync.attempts import Attempt

PICKED_UP = 10.0
"""Seconds that a worker may take to begin what nothing stands in the way of."""

LOOK_AGAIN = 0.25
"""Seconds between two looks at a ticket; how far a run has come is told at once."""

ALIVE = 5.0
"""Seconds after which whoever listens hears something in any case."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, by the system's word. ``trusted``: root, or whoever the daemon itself runs as."""

    name: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A ticket that somebody waits for."""

    connection: ConnectionInfo
    ticket: Ticket
    until: float
    """When, on the monotonic clock, whoever waits for the run to begin has waited long enough."""


@dataclass
class Desk:
    """Answers what is asked. ``standing`` tells where a group stands; ``closing`` sends everybody home."""

    store: Store
    queue: RunQueue
    workers: Workers
    clock: Clock
    seconds: Callable[[], float]
    standing: Callable[[int], dict[str, Any]]
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, ask: Ask, peer: Peer) -> Iterator[Tell]:
        """Everything there is to say, until it is done. Raises what refuses the whole question."""
        with self.store.reading() as work:
            group = chosen_group(work, ask.group)
            acting = owner_acting if peer.trusted else guest_acting
            actor = acting(work, group, person=peer.name, wished=ask.login)
        match ask:
            case AskSync():
                yield from self._sync(ask, actor, group.id)
            case AskFollow():
                yield from self._follow(ask, actor, group.id)
            case AskStatus():
                require(actor, Verb.SYNC)
                yield {"tell": "status", "document": self.standing(group.id)}
            case _ as never:
                assert_never(never)
        if not self.closing.is_set():
            yield {"tell": "done"}

    # ----- asking for a run

    def _sync(self, ask: AskSync, actor: Actor, group_id: int) -> Iterator[Tell]:
        _require(actor, personal=ask.personal)
        connections = self._chosen(group_id, ask.connection)
        wished = ask.order
        order = Order(actor.login, wished.kind, wished.customer, dry_run=wished.dry_run, approve=wished.approve)
        places = []
        for connection in connections:
            if ask.wait == 0 and not self._is_free(connection):
                yield from _ended(without_run(connection.name, order, _busy(connection), self.clock(), self.clock()))
                continue
            ticket = self.queue.join(connection.id, bound(self.store, connection, order))
            places.append(_Place(connection, ticket, self.seconds() + max(ask.wait, PICKED_UP)))
            yield _queued(places[-1])
        self.workers.wake()
        for place in places:
            yield from self._wait(place, actor, personal=ask.personal)

    def _chosen(self, group_id: int, name: str | None) -> Sequence[ConnectionInfo]:
        if name is not None:
            return (find(self.store, group_id, name),)
        with self.store.reading() as work:
            known = work.connections.list(group_id)
        if not known:
            raise RefusedError(
                "There is no connection yet.", remedy="Add one: syncd connection add NAME --system SYSTEM"
            )
        return known

    def _is_free(self, connection: ConnectionInfo) -> bool:
        """Whether a run could begin now: nobody runs the connection, here or elsewhere."""
        if connection.id in self.workers.busy():
            return False
        with self.store.lock(f"run-{connection.id}") as free:
            return free

    # ----- following

    def _follow(self, ask: AskFollow, actor: Actor, group_id: int) -> Iterator[Tell]:
        _require(actor, personal=ask.personal)
        connections = {one.id: one for one in self._chosen(group_id, ask.connection)}
        tickets = [self.queue.get(one) for one in ask.tickets] or [
            one for one in self.queue.pending() if one.state == "running"
        ]
        known = [one for one in tickets if one is not None and one.connection_id in connections]
        if not known:
            raise RefusedError("Nothing is running.", remedy="`syncd runs list` shows what ran.", code="nothing_runs")
        for ticket in known:
            place = _Place(connections[ticket.connection_id], ticket, float("inf"))
            yield _queued(place)
            yield from self._wait(place, actor, personal=ask.personal)

    def _wait(self, place: _Place, actor: Actor, *, personal: bool) -> Iterator[Tell]:
        """Tell how far it has come until the order is answered."""
        told: Stage | None = None
        heard = looked = float("-inf")
        while not self.closing.is_set():
            now = self.seconds()
            if now - looked >= LOOK_AGAIN:
                looked, before = now, place.ticket.id
                attempt, place = self._look(place, actor, personal=personal)
                if attempt is not None:
                    yield from _ended(attempt)
                    return
                if place.ticket.id != before:
                    yield _queued(place)
            stage = self._stage(place)
            if stage is not None and stage != told:
                told, heard = stage, now
                yield _progress(place, stage)
            elif now - heard >= ALIVE:
                heard = now
                yield {"tell": "alive"}
            with self.workers.changed:
                self.workers.changed.wait(LOOK_AGAIN)

    def _stage(self, place: _Place) -> Stage | None:
        busy = self.workers.busy().get(place.connection.id)
        return busy.stage if busy is not None and place.ticket.state == "running" else None

    def _look(self, place: _Place, actor: Actor, *, personal: bool) -> tuple[Attempt | None, _Place]:
        """What became of a ticket; it is asked for again when somebody who shared it gave it up."""
        ticket = self.queue.get(place.ticket.id)
        if ticket is not None and ticket.state == "done":
            attempt = self._answered(ticket, actor, personal=personal)
            if attempt is not None:
                return attempt, place
        if ticket is None or ticket.state in {"done", "withdrawn"}:
            ticket = self.queue.join(place.connection.id, place.ticket.order)
            self.workers.wake()
        if ticket.state == "waiting" and self.seconds() >= place.until:
            self.queue.withdraw(ticket.id)
            error = _busy(place.connection)
            return without_run(place.connection.name, ticket.order, error, self.clock(), self.clock()), place
        return None, _Place(place.connection, ticket, place.until)

    def _answered(self, ticket: Ticket, actor: Actor, *, personal: bool) -> Attempt | None:
        with self.store.reading() as work:
            run = work.runs.get(ticket.run_id) if ticket.run_id is not None else None
        if run is None or run.status == "interrupted":
            return None
        return attempt_of(self.store, actor, run, personal=personal)


def _require(actor: Actor, *, personal: bool) -> None:
    require(actor, Verb.SYNC)
    if personal:
        require(actor, Verb.UNMASK)


def _busy(connection: ConnectionInfo) -> LockedError:
    return LockedError(f"another run of {connection.name} is under way", remedy="Wait for it to end.")


def _queued(place: _Place) -> Tell:
    return {"tell": "queued", "connection": place.connection.name, "ticket": place.ticket.id}


def _progress(place: _Place, stage: Stage) -> Tell:
    far = {"stage": stage.stage, "done": stage.done, "total": stage.total}
    return {"tell": "progress", "connection": place.connection.name, **far}


def _ended(attempt: Attempt) -> Iterator[Tell]:
    """The actions in pieces, then the rest: a first run may have a hundred thousand of them."""
    actions, names = attempt.document["actions"], attempt.names
    for first in range(0, len(actions), BATCH):
        piece = {"actions": actions[first : first + BATCH], "names": list(names[first : first + BATCH])}
        yield {"tell": "actions", "connection": attempt.connection, **piece}
    rest = {"document": {**attempt.document, "actions": []}, "code": attempt.code}
    yield {"tell": "ended", "connection": attempt.connection, **rest, "open_conflicts": attempt.open_conflicts}
