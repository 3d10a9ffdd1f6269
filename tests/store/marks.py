"""What the mirror's table holds, read past the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from syncd.store.tables import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.store.uow import UnitOfWork


def fingerprints(work: UnitOfWork, connection: int, remote_ids: Iterable[str]) -> dict[str, str]:
    """The stored fingerprints of these records."""
    chosen = select(Mirror.remote_id, Mirror.fingerprint).where(
        Mirror.connection_id == connection, Mirror.remote_id.in_(list(remote_ids))
    )
    return {row.remote_id: row.fingerprint for row in work.session.execute(chosen)}
