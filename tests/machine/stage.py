"""What every rule of a random history stands on: a company, a story, the oracle, and who the n-th customer is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from typing_extensions import override

from tests.machine.oracle import Oracle
from tests.machine.reports import Ledger, check_chain
from tests.machine.story import Story
from tests.machine.vocabulary import TYPED
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.store.database import Database
    from tests.machine.undoing import Record

PATIENT = 20.0
"""Seconds for an answer: no history fails because the machine is busy; silence is a closed connection here."""
PLACES = st.integers(0, 5)
"""Which one: the n-th of those there are."""
TEXTS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in TYPED.items()})
"""Something typed into every field."""
EDITS = st.dictionaries(st.sampled_from(sorted(TYPED)), st.integers(0, 4), min_size=1, max_size=3).map(
    lambda places: {name: TYPED[name][at % len(TYPED[name])] for name, at in places.items()}
)
"""One to three fields with what is typed into them."""


class Stage(RuleBasedStateMachine):
    """One history of one company. ``database`` opens a fresh one in a folder; ``nearby`` does without a network."""

    def __init__(self, database: Callable[[Path], Database], *, nearby: bool = False) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="syncd-history-")
        place = Path(self.folder.name)
        self.world = World(database(place), place, timeout=PATIENT, nearby=nearby)
        self.story = Story()
        self.oracle = Oracle()
        self.ledger = Ledger()
        self.records: list[Record] = []
        """Runs that nothing disturbed, with what they did."""
        self.trouble = False
        """A run was disturbed since the last that was not."""
        self.blind = False
        """Something happened in accounting that only a full run sees."""

    @override
    def teardown(self) -> None:
        """Look at the register's history once more, and give everything back."""
        try:
            check_chain(self.world)
        finally:
            self.world.close()
            self.folder.cleanup()

    def number_here(self, place: int) -> str | None:
        """The number of the n-th customer of the register."""
        numbers = self.world.numbers()
        return numbers[place % len(numbers)] if numbers else None

    def row_there(self, place: int) -> dict[str, Any] | None:
        """The n-th customer of accounting."""
        rows = self.world.company.customers()
        return rows[place % len(rows)] if rows else None

    def numbers_there(self) -> set[str]:
        """The numbers in use in accounting."""
        return {row["CustomerNumber"] for row in self.world.company.customers()}
