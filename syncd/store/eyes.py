"""For whose eyes a unit of work reads: what they may not see does not leave the store (R-11, R-25 to R-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from syncd.register.access import EVERYTHING
from syncd.register.custom_fields import CUSTOM_FIELDS, PREFIX
from syncd.store.tables import Assignment, Customer
from syncd.store.tables.register import CatalogueEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from syncd.register.access import Sight
    from syncd.register.catalogues import Catalogue, Entry
    from syncd.register.fields import Value

_WITHHELD = frozenset({"comments"})
_HIDE = "hide_for_customer_users"


class Eyes:
    """What one unit of work may show. Everything, until ``show`` says whose eyes it is for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sight = EVERYTHING
        self._open: frozenset[str] | None = None

    def show(self, sight: Sight) -> None:
        """Show what this sight shows, from now on."""
        self._sight, self._open = sight, None

    @property
    def strange(self) -> bool:
        """Whether they belong to somebody outside the company."""
        return self._sight.only_customer is not None

    def own(self, customer_id: Any) -> list[ColumnElement[bool]]:
        """Conditions on rows asked for by id: the ids come from a look-up, but a customer sees itself alone."""
        return [customer_id == self._sight.only_customer] if self.strange else []

    def seen(self, customer_id: Any) -> list[ColumnElement[bool]]:
        """Conditions on rows that are looked up: a hidden one is not found, as one that does not exist."""
        if self._sight.only_assigned_to is None:
            return self.own(customer_id)
        mine = Assignment.user_id == self._sight.only_assigned_to
        return [exists().where(Assignment.customer_id == customer_id, mine)]

    def fields(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        """Return what strange eyes see of their customer's fields. What is withheld is absent, not empty."""
        return {name: value for name, value in fields.items() if name not in _WITHHELD and self._offered(name)}

    def entries(self, catalogue: Catalogue, entries: Iterable[Entry]) -> list[Entry]:
        """Return what these eyes see of a catalogue."""
        return [one for one in entries if not (self.strange and catalogue is CUSTOM_FIELDS and _hidden(one))]

    def _offered(self, name: str) -> bool:
        """A group's own field is shown when it is known and not hidden: what is unknown stays inside."""
        return not name.startswith(PREFIX) or name in self._own_fields()

    def _own_fields(self) -> frozenset[str]:
        if self._open is None:
            group = select(Customer.group_id).where(Customer.id == self._sight.only_customer).scalar_subquery()
            of_group = CatalogueEntry.group_id == group, CatalogueEntry.kind == CUSTOM_FIELDS.kind
            rows = self._session.execute(select(CatalogueEntry.key, CatalogueEntry.values).where(*of_group))
            self._open = frozenset(PREFIX + key for key, values in rows if not values.get(_HIDE))
        return self._open


def _hidden(entry: Entry) -> bool:
    return bool(entry.values.get(_HIDE))
