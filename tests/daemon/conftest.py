from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.store.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with World(database, tmp_path) as made:
        made.configure({"approve_first_run": False})
        yield made
