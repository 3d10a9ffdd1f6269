from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from syncd.store.database import Database
from tests.web.site import Site
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A connected company. Pages are thin: the services below them are tested on both databases."""
    shutil.copy(sqlite_template, tmp_path / "syncd.db")
    with World(Database(f"sqlite:///{tmp_path / 'syncd.db'}"), tmp_path) as made:
        made.configure({"approve_first_run": False})
        yield made


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    with Site(world) as made:
        yield made
