"""Files attached to customers: nothing half-stored, nothing lost, nothing left that should be gone (R-29)."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from typing_extensions import override

from syncd.errors import NotAllowedError, RefusedError, TryLaterError
from syncd.register.files import FileRules, FileTakenError, FileTooLargeError, FileTypeError
from syncd.register.problems import UnknownCustomerError
from syncd.services import personal
from syncd.services.files import attach, delete_file, discard, list_files, missing, open_file, tidy
from syncd.services.register.customer_users import add_customer_user
from syncd.services.register.customers import add_customer, delete_customer, set_active
from syncd.services.register.reading import customer_history
from syncd.services.register.users import Person
from syncd.store.shelf import ContentLostError, FileShelf, ShelfError
from tests.crashing import KilledError, Steps
from tests.services.register.conftest import somebody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from syncd.ports.files import AttachedFile, Received
    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.store.uow import Store, UnitOfWork
    from tests.services.register.conftest import Somebody

__all__ = ["somebody"]

RULES = FileRules(1, ("pdf", "txt"))
PLAN = [b"%PDF-1.7 ", b"plan"]
LATER = datetime(2100, 1, 1, tzinfo=UTC)


class Cabinet:
    """A customer's files, for an administrator."""

    def __init__(self, store: Store, shelf: FileShelf, actor: Actor, group_id: int) -> None:
        self.store, self.shelf, self.actor, self.group_id = store, shelf, actor, group_id

    def attach(self, name: str = "plan.pdf", chunks: Iterable[bytes] = PLAN, number: str = "7") -> AttachedFile:
        return attach(self.store, self.shelf, self.actor, self.group_id, number, (name, chunks), rules=RULES)

    def read(self, which: str = "plan.pdf", number: str = "7") -> bytes:
        with self.store.reading() as work:
            return b"".join(open_file(work, self.shelf, self.actor, self.group_id, (number, which))[1])

    def delete(self, which: str = "plan.pdf", number: str = "7") -> None:
        delete_file(self.store, self.shelf, self.actor, self.group_id, (number, which))

    def names(self, number: str = "7") -> list[str]:
        with self.store.reading() as work:
            return [one.name for one in list_files(work, self.actor, self.group_id, number)]

    def contents(self) -> set[str]:
        """Everything that lies anywhere in the directory."""
        return {str(one.relative_to(self.shelf.directory)) for one in self.shelf.directory.rglob("*") if one.is_file()}


@pytest.fixture
def cabinet(store: Store, group: GroupInfo, actor: Actor, tmp_path: Path) -> Cabinet:
    with store.work() as work:
        for number in ("7", "8"):
            add_customer(work, actor, group.id, number, {"name": f"Kund {number}"})
    return Cabinet(store, FileShelf(tmp_path / "files"), actor, group.id)


def test_a_file_is_attached_read_and_deleted(cabinet: Cabinet) -> None:
    """By name in any letter case, or by id; the history tells of both, and the content is gone from the disk."""
    added = cabinet.attach("Pläner/plan.pdf")
    assert (added.name, added.media_type, added.size, added.added_by) == ("plan.pdf", "application/pdf", 13, "anna")
    assert cabinet.read("PLAN.pdf") == cabinet.read(str(added.id)) == b"%PDF-1.7 plan"
    (content,) = cabinet.contents()
    assert content == f"{added.digest[:2]}/{added.digest}"
    assert added.digest == hashlib.sha256(b"%PDF-1.7 plan").hexdigest()
    path = cabinet.shelf.directory / content
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]
    cabinet.delete()
    assert (cabinet.names(), cabinet.contents()) == ([], set())
    with cabinet.store.reading() as work:
        told = customer_history(work, cabinet.actor, cabinet.group_id, "7")
    assert [(one.kind, one.after) for one in told[:2]] == [("file_deleted", "plan.pdf"), ("file_added", "plan.pdf")]


def test_what_is_refused_leaves_nothing(cabinet: Cabinet, somebody: Somebody) -> None:
    """Too large, of another type than its name says, a name that is taken, a customer that one may not change."""
    cabinet.attach()
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"a" * 2**18

    for name, chunks, error in (
        ("stor.txt", endless(), FileTooLargeError),
        ("bild.png", PLAN, FileTypeError),
        ("brev.pdf", [b"MZ\x90"], FileTypeError),
        ("PLAN.PDF", endless(), FileTakenError),
        ("tom.txt", [], RefusedError),
    ):
        with pytest.raises(error):
            cabinet.attach(name, chunks)
    assert len(read) == 5, "it was read on although it was too large, or read although the name was taken"
    bo = somebody("bo", "view")
    with pytest.raises(NotAllowedError):
        attach(cabinet.store, cabinet.shelf, bo, cabinet.group_id, "7", ("b.pdf", PLAN), rules=RULES)
    assert (cabinet.names(), len(cabinet.contents())) == (["plan.pdf"], 1)


def test_of_two_who_attach_under_one_name_the_first_wins(cabinet: Cabinet) -> None:
    """Also when the second began before the first had ended."""

    def meanwhile() -> Iterator[bytes]:
        cabinet.attach(chunks=[b"%PDF-1.7 the first"])
        yield from PLAN

    with pytest.raises(FileTakenError):
        cabinet.attach(chunks=meanwhile())
    assert cabinet.read() == b"%PDF-1.7 the first"


def test_who_cannot_get_at_the_shelf_is_told_to_try_again(cabinet: Cabinet) -> None:
    """Nothing is attached, nothing is left."""

    class Busy:
        reading = cabinet.store.reading

        @contextmanager
        def lock(self, _name: str, *, wait: float) -> Iterator[bool]:
            assert wait
            yield False

    busy: Any = Busy()
    with pytest.raises(TryLaterError):
        attach(busy, cabinet.shelf, cabinet.actor, cabinet.group_id, "7", ("plan.pdf", PLAN), rules=RULES)
    assert (cabinet.names(), cabinet.contents()) == ([], set())


def test_a_word_file_is_known_by_what_is_packed_in_it(cabinet: Cabinet) -> None:
    """Without unpacking anything; another package under its name is refused."""
    made: list[bytes] = []
    for inside in ("word/document.xml", "setup.exe"):
        packed = BytesIO()
        with ZipFile(packed, "w") as package:
            package.writestr(inside, "text")
        made.append(packed.getvalue())
    where = cabinet.store, cabinet.shelf, cabinet.actor, cabinet.group_id, "7"
    words = FileRules(1, ("docx",))
    assert attach(*where, ("avtal.docx", [made[0]]), rules=words).media_type.endswith("wordprocessingml.document")
    with pytest.raises(FileTypeError):
        attach(*where, ("annat.docx", [made[1]]), rules=words)


def test_one_content_lies_once_until_its_last_file_is_gone(cabinet: Cabinet) -> None:
    """Deleting one customer's copy leaves the other's."""
    cabinet.attach()
    cabinet.attach("kopia.pdf")
    cabinet.attach(number="8")
    assert len(cabinet.contents()) == 1
    cabinet.delete()
    cabinet.delete("kopia.pdf")
    assert cabinet.read(number="8") == b"%PDF-1.7 plan"
    cabinet.delete(number="8")
    assert cabinet.contents() == set()


def test_customer_users_see_no_files(cabinet: Cabinet, store: Store) -> None:
    """Nor can they find out which there are."""
    cabinet.attach()
    with store.work() as work:
        add_customer_user(work, cabinet.actor, cabinet.group_id, "7", Person("kim", "Kim"), None)
        kim = work.users.actor(cabinet.group_id, "kim")
        assert kim is not None
        with pytest.raises(NotAllowedError):
            list_files(work, kim, cabinet.group_id, "7")
        with pytest.raises(UnknownCustomerError):
            list_files(work, kim, cabinet.group_id, "8")
        customer = work.customers.find(cabinet.group_id, "7")
        assert customer is not None
        assert work.files.of(customer.id) == []


def test_files_go_with_the_customer(cabinet: Cabinet, store: Store) -> None:
    """Deleted or erased: the content leaves the disk with the next tidying, at once where it was erased."""
    cabinet.attach()
    cabinet.attach("brev.txt", [b"brev"], number="8")
    with store.work() as work:
        delete_customer(work, cabinet.actor, cabinet.group_id, "7")
    with store.work() as work:
        set_active(work, cabinet.actor, cabinet.group_id, "8", active=False)
    personal.erase(store, cabinet.actor, cabinet.group_id, "8")
    assert discard(store, cabinet.shelf) == 2
    assert cabinet.contents() == set()
    assert discard(store, cabinet.shelf) == 0


def test_what_no_file_has_is_kept_for_a_month(cabinet: Cabinet, store: Store) -> None:
    """What a crash left is cleared away; files that have a customer, and what is on its way in, stay."""
    cabinet.attach()
    with cabinet.shelf.receive([b"left behind"], 100) as received:
        received.keep()
        left = received.digest
    incoming = cabinet.shelf.directory / "incoming" / "half"
    incoming.write_bytes(b"half")
    now = datetime.now(UTC)  # noqa: TID251 - files have the machine's own times
    assert tidy(store, cabinet.shelf, now) == 1
    assert {f"aside/{left}", "incoming/half"} < cabinet.contents()
    assert tidy(store, cabinet.shelf, now + timedelta(days=29)) == 0
    assert f"aside/{left}" in cabinet.contents()
    assert "incoming/half" not in cabinet.contents()
    tidy(store, cabinet.shelf, now + timedelta(days=31))
    assert len(cabinet.contents()) == 1
    assert cabinet.read() == b"%PDF-1.7 plan"


def test_a_wrong_database_costs_no_file(cabinet: Cabinet, store: Store) -> None:
    """Tidied by a database that knows none of them, they come back by themselves with the right one."""
    added = cabinet.attach()
    cabinet.shelf.set_aside(added.digest)
    cabinet.shelf.set_aside(added.digest)
    assert cabinet.contents() == {f"aside/{added.digest}"}
    assert missing(store, cabinet.shelf) == []
    assert cabinet.read() == b"%PDF-1.7 plan"
    assert cabinet.contents() == {f"{added.digest[:2]}/{added.digest}"}


def test_a_lost_or_damaged_content_is_noticed(cabinet: Cabinet, store: Store) -> None:
    """By whoever looks after the installation, and by whoever reads the file: it does not end well."""
    added = cabinet.attach()
    path = cabinet.shelf.directory / added.digest[:2] / added.digest
    path.write_bytes(b"%PDF-1.7 plaN")
    assert missing(store, cabinet.shelf) == []
    with pytest.raises(ContentLostError, match="damaged"):
        cabinet.read()
    path.write_bytes(b"%PDF")
    assert [one.id for one in missing(store, cabinet.shelf)] == [added.id]
    path.unlink()
    assert [one.id for one in missing(store, cabinet.shelf)] == [added.id]
    with pytest.raises(ContentLostError, match="missing"):
        cabinet.read()


def test_a_directory_that_cannot_be_used_is_named(cabinet: Cabinet, tmp_path: Path) -> None:
    """With what to do."""
    blocked = tmp_path / "blocked"
    blocked.write_text("not a directory")
    with pytest.raises(ShelfError, match="cannot be used"):
        attach(cabinet.store, FileShelf(blocked), cabinet.actor, cabinet.group_id, "7", ("b.pdf", PLAN), rules=RULES)


# ----- crashes


class BreakingShelf(FileShelf):
    """A shelf at whose steps the process may be killed."""

    def __init__(self, directory: Path, steps: Steps) -> None:
        super().__init__(directory)
        self._steps = steps

    @contextmanager
    @override
    def receive(self, chunks: Iterable[bytes], most: int) -> Iterator[Received]:  # type: ignore[override]  # wrapped
        with super().receive(chunks, most) as received:
            yield BreakingReceived(received, self._steps)

    @override
    def discard(self, digest: str) -> None:
        self._steps.around("discard", super().discard, digest)


class BreakingReceived:
    """What was received, kept with a kill on the way."""

    def __init__(self, received: Received, steps: Steps) -> None:
        self._received, self._steps = received, steps
        self.digest, self.size, self.content = received.digest, received.size, received.content

    def keep(self) -> None:
        self._steps.around("keep", self._received.keep)


class BreakingStore:
    """A store at whose commits the process may be killed."""

    def __init__(self, store: Store, steps: Steps) -> None:
        self._store, self._steps = store, steps
        self.lock, self.reading = store.lock, store.reading

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        with self._store.work() as work:
            commit = work.commit
            work.commit = lambda: self._steps.around("commit", commit)  # type: ignore[method-assign]  # a wrapper
            yield work


def _steps(cabinet: Cabinet, due: int | None) -> tuple[Any, BreakingShelf, Steps]:
    steps = Steps(due)
    return BreakingStore(cabinet.store, steps), BreakingShelf(cabinet.shelf.directory, steps), steps


@pytest.mark.parametrize("due", range(1, 5))
def test_killed_while_attaching_there_is_a_whole_file_or_none(cabinet: Cabinet, due: int) -> None:
    """At every durable step: the file can be attached again, or is there."""
    store, shelf, steps = _steps(cabinet, due)
    with pytest.raises(KilledError):
        attach(store, shelf, cabinet.actor, cabinet.group_id, "7", ("plan.pdf", PLAN), rules=RULES)
    assert len(steps.names) == due
    assert missing(cabinet.store, cabinet.shelf) == []
    if not cabinet.names():
        cabinet.attach()
    assert cabinet.read() == b"%PDF-1.7 plan"
    tidy(cabinet.store, cabinet.shelf, LATER)
    assert len(cabinet.contents()) == 1


@pytest.mark.parametrize("due", range(1, 7))
def test_killed_while_deleting_the_content_goes_in_the_end(cabinet: Cabinet, due: int) -> None:
    """Before the database forgot it, it is whole; afterwards it leaves the disk with the next tidying, for good."""
    cabinet.attach()
    store, shelf, steps = _steps(cabinet, due)
    with pytest.raises(KilledError):
        delete_file(store, shelf, cabinet.actor, cabinet.group_id, ("7", "plan.pdf"))
    assert len(steps.names) == due
    assert missing(cabinet.store, cabinet.shelf) == []
    assert bool(cabinet.names()) == (due == 1)
    if cabinet.names():
        cabinet.delete()
    tidy(cabinet.store, cabinet.shelf, datetime.now(UTC))  # noqa: TID251 - files have the machine's own times
    assert cabinet.contents() == set()


def test_a_full_disk_is_said_and_leaves_nothing(cabinet: Cabinet) -> None:
    """Nothing half-written is taken for a file."""

    class Full(FileShelf):
        @override
        def _write(self, act: object, *given: object) -> None:
            if act is os.fsync:
                act = _no_space
            super()._write(act, *given)

    with pytest.raises(ShelfError, match="No space"):
        attach(
            cabinet.store,
            Full(cabinet.shelf.directory),
            cabinet.actor,
            cabinet.group_id,
            "7",
            ("b.pdf", PLAN),
            rules=RULES,
        )
    assert (cabinet.names(), cabinet.contents()) == ([], set())


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")
