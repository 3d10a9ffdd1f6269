"""One pytest session tries every change: it collects once, then forks for each.

A change costs little more than the tests that run its function, quickest first, until one of them fails.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from tests.mutating.fates import NO_TESTS, NOTICED, SURVIVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pytest

PATIENCE = 3.0
"""Seconds beside ten times what the tests took before: what needs more has an endless loop."""


@dataclass
class Trial:
    """A pytest plugin: what it is given is tried instead of the tests being run."""

    changes: list[str]
    note: Callable[[str, int], None]
    examples: bool = False
    _guards: defaultdict[str, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    _cost: dict[str, float] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """A property that failed is enough: nothing is made smaller, nothing remembered."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - pytest must see it first, to rewrite its assertions

        settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None, deadline=None)
        settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.examples:
            items[:] = [item for item in items if not _is_property(item)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._watch(session)
        gc.collect()
        gc.freeze()
        for change in self.changes:
            guards = self._guards[mangled_name_from_mutant_name(change)]
            self.note(change, self._try(session, change, guards) if guards else NO_TESTS)
        return True

    def _watch(self, session: pytest.Session) -> None:
        """Run every test once unchanged: which functions does it reach, what does it take?"""
        set_mutant_under_test("stats")
        for item, following in _pairs(session.items):
            before = time.process_time()
            _run(item, following)
            if session.testsfailed:
                sys.exit(f"{item.nodeid} fails without any change")
            self._cost[item.nodeid] = time.process_time() - before
            for function in state()._stats:
                self._guards[function].append(item)
            state()._stats.clear()
        for guards in self._guards.values():
            guards.sort(key=lambda item: (_is_property(item), self._cost[item.nodeid]))

    def _try(self, session: pytest.Session, change: str, guards: list[pytest.Item]) -> int:
        if child := os.fork():
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        try:
            gc.disable()
            _hush()
            _limit(sum(self._cost[item.nodeid] for item in guards))
            set_mutant_under_test(change)
            for item, following in _pairs(guards):
                _run(item, following)
                if session.testsfailed:
                    os._exit(NOTICED)
            os._exit(SURVIVED)
        finally:
            os._exit(NOTICED)  # an error that not even pytest expects


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _limit(expected: float) -> None:
    """Time is the processor's, so that a busy machine is no endless loop; what waits is ended by the clock."""
    seconds = math.ceil(PATIENCE + 10 * expected)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.alarm(60 * seconds)


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _pairs(items: list[pytest.Item]) -> Iterable[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _is_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))
