"""How many times a page asks the database: it may not grow with what the page shows."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that pages ask within the block; workers that look at their line are not pages."""
    asked: list[str] = []

    def ask(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        if threading.current_thread().name.startswith("AnyIO"):
            asked.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", ask)
    try:
        yield asked
    finally:
        event.remove(world.database.engine, "before_cursor_execute", ask)
