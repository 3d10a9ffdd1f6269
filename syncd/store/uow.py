"""The unit of work: one transaction over every repository, committed on purpose or not at all."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from syncd.store.api_tokens import ApiTokens
from syncd.store.catalogues import Catalogues
from syncd.store.conflicts import Conflicts
from syncd.store.connections import Connections
from syncd.store.eyes import Eyes
from syncd.store.fence import Fence
from syncd.store.files import Files
from syncd.store.journal import Journal
from syncd.store.links import Links
from syncd.store.locks import hold
from syncd.store.logins import Logins
from syncd.store.mirror import Mirrors
from syncd.store.notifications import Notifications
from syncd.store.orders import Orders
from syncd.store.outbox import Outbox
from syncd.store.personal import Personal
from syncd.store.protocols import Protocols
from syncd.store.queue import Line
from syncd.store.register import Customers
from syncd.store.runs import Runs
from syncd.store.teams import Teams
from syncd.store.told import Told
from syncd.store.uploads import Uploads
from syncd.store.users import Groups, Users
from syncd.store.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

    from syncd.engine.state import Local
    from syncd.ports.clock import Clock
    from syncd.register.access import Sight
    from syncd.store.database import Database
    from syncd.store.vault import Vault

_GAP = 0.005
"""Seconds in which somebody who looks every other millisecond surely finds the database free."""


class UnitOfWork:
    """One transaction. Nothing is written unless ``commit()`` is called."""

    def __init__(self, session: Session, clock: Clock, vault: Vault | None, fence: Fence | None = None) -> None:
        self.session = session
        self._clock = clock
        self._vault = vault
        self._fence = fence
        self._eyes = Eyes(session)
        self._waits = False
        self._held = False

    def show(self, sight: Sight) -> None:
        """Read from now on what this sight shows: customers, orders and fields beyond it are not there."""
        self._eyes.show(sight)

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """Let what is committed inside wait for the end of the block: all of it becomes durable there, or nothing."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        self.commit()

    def hold(self) -> None:
        """Let no later run of the connection begin before the transaction ends. Raises ``TakenOverError``."""
        if self._fence is not None and not self._held:
            self._fence.hold(self.session)
            self._held = True

    def commit(self) -> None:
        """Make everything so far durable; the unit may go on with a new transaction. Raises ``TakenOverError``."""
        if self._waits:
            return
        self.hold()
        self.session.commit()
        self._held = False

    @cached_property
    def groups(self) -> Groups:
        """Groups and their settings."""
        return Groups(self.session, self._clock)

    @cached_property
    def users(self) -> Users:
        """People."""
        return Users(self.session, self._clock)

    @cached_property
    def api_tokens(self) -> ApiTokens:
        """Tokens with which programs act as users."""
        return ApiTokens(self.session, self._clock)

    @cached_property
    def line(self) -> Line:
        """The end of the waiting lines."""
        return Line(self.session, self._clock)

    @cached_property
    def wishes(self) -> Wishes:
        """What programs asked for once."""
        return Wishes(self.session, self._clock)

    @cached_property
    def teams(self) -> Teams:
        """Teams of users."""
        return Teams(self.session)

    @cached_property
    def catalogues(self) -> Catalogues:
        """Discount letters and articles."""
        return Catalogues(self.session, self._eyes)

    @cached_property
    def orders(self) -> Orders:
        """Orders, error reports and quotations."""
        return Orders(self.session, self._clock, self._eyes)

    @cached_property
    def uploads(self) -> Uploads:
        """Uploads on their way into a register."""
        return Uploads(self.session, self._clock)

    @cached_property
    def protocols(self) -> Protocols:
        """Service protocols, and what was sent."""
        return Protocols(self.session, self._clock, self._eyes)

    @cached_property
    def files(self) -> Files:
        """Files attached to customers."""
        return Files(self.session, self._clock, self._eyes)

    @cached_property
    def customers(self) -> Customers:
        """The register."""
        return Customers(self.session, self._clock, self._eyes)

    @cached_property
    def notifications(self) -> Notifications:
        """What users are told."""
        return Notifications(self.session, self._clock)

    @cached_property
    def logins(self) -> Logins:
        """Logins and sessions."""
        return Logins(self.session, self._clock)

    @cached_property
    def told(self) -> Told:
        """What administrators were told."""
        return Told(self.session)

    @cached_property
    def outbox(self) -> Outbox:
        """Mails to send."""
        return Outbox(self.session, self._clock)

    @cached_property
    def connections(self) -> Connections:
        """Connections and their tokens."""
        return Connections(self.session, self._clock, self._vault)

    @cached_property
    def mirrors(self) -> Mirrors:
        """What accounting last showed."""
        return Mirrors(self.session)

    @cached_property
    def links(self) -> Links:
        """Pairs, bases and the work list."""
        return Links(self.session, self._clock)

    @cached_property
    def conflicts(self) -> Conflicts:
        """Questions to people."""
        return Conflicts(self.session, self._clock)

    @cached_property
    def runs(self) -> Runs:
        """Runs and their reports."""
        return Runs(self.session, self._clock)

    @cached_property
    def journal(self) -> Journal:
        """Intents: writes to vendors, before and after."""
        return Journal(self.session, self._clock)

    @cached_property
    def personal(self) -> Personal:
        """Everything that is held on a customer."""
        return Personal(self.session, self._clock)


class Store:
    """The way to the database for services: units of work and locks."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault | None = None, *, fence: Fence | None = None
    ) -> None:
        self.database = database
        self._clock = clock
        self._vault = vault
        self._fence = fence

    def fenced(self, connection_id: int, run: int) -> Store:
        """The same way for run number ``run`` of a connection: nothing is committed once a later one was counted."""
        return Store(self.database, self._clock, self._vault, fence=Fence(connection_id, run))

    def check(self, seen: Local | None = None) -> None:
        """Return while nothing keeps this store from writing, and the customer is as ``seen``.

        Raises ``TakenOverError``, ``ChangedMeanwhileError``, ``UnknownCustomerError``.
        """
        if self._fence is not None:
            with self.database.glance() as connection:
                self._fence.check(connection, seen)

    def give_way(self) -> None:
        """Let whoever waits to write go first: an embedded database has one writer at a time and no queue."""
        if self.database.is_sqlite:
            time.sleep(_GAP)

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """Open a unit of work; leaving it without ``commit()`` writes nothing."""
        with self.database.session() as session:
            yield UnitOfWork(session, self._clock, self._vault, self._fence)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Open a unit that only reads, however long: it keeps no writer waiting."""
        with self.database.reader() as session:
            yield UnitOfWork(session, self._clock, self._vault)

    def wipe(self) -> bool:
        """Let nothing that was deleted be read from the database's files; False where somebody keeps them busy."""
        return self.database.wipe()

    def lock(self, name: str, *, wait: float = 0) -> AbstractContextManager[bool]:
        """Hold a lock by name across processes; the context yields whether it was got."""
        return hold(self.database, name, wait=wait)
