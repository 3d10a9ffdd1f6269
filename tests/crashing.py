"""A run that something happens to at one durable step: before or after a commit, or before or after a request.

The runner gets small wrappers around its store, its connector and its witness; nothing is patched.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from syncd.engine.state import Local
    from syncd.ports.records import RunInfo
    from syncd.ports.work import Work
    from syncd.services.sync.run import Witness
    from syncd.store.uow import Store
    from tests.world import World

REQUESTS = frozenset(
    {"company", "customer", "find", "create", "update", "delete", "document", "write_reference"},
)
LISTS = frozenset({"customers", "documents"})


class KilledError(BaseException):
    """The process was killed here: nothing of ours catches this."""


def die() -> None:
    """What a kill does."""
    raise KilledError


@dataclass
class Steps:
    """Counts the steps of a run; at step ``due`` (by number, or the ``nth`` of a name) something happens: a kill."""

    due: int | str | None = None
    happens: Callable[[], object] = die
    nth: int = 1
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if self.due == self.taken or (self.due == name and self.names.count(name) == self.nth):
            self.happens()

    @property
    def taken(self) -> int:
        """How many there were so far."""
        return len(self.names)

    def around(self, name: str, act: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401  whatever it returns
        self(f"before {name}")
        answer = act(*arguments)
        self(f"after {name}")
        return answer


class Moment(Steps):
    """Something happens once: at the first step with one of these names from the ``earliest`` on."""

    def __init__(self, earliest: int, happens: Callable[[], object], at: Iterable[str]) -> None:
        super().__init__(happens=happens)
        self._earliest, self._at = earliest, frozenset(at)

    @override
    def __call__(self, name: str) -> None:
        super().__call__(name)
        if self._at and self.taken >= self._earliest and name in self._at:
            self._at = frozenset()
            self.happens()


class _Work:
    """A unit of work whose commits are steps."""

    def __init__(self, work: Work, steps: Steps) -> None:
        self._work, self._steps = work, steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  every repository
        return getattr(self._work, name)

    def commit(self) -> None:
        self._steps.around("commit", self._work.commit)


class MortalStore:
    """A store whose commits are steps."""

    def __init__(self, store: Store, steps: Steps) -> None:
        self._store, self._steps = store, steps

    @contextmanager
    def work(self) -> Iterator[Any]:
        with self._store.work() as work:
            yield _Work(work, self._steps)

    def reading(self) -> AbstractContextManager[Any]:
        return self._store.reading()

    def lock(self, name: str, *, wait: float = 0) -> AbstractContextManager[bool]:
        return self._store.lock(name, wait=wait)

    def fenced(self, connection_id: int, run: int) -> MortalStore:
        return MortalStore(self._store.fenced(connection_id, run), self._steps)

    def check(self, seen: Local | None = None) -> None:
        self._store.check(seen)

    def give_way(self) -> None:
        """Nobody waits."""


class MortalConnector:
    """A connector whose requests are steps."""

    def __init__(self, connector: Any, steps: Steps) -> None:  # noqa: ANN401  any connector
        self._connector, self._steps = connector, steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the connector has
        found = getattr(self._connector, name)
        if name in REQUESTS:
            return lambda *arguments: self._steps.around(name, found, *arguments)
        if name in LISTS:
            return lambda *arguments: self._pages(name, found(*arguments))
        return found

    def _pages(self, name: str, pages: Iterator[Any]) -> Iterator[Any]:
        self._steps(f"before {name}")
        for page in pages:
            self._steps(f"after a page of {name}")
            yield page


class MortalWitness:
    """A witness whose notes are steps."""

    def __init__(self, witness: Witness, steps: Steps) -> None:
        self._witness, self._steps = witness, steps

    def last(self, connection_id: int) -> int:
        return self._witness.last(connection_id)

    def note(self, connection_id: int, counter: int) -> None:
        self._steps.around("note", self._witness.note, connection_id, counter)


def run(world: World, steps: Steps, **order: Any) -> RunInfo | None:  # noqa: ANN401  see World.run
    """Run, and return how the run ended; None when it was killed."""
    try:
        return world.run(steps=steps, **order)
    except KilledError:
        return None
