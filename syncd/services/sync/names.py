"""Who the lines of a report are about, by the names that people know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.services.register.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from syncd.engine.lines import Line
    from syncd.ports.work import Work

_LOCAL, _REMOTE = "customer:", "remote:"


def names_of(work: Work, connection_id: int, lines: Sequence[Line]) -> list[str | None]:
    """The customer's name for each line; None where it is not known (any more)."""
    here = {f"{_LOCAL}{c.id}": c.name for c in work.customers.load_many(sorted(local_ids(lines)))}
    remotes = {line.subject.removeprefix(_REMOTE) for line in lines if line.subject.startswith(_REMOTE)}
    found = work.mirrors.load(connection_id, sorted(remotes))
    there = {f"{_REMOTE}{key}": str(record.fields.get("name") or "") for key, record in found.items()}
    known = {**here, **there}
    return [masked("name", known.get(line.subject)) for line in lines]


def whose(work: Work, connection_id: int, lines: Sequence[Line]) -> list[int | None]:
    """The customer of the register for each line, by id; None for one that was only in accounting and still is."""
    remotes = {line.subject.removeprefix(_REMOTE) for line in lines if line.subject.startswith(_REMOTE)}
    links = work.links.of_remotes(connection_id, sorted(remotes))
    known = {f"{_REMOTE}{key}": link.customer_id for key, link in links.items()}
    known |= {f"{_LOCAL}{customer_id}": customer_id for customer_id in local_ids(lines)}
    return [known.get(line.subject) for line in lines]


def local_ids(lines: Iterable[Line]) -> set[int]:
    """The customers of the register that lines are about."""
    return {int(line.subject.removeprefix(_LOCAL)) for line in lines if line.subject.startswith(_LOCAL)}
