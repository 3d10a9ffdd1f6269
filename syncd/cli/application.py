"""What a sync command works with: the application, the group, and who is acting."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.cli.context import chosen_actor, chosen_group, settings
from syncd.cli.root import wishes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.bootstrap import App
    from syncd.ports.records import ConnectionInfo
    from syncd.register.access import Actor, Verb
    from syncd.store.uow import Store


@dataclass(frozen=True, slots=True)
class Session:
    """One command's application, with whoever acts in it and for which group."""

    app: App
    actor: Actor
    group_id: int

    @property
    def store(self) -> Store:
        """The database."""
        return self.app.store

    @property
    def schedule(self) -> dict[str, str]:
        """When connections are run that say nothing, by their own settings' names."""
        section = self.app.settings.schedule
        return {"incremental_every": section.incremental_every, "full_at": section.full_at}

    def require(self, verb: Verb) -> None:
        """Return when the actor may do this. Raises ``NotAllowedError``."""
        from syncd.register.access import require

        require(self.actor, verb)

    def connection(self, name: str | None) -> ConnectionInfo:
        """A connection by name, or the only one."""
        from syncd.services import connections

        return connections.find(self.store, self.group_id, name)


@contextmanager
def opened() -> Iterator[Session]:
    """Open the application as the user and for the group that the global options name."""
    from syncd.bootstrap import App

    app = App(settings())
    store = app.store
    try:
        with store.reading() as work:
            group = chosen_group(work)
            actor = chosen_actor(work, group)
        yield Session(app, actor, group.id)
    finally:
        store.database.close()


def typed(*words: str) -> str:
    """A command as it is to be typed here: with the global options that the running one was given."""
    wished = wishes()
    given = {"--config": wished.config, "--group": wished.group, "--as": wished.login}
    options = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return shlex.join(["syncd", *options, *words])
