"""How a group's connections stand: everything that waits for a person, with what has to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.engine import matters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from syncd.engine.matters import Matter
    from syncd.ports.records import ConnectionInfo, RunInfo, WaitingConflict
    from syncd.ports.work import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """One connection with what waits there. ``held`` is the run that a brake holds."""

    connection: ConnectionInfo
    conflicts: tuple[tuple[Matter, WaitingConflict], ...]
    held: tuple[Matter, RunInfo] | None
    attention: Matter | None

    def matters(self) -> Iterator[Matter]:
        """Everything that waits."""
        yield from (matter for matter, _ in self.conflicts)
        if self.held is not None:
            yield self.held[0]
        if self.attention is not None:
            yield self.attention

    def only(self, fresh: Iterable[Matter]) -> Standing:
        """The same with nothing but these matters."""
        chosen = set(fresh)
        return Standing(
            self.connection,
            tuple(one for one in self.conflicts if one[0] in chosen),
            self.held if self.held is not None and self.held[0] in chosen else None,
            self.attention if self.attention in chosen else None,
        )


def standings(work: Work, group_id: int, told: Mapping[str, str]) -> tuple[Standing, ...]:
    """Every connection of a group."""
    return tuple(_standing(work, connection, told) for connection in work.connections.list(group_id))


def _standing(work: Work, connection: ConnectionInfo, told: Mapping[str, str]) -> Standing:
    waiting = work.conflicts.waiting(connection.id)
    return Standing(
        connection,
        tuple((matters.open_conflict(one.id, one.answered_at), one) for one in waiting),
        _held(work, connection, told),
        _attention(connection),
    )


def _held(work: Work, connection: ConnectionInfo, told: Mapping[str, str]) -> tuple[Matter, RunInfo] | None:
    """The run that is held. A dry run shows its plan to whoever started it: that alone is no news."""
    run = work.runs.latest_held(connection.id)
    if run is None:
        return None
    error = run.error or {}
    matter = matters.held_run(connection.id, error.get("codes") or [str(error.get("code"))])
    return (matter, run) if run.status == "held" or matter.key in told else None


def _attention(connection: ConnectionInfo) -> Matter | None:
    """A connection that was just added needs consent as well; whoever added it knows."""
    if connection.state == "ready" or not connection.attention:
        return None
    return matters.needs_somebody(connection.id, connection.state, connection.attention.get("code"))
