"""A group's own vocabulary of fields, read where something is typed or shown (R-22, R-23, R-25)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.register.catalogues import DISCOUNT_LETTERS
from syncd.register.clean import clean_all
from syncd.register.custom_fields import CUSTOM_FIELDS, custom_fields
from syncd.register.customer import NewCustomer, draft
from syncd.register.vocabulary import LETTERS, refuse_switched_off, shown_fields, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.ports.register import RegisterWork
    from syncd.register.custom_fields import CustomField
    from syncd.register.fields import Field, Value
    from syncd.register.settings import GroupSettings


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a group's customers hold, by its settings, its custom fields and its discount letters."""

    settings: GroupSettings
    custom: tuple[CustomField, ...]
    letters: tuple[str, ...]

    def fields(self, selected: Iterable[str] = ()) -> dict[str, Field]:
        """Every field that can be typed. ``selected``: letters that may stay, though they are retired."""
        return vocabulary(self.settings, self.custom, dict.fromkeys((*self.letters, *selected)))

    def shown(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        """What a customer's card shows of its fields."""
        return shown_fields(fields, self.settings, self.custom)

    def cleaned(
        self, typed: Mapping[str, Value], *, country: str | None = None, selected: Iterable[str] = ()
    ) -> dict[str, Value]:
        """Check what a person typed; report everything wrong with it at once."""
        refuse_switched_off(typed, self.settings, self.custom)
        return clean_all(typed, country=country, known=self.fields(selected))


def vocabulary_of(work: RegisterWork, group_id: int) -> Vocabulary:
    """Read a group's vocabulary."""
    own = custom_fields(work.catalogues.list(group_id, CUSTOM_FIELDS, retired=True))
    letters = (letter.key for letter in work.catalogues.list(group_id, DISCOUNT_LETTERS))
    return Vocabulary(work.groups.settings(group_id), tuple(own), tuple(letters))


def parted(cleaned: Mapping[str, Value]) -> tuple[dict[str, Value], list[str] | None]:
    """Part checked fields from the selected letters; None where no letters were among them."""
    fields = {name: value for name, value in cleaned.items() if name != LETTERS}
    return fields, _codes(cleaned[LETTERS]) if LETTERS in cleaned else None


def parted_draft(known: Vocabulary, typed: Mapping[str, Value]) -> tuple[NewCustomer, list[str]]:
    """Check what a person typed about a new customer; return it and its discount letters."""
    refuse_switched_off(typed, known.settings, known.custom)
    new = draft(typed, known=known.fields())
    fields, letters = parted(new.fields)
    return replace(new, fields=fields), letters or []


def select_letters(work: RegisterWork, group_id: int, codes: Sequence[str]) -> list[int]:
    """Return the ids of discount letters that were checked before."""
    named = work.catalogues.named(group_id, DISCOUNT_LETTERS, codes)
    return [entry.id for entry in named.values()]


def _codes(value: Value) -> list[str]:
    return [code.strip() for code in str(value).split(",")] if value else []
