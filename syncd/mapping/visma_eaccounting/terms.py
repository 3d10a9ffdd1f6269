"""Terms of payment: an id on the customer, a name to people (FACTS §5.2, §5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.mapping.overlay import JsonValue


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the company's list."""

    id: str
    name: str
    for_sales: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The company's list, in its own order."""

    rows: tuple[Term, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[JsonValue]) -> Terms:
        """Read the list; an entry without id or name cannot be chosen by anybody and is left out."""
        read = (_term(row) for row in rows)
        return cls(tuple(term for term in read if term is not None))

    @property
    def names(self) -> frozenset[str]:
        """What a customer may be given."""
        return frozenset(term.name for term in self.rows if term.for_sales)

    @property
    def first(self) -> str | None:
        """The first that may be used for sales."""
        return next((term.id for term in self.rows if term.for_sales), None)

    def name_of(self, term_id: str) -> str | None:
        """The name behind an id, None when the list does not know it."""
        wanted = term_id.casefold()
        return next((term.name for term in self.rows if term.id.casefold() == wanted), None)

    def id_of(self, name_or_id: str) -> str | None:
        """The id of terms for sales, by exact name, else by name in any case or by id."""
        wanted = name_or_id.strip()
        for_sales = [term for term in self.rows if term.for_sales]
        exact = [term.id for term in for_sales if term.name == wanted]
        alike = [term.id for term in for_sales if wanted.casefold() in (term.name.casefold(), term.id.casefold())]
        return next(iter(exact + alike), None)


def _term(row: JsonValue) -> Term | None:
    if not isinstance(row, dict):
        return None
    term_id, name = row.get("Id"), row.get("Name") or row.get("NameEnglish")
    if not isinstance(term_id, str) or not isinstance(name, str):
        return None
    return Term(term_id, name.strip(), row.get("AvailableForSales") is not False)
