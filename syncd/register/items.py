"""The service articles and work order articles placed on a customer (R-09, R-24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from syncd.register.clean import clean_all
from syncd.register.fields import Field
from syncd.register.picking import pick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.register.catalogues import Entry
    from syncd.register.fields import Value
    from syncd.register.settings import GroupSettings


class ItemKind(StrEnum):
    """On which orders an item is put by itself."""

    SERVICE = "service"
    WORK_ORDER = "work_order"


ITEM_COLUMNS: dict[str, Field] = {
    column.name: column
    for column in (
        Field("kind", "choice", required=True, choices=tuple(ItemKind)),
        Field("article", "key", limit=64, required=True),
        Field("text"),
        Field("quantity", "decimal", limit=32, required=True),
        Field("price", "decimal", limit=32),
    )
}
"""The fields of one item. Text and price are the article's own where they are empty."""


@dataclass(frozen=True, slots=True)
class Item:
    """An article placed on a customer, with what was agreed: ``text`` and ``price`` instead of the article's own."""

    kind: str
    article: str
    text: str | None = None
    quantity: str = "1"
    price: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """What an item comes to: what the customer's card shows and an order copies."""

    kind: str
    article: str
    text: str
    quantity: str
    unit: str | None
    price: str | None


def parse_item(raw: Mapping[str, Value]) -> Item:
    """Check an item as a person typed it."""
    given = {name: value for name, value in raw.items() if name != "quantity" or value}
    cleaned: dict[str, Any] = clean_all({"kind": None, "article": None, **given}, known=ITEM_COLUMNS)
    return Item(**cleaned)


def changed_item(item: Item, raw: Mapping[str, Value]) -> Item:
    """Return the item after a person changed these fields of it."""
    changes: dict[str, Any] = clean_all(raw, known=ITEM_COLUMNS)
    return replace(item, **changes)


def pick_item(items: Sequence[Item], which: str) -> int:
    """Return the index of the item that a person means: by article or by place."""
    return pick("item", items, which, lambda item: (item.article,))


def line_of(item: Item, article: Entry) -> ArticleLine:
    """Return what an item comes to; what was not agreed is the article's own."""
    own: Mapping[str, Any] = article.values
    return ArticleLine(
        item.kind, article.key, item.text or own["text"], item.quantity, own.get("unit"), item.price or own.get("price")
    )


def shown_items(lines: Iterable[ArticleLine], settings: GroupSettings) -> list[ArticleLine]:
    """Return what the customer's card shows by the group's settings (R-24)."""
    shown = {ItemKind.SERVICE: settings.show_service_items, ItemKind.WORK_ORDER: settings.show_work_order_items}
    return [line for line in lines if shown[ItemKind(line.kind)]]
