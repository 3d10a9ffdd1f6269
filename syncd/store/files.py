"""What the database knows of files attached to customers (R-29). Their contents lie on a shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from syncd.ports.clock import stamp
from syncd.ports.files import AttachedFile
from syncd.register.files import FileTakenError
from syncd.store.dialect import chunks
from syncd.store.dialect import insert as insert_or
from syncd.store.tables.register import CustomerFile, DiscardedContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.files import NewFile
    from syncd.store.eyes import Eyes

_READ = tuple(getattr(CustomerFile, name) for name in AttachedFile.__dataclass_fields__)


class Files:
    """Reads and writes the attached files of all groups."""

    def __init__(self, session: Session, clock: Clock, eyes: Eyes) -> None:
        self._session = session
        self._clock = clock
        self._eyes = eyes

    def add(self, group_id: int, customer_id: int, file: NewFile, by: str) -> AttachedFile:
        """Attach a file. Raises ``FileTakenError``."""
        row = {
            "group_id": group_id,
            "customer_id": customer_id,
            "name": file.name,
            "folded": file.name.casefold(),
            "media_type": file.media_type,
            "size": file.size,
            "digest": file.digest,
            "added_at": stamp(self._clock()),
            "added_by": by,
        }
        try:
            with self._session.begin_nested():
                added = self._session.execute(insert(CustomerFile).values(row).returning(*_READ)).one()
        except IntegrityError as error:
            raise FileTakenError from error
        return AttachedFile(*added)

    def of(self, customer_id: int) -> list[AttachedFile]:
        """Read the files of a customer, by name. They are nobody's outside the company."""
        if self._eyes.strange:
            return []
        statement = select(*_READ).where(CustomerFile.customer_id == customer_id)
        return [AttachedFile(*row) for row in self._session.execute(statement.order_by(CustomerFile.folded))]

    def remove(self, customer_id: int, file_id: int | None = None) -> None:
        """Forget a file of a customer, or all of them (None), and note that their contents are to be discarded."""
        meant = [CustomerFile.customer_id == customer_id]
        if file_id is not None:
            meant.append(CustomerFile.id == file_id)
        rows = [{"digest": one} for one in set(self._session.scalars(select(CustomerFile.digest).where(*meant)))]
        if rows:
            self._session.execute(insert_or(self._session, DiscardedContent).on_conflict_do_nothing(), rows)
        self._session.execute(delete(CustomerFile).where(*meant))

    def to_discard(self) -> set[str]:
        """Contents that are to be discarded, of which no file has any."""
        kept = exists().where(CustomerFile.digest == DiscardedContent.digest)
        return set(self._session.scalars(select(DiscardedContent.digest).where(~kept)))

    def discarded(self, digests: Iterable[str]) -> None:
        """These contents are off the shelf."""
        for part in chunks(digests):
            self._session.execute(delete(DiscardedContent).where(DiscardedContent.digest.in_(part)))

    def used(self, digests: Iterable[str]) -> set[str]:
        """Those of these contents that some file has."""
        found: set[str] = set()
        for part in chunks(digests):
            found.update(self._session.scalars(select(CustomerFile.digest).where(CustomerFile.digest.in_(part))))
        return found

    def each(self) -> Iterator[AttachedFile]:
        """Stream every file of every group."""
        statement = select(*_READ).order_by(CustomerFile.id)
        for row in self._session.execute(statement.execution_options(yield_per=500)):
            yield AttachedFile(*row)
