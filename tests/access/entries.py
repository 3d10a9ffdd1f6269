"""The ways in: each carries an operation out as somebody and says what became of it. Nothing that it did lasts."""

from __future__ import annotations

import shlex
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from syncd.errors import NotAllowedError, SyncdError
from syncd.store.uow import UnitOfWork
from tests.access.operations import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from syncd.store.database import Database
    from syncd.store.shelf import FileShelf
    from tests.access.operations import Operation, Target
    from tests.cli.conftest import Answer

REFUSED, THROUGH, UNKNOWN = "refused", "let through", "unknown"
NOT_ALLOWED = 77
_UNKNOWN = ("there is no customer", "there is no user", "there is no such order", "there is no such file")


@dataclass(frozen=True)
class Outcome:
    """What became of it, and everything that was said."""

    verdict: str
    said: str

    def about(self, target: Target) -> Outcome:
        """The same with what was typed struck out: what is left may not differ between hidden and unknown."""
        said = self.said
        for word in target.words.values():
            said = said.replace(word, "#")
        return Outcome(self.verdict, said)


class Entry(Protocol):
    """A way in."""

    def attempt(self, operation: Operation, login: str, target: Target) -> Outcome:
        """Ask for an operation as the user of this login."""
        ...


class Rehearsal:
    """A store whose transactions are undone: services commit, and nothing lasts."""

    def __init__(self, connection: Connection, clock: Callable[..., object]) -> None:
        self._connection, self._clock = connection, clock

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        with Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield UnitOfWork(session, self._clock, None)  # type: ignore[arg-type]  # a clock

    reading = work

    def wipe(self) -> bool:
        return True

    @contextmanager
    def lock(self, _name: str, *, wait: float = 0) -> Iterator[bool]:  # noqa: ARG002 - as a store
        yield True


class Services:
    """The services, called as every other way in calls them."""

    def __init__(self, database: Database, shelf: FileShelf, clock: Callable[..., object]) -> None:
        self._database, self._shelf, self._clock = database, shelf, clock

    def attempt(self, operation: Operation, login: str, target: Target) -> Outcome:
        with self._database.engine.connect() as connection, connection.begin() as whole:
            try:
                return self._called(Rehearsal(connection, self._clock), operation, login, target)
            finally:
                whole.rollback()

    def _called(self, store: Rehearsal, operation: Operation, login: str, target: Target) -> Outcome:
        with store.work() as work:
            group = work.groups.list()[0]
            actor = work.users.actor(group.id, login)
            assert actor is not None
            stage = Stage(work, store, self._shelf, actor, group.id)  # type: ignore[arg-type]  # a store for one rehearsal
            try:
                return Outcome(THROUGH, repr(operation.call(stage, target)))
            except NotAllowedError as error:
                return Outcome(REFUSED, f"{error} {error.remedy}")
            except SyncdError as error:
                return Outcome(_verdict(error.message), f"{error} {error.remedy}")


class CommandLine:
    """The command line, with ``--as``, in a copy of a prepared directory."""

    def __init__(self, shell: Callable[..., Answer], prepared: Path, here: Path) -> None:
        self._shell, self._prepared, self._here = shell, prepared, here

    def attempt(self, operation: Operation, login: str, target: Target) -> Outcome:
        words = shlex.split(operation.typed.format(**target.words))
        answer = self._shell(*words, "--as", login)
        if answer.code == 0:
            self._restore()
            return Outcome(THROUGH, answer.out + answer.err)
        if answer.code == NOT_ALLOWED:
            return Outcome(REFUSED, answer.err)
        assert answer.code in {1, 3, 4, 69, 78}, answer.err
        return Outcome(_verdict(answer.err), answer.out + answer.err)

    def _restore(self) -> None:
        for leftover in (*self._here.glob("syncd.db*"), *self._here.glob("*.csv")):
            leftover.unlink()
        shutil.copy2(self._prepared / "syncd.db", self._here)
        shutil.copytree(self._prepared / "files", self._here / "files", dirs_exist_ok=True)


def _verdict(message: str) -> str:
    return UNKNOWN if message.casefold().startswith(_UNKNOWN) else THROUGH
