"""The registers beside the customers: discount letters (R-08) and articles (R-09), each entry known by its key.

An entry in use is retired instead of deleted: it stays where it stands and is not offered any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Verb
from syncd.register.clean import clean, clean_all
from syncd.register.fields import Field, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One such register: what its entries are called, what they hold, who may change them.

    The first field is the entry's key; ``fixed`` names what stays as it was added, the key among them.
    """

    kind: str
    entry: str
    change: Verb
    fields: Mapping[str, Field]
    fixed: frozenset[str]

    @property
    def key(self) -> str:
        """The field that an entry is known by."""
        return next(iter(self.fields))

    @property
    def called(self) -> str:
        """What an entry is called, with its article."""
        return f"{'an' if self.entry[0] in 'aeiou' else 'a'} {self.entry}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a catalogue. ``values`` holds every field but the key."""

    id: int
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    retired: bool = False


def catalogue(kind: str, entry: str, change: Verb, *fields: Field, fixed: Iterable[str] = ()) -> Catalogue:
    """Describe a catalogue; its key comes first."""
    return Catalogue(kind, entry, change, {one.name: one for one in fields}, frozenset({fields[0].name, *fixed}))


LONGEST_KEY = 64

DISCOUNT_LETTERS = catalogue(
    "discount_letter",
    "discount letter",
    Verb.CATALOGUES,
    Field("code", "key", limit=LONGEST_KEY, required=True),
    Field("description"),
    Field("percentage", "percent", limit=6),
)
ARTICLES = catalogue(
    "article",
    "article",
    Verb.CATALOGUES,
    Field("number", "key", limit=LONGEST_KEY, required=True),
    Field("text", required=True),
    Field("unit", limit=32),
    Field("price", "decimal", limit=32),
)


class UnknownEntryError(RefusedError):
    """The catalogue has no such entry."""

    code = "unknown_entry"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(f"There is no such {catalogue.entry}.", remedy=f"List them to find its {catalogue.key}.")


class EntryTakenError(RefusedError):
    """The catalogue has this key already."""

    code = "entry_taken"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(
            f"There is such {catalogue.called} already.", remedy=f"Change that one, or choose another {catalogue.key}."
        )


class EntryInUseError(RefusedError):
    """The entry stands somewhere and must stay readable there."""

    code = "entry_in_use"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(
            f"The {catalogue.entry} is in use and cannot be deleted.",
            remedy="Retire it instead: it stays where it is used and is not offered any more.",
        )


class EntryRetiredError(RefusedError):
    """The entry is not offered any more."""

    code = "entry_retired"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(f"The {catalogue.entry} is retired.", remedy="Choose another one, or restore it.")


class FixedFieldError(RefusedError):
    """What others know an entry by stays."""

    code = "fixed_field"

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        super().__init__(f"The {name} of {catalogue.called} stays as it is.", remedy="Retire it and add another.")


def new_entry(catalogue: Catalogue, typed: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
    """Check a new entry as a person typed it; return its key and everything else of it."""
    required = {name: None for name, known in catalogue.fields.items() if known.required}
    cleaned = clean_all({**required, **typed}, known=catalogue.fields)
    return str(cleaned.pop(catalogue.key)), cleaned


def changed_entry(catalogue: Catalogue, typed: Mapping[str, Value]) -> dict[str, Value]:
    """Check what a person changes of an entry; what others know it by stays."""
    for name in typed:
        if name in catalogue.fixed:
            raise FixedFieldError(catalogue, name)
    return clean_all(typed, known=catalogue.fields)


def clean_key(catalogue: Catalogue, typed: str) -> str:
    """Return the key that a person means."""
    return str(clean(catalogue.key, typed, known=catalogue.fields))
