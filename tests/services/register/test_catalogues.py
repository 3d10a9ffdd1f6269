"""Discount letters, articles and custom fields, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from syncd.errors import NotAllowedError
from syncd.register.catalogues import (
    ARTICLES,
    DISCOUNT_LETTERS,
    EntryInUseError,
    EntryRetiredError,
    EntryTakenError,
    UnknownEntryError,
)
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.problems import InvalidFieldsError
from syncd.services.register.catalogues import (
    add_entry,
    change_entry,
    delete_entry,
    list_entries,
    retire_entry,
    show_entry,
)
from syncd.services.register.customers import add_customer, change_customer, delete_customer
from syncd.services.register.items import add_item, change_item, list_items, remove_item
from syncd.services.register.reading import customer_history, show_customer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.ports.groups import GroupInfo
    from syncd.register.access import Actor
    from syncd.register.catalogues import Catalogue
    from syncd.store.uow import Store, UnitOfWork
    from tests.services.register.conftest import Somebody

EVERY = [
    (DISCOUNT_LETTERS, {"code": "A10", "percentage": "10"}),
    (ARTICLES, {"number": "A10", "text": "Resa"}),
    (CUSTOM_FIELDS, {"key": "a10", "label": "Färg", "type": "text"}),
]


@pytest.fixture
def work(store: Store) -> Iterator[UnitOfWork]:
    with store.work() as opened:
        yield opened


@pytest.mark.parametrize(("catalogue", "typed"), EVERY)
def test_an_entry_lives_until_it_is_deleted(
    work: UnitOfWork, group: GroupInfo, actor: Actor, catalogue: Catalogue, typed: dict[str, str]
) -> None:
    """Found in any letter case, offered until it is retired, never there twice."""
    added = add_entry(work, actor, group.id, catalogue, typed)
    with pytest.raises(EntryTakenError):
        add_entry(work, actor, group.id, catalogue, typed)
    assert show_entry(work, actor, group.id, catalogue, " a10 ") == added
    retire_entry(work, actor, group.id, catalogue, "a10", retired=True)
    assert list_entries(work, actor, group.id, catalogue) == []
    assert [one.retired for one in list_entries(work, actor, group.id, catalogue, retired=True)] == [True]
    retire_entry(work, actor, group.id, catalogue, "a10", retired=False)
    assert list_entries(work, actor, group.id, catalogue) == [added]
    delete_entry(work, actor, group.id, catalogue, "a10")
    with pytest.raises(UnknownEntryError):
        show_entry(work, actor, group.id, catalogue, "a10")


@pytest.mark.parametrize(("catalogue", "typed"), EVERY)
def test_only_administrators_change_what_everybody_uses(
    work: UnitOfWork, group: GroupInfo, somebody: Somebody, catalogue: Catalogue, typed: dict[str, str]
) -> None:
    """Whoever may see customers may read it."""
    viewer, stranger = somebody("kalle", "view_only_assigned", "edit"), somebody("sven", "edit")
    with pytest.raises(NotAllowedError):
        add_entry(work, viewer, group.id, catalogue, typed)
    assert list_entries(work, viewer, group.id, catalogue) == []
    with pytest.raises(NotAllowedError):
        list_entries(work, stranger, group.id, catalogue)


def test_letters_are_searched_and_stand_in_order(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    """Numbers by value, every word of the search found, in any letter case."""
    for code, description in (("10", "Åkeri"), ("9", "Åkeri stor"), ("B", "Övrigt 5%")):
        add_entry(work, actor, group.id, DISCOUNT_LETTERS, {"code": code, "description": description})
    found = [entry.key for entry in list_entries(work, actor, group.id, DISCOUNT_LETTERS)]
    assert found == ["9", "10", "B"]
    assert [one.key for one in list_entries(work, actor, group.id, DISCOUNT_LETTERS, "ÅKERI stor")] == ["9"]
    assert [one.key for one in list_entries(work, actor, group.id, DISCOUNT_LETTERS, "5%")] == ["B"]
    changed = change_entry(work, actor, group.id, DISCOUNT_LETTERS, "b", {"description": "", "percentage": "5"})
    assert changed.values == {"description": None, "percentage": "5"}


def test_a_customer_selects_several_letters(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    """And the history tells which; a letter that is selected cannot be deleted, only retired."""
    for code in ("A", "B", "C"):
        add_entry(work, actor, group.id, DISCOUNT_LETTERS, {"code": code})
    add_customer(work, actor, group.id, "7", {"name": "Åkes", "discount_letters": "b,a"})
    assert show_customer(work, actor, group.id, "7").letters == ("A", "B")
    retire_entry(work, actor, group.id, DISCOUNT_LETTERS, "A", retired=True)
    after = change_customer(work, actor, group.id, "7", {"discount_letters": "A, C"})
    assert (show_customer(work, actor, group.id, "7").letters, after.version) == (("A", "C"), 3)
    assert change_customer(work, actor, group.id, "7", {"discount_letters": "C,a"}).version == 3
    with pytest.raises(EntryInUseError):
        delete_entry(work, actor, group.id, DISCOUNT_LETTERS, "A")
    change_customer(work, actor, group.id, "7", {"discount_letters": ""})
    with pytest.raises(InvalidFieldsError, match="discount_letters names something"):
        change_customer(work, actor, group.id, "7", {"discount_letters": "A", "phone": "x"})
    lines = [(line.before, line.after) for line in customer_history(work, actor, group.id, "7")]
    assert lines == [("A, C", None), ("A, B", "A, C"), (None, "A, B"), (None, "7")]
    delete_entry(work, actor, group.id, DISCOUNT_LETTERS, "A")


def test_articles_are_placed_on_a_customer(
    work: UnitOfWork, group: GroupInfo, actor: Actor, somebody: Somebody
) -> None:
    """With what was agreed; everything else follows the article, and the history tells."""
    viewer = somebody("kalle", "view")
    for number, text in (("RESA", "Resa"), ("TIM", "Timme")):
        add_entry(work, actor, group.id, ARTICLES, {"number": number, "text": text, "price": "450", "unit": "st"})
    add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    add_item(work, actor, group.id, "7", {"kind": "service", "article": "resa"})
    add_item(work, actor, group.id, "7", {"kind": "work_order", "article": "TIM", "price": "900", "quantity": "2"})
    change_entry(work, actor, group.id, ARTICLES, "RESA", {"price": "500"})
    change_item(work, actor, group.id, ("7", "2"), {"text": "Montör"})
    shown = [
        (one.article, one.text, one.quantity, one.unit, one.price) for one in list_items(work, actor, group.id, "7")
    ]
    assert shown == [("RESA", "Resa", "1", "st", "500"), ("TIM", "Montör", "2", "st", "900")]
    retire_entry(work, actor, group.id, ARTICLES, "TIM", retired=True)
    change_item(work, actor, group.id, ("7", "TIM"), {"quantity": "3"})
    with pytest.raises(EntryRetiredError):
        add_item(work, actor, group.id, "7", {"kind": "service", "article": "TIM"})
    with pytest.raises(EntryRetiredError):
        change_item(work, actor, group.id, ("7", "RESA"), {"article": "TIM"})
    with pytest.raises(UnknownEntryError):
        add_item(work, actor, group.id, "7", {"kind": "service", "article": "NIX"})
    with pytest.raises(EntryInUseError):
        delete_entry(work, actor, group.id, ARTICLES, "RESA")
    remove_item(work, actor, group.id, ("7", "RESA"))
    delete_entry(work, actor, group.id, ARTICLES, "RESA")
    newest = customer_history(work, actor, group.id, "7", 1)[0]
    assert (newest.field, [one["article"] for one in newest.after]) == ("items", ["TIM"])  # type: ignore[attr-defined]
    with pytest.raises(NotAllowedError):
        remove_item(work, viewer, group.id, ("7", "TIM"))
    delete_customer(work, actor, group.id, "7")


def test_a_group_adds_fields_of_its_own(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    """Typed and checked like any other; one in use is retired and keeps its values."""
    add_entry(
        work, actor, group.id, CUSTOM_FIELDS, {"key": "color", "label": "Färg", "type": "choice", "choices": "röd;blå"}
    )
    add_entry(work, actor, group.id, CUSTOM_FIELDS, {"key": "since", "label": "Kund sedan", "type": "date"})
    add_customer(work, actor, group.id, "7", {"name": "Åkes", "custom.color": "RÖD", "custom.since": "2020-01-31"})
    with pytest.raises(InvalidFieldsError, match=r"custom.color names .* custom.since is not a date"):
        change_customer(work, actor, group.id, "7", {"custom.color": "grön", "custom.since": "igår"})
    with pytest.raises(InvalidFieldsError, match=r"custom.colour is not a field") as refused:
        change_customer(work, actor, group.id, "7", {"custom.colour": "röd"})
    assert refused.value.remedy == "Did you mean custom.color?"
    change_customer(work, actor, group.id, "7", {"custom.since": ""})
    delete_entry(work, actor, group.id, CUSTOM_FIELDS, "since")
    with pytest.raises(EntryInUseError):
        delete_entry(work, actor, group.id, CUSTOM_FIELDS, "color")
    retire_entry(work, actor, group.id, CUSTOM_FIELDS, "color", retired=True)
    with pytest.raises(InvalidFieldsError, match=r"custom.color is retired"):
        change_customer(work, actor, group.id, "7", {"custom.color": "blå"})
    assert show_customer(work, actor, group.id, "7").fields["custom.color"] == "röd"
    with pytest.raises(InvalidFieldsError, match="choices"):
        change_entry(work, actor, group.id, CUSTOM_FIELDS, "color", {"choices": ""})
    fields = [(line.field, line.after) for line in customer_history(work, actor, group.id, "7")]
    assert fields == [("custom.since", None), ("number", "7")]


def test_cost_center_and_order_number_follow_the_settings(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    """Hidden they are neither shown nor typed, and keep their values."""
    add_customer(work, actor, group.id, "7", {"name": "Åkes"})
    with pytest.raises(InvalidFieldsError, match="cost_center is switched off"):
        change_customer(work, actor, group.id, "7", {"cost_center": "12"})
    work.groups.set_settings(group.id, {"show_cost_center": "yes", "show_order_number": "yes"})
    change_customer(work, actor, group.id, "7", {"cost_center": "12", "customer_order_number": "PO-1"})
    assert show_customer(work, actor, group.id, "7").fields["cost_center"] == "12"
    work.groups.set_settings(group.id, {"show_cost_center": "no"})
    view = show_customer(work, actor, group.id, "7")
    assert ("cost_center" in view.fields, view.fields["customer_order_number"]) == (False, "PO-1")
    work.groups.set_settings(group.id, {"show_cost_center": "yes"})
    assert show_customer(work, actor, group.id, "7").fields["cost_center"] == "12"


def test_groups_know_nothing_of_each_others_registers(work: UnitOfWork, group: GroupInfo, actor: Actor) -> None:
    other = work.groups.create("Ett annat bolag")
    add_entry(work, actor, group.id, ARTICLES, {"number": "RESA", "text": "Resa"})
    assert list_entries(work, actor, other.id, ARTICLES) == []
    add_entry(work, actor, other.id, ARTICLES, {"number": "RESA", "text": "Resa"})
