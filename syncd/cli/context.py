"""What a command works with: the configuration, the database, the group, and who is acting."""

from __future__ import annotations

import os
import pwd
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.cli.root import wishes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syncd.ports.groups import GroupInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.services.register.foreign import LedByAccounting
    from syncd.settings import Settings
    from syncd.store.database import Database
    from syncd.store.uow import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class Acting:
    """One command's unit of work, with whoever does it and for which group."""

    work: UnitOfWork
    actor: Actor
    group: GroupInfo
    led: LedByAccounting


def settings() -> Settings:
    """Return the configuration that counts for this command, and log as it says."""
    from syncd import log
    from syncd.settings import load

    loaded = load(wishes().config)
    watched = sys.stderr.isatty() and loaded.log.level == "info"
    log.set_up("warning" if watched else loaded.log.level, loaded.log.format)  # who watches sees the tables
    return loaded


def socket_path() -> Path:
    """Where the daemon listens, also for somebody who may speak to it but not read its configuration."""
    from syncd.settings import find_file
    from syncd.settings.loading import SYSTEM_FILE, SYSTEM_SOCKET

    file = find_file(wishes().config)
    hidden = file in {None, SYSTEM_FILE} and not os.access(SYSTEM_FILE, os.R_OK)
    if hidden and not os.environ.get("SYNCD_DATABASE") and SYSTEM_SOCKET.exists():
        return SYSTEM_SOCKET
    found = settings().control.socket
    assert found is not None  # noqa: S101 - filled in when the configuration was read
    return found


def database() -> Database:
    """Return the database as it is, whatever its schema: for creating, upgrading and looking at it."""
    from syncd.store.database import Database

    return Database(settings().database)


def store() -> Store:
    """Return the opened database."""
    from syncd import bootstrap

    return bootstrap.open_store(settings())


@contextmanager
def acting(*, reading: bool = False) -> Iterator[Acting]:
    """Open a unit of work as the user and for the group that the global options name.

    ``reading`` promises that nothing will be written, and keeps no writer waiting.
    """
    from syncd.bootstrap import default_directions
    from syncd.register.access import sight
    from syncd.services.connections import led_by_accounting

    opened = store()
    try:
        with opened.reading() as work:
            group = chosen_group(work)
            actor = chosen_actor(work, group)
        with opened.reading() if reading else opened.work() as work:
            work.show(sight(actor))
            yield Acting(work, actor, group, led_by_accounting(opened, default_directions))
    finally:
        opened.database.close()


def chosen_group(work: RegisterWork) -> GroupInfo:
    """Return the group that ``--group`` names, or the only one."""
    from syncd.services.register import acting as people

    return people.chosen_group(work, wishes().group)


def chosen_actor(work: RegisterWork, group: GroupInfo) -> Actor:
    """Return the user that ``--as`` names, else the administrator who owns the shell, else the first one."""
    from syncd.services.register import acting as people

    return people.owner_acting(work, group, person=shell_owner(os.geteuid()), wished=wishes().login)


def shell_owner(user_id: int) -> str | None:
    """What the machine calls the user of this number; a container's user often has no name."""
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return None
