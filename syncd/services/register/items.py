"""The articles placed on a customer: added, changed, removed, listed (R-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.catalogues import ARTICLES, EntryRetiredError
from syncd.register.items import ArticleLine, Item, changed_item, line_of, parse_item, pick_item
from syncd.services.register.finding import author, editable, found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from syncd.engine.state import Local
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.register.fields import Value


def list_items(work: RegisterWork, actor: Actor, group_id: int, number: str) -> list[ArticleLine]:
    """Return what is placed on a customer, in its order, whatever the group's view settings show."""
    customer = found(work, actor, group_id, number)
    return lines(work, group_id, [customer.id]).get(customer.id, [])


def add_item(work: RegisterWork, actor: Actor, group_id: int, number: str, raw: Mapping[str, Value]) -> Local:
    """Place an article on a customer. Raises ``UnknownEntryError``, ``EntryRetiredError``."""
    customer = editable(work, actor, group_id, number)
    item = parse_item(raw)
    _require_offered(work, group_id, item)
    return _save(work, actor, customer, [*_known(work, customer), item])


def change_item(
    work: RegisterWork, actor: Actor, group_id: int, numbered: tuple[str, str], raw: Mapping[str, Value]
) -> Local:
    """Change what was agreed about one item. ``numbered``: the customer's number, and which item."""
    number, which = numbered
    customer = editable(work, actor, group_id, number)
    known = _known(work, customer)
    at = pick_item(known, which)
    item = changed_item(known[at], raw)
    if item.article.casefold() != known[at].article.casefold():
        _require_offered(work, group_id, item)
    return _save(work, actor, customer, [*known[:at], item, *known[at + 1 :]])


def remove_item(work: RegisterWork, actor: Actor, group_id: int, numbered: tuple[str, str]) -> Local:
    """Take one item away; orders keep what they copied. ``numbered``: the customer's number, and which item."""
    number, which = numbered
    customer = editable(work, actor, group_id, number)
    known = _known(work, customer)
    gone = pick_item(known, which)
    return _save(work, actor, customer, [item for at, item in enumerate(known) if at != gone])


def lines(work: RegisterWork, group_id: int, customer_ids: Iterable[int]) -> dict[int, list[ArticleLine]]:
    """Return what the items of customers come to."""
    placed = work.customers.items(customer_ids)
    numbers = {item.article for items in placed.values() for item in items}
    articles = work.catalogues.named(group_id, ARTICLES, numbers) if numbers else {}
    return {
        customer_id: [line_of(item, articles[item.article.casefold()]) for item in items]
        for customer_id, items in placed.items()
    }


def _known(work: RegisterWork, customer: Local) -> list[Item]:
    return work.customers.items([customer.id]).get(customer.id, [])


def _require_offered(work: RegisterWork, group_id: int, item: Item) -> None:
    if work.catalogues.find(group_id, ARTICLES, item.article).retired:
        raise EntryRetiredError(ARTICLES)


def _save(work: RegisterWork, actor: Actor, customer: Local, items: Sequence[Item]) -> Local:
    changed = work.customers.set_items(customer.id, customer.version, items, author(actor))
    work.commit()
    return changed
