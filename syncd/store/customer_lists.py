"""What is placed on a customer: discount letters (R-08), items (R-09), facilities (R-21)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from syncd.register.catalogues import ARTICLES, UnknownEntryError
from syncd.register.facilities import FACILITY_COLUMNS, Facility
from syncd.register.items import Item
from syncd.store.catalogues import Catalogues
from syncd.store.dialect import chunks
from syncd.store.eyes import Eyes
from syncd.store.tables.register import CatalogueEntry, CustomerFacility, CustomerItem, CustomerLetter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


class Letters:
    """Reads and writes which discount letters are selected for customers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, customer_ids: Iterable[int]) -> dict[int, list[str]]:
        """Read the codes of customers' discount letters, in order."""
        found: dict[int, list[str]] = {}
        for part in chunks(customer_ids):
            statement = (
                select(CustomerLetter.customer_id, CatalogueEntry.key)
                .join(CatalogueEntry, CatalogueEntry.id == CustomerLetter.entry_id)
                .where(CustomerLetter.customer_id.in_(part))
                .order_by(CatalogueEntry.order_key)
            )
            for customer_id, code in self._session.execute(statement):
                found.setdefault(customer_id, []).append(code)
        return found

    def replace(self, customer_id: int, entry_ids: Iterable[int]) -> None:
        """Store which letters are selected."""
        self._session.execute(delete(CustomerLetter).where(CustomerLetter.customer_id == customer_id))
        rows = [{"customer_id": customer_id, "entry_id": entry_id} for entry_id in sorted(set(entry_ids))]
        if rows:
            self._session.execute(insert(CustomerLetter), rows)


class Items:
    """Reads and writes the articles placed on customers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, customer_ids: Iterable[int]) -> dict[int, list[Item]]:
        """Read the items of customers, in their order."""
        found: dict[int, list[Item]] = {}
        for part in chunks(customer_ids):
            statement = (
                select(
                    CustomerItem.customer_id,
                    CustomerItem.kind,
                    CatalogueEntry.key,
                    CustomerItem.text,
                    CustomerItem.quantity,
                    CustomerItem.price,
                )
                .join(CatalogueEntry, CatalogueEntry.id == CustomerItem.entry_id)
                .where(CustomerItem.customer_id.in_(part))
                .order_by(CustomerItem.position)
            )
            for row in self._session.execute(statement):
                found.setdefault(row[0], []).append(Item(*row[1:]))
        return found

    def replace(self, group_id: int, customer_id: int, items: Sequence[Item]) -> None:
        """Replace the items of one customer. Raises ``UnknownEntryError``."""
        catalogues = Catalogues(self._session, Eyes(self._session))
        articles = catalogues.named(group_id, ARTICLES, (item.article for item in items))
        if any(item.article.casefold() not in articles for item in items):
            raise UnknownEntryError(ARTICLES)
        self._session.execute(delete(CustomerItem).where(CustomerItem.customer_id == customer_id))
        rows = [
            {
                "customer_id": customer_id,
                "position": position,
                "kind": item.kind,
                "entry_id": articles[item.article.casefold()].id,
                "text": item.text,
                "quantity": item.quantity,
                "price": item.price,
            }
            for position, item in enumerate(items)
        ]
        if rows:
            self._session.execute(insert(CustomerItem), rows)


class Facilities:
    """Reads and writes the facilities of customers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, customer_ids: Iterable[int]) -> dict[int, list[Facility]]:
        """Read the facilities of customers, in their order."""
        columns = [getattr(CustomerFacility, name) for name in FACILITY_COLUMNS]
        found: dict[int, list[Facility]] = {}
        for part in chunks(customer_ids):
            statement = select(CustomerFacility.customer_id, *columns).where(CustomerFacility.customer_id.in_(part))
            for customer_id, *values in self._session.execute(statement.order_by(CustomerFacility.position)):
                found.setdefault(customer_id, []).append(Facility(*values))
        return found

    def replace(self, customer_id: int, facilities: Sequence[Facility]) -> None:
        """Replace the facilities of one customer."""
        self._session.execute(delete(CustomerFacility).where(CustomerFacility.customer_id == customer_id))
        rows = [
            {"customer_id": customer_id, "position": position, **asdict(facility)}
            for position, facility in enumerate(facilities)
        ]
        if rows:
            self._session.execute(insert(CustomerFacility), rows)
