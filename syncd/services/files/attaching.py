"""Attaching files to customers, reading and deleting them, as the rights say (R-26, R-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.files import NewFile
from syncd.register.access import Verb, require
from syncd.register.files import FileTakenError, UnknownFileError, check_content, clean_name, type_of_name
from syncd.register.history import EventKind
from syncd.services.files.keeping import discard, in_order
from syncd.services.register.finding import author, found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from syncd.engine.state import Local
    from syncd.ports.files import AttachedFile, Shelf
    from syncd.ports.register import RegisterWork
    from syncd.ports.work import Store
    from syncd.register.access import Actor
    from syncd.register.files import FileRules


def list_files(work: RegisterWork, actor: Actor, group_id: int, number: str) -> list[AttachedFile]:
    """Return the files of a customer, by name."""
    return work.files.of(_seen(work, actor, group_id, number).id)


def open_file(
    work: RegisterWork, shelf: Shelf, actor: Actor, group_id: int, numbered: tuple[str, str]
) -> tuple[AttachedFile, Iterator[bytes]]:
    """Return a file and its content, streamed. ``numbered``: the customer's number, and which file.

    Serve it as an attachment under its media type, and let no browser guess another one.
    """
    number, which = numbered
    file = _picked(work, _seen(work, actor, group_id, number), which)
    return file, shelf.read(file.digest)


def attach(  # noqa: PLR0913 - a file, whose it becomes, and what is taken
    store: Store,
    shelf: Shelf,
    actor: Actor,
    group_id: int,
    number: str,
    named: tuple[str, Iterable[bytes]],
    *,
    rules: FileRules,
) -> AttachedFile:
    """Attach a file. ``named``: what it is called, and its content, read once.

    Nothing of it is read before it is known that it may be attached under this name.
    """
    name = clean_name(named[0])
    with store.reading() as work:
        _refuse_taken(work, _attachable(work, actor, group_id, number), name)
    promised = type_of_name(name, rules.types)
    with shelf.receive(named[1], rules.most_bytes) as received:
        check_content(promised, received.content, rules.types)
        new = NewFile(name, promised.media_type, received.size, received.digest)
        with in_order(store), store.work() as work:
            customer = _attachable(work, actor, group_id, number)
            received.keep()
            added = work.files.add(group_id, customer.id, new, actor.login)
            work.customers.note([customer.id], EventKind.FILE_ADDED, author(actor), about=name)
            work.commit()
    return added


def delete_file(store: Store, shelf: Shelf, actor: Actor, group_id: int, numbered: tuple[str, str]) -> AttachedFile:
    """Delete a file with its content. ``numbered``: the customer's number, and which file."""
    number, which = numbered
    with store.work() as work:
        customer = _seen(work, actor, group_id, number)
        require(actor, Verb.DELETE_FILE, customer.id, number=number)
        file = _picked(work, customer, which)
        work.files.remove(customer.id, file.id)
        work.customers.note([customer.id], EventKind.FILE_DELETED, author(actor), about=file.name)
        work.commit()
    discard(store, shelf)
    return file


def _seen(work: RegisterWork, actor: Actor, group_id: int, number: str) -> Local:
    customer = found(work, actor, group_id, number)
    require(actor, Verb.FILES, customer.id, number=number)
    return customer


def _attachable(work: RegisterWork, actor: Actor, group_id: int, number: str) -> Local:
    customer = found(work, actor, group_id, number)
    require(actor, Verb.ATTACH_FILE, customer.id, number=number)
    return customer


def _refuse_taken(work: RegisterWork, customer: Local, name: str) -> None:
    if name.casefold() in {file.name.casefold() for file in work.files.of(customer.id)}:
        raise FileTakenError


def _picked(work: RegisterWork, customer: Local, which: str) -> AttachedFile:
    """The file of this name, else of this id."""
    files = work.files.of(customer.id)
    wanted = which.strip().casefold()
    named = [file for file in files if file.name.casefold() == wanted]
    numbered = [file for file in files if str(file.id) == wanted]
    for file in (*named, *numbered):
        return file
    raise UnknownFileError
