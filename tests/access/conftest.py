from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from syncd.store.database import Database
from syncd.store.shelf import FileShelf
from syncd.store.uow import Store
from tests.access.operations import PDF
from tests.access.world import ADMINISTRATOR, attach_files, fill
from tests.cli.conftest import empty_shell, prepared
from tests.conftest import TickingClock

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["empty_shell", "prepared"]


@pytest.fixture(scope="session")
def inhabited(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose database holds everybody."""
    directory = tmp_path_factory.mktemp("inhabited")
    shutil.copytree(prepared, directory, dirs_exist_ok=True)
    database = Database(f"sqlite:///{directory / 'syncd.db'}")
    with Store(database, TickingClock()).work() as work:
        group = work.groups.list()[0]
        actor = work.users.actor(group.id, ADMINISTRATOR.login)
        assert actor is not None
        fill(work, actor, group.id)
    attach_files(Store(database, TickingClock()), FileShelf(directory / "files"), actor, group.id)
    (directory / "plan.pdf").write_bytes(PDF)
    database.close()
    return directory
