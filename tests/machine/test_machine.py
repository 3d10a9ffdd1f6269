"""Random histories of people, accidents and runs: whatever happens, the contract holds.

A history that breaks it is shortened and told line by line, with the seed that repeats it. ``make soak`` plays
``SYNCD_HISTORIES`` (5000) of them from the seed ``SYNCD_SEED`` (1) on; a seed plays a few, so that a broken-off soak
goes on at the seed it had come to.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from syncd.store.database import Database
from tests.machine.mishaps import History
from tests.scenarios.sweeping import on_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Postgres

SOAK = bool(os.environ.get("SYNCD_SOAK"))
A_SEED = 10
"""Histories of one seed."""
ON_A_SERVER = 10
"""Of so many seeds of a soak, one is played on a database server."""
ON_THE_WIRE = 10
"""Of so many seeds, one asks accounting over real HTTP; the others do without a network, in a third of the time."""
STEPS = 30
_NAMES = count(1)


def seeds(few: int) -> list[int]:
    """The seeds of a soak, or always the same few."""
    if not SOAK:
        return list(range(1, few + 1))
    first = int(os.environ.get("SYNCD_SEED", "1"))
    return list(range(first, first + max(int(os.environ.get("SYNCD_HISTORIES", "5000")) // A_SEED, 1)))


def play(number: int, histories: int, database: Callable[[Path], Database]) -> None:
    """Play the histories of a seed. The last one played is the shortest that fails."""
    played: list[History] = []

    @seed(number)
    def begin() -> History:
        played[:] = [History(database, nearby=number % ON_THE_WIRE != 1)]
        return played[0]

    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(begin, settings=chosen)  # type: ignore[arg-type]  # any factory will do
    except Exception as error:
        error.add_note(f"Seed {number}. The shortest history found that ends like this:\n{played[0].story}")
        raise


@pytest.mark.soak
@pytest.mark.parametrize("number", seeds(3))
def test_no_history_breaks_the_contract(number: int, sqlite_template: Path, tmp_path: Path) -> None:
    """Nothing lost, nothing doubled, nothing invented, nobody asked without a reason, and nothing left to do."""
    template = on_sqlite(sqlite_template, tmp_path)  # statements are compiled once, not for every history
    play(number, A_SEED, lambda _folder: template.renewed())


@pytest.mark.soak
@pytest.mark.parametrize("number", seeds(1)[::ON_A_SERVER])
def test_no_history_breaks_the_contract_on_a_server(number: int, postgres: Postgres) -> None:
    """The same on a database server."""

    def database(_folder: Path) -> Database:
        name = f"history_{next(_NAMES)}"
        postgres.run(f"CREATE DATABASE {name} TEMPLATE template_syncd")
        return Database(postgres.url(name))

    play(number, A_SEED if SOAK else 3, database)
