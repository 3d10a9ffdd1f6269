"""Picking one entry of a short list, as people name it: by its place, or by something it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from syncd.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Entry = TypeVar("Entry")


class NoSuchEntryError(NotFoundError):
    """Nothing in the list is meant. What was typed may be somebody's name, so it is not quoted."""

    code = "no_such_entry"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"There is no such {what}.", remedy=f"Name the {what} by its place in the list: 1 is the first."
        )


class AmbiguousEntryError(RefusedError):
    """More than one entry is meant."""

    code = "ambiguous_entry"

    def __init__(self, what: str, places: Iterable[int]) -> None:
        named = ", ".join(map(str, places))
        super().__init__(
            f"More than one {what} is meant: {named}.", remedy=f"Name the {what} by its place in the list."
        )


def pick(what: str, entries: Sequence[Entry], who: str | int, names: Callable[[Entry], Iterable[str | None]]) -> int:
    """Return the index of the entry that ``who`` means: one of its names in any letter case, else its place.

    A whole number is a place and never a name.
    """
    if isinstance(who, int):
        return pick(what, entries, str(who), lambda _: ())
    wanted = who.strip().casefold()
    named = [at for at, entry in enumerate(entries) if wanted in {n.casefold() for n in names(entry) if n}]
    if len(named) > 1:
        raise AmbiguousEntryError(what, (at + 1 for at in named))
    if named:
        return named[0]
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(entries):
        return int(wanted) - 1
    raise NoSuchEntryError(what)
