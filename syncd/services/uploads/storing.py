"""Storing what was checked: set down, accepted as a whole, then stored a few rows at a time (R-28).

An embedded database has one writer. A hundred thousand rows in one transaction would keep everybody else from saving
for a minute, so a file is stored in slices; that it is stored whole is decided by the one row that accepts it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from syncd.errors import LockedError, RefusedError, UsageError
from syncd.register.access import Actor, sight
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.problems import Problem
from syncd.services.exports.files import unwatched
from syncd.services.uploads.kinds import Contacts, Customers, Entries
from syncd.services.uploads.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from syncd.ports.register import RegisterWork
    from syncd.ports.uploads import Staged, UploadInfo
    from syncd.ports.work import Store
    from syncd.services.register.foreign import LedByAccounting
    from syncd.services.uploads.kinds import Kind

KINDS = ("customers", "contacts", "articles", "discount_letters")
"""Every register that can be uploaded."""


class Progress(Protocol):
    """Hears how far an upload has come: rows checked, then rows stored of so many."""

    def __call__(self, done: float, total: float | None = None, /) -> None:
        """So many."""
        ...


ROWS = 100
"""Rows stored in one transaction: some 30 ms of work."""


def kind_of(work: RegisterWork, actor: Actor, group_id: int, name: str, led: Mapping[str, str]) -> Kind:
    """Return how rows of a register are taken. Raises ``UsageError``."""
    work.show(sight(actor))
    kinds: dict[str, Callable[[], Kind]] = {
        "customers": lambda: Customers(work, actor, group_id, led),
        "contacts": lambda: Contacts(work, actor, group_id, led),
        "articles": lambda: Entries(work, group_id, ARTICLES),
        "discount_letters": lambda: Entries(work, group_id, DISCOUNT_LETTERS),
    }
    if name not in kinds:
        raise UsageError(f"There is no register {name}.", remedy=f"One of: {', '.join(KINDS)}.")
    return kinds[name]()


def upload_lock(group_id: int) -> str:
    """The name of the lock that whoever uploads into a group holds."""
    return f"upload-{group_id}"


@contextmanager
def alone(store: Store, group_id: int) -> Iterator[None]:
    """Keep other uploads of the group out. Raises ``LockedError``."""
    with store.lock(upload_lock(group_id)) as got:
        if not got:
            raise LockedError("another upload is under way", remedy="Wait for it to end, then repeat it.")
        yield


def no_stage(_report: Report, _kind: Kind, _rows: list[Staged]) -> None:
    """A dry run sets nothing down."""


@dataclass(slots=True)
class Stage:
    """Where rows are set down as they are checked, as long as none is wrong."""

    store: Store
    upload: UploadInfo
    accepted: bool = False

    @classmethod
    def begun(cls, store: Store, actor: Actor, group_id: int, name: str) -> Self:
        """Begin an upload of this register."""
        with store.work() as work:
            number = work.uploads.begin(group_id, name, actor.login)
            upload = next(one for one in work.uploads.list(group_id) if one.id == number)
            work.commit()
        return cls(store, upload)

    def put(self, report: Report, kind: Kind, rows: list[Staged]) -> None:
        """Set checked rows down. The numbers of customers are kept for them."""
        if report.problems:
            return
        numbers = {place: str(cells["number"]) for place, cells in rows} if isinstance(kind, Customers) else {}
        with self.store.work() as work:
            work.uploads.stage(self.upload.id, self.upload.group_id, rows, numbers)
            work.commit()
        self.store.give_way()

    def accept(self) -> None:
        """Decide that the file is stored, whole."""
        with self.store.work() as work:
            work.uploads.accept(self.upload.id)
            work.commit()
        self.accepted = True

    @contextmanager
    def dropped_unless_accepted(self) -> Iterator[None]:
        """Leave nothing behind of a file that is not stored."""
        try:
            yield
        finally:
            if not self.accepted:
                _forget(self.store, self.upload)


def finish(store: Store, group_id: int, led: Mapping[str, str]) -> int:
    """Store what an upload that died had accepted, and forget what it had not; returns how many rows were stored.

    Only for whoever keeps other uploads out.
    """
    with store.reading() as work:
        left = work.uploads.list(group_id)
    rows = 0
    for upload in left:
        if upload.accepted:
            rows += stored(store, upload, led, unwatched, 0).rows
        else:
            _forget(store, upload)
    return rows


def finish_all(store: Store, led: LedByAccounting) -> int:
    """The same for every group in which nobody uploads now."""
    with store.reading() as work:
        groups = sorted({one.group_id for one in work.uploads.list()})
    rows = 0
    for group_id in groups:
        with store.lock(upload_lock(group_id)) as got:
            rows += finish(store, group_id, led(group_id)) if got else 0
    return rows


def stored(store: Store, upload: UploadInfo, led: Mapping[str, str], advance: Progress, total: int) -> Report:
    """Store the rows of an accepted upload, a few at a time."""
    report, most = Report(stored=True), ROWS
    while True:
        try:
            some = _slice(store, upload, led, most)
        except RefusedError as error:
            if most > 1:
                most = 1  # finds the row that can no longer be stored
                continue
            some = _left_out(store, upload, error)
        most = min(most * 2, ROWS)
        report.add(some)
        if not some.rows:
            return report
        advance(report.rows, total or None)
        store.give_way()


def _slice(store: Store, upload: UploadInfo, led: Mapping[str, str], most: int) -> Report:
    """Rights were asked for when the rows were checked."""
    who, report = Actor(upload.login, upload.login, administrator=True), Report()
    with store.work() as work:
        rows = work.uploads.take(upload.id, most)
        if rows:
            kind_of(work, who, upload.group_id, upload.kind, led).take(rows, report, store=True)
        else:
            work.uploads.forget(upload.id)
        work.commit()
    report.rows = len(rows)
    return report


def _left_out(store: Store, upload: UploadInfo, error: RefusedError) -> Report:
    """A row that somebody made impossible since it was checked: a discount letter is gone, say."""
    report = Report()
    with store.work() as work:
        for place, cells in work.uploads.take(upload.id, 1):
            report.rows = 1
            report.refuse(place, cells, [Problem("row", error.message, error.remedy or "Upload it again.")])
        work.commit()
    return report


def _forget(store: Store, upload: UploadInfo) -> None:
    """A few rows at a time, too."""
    left = True
    while left:
        with store.work() as work:
            left = bool(work.uploads.take(upload.id, 10 * ROWS))
            if not left:
                work.uploads.forget(upload.id)
            work.commit()
        store.give_way()
