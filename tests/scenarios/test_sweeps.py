"""Whatever happens to one run of a story, killed or answered badly, the next runs bring it to the same end.

A sample by default; ``make soak`` plays every disturbance of every scenario (docs/reliability.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios import sweeping
from tests.scenarios.schema import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Postgres
    from tests.scenarios.sweeping import Template

    Record = Callable[[str, object], None]


def on_a_server(paths: list[Path]) -> list[Path]:
    """The scenarios that are not about a database file."""
    return [path for path in paths if load(path).needs is None]


@pytest.fixture
def embedded(sqlite_template: Path, tmp_path: Path) -> Iterator[Template]:
    made = sweeping.on_sqlite(sqlite_template, tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def served(postgres: Postgres, tmp_path: Path) -> Iterator[Template]:
    made = sweeping.on_postgresql(postgres, tmp_path)
    yield made
    made.database.close()


@pytest.mark.soak
@pytest.mark.parametrize("path", sweeping.chosen(8, salt="killed"), ids=sweeping.name)
def test_a_run_killed_at_any_step_is_continued(path: Path, embedded: Template, record_property: Record) -> None:
    """Both sides, links, questions and the reports of all runs are those of the story without the kill (S-41, S-55)."""
    swept, found = sweeping.sweep(embedded, path, sweeping.kills, some=3)
    record_property("swept: kills on SQLite", swept)
    assert found == []


@pytest.mark.soak
@pytest.mark.parametrize("path", on_a_server(sweeping.chosen(2, salt="killed there")), ids=sweeping.name)
def test_a_run_killed_at_any_step_is_continued_on_a_server(
    path: Path, served: Template, record_property: Record
) -> None:
    """The same on PostgreSQL."""
    swept, found = sweeping.sweep(served, path, sweeping.kills, some=3)
    record_property("swept: kills on PostgreSQL", swept)
    assert found == []


@pytest.mark.soak
@pytest.mark.parametrize("path", sweeping.chosen(8, salt="struck"), ids=sweeping.name)
def test_one_bad_answer_changes_nothing_in_the_end(path: Path, embedded: Template, record_property: Record) -> None:
    """No customer is created twice, no edit is lost, and nobody is asked a question because of it (S-42, §10)."""
    swept, found = sweeping.sweep(embedded, path, sweeping.strikes, some=3)
    record_property("swept: faults on SQLite", swept)
    assert found == []


@pytest.mark.soak
@pytest.mark.parametrize("path", on_a_server(sweeping.chosen(2, salt="struck there")), ids=sweeping.name)
def test_one_bad_answer_changes_nothing_in_the_end_on_a_server(
    path: Path, served: Template, record_property: Record
) -> None:
    """The same on PostgreSQL."""
    swept, found = sweeping.sweep(served, path, sweeping.strikes, some=3)
    record_property("swept: faults on PostgreSQL", swept)
    assert found == []
